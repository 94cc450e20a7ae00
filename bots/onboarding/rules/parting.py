"""She takes her yes back, or has what we know of her erased; each only after a second yes."""

from __future__ import annotations

from bots.onboarding import commands, keys
from bots.onboarding.documents import CHATS, MEMBERS, MemberMoves, Question, WishMoves
from bots.onboarding.rules import consent, outside, wishes
from bots.onboarding.rules.turn import Turn
from bots.onboarding.wording import AS_WISHED
from bots.runtime.kit.documents import MOST
from bots.runtime.kit.standing import rules as standing
from bots.runtime.model.decision import NO_TIME, CancelTimer, SetTimer
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
    values = {"rules": commands.RULES, **outside.elsewhere(turn)}
    outside.leave(turn, AS_WISHED)
    if turn.waits:
        wishes.close(turn, WishMoves.withdrawn)
    turn.let_go(MemberMoves.left, shown="", first=0)
    turn.ask(CancelTimer(keys.REMIND(user=turn.user)))
    turn.say("left", values)


def _erase(turn: Turn) -> None:
    member = turn.member
    for number in range(1, member.told + 1):
        handle = keys.TOLD(serial=member.serial, number=number)
        turn.ask(Redact(handle, handle, notify=True))
    wishes.forget(turn)
    turn.say("erased")
    leave_chats(turn, turn.user)
    timers = (keys.REMIND, keys.HELLO, keys.PRESS)
    turn.ask(*(CancelTimer(x(user=turn.user)) for x in timers))
    turn.drop(MEMBERS, turn.user)
    if not turn.may_decide(turn.user, turn.look(turn.settings.coordination)):
        standing.forget(turn, turn.user)


def leave_chats(turn: Turn, user: str) -> None:
    """Every private room with her; more than can be found at once, one after the other."""
    found = [x.room for x in turn.find(CHATS, "user", user, oldest=True)]
    chat = turn.known.chat if turn.known is not None else None
    for room in dict.fromkeys((*found, *((chat,) if chat is not None else ()))):
        turn.drop(CHATS, room)
        turn.ask(Leave(room, notify=True))
    if len(found) == MOST:
        turn.ask(SetTimer(keys.LEAVE(user=user), after=NO_TIME))
