"""Rooms as tests need them."""

from __future__ import annotations

from bots.lab.people.client import Json
from bots.lab.people.person import Person

KNOCK = {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}
ENCRYPTED = {
    "type": "m.room.encryption",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


async def make_room(
    owner: Person, bot: str, *state: Json, space: bool = False, invite: tuple[str, ...] = ()
) -> str:
    """A room as the creator account makes it: the bot moderates it."""
    levels = {"users": {bot: 100}, "invite": 50}
    answer = await owner.homeserver.call(
        "POST",
        "/createRoom",
        {
            "preset": "private_chat",
            "invite": [bot, *invite],
            "initial_state": list(state),
            "creation_content": {"type": "m.space"} if space else {},
            "power_level_content_override": levels,
        },
    )
    return str(answer["room_id"])
