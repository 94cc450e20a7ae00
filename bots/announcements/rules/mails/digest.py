"""The digest: once at its hour, or when an editor asks for it; never twice, never an empty one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.announcements import commands, keys
from bots.announcements.documents.mails import Matter
from bots.announcements.documents.news import ITEMS, Announcement, Call, CallMoves
from bots.announcements.documents.people import READERS, Kind
from bots.announcements.rules.mails import rounds
from bots.announcements.rules.turn import Turn, Values
from bots.announcements.settings import next_digest
from bots.runtime.kit import undo as undoing
from bots.runtime.model.decision import Phrase, SetTimer, Started
from federation.model.events import Reaction


def _wind(turn: Turn) -> None:
    at = next_digest(turn.settings.digest, turn.settings.timezone, turn.now)
    turn.ask(SetTimer(keys.DIGEST(), at=at))


def started(turn: Turn, _: Started) -> None:
    _wind(turn)


def due(turn: Turn) -> None:
    _wind(turn)
    if CallMoves.sent.may(turn.desk.call):
        turn.ask(_window(turn.desk.calls).shut())
        _go(turn)
    elif items := _new(turn):
        _send(turn, items)


def _new(turn: Turn) -> Sequence[Announcement]:
    """What stood in no digest yet; of very many, the rest is for the one after."""
    return turn.find(ITEMS, "new", oldest=True)


def _send(turn: Turn, items: Sequence[Announcement]) -> None:
    for item in items:
        turn.put(ITEMS, replace(item, digested=True))
    if turn.view.count(READERS, "kind", Kind.DIGEST):
        number = turn.desk.digests + 1
        turn.note(digests=number)
        rounds.begin(turn, Matter.DIGEST, number, f"digest {turn.seconds!r}", items)


# -- out of turn -----------------------------------------------------------------------------------


def ask(turn: Turn) -> None:
    """An editor wants the digest now: it waits as long as a release, and can be taken back."""
    if not CallMoves.asked.may(turn.desk.call):
        turn.tell("digest-already")
    elif not turn.view.count(ITEMS, "new"):
        turn.tell("digest-nothing")
    elif not turn.view.count(READERS, "kind", Kind.DIGEST):
        turn.tell("digest-nobody")
    else:
        _open(turn)


def _open(turn: Turn) -> None:
    number = turn.desk.calls + 1
    turn.note(calls=number, call=CallMoves.asked(turn.desk.call))
    values = {**undoing.told(turn.closes), "anew": ""}
    turn.tell("digest-pending", values, handle=keys.CALL(number=number))
    turn.ask(*_window(number).open(turn.room, turn.settings.undo))


def _window(number: int) -> undoing.Window:
    return undoing.Window(keys.CALL(number=number), keys.CALL_UNDO(number=number))


def rewound(turn: Turn, number: int) -> None:
    """The machine was started again, so the time begins anew."""
    if CallMoves.sent.may(turn.desk.call) and turn.desk.calls == number:
        anew = Phrase("undo-anew", turn.language)
        _show(turn, "digest-pending", {**undoing.told(turn.closes), "anew": anew})


def reacted(turn: Turn, event: Reaction) -> None:
    """To what was said of it; of an earlier one nothing can be taken back."""
    if turn.ours(keys.CALL, event.target) == {"number": turn.desk.calls}:
        undo(turn)


def undo(turn: Turn) -> None:
    if CallMoves.taken_back.may(turn.desk.call):
        turn.ask(_window(turn.desk.calls).shut())
        turn.note(call=CallMoves.taken_back(turn.desk.call))
        _show(turn, "digest-taken-back", {"command": commands.DIGEST.shown(turn.language)})
    elif turn.desk.call is Call.SENT:
        turn.tell("digest-late")


def call_due(turn: Turn, number: int) -> None:
    """The window has closed."""
    if CallMoves.sent.may(turn.desk.call) and turn.desk.calls == number:
        _go(turn)


def _go(turn: Turn) -> None:
    items = _new(turn)
    if not items:  # they were taken back meanwhile
        turn.note(call=CallMoves.nothing_new(turn.desk.call))
        _show(turn, "digest-nothing")
        return
    turn.note(call=CallMoves.sent(turn.desk.call))
    _show(turn, "released", {"time": turn.clock(turn.now)})
    _send(turn, items)


def _show(turn: Turn, key: str, values: Values | None = None) -> None:
    turn.tell(key, values, edits=keys.CALL(number=turn.desk.calls))
