"""Who comes and goes: at the space, and in private rooms."""

from __future__ import annotations

from dataclasses import replace

from bots.onboarding import handles
from bots.onboarding.models import Stage, WishState
from bots.onboarding.rules import choosing, greeting, outside, underway, wishes
from bots.onboarding.rules.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.kit.moves import follow
from bots.runtime.model.decision import NO_TIME, CancelTimer, Performed, Phrase, SetTimer
from bots.runtime.speech.phrases import Link
from federation.model.actions import Leave
from federation.model.events import (
    Membership,
    MembershipKind,
    RoomReplaced,
)
from federation.model.links import link

# What is asked with `notify` here may be refused without harm; coordinators are not troubled.

COMPANY = 9
"""Who asks us into a room with so many people is told that we talk with each alone; a room with
more is not even entered."""


def started(turn: Turn) -> None:
    missing = sorted(turn.settings.places - turn.state.joined)
    turn.ask(*turn.known.office.enter_all(missing))
    turn.ask(SetTimer(handles.RENEW, after=NO_TIME))
    outside.sweep(turn)


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """A room of the settings was upgraded: go with it."""
    room = turn.state.room
    if room in turn.settings.places:
        turn.office(moved=turn.known.office.after(event))
        turn.ask(follow(event))


# -- the space -------------------------------------------------------------------------------------


def at_the_space(turn: Turn, event: Membership) -> None:
    if not turn.greets(event.user):
        return
    if event.membership is MembershipKind.KNOCK:
        wishes.knocked(turn, event)
    elif event.membership is MembershipKind.INVITE:
        _let_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        # First of all the greeting: whatever else is decided, it has the same place, and a
        # restored office knows by it that it was done.
        if event.before is not MembershipKind.JOIN:
            _came(turn, event.user)
        _let_in(turn, event)
    elif event.membership.out:
        _went(turn, event)


def at_the_old_space(turn: Turn, event: Membership) -> None:
    """Somebody's client did not know yet that there is another one, or had her invitation left."""
    if not turn.greets(event.user):
        return
    if event.membership is MembershipKind.KNOCK:
        wishes.knocked(turn, event)
    elif event.membership is MembershipKind.JOIN and event.before is not MembershipKind.JOIN:
        turn.ask_in(turn.settings.space, event.user)


def _let_in(turn: Turn, event: Membership) -> None:
    """By somebody's own hand, past us."""
    if turn.known.wish is not None and turn.wish.state is WishState.OPEN:
        sender = event.origin.sender
        wishes.close(turn, WishState.ADMITTED, sender if sender != event.user else "")


def _came(turn: Turn, user: str) -> None:
    member = turn.meet(user)
    if member.inside:
        return
    turn.change(left=False, inside=True, approved=True)
    if member.stage is Stage.WAITING:
        choosing.enter(turn)
    elif member.stage in greeting.OUTSIDE:
        (greeting.back if member.left else greeting.greet)(turn)


def _went(turn: Turn, event: Membership) -> None:
    if event.before is MembershipKind.BAN and event.membership is MembershipKind.LEAVE:
        wishes.unbanned(turn)
        return
    if turn.known.wish is not None and turn.wish.state is WishState.OPEN:
        own = event.origin.sender == event.user
        state = WishState.WITHDRAWN if own else WishState.DECLINED
        wishes.close(turn, state, event.origin.sender)
    if turn.known.member is not None and turn.member.inside:
        turn.change(left=True, inside=False)
        turn.ask(CancelTimer(handles.HELLO + turn.member.user))
    outside.of_alliance(turn, event)


# -- our own coming and going ----------------------------------------------------------------------


def ours(turn: Turn, event: Membership) -> None:
    room = turn.state.room
    if room in turn.settings.places:
        _in_network(turn, event)
    elif event.membership is MembershipKind.INVITE:
        _asked_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        _in_private(turn, event)
    elif event.membership.out:
        turn.known = replace(turn.known, invited=False)
        if turn.known.member is not None and turn.member.chat == room:
            turn.change(chat=None, opened=False, away=False)


def _asked_in(turn: Turn, event: Membership) -> None:
    """Into a room that we don't know: somebody wants to talk with us, or would have us join a
    crowd."""
    room, sender = event.origin.room_id, event.origin.sender
    # What the creator makes is newer than our settings, and joined once they tell what it is.
    if sender == turn.settings.creator:
        return
    if not turn.greets(sender):
        turn.ask(Leave(room, notify=True))
        return
    turn.known = replace(turn.known, invited=True)
    turn.ask(chats.enter(event, most=COMPANY, unseen=event.direct))


def _in_network(turn: Turn, event: Membership) -> None:
    if event.membership is MembershipKind.INVITE:
        turn.ask(turn.known.office.enter(turn.state.room))
        return
    here = event.membership is MembershipKind.JOIN
    turn.known = replace(turn.known, here=here)
    if here and turn.state.room == turn.settings.coordination:
        wishes.again(turn)


def _in_private(turn: Turn, event: Membership) -> None:
    room, person = event.origin.room_id, chats.partner(event)
    invited = turn.known.invited
    turn.known = replace(turn.known, invited=False)
    if turn.known.member is not None and (turn.state.private or event.room.closed):
        _use(turn, room)
    elif not invited:
        return  # one that we have made, seen before it has its handle
    elif person is not None and turn.greets(person):
        _begin(turn, person, event)
    else:
        phrase = Phrase("private-only", turn.settings.first_words)
        turn.ask(*chats.refuse(room, event.room.others(event.origin.account), phrase))


# -- private rooms ---------------------------------------------------------------------------------


def _begin(turn: Turn, user: str, event: Membership | chats.Message) -> None:
    turn.meet(user)
    if not event.room.encrypted:
        turn.ask(chats.encrypt(event.origin.room_id))
    _use(turn, event.origin.room_id)


def _use(turn: Turn, room: str) -> None:
    """Talk with her in this room from now on."""
    turn.change(chat=room, opened=True, away=False)
    if turn.member.stage is Stage.NEW:
        greeting.expect(turn)


def adopt(turn: Turn, event: chats.Message) -> bool:
    """Whether this is a message of the person with whom this room is private."""
    sender, room = event.origin.sender, event.origin.room_id
    if not turn.state.private:
        if chats.partner(event) != sender or not turn.greets(sender):
            return False
        _begin(turn, sender, event)
    elif turn.member.user != sender:
        return False
    elif turn.member.chat != room:
        _use(turn, room)
    return True


def in_private(turn: Turn, event: Membership) -> None:
    """She has left the private room, or is back."""
    if turn.known.member is None or turn.member.user != event.user:
        return
    if turn.member.chat == event.origin.room_id:
        turn.change(away=event.membership.out)


# -- outcomes --------------------------------------------------------------------------------------


def performed(turn: Turn, event: Performed) -> None:
    place = handles.place(event.handle)
    if place is not None and place.part == "chat" and turn.known.member is not None:
        _made(turn, event)
    elif event.action == "Join" and event.error is not None:
        _not_let_in(turn, event)
    elif event.action == "Invite" and event.error in (None, underway.SILENT):
        underway.performed(turn, event)
    elif event.error is not None and event.user is not None:
        _failed(turn, event)


def _made(turn: Turn, event: Performed) -> None:
    if event.error is None:
        if turn.member.chat is None:
            turn.change(chat=event.room_id)
        return
    stage = Stage.NEW if turn.member.stage is Stage.GREETED else turn.member.stage
    turn.change(opened=False, stage=stage, welcomed=0.0)
    values = {"person": turn.person(turn.member.user), "error": event.error}
    turn.name_member(turn.settings.coordination, "greeting-failed", values)


def _not_let_in(turn: Turn, event: Performed) -> None:
    """Into a room that replaces one of ours; what is to be done there waits. Who asks us into
    another sees that we don't come."""
    office, new = turn.known.office, event.room_id or ""
    room = office.meant(new)
    if room not in turn.settings.places:
        turn.ask(Leave(new, notify=True))
    # Of the exchange room its own bot tells; where coordinators were to read it, nobody can.
    others = (turn.settings.exchange, turn.settings.coordination)
    ours = room in turn.settings.places.difference(others)
    if ours and new in {*office.moved.values()}.difference(office.shut):
        turn.office(shut=(*office.shut, new))
        there = link(turn.place(room))
        turn.tell("room-moved", {"room": turn.settings.names.get(room) or Link(there, there)})


def _failed(turn: Turn, event: Performed) -> None:
    """An invitation or a removal."""
    room = turn.known.office.meant(event.room_id or "")
    assert event.user is not None  # noqa: S101
    if room not in turn.settings.places:
        return
    values = {
        "person": turn.person(event.user),
        "error": event.error or "",
        "room": Link(link(turn.place(room)), link(turn.place(room))),
    }
    key = "invite-failed" if event.action == "Invite" else "removal-failed"
    turn.name_person(turn.settings.coordination, key, values)
    member = turn.known.member
    if event.action == "Kick" and member is not None and member.stage is Stage.GONE:
        turn.say("leave-yourself", {"room": values["room"]})
