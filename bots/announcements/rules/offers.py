"""What is shown beneath a message that may go out."""

from __future__ import annotations

from dataclasses import replace

from bots.announcements.models import Announcement, Kind
from bots.announcements.rules import commands
from bots.announcements.rules.turn import Turn
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import Link


def values(turn: Turn, item: Announcement) -> dict[str, object]:
    have = item.languages
    missing = [x for x in turn.settings.languages if x not in have]
    absent: object = ""
    if missing:
        values = {"languages": named(turn, missing), "example": example(turn, missing[0])}
        absent = turn.phrase("missing", values)
    readers = turn.state.readers
    at_once = sum(x.kind is Kind.IMMEDIATE for x in readers)
    return {
        "readers": Phrase("readers", "", {"n": at_once}),
        "digest": Phrase("readers-digest", "", {"n": len(readers) - at_once}),
        "languages": named(turn, have),
        "missing": absent,
        "page": Link(turn.settings.page("news"), turn.settings.page("news")),
        "command": commands.RELEASE.shown(turn.language),
    }


def named(turn: Turn, languages: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(turn.texts.own_name(x) for x in languages)


def example(turn: Turn, language: str | None = None) -> str:
    others = [x for x in turn.settings.languages if x != turn.language]
    shown = language or next(iter(others), turn.language)
    return f"{turn.texts.own_name(shown)}: …"


def without(item: Announcement, language: str) -> Announcement:
    return replace(item, translations=tuple(x for x in item.translations if x.language != language))
