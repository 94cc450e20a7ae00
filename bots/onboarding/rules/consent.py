"""The rules of the network: shown, agreed to, refused, and shown again when they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bots.onboarding import handles
from bots.onboarding.models import Question, Stage
from bots.onboarding.rules import choosing, commands, wishes
from bots.onboarding.rules.turn import Turn
from bots.runtime.model.decision import CancelTimer, Phrase, SetTimer
from bots.runtime.speech.phrases import Written
from bots.runtime.speech.vocabulary import NO, YES
from federation.model.actions import React

AGREE = "✅"
IN = (Stage.CHOOSING, Stage.MEMBER)
SOON, OFTEN = timedelta(seconds=10), timedelta(hours=1)


def show(turn: Turn) -> None:
    """Show the rules as they are now, and ask for a yes."""
    version = turn.settings.rules_version
    changed = bool(turn.member.accepted) and turn.member.accepted != version
    handle = turn.handle("rules")
    if turn.member.shown != version:
        turn.change(shown=version, first=turn.member.asks, reminded=False)
    if turn.member.stage not in IN:
        turn.change(stage=Stage.GREETED)
    turn.change(question=Question.RULES)
    values = {
        "rules": Written(turn.settings.rules),
        "yes": YES,
        "no": NO,
        "erase": commands.ERASE,
    }
    turn.say(_key(turn, changed=changed), values, handle=handle)
    turn.ask(React(turn.chat, handle, AGREE))
    if not turn.member.reminded:
        after = turn.settings.remind_after
        turn.ask(SetTimer(handles.REMIND + turn.member.user, after=after))


def _key(turn: Turn, *, changed: bool) -> str:
    if not turn.settings.rules:
        return "rules-none"
    return "rules-changed" if changed else "rules"


def read(turn: Turn) -> None:
    """`!rules`: for who has agreed they are only shown."""
    if not turn.settings.rules or turn.member.accepted != turn.settings.rules_version:
        show(turn)
        return
    at = turn.now.fromtimestamp(turn.member.accepted_at, turn.now.tzinfo).date()
    turn.say("rules-again", {"rules": Written(turn.settings.rules), "time": at})


def yes(turn: Turn, reaction: str = "") -> None:
    """She agrees to the rules that she was shown."""
    if not turn.member.pending:
        return
    if turn.member.shown != turn.settings.rules_version:
        show(turn)
        return
    again = bool(turn.member.accepted)
    turn.change(accepted=turn.member.shown, accepted_at=turn.seconds, yes=reaction)
    _settled(turn)
    if turn.member.stage in IN and again:
        turn.say("accepted-again")
    elif not turn.member.approved and (turn.settings.approval or turn.ban):
        turn.change(stage=Stage.WAITING)
        wishes.ask(turn)
        waiting(turn)
    else:
        choosing.enter(turn)


def waiting(turn: Turn) -> None:
    denied = turn.ban is not None and turn.ban.key == "server-kept-out"
    why = Phrase("waiting-denied" if denied else "waiting-banned", "")
    turn.say("waiting", {"banned": why if turn.ban else ""})


def no(turn: Turn) -> None:
    """She does not agree: nothing happens, unless she is in already."""
    if not turn.member.pending:
        return
    if turn.member.stage in IN:
        ask(turn, Question.LEAVE)
        return
    turn.change(stage=Stage.REFUSED, said="")  # the question stays: ✅ still counts
    _settled(turn)
    turn.say("refused", {"rules": commands.RULES})


def ask(turn: Turn, question: Question) -> None:
    """Ask for a yes before something is done that is hard to undo."""
    handle = turn.handle("ask")
    turn.change(question=question)
    values = {
        "yes": YES,
        "leave": commands.LEAVE,
    }
    turn.say(f"{question}-ask", values, handle=handle)
    turn.ask(React(turn.chat, handle, AGREE))


def _settled(turn: Turn) -> None:
    turn.change(question=Question.NOTHING)
    turn.ask(CancelTimer(handles.REMIND + turn.member.user))


def remind(turn: Turn) -> None:
    member = turn.known.member
    if member is None or not member.pending or member.reminded or member.left or member.away:
        return
    if turn.state.coming:  # she has not come yet, and so was not asked
        turn.ask(SetTimer(handles.REMIND + member.user, after=turn.settings.remind_after))
        return
    turn.change(reminded=True)
    values = {"yes": YES, "rules": commands.RULES}
    turn.say("reminder", values)


def renew(turn: Turn) -> None:
    """Ask those who agreed to older rules, some at a time; look again now and then."""
    asked = []
    for member in turn.known.people:
        turn.known = replace(turn.known, member=member)
        turn.reach()
        show(turn)
        asked.append(turn.member)
    turn.known = replace(turn.known, member=None, people=tuple(asked))
    if not asked:
        turn.office(renewed=turn.settings.rules_version)
    turn.ask(SetTimer(handles.RENEW, after=SOON if asked else OFTEN))
