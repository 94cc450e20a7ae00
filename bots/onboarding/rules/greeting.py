"""The first words to somebody, in a private room that is made for it or was there before."""

from __future__ import annotations

from datetime import timedelta

from bots.onboarding import handles
from bots.onboarding.models import Stage
from bots.onboarding.rules import commands, consent
from bots.onboarding.rules.turn import DAY, Turn
from bots.runtime.decision import CancelTimer, SetTimer
from bots.runtime.phrases import PerLanguage

PATIENCE = timedelta(seconds=3)
"""How long we wait for a first message before we speak: Element sends it with the invitation."""
OUTSIDE = (Stage.NEW, Stage.REFUSED, Stage.GONE)


def greet(turn: Turn) -> None:
    """Say hello and show the rules."""
    turn.reach()
    turn.change(welcomed=turn.seconds)
    turn.ask(CancelTimer(handles.HELLO + turn.member.user))
    turn.say("hello", {"languages": languages(turn)})
    consent.show(turn)


def expect(turn: Turn, patience: timedelta = PATIENCE) -> None:
    """Give her a moment to write first, or the time to come by herself."""
    turn.ask(SetTimer(handles.HELLO + turn.member.user, turn.now + patience))


def due(turn: Turn) -> None:
    """She has said nothing, overlooked that she was let in, or came back after she had gone."""
    member = turn.known.member
    if member is None or member.left or member.stage not in OUTSIDE:
        return
    if member.stage is Stage.NEW or member.inside:
        greet(turn)


def back(turn: Turn) -> None:
    """She has left the space and joined it again."""
    later = turn.member.welcomed + DAY
    if turn.member.stage in OUTSIDE:
        if turn.seconds >= later:
            greet(turn)
        else:
            wait = timedelta(seconds=later - turn.seconds)
            turn.ask(SetTimer(handles.HELLO + turn.member.user, turn.now + wait))
    elif turn.seconds >= later:
        turn.reach()
        turn.change(welcomed=turn.seconds)
        turn.say("welcome-back", {"help": PerLanguage(commands.HELP.shown)})
        if turn.member.pending:
            consent.show(turn)


def languages(turn: Turn) -> str:
    return " · ".join(turn.state.tongues.own_name(x) for x in turn.settings.languages)
