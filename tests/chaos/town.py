"""Where `network` takes place: an alliance, its office, its readers, and whoever comes to it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bots.announcements.documents.people import Kind
from tests.bench.light import Light
from tests.bench.mailsink import Sink, sink
from tests.chaos.alliance import Always, declare, state_of, subscribed
from tests.chaos.ground import Ground
from tests.chaos.newcomers import Newcomer, Phone
from tests.synapse.alliance import text_of
from tests.synapse.networks import Declared

READERS = 200
"""Of each kind: who gets each announcement at once, and who gets the digest."""
ROOMS = ("exchange", "announcements")
NORTH = ("north", "north/offen", "north/treffpunkt")
ANNAS = ("alliance", "coordination", "announcements", "exchange", "north/offen")
"""Where Anna is."""


@dataclass
class Town:
    ground: Ground
    declared: Declared
    office: Always
    sink: Sink
    anna: Light
    """Coordinates, lets people in, announces, and shares."""
    newcomers: list[Newcomer] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    knocked: set[str] = field(default_factory=set)
    """Who asked to be let in."""
    out: set[str] = field(default_factory=set)
    """Who was banned, or has left by her own hand, after she had come."""
    shared: list[int] = field(default_factory=list)
    taken_back: list[int] = field(default_factory=list)
    """Of what was shared, while the office was down."""
    ids: dict[str, str] = field(default_factory=dict)
    told: bool = False
    """The story has come to its end."""
    texts: list[tuple[str, str]] = field(default_factory=list)
    """Recipient and text of each mail that has come."""

    @property
    def bot(self) -> str:
        return self.declared.user("onboarding")

    async def find(self) -> None:
        for name in ("alliance", "coordination", *ROOMS, *NORTH):
            alias = self.declared.alias(name)
            found = await self.anna.call("GET", "directory", "room", alias)
            self.ids[name] = str(found["room_id"])

    def rooms(self, names: Iterable[str]) -> list[str]:
        return [self.ids[x] for x in names]

    def read(self) -> list[tuple[str, str]]:
        """The mails."""
        new = self.sink.mails[len(self.texts) :]
        self.texts += [(x.recipient, text_of(x)) for x in new]
        return self.texts


def announced(number: int) -> str:
    return f"Meeting on day {number}."


def shared(number: int) -> str:
    return f"Who has a ladder of {number} rungs?"


def address(kind: Kind, number: int) -> str:
    return f"{kind}-{number}@mail.example"


async def founded(ground: Ground, ends: AsyncExitStack) -> Town:
    anna = await ends.enter_async_context(await Light.new(ground.synapse, "anna"))
    mails = await ends.enter_async_context(sink())
    folder = ground.folder / "network"
    folder.mkdir()
    declared = declare(folder, ground.synapse, mails.port, anna.user_id)
    failures = (await declared.apply()).failures
    if failures:
        raise RuntimeError(f"the network could not be made: {failures}")
    for kind in Kind:
        await subscribed(declared, kind, [address(kind, n) for n in range(READERS)])
    office = Always(declared.write(), state_of(declared), folder / "office.log")
    town = Town(ground, declared, office, mails, anna)
    await town.find()
    for name in ANNAS:
        await anna.join(town.ids[name])
    await ends.enter_async_context(office)
    return town
