"""What people wrote, cleaned and cut; languages guessed; commands understood."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.ombuds import commands, keys
from bots.ombuds.chats.languages import guess
from bots.ombuds.documents.cases import CASES, Answer, AnswerState, Case
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES, Conversation, Identity, Reporter
from bots.ombuds.documents.team import OFFICE, Office, Proposal
from bots.ombuds.keys import Part
from bots.runtime.kit.documents import Collection
from bots.runtime.speech.vocabulary import HELP, UNDO
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Command, Invocation, Unknown

ALL = ("de", "en", "ar", "fa", "uk", "ru", "fr", "tr", "ti")


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("  Hallo\r\nWelt\t! ", "Hallo\nWelt\t!"),
        ("a\u202eb\u2066c\u2069d\ufeff\x00\x1b\ud800e", "abcde"),
        ("فارسی می\u200cخواهم", "فارسی می\u200cخواهم"),
        ("> quoted by hand\n\nMine", "> quoted by hand\n\nMine"),
        (" \n\u200b\u2800\u3164\u00ad\u200d\ufe0f\n ", ""),
        ("\u200b.", "\u200b."),
    ],
)
def test_clean(body: str, clean: str) -> None:
    assert texts.clean(body) == (clean, False)


@pytest.mark.parametrize("letter", ["x", "ع", "ት", "😀"])
def test_a_huge_body_is_cut_between_letters(letter: str) -> None:
    body, cut = texts.clean(letter * 70_000)
    assert cut
    assert set(body) == {letter}
    assert 59_990 <= len(body.encode()) <= 60_000


@given(st.text(st.sampled_from("ab \n<😀ት"), max_size=9_000))
def test_parts_lose_nothing_but_space(text: str) -> None:
    parts = texts.parts(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(x) <= texts.PART_CHARACTERS for x in parts)
    assert all(texts.weight(x) <= texts.PART_WEIGHT for x in parts)


def test_an_excerpt_is_one_short_line() -> None:
    assert texts.excerpt("a\nb  c") == "a b c"
    assert len(texts.excerpt("word " * 50)) <= 60


@pytest.mark.parametrize(
    ("text", "offered", "language"),
    [
        ("", ALL, None),
        ("123 😀", ALL, None),
        ("مرحبا", ALL, "ar"),
        ("کمک می‌خواهم", ALL, "fa"),
        ("کمک می‌خواهم", ("de", "ar"), None),
        ("Допоможіть", ALL, "uk"),
        ("Помогите, где вы", ALL, "ru"),
        ("Помогите, где вы", ("de", "uk"), None),
        ("ሰላም ሓገዝ", ALL, "ti"),
        ("Je ne suis pas bien", ALL, "fr"),
        ("Merhaba, bana yardım", ALL, "tr"),
        ("Please help me, Ольга", ALL, "en"),
        ("OK", ALL, None),
    ],
)
def test_guess(text: str, offered: tuple[str, ...], language: str | None) -> None:
    assert guess(text, offered) == language


@pytest.mark.parametrize("command", commands.STAFF)
def test_every_word_finds_its_command(command: Command) -> None:
    for words in command.aliases.values():
        for word in words:
            assert commands.OF_STAFF.find(f"!{word.upper()} x") == Invocation(command, "x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Notiz", None),
        ("! Achtung", None),
        ("! antwort", Invocation(commands.ANSWER)),
        ("!17", None),
        ("!antwort: Ja", Invocation(commands.ANSWER, "Ja")),
        ("!zuru\u0308ck", Invocation(UNDO)),
        ("!zuruck", Invocation(UNDO)),
        ("！help", Invocation(HELP)),
        ("!answer\nzwei\nZeilen", Invocation(commands.ANSWER, "zwei\nZeilen")),
        ("!closee", Unknown("!closee", commands.CLOSE)),
        ("!qqqq", Unknown("!qqqq", None)),
    ],
)
def test_of_staff(text: str, found: object) -> None:
    assert commands.OF_STAFF.find(text) == found


@pytest.mark.parametrize(
    ("rest", "split"),
    [("17 Ja", (17, "Ja")), ("#17 Ja", (17, "Ja")), ("17", (17, "")), ("Ja 17", (None, "Ja 17")),
     ("17er", (None, "17er")), ("", (None, "")), ("Nr. 17: Ja", (17, "Ja")),
     ("١٧ نعم", (17, "نعم")), ("17. Ja", (17, "Ja"))],
)  # fmt: skip
def test_split_number(rest: str, split: tuple[int | None, str]) -> None:
    assert commands.split_number(rest) == split


def test_how_commands_are_shown() -> None:
    assert commands.full(commands.ANSWER).in_language("de-simple") == "!antwort …"
    assert commands.numbered(commands.ANSWER).in_language("en") == "!answer 17 …"
    assert commands.CLOSE.shown("ti") == "!close"


@pytest.mark.parametrize(
    ("handle", "part"),
    [
        (keys.ROOT(case=3), Part(3, "root")),
        (keys.HEADER(case=3), Part(3, "header")),
        (keys.ARRIVED(case=3), Part(3, "arrived")),
        (keys.TEXT(case=3, kind="text", number=2), Part(3, "text", 2)),
        (keys.TEXT(case=3, kind="image", number=2), Part(3, "image", 2)),
        (keys.ANSWER(case=3, number=2), Part(3, "answer", 2)),
        (keys.NOTICE(case=3, number=2), Part(3, "notice", 2)),
        ("case/x/root", None),
        ("office/room", None),
        (None, None),
    ],
)
def test_handles_are_read_back(handle: str | None, part: Part | None) -> None:
    assert keys.part(handle) == part


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        (CASES, Case(1, 2, 3.0, answers=(Answer(1, "x", "@a:b", state=AnswerState.SENDING),))),
        (CONVERSATIONS, Conversation("!chat", 1, "ar")),
        (IDENTITIES, Identity(1, Reporter("@a:b"), "!chat")),
        (OFFICE, Office(proposals=(Proposal(1, True, "@c:d", "@a:b", 4.0),))),
    ],
)
def test_what_is_kept_comes_back(collection: Collection[Any], document: object) -> None:
    plain = json.loads(json.dumps(collection.plain(document)))
    assert collection.revived(plain, collection.version) == document
