"""No draft stands alone where people agree to something, or are asked about a complaint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bots.ombuds import commands
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.cases import wording as cases
from bots.ombuds.chats.wording import LONG, RECEIPTS, REPORTER, WITH_ORIGINAL
from bots.ombuds.flags import wording as flags
from bots.ombuds.settings import NOTICES
from bots.ombuds.team import awaywording, pinwording, trustwording
from bots.ombuds.team import wording as office
from bots.ombuds.wording import PARAGRAPHS as OMBUDS
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.wording import PARAGRAPHS as ONBOARDING
from bots.onboarding.wording import WORDING
from bots.onboarding.wording.coordination import COORDINATION
from bots.onboarding.wording.people import PEOPLE
from bots.runtime.kit.standing.wording import STANDING
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import declining, unheeded, vocabulary
from bots.runtime.speech.originals import DRAFT, NOT_CHECKED, ON_REQUEST
from bots.runtime.speech.phrases import RULE, Paragraphs, Plural, Written, each
from bots.runtime.speech.vocabulary import YES
from bots.runtime.speech.words import LANGUAGES, ORIGINALS, Words
from bots.runtime.understanding.commands import Invocation
from tests.kit import ombuds as test_ombuds_story
from tests.kit import onboarding as test_onboarding_story
from tests.kit.looped import looped

WORDS = Words()
TAGS = tuple(x.tag for x in LANGUAGES)
FOREIGN = tuple(x for x in TAGS if x not in ORIGINALS)
FIRST = [("en", "de", "ar"), ("ar", "en", "de"), ("ar", "tr"), ("de", "en", "ar")]
ASKS = re.compile(
    r"✅|❌|🚩|\{yes\}|\{no\}|\?|\b(?:[Pp]lease|[Rr]eact|reply|answer|agree|write|tell|describe|copy|choose)\b"
)

# -- which texts they are --------------------------------------------------------------------------

_COMMAND = "names a command or another place to write, and asks for no decision"
_DONE = "says what was done, and asks for nothing"
_LEFT = "names rooms that she may leave herself"
_KEPT = "says what was done; whatever she writes next reaches the office"
_LANGUAGE = "is the answer to somebody who chose a language, and asks for nothing"
_OTHERS = "speaks to those who moderate a room, about the room"
_MACHINE = "says what a program can't do; nobody agrees to anything by it"
_AGAIN = "asks for a message once more, whatever it was"
_SECRET = "shows a secret, which would stand there three times"
_INTERESTS = "asks for interests, which bind to nothing and can be chosen again"

OMBUDS_ALONE = {
    "team-single": "part of `reporter-help`, which has the original beside it",
    "receipt": _SECRET,
    "receipt-anew": _SECRET,
    "receipt-exposed": _SECRET,
    "receipt-deleted": _COMMAND,
    "receipt-wrong": _AGAIN,
    "erased-all": _COMMAND,
    "erased-but": _COMMAND,
    "receipt-pause": _DONE,
    "receipt-clear": _KEPT,
    "answer-again": _DONE,
    "chat-over": _KEPT,
    "arrived": _DONE,
    "arrived-flagged": _KEPT,
    "language-set": _LANGUAGE,
    "alone-again": _DONE,
    "ring-answer": _DONE,
    "private-only": _COMMAND,
    "no-verification": _MACHINE,
    "in-clear": _AGAIN,
    "not-known-yet": _AGAIN,
    "command-guess": _COMMAND,
    "command-amid": _COMMAND,
    "no-call": _MACHINE,
    "flags-off": _OTHERS,
    "flags-powerless": _OTHERS,
    "flags-lost": _OTHERS,
    "flags-plain": _OTHERS,
    "blocked-full": _DONE,
}
ONBOARDING_ALONE = {
    "hello": "offers the languages by their own names, and asks for no yes",
    "waiting": _DONE,
    "choose": _INTERESTS,
    "choose-again": _INTERESTS,
    "chosen": _INTERESTS,
    "chosen-partly": _INTERESTS,
    "chosen-asked": _INTERESTS,
    "elsewhere-later": _INTERESTS,
    "not-let-in": _INTERESTS,
    "later": _INTERESTS,
    "gone": _COMMAND,
    "removed": _COMMAND,
    "banned": _COMMAND,
    "beyond": _LEFT,
    "seat-kept": _LEFT,
    "leave-yourself": _LEFT,
    "language-set": _LANGUAGE,
    "help": _COMMAND,
    "help-topics": _COMMAND,
    "not-understood": _COMMAND,
    "added": _DONE,
    "command-guess": _COMMAND,
    "command-amid": _COMMAND,
    "left": _COMMAND,
    "erased": _DONE,
    "yes-gone": "says that nothing has changed, and names a command",
    "text-only": _COMMAND,
    "no-verification": _MACHINE,
    "in-clear": _AGAIN,
    "no-call": _MACHINE,
    "rules-kept": "part of `rules-open`, which has the original beside it",
    "send-again": _AGAIN,
    "edited": _AGAIN,
    "private-only": _COMMAND,
}

Table = Mapping[str, Paragraphs]
TO_STAFF: tuple[Table, ...] = (
    cases.CASES, cases.KEEPING, cases.ANSWERS, cases.RUSH, cases.IDENTITY, office.OFFICE,
    office.RECORD, office.TEAM, pinwording.PINS, pinwording.LEADING, awaywording.AWAY,
    trustwording.TRUSTEES, flags.STAFF, flags.MODERATORS, COORDINATION, vocabulary.KINDS,
    vocabulary.LISTS, STANDING,
)  # fmt: skip
"""Read by those who work for the office or the network, in the language that they set."""
TO_PEOPLE: tuple[tuple[Table, frozenset[str], Mapping[str, str]], ...] = (
    (
        REPORTER
        | RECEIPTS
        | cases.BLOCKED
        | declining.PARAGRAPHS
        | unheeded.PARAGRAPHS
        | flags.PRIVATE
        | flags.ROOMS,
        WITH_ORIGINAL,
        OMBUDS_ALONE,
    ),
    (
        PEOPLE | declining.PARAGRAPHS | unheeded.PARAGRAPHS | vocabulary.LISTS,
        WORDING.consent,
        ONBOARDING_ALONE,
    ),
)


def asks(paragraphs: Paragraphs) -> bool:
    texts = (x.plural if isinstance(x, Plural) else x for x in each(paragraphs))
    return any(ASKS.search(x) for x in texts)


@pytest.mark.parametrize(("table", "beside", "alone"), TO_PEOPLE, ids=["ombuds", "onboarding"])
def test_whatever_asks_somebody_has_the_original_beside_it_or_a_reason(
    table: Table, beside: frozenset[str], alone: Mapping[str, str]
) -> None:
    asking = {key for key, paragraphs in table.items() if asks(paragraphs)}
    assert asking - beside == alone.keys()
    assert beside <= asking
    assert len(beside) >= 7


def test_every_phrase_is_said_to_people_or_to_staff() -> None:
    tables = [*TO_STAFF, *(x[0] for x in TO_PEOPLE)]
    keys = sorted(key for table in tables for key in table)
    assert keys == sorted([*OMBUDS, *ONBOARDING])


@pytest.mark.parametrize("key", ["rules-none", "reminder", "evidence-ask", "flag-nobody"])
def test_what_asks_for_a_yes_is_among_them(key: str) -> None:
    assert key in WORDING.consent | WITH_ORIGINAL


# -- how they are shown ----------------------------------------------------------------------------


class Checked(Words):
    """The catalogues, as if somebody had checked those of some languages."""

    def __init__(self, *languages: str) -> None:
        vars(self).update(vars(WORDS))  # reading them takes a while
        self._checked = languages

    def reviewed(self, msgid: str, language: str) -> bool:
        return language in self._checked


def shown(
    key: str, languages: str, checked: tuple[str, ...] = (), first: tuple[str, ...] = ("de", "en")
) -> list[str]:
    """The texts that stand one below the other."""
    words = Checked(*checked)
    table: Table = {**OMBUDS, **ONBOARDING}
    if key in WORDING.consent:
        table = ONBOARDING
    named = {x for text in each(table[key]) for x in re.findall(r"\{(\w+)\}", str(text))}
    values: dict[str, object] = dict.fromkeys(named, "x")
    if "yes" in named:
        values["yes"] = YES
    if "rules" in named and "{rules}" in each(table[key]):
        values["rules"] = Written({"de": "Regeln", "ar": "قواعد"})
    phrase = Phrase(key, languages, values)
    bot: OmbudsBot | OnboardingBot = (
        OnboardingBot(replace(test_onboarding_story.SETTINGS, languages=first), words)
        if table is ONBOARDING
        else OmbudsBot(replace(test_ombuds_story.SETTINGS, languages=first), words)
    )
    text = bot.render(phrase)
    parts = text.body.split(f"\n\n{RULE}\n\n")
    assert (text.html or "").count("<hr>") == len(parts) - 1
    return parts


KEYS = sorted(WITH_ORIGINAL | WORDING.consent)
ASKING = sorted({*KEYS} - LONG)


def upright(text: str) -> str:
    """Without what holds each line of a part in its direction."""
    lines = text.split("\n")
    return "\n".join(x[1:-1] if x[:1] in ("\u2066", "\u2067") else x for x in lines)


@looped("first", FIRST)
@looped("language", FOREIGN)
@looped("key", ASKING)
def test_a_draft_that_asks_something_stands_beside_an_original(
    key: str, language: str, first: tuple[str, ...]
) -> None:
    draft, german = shown(key, language, first=first)
    assert draft.endswith(WORDS.text(NOT_CHECKED, language))
    assert [upright(german)] == shown(key, "de", first=first) or "[…]" in german
    assert draft != german


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("key", sorted(LONG))
def test_a_long_draft_names_the_word_that_shows_the_originals(key: str, language: str) -> None:
    (draft,) = shown(key, language)
    word = commands.ORIGINAL.shown(language)
    assert draft.endswith(WORDS.text(ON_REQUEST, language, {"original": word}))
    assert commands.of_reporter(word) == Invocation(commands.ORIGINAL)
    assert not any(ASKS.search(str(x)) and "✅" in str(x) for x in each(OMBUDS[key]))
    assert shown(key, f"{language} de")[1]


@pytest.mark.parametrize("notice", sorted(NOTICES))
@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_first_answer_fits_on_a_phone(language: str, notice: str) -> None:
    settings = replace(test_ombuds_story.SETTINGS, languages=TAGS)
    bot = OmbudsBot(settings, WORDS)
    values = {
        "number": 17,
        "helplines": "Polizei: 110, Feuerwehr und Rettung: 112",
        "languages": " · ".join(map(WORDS.own_name, TAGS)),
        "delete": commands.DELETE,
        "holder": "Bündnis Musterstadt",
    }
    said = [bot.render(Phrase(key, language, values)).body for key in ("arrived", notice)]
    words = [x for text in said for x in text.split() if any(map(str.isalnum, x))]
    assert 100 < len(words) < 200


@looped("first", FIRST)
@looped("key", KEYS)
def test_originals_and_what_was_checked_stand_alone(key: str, first: tuple[str, ...]) -> None:
    for language in ORIGINALS:
        assert len(shown(key, language, first=first)) == 1
    for language in FOREIGN:
        (text,) = shown(key, language, (language,), first)
        assert WORDS.text(DRAFT, language) not in text


@pytest.mark.parametrize(
    ("told", "checked", "languages", "marks"),
    [
        ("de en", (), "de en", ("", "")),
        ("en de", (), "en de", ("", "")),
        ("de ar", (), "de ar", ("", DRAFT)),
        ("ar de", (), "ar de", (NOT_CHECKED, "")),
        ("ar en", (), "ar en", (NOT_CHECKED, "")),
        ("ar tr", (), "ar tr de", (DRAFT, NOT_CHECKED, "")),
        ("ar fr", ("fr",), "ar fr de", (DRAFT, "", "")),
        ("ar fr", ("ar", "fr"), "ar fr", ("", "")),
        ("de en ar", (), "de en ar", ("", "", DRAFT)),
        ("de-simple", (), "de-simple de", (NOT_CHECKED, "")),
    ],
)
def test_several_languages(
    told: str, checked: tuple[str, ...], languages: str, marks: tuple[str, ...]
) -> None:
    parts = shown("evidence-ask", told, checked)
    for part, language, mark in zip(parts, languages.split(), marks, strict=True):
        original = shown("evidence-ask", language, TAGS)[0]
        assert upright(part) == (
            f"{original}\n\n{WORDS.text(mark, language)}" if mark else original
        )


def test_each_language_names_the_word_that_is_written_in_it() -> None:
    for part, language in zip(shown("rules-none", "ar"), ("ar", "de"), strict=True):
        assert f"\u2068{YES.shown(language)}\u2069" in part


def test_what_admins_wrote_is_not_repeated_beside_a_draft() -> None:
    """Rules that are written in German alone stand in an Arabic message once."""
    draft, german = shown("rules", "tr", first=("de", "tr"))
    assert "Regeln" in draft
    assert "Regeln" not in german.split("\n\n")
    assert german.split("\n\n")[1] == "[…]"
    draft, german = shown("rules", "ar", first=("ar", "de"))
    assert "قواعد" in draft
    assert upright(german.split("\n\n")[1]) == "Regeln"
