"""The digest: once at its hour, or when an editor asks for it; never twice, never an empty one."""

from __future__ import annotations

from bots.announcements import handles
from bots.announcements.letters import digest_letter
from bots.announcements.models import Kind, Round, State, next_digest
from bots.announcements.rules import commands, rounds
from bots.announcements.rules.turn import Turn, Values
from bots.runtime.kit import undo as undoing
from bots.runtime.model.decision import SetTimer


def wind(turn: Turn) -> None:
    at = next_digest(turn.settings.digest, turn.settings.timezone, turn.now)
    turn.ask(SetTimer(handles.DIGEST, at=at))


def started(turn: Turn) -> None:
    if not turn.desk.digested:
        turn.note(digested=turn.seconds)
    wind(turn)


def due(turn: Turn) -> None:
    wind(turn)
    if turn.desk.call is State.PENDING:
        turn.ask(_window(turn.desk.calls).shut())
        _go(turn)
    elif turn.state.items:
        _send(turn)


def _send(turn: Turn) -> None:
    items = turn.state.items
    readers = [(x.id, x.language) for x in turn.state.readers if x.kind is Kind.DIGEST]
    number = turn.desk.digests + bool(readers)
    turn.note(digests=number, digested=max(x.released for x in items))
    if not readers:
        return
    circular = Round(
        key=handles.digest_round(number),
        event=f"digest {turn.seconds!r}",
        total=len(readers),
        editions=tuple(sorted({language for _, language in readers})),
        items=tuple(x.number for x in items),
    )
    for language in circular.editions:
        letter = digest_letter(turn.settings, turn.texts, items, circular, language)
        rounds.put_letter(turn, letter)
    rounds.start(turn, circular, readers, thread=None)


# -- out of turn -----------------------------------------------------------------------------------


def ask(turn: Turn) -> None:
    """An editor wants the digest now: it waits as long as a release, and can be taken back."""
    if turn.desk.call is State.PENDING:
        turn.tell("digest-already")
    elif not turn.state.items:
        turn.tell("digest-nothing")
    elif not any(x.kind is Kind.DIGEST for x in turn.state.readers):
        turn.tell("digest-nobody")
    else:
        _open(turn)


def _open(turn: Turn) -> None:
    number = turn.desk.calls + 1
    turn.note(calls=number, call=State.PENDING)
    values = undoing.told(turn.closes)
    turn.tell("digest-pending", values, handle=handles.call(number))
    turn.ask(*_window(number).open(turn.state.room, turn.settings.undo))


def _window(number: int) -> undoing.Window:
    return undoing.Window(handles.call(number), handles.call_timer(number))


def undo(turn: Turn) -> None:
    if turn.desk.call is State.PENDING:
        turn.ask(_window(turn.desk.calls).shut())
        turn.note(call=State.DRAFT)
        _show(turn, "digest-taken-back", {"command": commands.DIGEST.shown(turn.language)})
    elif turn.desk.call is State.RELEASED:
        turn.tell("digest-late")


def call_due(turn: Turn, number: int) -> None:
    """The window has closed."""
    if turn.desk.call is State.PENDING and turn.desk.calls == number:
        _go(turn)


def _go(turn: Turn) -> None:
    if not turn.state.items:  # they were taken back meanwhile
        turn.note(call=State.DRAFT)
        _show(turn, "digest-nothing")
        return
    turn.note(call=State.RELEASED)
    _show(turn, "released", {"time": turn.clock(turn.now)})
    _send(turn)


def _show(turn: Turn, key: str, values: Values | None = None) -> None:
    turn.tell(key, values, edits=handles.call(turn.desk.calls))
