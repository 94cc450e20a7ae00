"""What the bot says: every text exists, is used, and lets nobody out of it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bots.announcements.rules
from bots.announcements import commands
from bots.announcements.documents.mails import Matter, Round
from bots.announcements.documents.news import Announcement, Version
from bots.announcements.letters import announcement_letter, confirm_letter, digest_letter
from bots.announcements.versions import Said, labelled, title, token_in
from bots.announcements.wording import WORDING
from bots.runtime.kit import deadletters
from bots.runtime.kit.standing.wording import STANDING
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import unheeded, vocabulary
from bots.runtime.speech.phrases import Plural, Renderer, each
from bots.runtime.speech.words import LANGUAGES
from bots.runtime.understanding.commands import Command, Invocation
from bridges.email.rendering import as_html, as_text
from tests.kit.announcements import SETTINGS, WORDS
from tests.kit.looped import looped

RULES = sorted(Path(bots.announcements.rules.__file__).parent.rglob("*.py"))
SPEAKING = frozenset({"tell", "answer", "show", "phrase", "Phrase"})
EVIL = '<img src=x onerror="x">&amp;\n\u202e@room {number}'
EVERY = tuple(x.tag for x in LANGUAGES)


def strings(node: ast.AST) -> set[str]:
    return {
        x.value for x in ast.walk(node) if isinstance(x, ast.Constant) and isinstance(x.value, str)
    }


TREES = [ast.parse(x.read_text()) for x in RULES]


def test_every_phrase_is_used() -> None:
    shared = {*unheeded.UNKNOWN, *vocabulary.LISTS, *deadletters.NETWORK, *STANDING}
    shared |= {f"help-{x.name}" for x in commands.ALL}
    assert WORDING.paragraphs.keys() - shared <= set().union(*map(strings, TREES))


def test_every_phrase_that_a_rule_says_exists() -> None:
    said = set()
    for call in (x for tree in TREES for x in ast.walk(tree) if isinstance(x, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        found = [x for x in call.args if isinstance(x, ast.Constant) and isinstance(x.value, str)]
        if name in SPEAKING and found and found[0].value:
            said.add(found[0].value)
    assert len(said) > 20
    assert said <= set(WORDING.paragraphs)


def test_names_of_values_and_phrases_exist() -> None:
    assert set(WORDING.paragraphs) >= WORDING.ringing


def placeholders(key: str) -> set[str]:
    texts = [
        text
        for x in each(WORDING.paragraphs[key])
        for text in ((x.singular, x.plural) if isinstance(x, Plural) else (x,))
    ]
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}


@looped("language", EVERY)
@looped("key", sorted(WORDING.paragraphs))
def test_nothing_a_person_writes_becomes_markup(key: str, language: str) -> None:
    values: dict[str, object] = dict.fromkeys(placeholders(key), EVIL)
    if "n" in values:
        values["n"] = 3
    text = Renderer(WORDS, WORDING, ("en",)).render(Phrase(key, language, values))
    assert text.html is not None
    assert "<img" not in text.html
    assert set(re.findall(r"</?(\w+)", text.html)) <= {"p", "br", "code", "blockquote", "a", "hr"}


@pytest.mark.parametrize("language", [*EVERY, "pl", "tlh"])
def test_letters_exist_in_every_language_and_in_those_without_a_catalogue(language: str) -> None:
    item = Announcement(1, Version("de", "$1", "@a:b", EVIL))
    circular = Round(Matter.ANNOUNCEMENT, 1, "$1", 1, (language,), (1,))
    for letter in (
        announcement_letter(SETTINGS, WORDS, item, circular, language),
        digest_letter(SETTINGS, WORDS, (item, item), circular, language),
        confirm_letter(SETTINGS, WORDS, language),
    ):
        assert letter.subject
        assert "Bündnis" in as_text(letter)
        assert "<img" not in as_html(letter)
        assert "{" not in as_text(letter).replace("{number}", "")
        assert letter.personal in as_text(letter)


# -- what editors type -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Treffen\n\nText", "Treffen"),
        ("\n\nWichtig: heute!\nmehr", "Wichtig: heute!"),
        ("24. Dezember: Feier", "24. Dezember: Feier"),
        ("# Treffen\n\nText", "Treffen"),
        ("**Wichtig: heute!**", "Wichtig: heute!"),
        ("#wirhabenplatz für Bewohner*innen", "#wirhabenplatz für Bewohner*innen"),
        ("---\nSeite lesen", "Seite lesen"),
        ("***\n…", ""),
        ("", ""),
        ("Wort " * 60, "Wort " * 19 + "…"),
        ("x" * 300, " …"),
    ],
)
def test_a_title_is_the_first_line_that_says_something(text: str, found: str) -> None:
    assert title(text) == found


def test_a_label_needs_a_text() -> None:
    for text in ("Deutsch:", "https://example.org"):
        assert labelled(Said(text), WORDS) == (None, Said(text))
    assert labelled(Said("Deutsch: ja"), WORDS) == ("de", Said("ja"))


@pytest.mark.parametrize(
    ("text", "original", "language"),
    [
        ("Arabisch: Sprechstunde am Mittwoch", True, None),
        ("Arabisch: Sprechstunde am Mittwoch", False, None),
        ("Arabisch: اجتماع", False, "ar"),
        ("العربية: اجتماع", True, "ar"),
        ("ar: اجتماع", True, "ar"),
        ("Englisch: Sprechstunde am Mittwoch", True, None),
        ("Englisch: We meet on Friday", False, "en"),
        ("English: We meet on Friday", True, "en"),
        ("Russisch: Sprechstunde", False, None),
    ],
)
def test_what_is_about_a_language_is_not_in_it(
    text: str, original: bool, language: str | None
) -> None:
    assert labelled(Said(text), WORDS, original=original)[0] == language


def test_a_label_goes_out_of_what_the_chat_shows_too() -> None:
    said = Said("ar: اجتماع & خبز", "<p><strong>ar:</strong> اجتماع &amp; خبز</p>")
    assert labelled(said, WORDS) == ("ar", Said("اجتماع & خبز", "<p> اجتماع &amp; خبز</p>"))


@looped("command", commands.ALL)
@looped("language", EVERY)
def test_commands_are_found_as_they_are_shown(command: Command, language: str) -> None:
    found = commands.KNOWN.find(command.shown(language))
    assert isinstance(found, Invocation)
    assert found.command is command


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("AAAAAAAAAAAAAAAAAAAAA1", "AAAAAAAAAAAAAAAAAAAAA1"),
        ("Re: AW: AAAAAAAAAAAAAAAAAAAAA1 ", "AAAAAAAAAAAAAAAAAAAAA1"),
        ("AAAAAAAAAAAAAAAAAAAAAA1", ""),
        ("abmelden", ""),
    ],
)
def test_a_token_is_found_in_a_subject(subject: str, found: str) -> None:
    assert token_in(subject) == found
