"""Backups of a network's office."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field

from bots.lab.people.person import Person
from tests.synapse.alliance import Network
from tests.synapse.processes import Running
from tests.synapse.waiting import until

SETTLED = 3.0
"""Seconds within which comes whatever is done twice."""


@dataclass
class Story:
    """What happens in a network, and is to have happened once."""

    network: Network
    exchange: str = ""
    news: str = ""
    source: str = ""
    chats: list[tuple[Person, str]] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)

    async def begin(self) -> None:
        home = self.network
        self.exchange = await home.room(home.anna, "exchange")
        self.news = await home.room(home.anna, "announcements")
        self.source = await home.sharing()
        await home.subscribes("reader@mail.example")

    async def welcome(self, person: Person) -> None:
        self.chats.append((person, await self.network.welcomed(person)))

    async def share(self, text: str) -> None:
        self.shared.append(text)
        await self.network.shares(self.source, text)

    async def copied(self, text: str) -> None:
        await self.network.says(self.network.anna, "exchange", text, self.exchange)

    async def announce(self, text: str) -> None:
        home = self.network
        await home.announces(self.news, f"# News\n\n{text}")
        await home.mail(text)

        def told() -> bool:
            number = home.told(home.anna, "announcements", "Sent to 1 reader", self.news)
            return number == len({mail.message_id for mail in home.mails("News")})

        await until(told, "the coordinators heard that it was sent")

    def is_told_once(self) -> None:
        home = self.network
        copies = [home.told(home.anna, "exchange", text, self.exchange) for text in self.shared]
        assert copies == [1] * len(copies)
        for person, chat in self.chats:
            assert home.told(person, "onboarding", "Be kind", chat) == 1
            assert [x for x in person.invited_rooms.values() if x.is_direct] == []


async def stopped(office: Running) -> None:
    office.signal(signal.SIGTERM)
    assert (await office.ended(10)).status == 0


async def backed_up(network: Network) -> str:
    target = str(network.here.folder / "backup.tar")
    done = await network.here.command("backup", target)
    assert (done.status, done.err) == (0, "")
    return target
