"""Commands, whatever a keyboard, a client or a hurry makes of them."""

from __future__ import annotations

import pytest

from bots.runtime.commands import Command, Commands, Invocation, Unknown, addressed, names
from bots.runtime.texts import called

ANSWER = Command(names("de antwort, en answer, ar جواب, fa پاسخ"), "answer")
NAME = Command(names("de name, en name, uk ім'я, ru имя"), "name")
HELP = Command(names("de hilfe, en help, fr aide, tr yardım"), "help")
KNOWN = Commands((ANSWER, NAME, HELP))


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
    ],
)
def test_what_is_mistyped_gets_a_guess(text: str, unknown: Unknown) -> None:
    assert KNOWN.find(text) == unknown


def test_two_commands_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="rename"):
        Commands((ANSWER, Command(names("en Answer"), "twin")))


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
    ],
)
def test_a_name_in_front(text: str, people: tuple[str, ...], rest: str) -> None:
    assert addressed(text, BOT, people) == rest
