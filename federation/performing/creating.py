"""A room of ours: made once, whatever happened on the way, and used only when it is whole.

Theory of operation: a room is asked for under an alias that is derived from the action. A
homeserver registers the alias first, then makes the room event by event, its encryption among the
last, and invites at the end. So if the alias is in use, the room may be whole; or still in the
making, by a request of ours whose answer we lost; or never be made, because the homeserver went
down. What is not whole is waited for, and given up after a while for another one.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from federation.client.homeserver import path, told
from federation.client.profile import upload
from federation.model.actions import CreateRoom
from federation.model.errors import (
    MatrixError,
    PlaintextRefused,
    RateLimited,
    TokenRevoked,
    Unreachable,
)
from federation.model.ports import MARK
from federation.model.rooms import Room
from federation.syncing.session import Session

HALF_MADE = 60.0
"""Seconds after which nobody is making a room any more that is not whole."""


class Creating:
    """Makes rooms, and goes on with those that are half made."""

    def __init__(
        self,
        session: Session,
        observe: Callable[[str], Awaitable[Room]],
        invite: Callable[[str, str], Awaitable[Any]],
    ) -> None:
        """`observe(room)`: the room as the homeserver has it; `invite(room, user)`."""
        self._session = session
        self._server = session.server
        self._observe = observe
        self._invite = invite
        self._unfinished: dict[str, float] = {}
        """Path of an alias → when its room was first seen not to be whole."""

    async def create(self, action: CreateRoom, action_id: str) -> str:
        """The room's id. Raises Unreachable while it is not whole."""
        alias = f"buendnis-{action_id}"
        body = _room_body(action, alias, action_id)
        if action.picture and (address := await upload(self._server, action.picture)):
            picture = {"type": "m.room.avatar", "content": {"url": address}}
            body["initial_state"].append(picture)
        try:
            answer = await self._server.call("createRoom", "POST", path("createRoom"), body)
        except MatrixError as error:
            # 409: two requests for it met; the other one goes on.
            if error.code != "M_ROOM_IN_USE" and error.status != 409:
                raise
            return await self._find(action, alias)
        room_id = told(answer, "room_id")
        room = await self._observe(room_id)
        if room.power_levels is None:  # a proxy's answer; no room is without
            raise Unreachable("the state of a new room could not be read")
        if not _is_whole(room, action):
            raise PlaintextRefused("the homeserver made a room without the encryption we asked for")
        return room_id

    async def _find(self, action: CreateRoom, alias: str) -> str:
        target = path("directory", "room", f"#{alias}:{self._session.account.partition(':')[2]}")
        room_id = told(await self._server.call("alias", "GET", target), "room_id")
        room = await self._look(room_id)
        if room is None or not _is_whole(room, action):
            await self._wait(target, None if room is None else room_id)
            raise Unreachable("a room is still in the making")
        self._unfinished.pop(target, None)
        for user in action.invite:
            if user not in room.members:
                await self._invite(room_id, user)
        return room_id

    async def _look(self, room_id: str) -> Room | None:
        """None: we are not even in it."""
        try:
            return await self._observe(room_id)
        except (RateLimited, TokenRevoked):
            raise
        except MatrixError:
            return None

    async def _wait(self, alias: str, room_id: str | None) -> None:
        """After a while take the alias back, so that the next attempt makes another room."""
        began = self._unfinished.setdefault(alias, time.monotonic())
        if time.monotonic() - began < HALF_MADE:
            return
        if room_id is not None:
            await self._server.call("leave", "POST", path("rooms", room_id, "leave"), {})
        await self._server.call("alias/delete", "DELETE", alias)
        del self._unfinished[alias]


def _is_whole(room: Room, action: CreateRoom) -> bool:
    """All that a homeserver makes at once is there; only invitations may be missing."""
    return room.power_levels is not None and (room.encrypted or not action.encrypted)


def _room_body(action: CreateRoom, alias: str, action_id: str) -> dict[str, Any]:
    # Else the homeserver would make the alias, a string of digits, the name that people read.
    state: list[dict[str, Any]] = [{"type": "m.room.canonical_alias", "content": {}}]
    state += [dict(event) for event in action.initial_state]
    if action.encrypted:
        algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
        state.append({"type": "m.room.encryption", "state_key": "", "content": algorithm})
    body: dict[str, Any] = {
        "room_alias_name": alias,
        "preset": action.preset,
        "visibility": "private",
        "invite": list(action.invite),
        "initial_state": state,
        "creation_content": {"m.federate": action.federate, MARK: action_id},
        "is_direct": action.direct,
    }
    optional = {
        "name": action.name,
        "topic": action.topic,
        "room_version": action.room_version,
        "power_level_content_override": dict(action.power_levels),
    }
    return body | {key: value for key, value in optional.items() if value}
