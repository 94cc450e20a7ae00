"""Where the alias of an adopted space leads, and whether that is what it should be.

Its homeserver answers what it likes: a room of ours, another initiative's space, or nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from federation.client.homeserver import Homeserver, path
from federation.model.errors import (
    MatrixError,
    NotAHomeserver,
    RateLimited,
    TokenRevoked,
    Unreachable,
)
from federation.model.links import server_of
from federation.spaces.seen import Lead

PATIENCE = 20.0
"""Seconds in which another homeserver answers ours, or is taken for silent."""
SILENT = "its server does not answer"


async def leads(server: Homeserver, aliases: Iterable[str], own: str) -> dict[str, Lead]:
    wanted = list(dict.fromkeys(aliases))
    found = await asyncio.gather(*(lead(server, alias, own) for alias in wanted))
    return dict(zip(wanted, found, strict=True))


async def lead(server: Homeserver, alias: str, own: str) -> Lead:
    """`own`: the name of our homeserver, which is believed."""
    try:
        target = path("directory", "room", alias)
        answer = await server.call("alias", "GET", target, timeout=PATIENCE)
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        return Lead(silence=f"it leads nowhere ({error.code})")
    except Unreachable as error:
        if error.status is None and server_of(alias) == own:
            raise
        return Lead(silence=SILENT)
    except NotAHomeserver:
        return Lead(silence=SILENT)
    room = answer.get("room_id")
    if not isinstance(room, str):
        return Lead(silence=SILENT)
    fault = None if server_of(alias) == own else await _fault(server, alias, room)
    return Lead(room, lie=fault)


async def _fault(server: Homeserver, alias: str, room: str) -> str | None:
    theirs = server_of(alias)
    told = await _summary(server, room, theirs)
    if told and told.get("room_type") != "m.space":
        return "it leads to a room that is no space"
    if server_of(room) == theirs or server_of(str(told.get("canonical_alias", ""))) == theirs:
        return None  # made there, or its admins call it so
    if not told:
        return f"nobody can see whether it leads to a space of {theirs}"
    return f"it leads to a space that does not call itself one of {theirs}"


async def _summary(server: Homeserver, room: str, via: str) -> Mapping[str, Any]:
    """§ Room summary; empty where nobody tells."""
    target = f"/_matrix/client/v1/room_summary/{quote(room, safe='')}"
    try:
        return await server.call("summary", "GET", target, query={"via": via}, timeout=PATIENCE)
    except (RateLimited, TokenRevoked):
        raise
    except (MatrixError, Unreachable, NotAHomeserver):
        return {}
