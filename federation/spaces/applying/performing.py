"""One step → requests. Each can be repeated: what was done already counts as done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from federation.client.homeserver import path
from federation.model.actions import Invite, SetState
from federation.model.errors import MatrixError, TokenRevoked
from federation.model.network import Room
from federation.spaces.applying.references import References
from federation.spaces.applying.requests import Refused, Requests
from federation.spaces.planning import diff
from federation.spaces.planning.plan import Plan
from federation.spaces.seen import Seen
from federation.spaces.state import AVATAR, creation
from federation.spaces.steps import BringAlong, List, MakeRoom, PointAlias, Step, Unlink

PRESENT = ("invite", "join")
LOOKS = (0.0, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each look for a room that may still be in the making."""


class Performer:
    """Carries out one step of a plan after the other."""

    def __init__(self, requests: Requests, references: References, plan: Plan) -> None:
        self._requests = requests
        self._references = references
        self._plan = plan
        self._methods: dict[type, Callable[[Any], Awaitable[None]]] = {
            MakeRoom: self._make,
            SetState: self._set_state,
            Invite: self._invite,
            BringAlong: self._bring_along,
            PointAlias: self._point,
            List: self._list,
            Unlink: self._unlink,
        }

    async def perform(self, step: Step) -> None:
        """Raises Refused, TokenRevoked, Unreachable."""
        try:
            await self._methods[type(step)](step)
        except TokenRevoked:
            raise
        except MatrixError as error:
            said = error.answer.get("error")
            raise Refused(f"{error}: {said}" if isinstance(said, str) else str(error)) from None

    # -- making a room -------------------------------------------------------------------------

    async def _make(self, step: MakeRoom) -> None:
        room, layout = step.room, self._plan.layout
        try:
            body = await self._references.resolved(creation(room, self._plan.ids, layout))
            body["initial_state"] = [x for x in body["initial_state"] if not _is_empty(x)]
            room_id, rest = await self._create(room, body)
        except BaseException:
            self._references.failed(room.key)
            raise
        self._references.made(room.key, room_id)
        await self._all(rest)

    async def _create(self, room: Room, body: dict[str, Any]) -> tuple[str, Sequence[Step]]:
        """The room, and what is left to do in it."""
        try:
            return await self._created(body), ()
        except MatrixError as error:
            if error.code == "M_ROOM_IN_USE":
                return await self._found(room, body)
            if error.status not in (400, 403) or not body["invite"]:
                raise
        # Homeservers refuse more invitations at once than they like; one by one they go out.
        room_id, rest = await self._create(room, {**body, "invite": []})
        return room_id, [*rest, *(Invite(room_id, user) for user in body["invite"])]

    async def _created(self, body: Mapping[str, Any]) -> str:
        return str((await self._requests.post("createRoom", path("createRoom"), body))["room_id"])

    async def _found(self, room: Room, body: dict[str, Any]) -> tuple[str, Sequence[Step]]:
        """The alias is taken: by an earlier attempt of ours, which may have been stopped."""
        layout = self._plan.layout
        alias = f"{room.words.alias}:{layout.server}"
        room_id = await self._leads_to(alias)
        there = await self._look(room_id)
        if there is None:
            await self._free(alias)
            return await self._created(body), ()
        if there.maker != layout.creator or there.replacement is not None:
            raise Refused(f"{alias} is the address of another room; {_CHOOSE}")
        if there.mark is not None and there.mark.key != room.key:
            raise Refused(f"{alias} is the address of our {there.mark.key}; {_CHOOSE}")
        ids = self._references.ids(self._plan.ids) | {room.key: room_id}
        return room_id, [change.step for change in diff.changes(room, there, ids, layout)]

    async def _leads_to(self, alias: str) -> str:
        answer = await self._requests.get("alias", path("directory", "room", alias))
        return str(answer["room_id"])

    async def _look(self, room_id: str) -> Seen | None:
        """The room; None if we are not in it, even after a while."""
        for pause in LOOKS:
            await asyncio.sleep(pause)
            try:
                there = await self._requests.room(room_id)
            except MatrixError as error:
                if error.status not in (403, 404):
                    raise
                continue
            # Those who have left are shown the room as it was then.
            return there if there.membership(self._plan.layout.creator) == "join" else None
        return None

    async def _free(self, alias: str) -> None:
        """Take back an alias of ours that leads to a room which is no more, or never came to be.
        The homeserver lets nobody take back another's."""
        try:
            await self._requests.delete("delete alias", path("directory", "room", alias))
        except MatrixError as error:
            raise Refused(
                f"{alias} is the address of a room that is not ours ({error.code}); {_CHOOSE}"
            ) from None

    async def _all(self, steps: Sequence[Step]) -> None:
        """Every step, even after one that is refused; then what was refused, if anything."""
        refused: list[str] = []
        for step in steps:
            try:
                await self.perform(step)
            except Refused as error:
                refused.append(str(error))
        if refused:
            raise Refused("; ".join(refused))

    # -- changing a room -----------------------------------------------------------------------

    async def _set_state(self, step: SetState) -> None:
        room_id = await self._references.id(step.room)
        state_key = await self._references.id(step.state_key)
        content = await self._references.resolved(step.content)
        if _is_empty({"type": step.type, "content": content}):
            raise Refused("the homeserver takes no pictures")
        target = path("rooms", room_id, "state", step.type, state_key)
        await self._requests.put("put state", target, content)

    async def _invite(self, step: Invite) -> None:
        room_id = await self._references.id(step.room)
        target = path("rooms", room_id, "invite")
        try:
            await self._requests.post("invite", target, {"user_id": step.user})
        except MatrixError as error:
            if error.status != 403 or await self._membership(room_id, step.user) not in PRESENT:
                raise Refused(f"{step.user} could not be invited ({error.code})") from None
        except Refused as error:
            raise Refused(f"{step.user} could not be invited: {error}") from None

    async def _bring_along(self, step: BringAlong) -> None:
        await self._all([Invite(step.room, user) for user in step.users])

    async def _membership(self, room_id: str, user: str) -> str:
        target = path("rooms", room_id, "state", "m.room.member", user)
        try:
            answer = await self._requests.get("membership", target)
        except MatrixError:
            return "leave"
        return str(answer.get("membership"))

    async def _point(self, step: PointAlias) -> None:
        room_id = await self._references.id(step.room)
        target = path("directory", "room", step.alias)
        try:
            await self._requests.put("put alias", target, {"room_id": room_id})
        except MatrixError as error:
            if error.status != 409 or await self._leads_to(step.alias) != room_id:
                raise Refused(f"{step.alias} is the address of another room; {_CHOOSE}") from None
        await self._set_state(step.content)

    async def _list(self, step: List) -> None:
        room_id = await self._references.id(step.room)
        target = path("directory", "list", "room", room_id)
        try:
            await self._requests.put("list", target, {"visibility": _VISIBILITY[step.listed]})
        except MatrixError as error:
            if error.status != 403:
                raise
            raise Refused(_NOT_LISTED) from None

    async def _unlink(self, step: Unlink) -> None:
        child = await self._references.id(step.link.state_key)
        if step.unless is None or await self._references.id(step.unless) != child:
            await self._set_state(step.link)


def _is_empty(event: Mapping[str, Any]) -> bool:
    """A picture that could not be uploaded."""
    return event["type"] == AVATAR and not event["content"]["url"]


_VISIBILITY = {True: "public", False: "private"}
_NOT_LISTED = (
    "the homeserver shows no room of this account in its public list; allow it in Synapse's "
    "room_list_publication_rules, or write `listed: false` under `network:`"
)
_CHOOSE = "choose another alias or id in the YAML, or take that one back"
