"""What somebody's device may do to the encryption between her and an office."""

from __future__ import annotations

import asyncio
import base64
import secrets

from bots.lab.people.client import Json
from bots.lab.people.person import Person
from tests.chaos.witness import Witness


async def break_session(person: Witness, user: str) -> None:
    """Send each of the user's devices a message that its Olm session can't open."""
    olm = person._keys._olm
    messages: dict[str, Json] = {}
    for device in olm.device_store.active_user_devices(user):
        session = olm.session_store.get(device.curve25519)
        content = olm._olm_encrypt(session, device, "m.dummy", {})
        sealed = content["ciphertext"][device.curve25519]
        raw = bytearray(base64.b64decode(sealed["body"] + "=="))
        raw[-1] ^= 1
        sealed["body"] = base64.b64encode(raw).decode().rstrip("=")
        messages[device.device_id] = content
    await to_device(person, user, messages)


async def to_device(person: Witness, user: str, messages: dict[str, Json]) -> None:
    path = f"/sendToDevice/m.room.encrypted/{secrets.token_hex(16)}"
    await person.homeserver.call("PUT", path, {"messages": {user: messages}})


async def claim(person: Witness, user: str, number: int) -> int:
    """Use up the one-time keys of the user's devices, as so many strangers would; how many of
    them got a key."""
    await person._keys.know({user})
    devices = person._keys._devices.of(user) or []
    wanted = {user: {device.device_id: "signed_curve25519" for device in devices}}
    answers = await asyncio.gather(
        *(
            person.homeserver.call("POST", "/keys/claim", {"one_time_keys": wanted})
            for _ in range(number)
        )
    )
    return sum(bool(answer["one_time_keys"].get(user)) for answer in answers)


def forget_sessions(person: Witness, user: str) -> None:
    """Lose the Olm sessions with a user's devices, so that the next message claims a key."""
    olm = person._keys._olm
    for device in olm.device_store.active_user_devices(user):
        olm.session_store._entries.pop(device.curve25519, None)


def new_room_key(person: Person, room_id: str) -> None:
    """Let the next message go out under a new key."""
    person._keys._readers.pop(room_id, None)
