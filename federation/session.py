"""One account on its homeserver: logged in, trusted, syncing with a token of its own.

A sync is taken in as one transaction: key material, rooms, inbox and token together. A token that
was stored means that everything before it is in the inbox.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

from federation import recovery, rooms, sync
from federation.encryption.machine import Machine
from federation.encryption.sharing import Sharing
from federation.errors import FederationError, NotAHomeserver, RateLimited, Unreachable
from federation.homeserver import Homeserver, path
from federation.intake import Intake
from federation.login import Credentials, Login, forget_lost_devices, log_in
from federation.ports import Ledger, RawEvent, Transactor
from federation.sync import Interests, JoinedRoom
from federation.trust import CrossSigning, Trust

log = logging.getLogger(__name__)

LONG_POLL_MS = 30_000
PATIENCE = 30.0
"""Seconds between attempts while the homeserver is away, at most."""


class Session:
    def __init__(
        self,
        credentials: Credentials,
        server: Homeserver,
        store: Transactor,
        *,
        interests: Interests,
        secret: Callable[[str], bytes],
        now: Callable[[], float],
    ) -> None:
        """`secret(purpose)`: 32 bytes that outlive the store; `now`: seconds since the epoch."""
        self.account = credentials.user
        self.server = server
        self.store = store
        self.synced = asyncio.Event()
        """Set once a sync was taken in since the start: echoes of earlier work are known."""
        self.received_at: float = 0.0
        self._credentials = credentials
        self._interests = interests
        self._secret = secret
        self._now = now
        self.received: Callable[[], None] = lambda: None
        """Called after something was put into the inbox."""
        self._away = 0

    async def open(self) -> None:
        """Log in and bring the account's keys into order.

        Raises Unreachable, NotAHomeserver, TooOld, LoginRefused, TokenRevoked, DeviceLost,
        NotTrusted.
        """
        await self.server.check_version()
        login = await log_in(self.server, self.store, self._credentials)
        self.account = login.user_id
        await self._equip(login.device_id)
        await self.trust.establish()
        await self._after_login(login)

    async def _equip(self, device_id: str) -> None:
        self.machine = await self.store.run(
            "machine", lambda vault: Machine.open(vault, self.account, device_id)
        )
        self.sharing = Sharing(self.machine, self.server, self.store)
        self.trust = Trust(
            self.machine,
            self.server,
            self.store,
            CrossSigning(self.account, lambda usage: self._secret(f"{usage} {self.account}")),
            self._credentials.secret_word,
            self._now,
        )
        self._intake = Intake(self.account, self.machine)

    async def _after_login(self, login: Login) -> None:
        if login.fresh:
            await forget_lost_devices(self.server, self._credentials, login.device_id)
        name = self._credentials.display_name
        if login.fresh and name is not None:
            target = path("profile", self.account, "displayname")
            await self.server.call("displayname", "PUT", target, {"displayname": name})

    @property
    def reachable(self) -> bool:
        """Whether the homeserver answered when it was last asked."""
        return self._away == 0 and self.synced.is_set()

    # -- the loop ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sync until cancelled. Outages are sat out; raises TokenRevoked and programming errors."""
        while True:
            try:
                await self.sync_once(LONG_POLL_MS if self.synced.is_set() else 0)
                self._back()
                await self.trust.maintain()
                await self.sharing.mend()
            except RateLimited as error:
                await asyncio.sleep(error.retry_after or 1.0)
            except (Unreachable, NotAHomeserver) as error:
                await self._wait(error)

    def _back(self) -> None:
        if self._away:
            log.info("the homeserver is back")
        self._away = 0
        self.synced.set()

    async def _wait(self, error: FederationError) -> None:
        if self._away == 0:
            log.warning("%s", error)
        self._away += 1
        pause = min(PATIENCE, 0.25 * 2 ** min(self._away, 10))
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311

    async def sync_once(self, timeout_ms: int) -> None:
        token = await self.store.run("token", self._token)
        if token is None:
            await self._begin()
            return
        answer = await sync.fetch(self.server, self._interests, token, timeout_ms)
        joined = sync.joined_rooms(answer)
        await self._complete(joined)
        gaps = await self._fill(joined, answer, token)
        await self._take(lambda ledger: self._commit(ledger, answer, joined, token, not gaps))

    def _token(self, ledger: Ledger) -> str | None:
        found = ledger.read("sync token", self.account)
        return None if found is None else found.decode()

    async def _take(self, work: Callable[[Ledger], None]) -> None:
        """One transaction of sync; if it fails, memory goes back to what the store holds."""
        try:
            await self.store.run("sync", work)
        except BaseException:
            await self._equip(self.machine.device_id)
            raise
        self.received_at = self._now()
        self.received()

    def _commit(
        self,
        ledger: Ledger,
        answer: Mapping[str, Any],
        joined: list[JoinedRoom],
        token: str,
        with_keys: bool,
    ) -> None:
        if with_keys:
            self._intake.keys(ledger, answer)
        for room in joined:
            self._intake.joined(ledger, room)
        parts = answer.get("rooms", {})
        for room_id, invited in parts.get("invite", {}).items():
            self._intake.invited(ledger, room_id, invited, token)
        for room_id, left in parts.get("leave", {}).items():
            self._intake.left(ledger, room_id, left)
        ledger.write("sync token", self.account, str(answer["next_batch"]).encode())

    # -- making a sync whole -------------------------------------------------------------------

    async def _complete(self, joined: list[JoinedRoom]) -> None:
        """Fetch the members of rooms that we have just come into."""
        if not self._interests.members:
            return
        for room in joined:
            known = await self._known(room.room_id)
            if not known.members_known:
                room.members = await sync.members(self.server, room.room_id)

    async def _known(self, room_id: str) -> rooms.Room:
        return await self.store.run("room", lambda vault: rooms.load(vault, self.account, room_id))

    async def _fill(self, joined: list[JoinedRoom], answer: Mapping[str, Any], token: str) -> bool:
        """Take in what lies between our token and each timeline, page by page, oldest first."""
        gaps = [(room, room.prev_batch) for room in joined if room.prev_batch is not None]
        if not gaps:
            return False
        await self._take(lambda ledger: self._intake.keys(ledger, answer))
        for room, prev_batch in gaps:
            if (await self._known(room.room_id)).joined:
                await self._fill_forward(room.room_id, token, prev_batch)
            else:
                await self._fill_to_invitation(room.room_id, prev_batch)
        return True

    async def _fill_forward(self, room_id: str, token: str, prev_batch: str) -> None:
        types = self._interests.types
        async for page in sync.between(self.server, room_id, token, prev_batch, types):
            await self._take_gap(room_id, page)

    async def _fill_to_invitation(self, room_id: str, prev_batch: str) -> None:
        """A room we have just joined: what was said since we were asked in is meant for us."""
        found: list[RawEvent] = []
        async for page in sync.back(self.server, room_id, prev_batch, self._interests.types):
            for event in page:
                found.append(event)
                if self._is_invitation(event):
                    break
            else:
                continue
            break
        await self._take_gap(room_id, list(reversed(found)))

    def _is_invitation(self, event: RawEvent) -> bool:
        return (
            event.get("type") == "m.room.member"
            and event.get("state_key") == self.account
            and event.get("content", {}).get("membership") == "invite"
        )

    async def _take_gap(self, room_id: str, events: list[RawEvent]) -> None:
        await self._take(lambda ledger: self._intake.gap(ledger, room_id, events))

    # -- the first sync of a store -------------------------------------------------------------

    async def _begin(self) -> None:
        """No token: a new account, or a lost store (`federation.recovery`)."""
        mark = await recovery.read_mark(self.server, self.account)
        answer = await sync.fetch(self.server, self._interests, None, 0)
        joined = sync.joined_rooms(answer)
        await self._complete(joined)
        for room in joined:
            await self._read_back(room, mark)
        if mark is None:
            await self.mark_handled()
        await self._take(lambda ledger: self._commit(ledger, answer, joined, "", True))

    async def _read_back(self, room: JoinedRoom, mark: int | None) -> None:
        types = self._interests.types
        if mark is None:
            room.timeline = [event for event in room.timeline if "state_key" in event]
            room.timeline = [e for e in room.timeline if e.get("type") != "m.room.member"]
            return
        if room.prev_batch is not None:
            earlier = await recovery.since_mark(
                self.server, room.room_id, room.prev_batch, mark, types
            )
            room.timeline = [*earlier, *room.timeline]
        room.timeline = [e for e in room.timeline if recovery.is_due(e, mark, self.account)]

    async def mark_handled(self) -> None:
        """Note on the homeserver that everything received so far was handled."""
        at = self.received_at or self._now()
        await recovery.write_mark(self.server, self.account, int(at * 1000))
