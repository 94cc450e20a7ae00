"""One account on its homeserver: logged in, trusted, syncing with a token of its own.

A sync is taken in as one transaction: key material, rooms, inbox and token together. A token that
was stored means that everything before it is in the inbox.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from federation.client import sync
from federation.client.finding import be_found
from federation.client.homeserver import Homeserver
from federation.client.interests import Interests
from federation.client.login import Credentials, forget_lost_devices, log_in
from federation.client.outage import Outage, retry_after
from federation.client.profile import Profile, show
from federation.client.sync import JoinedRoom
from federation.encryption import takeover
from federation.encryption.handover import hand_over
from federation.encryption.machine import Machine
from federation.encryption.refusing import Refusing
from federation.encryption.sharing import Sharing
from federation.encryption.trust import CrossSigning, Trust
from federation.model.errors import (
    KeysNotShared,
    MatrixError,
    NotAHomeserver,
    RateLimited,
    TokenRevoked,
    Unreachable,
)
from federation.model.ports import Ledger, RawEvent, Transactor
from federation.model.shapes import listing, mapping
from federation.syncing import recovery, rewinding
from federation.syncing.filling import Filling
from federation.syncing.intake import Intake
from federation.syncing.recent import Recent

log = logging.getLogger(__name__)

LONG_POLL_MS = 30_000
SETTLES = 1
"""Raised where settling does something more, so that it is done once by those who have settled."""
AT_ONCE = 1.0
"""Seconds in which a long poll without news can't have been waited for."""


async def _at_once() -> None:
    """Nothing is waited for."""


class Session:
    """One account: `open` it, `run` it, and use its `server`, `machine` and `sharing`.

    Its methods raise FederationError where the account cannot go on.
    """

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
        self.interests = interests
        self.recent = Recent(interests.recent)
        self._secret = secret
        self._now = now
        self.came_back: Callable[[], None] = lambda: None
        """Called with the first sync that was taken in, at the start and after every outage."""
        self.spoken: Callable[[], Awaitable[None]] = _at_once
        """Waited for after news, before the homeserver is asked for more: see
        `bots.runtime.office.delivering.Delivering.spoken`."""
        self._let_go: Callable[[], None] = lambda: None
        """Ends what `sharing` has under way."""
        self._whole: set[str] = set()
        """Rooms of which all that we need was taken in by this process."""
        self._refusing = Refusing()
        self._outage = Outage(server)
        self._logged_out = False
        self._news = False
        """Whether the last sync brought something that others have said or done in a room."""

    async def open(self) -> None:
        """Log in and bring the account's keys into order. An outage is sat out: an office may be
        started before its homeserver.

        Raises NotAHomeserver, TooOld, LoginRefused, TokenRevoked, DeviceLost, NotTrusted.
        """
        while True:
            try:
                await self._open()
                return self._outage.end()
            except RateLimited as error:
                await asyncio.sleep(error.retry_after or 1.0)
            except Unreachable as error:
                await self._outage.wait(str(error), retry_after(error))

    async def _open(self) -> None:
        await self.server.check_version()
        await hand_over(self.server, self.store, self._credentials.user)
        login = await log_in(self.server, self.store, self._credentials)
        self.account = login.user_id
        await self._equip(login.device_id)
        await self.trust.establish()
        await self._settle(login.device_id)

    async def _equip(self, device_id: str) -> None:
        self.machine = await self.store.run(
            "machine", lambda vault: Machine.open(vault, self.account, device_id)
        )
        self._let_go()
        self.sharing = Sharing(self.machine, self.server, self.store, heard=self.interests.devices)
        self._let_go = self.sharing.close
        self.trust = Trust(
            self.machine,
            self.server,
            self.store,
            self._signing,
            self._credentials.secret_word,
            self._now,
        )
        self._intake = Intake(
            self.account,
            self.machine,
            self.recent,
            self.interests,
            self.sharing.meetings.came,
        )
        self._filling = Filling(self.server, self.store, self.account, self.interests)

    def _signing(self, number: int) -> CrossSigning:
        """Cross-signing keys that outlive the store; see `trust.IDENTITIES`."""
        name = f"{self.account} {number}" if number else self.account
        return CrossSigning(self.account, lambda usage: self._secret(f"{usage} {name}"))

    async def _settle(self, device_id: str) -> None:
        """What a new device or a new name asks for: once, but also if it was broken off."""
        profile = Profile(self._credentials.display_name, self._credentials.picture)
        findable = self._credentials.findable
        parts = [device_id, profile.name, profile.picture, findable, SETTLES]
        wanted = json.dumps(parts).encode()
        if await self.store.run("settled", lambda v: v.read("settled", self.account)) == wanted:
            return
        await forget_lost_devices(self.server, self._credentials, device_id)
        await show(self.server, self.account, profile)
        if findable:
            await be_found(self.server, self.account, profile.name)
        await self.store.run("settled", lambda v: v.write("settled", self.account, wanted))

    @property
    def reachable(self) -> bool:
        """Whether the homeserver answered when it was last asked."""
        return not self._outage.lasts and self.synced.is_set()

    # -- the loop ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Sync until cancelled. Outages are sat out, and being logged out is mended where we have
        the password.

        Raises TokenRevoked, LoginRefused, DeviceLost, NotTrusted and programming errors.
        """
        try:
            while True:
                await self._again()
        finally:
            self._let_go()

    async def _again(self) -> None:
        try:
            await self._round()
        except RateLimited as error:
            await asyncio.sleep(error.retry_after or 1.0)
        except TokenRevoked:
            if self._credentials.secret_word is None:
                raise
            self._logged_out = True
            await self._outage.wait("the homeserver has logged the account out; logging in again")
        except (Unreachable, NotAHomeserver) as error:
            await self._outage.wait(str(error), retry_after(error))
        except MatrixError as error:
            await self._outage.wait(
                f"The homeserver refuses to sync: {error}. Trying again.", retry_after(error)
            )

    async def _round(self) -> None:
        if self._logged_out:
            await self._log_in_again()
        began, waits = time.monotonic(), self.reachable
        if not waits:
            await self._look_back()
        # Else nobody would know for half a minute that the homeserver is back, if all is quiet;
        # and Synapse, asked the very same again, repeats for minutes what went wrong.
        moved = await self.sync_once(LONG_POLL_MS if waits else 0)
        if not moved and waits and time.monotonic() - began < AT_ONCE:
            await asyncio.sleep(AT_ONCE)  # it does not wait for news, as it was asked to
        self._back()
        await self._keep_up()
        if self._news:
            await self.spoken()

    async def _keep_up(self) -> None:
        """What goes wrong here concerns keys of the future; the next sync tries again."""
        try:
            await self.sharing.settle()
            await self._refusing.answer(self.sharing.to_device)
            await self.trust.maintain()
            self.sharing.mend_apart()
        except (RateLimited, TokenRevoked):
            raise
        except (MatrixError, KeysNotShared) as error:
            log.warning("the account's keys could not be kept up (%s)", type(error).__name__)

    async def _log_in_again(self) -> None:
        login = await log_in(self.server, self.store, self._credentials)
        if login.device_id != self.machine.device_id:
            await self._equip(login.device_id)
        await self.trust.establish()
        self._logged_out = False

    async def _look_back(self) -> None:
        """See whether the homeserver that answers again is the one that we know."""
        if not await rewinding.is_put_back(self.server, self.store, self.account):
            return
        log.warning("the homeserver was put back to an earlier time: it is read anew")
        await self.store.run("put back", lambda vault: rewinding.begin(vault, self.account))
        self._whole.clear()
        self.recent.clear()
        await takeover.use_up_keys(self.server, self.account, self.machine.device_id)
        await self._equip(self.machine.device_id)  # with it the rooms' sessions end
        await self.trust.establish()

    def _back(self) -> None:
        away = not self.reachable
        self._outage.end()
        self.synced.set()
        if away:
            self.came_back()

    async def sync_once(self, timeout_ms: int) -> bool:
        """Take one sync in; whether it brought us further."""
        token = await self.store.run("token", self._token)
        if token is None:
            await self._begin()
            return True
        answer = await sync.fetch(self.server, self.interests, token, timeout_ms)
        joined = sync.joined_rooms(answer)
        strange = [room for room in joined if self._is_strange(room)]
        known = await self._filling.known(strange)
        lacking = [room for room in strange if self._filling.lacks(room, known)]
        if lacking:  # nobody waits until that is fetched who has said something elsewhere
            names = {room.room_id for room in lacking}
            whole = [room for room in joined if room.room_id not in names]
            await self._take(lambda ledger: self._intake.first(ledger, answer, whole))
        await self._filling.complete(strange, known)
        async for room_id, page in self._filling.gaps(strange, known, token):
            await self._take_gap(room_id, page)
        rest = lacking or joined
        await self._take(lambda ledger: self._commit(ledger, answer, rest, token, not lacking))
        for event in listing(mapping(answer.get("to_device")).get("events")):
            self._refusing.take(mapping(event))
        self._whole |= {room.room_id for room in joined}
        self._whole -= {*sync.section(answer, "leave"), *sync.section(answer, "invite")}
        self._news = any(self._is_by_others(event) for room in joined for event in room.timeline)
        return bool(answer["next_batch"] != token)

    def _is_by_others(self, event: RawEvent) -> bool:
        return bool(event.get("sender") != self.account)

    def _is_strange(self, room: JoinedRoom) -> bool:
        """Whether something of it may have to be fetched before it can be taken in."""
        return room.prev_batch is not None or room.room_id not in self._whole

    async def _take_gap(self, room_id: str, events: list[RawEvent]) -> None:
        await self._take(lambda ledger: self._intake.gap(ledger, room_id, events))

    def _token(self, ledger: Ledger) -> str | None:
        found = ledger.read("sync token", self.account)
        return None if found is None else found.decode()

    async def _take(self, work: Callable[[Ledger], None]) -> None:
        """One transaction of sync; if it fails, memory goes back to what the store holds."""
        try:
            await self.store.run("sync", work)
        except BaseException:
            self._whole.clear()
            await self._equip(self.machine.device_id)
            raise
        self.received_at = self._now()

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
        # A room that removed us and invites us again is in both.
        for room_id, left in sync.section(answer, "leave").items():
            self._intake.left(ledger, room_id, left)
        for room_id, invited in sync.section(answer, "invite").items():
            self._intake.invited(ledger, room_id, invited, token)
        ledger.write("sync token", self.account, answer["next_batch"].encode())

    # -- the first sync of a store -------------------------------------------------------------

    async def _begin(self) -> None:
        """No token: a new account, a lost store (`federation.syncing.recovery`), or a homeserver
        that was put back (`federation.syncing.rewinding`)."""
        known = await self.store.run("marked", lambda v: rewinding.noted(v, self.account))
        mark = rewinding.since(await recovery.read_mark(self.server, self.account), known)
        answer = await sync.fetch(self.server, self.interests, None, 0)
        joined = sync.joined_rooms(answer)
        await self._filling.complete(joined, await self._filling.known(joined))
        for room in joined:
            await recovery.read_back(self.server, self.account, room, mark, self.interests.types)
        if mark is None:
            await self.mark_handled()

        def commit(ledger: Ledger) -> None:
            self._commit(ledger, answer, joined, "", True)
            ledger.erase(rewinding.MARKED, self.account)

        await self._take(commit)

    async def mark_handled(self) -> None:
        """Note on the homeserver that everything received so far was handled."""
        at = self.received_at or self._now()
        mark = int(at * 1000)
        await recovery.write_mark(self.server, self.account, mark)
        await self.store.run("marked", lambda vault: rewinding.note(vault, self.account, mark))
