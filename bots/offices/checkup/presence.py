"""Whether a bot of the network is in the rooms that it serves."""

from __future__ import annotations

from collections.abc import Collection

from bots.offices.checkup.finding import Finding, fault, ok
from federation.client.homeserver import path
from federation.syncing.session import Session

CHECK = "present"


async def presence(session: Session, rooms: Collection[str]) -> list[Finding]:
    answer = await session.server.call("joined_rooms", "GET", path("joined_rooms"))
    joined = answer.get("joined_rooms")
    inside = len(set(rooms) & {*(joined if isinstance(joined, list) else ())})
    told = f"in {inside} of the {len(rooms)} rooms that it serves"
    if inside == len(rooms):
        return [ok(CHECK, told)]
    remedy = (
        "`buendnis apply` invites it, and `buendnis reload` has it try again; what is refused for "
        "good is set aside and named in the log."
    )
    return [fault(CHECK, told, remedy)]
