"""What one `/sync` brought, made whole: gaps filled, members known (§ Syncing).

A sync's timeline holds at most 100 events a room, whatever the filter says; what lies between our
token and the timeline is fetched before the token moves.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.client.homeserver import Homeserver, path, told_all
from federation.client.interests import STATE_TYPES, Interests
from federation.model.errors import MatrixError, NotAHomeserver, RateLimited, TokenRevoked
from federation.model.ports import RawEvent
from federation.model.shapes import events, is_text, mapping

PAGE = 1000
"""The most that Synapse gives in one page of `/messages`."""


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
    receipts: Sequence[Mapping[str, Any]] = ()
    """Contents of `m.receipt` (§ Receipts)."""

    @property
    def space(self) -> bool:
        """Whether it says, here, that it is one."""
        made = (x for x in (*self.state, *self.timeline) if x.get("type") == "m.room.create")
        return any(mapping(x.get("content")).get("type") == "m.space" for x in made)

    def keep(self, timeline: Sequence[RawEvent]) -> None:
        """Hand on only this of the timeline; what the rest did to the room's state stays."""
        self.state = [*self.state, *(event for event in self.timeline if "state_key" in event)]
        self.timeline = timeline


async def fetch(
    server: Homeserver, interests: Interests, since: str | None, timeout_ms: int
) -> dict[str, Any]:
    """The homeserver's answer to one `/sync` since a token, waiting `timeout_ms` for news.

    Raises what `call` does, and NotAHomeserver.
    """
    query = {
        "filter": interests.filter(),
        "timeout": str(timeout_ms),
        "set_presence": "offline",
    }
    if since is not None:
        query["since"] = since
    timeout = timeout_ms / 1000 + 60
    answer = await server.call("sync", "GET", path("sync"), query=query, timeout=timeout)
    if not _has_shape(answer):
        raise NotAHomeserver(
            "The homeserver's answer to a sync has not the shape that Matrix gives it. Check the "
            "reverse proxy in front of it; the office tries again by itself."
        )
    return answer


def _has_shape(answer: Mapping[str, Any]) -> bool:
    """Whether everything is where it belongs, so that no part is overlooked."""
    if not answer.get("next_batch") or not is_text(answer["next_batch"]):
        return False
    sections = answer.get("rooms", {})
    if not isinstance(sections, Mapping):
        return False
    return all(_is_section(sections.get(part, {})) for part in ("join", "invite", "leave"))


def _is_section(rooms: object) -> bool:
    if not isinstance(rooms, Mapping):
        return False
    return all(is_text(room_id) and _is_room(room) for room_id, room in rooms.items())


def _is_room(room: object) -> bool:
    if not isinstance(room, Mapping):
        return False
    parts = [room.get(part, {}) for part in ("timeline", "state", "invite_state")]
    if not all(isinstance(part, Mapping) for part in parts):
        return False
    if not all(isinstance(part.get("events", []), list) for part in parts):
        return False
    timeline = parts[0]
    return not timeline.get("limited") or is_text(timeline.get("prev_batch"))


def section(answer: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """Rooms by id: `join`, `invite` or `leave`."""
    return mapping(mapping(answer.get("rooms")).get(part))


def joined_rooms(answer: Mapping[str, Any]) -> list[JoinedRoom]:
    return [_joined(room_id, room) for room_id, room in section(answer, "join").items()]


def _joined(room_id: str, room: Mapping[str, Any]) -> JoinedRoom:
    timeline = mapping(room.get("timeline"))
    return JoinedRoom(
        room_id,
        events_of(room, "state"),
        events_of(room, "timeline"),
        prev_batch=timeline.get("prev_batch") if timeline.get("limited") else None,
        receipts=_receipts(room),
    )


def _receipts(room: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = mapping(room.get("ephemeral")).get("events")
    kept = map(mapping, found if isinstance(found, list) else ())
    return [mapping(x.get("content")) for x in kept if x.get("type") == "m.receipt"]


def events_of(room: Mapping[str, Any], part: str) -> list[RawEvent]:
    return events(mapping(room.get(part)).get("events"))


def beginning(timeline: Sequence[RawEvent], account: str, invited: bool) -> int | None:
    """Where in a room that we have just come into begins what is meant for us: at the invitation,
    or, where nobody asked us in, at our joining. None: further back."""
    wanted = "invite" if invited else "join"
    for index in reversed(range(len(timeline))):
        event = timeline[index]
        own = event.get("type") == "m.room.member" and event.get("state_key") == account
        if own and mapping(event.get("content")).get("membership") == wanted:
            return index
    return None


async def between(
    server: Homeserver, room_id: str, since: str, until: str | None, types: Sequence[str]
) -> AsyncIterator[list[RawEvent]]:
    """Pages of events after the sync token `since` and before the token `until`, oldest first;
    none where there is no gap to end (None)."""
    start: str | None = None if until is None else since
    while start is not None:
        page = await _messages(server, room_id, "f", start, types, until)
        yield events(page.get("chunk"))
        start = _following(page, start)


async def back(
    server: Homeserver, room_id: str, start: str, types: Sequence[str]
) -> AsyncIterator[list[RawEvent]]:
    """Pages of events before the token `start`, newest first."""
    cursor: str | None = start
    while cursor is not None:
        page = await _messages(server, room_id, "b", cursor, types, None)
        yield events(page.get("chunk"))
        cursor = _following(page, cursor)


def _following(page: Mapping[str, Any], cursor: str) -> str | None:
    end = page.get("end")
    return end if is_text(end) and end != cursor else None


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
    target = path("rooms", room_id, "messages")
    answer = await server.call("messages", "GET", target, query=query)
    told_all(answer, "chunk")
    return answer


async def members(server: Homeserver, room_id: str, *, gone: bool = False) -> list[RawEvent] | None:
    """Everybody who is in the room, invited or banned, or has `gone`; None if we may not see that
    (any more)."""
    query = {} if gone else {"not_membership": "leave"}
    try:
        answer = await server.call("members", "GET", path("rooms", room_id, "members"), query=query)
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError:
        return None
    return events(told_all(answer, "chunk"))
