"""A person goes on from a new phone: her conversation comes into the chat where she typed her
receipt.

The two chats change places, so that nothing written in either is lost: what somebody writes in the
old one from then on is a matter of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bots.ombuds.cases import answers
from bots.ombuds.chats import arrival
from bots.ombuds.documents.cases import CASES, Answer, Case
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES, Conversation, Identity
from bots.ombuds.documents.hidden import HIDDEN
from bots.ombuds.documents.receipts import RECEIPTS
from bots.ombuds.turn import Turn
from bots.runtime.kit.documents import Collection
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import Exact

MOST = 5
"""Answers that are told again: the phone on which she had them is gone."""


def move(turn: Turn, conversation: int) -> None:
    """Bring a conversation into the chat at hand, together with what was begun here."""
    begun = turn.conversation
    identity = turn.get(IDENTITIES, str(conversation))
    if identity is None:
        return
    old = turn.get(CONVERSATIONS, identity.chat)
    _rename(turn, begun.serial, conversation)
    if old is not None and old.room == begun.room:
        _pin(turn, old, begun)
    else:
        _exchange(turn, identity, begun, old)
    turn.enter_of(conversation)
    _welcome(turn)


def _pin(turn: Turn, old: Conversation, begun: Conversation) -> None:
    """In the same chat only the identity is another one by now."""
    turn.drop(IDENTITIES, str(begun.serial))
    turn.drop(CONVERSATIONS, begun.chat)
    joined = _joined(old, begun, old.serial)
    turn.put(CONVERSATIONS, replace(joined, beside=old.beside))


def _rename(turn: Turn, before: int, after: int) -> None:
    """What belongs to the new chat belongs to the conversation that comes into it."""
    collections: tuple[Collection[Any], ...] = (CASES, RECEIPTS, HIDDEN)
    for collection in collections:
        for key in turn.keys(collection, "conversation", str(before)):
            document = turn.get(collection, key)
            if document is not None:
                turn.put(collection, replace(document, conversation=after))


def _exchange(turn: Turn, left: Identity, begun: Conversation, old: Conversation | None) -> None:
    new = turn.get(IDENTITIES, str(begun.serial))
    if new is None or old is None:
        return
    turn.put(IDENTITIES, replace(new, serial=left.serial))
    turn.put(IDENTITIES, replace(left, serial=new.serial))
    turn.put(CONVERSATIONS, _joined(old, begun, left.serial))
    turn.put(CONVERSATIONS, _emptied(old, begun.serial))
    _leave_word(turn, old.chat)


def _joined(old: Conversation, begun: Conversation, serial: int) -> Conversation:
    return replace(
        begun,
        serial=serial,
        language=begun.language or old.language,
        case=old.case or begun.case,
        receipt=old.receipt,
        receipts=old.receipts,
        spoken=old.spoken,
        acknowledged=0.0,
        fresh=False,
    )


def _emptied(old: Conversation, serial: int) -> Conversation:
    return Conversation(
        old.room,
        serial,
        old.language,
        old.noticed,
        exposed=old.exposed,
        left=old.left,
        pin=old.pin,
        beside=old.beside,
    )


def _leave_word(turn: Turn, chat: str) -> None:
    """Nothing that tells who goes on, or where: somebody else may have that phone."""
    turn.enter(chat)
    if turn.has_chat and not turn.conversation.left:
        turn.say("chat-over")


def _welcome(turn: Turn) -> None:
    cases = _cases(turn)
    numbers = ", ".join(str(x.number) for x in cases)
    matters = Phrase("receipt-matters", "", {"numbers": numbers}) if numbers else ""
    turn.say("receipt-back", {"matters": matters})
    for case in cases:
        turn.take_case(case.number, here=True)
        answers.release(turn)
    turn.enter_of(turn.conversation.serial)
    told = [(x, y) for x in cases for y in x.answers if y.state in answers.OUT]
    for case, answer in sorted(told, key=lambda x: x[1].sent)[-MOST:]:
        _tell_again(turn, case, answer)
    if turn.has_case:
        turn.tell_case("person-back")
    arrival.expect(turn)


def _cases(turn: Turn) -> list[Case]:
    known = turn.keys(CASES, "conversation", str(turn.conversation.serial))
    found = (turn.get(CASES, x) for x in known)
    return sorted((x for x in found if x is not None), key=lambda x: x.opened)


def _tell_again(turn: Turn, case: Case, answer: Answer) -> None:
    values = {"number": case.number, "text": Exact(answer.text)}
    turn.say("answer-again", values, about=f"{case.number}/{answer.number}")
