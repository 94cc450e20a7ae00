"""What is shown beneath a message that may go out."""

from __future__ import annotations

from collections.abc import Sequence

from bots.announcements import commands
from bots.announcements.documents.news import Announcement
from bots.announcements.documents.people import READERS, Kind
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
    at_once, later = (turn.view.count(READERS, "kind", x) for x in (Kind.IMMEDIATE, Kind.DIGEST))
    how = "how-in-words" if turn.settings.in_words else "how"
    return {
        "readers": Phrase("readers", "", {"n": at_once}),
        "digest": Phrase("readers-digest", "", {"n": later}),
        "languages": named(turn, have),
        "missing": absent,
        "page": Link(turn.settings.page("news"), turn.settings.page("news")),
        "how": turn.phrase(how, {"command": commands.RELEASE.shown(turn.language)}),
    }


def named(turn: Turn, languages: Sequence[str]) -> tuple[str, ...]:
    return tuple(turn.texts.own_name(x) for x in languages)


def example(turn: Turn, language: str | None = None) -> str:
    others = [x for x in turn.settings.languages if x != turn.language]
    shown = language or next(iter(others), turn.language)
    return f"{turn.texts.own_name(shown)}: …"
