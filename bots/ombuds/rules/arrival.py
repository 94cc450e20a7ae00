"""Private chats: how they begin, and who is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bots.ombuds import handles
from bots.ombuds.models import Conversation, Reporter
from bots.ombuds.rules import places
from bots.ombuds.rules.turn import Turn
from bots.runtime.decision import CancelTimer, Phrase, SetTimer
from bots.runtime.kit import chats
from bots.runtime.tongues import own_names
from bots.runtime.words import ORIGINALS
from federation.events import (
    Membership,
    MembershipKind,
)

HERE = (MembershipKind.JOIN, MembershipKind.INVITE)


def membership(turn: Turn, event: Membership) -> None:
    if event.user == turn.settings.account:
        _ours(turn, event)
    elif turn.known.conversation is not None and not _is_room(turn, event, present(event)):
        if Reporter(event.user) == turn.known.reporter:
            _persons(turn, event)
        _watch(turn, present(event), settles=Reporter(event.user) != turn.known.reporter)


def present(event: Membership) -> frozenset[str]:
    """Who else is in the room or invited, after this event."""
    others = event.room.others(event.origin.account)
    if event.membership in HERE:
        return others | {event.user} - {event.origin.account}
    return others - {event.user}


def _ours(turn: Turn, event: Membership) -> None:
    if event.membership is MembershipKind.INVITE:
        turn.known = replace(turn.known, invited=True)
        places.asked_in(turn, event)
        turn.ask(chats.enter(event))
    elif event.membership is MembershipKind.JOIN:
        _joined(turn, event)
    elif event.membership.out:
        turn.known = replace(turn.known, invited=False)
        places.gone(turn, event)
        if turn.known.conversation is not None:
            _left(turn)


def _joined(turn: Turn, event: Membership) -> None:
    others = event.room.others(event.origin.account)
    invited = turn.known.invited
    turn.known = replace(turn.known, invited=False)
    if turn.known.conversation is not None:
        _returned(turn, others)
    elif turn.known.desk.places.get(event.origin.room_id) is not None:
        places.entered(turn, event)
        return
    elif not invited:
        # Not a chat that somebody began with us: the ombuds room, seen before it has its handle.
        return
    elif (person := chats.partner(event)) is not None:
        # What can't be undone is done where she asked for a conversation, or has begun one.
        waits = event.room.moderated_by(turn.settings.account)
        begin(turn, person, encrypted=event.room.encrypted or waits)
    elif not _may_moderate(turn, event, others):
        turn.ask(*chats.refuse(turn.chat, others, Phrase("private-only", turn.settings.spoken)))
        return
    else:
        places.entered(turn, event)
        return
    expect(turn)


def _may_moderate(turn: Turn, event: Membership, others: frozenset[str]) -> bool:
    """Whether it is a room in which flags may be wanted: people are there, or the only one has
    given us the power that it takes."""
    if event.room.direct or event.room.space or not others:
        return False
    return len(others) > 1 or event.room.moderated_by(turn.settings.account)


def adopt(turn: Turn, event: chats.Message) -> bool:
    """Whether this is a message of the person in a private chat, which may begin with it."""
    person = event.origin.sender
    if turn.known.conversation is None:
        unsettled = turn.state.room is None and person in _staff(turn)
        if unsettled or chats.partner(event) != person:
            return False
        begin(turn, person, encrypted=event.room.encrypted)
    if Reporter(person) != turn.known.reporter:
        return False
    if _is_room(turn, event, event.room.others(event.origin.account)):
        return False
    if event.room.moderated_by(turn.settings.account) and not event.room.encrypted:
        turn.ask(chats.encrypt(turn.chat))
    _watch(turn, event.room.others(event.origin.account), settles=False)
    return True


def _is_room(turn: Turn, event: Membership | chats.Message, others: frozenset[str]) -> bool:
    """Whether this is no private chat after all, but a room that had one person in it so far.
    What is said there must not be taken for a complaint."""
    if event.room.direct or turn.known.case is not None or len(others) < 2:
        return False
    places.become(turn)
    places.greet(turn, event)
    return True


def _staff(turn: Turn) -> tuple[str, ...]:
    return turn.known.office.roster or turn.settings.staff


def begin(turn: Turn, person: str, *, encrypted: bool) -> None:
    """The room at hand is a private chat with this person."""
    serial = turn.known.office.conversations + 1
    turn.office(conversations=serial)
    turn.known = replace(
        turn.known,
        conversation=Conversation(serial),
        reporter=Reporter(person),
        invited=False,
    )
    turn.keep("flaggers", person, replace(turn.flagger(person), room=turn.chat))
    if not encrypted:
        turn.ask(chats.encrypt(turn.chat))


# -- the notice ------------------------------------------------------------------------------------


def expect(turn: Turn) -> None:
    """Give the person a moment to write first, then say what to know."""
    if not turn.conversation.noticed:
        turn.ask(SetTimer(handles.welcome_timer(turn.chat), turn.now + chats.PATIENCE))


def welcome_due(turn: Turn) -> None:
    conversation = turn.known.conversation
    if conversation is not None and not conversation.noticed and not conversation.left:
        notice(turn)


def notice(turn: Turn) -> None:
    turn.say("notice", _noticed(turn))
    turn.converse(noticed=turn.language)
    turn.ask(CancelTimer(handles.welcome_timer(turn.chat)))


def original(turn: Turn) -> None:
    """She would rather rely on what was written first than on a draft."""
    turn.say_in(" ".join(ORIGINALS), "notice", _noticed(turn))


def _noticed(turn: Turn) -> Mapping[str, str]:
    return {"helplines": helplines(turn), "languages": languages(turn)}


def helplines(turn: Turn) -> str:
    return ", ".join(turn.settings.helplines)


def languages(turn: Turn) -> str:
    return own_names(turn.state.tongues, turn.settings.languages)


# -- who is there ----------------------------------------------------------------------------------


def _persons(turn: Turn, event: Membership) -> None:
    if event.membership.out:
        _left(turn)
    elif event.membership is MembershipKind.JOIN:
        _returned(turn, present(event))


def _left(turn: Turn) -> None:
    if not turn.conversation.left:
        turn.converse(left=True)
        if turn.known.case is not None:
            turn.tell_case("left")


def _returned(turn: Turn, others: frozenset[str]) -> None:
    assert turn.known.reporter is not None  # noqa: S101
    if turn.conversation.left and turn.known.reporter.reveal() in others:
        turn.converse(left=False)
        if turn.known.case is not None:
            turn.tell_case("returned")
    _watch(turn, others, settles=True)


def _watch(turn: Turn, others: frozenset[str], *, settles: bool) -> None:
    """Hold answers back while somebody else could read them.

    Only an event that `settles` who is there ends that; and a view of the room without the
    person was never loaded, so it tells of nobody's leaving.
    """
    assert turn.known.reporter is not None  # noqa: S101
    person = turn.known.reporter.reveal()
    strangers = others - {person}
    if strangers and not turn.conversation.exposed:
        _expose(turn)
    elif not strangers and turn.conversation.exposed and person in others and settles:
        turn.converse(exposed=False)
        turn.say("alone-again")
        if turn.known.case is not None:
            turn.tell_case("exposed-over")


def _expose(turn: Turn) -> None:
    turn.converse(exposed=True)
    if not turn.conversation.left:
        turn.say("not-alone")
    if turn.known.case is not None:
        turn.tell_case("exposed")
