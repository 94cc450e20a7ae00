"""Commands that are held: told at once, kept for a week, then forgotten with a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from bots.runtime.kit import sparing
from bots.runtime.kit.routing import Commanded
from bots.runtime.kit.standing.documents import (
    EXPIRY,
    HELD,
    KNOWN,
    LOOK,
    NOTICE,
    SAYS,
    SLOW,
    Held,
    Why,
)
from bots.runtime.kit.standing.grace import (
    Grace,
    bar,
    is_excused,
    known,
    learn,
    remind,
    say,
    show_steps,
    steps,
    vouch,
)
from bots.runtime.kit.turn import Turn
from bots.runtime.model.decision import CancelTimer, SetTimer
from bots.runtime.understanding.commands import Command, Invocation
from federation.model.actions import AskDevices, AskNow
from federation.model.events import Origin, TextMessage

KEPT = timedelta(days=7)
"""How long a command is held."""
PATIENCE = timedelta(seconds=5)
"""How long we ask for devices before we say so."""
AGAIN, SELDOM = 60.0, 3600.0
"""Seconds between two looks at keys that are withheld, at first and at most."""

T = TypeVar("T", bound="Turn[Any]")
Who = Callable[[T, TextMessage, Invocation], bool]
"""Whether somebody may decide, and what she writes decides anything."""
Table = Iterable[tuple[Command, Commanded[T]]]


# -- commands --------------------------------------------------------------------------------------


def decided(table: Table[T], who: Who[T]) -> tuple[tuple[Command, Commanded[T]], ...]:
    """Commands that decide, for `routing.commands`."""
    return tuple((command, _guarded(rule, who)) for command, rule in table)


def _guarded(rule: Commanded[T], who: Who[T]) -> Commanded[T]:
    def heard(turn: T, event: TextMessage, found: Invocation) -> None:
        # In a room in clear nothing tells of a device.
        if not event.origin.encrypted or not who(turn, event, found):
            rule(turn, event, found)
        elif _counts(turn, event, found.command):
            rule(turn, event, found)
            remind(turn, event)

    return heard


def _counts(turn: Turn[Any], event: TextMessage, command: Command) -> bool:
    held = turn.get(HELD, event.origin.event_id)
    if held is not None and not _goes_on(turn, held):
        return False
    why = bar(turn, event.origin)
    if why is None or is_excused(turn, event.origin):
        learn(turn, event.origin)
        return True
    hold(turn, event, command, why)
    return False


def _goes_on(turn: Turn[Any], held: Held) -> bool:
    """Whether a command is still wanted for which her devices were asked for."""
    let_go(turn, held)
    late = turn.seconds - held.at > KEPT.total_seconds()
    if late and not held.dropped:
        say(turn, "held-forgotten", held)
    return not (late or held.dropped)


def stopping(rule: Commanded[T]) -> Commanded[T]:
    """A command that takes something back is carried out from wherever it comes; with it goes what
    she has said there and what still waits."""

    def heard(turn: T, event: TextMessage, found: Invocation) -> None:
        rule(turn, event, found)
        for held in waiting_of(turn, event):
            let_go(turn, held)
            if held.why is Why.UNKNOWN:  # it comes once more
                turn.put(HELD, replace(held, dropped=True))
            say(turn, "held-dropped", held)

    return heard


# -- what is held ----------------------------------------------------------------------------------


def hold(turn: Turn[Any], event: TextMessage, command: Command, why: Why) -> None:
    origin = event.origin
    account = Grace.of(turn).account
    where = (origin.event_id, origin.room_id, origin.sender, account)
    held = Held(*where, command.name, turn.seconds, why)
    held = turn.put(HELD, replace(held, thread=event.thread, reply_to=event.reply_to))
    if why is Why.UNKNOWN:
        slow = SetTimer(SLOW(event=held.event), after=PATIENCE)
        turn.ask(AskDevices(held.room, held.user), slow)
        return
    _show(turn, held, origin)
    turn.ask(SetTimer(EXPIRY(event=held.event), at=turn.now + KEPT))


def _show(turn: Turn[Any], held: Held, origin: Origin) -> None:
    values: dict[str, object] = {}
    if held.why is Why.UNSIGNED:
        values["steps"] = steps(turn, origin)
    elif held.why is Why.CHANGED:
        values["vouch"] = vouch(turn, origin)
    else:
        turn.ask(SetTimer(LOOK(user=held.user), after=timedelta(seconds=AGAIN)))
    her = known(turn, held.user)
    turn.put(KNOWN, her)
    say(turn, f"held-{held.why}", held, values, handle=NOTICE(event=held.event))
    if held.why is Why.UNSIGNED:
        show_steps(turn, origin, held.thread)


def let_go(turn: Turn[Any], held: Held) -> None:
    turn.drop(HELD, held.event)
    timer = SLOW if held.why is Why.UNKNOWN else EXPIRY
    turn.ask(CancelTimer(timer(event=held.event)))


def waiting_of(turn: Turn[Any], event: TextMessage) -> list[Held]:
    """What she has said and what waits: that to which she answers, else all of hers there."""
    origin = event.origin
    found = turn.keys(HELD, "user", f"{Grace.of(turn).account} {origin.sender}")
    all_ = [x for key in found if (x := turn.get(HELD, key)) is not None]
    here = [x for x in all_ if x.room == origin.room_id]
    told = turn.view.made_by_event(event.reply_to or "")
    named = NOTICE.read(told.handle) if told is not None else None
    meant = event.reply_to if named is None else named["event"]
    if one := [x for x in here if x.event == meant]:
        return one
    return [x for x in here if event.thread in (None, x.thread)]


def slow(turn: Turn[Any], event: str) -> None:
    """It takes longer than a moment to learn of her devices."""
    held = turn.get(HELD, event)
    if held is not None and held.why is Why.UNKNOWN and not held.dropped:
        say(turn, "held-slow", held)


def expired(turn: Turn[Any], event: str) -> None:
    held = turn.get(HELD, event)
    if held is not None:
        turn.drop(HELD, event)
        say(turn, "held-forgotten", held)


def look(turn: Turn[Any], user: str) -> None:
    """Whether her homeserver shows her keys by now."""
    account = Grace.of(turn).account
    found = (turn.get(HELD, x) for x in turn.keys(HELD, "user", f"{account} {user}"))
    waiting = [x for x in found if x is not None and x.why is Why.WITHHELD]
    if not waiting:
        return
    if not turn.view.identity(account, user).withheld:
        turn.ask(*(AskNow(x.room, x.event, SAYS()) for x in waiting))
        return
    pause = min(SELDOM, max(AGAIN, turn.seconds - waiting[0].at))
    turn.ask(SetTimer(LOOK(user=user), after=timedelta(seconds=pause)))
    her = known(turn, user)
    if not sparing.lately(her.asked, turn.seconds, AGAIN / 2):  # decided anew once it is answered
        turn.put(KNOWN, replace(her, asked=turn.seconds))
        turn.ask(AskDevices(waiting[0].room, user))
