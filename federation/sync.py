"""What one `/sync` brought, made whole: gaps filled, members known (§ Syncing).

A sync's timeline holds at most 100 events a room, whatever the filter says; what lies between our
token and the timeline is fetched before the token moves.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.errors import MatrixError, RateLimited, TokenRevoked
from federation.homeserver import Homeserver, path
from federation.ports import RawEvent

TIMELINE_LIMIT = 100
PAGE = 1000
"""The most that Synapse gives in one page of `/messages`."""
STATE_TYPES = (
    "m.room.create",
    "m.room.member",
    "m.room.encryption",
    "m.room.power_levels",
    "m.room.tombstone",
)


@dataclass(frozen=True, slots=True)
class Interests:
    """What an account's rooms are asked for: no more than its bots need."""

    types: tuple[str, ...] = (
        "m.room.message",
        "m.room.encrypted",
        "m.reaction",
        "m.room.redaction",
    )
    rooms: tuple[str, ...] | None = None
    """Room ids; None: every room that the account is in."""
    members: bool = True
    """Whether rules look at who is in a room."""

    def filter(self) -> str:
        """As JSON for the `filter` parameter (§ Filtering)."""
        nothing: dict[str, Any] = {"types": []}
        room: dict[str, Any] = {
            "timeline": {"limit": TIMELINE_LIMIT, "types": [*self.types, *STATE_TYPES]},
            "state": {"types": list(STATE_TYPES), "lazy_load_members": True},
            "ephemeral": nothing,
            "account_data": nothing,
        }
        if self.rooms is not None:
            room["rooms"] = list(self.rooms)
        return json.dumps(
            {"room": room, "presence": nothing, "account_data": nothing},
            separators=(",", ":"),
        )


@dataclass(slots=True)
class JoinedRoom:
    """One joined room of a sync, its gap filled."""

    room_id: str
    state: Sequence[RawEvent]
    timeline: Sequence[RawEvent]
    members: Sequence[RawEvent] | None = None
    """All members, where they were fetched."""
    prev_batch: str | None = None
    """Where the timeline has a gap before it: the token to page back from."""


async def fetch(
    server: Homeserver, interests: Interests, since: str | None, timeout_ms: int
) -> dict[str, Any]:
    query = {
        "filter": interests.filter(),
        "timeout": str(timeout_ms),
        "set_presence": "offline",
    }
    if since is not None:
        query["since"] = since
    timeout = timeout_ms / 1000 + 60
    return await server.call("sync", "GET", path("sync"), query=query, timeout=timeout)


def joined_rooms(answer: Mapping[str, Any]) -> list[JoinedRoom]:
    rooms = answer.get("rooms", {}).get("join", {})
    return [_joined(room_id, room) for room_id, room in rooms.items()]


def _joined(room_id: str, room: Mapping[str, Any]) -> JoinedRoom:
    timeline = room.get("timeline", {})
    return JoinedRoom(
        room_id,
        room.get("state", {}).get("events", []),
        timeline.get("events", []),
        prev_batch=timeline.get("prev_batch") if timeline.get("limited") else None,
    )


async def between(
    server: Homeserver, room_id: str, since: str, until: str, types: Sequence[str]
) -> AsyncIterator[list[RawEvent]]:
    """Pages of events after the sync token `since` and before the token `until`, oldest first."""
    start: str | None = since
    while start is not None:
        page = await _messages(server, room_id, "f", start, types, until)
        yield page.get("chunk", [])
        end = page.get("end")
        start = end if end != start else None


async def back(
    server: Homeserver, room_id: str, start: str, types: Sequence[str]
) -> AsyncIterator[list[RawEvent]]:
    """Pages of events before the token `start`, newest first."""
    cursor: str | None = start
    while cursor is not None:
        page = await _messages(server, room_id, "b", cursor, types, None)
        yield page.get("chunk", [])
        end = page.get("end")
        cursor = end if end != cursor else None


async def _messages(
    server: Homeserver,
    room_id: str,
    direction: str,
    start: str,
    types: Sequence[str],
    until: str | None,
) -> dict[str, Any]:
    query = {
        "dir": direction,
        "from": start,
        "limit": str(PAGE),
        "filter": json.dumps({"types": [*types, *STATE_TYPES]}, separators=(",", ":")),
    }
    if until is not None:
        query["to"] = until
    return await server.call("messages", "GET", path("rooms", room_id, "messages"), query=query)


async def members(server: Homeserver, room_id: str) -> list[RawEvent] | None:
    """Everybody who is in the room or invited; None if we may not see that (any more)."""
    try:
        answer = await server.call(
            "members", "GET", path("rooms", room_id, "members"), query={"not_membership": "leave"}
        )
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError:
        return None
    chunk: list[RawEvent] = answer.get("chunk", [])
    return chunk
