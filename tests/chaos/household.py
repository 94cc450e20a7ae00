"""An ombuds office at which honest people and an admin are at work, round after round."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bots.lab.people.client import Seen
from tests.chaos.ground import Ground
from tests.chaos.process import Keeper
from tests.chaos.story import PATIENCE
from tests.chaos.trials import full_id
from tests.chaos.witness import Witness
from tests.kit.founders import confirms
from tests.synapse.attacks.admin import Admin
from tests.synapse.attacks.liar import Liar, liar

FILED = re.compile("Case |New message")
"""How what the reporter wrote begins; other notices quote it."""


@dataclass(slots=True)
class Household:
    ground: Ground
    account: str
    keeper: Keeper
    lies: Liar
    chief: Admin
    anna: Witness
    bilal: Witness
    leyla: Witness
    spy: Witness
    """Who must never read or be told anything."""
    room: str = ""
    chat: str = ""
    thread: str = ""
    """Of the case at hand."""
    said: list[str] = field(default_factory=list)
    """Words of the reporter, which staff must read."""
    answered: list[str] = field(default_factory=list)
    """Words of staff, which the reporter must read."""
    forged: list[str] = field(default_factory=list)
    """Words of commands that nobody honest gave: the reporter must never read them."""
    untold: list[str] = field(default_factory=list)
    ghosts: list[Witness] = field(default_factory=list)

    # -- honest life --------------------------------------------------------------------------

    async def writes(self, word: str) -> str:
        self.said.append(word)
        return await self.leyla.send(self.chat, f"It is {word}.")

    async def answers(self, word: str) -> str:
        self.answered.append(word)
        return await self.anna.send(self.room, f"!answer We say {word}.", thread=self.thread)

    async def opens(self, word: str) -> None:
        """A matter of its own; what staff answer from now on is about it."""
        self.said.append(word)
        await self.leyla.send(self.chat, "!new")
        await self.leyla.send(self.chat, f"It is {word}.")
        self.thread = (await self.staff_see(word)).event_id

    async def staff_see(self, text: str, since: int = 0) -> Seen:
        return await self.anna.wait_for(
            lambda x: self.anna.timeline.index(x) >= since,
            room_id=self.room,
            sender=self.account,
            body=re.compile(text),
            timeout=PATIENCE,
        )

    async def leyla_sees(self, text: str) -> Seen:
        return await self.leyla.wait_for(
            room_id=self.chat, sender=self.account, body=re.compile(text), timeout=PATIENCE
        )

    async def told(self, since: int, about: str) -> None:
        """Somebody has to be told of it."""
        try:
            await self.staff_see(about, since)
        except TimeoutError:
            self.untold.append(about)

    # -- what stands there --------------------------------------------------------------------

    def lost(self) -> list[str]:
        to_staff = _bodies(self.anna, self.room, self.account)
        to_her = _bodies(self.leyla, self.chat, self.account)
        missing = [f"of the reporter: {x}" for x in self.said if not _holding(to_staff, x)]
        return missing + [f"of staff: {x}" for x in self.answered if not _holding(to_her, x)]

    def obeyed(self) -> list[str]:
        to_her = _bodies(self.leyla, self.chat, self.account)
        found = [f"sent: {x}" for x in self.forged if _holding(to_her, x)]
        found += [f"sent twice: {x}" for x in self.answered if len(_holding(to_her, x)) > 1]
        invited = [x.room_id for x in self.spy.invited_rooms.values() if x.sender == self.account]
        return found + [f"asked in: {x}" for x in invited]

    def read(self) -> list[str]:
        words = [*self.said, *self.answered]
        return [
            f"{x.body}"
            for one in (self.spy, *self.ghosts)
            for x in one.timeline
            if x.body and _holding([x.body], *words)
        ]

    def said_twice(self) -> list[str]:
        first = [x for x in self.anna.seen(self.room) if x.sender == self.account and not x.edits]
        bodies = [x.body for x in first if x.body and FILED.match(x.body)]
        return [f"filed twice: {x}" for x in self.said if len(_holding(bodies, x)) > 1]


def _bodies(person: Witness, room: str, sender: str) -> list[str]:
    return [x.body for x in person.seen(room) if x.sender == sender and x.body]


def _holding(bodies: list[str], *words: str) -> list[str]:
    return [x for x in bodies if any(re.search(rf"\b{word}\b", x) for word in words)]


@asynccontextmanager
async def household(ground: Ground) -> AsyncIterator[Household]:
    anna, bilal = await ground.person("anna"), await ground.person("bilal")
    leyla, spy = await ground.person("leyla"), await ground.person("spy")
    told = await ground.told("ombuds")
    chief = await Admin.of(ground.synapse)
    async with liar(ground.synapse.url) as lies:
        staff = (anna.user_id, bilal.user_id)
        told = told.with_(homeserver=lies.url, bot="ombuds", staff=staff, undo=1.0)
        async with ground.keeper(told) as keeper:
            account = full_id(ground, told)
            home = Household(ground, account, keeper, lies, chief, anna, bilal, leyla, spy)
            await _moves_in(home)
            yield home
    await chief.close()


async def _moves_in(home: Household) -> None:
    await home.keeper.ready()
    for person in (home.anna, home.bilal):

        def asked(person: Witness = person) -> str | None:
            rooms = (x.room_id for x in person.invited_rooms.values() if x.sender == home.account)
            return next(rooms, None)

        home.room = await person.join(await person.wait_until(asked, timeout=PATIENCE))
        await confirms(person, home.room)
    await home.staff_see("Welcome")
    home.said.append("cold")
    home.chat, _ = await home.leyla.write_privately(home.account, "It is cold.")
    home.thread = (await home.staff_see("cold")).event_id
    await home.leyla_sees("Your number is")
