"""What the acts of the story have in common: who plays, what was seen, and how it is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from bots.lab.demo.stage import Stage
from bots.lab.people.client import Seen
from bots.lab.people.person import Person

STAFF = ("bilal", "clara")
COORDINATOR, CONTACT, NEWCOMER, NEIGHBOUR = "anna", "nora", "leyla-rahimi", "samir"
GUEST, GUEST_STAFF, GUEST_COORDINATOR = "gast", "gast-team", "gast-koordination"
"""Accounts without a device, for whoever watches and wants to log in with Element."""
PATIENCE = 30.0

T = TypeVar("T")


class NotSeen(AssertionError):
    """A step was not observed from outside."""


class Teller(Protocol):
    def act(self, title: str) -> None: ...

    def step(self, what: str, who: str, seconds: float) -> None:
        """What happened, who saw it, after how many seconds."""


@dataclass
class Scene:
    """What an act plays in."""

    stage: Stage
    tell: Teller
    people: dict[str, Person] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    """Ids by the names of aliases."""

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def step(self, what: str, who: str, seen: Awaitable[T]) -> T:
        """Tell what was awaited, once it was seen."""
        start = asyncio.get_running_loop().time()
        found = await seen
        if isinstance(found, Seen) and found.shield is not None:
            raise NotSeen(f"{who} sees a warning beside the message: {found.shield}")
        self.tell.step(what, who, asyncio.get_running_loop().time() - start)
        return found

    def says(
        self, person: str, account: str, room: str, pattern: str, **fields: Any
    ) -> Awaitable[Seen]:
        """What one of our accounts says in a room, as this person's client shows it."""
        return self[person].wait_for(
            room_id=room,
            sender=self.stage.user(account),
            body=re.compile(pattern),
            timeout=PATIENCE,
            **fields,
        )

    async def room(self, person: str, name: str) -> str:
        """Wait for an invitation to a room, and accept it; its id."""
        if name not in self.rooms:
            path = f"/directory/room/%23{name}%3A{self.stage.here.server_name}"
            answer = await self[person].homeserver.call("GET", path)
            self.rooms[name] = str(answer["room_id"])
        invited = self[person].invited_rooms
        await self[person].wait_until(partial(invited.get, self.rooms[name]), f"#{name}")
        return await self[person].join(self.rooms[name], self.stage.here.server_name)

    async def private_room(self, person: str, account: str) -> str:
        """Accept the private room into which one of our accounts invites."""
        bot = self.stage.user(account)
        phone = self[person]

        def direct() -> str | None:
            rooms = phone.invited_rooms.values()
            return next((x.room_id for x in rooms if x.is_direct and x.sender == bot), None)

        return await phone.join(await phone.wait_until(direct, "a private room"))


Act = Callable[[Scene], Awaitable[None]]


def want(observed: object, why: str) -> None:
    if not observed:
        raise NotSeen(why)
