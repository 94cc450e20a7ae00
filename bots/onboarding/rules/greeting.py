"""The first words to somebody, in a private room that is made for it or was there before."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import keys
from bots.onboarding.documents import CHATS, MEMBERS, Chat, MemberMoves, Stage
from bots.onboarding.rules import consent
from bots.onboarding.rules.turn import DAY, Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import CancelTimer, Performed, SetTimer
from bots.runtime.speech.tongues import own_names

OUTSIDE = (Stage.NEW, Stage.REFUSED, Stage.GONE)


def greet(turn: Turn) -> None:
    """Say hello and show the rules."""
    turn.reach()
    turn.change(welcomed=turn.seconds)
    turn.ask(CancelTimer(keys.HELLO(user=turn.user)))
    turn.say("hello", {"languages": languages(turn)})
    consent.show(turn)


def expect(turn: Turn, patience: timedelta = chats.PATIENCE) -> None:
    """Give her a moment to write first, or the time to come by herself."""
    turn.ask(SetTimer(keys.HELLO(user=turn.user), after=patience))


def due(turn: Turn) -> None:
    """She has said nothing, overlooked that she was let in, or came back after she had gone."""
    member = turn.member
    if member.left or member.stage not in OUTSIDE:
        return
    if member.stage is Stage.NEW or member.inside:
        greet(turn)


def back(turn: Turn) -> None:
    """She had left the space, and was let in again: what she agreed to was over."""
    if turn.seconds >= turn.member.welcomed + DAY:
        greet(turn)
    else:
        turn.reach()
        consent.show(turn)


def languages(turn: Turn) -> str:
    return own_names(turn.tongues, turn.settings.languages)


def chat_made(turn: Turn, event: Performed, serial: int) -> None:
    """The room that we asked for; or it can't be made."""
    for member in turn.find(MEMBERS, "serial", str(serial), most=1):
        turn.take(member.user)
        if event.error is not None:
            turn.change(opened=False, welcomed=0.0)
            if MemberMoves.not_reached.may(member.stage):
                turn.move(MemberMoves.not_reached)
            turn.tell_of("greeting-failed", {"error": event.error})
        elif member.chat is None:
            turn.put(CHATS, Chat(event.room_id or "", member.user))
            turn.change(chat=event.room_id)
