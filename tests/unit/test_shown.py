"""What a text shows people to write is understood, in every language, where it is shown."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from bots.announcements import commands as announcements
from bots.announcements.wording import WORDING as ANNOUNCEMENTS
from bots.exchange import commands as exchange
from bots.exchange.wording import WORDING as EXCHANGE
from bots.ombuds import commands as ombuds
from bots.ombuds import flagwords
from bots.ombuds.wording import WORDING as OMBUDS
from bots.onboarding import commands as onboarding
from bots.onboarding.wording import WORDING as ONBOARDING
from bots.runtime.model.decision import Phrase
from bots.runtime.speech import vocabulary
from bots.runtime.speech.phrases import PerLanguage, Renderer, Wording, each
from bots.runtime.speech.switches import switch, switched
from bots.runtime.speech.words import LANGUAGES, Words
from bots.runtime.understanding import answers
from bots.runtime.understanding.commands import Command, Commands, Invocation, Word
from bots.runtime.understanding.texts import clean

WORDS = Words()
TAGS = tuple(x.tag for x in LANGUAGES)
CODE = re.compile("<code>(.*?)</code>")
WRITTEN = re.compile(r"[!！]\w+")
Understands = Callable[[str], bool]


def command(find: Callable[[str], object], meant: Command, rest: bool | None = None) -> Understands:
    def understands(text: str) -> bool:
        found = find(text)
        turned = switch if rest is not None else lambda _: None
        return (
            isinstance(found, Invocation) and found.command is meant and turned(found.rest) is rest
        )

    return understands


def turning(
    find: Callable[[str], object], meant: Command, *, on: bool
) -> tuple[Callable[[str], str], Understands]:
    return switched(meant, on=on).in_language, command(find, meant, on)


Shown = Mapping[str, tuple[Callable[[str], str], Understands]]


def word(meant: Word, understands: Understands) -> tuple[Callable[[str], str], Understands]:
    return meant.shown, understands


def shown(
    find: Callable[[str], object], *commands: Command
) -> dict[str, tuple[Callable[[str], str], Understands]]:
    return {x.name: (x.shown, command(find, x)) for x in commands}


YES = word(vocabulary.YES, lambda x: answers.agreement(x) is True)
NO = word(vocabulary.NO, lambda x: answers.agreement(x) is False)
PRIVATE, COORDINATION = onboarding.PRIVATE.find, Commands(onboarding.OF_COORDINATORS).find
CHOICES = {
    "message": word(flagwords.MESSAGE, lambda x: flagwords.choice(x) is flagwords.Choice.MESSAGE),
    "accommodation": word(
        flagwords.ACCOMMODATION, lambda x: flagwords.choice(x) is flagwords.Choice.ACCOMMODATION
    ),
    "nothing": word(flagwords.NOTHING, lambda x: flagwords.choice(x) is flagwords.Choice.NOTHING),
    "show": word(flagwords.SHOW, lambda x: flagwords.shows(x) is True),
}
FLAGS = flagwords.in_room
BOTS: dict[str, tuple[Wording, Shown]] = {
    "onboarding": (
        ONBOARDING,
        {
            **shown(PRIVATE, *onboarding.OF_PEOPLE),
            **shown(COORDINATION, onboarding.ADMIT, onboarding.DECLINE),
            "later": word(onboarding.LATER, answers.is_later),
            "yes": YES,
            "no": NO,
        },
    ),
    "exchange": (
        EXCHANGE,
        {
            **shown(exchange.ALL.find, exchange.SHARE, exchange.FIND),
            "command": (exchange.UNSHARE.shown, command(exchange.ALL.find, exchange.UNSHARE)),
            "named": turning(exchange.ALL.find, exchange.NAME, on=True),
            "unnamed": turning(exchange.ALL.find, exchange.NAME, on=False),
            "on": turning(exchange.ALL.find, exchange.EXCHANGE, on=True),
            "off": turning(exchange.ALL.find, exchange.EXCHANGE, on=False),
        },
    ),
    "announcements": (
        ANNOUNCEMENTS,
        {
            "command": (
                announcements.RELEASE.shown,
                command(announcements.KNOWN.find, announcements.RELEASE),
            ),
        },
    ),
    "ombuds": (
        OMBUDS,
        {
            **CHOICES,
            "no": NO,
            "on": (
                switched(flagwords.FLAGS, on=True).in_language,
                command(FLAGS, flagwords.FLAGS, True),
            ),
            "off": (
                switched(flagwords.FLAGS, on=False).in_language,
                command(FLAGS, flagwords.FLAGS, False),
            ),
            "command": (ombuds.NEW.shown, command(ombuds.of_reporter, ombuds.NEW)),
            "original": (ombuds.ORIGINAL.shown, command(ombuds.of_reporter, ombuds.ORIGINAL)),
            "help": (vocabulary.HELP.shown, command(ombuds.of_reporter, vocabulary.HELP)),
        },
    ),
}


def rendered(wording: Wording, values: Shown, language: str) -> Iterator[tuple[str, str]]:
    renderer = Renderer(WORDS, wording)
    for key, paragraphs in wording.paragraphs.items():
        names = {x for text in each(paragraphs) for x in re.findall(r"\{(\w+)\}", str(text))}
        given: dict[str, object] = dict.fromkeys(names, 2)
        given |= {x: PerLanguage(values[x][0]) for x in names if x in values}
        yield key, renderer.render(Phrase(key, language, given)).html or ""


@pytest.mark.parametrize("bot", BOTS)
def test_what_is_shown_is_understood(bot: str) -> None:
    wording, values = BOTS[bot]
    wrong, seen = [], 0
    for language in TAGS:
        # As a client copies it: with the marks of direction that stand around it.
        understood = [x[1] for x in values.values()]
        for key, markup in rendered(wording, values, language):
            for code in CODE.findall(markup):
                text = clean(html.unescape(code))[0]
                seen += 1
                if text != "2" and not any(understands(text) for understands in understood):
                    wrong.append((language, key, text))
    assert wrong == []
    assert seen > 10


@pytest.mark.parametrize(
    ("commands", "find"),
    [
        (onboarding.OF_PEOPLE, PRIVATE),
        (onboarding.OF_COORDINATORS, COORDINATION),
        (announcements.ALL, announcements.KNOWN.find),
        (ombuds.STAFF, ombuds.OF_STAFF.find),
        (ombuds.REPORTER, ombuds.of_reporter),
    ],
)
def test_every_command_is_found_in_every_language(
    commands: tuple[Command, ...], find: Callable[[str], object]
) -> None:
    for one in commands:
        for language in TAGS:
            for text in (
                one.shown(language),
                f"`{one.shown(language)}`",
                f"{one.shown(language)}.",
            ):
                found = find(text)
                assert isinstance(found, Invocation), text
                assert found.command is one, text
