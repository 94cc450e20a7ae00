"""The first words to somebody, in a private room that is made for it or was there before."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import handles
from bots.onboarding.models import Stage
from bots.onboarding.rules import consent
from bots.onboarding.rules.turn import DAY, Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import CancelTimer, SetTimer
from bots.runtime.speech.tongues import own_names

OUTSIDE = (Stage.NEW, Stage.REFUSED, Stage.GONE)


def greet(turn: Turn) -> None:
    """Say hello and show the rules."""
    turn.reach()
    turn.change(welcomed=turn.seconds)
    turn.ask(CancelTimer(handles.HELLO + turn.member.user))
    turn.say("hello", {"languages": languages(turn)})
    consent.show(turn)


def expect(turn: Turn, patience: timedelta = chats.PATIENCE) -> None:
    """Give her a moment to write first, or the time to come by herself."""
    turn.ask(SetTimer(handles.HELLO + turn.member.user, after=patience))


def due(turn: Turn) -> None:
    """She has said nothing, overlooked that she was let in, or came back after she had gone."""
    member = turn.known.member
    if member is None or member.left or member.stage not in OUTSIDE:
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
    return own_names(turn.state.tongues, turn.settings.languages)
