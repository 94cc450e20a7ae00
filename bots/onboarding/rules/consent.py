"""The rules of the network: shown, agreed to, refused, and shown again when they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from bots.onboarding import commands, keys
from bots.onboarding.documents import MEMBERS, Member, MemberMoves, Question, Stage
from bots.onboarding.rules import bans, choosing, wishes
from bots.onboarding.rules.turn import Turn
from bots.runtime.model.decision import CancelTimer, Phrase, SetTimer
from bots.runtime.speech.phrases import Written
from bots.runtime.speech.vocabulary import NO, YES
from federation.model.actions import React

AGREE = "✅"
IN = (Stage.CHOOSING, Stage.MEMBER)
SOON, OFTEN = timedelta(seconds=10), timedelta(hours=1)
AT_ONCE = 20
"""Members who are asked about new rules in one decision."""


def show(turn: Turn) -> None:
    """Show the rules as they are now, and ask for a yes."""
    version, before = _version(turn), turn.member
    handle = turn.handle(keys.RULES)
    if before.shown != version:
        turn.change(shown=version, first=turn.member.asks, reminded=False)
    turn.change(question=Question.RULES)
    if MemberMoves.rules_shown.may(before.stage):
        turn.move(MemberMoves.rules_shown)
    values = {
        "rules": Written(turn.settings.rules),
        "yes": YES,
        "no": NO,
        "erase": commands.ERASE,
    }
    changed = bool(before.accepted) and before.accepted != version
    turn.say(_key(turn, changed=changed), values, handle=handle)
    turn.ask(React(turn.chat, handle, AGREE))
    if not turn.member.reminded:
        _remind_later(turn)


def _version(turn: Turn) -> str:
    """Of the rules as they are now; who is asked about it is found again when it changes."""
    version = turn.settings.rules_version
    if version not in turn.office.versions:
        turn.set_office(versions=(*turn.office.versions, version))
    return version


def _remind_later(turn: Turn) -> None:
    turn.ask(SetTimer(keys.REMIND(user=turn.user), after=turn.settings.remind_after))


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
    if turn.member.shown != _version(turn):
        show(turn)
        return
    again = bool(turn.member.accepted)
    turn.change(accepted=turn.member.shown, accepted_at=turn.seconds, yes=reaction)
    _settled(turn)
    if turn.member.stage in IN and again:
        turn.say("accepted-again")
    elif not turn.member.approved and (turn.settings.approval or bans.ban(turn)):
        turn.move(MemberMoves.agreed)
        wishes.ask(turn)
        waiting(turn)
    else:
        choosing.enter(turn)


def waiting(turn: Turn) -> None:
    ban = bans.ban(turn)
    denied = ban is not None and ban.key == "server-kept-out"
    why = Phrase("waiting-denied" if denied else "waiting-banned", "")
    turn.say("waiting", {"banned": why if ban else ""})


def no(turn: Turn) -> None:
    """She does not agree: nothing happens, unless she is in already."""
    if not turn.member.pending:
        return
    if turn.member.stage in IN:
        ask(turn, Question.LEAVE)
        return
    turn.move(MemberMoves.said_no, said="")  # the question stays: ✅ still counts
    _settled(turn)
    turn.say("refused", {"rules": commands.RULES})


def ask(turn: Turn, question: Question) -> None:
    """Ask for a yes before something is done that is hard to undo."""
    handle = turn.handle(keys.ASK)
    turn.change(question=question)
    turn.say(f"{question}-ask", {"yes": YES, "leave": commands.LEAVE}, handle=handle)
    turn.ask(React(turn.chat, handle, AGREE))


def _settled(turn: Turn) -> None:
    turn.change(question=Question.NOTHING)
    turn.ask(CancelTimer(keys.REMIND(user=turn.user)))


def remind(turn: Turn) -> None:
    member = turn.member
    if not member.pending or member.reminded or member.left or member.away:
        return
    if turn.view.is_coming(keys.RULES(serial=member.serial, number=member.first)):
        _remind_later(turn)  # she has not come yet, and so was not asked
        return
    turn.change(reminded=True)
    turn.say("reminder", {"yes": YES, "rules": commands.RULES})


def renew(turn: Turn) -> None:
    """Ask those who agreed to older rules, some at a time; look again now and then."""
    version = _version(turn)
    asked = list(islice(_behind(turn, version), AT_ONCE))
    for member in asked:
        turn.take(member.user)
        turn.reach()
        show(turn)
    if not asked:
        turn.set_office(versions=(version,))
    turn.ask(SetTimer(keys.RENEW(), after=SOON if asked else OFTEN))


def _behind(turn: Turn, version: str) -> Iterator[Member]:
    for older in turn.office.versions:
        if older != version:
            yield from turn.find(MEMBERS, "agreed", older, most=AT_ONCE, oldest=True)
