"""The spaces as they are, asked for with few requests.

One sync brings the state of every room that the creator account is in, without messages and
without members. Members are read only where nothing else tells whether somebody was invited.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.model.network import Key, Layout, Room, Space
from federation.spaces.applying.adopted import leads
from federation.spaces.planning.matching import match
from federation.spaces.seen import Observed, Seen, seen
from federation.spaces.state import ACL, MARK, TYPES

PRESENT = ("join", "invite")
MOST_BEFORE = 10
SYNC_SECONDS = 600.0
"""A first sync of thousands of rooms takes its time."""


async def observe(server: Homeserver, layout: Layout, unsettled: Collection[Key] = ()) -> Observed:
    """What the creator account, which is logged in, sees. `unsettled` are rooms in which an
    earlier run may have been stopped before everybody was invited."""
    answer = await _sync(server)
    joined = answer.get("rooms", {}).get("join", {})
    rooms = {id_: _room(id_, part) for id_, part in joined.items()}
    found = match(layout, Observed(rooms)).found
    for room in layout.rooms:
        there = found.get(room.key)
        before = _replaced(there, rooms)
        if there and (before or room.key in unsettled or _may_lack_people(room, there)):
            there = rooms[there.room_id] = await _with_members(server, there)
        if there and before:
            there = rooms[there.room_id] = replace(there, carried=await _carried(server, before))
        if there and isinstance(room, Space) and room.parent is None:
            rooms[there.room_id] = replace(there, listed=await _is_listed(server, there.room_id))
    aliases = (child.alias for child in layout.children if child.alias is not None)
    return Observed(rooms, leads=await leads(server, aliases, layout.server))


def _may_lack_people(room: Room, there: Seen) -> bool:
    """Whether power levels don't tell who was invited. Upgrading a room copies them, but asks in
    only whom somebody wanted there; our mark is not copied, and set after the invitations. Who is
    on another server is given power only after having joined."""
    untold = not all(room.people.values()) or there.waiting(room.afar)
    return bool(untold) or not there.content(MARK)


def _replaced(room: Seen | None, rooms: Mapping[str, Seen]) -> list[Seen]:
    """The rooms in whose place it is, the oldest first, as far as the creator account is in them
    and they say so themselves: whoever makes a room can write anything of it."""
    found: list[Seen] = []
    while room is not None and len(found) < MOST_BEFORE:
        before = rooms.get(room.predecessor or "")
        if before is None or before.replacement != room.room_id:
            break
        found.insert(0, before)
        room = before
    return found


async def _carried(server: Homeserver, before: Sequence[Seen]) -> frozenset[str]:
    found: set[str] = set()
    for room in before:
        members = (await _with_members(server, room)).members or {}
        present = {user for user, membership in members.items() if membership in PRESENT}
        found = (found - members.keys()) | present
    return frozenset(found)


async def _sync(server: Homeserver) -> dict[str, Any]:
    # Synapse repeats its answer to the same question for two minutes; the timeout, of no use to a
    # first sync, makes it another one.
    query = {
        "filter": _filter(),
        "timeout": str(secrets.randbelow(1_000_000)),
        "set_presence": "offline",
    }
    return await server.call("sync", "GET", path("sync"), query=query, timeout=SYNC_SECONDS)


def _filter() -> str:
    # Not `types: []`: only this lets Synapse pass over messages without looking for some.
    nothing: dict[str, Any] = {"not_types": ["*"]}
    room = {
        "timeline": {"limit": 1, **nothing},
        "state": {"types": [*TYPES, ACL]},
        "ephemeral": nothing,
        "account_data": nothing,
    }
    return json.dumps(
        {
            "room": room,
            "presence": nothing,
            "account_data": nothing,
            "event_fields": ["type", "state_key", "sender", "content"],
        },
        separators=(",", ":"),
    )


def _room(room_id: str, part: dict[str, Any]) -> Seen:
    # A server that leaves nothing out of the timeline has its newest state there.
    events = [*part.get("state", {}).get("events", []), *part.get("timeline", {}).get("events", [])]
    return replace(seen(room_id, events), members=None)


async def _with_members(server: Homeserver, room: Seen) -> Seen:
    target = path("rooms", room.room_id, "members")
    answer = await server.call("members", "GET", target)
    return replace(room, members=seen(room.room_id, answer.get("chunk", [])).members)


async def _is_listed(server: Homeserver, room_id: str) -> bool:
    target = path("directory", "list", "room", room_id)
    answer = await server.call("public list", "GET", target)
    return answer.get("visibility") == "public"


async def room_state(server: Homeserver, room_id: str) -> Seen:
    """One room with its members. Raises MatrixError if we are not in it."""
    events = await server.call_list("room state", path("rooms", room_id, "state"))
    return seen(room_id, events)
