"""Receipts: how a person is told hers, and what happens when one is typed.

Who types a receipt in an encrypted chat goes on there with the conversation that it belongs to.
What was typed in clear others may have read, so that receipt ends at once.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import commands, keys
from bots.ombuds.chats import digits, returning, whose
from bots.ombuds.chats.digits import Typed
from bots.ombuds.documents.chats import IDENTITIES
from bots.ombuds.documents.receipts import GUESSES, RECEIPTS, Guesses, Receipt
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import SetTimer, Started
from bots.runtime.understanding import texts
from federation.model.actions import Redact
from federation.model.events import Origin, TextMessage

SOON = timedelta(seconds=20)
"""Behind the sound and the first lines of an answer, when she has said what she wanted to say."""
MOST, WITHIN = 5, timedelta(hours=1)
"""So many wrong receipts may somebody type in that time. It only bounds her own."""


def clean(body: str) -> tuple[str, bool]:
    """What a person wrote, fit for staff."""
    text, cut = texts.clean(body)
    return digits.hidden(text), cut


# -- how she is told -------------------------------------------------------------------------------


def promise(turn: Turn, source: str) -> None:
    """Tell the person a receipt soon, unless she has one."""
    if not turn.conversation.receipt:
        turn.converse(receipt=source)
        turn.ask(SetTimer(keys.TELL_RECEIPT(conversation=turn.conversation.serial), after=SOON))


def due(turn: Turn, conversation: int) -> None:
    turn.enter_of(conversation)
    if not turn.has_chat or not turn.conversation.receipt:
        return
    if turn.conversation.first:  # whoever reads along could be somebody else
        turn.ask(SetTimer(keys.TELL_RECEIPT(conversation=conversation), after=whose.LATER))
    elif turn.conversation.left or turn.conversation.exposed or not turn.reaches:
        turn.converse(receipt="")  # promised again with her next message
    elif not turn.view.count(RECEIPTS, "conversation", str(conversation)):
        _tell(turn, "receipt-anew" if turn.conversation.receipts else "receipt")


def started(turn: Turn, event: Started) -> None:
    """Whoever had the office's key could work them all out: they end, and each chat is soon told
    another one. Who no longer has the chat begins a new matter."""
    if not event.renewed:
        return
    for conversation in range(1, turn.office.conversations + 1):
        turn.enter_of(conversation)
        if turn.has_chat and turn.conversation.receipt:
            _end(turn, conversation)
            turn.converse(receipt=f"start {event.start}")
            turn.ask(SetTimer(keys.TELL_RECEIPT(conversation=conversation), after=SOON))


def anew(turn: Turn, origin: Origin) -> None:
    """`!secret`: she wants another one. The old one ends."""
    if turn.conversation.exposed:
        turn.say("not-alone")
        return
    turn.converse(receipt=origin.event_id)
    _end(turn, turn.conversation.serial)
    _tell(turn, "receipt-anew")


def delete(turn: Turn) -> None:
    """`!noted`: she has it on paper, and others use her phone."""
    for number in range(1, turn.conversation.receipts + 1):
        handle = keys.RECEIPT(conversation=turn.conversation.serial, number=number)
        made = turn.view.made(handle)
        if made is not None and made.room_id == turn.chat:
            turn.ask(Redact(turn.chat, handle, notify=True))
    turn.say("receipt-deleted", {"receipt": commands.RECEIPT})


def _tell(turn: Turn, key: str) -> None:
    talk = turn.conversation
    number = digits.drawn(turn.view.secret("receipt", f"{turn.chat} {talk.receipt}"))
    turn.put(RECEIPTS, Receipt(_hash(turn, number), talk.serial))
    turn.converse(receipts=talk.receipts + 1)
    handle = keys.RECEIPT(conversation=talk.serial, number=talk.receipts + 1)
    turn.say(key, {"receipt": digits.shown(number), "noted": commands.NOTED}, handle=handle)


def _hash(turn: Turn, number: str) -> str:
    return turn.view.secret("receipt hash", number).hex()


def _end(turn: Turn, conversation: int) -> None:
    for key in turn.keys(RECEIPTS, "conversation", str(conversation)):
        turn.drop(RECEIPTS, key)


# -- what comes of it when it is typed -------------------------------------------------------------


def typed(turn: Turn, event: TextMessage, found: Typed) -> None:
    """The chat at hand is hers who typed it."""
    origin = event.origin
    if not origin.encrypted:
        _in_clear(turn, origin, found)
    elif _waits(turn, origin):
        turn.say("receipt-pause")
    elif (receipt := _known(turn, origin, found)) is None:
        turn.say("receipt-wrong")
    elif receipt.conversation == turn.conversation.serial:
        turn.say("receipt-here")
    else:
        returning.move(turn, receipt.conversation)


def _in_clear(turn: Turn, origin: Origin, found: Typed) -> None:
    here, receipt = turn.conversation.chat, None
    if not _waits(turn, origin):
        receipt = _known(turn, origin, found)
    turn.reply("receipt-clear")
    if receipt is not None:
        _expose(turn, receipt, origin)
        turn.enter(here)


def _expose(turn: Turn, receipt: Receipt, origin: Origin) -> None:
    """Others may have read it. Who still has the old phone is told another one there."""
    _end(turn, receipt.conversation)
    turn.enter_of(receipt.conversation)
    if not turn.has_chat:
        return
    told = turn.look(turn.chat).encrypted and not turn.conversation.left
    told = told and not turn.conversation.exposed and turn.reaches is True
    turn.converse(receipt=origin.event_id if told else "")
    if told:
        _tell(turn, "receipt-exposed")


def _known(turn: Turn, origin: Origin, found: Typed) -> Receipt | None:
    """Whose receipt it is. What was mistyped is no guess: the check digit tells."""
    if not found.digits:
        return None
    receipt = turn.get(RECEIPTS, _hash(turn, found.digits))
    if receipt is not None and turn.get(IDENTITIES, str(receipt.conversation)) is not None:
        return receipt
    _guessed(turn, origin)
    return None


# -- guesses ---------------------------------------------------------------------------------------


def _waits(turn: Turn, origin: Origin) -> bool:
    return len(_guesses(turn, origin.sender)) >= MOST


def _guesses(turn: Turn, who: str) -> tuple[float, ...]:
    guesses = turn.get(GUESSES, who)
    span = WITHIN.total_seconds()
    times = guesses.at if guesses is not None else ()
    return tuple(x for x in times if sparing.lately(x, turn.seconds, span))


def _guessed(turn: Turn, origin: Origin) -> None:
    who = origin.sender
    turn.put(GUESSES, Guesses(who, (*_guesses(turn, who), turn.seconds)))
    turn.ask(SetTimer(keys.GUESSED(who=who), after=WITHIN))


def forget_guesses(turn: Turn, who: str) -> None:
    turn.drop(GUESSES, who)
