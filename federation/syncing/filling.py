"""Making a sync whole: members of new rooms, gaps in timelines, and where a new room begins."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence

from federation.client import sync
from federation.client.homeserver import Homeserver
from federation.client.interests import Interests
from federation.client.sync import JoinedRoom
from federation.model import rooms
from federation.model.errors import MatrixError, RateLimited, TokenRevoked
from federation.model.ports import RawEvent, Transactor
from federation.model.rooms import Room

log = logging.getLogger(__name__)

Known = Mapping[str, Room]
"""Rooms by id, as the store knew them before this sync."""


class Filling:
    """Fetches what a sync left out, before its token is kept."""

    def __init__(
        self, server: Homeserver, store: Transactor, account: str, interests: Interests
    ) -> None:
        self._server = server
        self._store = store
        self._account = account
        self._interests = interests

    async def known(self, joined: Sequence[JoinedRoom]) -> Known:
        names = [room.room_id for room in joined]
        if not names:
            return {}
        return await self._store.run(
            "rooms", lambda vault: {name: rooms.load(vault, self._account, name) for name in names}
        )

    def lacks(self, room: JoinedRoom, known: Known) -> bool:
        """Whether something has to be fetched before it can be taken in."""
        before = known[room.room_id]
        members = self._interests.members and not before.members_known
        return members or not before.joined or room.prev_batch is not None

    async def complete(self, joined: Sequence[JoinedRoom], known: Known) -> None:
        """Fetch the members of rooms that we have just come into."""
        if not self._interests.members:
            return
        for room in joined:
            before = known[room.room_id]
            if not before.members_known:
                space = before.space or room.space
                room.members = await sync.members(self._server, room.room_id, gone=space)

    async def gaps(
        self, joined: Sequence[JoinedRoom], known: Known, token: str
    ) -> AsyncIterator[tuple[str, list[RawEvent]]]:
        """What lies between our token and each timeline, room by room and page by page, oldest
        first. Timelines of rooms that are new to us are made to begin where they begin for us."""
        for room in joined:
            try:
                if not known[room.room_id].joined:
                    await self._begin(room, known[room.room_id].invited, token)
                elif room.prev_batch is not None:
                    async for page in self._since(room, token):
                        yield room.room_id, page
            except (RateLimited, TokenRevoked):
                raise
            except MatrixError as error:
                # We were removed from the room meanwhile, or it was deleted.
                log.warning("a gap in a room could not be filled: %s", error)

    def _since(self, room: JoinedRoom, token: str) -> AsyncIterator[list[RawEvent]]:
        until, types = room.prev_batch, self._interests.types
        return sync.between(self._server, room.room_id, token, until, types)

    async def _begin(self, room: JoinedRoom, invited: bool, token: str) -> None:
        """A room that is new to us; its timeline may begin long before that, or after."""
        found = list(room.timeline)
        begin = sync.beginning(found, self._account, invited)
        if begin is None:
            # If we may not look further back: from our joining, or all that came after it.
            room.keep(found[sync.beginning(found, self._account, invited=False) or 0 :])
            found = await self._further_back(room, found, invited, token)
            begin = sync.beginning(found, self._account, invited)
        if begin is None:
            begin = sync.beginning(found, self._account, invited=False)
        # A room in which we never joined is one that our filter kept from us until now.
        room.keep(found[begin or 0 :])

    async def _further_back(
        self, room: JoinedRoom, found: list[RawEvent], invited: bool, token: str
    ) -> list[RawEvent]:
        if not invited:
            return [event async for page in self._since(room, token) for event in page] + found
        if room.prev_batch is None:
            return found
        types = self._interests.types
        async for page in sync.back(self._server, room.room_id, room.prev_batch, types):
            found = [*reversed(page), *found]
            if sync.beginning(found, self._account, invited) is not None:
                break
        return found
