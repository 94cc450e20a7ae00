"""Her yes to what is held; then it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from bots.runtime.kit.routing import Commanded, Route, timer
from bots.runtime.kit.routing import now as now_
from bots.runtime.kit.standing.documents import EXPIRY, HELD, KNOWN, LOOK, SAYS, SLOW, Held, Why
from bots.runtime.kit.standing.grace import (
    answer,
    bar,
    has_waited,
    learn,
    say,
    show_steps,
    steps,
    vouch,
)
from bots.runtime.kit.standing.holding import (
    SELDOM,
    Table,
    Who,
    expired,
    hold,
    let_go,
    look,
    slow,
    waiting_of,
)
from bots.runtime.kit.turn import Turn
from bots.runtime.model.decision import SetTimer
from bots.runtime.model.messages import Gone, MessageNow
from bots.runtime.speech.phrases import Person
from bots.runtime.speech.vocabulary import CONFIRM
from bots.runtime.understanding.commands import Command, Commands, Invocation
from bots.runtime.understanding.people import person_in
from federation.model.actions import AskNow
from federation.model.events import TextMessage

T = TypeVar("T", bound="Turn[Any]")


def confirming(who: Who[T]) -> tuple[Command, Commanded[T]]:
    """`!confirm`: in answer to what is held, or with the name of somebody with new keys. It counts
    from signed devices alone, whatever time is left."""

    def heard(turn: T, event: TextMessage, found: Invocation) -> None:
        origin = event.origin
        if not origin.encrypted or not who(turn, event, found):
            answer(turn, event, "confirm-none")
            return
        if (held := turn.get(HELD, origin.event_id)) is not None:
            let_go(turn, held)
        why, person = bar(turn, origin), person_in(found.rest, event.people)
        if why in (Why.UNKNOWN, Why.WITHHELD):
            hold(turn, event, CONFIRM, why)
        elif why is Why.UNSIGNED:
            answer(turn, event, "confirm-device", {"steps": steps(turn, origin)})
            show_steps(turn, origin, event.thread)
        elif why is Why.CHANGED and not has_waited(turn, origin):
            values = {"person": Person(origin.sender), "vouch": vouch(turn, origin)}
            answer(turn, event, "confirm-changed", values)
        else:
            learn(turn, origin)
            _confirm(turn, event, person or origin.sender)

    return CONFIRM, heard


def _confirm(turn: Turn[Any], event: TextMessage, person: str) -> None:
    if person != event.origin.sender:
        other = turn.get(KNOWN, person)
        if other is None or not other.changed:
            answer(turn, event, "confirm-none")
            return
        turn.put(KNOWN, replace(other, identity=other.changed, changed="", changed_at=0.0))
        answer(turn, event, "confirmed", {"person": Person(person)})
        return
    found = waiting_of(turn, event)
    waiting = [x for x in found if x.why is not Why.UNKNOWN and x.command != CONFIRM.name]
    if len(waiting) == 1:
        held = turn.put(HELD, replace(waiting[0], confirmed=True))
        turn.ask(AskNow(held.room, held.event, SAYS()))
    else:
        answer(turn, event, "confirm-which" if waiting else "confirm-none")


def carried_out(table: Table[T], who: Who[T]) -> Callable[[T, MessageNow], None]:
    """What a command that was held says now: it is carried out, if its time has come."""
    rules = dict(table)
    commands = Commands(rules)

    def shown(turn: T, now: MessageNow) -> None:
        held, message = turn.get(HELD, now.event_id), now.answer
        if held is None or held.room != now.room:
            return
        if isinstance(message, TextMessage) and not held.confirmed:
            why = bar(turn, message.origin)
            if why is not None:
                turn.ask(SetTimer(LOOK(user=held.user), after=timedelta(seconds=SELDOM)))
                return
        let_go(turn, held)
        found = _as_it_was(commands, held, now)
        if isinstance(message, TextMessage) and found is not None:
            message = replace(message, thread=held.thread, reply_to=held.reply_to)
            turn.begin(message)
            turn.asker = held.user
            if who(turn, message, found):
                rules[found.command](turn, message, found)
            else:  # she does not decide here any more
                answer(turn, message, "confirm-none")
        elif not isinstance(message, Gone):
            say(turn, "held-unread", held)

    return shown


def _as_it_was(commands: Commands, held: Held, now: MessageNow) -> Invocation | None:
    """The command, if it still is the one that was held, and nobody has changed it."""
    message = now.answer
    if not isinstance(message, TextMessage) or now.edit is not None or now.author != held.user:
        return None
    found = commands.read(message)
    same = isinstance(found, Invocation) and found.command.name == held.command
    return found if isinstance(found, Invocation) and same else None


def routes(table: Table[T], who: Who[T]) -> tuple[Route[T], ...]:
    """What comes of commands that are held; `who`: may decide."""
    held = (*table, confirming(who))
    return (
        timer(SLOW, slow),
        timer(EXPIRY, expired),
        timer(LOOK, look),
        now_(SAYS, carried_out(held, who)),
    )
