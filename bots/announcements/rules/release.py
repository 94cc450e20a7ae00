"""From a draft to its round: released, open to be taken back for a while, then on its way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bots.announcements import commands, keys
from bots.announcements.documents.mails import Matter
from bots.announcements.documents.news import (
    ITEMS,
    PAGES,
    Announcement,
    AnnouncementMoves,
    State,
    Version,
)
from bots.announcements.pages import page_of
from bots.announcements.rules import offers
from bots.announcements.rules.mails import rounds
from bots.announcements.rules.turn import Turn
from bots.runtime.kit import undo as undoing
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import Phrase
from federation.model.actions import AskNow
from federation.model.events import Reaction

SIGN = "✅"


def released(turn: Turn, event: Reaction) -> None:
    item = _meant(turn, event)
    if item is not None and not turn.settings.in_words:
        release(turn, item, event.origin.sender)
    elif item is not None and turn.may_tell("sign-in-words"):
        turn.answer(item, "sign-in-words", {"command": commands.RELEASE.shown(turn.language)})


def undone(turn: Turn, event: Reaction) -> None:
    if (item := _meant(turn, event)) is not None:
        undo(turn, item)


def _meant(turn: Turn, event: Reaction) -> Announcement | None:
    """By a sign on the message itself, or on what we said of it; not on a translation."""
    item = turn.about(event.target)
    if item is None or item.written_in(event.target) not in (None, item.original):
        return None
    return item


def release(turn: Turn, item: Announcement, by: str, *, asked: bool = False) -> None:
    """`asked`: in words, so that an answer is due whatever the state is."""
    if AnnouncementMoves.released.may(item.state):
        item = turn.put(ITEMS, _moved(item, AnnouncementMoves.released, released_by=by))
        turn.ask(*_window(item).offer(turn.room))
        _wind(turn, item)
    elif asked:
        key = "release-already" if item.state is State.PENDING else "release-late"
        turn.answer(item, key)


def _moved(item: Announcement, happens: Move[State], **changes: Any) -> Announcement:
    return replace(item, state=happens(item.state), **changes)


def _window(item: Announcement) -> undoing.Window:
    return undoing.Window(keys.OFFER(number=item.number), keys.UNDO(number=item.number))


def _wind(turn: Turn, item: Announcement) -> None:
    turn.ask(_window(item).wind(turn.settings.undo))
    turn.show(item, "pending", {**undoing.told(turn.closes), "anew": ""})


def rewound(turn: Turn, item: Announcement) -> None:
    """The machine was started again, so the time begins anew."""
    if item.state is State.PENDING:
        anew = Phrase("undo-anew", turn.language)
        turn.show(item, "pending", {**undoing.told(turn.closes), "anew": anew})


def undo(turn: Turn, item: Announcement, *, asked: bool = False) -> None:
    if AnnouncementMoves.taken_back.may(item.state):
        turn.ask(_window(item).shut())
        item = turn.put(ITEMS, _moved(item, AnnouncementMoves.taken_back, released_by=None))
        turn.show(item, "taken-back", {"command": commands.RELEASE.shown(turn.language)})
    elif item.state is State.RELEASED:
        turn.answer(item, "undo-late")
    elif asked:
        turn.answer(item, "undo-nothing")


def changed(turn: Turn, item: Announcement) -> None:
    """A text was added, changed or removed before it left; a window that is open begins anew."""
    turn.put(ITEMS, item)
    if item.state is State.PENDING:
        _wind(turn, item)
    elif item.state is State.DRAFT:
        turn.show(item, "offer-changed", offers.values(turn, item))


def look(turn: Turn, item: Announcement, source: str) -> None:
    """Have the message looked up; until it is known what it says, nothing of this is sent."""
    turn.ask(AskNow(item.room, source, keys.TEXT(number=item.number)))
    if source not in item.looks:
        item = replace(item, looks=(*item.looks, source))
    turn.put(ITEMS, item)
    if item.state is State.PENDING:
        _wind(turn, item)


def due(turn: Turn, item: Announcement) -> None:
    """The window has closed."""
    if not AnnouncementMoves.undo_over.may(item.state):
        return
    if item.looks:  # what it says is not known yet
        _wind(turn, item)
        return
    item = turn.put(ITEMS, _moved(item, AnnouncementMoves.undo_over, released=turn.seconds))
    turn.put(PAGES, page_of(item))
    turn.show(item, "released", {"time": turn.clock(turn.now)})
    rounds.begin(turn, Matter.ANNOUNCEMENT, item.number, item.original.event, (item,))


# -- taken back ------------------------------------------------------------------------------------


def drop(turn: Turn, item: Announcement, version: Version) -> None:
    """Nothing that this text says is to be read any more, or to be sent."""
    if not AnnouncementMoves.removed.may(item.state):
        return
    if version.event != item.original.event:
        _translation_removed(turn, item, version.language)
        return
    late = item.state is State.RELEASED
    turn.drop(PAGES, str(item.number))
    empty = replace(item.original, text="", html="")
    dropped = _moved(item, AnnouncementMoves.removed, original=empty, translations=())
    turn.put(ITEMS, dropped)
    turn.ask(_window(item).shut())
    if late:
        _call_back(turn, dropped)
    else:
        turn.show(dropped, "dropped")


def _translation_removed(turn: Turn, item: Announcement, language: str) -> None:
    item = item.without(language)
    if AnnouncementMoves.text_changed.may(item.state):
        changed(turn, item)
        return
    turn.put(ITEMS, item)
    turn.put(PAGES, page_of(item))
    for circular in rounds.under_way(turn, item):
        if language in circular.editions:
            rounds.write(turn, circular, language)
    turn.answer(item, "translation-removed")


def _call_back(turn: Turn, item: Announcement) -> None:
    """Stop what still waits; what has left can't be called back, and editors are told so."""
    own = None
    for circular in rounds.under_way(turn, item):
        rounds.leave_out(turn, circular, item.number)
        if circular.matter is Matter.ANNOUNCEMENT:
            own = circular
    if own is None:
        turn.answer(item, "redact-late")
    else:
        turn.answer(item, "stopped", {"sent": Phrase("sent", "", {"n": own.sent})})
