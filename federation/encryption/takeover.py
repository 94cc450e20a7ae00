"""New keys for a device whose store was lost, where the account has nothing but its token.

What was encrypted for the device can't be opened any more, and clients that have seen it keep to
its old keys. An account that is in no encrypted room has neither: there the device goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.client.sync import events_of, section
from federation.model.shapes import mapping

ENCRYPTION = ["m.room.encryption"]
MOST = 1000
"""One-time keys that a homeserver may hold for a device; Synapse: 500."""


async def is_in_encrypted_room(server: Homeserver) -> bool:
    """Whether a room that the account is in, or invited to, is encrypted."""
    nothing: dict[str, Any] = {"types": []}
    only = {
        "room": {
            "state": {"types": ENCRYPTION},
            "timeline": {"types": ENCRYPTION, "limit": 1},
            "ephemeral": nothing,
            "account_data": nothing,
        },
        "presence": nothing,
        "account_data": nothing,
    }
    query = {"filter": json.dumps(only), "timeout": "0", "set_presence": "offline"}
    answer = await server.call("encrypted rooms", "GET", path("sync"), query=query)
    parts = [("join", "state"), ("join", "timeline"), ("invite", "invite_state")]
    return any(
        event.get("type") in ENCRYPTION
        for name, part in parts
        for room in section(answer, name).values()
        for event in events_of(room, part)
    )


async def use_up_keys(server: Homeserver, account: str, device_id: str) -> None:
    """Claim the device's one-time keys ourselves, lest somebody uses one that nobody holds."""
    body = {"one_time_keys": {account: {device_id: "signed_curve25519"}}}
    for _ in range(MOST):
        answer = await server.call("keys/claim", "POST", path("keys", "claim"), body)
        claimed = mapping(mapping(answer.get("one_time_keys")).get(account)).get(device_id)
        if not any(_is_one_time(key) for key in mapping(claimed).values()):
            return


def _is_one_time(key: object) -> bool:
    return isinstance(key, Mapping) and key.get("fallback") is not True
