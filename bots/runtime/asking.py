"""What a message says now: the question in the outbox, its answer in the inbox.

An answer is a row like any other, under the cause of the question, and is translated when it is
decided, with the room as it is then. Until then the name of the newest question stands in the
store: an older answer may not hold any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.runtime.kit.messages import MessageNow, read_now
from bots.runtime.transaction import Transaction
from federation import rooms
from federation.actions import AskNow
from federation.encryption.standing import doubt
from federation.events import Origin
from federation.perform import Outcome
from federation.ports import DEVICE, RawEvent

OPEN = "question"


def note(tx: Transaction, action_id: str, account: str, asked: AskNow) -> None:
    """This is the newest question of its kind."""
    tx.write(OPEN, _name(account, asked.room, asked.event_id, asked.why), action_id.encode())


def answer(
    tx: Transaction,
    action_id: str,
    data: Mapping[str, Any],
    outcome: Outcome | None,
    error: str | None,
) -> None:
    """Put it into the inbox of the bot that asked; `data`: the outbox row's."""
    asked: AskNow = data["action"]
    payload = {
        "account": data["by"],
        "bot": data["bot"],
        "now": {"room": asked.room, "event_id": asked.event_id, "why": asked.why},
        "by": action_id,
        "found": None if outcome is None else outcome.found,
        "error": error,
    }
    tx.enter(f"performed/{action_id}", payload | ({"was": data["was"]} if "was" in data else {}))


def is_newest(tx: Transaction, payload: Mapping[str, Any]) -> bool:
    """Whether no question took the place of the one that this answers. Then it is open no more."""
    name = _name(payload["account"], **payload["now"])
    newest = tx.read(OPEN, name)
    if newest is None:
        return "anew" in payload  # it was answered, and is decided once more
    if newest != payload["by"].encode():
        return False
    tx.erase(OPEN, name)
    return True


def read(tx: Transaction, payload: Mapping[str, Any]) -> MessageNow:
    account, asked = payload["account"], payload.get("asked") is True
    view = rooms.load(tx, account, payload["now"]["room"]).view(account)

    def weigh(origin: Origin, raw: RawEvent) -> Origin:
        return weighed(tx, origin, raw, asked=asked)

    question = AskNow(**payload["now"])
    return read_now(account, question, payload["found"], view, payload["error"], weigh)


def weighed(tx: Transaction, origin: Origin, raw: RawEvent, *, asked: bool) -> Origin:
    """With what we know by now of the device from which it came; `asked`: its owner's devices were
    asked for because of it."""
    if not origin.encrypted:
        return origin
    found = doubt(tx, origin.account, origin.sender, raw.get(DEVICE), asked=asked)
    return replace(origin, doubt=found)


def _name(account: str, room: str, event_id: str, why: str) -> str:
    return json.dumps([account, room, event_id, why])
