"""How private chats begin, and who is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bots.ombuds import commands, keys
from bots.ombuds.cases import ringing, thread
from bots.ombuds.chats import sealing, whose
from bots.ombuds.documents.chats import (
    CONVERSATIONS,
    FLAGGERS,
    IDENTITIES,
    INVITATIONS,
    Conversation,
    Identity,
    Reporter,
)
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import CancelTimer, Performed, SetTimer
from bots.runtime.speech.tongues import own_names
from bots.runtime.speech.words import ORIGINALS
from federation.model.events import Edit, Membership, MembershipKind, RoomEvent

HERE = (MembershipKind.JOIN, MembershipKind.INVITE)


def entered(turn: Turn, event: RoomEvent) -> None:
    """Make the event's room the chat at hand, with its current case."""
    turn.enter(event.origin.room_id)
    turn.take(event)


def membership(turn: Turn, event: Membership) -> None:
    """Somebody else joins or leaves."""
    if turn.has_chat:
        hers = turn.is_reporter(event.user)
        if hers and event.membership.out:
            left(turn)
        elif hers and event.membership is MembershipKind.JOIN:
            returned(turn, present(event))
        _watch(turn, present(event), settles=not hers)


def present(event: Membership) -> frozenset[str]:
    """Who else has joined or been invited, after this event."""
    others = event.room.others(event.origin.account)
    if event.membership in HERE:
        return others | {event.user} - {event.origin.account}
    return others - {event.user}


def adopt(turn: Turn, event: chats.Message | Edit) -> bool:
    """Whether this is a message of the person in a private chat; the chat may begin with it."""
    person = event.origin.sender
    if not turn.has_chat or _is_left_behind(turn, person):
        unsettled = turn.room_id is None and person in _staff(turn)
        if unsettled or chats.partner(event) != person:
            return False
        begin(turn, person, encrypted=event.room.encrypted)
    if not turn.is_reporter(person):
        return False
    whose.learn(turn, event.origin)
    sealing.ensure(turn, event.room)
    _watch(turn, event.room.others(event.origin.account), settles=False)
    return True


def _is_left_behind(turn: Turn, person: str) -> bool:
    """A chat in clear whose conversation goes on elsewhere, with somebody who typed the receipt."""
    return bool(turn.conversation.instead) and not turn.is_reporter(person)


def _staff(turn: Turn) -> tuple[str, ...]:
    return turn.office.roster or turn.settings.staff


def begin(turn: Turn, person: str, *, encrypted: bool) -> None:
    """Note that the room at hand is a private chat with this person."""
    serial = turn.office.conversations + 1
    turn.set_office(conversations=serial)
    room, beside = turn.chat, turn.beside
    turn.put(CONVERSATIONS, Conversation(room, serial, beside=beside))
    turn.put(IDENTITIES, Identity(serial, Reporter(person), room, beside))
    turn.drop(INVITATIONS, turn.chat)
    flagger = turn.flagger(person)
    if encrypted or flagger.room is None:
        turn.put(FLAGGERS, replace(flagger, room=turn.chat))


# -- the notice ------------------------------------------------------------------------------------


def expect(turn: Turn) -> None:
    """Give the person a moment to write first, then tell them what to know."""
    if not turn.conversation.noticed:
        turn.ask(SetTimer(keys.WELCOME(room=turn.chat), after=chats.PATIENCE))


def welcome(turn: Turn, room: str) -> None:
    turn.enter(room)
    view = turn.look(room)
    waits = not view.encrypted and view.moderated_by(turn.settings.account)
    if turn.has_chat and not (turn.conversation.noticed or turn.conversation.left or waits):
        notice(turn)


def notice(turn: Turn) -> None:
    turn.say(turn.settings.notice, to_know(turn))
    turn.converse(noticed=turn.language)
    turn.ask(CancelTimer(keys.WELCOME(room=turn.chat)))


def notice_once(turn: Turn) -> None:
    if not turn.conversation.noticed:
        notice(turn)


def original(turn: Turn) -> None:
    """She would rather rely on what was written first than on a draft."""
    turn.say_in(" ".join(ORIGINALS), turn.settings.notice, to_know(turn))


def not_encrypted(turn: Turn, event: Performed) -> None:
    """We thought that we could turn encryption on: what was said meanwhile is said elsewhere."""
    turn.enter(event.room_id)
    if event.error is None or not turn.has_chat or turn.conversation.instead:
        return
    if not turn.look(turn.chat).encrypted:
        sealing.open_another(turn)
        notice(turn)
        if turn.has_case:
            thread.confirm_arrival(turn)


def to_know(turn: Turn) -> Mapping[str, object]:
    """Where to get help in an emergency, which languages we speak, how to take back at once, and in
    whose hands the office is."""
    helplines = ", ".join(turn.settings.helplines)
    languages = own_names(turn.tongues, turn.settings.languages)
    known = {"helplines": helplines, "languages": languages, "delete": commands.DELETE}
    return known | ({"holder": turn.settings.holder} if turn.settings.holder else {})


# -- who is there ----------------------------------------------------------------------------------


def left(turn: Turn) -> None:
    if not turn.conversation.left:
        turn.converse(left=True)
        _tell(turn, "left", rings=True)


def returned(turn: Turn, others: frozenset[str]) -> None:
    if turn.conversation.left and turn.reporter.reveal() in others:
        turn.converse(left=False)
        _tell(turn, "returned")
    _watch(turn, others, settles=True)


def _watch(turn: Turn, others: frozenset[str], *, settles: bool) -> None:
    """Hold answers back while somebody else could read them. Only an event that `settles` who is
    there ends that. A view without the person in it was never loaded, so it does not show that
    anybody left."""
    person = turn.reporter.reveal()
    strangers = others - {person}
    if strangers and not turn.conversation.exposed:
        _expose(turn)
    elif not strangers and turn.conversation.exposed and person in others and settles:
        turn.converse(exposed=False)
        turn.say("alone-again")
        _tell(turn, "exposed-over")


def _expose(turn: Turn) -> None:
    turn.converse(exposed=True)
    if not turn.conversation.left:
        turn.say("not-alone")
    _tell(turn, "exposed", rings=True)


def _tell(turn: Turn, key: str, *, rings: bool = False) -> None:
    """In the thread of the person's case, unless that stayed behind in a lost room."""
    if turn.has_case and turn.is_case_here:
        turn.tell_case(key)
        if rings:
            ringing.changed(turn)
