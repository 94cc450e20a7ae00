"""Onboarding's texts, the words that people answer with, and what numbers and names mean."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bots.onboarding.rules
from bots.onboarding import commands
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.documents import (
    MEMBERS,
    OFFICE,
    WISHES,
    Member,
    Office,
    Stage,
    Wish,
)
from bots.onboarding.rules import options
from bots.onboarding.rules.options import Choice
from bots.onboarding.settings import Initiative
from bots.onboarding.wording import PARAGRAPHS, WORDING
from bots.runtime.kit import deadletters
from bots.runtime.kit.standing.wording import STANDING
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import declining, unheeded, vocabulary
from bots.runtime.speech.phrases import (
    NP_,
    Link,
    Person,
    Plural,
    Quote,
    Renderer,
    Wording,
    Written,
    each,
)
from bots.runtime.speech.vocabulary import HELP
from bots.runtime.speech.words import Words
from bots.runtime.understanding import answers, numbers
from bots.runtime.understanding.commands import Command, Commands, Invocation, Unknown
from tests.kit.looped import looped
from tests.kit.onboarding import NORTH, SETTINGS, SOUTH, WEST
from tests.kit.world import EnglishWords

COORDINATION = Commands(commands.OF_COORDINATORS)
EVIL = '<img src=x onerror="x">&amp;\n\u202e@room {network}'
RULES = sorted(Path(bots.onboarding.rules.__file__).parent.glob("*.py"))


def placeholders(key: str) -> set[str]:
    texts = [
        y
        for x in each(PARAGRAPHS[key])
        for y in ((x.singular, x.plural) if isinstance(x, Plural) else (x,))
    ]
    return {x for text in texts for x in re.findall(r"\{(\w+)\}", text)}


def constants() -> set[str]:
    return {
        x.value
        for path in RULES
        for x in ast.walk(ast.parse(path.read_text()))
        if isinstance(x, ast.Constant) and isinstance(x.value, str)
    }


def test_every_phrase_is_used() -> None:
    made = {f"{x}-{y}" for x in ("wish", "door") for y in ("admitted", "declined", "withdrawn")}
    made |= {
        "taken-admitted",
        "taken-declined",
        "leave-ask",
        "erase-ask",
        "leave-open",
        "erase-open",
        *declining.PHRASES.values(),
        *unheeded.UNKNOWN,
        *vocabulary.LISTS,
        *deadletters.NETWORK,
        *STANDING,
        *(f"help-{x.name}" for x in (*commands.OF_PEOPLE, *commands.OF_COORDINATORS)),
    }
    assert PARAGRAPHS.keys() - constants() == made


def test_what_is_said_of_phrases_is_about_phrases() -> None:
    assert PARAGRAPHS.keys() >= WORDING.ringing | WORDING.consent
    assert WORDING.commands <= {x for key in PARAGRAPHS for x in placeholders(key)}


@looped("key", sorted(PARAGRAPHS))
@looped("language", ["de en", "ar", "ti", "de-simple"])
def test_every_phrase_renders_in_the_catalogues(key: str, language: str) -> None:
    values: dict[str, object] = dict.fromkeys(placeholders(key), EVIL)
    values |= {"person": Person("@a:b.example", EVIL), "reason": Quote(EVIL), "time": date.today()}
    values |= {"rules": Written({"de": EVIL}), "lines": (Phrase("help-help", ""),)}
    values |= {"options": (Phrase("option", "", {"number": 1, "name": EVIL}),), "number": 1}
    values |= {"n": 3} if "n" in values else {}
    text = OnboardingBot(SETTINGS, Words()).render(Phrase(key, language, values))
    assert text.html is not None
    assert "<img" not in text.html
    assert set(re.findall(r"</?(\w+)", text.html)) <= {"p", "br", "code", "blockquote", "a", "hr"}
    assert not re.search("[\ue000-\ue0ff]", text.html + text.body)


# -- phrases in general ----------------------------------------------------------------------------


def rendered(*paragraphs: str | Plural, language: str = "en", **values: object) -> tuple[str, str]:
    wording = Wording({"x": paragraphs, "y": ("inner {name}",)}, commands=frozenset({"command"}))
    text = Renderer(EnglishWords(), wording, ("de", "en")).render(Phrase("x", language, values))
    return text.body, text.html or ""


def test_links_and_people() -> None:
    link = Link("https://m.example/#/!a/$b?via=c&via=d", Phrase("y", "", {"name": "<n>"}))
    body, html = rendered("go {link} now", link=link)
    assert "inner \u2068<n>\u2069: https://m.example/#/!a/$b?via=c&via=d" in body
    assert 'href="https://m.example/#/!a/$b?via=c&amp;via=d"' in html
    assert "<n>" not in html
    assert rendered("{link}", link=Link("https://x.example", "https://x.example")) == (
        "https://x.example",
        '<p><a href="https://x.example">https://x.example</a></p>',
    )
    body, html = rendered("{who} came", who=Person("@a:b.example"))
    assert body == "\u200e\u2068@a:b.example\u2069 came"
    assert 'href="https://matrix.to/#/@a:b.example"' in html


def test_numbers_choose_their_form() -> None:
    plural = NP_("{n} answer", "{n} answers")
    assert rendered(plural, n=1)[0].endswith("1 answer")
    assert rendered(plural, n=5)[0].endswith("5 answers")


def test_languages_below_each_other() -> None:
    body, html = rendered("a {name}", language="en en", name="b")
    assert body.count("a \u2068b\u2069") == 2
    assert "———" in body
    assert html.count("<hr>") == 1


def test_what_is_empty_is_left_out() -> None:
    assert rendered("{quote}", "{lines}", "a", quote=Quote(""), lines=())[0] == "a"
    assert (
        rendered("{quote}", quote=Quote("<b>\nc"))[1] == "<blockquote>&lt;b&gt;<br>c</blockquote>"
    )
    assert (
        rendered("{x}", x=Written({"en": "one\n\ntwo\nthree"}))[1]
        == "<p>one</p><p>two<br>three</p>"
    )
    assert rendered("{x}", x=Written({"fr": "un"}))[0] == "un"
    assert rendered("{x}", "a", x=Written({}))[0] == "a"
    assert rendered("{x}", "a", x=Written({"de": "eins"}))[0] == "eins\n\na"
    assert (
        rendered("{x}", language="de-simple", x=Written({"de": "eins", "en": "one"}))[0] == "eins"
    )


def test_commands_stand_out() -> None:
    assert "<code>!x</code>" in rendered("write {command}", command="!x")[1]


# -- commands --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("!hilfe", "help"),
        ("!HILFE bitte", "help"),
        ("！help", "help"),
        ("!Löschen", "erase"),
        ("!loeschen", "erase"),
        ("!yardim", "help"),
        ("!YARDIM", "help"),
        ("!кoманда", None),
        ("!gehen.", "leave"),
        ("hilfe", None),
        ("!", None),
        ("! hilfe", "help"),
        ("", None),
    ],
)
def test_commands_as_people_type_them(text: str, name: str | None) -> None:
    found = commands.PRIVATE.find(text)
    assert (found.command.name if isinstance(found, Invocation) else None) == name


def test_a_slip_is_guessed() -> None:
    found = commands.PRIVATE.find("!hilffe")
    assert isinstance(found, Unknown)
    assert found.guess is HELP


def test_no_two_commands_share_a_name() -> None:
    with pytest.raises(ValueError, match="rename"):
        Commands((Command("a", "en one"), Command("b", "de One")))


def test_a_command_is_shown_in_her_language() -> None:
    assert HELP.shown("ar") == "!مساعدة"
    assert HELP.shown("de en") == "!hilfe"
    assert HELP.shown("de-simple") == "!hilfe"
    assert HELP.shown("xx") == "!help"
    assert commands.LATER.is_meant("SPÄTER")
    assert answers.is_later("Lieber später.")


@given(st.text(max_size=300))
def test_no_text_breaks_a_command_or_an_answer(text: str) -> None:
    commands.PRIVATE.find(text)
    COORDINATION.find("!" + text)
    assert answers.agreement(text) in (True, False, None)
    answers.is_later(text)
    numbers.numbers(text)


@pytest.mark.parametrize(
    "text", ["ja oder nein", "nicht ja", "ja nein", "ja aber nur in Nord", "x" * 61]
)
def test_what_is_no_clear_yes(text: str) -> None:
    assert answers.agreement(text) is None


# -- options ---------------------------------------------------------------------------------------

ALL = (NORTH, SOUTH, WEST)
IDS = tuple(x.id for x in ALL)


@pytest.mark.parametrize(
    ("text", "picked", "unknown"),
    [
        ("1", ("nord",), ()),
        ("1, 3", ("nord", "west"), ()),
        ("3 und 1", ("nord", "west"), ()),
        ("١ و ٢", ("nord", "sued"), ()),
        ("1. 2.", ("nord", "sued"), ()),
        ("die zweite", ("sued",), ()),
        ("Nr. 2", ("sued",), ()),
        ("３", ("west",), ()),
        ("1️⃣ 3️⃣", ("nord", "west"), ()),
        ("۲", ("sued",), ()),
        ("alle bitte", ("nord", "sued", "west"), ()),
        ("7", (), ("7",)),
        ("0, 1", ("nord",), ("0",)),
        ("Willkommen in Nord", ("nord",), ()),
        ("willkommen", ("nord",), ()),
        ("asyl sud", ("sued",), ()),
        ("Wohnen", ("nord", "sued"), ()),
        ("recht; kunst", ("sued", "west"), ()),
        ("Kunst und Kultur West", ("west",), ()),
        ("Nord und Süd", ("nord", "sued"), ()),
        ("xx", (), ("xx",)),
        ("in", (), ("in",)),
        ("", (), ()),
        ("...", (), ("...",)),
    ],
)
def test_what_people_mean(text: str, picked: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    choice = options.choose(text, ALL, IDS)
    assert (tuple(x.id for x in choice.picked), choice.unknown) == (picked, unknown)


def test_many_initiatives_are_offered_by_topic() -> None:
    many = tuple(
        Initiative(f"i{number}", f"Gruppe {number}", "", (f"t{number % 3}",))
        for number in range(40)
    )
    offered = options.in_order(many)
    assert set(offered) == {"topic:t0", "topic:t1", "topic:t2"}
    assert len(options.choose("1", many, offered).picked) == 14
    assert options.choose("gruppe", many, offered) == Choice((), ("gruppe",))
    assert len(options.in_order(tuple(Initiative(str(x), str(x)) for x in range(40)))) == 15


@given(st.text(max_size=200), st.lists(st.sampled_from([*IDS, "topic:Wohnen", "gone"])))
def test_no_text_breaks_a_choice(text: str, offered: list[str]) -> None:
    choice = options.choose(text, ALL, offered)
    assert set(choice.picked) <= set(ALL)


# -- what is stored --------------------------------------------------------------------------------


def test_what_is_stored_comes_back() -> None:
    member = Member("@a:b", 1, Stage.MEMBER, wishes=("x",), invited=("!r",), offered=("y",))
    assert MEMBERS.revived({**MEMBERS.plain(member), "later": 1}, 1) == member
    wish = Wish(1, "@a:b", 1.0)
    assert WISHES.revived(WISHES.plain(wish), 1) == wish
    office = Office(moved={"!a": "!b"})
    assert OFFICE.revived(OFFICE.plain(office), 1) == office
    assert (office.now_at("!a"), office.meant("!b"), office.meant("!c")) == ("!b", "!a", "!c")


def test_nobody_is_named_in_a_log() -> None:
    assert "@a:b" not in repr(Member("@a:b", 1, chat="!secret"))
    assert "secret" not in repr(Wish(1, "@a:b", 1.0, "secret", "secret"))


def test_settings_need_a_language() -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="language"):
        OnboardingBot(replace(SETTINGS, languages=()), EnglishWords())
