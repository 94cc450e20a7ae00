"""She takes her yes back, or has what we know of her erased; each only after a second yes."""

from __future__ import annotations

from dataclasses import replace

from bots.onboarding import handles
from bots.onboarding.models import Question, Stage, WishState
from bots.onboarding.rules import commands, consent, outside, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.wording import AS_WISHED
from bots.runtime.model.decision import CancelTimer
from federation.model.actions import Leave, Redact


def leave(turn: Turn) -> None:
    """`!leave`."""
    if turn.member.pending and turn.member.stage not in consent.IN:
        consent.no(turn)
    else:
        consent.ask(turn, Question.LEAVE)


def confirmed(turn: Turn) -> None:
    question = turn.member.question
    turn.change(question=Question.NOTHING)
    if question is Question.LEAVE:
        _leave(turn)
    elif question is Question.ERASE:
        _erase(turn)


def kept(turn: Turn) -> None:
    turn.change(question=Question.NOTHING)
    turn.say("kept")


def _leave(turn: Turn) -> None:
    member = turn.member
    values = {"rules": commands.RULES, **outside.elsewhere(turn)}
    outside.leave(turn, AS_WISHED)
    if turn.known.wish is not None and turn.wish.state is WishState.OPEN:
        wishes.close(turn, WishState.WITHDRAWN)
    turn.let_go(Stage.GONE, shown="", first=0)
    turn.ask(CancelTimer(handles.REMIND + member.user))
    turn.say("left", values)


def _erase(turn: Turn) -> None:
    member = turn.member
    for number in range(1, member.told + 1):
        handle = handles.told(member.serial, number)
        turn.ask(Redact(handle, handle, notify=True))
    wishes.forget(turn)
    turn.say("erased")
    for room in turn.state.chats:
        turn.ask(Leave(room, notify=True))
    timers = (handles.REMIND, handles.HELLO, handles.PRESS)
    turn.ask(*(CancelTimer(x + member.user) for x in timers))
    turn.known = replace(turn.known, member=None)
