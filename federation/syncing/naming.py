"""Rooms of ours that an older version made are called by what people call them.

A room is asked for under an alias, by which a repetition finds it (`performing/creating.py`). Older
versions let the homeserver make that string of digits its name as well, and clients showed it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.client.sync import events_of, section
from federation.model.errors import MatrixError, RateLimited, TokenRevoked
from federation.model.shapes import mapping

log = logging.getLogger(__name__)

_KIND = "m.room.canonical_alias"
_OURS = re.compile(r"#buendnis-[0-9a-f]{32}:\S+")
_FILTER = {"room": {"timeline": {"limit": 1, "types": [_KIND]}, "state": {"types": [_KIND]}}}


async def clear_aliases(server: Homeserver) -> None:
    """Take such names away, and no other: whatever somebody has chosen stays. Where we may not,
    they are left."""
    query = {"filter": json.dumps(_FILTER, separators=(",", ":")), "set_presence": "offline"}
    try:
        answer = await server.call("aliases", "GET", path("sync"), query=query)
        for room_id in _called_by_alias(answer):
            await _clear(server, room_id)
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        log.warning("it could not be seen how rooms are called (%s)", error.code)


def _called_by_alias(answer: Mapping[str, Any]) -> Iterator[str]:
    for room_id, room in section(answer, "join").items():
        found = [*events_of(room, "state"), *events_of(room, "timeline")]
        said = [mapping(x.get("content")).get("alias") for x in found if x.get("type") == _KIND]
        if said and _OURS.fullmatch(str(said[-1])):
            yield room_id


async def _clear(server: Homeserver, room_id: str) -> None:
    try:
        await server.call("state", "PUT", path("rooms", room_id, "state", _KIND), {})
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        log.warning("a room could not be given its name (%s)", error.code)
