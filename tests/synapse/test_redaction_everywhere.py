"""What its author takes back while the office is down is gone everywhere once it is up again.

Copies are counted where they can be: in rooms as another client gets them, on the page, and in the
store, where every sealed row of every table is opened: the archive, the index and the mails that
wait, and whatever else may hold a word. Before there is at least one in each; after, none.
"""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bots.announcements.documents.news import ITEMS, PAGES
from bots.exchange.documents import SHARES
from bots.exchange.words import words
from bots.lab.people.client import room_path
from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.opening import key_of
from bots.offices.reading import load_network
from bots.runtime.mail.documents import LETTERS
from bots.runtime.model.decision import Deliver
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from tests.bench.mailsink import STALL
from tests.kit.stored import documents, listed
from tests.synapse.alliance import PUBLIC_URL, Alliance, founded, text_of
from tests.synapse.conftest import MakePerson
from tests.synapse.processes import Installation, Running
from tests.synapse.unsealed import holding
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]

FIRST, THEN = "Sofamaennchen", "Bettmaennchen"
"""Words of the message that is shared: as it was written, and as it was edited."""
NEWS, NACHRICHT = "Sommerfestle", "Sommerfestchen"
"""Words of the announcement, and of its translation."""
ALL = (FIRST, THEN, NEWS, NACHRICHT)
EXCHANGE = (SHARES.kind, f"{SHARES.kind} lists")
ARCHIVE = {f"vault {x}" for x in (*EXCHANGE, ITEMS.kind, PAGES.kind, LETTERS.kind)}
"""Where they lie before."""
QUICK, SLOW, LATER = "quick@mail.example", "slow@mail.example", "digest@mail.example"


@dataclass
class Post:
    """A mail server that keeps all readers but one waiting."""

    held: bool = False
    waiting: set[str] = field(default_factory=set)

    def __call__(self, verb: str, argument: str) -> str | None:
        if self.held and verb == "RCPT" and QUICK not in argument:
            self.waiting.add(argument)
            return STALL
        return None


@dataclass(frozen=True)
class Kept:
    """What lies in the store of an office that does not run."""

    holding: Counter[str]
    """Rows that hold any of the words, by where they lie."""
    index: frozenset[str]
    """Words under which something is found."""
    page: int
    queue: int
    """Mails in the outbox for which there is a letter."""


def kept(tx: Transaction) -> Kept:
    letters = {x.key for x in documents(tx, LETTERS)}
    index = frozenset(listed(tx, SHARES, "word"))
    queue = [x for x in mails_waiting(tx) if x.content["letter"] in letters]
    return Kept(holding(tx, ALL), index, len(documents(tx, PAGES)), len(queue))


def mails_waiting(tx: Transaction) -> list[Deliver]:
    rows = tx._sql("SELECT id FROM outbox WHERE state = 'ready'").fetchall()
    found = [tx.waiting_order(id_) for (id_,) in rows]
    return [x.action for x in found if x is not None and isinstance(x.action, Deliver)]


@dataclass
class Town(Alliance):
    place: Installation
    post: Post
    cem: Person
    """Reads along."""
    exchange: str = ""
    news: str = ""
    """The room of announcements."""

    async def kept(self) -> Kept:
        config = load_network(self.declared.write())
        store = Store.open(self.place.state, key_of(config))
        try:
            return await store.run("count", kept)
        finally:
            await store.close()

    async def in_rooms(self) -> int:
        """Events of ours that hold any of the words, as the server gives them to another client."""
        ours = {self.declared.user(role) for role in ("exchange", "announcements")}
        found = 0
        for room in (self.exchange, self.news):
            target = room_path(room, "messages") + "?dir=b&limit=1000"
            events = (await self.cem.homeserver.call("GET", target))["chunk"]
            found += sum(x["sender"] in ours and any(y in str(x) for y in ALL) for x in events)
        return found

    async def on_page(self) -> int:
        pages = ""
        async with aiohttp.ClientSession(self.pages) as http:
            for language in ("de", "en"):
                async with http.get("/news", params={"lang": language}) as answer:
                    assert answer.status == 200
                    pages += await answer.text()
        return sum(x in pages for x in (NEWS, NACHRICHT))

    async def found(self, word: str) -> list[str]:
        """Links to copies that a search finds."""
        asked = await self.cem.send(self.exchange, f"!find {word}")
        bot = self.declared.user("exchange")
        answer = await self.cem.wait_for(room_id=self.exchange, sender=bot, reply_to=asked)
        assert "shared message" in (answer.body or "")
        return re.findall(r"https://matrix\.to/\S+", answer.body or "")

    def arrived(self) -> int:
        return sum(any(x in text_of(mail) for x in ALL) for mail in self.sink.mails)

    async def idle(self) -> bool:
        counts = (await self.place.status("reachable"))["counts"]
        return not counts.get("outbox_ready") and not counts.get("inbox_ready")


@pytest.fixture
async def town(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path
) -> AsyncIterator[Town]:
    async with founded(tmp_path, synapse, make_person) as found:
        cem, post = await make_person("cem"), Post()
        found.declared.data["coordinators"].append(cem.user_id)
        found.sink.script = post
        assert (await found.declared.apply()).failures == []
        place = Installation(tmp_path, found.declared.data, found.declared.write().name)
        try:
            yield Town(found.declared, found.anna, found.nora, found.sink, place, post, cem)
        finally:
            for office in place.offices:
                await office.kill()


async def subscribe(town: Town, reader: str, kind: str, language: str) -> None:
    form = {"address": reader, "language": language, "kind": kind}
    mails = town.sink.mails
    async with aiohttp.ClientSession(town.pages) as http:
        async with http.post("/subscribe", data=form) as answer:
            assert answer.status == 200
        await until(lambda: any(x.recipient == reader for x in mails), "the mail that asks")
        (mail,) = (x for x in mails if x.recipient == reader)
        link = re.search(rf"{re.escape(PUBLIC_URL)}(/c/[\w-]{{22}})", text_of(mail))
        assert link is not None
        async with http.post(link[1]) as answer:
            assert answer.status == 200


async def share(town: Town) -> tuple[str, str]:
    """A message, shared and edited; and its copy."""
    town.exchange = await town.room(town.cem, "exchange")
    room = await town.sharing()
    event = await town.shares(room, f"Wer hat ein {FIRST}?")
    copy = await town.says(town.cem, "exchange", FIRST, town.exchange)
    await town.nora.edit(room, event, f"Wer hat ein {THEN}?")
    await town.says(town.cem, "exchange", THEN, town.exchange)
    return event, copy.event_id


async def announce(town: Town) -> str:
    """Released with a translation: one mail has arrived, one waits, and one is for the digest."""
    town.news = await town.room(town.anna, "announcements")
    await town.room(town.cem, "announcements")
    event = await town.anna.send(town.news, f"# {NEWS}\n\nOn Monday.")
    offer = await town.says(town.anna, "announcements", "✅", town.news, thread=event)
    await town.anna.send(town.news, f"de: # {NACHRICHT}", thread=event)
    await town.says(town.anna, "announcements", "✅", town.news, edits=offer.event_id)
    town.post.held = True
    await town.anna.react(town.news, offer.event_id, "✅")
    await until(town.arrived, "the first mail")
    await until(lambda: town.post.waiting, "a mail that waits")
    return event


async def down(town: Town, office: Running, number: signal.Signals) -> Kept:
    office.signal(number)
    status = (await office.ended(10)).status
    assert status == (0 if number is signal.SIGTERM else -number)
    return await town.kept()


async def everywhere(town: Town, office: Running, copy: str) -> None:
    """Before: there is something to be found in each place."""
    assert await town.in_rooms() == 2, "a copy, and its edit"
    (link,) = await town.found(THEN)
    assert copy in link
    assert await town.on_page() == 2
    before = await down(town, office, signal.SIGKILL)
    assert before.holding.keys() >= ARCHIVE
    assert before.index >= set(words(THEN))
    assert (before.page, before.queue) == (1, 1)
    assert town.arrived() == 1


async def nowhere(town: Town, office: Running) -> None:
    assert await town.in_rooms() == 0
    assert await town.on_page() == 0
    await town.anna.send(town.news, "!digest")
    await town.says(town.anna, "announcements", "nothing new for a digest", town.news)
    after = await down(town, office, signal.SIGTERM)
    assert after.holding == Counter()
    assert after.index == set()
    assert (after.page, after.queue) == (0, 0)
    await town.place.ready()  # only now: whoever searches says the words herself
    assert await town.found(THEN) == await town.found(FIRST) == []


async def test_what_is_taken_back_while_the_office_is_down_is_gone_everywhere(town: Town) -> None:
    office = await town.place.ready()
    await subscribe(town, QUICK, "immediate", "en")
    await subscribe(town, SLOW, "immediate", "de")
    await subscribe(town, LATER, "digest", "en")
    shared, copy = await share(town)
    announced = await announce(town)
    await everywhere(town, office, copy)

    await town.nora.redact(await town.id_of("north/offen"), shared)
    await town.anna.redact(town.news, announced)
    town.post.held = False
    office = await town.place.ready()
    await town.cem.wait_for(room_id=town.exchange, redacts=copy)
    await town.says(town.anna, "announcements", "are not sent any more", town.news)
    await until(partial(town.idle), "an office that has done everything")
    told = town.told(town.anna, "announcements", "Sent to 1 reader", town.news)
    assert told >= 1, "those that were sent can't be called back, and editors know how many"
    await nowhere(town, office)
    assert town.arrived() == 1, "no mail left after the restart"
