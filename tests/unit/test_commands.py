"""Commands, whatever a keyboard, a client or a hurry makes of them."""

from __future__ import annotations

import pytest

from bots.runtime.speech import unheeded
from bots.runtime.understanding.commands import (
    Command,
    Commands,
    Invocation,
    Unknown,
    addressed,
    is_asking,
)
from bots.runtime.understanding.texts import called

ANSWER = Command("answer", "de antwort, en answer, ar جواب, fa پاسخ")
NAME = Command("name", "de name, en name, uk ім'я, ru имя")
HELP = Command("help", "de hilfe, en help, fr aide, tr yardım")
CASES = Command("cases", "de fälle, en cases, fa پرونده‌ها, fr importantant")
KNOWN = Commands((ANSWER, NAME, HELP, CASES))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("!antwort Danke", (ANSWER, "Danke")),
        ("!antwort. Danke", (ANSWER, "Danke")),
        ("!antwort: Danke", (ANSWER, "Danke")),
        ("!Antwort, Danke", (ANSWER, "Danke")),
        ("！ANTWORT：Danke", (ANSWER, "Danke")),
        ("! antwort Danke", (ANSWER, "Danke")),
        ("❗️antwort Danke", (ANSWER, "Danke")),
        ("!antwort\n„Danke“, sagte er.", (ANSWER, "„Danke“, sagte er.")),
        ("!antwort … Danke", (ANSWER, "… Danke")),
        ("!antwort ❤️ Danke", (ANSWER, "❤️ Danke")),
        ("!جَواب شكرا", (ANSWER, "شكرا")),
        ("!جـواب", (ANSWER, "")),
        ("\u200f!جواب شكرا", (ANSWER, "شكرا")),
        ("\u2066!پاسخ\u2069 سلام", (ANSWER, "سلام")),
        ("!جواب؟", (ANSWER, "")),
        ("!ім'я увімкнути", (NAME, "увімкнути")),
        ("!ім’я увімкнути", (NAME, "увімкнути")),
        ("!імʼя увімкнути", (NAME, "увімкнути")),
        ("!ІМ`Я", (NAME, "")),
        ("!hilfe!", (HELP, "")),
        ("!help?", (HELP, "")),
        ("!yardim", (HELP, "")),
        ("!YARDIM", (HELP, "")),
        ("!YARDIM.", (HELP, "")),
        ("`!help`", (HELP, "")),
        ("`!antwort Danke`", (ANSWER, "Danke")),
        ("```\n!help\n```", (HELP, "")),
        ("**!help**", (HELP, "")),
        ("_!help_", (HELP, "")),
        ("**!antwort Danke**", (ANSWER, "Danke")),
        ('"!help"', (HELP, "")),
        ("„!hilfe“", (HELP, "")),
        ("«!help»", (HELP, "")),
        ("“!help”", (HELP, "")),
        ("(!help)", (HELP, "")),
        ("***!help***", (HELP, "")),
        ("!help**", (HELP, "")),
        # As it is copied out of a list or a quotation.
        ("- !help", (HELP, "")),
        ("-!help", (HELP, "")),
        ("* !help", (HELP, "")),
        ("• !help", (HELP, "")),
        ("1. !help", (HELP, "")),
        ("> !help", (HELP, "")),
        (">> !help", (HELP, "")),
        ("> - **!help**", (HELP, "")),
        # As other programs call theirs, and as keyboards write the sign.
        ("/help", (HELP, "")),
        ("/antwort Danke", (ANSWER, "Danke")),
        ("!!help", (HELP, "")),
        ("‼️help", (HELP, "")),
        ("¡help!", (HELP, "")),
        ("\\!help", (HELP, "")),
        ("\u00a0!help", (HELP, "")),
        ("\u200c!help\u200f", (HELP, "")),
        ("\u2067!\u200fپاسخ\u2069 سلام", (ANSWER, "سلام")),
        ("\u202b!پاسخ\u202c", (ANSWER, "")),
        ("!Help…", (HELP, "")),
        ("!help”", (HELP, "")),
        ("!help 🙏", (HELP, "🙏")),
        ("!help🙏🏽", (HELP, "🙏🏽")),
        ("!antwort—Danke", (ANSWER, "Danke")),
        # A number that sticks to it, and a word that was written apart.
        ("!antwort17 Danke", (ANSWER, "17 Danke")),
        ("!antwort#17: Danke", (ANSWER, "#17: Danke")),
        ("!antwort(17) Danke", (ANSWER, "(17) Danke")),
        ("!پاسخ١٧", (ANSWER, "١٧")),
        ("!پرونده ها", (CASES, "")),
        ("!پرونده\u200cها\u200c باز", (CASES, "باز")),
        ("!پرونده ها باز 2", (CASES, "باز 2")),
        ("!پرونده\u00a0ها", (CASES, "")),
        ("!im portant ant wort", (CASES, "wort")),
    ],
)
def test_commands_are_found(text: str, found: tuple[Command, str]) -> None:
    assert KNOWN.find(text) == Invocation(*found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "!!",
        "Notiz",
        "! Achtung",
        "!17",
        "? !help",
        "!wer/da",
        '"!antwort Danke"',
        "„!help“ und „!antwort“",
        "!!! help",
        "❗️ hilfe",
        "/usr/bin",
        "/help/antwort",
        "//help",
        "/shrug",
        "/zzzz",
        "-",
        "> Danke",
        "2. Danke!",
    ],
)
def test_what_is_no_command(text: str) -> None:
    assert KNOWN.find(text) is None


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("!hlep", Unknown("!hlep", HELP)),
        ("!zzzz", Unknown("!zzzz", None)),
        ("!help?no", Unknown("!help", HELP, "no")),
        ("!help? no", Unknown("!help", HELP, "no")),
        ("!help/x", Unknown("!help", HELP, "/x")),
        ("!antwrt Danke", Unknown("!antwrt", ANSWER, "Danke")),
        # Who talks about a command among colleagues does not give it.
        ("`!antwort` sends it", Unknown("!antwort", ANSWER, "sends it")),
        ("**!antwort** sends it", Unknown("!antwort", ANSWER, "sends it")),
        ("> !antwort Danke", Unknown("!antwort", ANSWER, "Danke")),
        ("> !antwort Danke\n\nDone?", Unknown("!antwort", ANSWER, "Danke\n\nDone?")),
        ("- !antwort sends\n- !help", Unknown("!antwort", ANSWER, "sends\n- !help")),
        ("/antwrt Danke", Unknown("/antwrt", ANSWER, "Danke")),
    ],
)
def test_what_is_mistyped_gets_a_guess(text: str, unknown: Unknown) -> None:
    assert KNOWN.find(text) == unknown


def test_what_is_said_of_a_command_that_was_not_carried_out() -> None:
    for text, key in {
        "!hlep": "command-unknown",
        "!zzzz": "command-unknown",
        "**!antwort** sends it": "command-amid",
        "!help/x": "command-amid",
    }.items():
        found = KNOWN.find(text)
        assert isinstance(found, Unknown)
        assert unheeded.unknown(found, HELP)[0] == key


def test_a_word_without_its_sign() -> None:
    assert KNOWN.bare("Hilfe!") == Invocation(HELP)
    assert KNOWN.bare("پرونده ها") == Invocation(CASES)
    assert KNOWN.bare("Ich brauche Hilfe") is None


def test_a_question_mark_alone() -> None:
    assert all(map(is_asking, ("?", "???", "؟", "？", "❓", "❓️", "? ?")))
    assert not any(map(is_asking, ("", "a?", "!?", "1")))


def test_two_commands_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="rename"):
        Commands((ANSWER, Command("twin", "en Answer")))


def test_the_language_of_a_word() -> None:
    for text, language in {"!جَواب": "ar", "!Hilfe.": "de", "!name": None}.items():
        found = KNOWN.find(text)
        assert isinstance(found, Invocation)
        assert found.language() == language


def test_a_name_pushes_no_id_out_of_sight() -> None:
    assert called("Greta\u2800\u2800\u2800\nVogel\u202e\u200b") == "Greta Vogel"
    assert called("\u3164\u2800") == ""
    assert called("@anna:staff.example") == ""
    assert len(called("x" * 500)) == 60


BOT = "@dienst:example.org"


@pytest.mark.parametrize(
    ("text", "people", "rest"),
    [
        ("@dienst:example.org: !help", (), "!help"),
        ("Dienst: !help", (), "!help"),
        ("dienst !help", (), "!help"),
        ("Ombudsstelle: !help", (BOT,), "!help"),
        ("Ombudsstelle: !help", (), "Ombudsstelle: !help"),
        ("Note: !antwort is the command", (), "Note: !antwort is the command"),
        ("!help", (BOT,), "!help"),
        ("Dienst: **!help**", (), "**!help**"),
        ("**Dienst**: !help", (), "!help"),
        ("@dienst:example.org /help", (), "/help"),
    ],
)
def test_a_name_in_front(text: str, people: tuple[str, ...], rest: str) -> None:
    assert addressed(text, BOT, people) == rest
