"""A person goes on from a new phone: her conversation comes into the chat where she typed her
receipt.

The two chats change places, so that nothing written in either is lost: what somebody writes in the
old one from then on is a matter of its own.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds.cases import answers
from bots.ombuds.chats import arrival
from bots.ombuds.documents.cases import CASES, Answer, Case
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES, Conversation, Identity
from bots.ombuds.documents.receipts import RECEIPTS
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import Exact

MOST = 5
"""Answers that are told again: the phone on which she had them is gone."""


def move(turn: Turn, conversation: int) -> None:
    """Bring a conversation into the chat at hand, together with what was begun here."""
    here, begun = turn.chat, turn.conversation
    identity = turn.get(IDENTITIES, str(conversation))
    if identity is None:
        return
    there, old = identity.room, turn.get(CONVERSATIONS, identity.room)
    _rename(turn, begun.serial, conversation)
    _exchange(turn, identity, begun)
    turn.put(CONVERSATIONS, _joined(old, begun, conversation))
    if old is not None:
        turn.put(CONVERSATIONS, _emptied(old, begun.serial))
        _leave_word(turn, there)
    turn.enter(here)
    _welcome(turn)


def _rename(turn: Turn, before: int, after: int) -> None:
    """Cases and receipts of the new chat belong to the conversation that comes into it."""
    for key in turn.keys(CASES, "conversation", str(before)):
        case = turn.get(CASES, key)
        if case is not None:
            turn.put(CASES, replace(case, conversation=after))
    for key in turn.keys(RECEIPTS, "conversation", str(before)):
        receipt = turn.get(RECEIPTS, key)
        if receipt is not None:
            turn.put(RECEIPTS, replace(receipt, conversation=after))


def _exchange(turn: Turn, old: Identity, begun: Conversation) -> None:
    new = turn.get(IDENTITIES, str(begun.serial))
    if new is not None:
        turn.put(IDENTITIES, replace(new, serial=old.serial))
        turn.put(IDENTITIES, replace(old, serial=new.serial))


def _joined(old: Conversation | None, begun: Conversation, serial: int) -> Conversation:
    if old is None:
        return replace(begun, serial=serial)
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
        old.room, serial, old.language, old.noticed, exposed=old.exposed, left=old.left
    )


def _leave_word(turn: Turn, room: str) -> None:
    """Nothing that tells who goes on, or where: somebody else may have that phone."""
    turn.enter(room)
    if turn.has_chat and not turn.conversation.left:
        turn.say("chat-over")


def _welcome(turn: Turn) -> None:
    cases = _cases(turn)
    numbers = ", ".join(str(x.number) for x in cases)
    matters = Phrase("receipt-matters", "", {"numbers": numbers}) if numbers else ""
    turn.say("receipt-back", {"matters": matters})
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
