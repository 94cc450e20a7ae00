"""An account that people find by its name in the search of their clients.

A homeserver's directory of users lists who is in a room that all the world can read; elsewhere a
newcomer finds only those with whom she shares one (Synapse, `user_directory`). Were one of the
network's rooms readable, everybody in it would be listed. So the account is in a room of its own,
alone: nobody else can be asked in, and nobody but an admin of its server can be found through it.
"""

from __future__ import annotations

import logging
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.model.errors import MatrixError, RateLimited, TokenRevoked

log = logging.getLogger(__name__)

_NOBODY = {"invite": 101, "kick": 101, "ban": 101, "events_default": 101, "state_default": 101}


async def be_found(server: Homeserver, user: str, name: str | None) -> None:
    """See to it that there is such a room. Where the homeserver allows none it is left: nothing
    depends on it, and the whole id is always found."""
    try:
        await server.call("createRoom", "POST", path("createRoom"), _room(user, name))
    except (RateLimited, TokenRevoked):
        raise
    except MatrixError as error:
        if error.code != "M_ROOM_IN_USE":
            log.warning("the homeserver lets the account not be found by name (%s)", error.code)


def _room(user: str, name: str | None) -> dict[str, Any]:
    state = {
        "m.room.canonical_alias": {},
        "m.room.history_visibility": {"history_visibility": "world_readable"},
        "m.room.guest_access": {"guest_access": "forbidden"},
        "m.room.join_rules": {"join_rule": "invite"},
    }
    return {
        "room_alias_name": f"buendnis-findable-{user.removeprefix('@').partition(':')[0]}",
        "name": name or "",
        "preset": "private_chat",
        "visibility": "private",
        "creation_content": {"m.federate": False},
        "power_level_content_override": _NOBODY,
        "initial_state": [{"type": x, "state_key": "", "content": y} for x, y in state.items()],
    }
