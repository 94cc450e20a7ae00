"""A network office that comes back from a backup: what was erased since then stays erased."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from functools import partial

import aiohttp
import pytest

from bots.announcements.documents.news import PAGES
from bots.exchange.documents import SHARES
from bots.lab.people.person import Person
from bots.offices.opening import key_of
from bots.offices.reading import load_network
from bots.onboarding.documents import CHATS, MEMBERS
from bots.runtime.mail.documents import ADDRESSES
from bots.runtime.process.control import ask
from bots.runtime.store.store import Store
from tests.bench.mailsink import STALL
from tests.synapse.alliance import PUBLIC_URL, Network, network
from tests.synapse.conftest import MakePerson
from tests.synapse.network_backups import SETTLED, Story, backed_up, stopped
from tests.synapse.unsealed import holding
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]
__all__ = ["network"]

TEXT, NEWS, READER = "Sofamaennchen", "Sommerfestle", "reader@mail.example"
"""Words of what is shared and of what is announced; whom `Story` subscribes."""
FORGOTTEN = {
    f"vault {kind}"
    for kind in (
        SHARES.kind,
        f"{SHARES.kind} lists",
        PAGES.kind,
        ADDRESSES.kind,
        MEMBERS.kind,
        f"{MEMBERS.kind} lists",
        CHATS.kind,
        f"{CHATS.kind} lists",
    )
}


@dataclass
class Erasing:
    network: Network
    story: Story
    leyla: Person
    shared: str = ""
    announced: str = ""

    # -- what happens --------------------------------------------------------------------------

    async def before(self) -> None:
        """One mail has arrived, one waits."""
        home, story = self.network, self.story
        await story.begin()
        await story.welcome(self.leyla)
        self.shared = await home.shares(story.source, f"Wer hat ein {TEXT}?")
        await story.copied(TEXT)
        self.announced = await self.announce(NEWS)
        await home.mail(NEWS)
        waiting: list[str] = []

        def stall(verb: str, argument: str) -> str | None:
            waiting.extend([argument] * (verb == "RCPT"))
            return STALL if verb == "RCPT" else None

        home.sink.script = stall
        await self.announce("For nobody.")
        await until(lambda: waiting, "a mail that waits")

    async def announce(self, text: str) -> str:
        home, news = self.network, self.story.news
        said = await home.anna.send(news, f"# News\n\n{text}")
        offer = await home.says(home.anna, "announcements", "✅", news, thread=said)
        await home.anna.react(news, offer.event_id, "✅")
        await home.says(home.anna, "announcements", "Released at", news, edits=offer.event_id)
        return said

    async def since(self) -> None:
        home, story = self.network, self.story
        link = await home.mail(rf"{re.escape(PUBLIC_URL)}(/u/[\w-]{{22}})")
        async with aiohttp.ClientSession() as http, http.post(home.pages + link) as answer:
            assert answer.status == 200
        [(leyla, chat)] = story.chats
        await leyla.send(chat, "!erase")
        await home.says(leyla, "onboarding", "Shall I erase", chat)
        await leyla.send(chat, "yes")
        await home.says(leyla, "onboarding", "is erased", chat)
        [copy] = [x for x in home.anna.seen(story.exchange) if TEXT in (x.body or "")]
        await home.nora.redact(story.source, self.shared)
        await home.anna.wait_for(room_id=story.exchange, redacts=copy.event_id)
        await home.anna.redact(story.news, self.announced)
        await home.says(home.anna, "announcements", "The message was removed", story.news)

    async def goes_on(self) -> None:
        """The office runs; nobody hears from it of what is erased."""
        home, story = self.network, self.story
        [(leyla, chat)] = story.chats
        mails, told = len(home.sink.mails), home.told(leyla, "onboarding", "", chat)
        office = await home.here.ready()
        await self.announce("For nobody, either.")
        asked = await home.anna.send(story.exchange, f"!find {TEXT}")
        answer = await home.says(home.anna, "exchange", "", story.exchange, reply_to=asked)
        assert "matrix.to" not in (answer.body or "")
        await until(self.idle, "an office that has done everything")
        await asyncio.sleep(SETTLED)
        assert home.sink.mails[mails:] == []
        assert home.told(leyla, "onboarding", "", chat) == told
        assert [x for x in leyla.invited_rooms.values() if x.is_direct] == []
        await stopped(office)

    async def restored(self, archive: str) -> Counter[str]:
        """Where the restored store, not yet run, holds any of it."""
        for path in self.network.here.state.glob("office.db*"):
            path.unlink()
        done = await self.network.here.command("restore", archive)
        assert (done.status, done.err) == (0, "")
        return await self.kept()

    # -- what there is -------------------------------------------------------------------------

    async def idle(self) -> bool:
        found = await asyncio.to_thread(ask, self.network.here.state, "status")
        return not any(found["counts"].get(x) for x in ("outbox_ready", "inbox_ready"))

    async def kept(self, *words: str) -> Counter[str]:
        """Where the store of an office that does not run holds any of it."""
        words = words or (TEXT, NEWS, READER, self.leyla.user_id)
        key = key_of(load_network(self.network.here.file))
        store = Store.open(self.network.here.state, key)
        try:
            return await store.run("count", partial(holding, words=words))
        finally:
            await store.close()


async def test_what_was_erased_since_stays_erased(
    network: Network, make_person: MakePerson
) -> None:
    """A reader leaves, a newcomer has herself erased, a share and an announcement are deleted."""
    erasing = Erasing(network, Story(network), await make_person("leyla"))
    office = await network.open()
    await erasing.before()
    archive = await backed_up(network)
    await erasing.since()
    await stopped(office)
    network.sink.script = None

    log = network.here.state / "erased.log"
    erased = log.read_bytes()
    log.unlink()
    assert (await erasing.restored(archive)).keys() >= FORGOTTEN, "the backup has it all"
    log.write_bytes(erased)
    assert not (await erasing.restored(archive)).keys() & FORGOTTEN

    done = await network.here.command("release")
    assert done.out == "Mails that leave when the office runs: 1.\n"
    await erasing.goes_on()
    after = await erasing.kept()
    assert not after.keys() & FORGOTTEN
    assert not await erasing.kept(TEXT, NEWS, READER)
