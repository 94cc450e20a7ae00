"""What a sync is asked for (§ Filtering). Apart from `sync`: what bots declare needs no HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from federation.model.translate import SAID

TIMELINE_LIMIT = 100
STATE_TYPES = (
    "m.room.create",
    "m.room.member",
    "m.room.encryption",
    "m.room.power_levels",
    "m.room.join_rules",
    "m.room.server_acl",
    "m.room.tombstone",
    "m.space.parent",
)


@dataclass(frozen=True, slots=True)
class Interests:
    """What an account's rooms are asked for: no more than its bots need."""

    types: tuple[str, ...] = SAID
    rooms: tuple[str, ...] | None = None
    """Room ids; None: every room that the account is in."""
    members: bool = True
    """Whether rules look at who is in a room."""
    devices: bool = False
    """Whether rules want to hear of changes of people's devices."""
    receipts: bool = False
    """Whether rules want to hear of what people's clients have shown them (`Shown`), in rooms of
    few."""
    undone: bool = False
    """Whether rules want to hear of redactions in our own name, which others may have made."""
    names: bool = False
    """Whether rules look at how people call themselves, in rooms of few."""
    recent: int = 0
    """How many messages are remembered, in memory, for rules that ask what they say (`AskNow`)."""
    overheard: Callable[[], Collection[str]] = frozenset
    """Ids of rooms in which only state concerns the account: what people say there is dropped as
    it comes. A filter can't ask for types by room (§ Filtering)."""

    def filter(self) -> str:
        """As JSON for the `filter` parameter (§ Filtering)."""
        nothing: dict[str, Any] = {"types": []}
        room: dict[str, Any] = {
            "timeline": {"limit": TIMELINE_LIMIT, "types": [*self.types, *STATE_TYPES]},
            # Members come by `/members` once and by timelines from then on. Lazily loaded, our own
            # membership would come with each echo of ours, and Synapse would report our devices
            # as changed each time: a look at everybody's devices before every message.
            "state": {"types": [kind for kind in STATE_TYPES if kind != "m.room.member"]},
            "ephemeral": {"types": ["m.receipt"]} if self.receipts else nothing,
            "account_data": nothing,
        }
        if self.rooms is not None:
            room["rooms"] = list(self.rooms)
        return json.dumps(
            {"room": room, "presence": nothing, "account_data": nothing},
            separators=(",", ":"),
        )
