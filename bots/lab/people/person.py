"""A person with a phone: somebody else's client, as the demo's story and the tests need it.

Uses nio's connection, store and encryption, and nothing of our offices: what a person sees here was
seen from outside. `bots.lab.people.client.Seen` is what she sees.
"""
# ruff: noqa: ASYNC109 - how long to wait is part of what is asked

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import quote, urlencode

import aiohttp

from bots.lab.people import client as demo
from bots.lab.people.client import Homeserver, Invitation, Json, MatrixError, Seen, room_path
from bots.lab.people.crosssigning import Devices, Identity, RoomKeys, write_json

NOT_ENCRYPTED = "Not encrypted."

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Person:
    """Made by `create`; listens between `start` and `close`."""

    _keys: RoomKeys

    def __init__(self, homeserver_url: str, directory: Path) -> None:
        """Not for use outside of this module: see `create`."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = directory / "device.json"
        self._listening: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._doubtful: dict[str, tuple[str, Json]] = {}
        self._encrypted: dict[str, bool] = {}
        self.homeserver = Homeserver(homeserver_url, directory)
        self.timeline = demo.Timeline()
        self.invited_rooms: dict[str, Invitation] = {}
        self.joined_rooms: set[str] = set()

    @classmethod
    async def create(  # noqa: PLR0913
        cls,
        homeserver_url: str,
        user: str,
        password: str,
        directory: Path,
        *,
        cross_signed: bool = True,
        strict: bool = False,
        device_name: str = "phone",
    ) -> Self:
        """Log in, or take up the device that is in `directory`, and publish its keys.

        `strict` is Element with insecure devices excluded (MSC4153): devices that are not signed by
        their owner get no keys from it, and what they send it can't read.
        """
        person = cls(homeserver_url, directory)
        try:
            await person._log_in(user, password, device_name)
            olm, call = person.homeserver.nio.olm, person.homeserver.call
            person._keys = RoomKeys(olm, call, Devices(directory / "pins.json"), strict=strict)
            await person._keys.upload()
            if cross_signed:
                identity = Identity(directory / "identity.json", person.user_id)
                await identity.establish(call, person.device_id)
        except BaseException:
            await person.close()
            raise
        return person

    async def start(self) -> None:
        """Sync once, then go on in the background."""
        await self._sync(0)
        self._listening = asyncio.create_task(self._listen(), name=f"sync of {self.user_id}")

    async def close(self) -> None:
        """Switch the phone off; what it needs to go on is in the directory."""
        if self._listening:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        await self.homeserver.close()

    async def write_privately(
        self, to: str, text: str, *, element_like: bool = True, room_version: str | None = None
    ) -> tuple[str, str]:
        """Open a conversation with its first message; returns the room's and the message's id."""
        body = demo.private_room(to, element_like=element_like, room_version=room_version)
        answer = await self.homeserver.call("POST", "/createRoom", body)
        room_id = str(answer["room_id"])
        self._encrypted[room_id] = True
        return room_id, await self.send(room_id, text)

    async def send(
        self,
        room_id: str,
        text: str,
        *,
        thread: str | None = None,
        reply_to: str | None = None,
        markdown: bool = False,
    ) -> str:
        """Write a message, encrypted where the room is; returns its event id.

        `markdown`: the client shows it as such, and sends HTML besides.
        """
        content = demo.message(text, thread=thread, reply_to=reply_to)
        content |= demo.formatted(text) if markdown else {}
        return await self.send_event(room_id, "m.room.message", content)

    async def edit(self, room_id: str, event_id: str, text: str) -> str:
        """Replace the text of one's own message; returns the edit's event id."""
        return await self.send_event(room_id, "m.room.message", demo.replacement(event_id, text))

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        """React (never encrypted); returns the reaction's event id."""
        content = demo.reaction(event_id, key)
        return await self.send_event(room_id, "m.reaction", content, plain=True)

    async def redact(self, room_id: str, event_id: str) -> str:
        """Remove an event; returns the redaction's event id."""
        path = room_path(room_id, "redact", event_id, secrets.token_hex(16))
        return str((await self.homeserver.call("PUT", path, {}))["event_id"])

    async def send_event(
        self, room_id: str, kind: str, content: Json, *, plain: bool = False
    ) -> str:
        """Send any event; `plain` leaves it unencrypted in an encrypted room."""
        if not plain and await self._is_encrypted(room_id):
            audience = await self._audience(room_id)
            content = await self._keys.encrypt(room_id, audience, kind, content)
            kind = "m.room.encrypted"
        path = room_path(room_id, "send", kind, secrets.token_hex(16))
        return str((await self.homeserver.call("PUT", path, content))["event_id"])

    async def join(self, room: str, *via: str) -> str:
        """Join by id or alias, `via` servers where the id alone says nothing; returns the id.

        Whoever was asked in presses again: a homeserver shows an invitation that the inviting one
        has yet to write down, and is refused for as long (Synapse, `on_make_join_request`)."""
        query = urlencode([("server_name", server) for server in via])
        path = f"/join/{quote(room, safe='')}?{query}"
        pauses = iter((0.2, 0.5, 1.0, 2.0, 4.0))
        while True:
            try:
                return str((await self.homeserver.call("POST", path, {}))["room_id"])
            except MatrixError as error:
                asked = room in self.invited_rooms and error.status == 403
                if not asked or (pause := next(pauses, None)) is None:
                    raise
            await asyncio.sleep(pause)

    async def leave(self, room_id: str) -> None:
        """Leave, or decline an invitation."""
        await self.homeserver.call("POST", room_path(room_id, "leave"), {})

    async def invite(self, room_id: str, user_id: str) -> None:
        """Invite somebody, who can read what is sent from now on."""
        await self.homeserver.call("POST", room_path(room_id, "invite"), {"user_id": user_id})

    async def state(self, room_id: str, kind: str, key: str = "") -> Json | None:
        """The content of a state event as the homeserver has it now; None if there is none."""
        return await self.homeserver.state(room_id, kind, key)

    def seen(self, room_id: str) -> list[Seen]:
        """What was seen in the room, in order."""
        return [event for event in self.timeline if event.room_id == room_id]

    async def wait_for(
        self, wanted: Callable[[Seen], bool] | None = None, *, timeout: float = 60, **fields: object
    ) -> Seen:
        """The first event, seen or to come, readable or not, that is `wanted` and fits `fields`.

        `await anna.wait_for(room_id=room, sender=bot, body=re.compile("Danke"))`
        """

        def find() -> Seen | None:
            fitting = (event for event in self.timeline if event.fits(fields))
            return next((event for event in fitting if wanted is None or wanted(event)), None)

        return await self.wait_until(find, f"{fields or wanted}", timeout=timeout)

    async def wait_until(
        self, find: Callable[[], T | None], what: str = "it", *, timeout: float = 60
    ) -> T:
        """What `find` finds: `await anna.wait_until(lambda: anna.invited_rooms.get(room))`."""
        try:
            async with asyncio.timeout(timeout):
                while (found := find()) is None:
                    if self._listening is None or self._listening.done():
                        raise RuntimeError(f"{self.user_id} is not listening.")
                    await self._news.wait()
                return found
        except TimeoutError:
            last = "\n".join(f"  {event}" for event in self.timeline[-10:])
            message = f"{self.user_id} did not see {what} within {timeout} s, but at last:\n{last}"
            raise TimeoutError(message) from None

    async def _log_in(self, user: str, password: str, device_name: str) -> None:
        if not self._file.exists():
            login = await self.homeserver.log_in(user, password, device_name)
            write_json(self._file, {"login": login, "since": ""})
        kept = json.loads(self._file.read_text())
        self._login, self._since = kept["login"], str(kept["since"])
        self.user_id, self.device_id = str(self._login["user_id"]), str(self._login["device_id"])
        self.homeserver.nio.restore_login(**self._login)

    async def _listen(self) -> None:
        try:
            while True:
                # Never twice the same: Synapse would repeat its answer to the same question.
                await self._sync_if_possible(25_000 + secrets.randbelow(5_000))
        except Exception:
            _log.exception("%s has stopped listening.", self.user_id)
            raise
        finally:
            self._tell()

    async def _sync_if_possible(self, milliseconds: int) -> None:
        try:
            await self._sync(milliseconds)
        except (aiohttp.ClientError, TimeoutError, MatrixError) as error:
            # Synapse answers 404 while a room is deleted under the sync.
            if isinstance(error, MatrixError) and error.status < 500 and error.status != 404:
                raise
            await asyncio.sleep(0.3)

    async def _sync(self, milliseconds: int) -> None:
        answer = await self.homeserver.sync(self._since, milliseconds)
        more_is_readable = self._keys.receive(answer)
        await self._keys.upload()
        arrived = await self._arrivals(answer.get("rooms", {}))
        if more_is_readable:
            arrived = [*self._doubtful.values(), *arrived]
        await self._keys.know({wire["sender"] for _, wire in arrived if demo.is_sealed(wire)})
        for room_id, wire in arrived:
            self._see(room_id, wire)
        if self._since != answer["next_batch"]:
            self._since = answer["next_batch"]
            write_json(self._file, {"login": self._login, "since": self._since})
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _arrivals(self, rooms: Json) -> list[tuple[str, Json]]:
        """Every room's new events, those included that the sync left out."""
        joined, left, invited = (rooms.get(key, {}) for key in ("join", "leave", "invite"))
        self.joined_rooms = (self.joined_rooms | joined.keys()) - left.keys()
        arrived: list[tuple[str, Json]] = []
        for room_id, room in {**left, **joined}.items():
            self.invited_rooms.pop(room_id, None)
            self._notice(room_id, room.get("state", {}).get("events", []))
            timeline = room.get("timeline", {})
            wires = timeline.get("events", [])
            if self._since and timeline.get("limited"):
                before = timeline["prev_batch"]
                wires = await self.homeserver.between(room_id, self._since, before) + wires
            arrived += [(room_id, wire) for wire in wires]
        for room_id, room in invited.items():
            state = room["invite_state"]["events"]
            self.invited_rooms[room_id] = demo.invitation(room_id, self.user_id, state)
        return arrived

    def _see(self, room_id: str, wire: Json) -> None:
        clear, shield = None, None
        if demo.is_sealed(wire):
            clear, shield = self._keys.decrypt(room_id, wire)
        elif wire["type"] == "m.room.message" and self._encrypted.get(room_id):
            shield = NOT_ENCRYPTED
        seen = demo.read(room_id, wire, clear, shield)
        self._doubtful.pop(seen.redacts or seen.event_id, None)
        if seen.encrypted and seen.shield:
            self._doubtful[seen.event_id] = (room_id, wire)
        self._notice(room_id, [wire])
        self.timeline.note(seen)

    def _notice(self, room_id: str, events: Iterable[Json]) -> None:
        """Take in what matters for how we write."""
        if any(event["type"] == "m.room.encryption" for event in events):
            self._encrypted[room_id] = True

    async def _is_encrypted(self, room_id: str) -> bool:
        if room_id not in self._encrypted:
            found = await self.state(room_id, "m.room.encryption") is not None
            self._encrypted.setdefault(room_id, found)
        return self._encrypted[room_id]

    async def _audience(self, room_id: str) -> set[str]:
        """Who may read what is sent now: the invited as well, where the room lets them.

        Asked anew each time: what we have heard may be older than whoever came meanwhile."""
        visibility = await self.state(room_id, "m.room.history_visibility") or {}
        only_joined = visibility.get("history_visibility") == "joined"
        members = await self.homeserver.members(room_id)
        wanted = {"join"} if only_joined else {"join", "invite"}
        return {user for user, membership in members.items() if membership in wanted}
