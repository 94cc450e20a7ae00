"""Rooms into which somebody invites the office's account: private chats, and rooms with flags."""

from __future__ import annotations

from bots.ombuds.cases import forgetting
from bots.ombuds.chats import arrival, sealing
from bots.ombuds.documents.chats import INVITATIONS, Invitation
from bots.ombuds.documents.flags import PLACES
from bots.ombuds.flags import places
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import Phrase
from federation.model.events import Membership, MembershipKind, RoomEvent, TextMessage


def ours(turn: Turn, event: Membership) -> None:
    """Our own account is invited, joins or leaves."""
    if event.membership is MembershipKind.INVITE:
        turn.put(INVITATIONS, Invitation(turn.chat))
        places.asked_in(turn, event)
        turn.ask(chats.enter(event))
    elif event.membership is MembershipKind.JOIN:
        _joined(turn, event)
    elif event.membership.out:
        turn.drop(INVITATIONS, turn.chat)
        places.gone(turn, event)
        if turn.has_chat:
            arrival.left(turn)
        else:
            forgetting.left(turn, event.origin.room_id)


def _joined(turn: Turn, event: Membership) -> None:
    others = event.room.others(event.origin.account)
    invited = turn.get(INVITATIONS, turn.chat) is not None
    turn.drop(INVITATIONS, turn.chat)
    if turn.has_chat:
        arrival.returned(turn, others)
    elif turn.get(PLACES, turn.chat) is not None:
        places.entered(turn, event)
        return
    elif not invited:
        # Not a chat that somebody began with us: the ombuds room, seen before it has its handle.
        return
    elif (person := chats.partner(event)) is not None:
        # What can't be undone is only done where the person asked for a chat, or has begun one.
        waits = event.room.moderated_by(turn.settings.account)
        arrival.begin(turn, person, encrypted=event.room.encrypted)
        if not waits:
            sealing.ensure(turn, event.room)
    elif not _may_moderate(turn, event, others):
        turn.ask(*chats.refuse(turn.chat, others, Phrase("private-only", turn.settings.spoken)))
        return
    else:
        places.entered(turn, event)
        return
    arrival.expect(turn)


def _may_moderate(turn: Turn, event: Membership, others: frozenset[str]) -> bool:
    """Whether flags may be wanted in this room: several people are there, or the only one has given
    us the power we need."""
    if event.room.direct or event.room.space or not others:
        return False
    return len(others) > 1 or event.room.moderated_by(turn.settings.account)


def is_grown(turn: Turn, event: RoomEvent) -> bool:
    """Whether this is not a private chat after all but a room that had only one person until now.
    What is said there must not be taken for a complaint."""
    if event.room.direct or turn.has_case or not turn.has_chat:
        return False
    if isinstance(event, Membership):
        return event.user != turn.settings.account and len(arrival.present(event)) > 1
    if not isinstance(event, chats.Message) or turn.gone:
        return False
    heard = not isinstance(event, TextMessage) or not event.notice
    crowded = len(event.room.others(event.origin.account)) > 1
    return heard and crowded and turn.is_reporter(event.origin.sender)


def grown(turn: Turn, event: RoomEvent) -> None:
    places.become(turn)
    places.greet(turn, event)
