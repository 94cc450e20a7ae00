"""What a message says now: the question in the outbox, its answer in the inbox.

An answer is a row like any other, under the cause of the question, and is translated when it is
decided, with the room as it is then. Until then the name of the newest question is in the
store: an older answer may not hold any more.

While a homeserver was asked, and just before, the message may have been changed. What its answer
lacks of that is put in as the answer enters the inbox; what comes later has its row behind it. So
a rule need not look at edits of a message about which it has asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.runtime.model.messages import MessageNow, read_now
from bots.runtime.office.performing import TryLater
from bots.runtime.store.records import Answer, Order, Waiting
from bots.runtime.store.transaction import Transaction
from federation.encryption.standing import standing
from federation.model import rooms
from federation.model.actions import AskNow
from federation.model.events import Origin
from federation.model.ports import DEVICE, RawEvent
from federation.model.shapes import mapping
from federation.performing.perform import Outcome
from federation.syncing.recent import Recent

OPEN = "question"
TRIES = 5
"""How often a homeserver is asked that shows what was taken back."""


def note(tx: Transaction, action_id: str, account: str, asked: AskNow) -> None:
    """This is the newest question of its kind."""
    tx.write(OPEN, _name(account, asked), action_id.encode())


def current(recent: Recent | None, outcome: Outcome, tries: int) -> Outcome:
    """With what has come meanwhile. Raises TryLater if the homeserver must be asked again, as it
    was `tries` times; in the end nobody knows what it says."""
    if recent is None or outcome.found is None:
        return outcome
    found = recent.current(outcome.room_id, outcome.found)
    if found is None and tries + 1 < TRIES:
        raise TryLater("outdated")
    return replace(outcome, found=found or _untold(outcome.found))


def anew(recent: Recent | None, record: Waiting) -> Waiting:
    """What is decided once more: of an answer, with what has come since."""
    if recent is None or not isinstance(record, Answer) or record.found is None:
        return record
    found = recent.current(record.question.room, record.found)
    return replace(record, found=found or _untold(record.found))


def _untold(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """As of what no key opens: who wrote it is all that is known."""
    return {**found, "event": {**mapping(found.get("event")), "content": {}}, "locked": True}


def answer(
    tx: Transaction,
    action_id: str,
    order: Order,
    asked: AskNow,
    outcome: Outcome | None,
    error: str | None,
) -> None:
    """Put it into the inbox of the bot that asked."""
    key, found = f"performed/{action_id}", None if outcome is None else outcome.found
    tx.enter(Answer(key, order.by, order.bot, asked, action_id, found, error, order.was))


def is_newest(tx: Transaction, answer: Answer) -> bool:
    """Whether no question took the place of the one that this answers. Then it is open no more."""
    name = _name(answer.account, answer.question)
    newest = tx.read(OPEN, name)
    if newest is None:
        return answer.anew  # it was answered, and is decided once more
    if newest != answer.asked_by.encode():
        return False
    tx.erase(OPEN, name)
    return True


def read(tx: Transaction, answer: Answer) -> MessageNow:
    """What a homeserver showed of a message, with what the store knows of room and device."""
    account, question = answer.account, answer.question
    view = rooms.load(tx, account, question.room).view(account)

    def weigh(origin: Origin, raw: RawEvent) -> Origin:
        return weighed(tx, origin, raw, asked=answer.anew)

    return read_now(account, question, answer.found, view, answer.error, weigh)


def weighed(tx: Transaction, origin: Origin, raw: RawEvent, *, asked: bool) -> Origin:
    """With what we know by now of the device from which it came; `asked`: its owner's devices were
    asked for because of it."""
    if not origin.encrypted:
        return origin
    device = raw.get(DEVICE)
    found = standing(tx, origin.account, origin.sender, origin.room_id, device, asked=asked)
    return replace(origin, doubt=found.doubt, identity=found.identity, device=found.device)


def _name(account: str, asked: AskNow) -> str:
    return json.dumps([account, asked.room, asked.event_id, asked.why])
