"""The network office killed at its windows, and refused by the homeserver: everything once.

`python -m tests.synapse.test_onboarding_kills` is that office, as `NETWORK_OFFICE` tells it:
onboarding and exchange in one process, with one store.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots.exchange.bot import ExchangeBot
from bots.exchange.settings import Settings as ExchangeSettings
from bots.exchange.settings import Source
from bots.lab.people.client import Json, room_path
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import Initiative
from bots.onboarding.settings import Settings as OnboardingSettings
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account, assemble, run_until_signal
from bots.runtime.process.failpoints import VARIABLE
from bots.runtime.speech.words import Words
from tests.conftest import Account as HomeserverAccount
from tests.kit.forks import PIPE, Fork, forked
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.proxy import Proxy, failing, limited
from tests.synapse.rooms import ENCRYPTED, KNOCK, make_room
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]

TOLD = "NETWORK_OFFICE"


# -- the office ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    homeserver: str
    state: str
    onboarding: tuple[str, str]
    """Account and password."""
    exchange: tuple[str, str]
    rooms: dict[str, str]

    @classmethod
    def read(cls, text: str) -> Told:
        told = json.loads(text)
        pairs = {name: tuple(told[name]) for name in ("onboarding", "exchange")}
        return cls(**{**told, **pairs})

    def written(self) -> str:
        return json.dumps(self.__dict__)


def onboarding(told: Told) -> OnboardingBot:
    rooms = told.rooms
    settings = OnboardingSettings(
        account=told.onboarding[0],
        network="Alliance",
        space=rooms["space"],
        coordination=rooms["coordination"],
        languages=("en",),
        rules={"en": "Be kind."},
        rules_version="1",
        rooms=(rooms["exchange"],),
        initiatives=(Initiative("north", "North", rooms=(rooms["north"],)),),
        accounts=frozenset({told.exchange[0], rooms["creator"]}),
    )
    return OnboardingBot(settings, Words())


def exchange(told: Told) -> ExchangeBot:
    settings = ExchangeSettings(
        account=told.exchange[0],
        exchange=told.rooms["exchange"],
        languages=("en",),
        sources=(Source(told.rooms["north"], "North"),),
        accounts=frozenset({told.onboarding[0]}),
    )
    return ExchangeBot(settings, Words())


async def main() -> None:
    told = Told.read(os.environ[TOLD])
    posts = [
        (bot, Account(told.homeserver, user, password))
        for bot, (user, password) in (
            (onboarding(told), told.onboarding),
            (exchange(told), told.exchange),
        )
    ]
    running = assemble(Path(told.state), posts)
    announcing = asyncio.create_task(_announce(running))
    await run_until_signal(running)
    announcing.cancel()


async def _announce(running: Office) -> None:
    for post in running._posts:
        await post.session.synced.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()


@dataclass
class Keeper:
    """Starts the office again whenever it was killed; each life ends at the next of `points`."""

    told: Told
    points: list[str]
    statuses: list[int] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    """The office is in step with the homeserver."""
    _ending: bool = False
    _process: Fork | None = None

    async def keep(self) -> None:
        while not self._ending:
            self.ready.clear()
            point = {VARIABLE: self.points.pop(0)} if self.points else {}
            environment = {**os.environ, TOLD: self.told.written(), **point}
            process = self._process = await forked(
                "tests.synapse.test_onboarding_kills", env=environment, stdout=PIPE
            )
            assert process.stdout is not None
            if await process.stdout.readline():
                self.ready.set()
            self.statuses.append(await process.wait())

    async def end(self) -> None:
        self._ending = True
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)


@asynccontextmanager
async def kept(told: Told, points: Sequence[str]) -> AsyncIterator[Keeper]:
    keeper = Keeper(told, list(points))
    task = asyncio.create_task(keeper.keep())
    try:
        yield keeper
    finally:
        await keeper.end()
        await asyncio.wait({task}, timeout=20)
        task.cancel()


# -- the town --------------------------------------------------------------------------------------


@dataclass
class Town:
    told: Told
    anna: Person
    leyla: Person

    @property
    def rooms(self) -> dict[str, str]:
        return self.told.rooms

    async def reads(self, room: str, text: str, bot: str, person: Person | None = None) -> Any:
        return await (person or self.leyla).wait_for(
            room_id=room, sender=bot, body=re.compile(text), timeout=60
        )

    async def events(self, room: str) -> list[Json]:
        target = room_path(room, "messages") + "?dir=b&limit=1000"
        answer = await self.anna.homeserver.call("GET", target)
        return list(answer["chunk"])


@pytest.fixture
async def town(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path, synapse: EmbeddedSynapse
) -> Town:
    greeter, carrier = await new_account("onboarding"), await new_account("exchange")
    anna, leyla = [await make_person(x, strict=True) for x in ("anna", "leyla")]
    both = (greeter.user_id, carrier.user_id)
    rooms = {
        "space": await make_room(anna, both[0], KNOCK, space=True),
        "coordination": await make_room(anna, both[0]),
        "exchange": await make_room(anna, both[0], invite=both[1:]),
        "north": await make_room(anna, both[0], ENCRYPTED, invite=both[1:]),
        "creator": anna.user_id,
    }
    told = Told(synapse.url, str(tmp_path / "office"), _pair(greeter), _pair(carrier), rooms)
    return Town(told, anna, leyla)


def _pair(account: HomeserverAccount) -> tuple[str, str]:
    return account.user_id, account.password


async def live(town: Town) -> tuple[str, str, str]:
    """Knock, be let in, agree, choose, share, change and delete; the chat, the source, the copy."""
    leyla, anna, rooms = town.leyla, town.anna, town.rooms
    greeter, carrier = town.told.onboarding[0], town.told.exchange[0]
    await town.reads(rooms["north"], "share messages", carrier, anna)
    await leyla.homeserver.call("POST", f"/knock/{rooms['space']}", {"reason": "hello"})
    wish = await town.reads(rooms["coordination"], "would like to join", greeter, anna)
    await anna.react(rooms["coordination"], wish.event_id, "✅")
    await leyla.wait_until(partial(leyla.invited_rooms.get, rooms["space"]), timeout=60)
    await leyla.join(rooms["space"])
    await leyla.wait_until(lambda: _direct(leyla, greeter), "a private room", timeout=60)
    chat = await leyla.join(_direct(leyla, greeter) or "")
    rules = await town.reads(chat, "Be kind", greeter)
    await leyla.react(chat, rules.event_id, "✅")
    await town.reads(chat, "Which groups", greeter)
    await leyla.send(chat, "1")
    await town.reads(chat, "They know that you are coming", greeter)
    for room in (rooms["exchange"], rooms["north"]):
        await leyla.wait_until(partial(leyla.invited_rooms.get, room), timeout=60)
        await leyla.join(room)
    source = await leyla.send(rooms["north"], "Who has a sofa?")
    await leyla.react(rooms["north"], source, "📣")
    copy = await town.reads(rooms["exchange"], "sofa", carrier)
    await leyla.edit(rooms["north"], source, "Who has a bed?")
    await town.reads(rooms["exchange"], "bed", carrier)
    await leyla.redact(rooms["north"], source)
    await leyla.wait_for(room_id=rooms["exchange"], redacts=copy.event_id, timeout=60)
    return chat, source, copy.event_id


def _direct(person: Person, bot: str) -> str | None:
    rooms = person.invited_rooms.values()
    return next((x.room_id for x in rooms if x.is_direct and x.sender == bot), None)


async def audit(town: Town, chat: str, source: str, copy: str) -> None:
    """Whatever happened to the office, all this happened once."""
    leyla, greeter, carrier = town.leyla, town.told.onboarding[0], town.told.exchange[0]
    said = [x.body or "" for x in leyla.seen(chat) if x.sender == greeter]
    told = ("Hello and welcome", "Be kind", "Thank you! You are in", "Which groups", "They know")
    assert {text: sum(text in x for x in said) for text in told} == dict.fromkeys(told, 1)
    assert not [x for x in leyla.seen(chat) if x.sender == greeter and x.shield]
    direct = [x for x in leyla.invited_rooms.values() if x.is_direct]
    assert direct == [], "one private room, not two"
    for name in ("space", "exchange", "north"):
        invited = [
            x
            for x in await town.events(town.rooms[name])
            if x["type"] == "m.room.member"
            and x["state_key"] == leyla.user_id
            and x["content"]["membership"] == "invite"
        ]
        assert len(invited) == 1, name
    sent = [x for x in await town.events(town.rooms["exchange"]) if x["sender"] == carrier]
    kinds = Counter(x["type"] for x in sent)
    assert kinds["m.room.message"] == 2, "a copy and its edit"
    assert kinds["m.room.redaction"] == 2, "one of each"
    gone = {x["event_id"]: x for x in sent}[copy]
    assert gone["content"] == {}
    coordination = await town.events(town.rooms["coordination"])
    ours = [x for x in coordination if x["sender"] == greeter and x["type"] == "m.room.message"]
    wishes = [x for x in ours if "m.new_content" not in x["content"]]
    assert len(wishes) == 2, "the wish, and that she is interested in an initiative"


# Each life of the office ends at one of these, in the order in which the story comes by.
LIVES = (
    (
        "after:commit:sync:3",
        "before:join",
        "before:createRoom",
        "before:commit:performed:2",
        "after:invite:2",
        "before:event",
    ),
    (
        "after:join:2",
        "after:createRoom",
        "before:sendToDevice",
        "before:send:3",
        "after:event",
        "before:redact",
    ),
    (
        "before:commit:decide:2",
        "after:commit:performed:3",
        "after:react",
        "before:invite",
        "after:commit:look",
        "after:redact",
    ),
)


@pytest.mark.parametrize("points", LIVES, ids=[x[0] for x in LIVES])
async def test_everything_happens_once_whenever_the_office_is_killed(
    town: Town, points: tuple[str, ...]
) -> None:
    async with kept(town.told, points) as keeper:
        chat, source, copy = await live(town)
        await until(lambda: keeper.statuses == [-signal.SIGKILL] * len(points), "every kill", 60)
        await keeper.ready.wait()
        await asyncio.sleep(2)  # what is done twice is done soon after a start
        await audit(town, chat, source, copy)
    assert keeper.statuses[len(points) :] == [0]


async def test_a_homeserver_that_asks_for_patience_is_given_it(
    town: Town, synapse: EmbeddedSynapse
) -> None:
    async with Proxy(synapse.url) as proxy:
        for pattern in ("createRoom", "/send/", "/invite", "/redact/", "/event/", "sendToDevice"):
            proxy.on(pattern, limited(300), times=2)
            proxy.on(pattern, failing(500), times=1)
        told = Told(**{**town.told.__dict__, "homeserver": proxy.url})
        async with kept(told, ()) as keeper:
            await audit(town, *await live(town))
            assert len(proxy.passed("createRoom")) >= 4
    assert keeper.statuses == [0]


if __name__ == "__main__":
    asyncio.run(main())
