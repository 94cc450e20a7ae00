"""Handles → ids: of rooms that are being made, and of aliases on other servers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from federation.model.actions import Handle, Ref
from federation.model.network import Key
from federation.spaces.applying.requests import NotMade, Refused, Requests
from federation.spaces.state import PICTURE


class References:
    """Gives the ids of rooms once they are known, to whoever waits for them."""

    def __init__(
        self,
        requests: Requests,
        ids: Mapping[Key, Ref],
        pictures: MutableMapping[str, str],
        server: str,
    ) -> None:
        """`pictures`: where those are that were uploaded, by name; added to. `server`: the name of
        our homeserver."""
        self._server = server
        self._requests = requests
        self._pictures = pictures
        self._uploading = asyncio.Lock()
        self._known = {key: str(ref) for key, ref in ids.items() if not isinstance(ref, Handle)}
        self._awaited: dict[str, asyncio.Future[str]] = {}

    def made(self, key: Key, room_id: str) -> None:
        self._known[key] = room_id
        self._future(key).set_result(room_id)

    def failed(self, key: Key) -> None:
        """Tell those who wait for a room that there will be none."""
        self._future(key).cancel()

    def _future(self, name: str) -> asyncio.Future[str]:
        loop = asyncio.get_running_loop()
        return self._awaited.setdefault(name, loop.create_future())

    async def id(self, ref: Ref) -> str:
        """Raises Refused."""
        if not isinstance(ref, Handle):
            return str(ref)
        if ref.startswith(PICTURE):
            return await self._of_picture(ref.removeprefix(PICTURE))
        if str(ref) in self._known:
            return self._known[str(ref)]
        if ref.startswith("#"):
            return await self._of_alias(str(ref))
        return await self._of_room(str(ref))

    async def _of_room(self, key: Key) -> str:
        future = self._future(key)
        await asyncio.wait({future})
        if future.cancelled():
            raise NotMade(f"waits for {key}, which could not be made")
        return future.result()

    async def _of_picture(self, name: str) -> str:
        """Empty where the homeserver takes none: a room does without."""
        async with self._uploading:
            if name not in self._pictures:
                self._pictures[name] = await self._requests.upload(name)
        return self._pictures[name]

    async def _of_alias(self, alias: str) -> str:
        found = await self._requests.lead(alias, self._server)
        if found.room is None:
            raise Refused(
                f"{alias}: {found.silence}: check `space:`, and that its server answers this one"
            )
        if found.lie or found.room in self._known.values():
            raise Refused(f"{alias}: {found.lie or 'it leads to a room that is linked already'}")
        self._known[alias] = found.room
        return found.room

    def ids(self, fallback: Mapping[Key, Ref]) -> dict[Key, Ref]:
        """Every id that is known by now."""
        return {key: self._known.get(key, ref) for key, ref in fallback.items()}

    async def resolved(self, content: Any) -> Any:
        """A content in which every handle is replaced by its id. Raises Refused."""
        known = {handle: await self.id(handle) for handle in set(handles(content))}
        return replaced(content, known)


def handles(value: Any) -> Iterable[Handle]:
    """Every handle in a content."""
    if isinstance(value, Handle):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from handles(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from handles(inner)


def replaced(value: Any, known: Mapping[Handle, str]) -> Any:
    """A content in which every handle is replaced by what is known for it."""
    if isinstance(value, Handle):
        return known[value]
    if isinstance(value, Mapping):
        return {replaced(key, known): replaced(inner, known) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(inner, known) for inner in value]
    return value
