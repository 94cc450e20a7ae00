"""Sharing a room's key before a message goes out: every intended device, or the message waits.

nio reports success although a share failed, and that message and the next stay unreadable. Here a
message is encrypted only once `/sendToDevice` was answered for every device that it is meant for.
A device that has no key to claim at all is told so (`m.room_key.withheld`) and holds up nobody.
Whoever is only asked into the room gets the key when she has come: see `owing`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from federation.client.homeserver import Homeserver, path
from federation.encryption import meeting, owing
from federation.encryption.machine import MEGOLM, Device, Machine
from federation.model.errors import FederationError, KeysNotShared, NobodyMeant, TooSoon
from federation.model.ports import DEVICES, Ledger, Transactor, Vault

log = logging.getLogger(__name__)

CHUNK = 100
"""Devices in one `/sendToDevice`."""
CLAIM_TIMEOUT_MS = 10_000


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read a message."""

    here: frozenset[str]
    asked: frozenset[str] = frozenset()
    """In, but not come yet."""
    identities: frozenset[str] | None = None
    """See `actions.Send`."""
    pins: int = 0
    """See `errors.NobodyMeant`."""

    def only(self, here: frozenset[str]) -> Readers:
        return replace(self, here=here, asked=frozenset())


@dataclass(frozen=True, slots=True)
class _Settled:
    """What a room's session was last shared for; while that holds, nothing is asked again."""

    session_id: str
    users: Readers
    epoch: int


@dataclass(frozen=True, slots=True)
class _Recipients:
    unknown: list[str]
    """Users whose devices must be asked for first."""
    devices: list[Device]
    withheld: list[Device]
    hidden: bool
    """Somebody's cross-signing keys are kept from us."""
    epoch: int


class Sharing:
    """One account's keys on their way to other people's devices."""

    def __init__(
        self, machine: Machine, server: Homeserver, store: Transactor, *, heard: bool = False
    ) -> None:
        """`heard`: rules want to hear of changes of people's identities (`DevicesChanged`)."""
        self._heard = heard
        self._machine = machine
        self._server = server
        self._store = store
        self._settled: dict[str, _Settled] = {}
        self._owed: dict[str, Readers] = {}
        """Room → to whom its session is owed."""
        self.meetings = meeting.Meetings(machine.account)
        self._unpaid: set[str] | None = None
        """Rooms in which people may be owed keys; None: all must be looked at."""
        self._paying: set[asyncio.Task[None]] = set()
        self._mending: asyncio.Task[None] | None = None
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def encrypt(
        self, room_id: str, users: Readers, kind: str, content: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Share the room's key, then encrypt. Raises KeysNotShared, TooSoon, Unreachable."""
        async with self._locks[room_id]:
            users = await self._introduced(room_id, users)
            owed = self._owed.get(room_id, users)
            if owed.asked - users.here - users.asked or owed.identities != users.identities:
                self._machine.forget_outbound(room_id)  # she must no longer read
            if not self._is_settled(room_id, users.only(users.here)):
                await self._share(room_id, users.only(users.here), users.asked)
            await self._owe(room_id, users)
            return self._machine.encrypt(room_id, kind, content)

    async def _owe(self, room_id: str, users: Readers) -> None:
        session = self._machine.outbound(room_id)
        assert session is not None  # noqa: S101
        known = self._owed.get(room_id, replace(users, asked=frozenset()))
        new = users.asked - known.asked
        if not new:
            return
        only = None if users.identities is None else tuple(sorted(users.identities))
        owed = owing.Owed(session.id, session.session_key, tuple(sorted(new)), only)
        account = self._machine.account
        await self._store.run("owe", lambda vault: owing.note(vault, account, room_id, owed))
        self._owed[room_id] = replace(known, asked=known.asked | new)

    async def _introduced(self, room_id: str, users: Readers) -> Readers:
        """Whoever has met us only now is told a little later than those who know us."""
        others = users.here - {self._machine.account}
        waits = {x: wait for x in others if (wait := self.meetings.wait(room_id, x)) > 0}
        if not waits:
            return users
        strangers = await self._store.run(
            "strangers", lambda vault: self._machine.strangers(vault, waits)
        )
        if strangers and strangers == others:
            raise TooSoon(min(waits.values()))
        if strangers:
            self.meetings.rooms.add(room_id)  # they may have come before we could see it
        return replace(users, here=users.here - strangers, asked=users.asked | strangers)

    # -- what is owed to those who come later --------------------------------------------------

    async def settle(self) -> None:
        """See to it that those who have come are given what they are owed."""
        account = self._machine.account
        if self._unpaid is None:
            self._unpaid = await self._store.run("owing", lambda v: owing.everywhere(v, account))
        rooms = self._unpaid | self.meetings.rooms
        self._unpaid, self.meetings.rooms = set(), set()
        for room_id in rooms:
            task = asyncio.create_task(self._pay(room_id))
            self._paying.add(task)
            task.add_done_callback(self._paying.discard)

    def close(self) -> None:
        for task in self._paying:
            task.cancel()

    async def _pay(self, room_id: str) -> None:
        await asyncio.sleep(meeting.PAUSE)
        try:
            async with self._locks[room_id]:
                await self._settle(room_id)
        except FederationError as error:
            log.warning("a room key waits for its readers (%s)", type(error).__name__)
            self._unpaid = (self._unpaid or set()) | {room_id}

    async def _settle(self, room_id: str, first: Collection[str] = ()) -> None:
        """`first`: who is given the key as it is now behind this, and so waits no longer."""
        account = self._machine.account
        due = await self._store.run("due", lambda vault: owing.due(vault, account, room_id))
        come = {x for owed in due for x in owed.users}
        users = {x for x in come if x in first or self.meetings.wait(room_id, x) <= 0}
        if users:
            await self._query(users)
            for owed in due:
                await self._give(room_id, owed, frozenset(owed.users) & users)
        await self._store.run("paid", lambda v: owing.settle(v, account, room_id, users))

    async def _give(self, room_id: str, owed: owing.Owed, users: frozenset[str]) -> None:
        only = None if owed.identities is None else frozenset(owed.identities)
        found = await self._recipients(Readers(users, identities=only))
        await self._claim(found.devices)
        reachable, _ = await self._split(found.devices)
        await self._send_key(reachable, _room_key(room_id, owed.session_id, owed.key))
        self._machine.shared(room_id, owed.session_id, reachable)

    def _is_settled(self, room_id: str, users: Readers) -> bool:
        session = self._machine.outbound(room_id)
        settled = self._settled.get(room_id)
        return (
            session is not None
            and settled is not None
            and settled == _Settled(session.id, users, self._machine.epoch)
        )

    async def _share(self, room_id: str, users: Readers, asked: frozenset[str]) -> None:
        await self._settle(room_id, users.here)  # before the key as it is now, which opens less
        if self._machine.outbound(room_id) is None:
            # Servers need not announce later devices of somebody who is only invited.
            await self._query(users.here)
        else:
            await self._query_hidden(users.here)
        found = await self._recipients(users)
        if users.identities is not None and not found.devices:
            await self._expect(users, asked)
        await self._claim(found.devices)
        session = self._session_for(room_id, found.devices)
        if session.message_count == 0:
            self._owed.pop(room_id, None)
        shared = session.users_shared_with
        missing = [d for d in found.devices if (d.user, d.device_id) not in shared]
        reachable, dead = await self._split(missing)
        await self._send_key(reachable, _room_key(room_id, session.id, session.session_key))
        self._machine.shared(room_id, session.id, reachable)
        await self._tell_withheld(room_id, session, found.withheld, "m.unverified")
        await self._tell_withheld(room_id, session, dead, "m.no_olm")
        session.shared = True
        if not found.hidden:
            self._settled[room_id] = _Settled(session.id, users, found.epoch)

    async def _expect(self, users: Readers, asked: frozenset[str]) -> None:
        """Raises NobodyMeant if nobody of those who are there, or are asked in, may read it."""
        found = await self._recipients(replace(users, here=asked))
        if not found.devices:
            raise NobodyMeant(users.pins)

    async def _query_hidden(self, users: frozenset[str]) -> None:
        """What a homeserver leaves out once may be there the next time: no message is lost by it
        that could be read."""
        hidden = await self._store.run("hidden", lambda vault: self._machine.hidden(vault, users))
        if hidden:
            await self._query(hidden)

    async def _recipients(self, users: Readers) -> _Recipients:
        """Devices and the epoch that they belong to, from one transaction: a change that sync
        brings while we ask must not count as settled."""
        while True:
            found = await self._store.run("recipients", lambda vault: self._look(vault, users))
            if not found.unknown:
                return found
            await self._query(found.unknown)

    def _look(self, vault: Vault, users: Readers) -> _Recipients:
        unknown = self._machine.unknown(vault, users.here)
        hidden = self._machine.hidden(vault, users.here)
        devices, withheld = self._machine.recipients(vault, users.here, users.identities)
        return _Recipients(unknown, devices, withheld, bool(hidden), self._machine.epoch)

    def _session_for(self, room_id: str, devices: Collection[Device]) -> Any:
        """The current session, or a new one if it is used up or somebody must no longer read."""
        session = self._machine.outbound(room_id)
        intended = {(d.user, d.device_id) for d in devices}
        if session is None or session.users_shared_with - intended:
            return self._machine.new_outbound(room_id)
        return session

    async def ask(self, user: str) -> None:
        """Ask for the user's devices anew. Raises KeysNotShared, Unreachable."""
        await self._query([user])

    async def _query(self, users: Collection[str]) -> None:
        changes = self._machine.changes
        body = {"device_keys": {user: [] for user in users}, "timeout": CLAIM_TIMEOUT_MS}
        answer = await self._server.call("keys/query", "POST", path("keys", "query"), body)
        silent = _silent(answer, "device_keys")
        answered = [user for user in users if user.partition(":")[2] not in silent]
        await self._store.run(
            "devices", lambda ledger: self._take_devices(ledger, answer, answered, changes)
        )
        _refuse_silent(silent, users)

    def _take_devices(
        self, ledger: Ledger, answer: Mapping[str, Any], users: list[str], changes: int
    ) -> None:
        """A homeserver need not announce that somebody's keys are others now: whoever wants to hear
        of it hears of it here."""
        changed = self._machine.take_devices(ledger, answer, users, changes)
        for user in changed if self._heard else ():
            event_id = f"identity {user} {secrets.token_hex(8)}"
            event = {"type": DEVICES, "event_id": event_id, "sender": user, "content": {}}
            ledger.receive(self._machine.account, "", event, False)

    async def _claim(self, devices: Collection[Device]) -> None:
        missing = await self._store.run(
            "sessions", lambda vault: self._machine.without_session(vault, devices)
        )
        if missing:
            await self._claim_for(missing)

    async def _claim_for(self, devices: Collection[Device]) -> list[Device]:
        """Open an Olm session with each device that has a key to claim; with whom."""
        wanted: dict[str, dict[str, str]] = {}
        for device in devices:
            wanted.setdefault(device.user, {})[device.device_id] = "signed_curve25519"
        body = {"one_time_keys": wanted, "timeout": CLAIM_TIMEOUT_MS}
        answer = await self._server.call("keys/claim", "POST", path("keys", "claim"), body)
        silent = _silent(answer, "one_time_keys")
        opened = await self._store.run(
            "claimed", lambda vault: self._machine.take_claimed(vault, answer, devices)
        )
        _refuse_silent(silent, wanted)
        return opened

    async def _split(self, devices: Collection[Device]) -> tuple[list[Device], list[Device]]:
        dead = await self._store.run(
            "sessions", lambda vault: self._machine.without_session(vault, devices)
        )
        return [d for d in devices if d not in dead], dead

    async def _send_key(self, devices: list[Device], key: Mapping[str, Any]) -> None:
        for start in range(0, len(devices), CHUNK):
            chunk = devices[start : start + CHUNK]

            def wrap(vault: Vault, chunk: list[Device] = chunk) -> dict[str, dict[str, Any]]:
                return self._machine.wrap(vault, chunk, "m.room_key", key)

            messages = await self._store.run("wrap", wrap)
            await self.to_device("m.room.encrypted", messages)

    async def to_device(self, kind: str, messages: Mapping[str, Any]) -> None:
        target = path("sendToDevice", kind, secrets.token_hex(16))
        await self._server.call("sendToDevice", "PUT", target, {"messages": messages})

    async def _tell_withheld(
        self, room_id: str, session: Any, devices: Collection[Device], code: str
    ) -> None:
        fresh = [d for d in devices if (d.user, d.device_id) not in session.users_ignored]
        if not fresh:
            return
        content = {
            "algorithm": MEGOLM,
            "code": code,
            "sender_key": self._machine.olm.account.identity_keys["curve25519"],
        }
        if code != "m.no_olm":
            content |= {"room_id": room_id, "session_id": session.id}
        messages: dict[str, dict[str, Any]] = {}
        for device in fresh:
            messages.setdefault(device.user, {})[device.device_id] = content
        await self.to_device("m.room_key.withheld", messages)
        session.users_ignored.update((d.user, d.device_id) for d in fresh)

    def mend_apart(self) -> None:
        """Mend what broke, and wait for nobody: a homeserver of others may be slow to give us the
        keys that are needed."""
        if self._mending is None or self._mending.done():
            self._mending = asyncio.create_task(self._mend_quietly())
            self._paying.add(self._mending)
            self._mending.add_done_callback(self._paying.discard)

    async def _mend_quietly(self) -> None:
        try:
            await self.mend()
        except FederationError as error:  # the next sync tries again
            log.warning("broken sessions wait to be mended (%s)", type(error).__name__)

    async def mend(self) -> None:
        """Open new Olm sessions with devices whose session broke (§ Recovering from undecryptable
        messages); nio queues the message that tells them so."""
        wedged = self._machine.wedged()
        if wedged:
            opened = await self._claim_for(wedged)
            await self._store.run("greet", lambda vault: self._machine.greet(vault, opened, wedged))
        queue = self._machine.olm.outgoing_to_device_messages
        while queue:
            message = queue[0]
            await self.to_device(message.type, message.as_dict()["messages"])
            queue.remove(message)


def _room_key(room_id: str, session_id: str, session_key: str) -> dict[str, Any]:
    return {
        "algorithm": MEGOLM,
        "room_id": room_id,
        "session_id": session_id,
        "session_key": session_key,
    }


def _silent(answer: Mapping[str, Any], part: str) -> Collection[str]:
    """Homeservers that did not answer for their users (§ keys/query, `failures`)."""
    if not isinstance(answer.get(part), Mapping):
        raise KeysNotShared("the homeserver's answer about devices has not the right shape")
    failures = answer.get("failures")
    return failures if isinstance(failures, Mapping) else ()


def _refuse_silent(silent: Collection[str], users: Collection[str]) -> None:
    if any(user.partition(":")[2] in silent for user in users):
        raise KeysNotShared("a homeserver did not answer for its users' devices")
