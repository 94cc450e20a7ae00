"""Who comes and goes: at the space, and in private rooms."""

from __future__ import annotations

from bots.onboarding import keys
from bots.onboarding.documents import CHATS, Chat, Stage, WishMoves
from bots.onboarding.rules import choosing, greeting, outside, wishes
from bots.onboarding.rules.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import CancelTimer
from federation.model.events import Membership, MembershipKind

# -- the space -------------------------------------------------------------------------------------


def at_the_space(turn: Turn, event: Membership) -> None:
    if event.membership is MembershipKind.KNOCK:
        wishes.knocked(turn, event)
    elif event.membership is MembershipKind.INVITE:
        _let_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        if event.before is not MembershipKind.JOIN:
            _came(turn)
        _let_in(turn, event)
    elif event.membership.out:
        _went(turn, event)


def at_the_old_space(turn: Turn, event: Membership) -> None:
    """Somebody's client did not know yet that there is another one, or had her invitation left."""
    if event.membership is MembershipKind.KNOCK:
        wishes.knocked(turn, event)
    elif event.membership is MembershipKind.JOIN and event.before is not MembershipKind.JOIN:
        turn.ask_in(turn.settings.space)


def _let_in(turn: Turn, event: Membership) -> None:
    """By somebody's own hand, past us."""
    if turn.waits:
        sender = event.origin.sender
        wishes.close(turn, WishMoves.admitted, sender if sender != event.user else "")


def _came(turn: Turn) -> None:
    member = turn.meet()
    if member.inside:
        return
    turn.change(left=False, inside=True, approved=True)
    if member.stage is Stage.WAITING:
        choosing.enter(turn)
    elif member.stage in greeting.OUTSIDE:
        (greeting.back if member.left else greeting.greet)(turn)


def _went(turn: Turn, event: Membership) -> None:
    if event.before is MembershipKind.BAN and event.membership is MembershipKind.LEAVE:
        wishes.show_ban(turn)
        return
    if turn.waits:
        own = event.origin.sender == event.user
        wishes.close(turn, wishes.ended(own=own), event.origin.sender)
    if turn.known is not None and turn.member.inside:
        turn.change(left=True, inside=False)
        turn.ask(CancelTimer(keys.HELLO(user=turn.user)))
    outside.of_alliance(turn, event)


# -- private rooms ---------------------------------------------------------------------------------


def begin(turn: Turn, person: str, *, encrypted: bool) -> None:
    """Somebody talks with us in the room at hand, for the first time."""
    turn.take(person)
    turn.meet()
    if not encrypted:
        turn.ask(chats.encrypt(turn.room))
    use(turn)


def use(turn: Turn) -> None:
    """Talk with her in this room from now on."""
    turn.put(CHATS, Chat(turn.room, turn.user))
    turn.change(chat=turn.room, opened=True, away=False)
    if turn.member.stage is Stage.NEW:
        greeting.expect(turn)


def adopt(turn: Turn, event: chats.Message) -> bool:
    """Whether this is a message of the person with whom this room is private."""
    sender = event.origin.sender
    if not turn.is_private:
        if chats.partner(event) != sender or not turn.greets(sender):
            return False
        begin(turn, sender, encrypted=event.room.encrypted)
    elif turn.user != sender:
        return False
    elif turn.member.chat != turn.room:
        use(turn)
    return True


def in_private(turn: Turn, event: Membership) -> None:
    """She has left the private room, or is back."""
    if turn.known is not None and (turn.user, turn.member.chat) == (event.user, turn.room):
        turn.change(away=event.membership.out)
