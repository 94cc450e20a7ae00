"""Our own coming and going: in the rooms of the network, and where somebody asks us in."""

from __future__ import annotations

from bots.onboarding import keys
from bots.onboarding.documents import ENTERED, INVITATIONS, Entered, Invitation
from bots.onboarding.rules import arrival, outside, wishes
from bots.onboarding.rules.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.kit.moves import follow
from bots.runtime.kit.standing import rules as standing
from bots.runtime.model.decision import NO_TIME, Performed, Phrase, SetTimer, Started
from bots.runtime.speech.phrases import Link
from federation.model.actions import Leave
from federation.model.events import Membership, MembershipKind, RoomReplaced
from federation.model.links import link

COMPANY = 9
"""Who asks us into a room with so many people is told that we talk with each alone; a room with
more is not even entered."""


def started(turn: Turn, event: Started) -> None:
    missing = (x for x in sorted(turn.settings.places) if turn.get(ENTERED, x) is None)
    turn.ask(*turn.office.enter_all(missing))
    turn.ask(SetTimer(keys.RENEW(), after=NO_TIME))
    outside.sweep(turn)
    standing.meet(turn, turn.settings.coordinators)
    if event.renewed:
        turn.tell("renewed")


# -- of the network --------------------------------------------------------------------------------


def in_network(turn: Turn, event: Membership) -> None:
    """We are asked into a room of the network, have joined it, or are out."""
    if event.membership is MembershipKind.INVITE:
        turn.ask(turn.office.enter(turn.room))
    elif event.membership is not MembershipKind.JOIN:
        turn.drop(ENTERED, turn.room)
    else:
        turn.put(ENTERED, Entered(turn.room))
        if turn.room == turn.settings.coordination and event.before is not MembershipKind.JOIN:
            wishes.again(turn)


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """A room of the settings was upgraded: go with it."""
    turn.set_office(moved=turn.office.after(event))
    turn.ask(follow(event))


def not_let_in(turn: Turn, event: Performed) -> None:
    """Into a room that replaces one of ours; what is to be done there waits. Who asks us into
    another sees that we don't come."""
    if event.error is None:
        return
    office, new = turn.office, event.room_id or ""
    room = office.meant(new)
    if room not in turn.settings.places:
        turn.ask(Leave(new, notify=True))
    # Of the exchange room its own bot tells; where coordinators were to read it, nobody can.
    others = (turn.settings.exchange, turn.settings.coordination)
    ours = room in turn.settings.places.difference(others)
    if ours and new in {*office.moved.values()}.difference(office.shut):
        turn.set_office(shut=(*office.shut, new))
        there = link(turn.place(room))
        turn.tell("room-moved", {"room": turn.settings.names.get(room) or Link(there, there)})


# -- others ----------------------------------------------------------------------------------------


def elsewhere(turn: Turn, event: Membership) -> None:
    """The same where somebody wants to talk with us, or would have us join a crowd."""
    if event.membership is MembershipKind.INVITE:
        _asked_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        _joined(turn, event)
    elif event.membership.out:
        turn.drop(INVITATIONS, turn.room)
        if turn.known is not None and turn.member.chat == turn.room:
            turn.change(chat=None, opened=False, away=False)


def _asked_in(turn: Turn, event: Membership) -> None:
    sender = event.origin.sender
    # What the creator makes is newer than our settings, and joined once they tell what it is.
    if sender == turn.settings.creator:
        return
    if not turn.greets(sender):
        turn.ask(Leave(turn.room, notify=True))
        return
    turn.put(INVITATIONS, Invitation(turn.room))
    turn.ask(chats.enter(event, most=COMPANY, unseen=event.direct))


def _joined(turn: Turn, event: Membership) -> None:
    person, invited = chats.partner(event), turn.get(INVITATIONS, turn.room) is not None
    turn.drop(INVITATIONS, turn.room)
    if turn.known is not None and (turn.is_private or event.room.closed):
        arrival.use(turn)
    elif not invited:
        return  # one that we have made, seen before it has its handle
    elif person is not None and turn.greets(person):
        arrival.begin(turn, person, encrypted=event.room.encrypted)
    else:
        phrase = Phrase("private-only", turn.settings.first_words)
        turn.ask(*chats.refuse(turn.room, event.room.others(event.origin.account), phrase))
