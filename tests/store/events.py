"""Room events as a homeserver would send them."""

from __future__ import annotations

import secrets
from typing import Any

ROOM = "!room:example.org"
BOT = "@bot:example.org"
ANNA = "@anna:example.org"
BERT = "@bert:example.org"


def message(
    body: str = "hello", *, sender: str = ANNA, event_id: str | None = None
) -> dict[str, Any]:
    return event("m.room.message", {"msgtype": "m.text", "body": body}, sender, event_id)


def event(
    kind: str, content: Any, sender: str = ANNA, event_id: str | None = None
) -> dict[str, Any]:
    return {
        "event_id": event_id or f"${secrets.token_hex(8)}",
        "sender": sender,
        "type": kind,
        "origin_server_ts": 1_800_000_000_000,
        "content": content,
    }


def member(user: str, membership: str, sender: str | None = None, **more: Any) -> dict[str, Any]:
    content = {"membership": membership, **more}
    return {**event("m.room.member", content, sender or user), "state_key": user}
