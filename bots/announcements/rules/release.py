"""From a draft to its round: released, open to be taken back for a while, then on its way."""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import handles, kinds
from bots.announcements.letters import announcement_letter
from bots.announcements.models import Announcement, Kind, Round, State, Version
from bots.announcements.rules import commands, offers, pages, rounds
from bots.announcements.rules.turn import Turn
from bots.runtime.kit import undo as undoing
from bots.runtime.model.decision import Phrase
from federation.model.actions import AskNow
from federation.model.events import Redaction


def release(turn: Turn, item: Announcement, by: str, *, asked: bool = False) -> None:
    """`asked`: in words, so that an answer is due whatever the state is."""
    if item.state is State.DRAFT:
        item = turn.keep(replace(item, state=State.PENDING, released_by=by))
        turn.ask(*_window(item).offer(turn.state.room))
        _wind(turn, item)
    elif asked:
        key = "release-already" if item.state is State.PENDING else "release-late"
        turn.answer(item, key)


def _window(item: Announcement) -> undoing.Window:
    return undoing.Window(handles.offer(item.number), handles.undo_timer(item.number))


def _wind(turn: Turn, item: Announcement) -> None:
    turn.ask(_window(item).wind(turn.settings.undo))
    turn.show(item, "pending", undoing.told(turn.closes))


def undo(turn: Turn, item: Announcement, *, asked: bool = False) -> None:
    if item.state is State.PENDING:
        turn.ask(_window(item).shut())
        item = turn.keep(replace(item, state=State.DRAFT, released_by=None))
        turn.show(item, "taken-back", {"command": commands.RELEASE.shown(turn.language)})
    elif item.state is State.RELEASED:
        turn.answer(item, "undo-late")
    elif asked:
        turn.answer(item, "undo-nothing")


def changed(turn: Turn, item: Announcement) -> None:
    """A text was added, changed or removed before it left; a window that is open begins anew."""
    turn.keep(item)
    if item.state is State.PENDING:
        _wind(turn, item)
    elif item.state is State.DRAFT:
        turn.show(item, "offer-changed", offers.values(turn, item))


def look(turn: Turn, item: Announcement, source: str) -> Announcement:
    """Have the message looked up; until it is known what it says, nothing of this is sent."""
    turn.ask(AskNow(item.room, source, handles.TEXT(item=item.number)))
    if source not in item.looks:
        item = replace(item, looks=(*item.looks, source))
    item = turn.keep(item)
    if item.state is State.PENDING:
        _wind(turn, item)
    return item


def removed(turn: Turn, event: Redaction) -> None:
    """The homeserver lets authors and moderators take a message back: the text goes everywhere."""
    item = turn.state.item
    version = item.version(turn.state.version or "") if item is not None else None
    if item is None:
        turn.put(kinds.GONE, event.target, True)
    elif version is not None and version.event == event.target:
        drop(turn, item, version)


def drop(turn: Turn, item: Announcement, version: Version) -> None:
    """Nothing that this text says is to be read any more, or to be sent."""
    if item.state is State.DROPPED:
        return
    if version.event != item.original.event:
        _translation_removed(turn, item, version.language)
        return
    late = item.state is State.RELEASED
    pages.withdraw(turn, item)
    empty = replace(item.original, text="", html="")
    dropped = turn.keep(replace(item, state=State.DROPPED, original=empty, translations=()))
    turn.ask(_window(item).shut())
    if late:
        _call_back(turn, dropped)
    else:
        turn.show(dropped, "dropped")


def _translation_removed(turn: Turn, item: Announcement, language: str) -> None:
    item = offers.without(item, language)
    if item.state is not State.RELEASED:
        changed(turn, item)
        return
    pages.publish(turn, turn.keep(item))
    circular = turn.state.circular
    if circular is not None and language in circular.editions and not circular.finished:
        rounds.put_letter(
            turn, announcement_letter(turn.settings, turn.texts, item, circular, language)
        )
    for digest in turn.state.digests:
        rounds.reword(turn, digest, item, language)
    turn.answer(item, "translation-removed")


def _call_back(turn: Turn, item: Announcement) -> None:
    """Stop what still waits; what has left can't be called back, and editors are told so."""
    circular = turn.state.circular
    for digest in turn.state.digests:
        rounds.leave_out(turn, digest, item.number)
    if circular is None or circular.finished:
        turn.answer(item, "redact-late")
        return
    rounds.stop(turn, circular)
    values = {"sent": Phrase("sent", "", {"n": circular.sent})}
    turn.answer(item, "stopped", values)


def due(turn: Turn) -> None:
    """The window has closed."""
    item = turn.state.item
    if item is None or item.state is not State.PENDING:
        return
    if item.looks:  # what it says is not known yet
        _wind(turn, item)
        return
    item = turn.keep(replace(item, state=State.RELEASED, released=turn.seconds))
    pages.publish(turn, item)
    _start(turn, item)


def _start(turn: Turn, item: Announcement) -> None:
    readers = [(x.id, x.language) for x in turn.state.readers if x.kind is Kind.IMMEDIATE]
    circular = Round(
        key=handles.announcement_round(item.number),
        event=item.original.event,
        total=len(readers),
        editions=tuple(sorted({language for _, language in readers})),
        items=(item.number,),
    )
    for language in circular.editions:
        rounds.put_letter(
            turn, announcement_letter(turn.settings, turn.texts, item, circular, language)
        )
    turn.show(item, "released", {"time": turn.clock(turn.now)})
    rounds.start(turn, circular, readers, thread=item.original.event)
