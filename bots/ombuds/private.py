"""What somebody writes to the office: a receipt, an answer about a flag, a command, or a message
for a case."""

from __future__ import annotations

from bots.ombuds import commands, flagwords
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import arrival, conversation, digits, receipts
from bots.ombuds.flags import decisions
from bots.ombuds.turn import Turn
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import addressed
from federation.model.events import TextMessage, in_clear


def text(turn: Turn, event: TextMessage) -> None:
    if event.notice or not conversation.is_new(turn) or not arrival.adopt(turn, event):
        return
    body, cut = texts.clean(event.body)
    body = addressed(body, event.origin.account, event.people)
    receipt = digits.typed(body)
    if receipt is not None:
        receipts.typed(turn, event, receipt)
        body = digits.hidden(receipt.rest)
        if not body:
            return
    if in_clear(event):
        body = _plain(turn, body)
    elif not turn.beside and decisions.written(turn, event, body):
        return
    else:
        body = conversation.followed(turn, event, body)
    if body:
        origin = event.origin
        conversation.take(turn, Incoming(origin.event_id, body, cut, origin.encrypted))
        if not turn.beside:
            decisions.still_open(turn, origin.sender, body)


def _plain(turn: Turn, body: str) -> str:
    """It decides nothing, but no complaint is lost."""
    if flagwords.answers_something(body) or commands.of_reporter(body) is not None:
        turn.reply("in-clear")
        return ""
    return body
