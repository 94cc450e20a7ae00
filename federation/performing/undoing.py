"""Taking back what was edited: clients pass over the edits of a message that is gone, but each of
them is an event of its own, and its words stay in the room until it is redacted too."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from federation.client.homeserver import Homeserver, path
from federation.model.errors import MatrixError, RateLimited, TokenRevoked
from federation.model.ports import RawEvent
from federation.model.shapes import events

MOST = 1_000
"""Pages of edits of one message."""


async def edits(
    server: Homeserver, room_id: str, event_id: str, by: str
) -> AsyncIterator[RawEvent]:
    """The account's edits of a message that still say something."""
    target = path("rooms", room_id, "relations", event_id, "m.replace").replace("/v3/", "/v1/", 1)
    start: dict[str, str] = {}
    for _ in range(MOST):
        try:
            page = await server.call("edits", "GET", target, query={"limit": "100", **start})
        except (RateLimited, TokenRevoked):
            raise
        except MatrixError as error:
            if error.status != 404:
                raise
            return
        for event in events(page.get("chunk")):
            if event["sender"] == by and event.get("content"):
                yield event
        if not isinstance(page.get("next_batch"), str):
            return
        start = {"from": page["next_batch"]}


def part_of(action_id: str, event_id: str) -> str:
    """The id of one of several requests that an action takes."""
    return hashlib.sha256(f"{action_id} {event_id}".encode()).hexdigest()[:32]
