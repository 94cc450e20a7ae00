"""A network office that comes back: from a backup, or with nothing but its sealing key."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bots.offices.network import NetworkOffice, network_office
from bots.offices.reading import load_network
from bots.runtime.process.control import ask
from federation.syncing.recovery import HANDLED
from tests.synapse.alliance import Network, network
from tests.synapse.conftest import MakePerson
from tests.synapse.network_backups import SETTLED, Story, backed_up, stopped
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]
__all__ = ["network"]


# -- a backup --------------------------------------------------------------------------------------


def lose(state: Path) -> None:
    """The stores are gone, and what was known of the rooms; the key is not."""
    for path in state.glob("office.db*"):
        path.unlink()
    shutil.rmtree(state / "creator")


async def held(network: Network, number: int) -> None:
    async def are_held() -> bool:
        found = await asyncio.to_thread(ask, network.here.state, "status")
        return bool(found["counts"]["outbox_held"] == number)

    await until(are_held, "mails that may have left")


async def test_nothing_is_done_twice_after_a_restore(
    network: Network, make_person: MakePerson
) -> None:
    """Some of it before the backup, some of it after, of which the restored store knows nothing."""
    story = Story(network)
    office = await network.open()
    await story.begin()
    await story.welcome(await make_person("leyla"))
    await story.share("shared before")
    await story.copied("shared before")
    await story.announce("Mailed before.")
    archive = await backed_up(network)
    await story.welcome(await make_person("mina"))
    await story.share("shared after")
    await story.copied("shared after")
    await story.announce("Mailed after.")
    await stopped(office)
    lose(network.here.state)
    await story.share("shared meanwhile")
    done = await network.here.command("restore", archive)
    assert (done.status, done.err) == (0, "")

    office = await network.here.ready()
    await story.copied("shared meanwhile")
    await held(network, 1)
    await asyncio.sleep(SETTLED)
    story.is_told_once()
    assert [len(network.mails(text)) for text in ("Mailed before", "Mailed after")] == [1, 1]
    await stopped(office)
    await let_go(network)


async def let_go(network: Network) -> None:
    """It is the same mail again, which mailboxes fold into one."""
    done = await network.here.command("release")
    assert done.out == "Mails that leave when the office runs: 1.\n"
    await network.here.ready()
    await until(lambda: len(network.mails("Mailed after")) == 2, "the mail that was let go")
    first, second = network.mails("Mailed after")
    assert first.message_id == second.message_id
    assert len(network.mails("Mailed before")) == 1


# -- nothing but the key ---------------------------------------------------------------------------


@asynccontextmanager
async def opened(network: Network) -> AsyncIterator[NetworkOffice]:
    running = await network_office(load_network(network.here.file))
    async with started(running.office), running.beside():
        yield running


async def test_a_lost_store_does_nothing_twice(network: Network, make_person: MakePerson) -> None:
    """All but the sealing key is lost. What the office cannot know any more are its readers; what
    rooms tell, it reads back."""
    story = Story(network)
    leyla = await make_person("leyla")
    await network.apply()
    async with opened(network) as running:
        await story.begin()
        await story.welcome(leyla)
        await story.share("shared before")
        await story.copied("shared before")
        await story.announce("Mailed before.")
        await running.office.mark({})
        await story.share("shared after")
        await story.copied("shared after")
    lose(network.here.state)
    await story.share("shared meanwhile")
    async with opened(network):
        await story.copied("shared meanwhile")
        await asyncio.sleep(SETTLED)
        story.is_told_once()
        [(_, chat)] = story.chats
        await network.agrees(leyla, chat)
        offer = await network.announces(story.news, "# News\n\nFor nobody.")
        anna, news = network.anna, story.news
        await network.says(anna, "announcements", "Released at", news, edits=offer)
        assert network.told(anna, "announcements", "This message can go out by mail", news) == 2
    assert [len(network.mails(text)) for text in ("Mailed before", "For nobody")] == [1, 0]


async def forgets(network: Network, role: str) -> None:
    """As if all that a bot ever did were long ago."""
    client = await network.declared.client(role)
    try:
        later = {"ts": int((time.time() + 7200) * 1000)}
        await client.call("PUT", "user", client.user, "account_data", HANDLED, body=later)
    finally:
        await client.close()


async def test_what_a_lost_store_cannot_know(network: Network, make_person: MakePerson) -> None:
    """What was done long before is not read back: nobody is written to unasked, and who writes
    again is asked for her yes again."""
    leyla = await make_person("leyla")
    await network.apply()
    async with opened(network):
        coordination = await network.room(network.anna, "coordination")
        chat = await network.welcomed(leyla)
        await network.agrees(leyla, chat)
    for role in ("onboarding", "exchange", "announcements"):
        await forgets(network, role)
    lose(network.here.state)
    async with opened(network):
        await asyncio.sleep(SETTLED)
        assert network.told(leyla, "onboarding", "Be kind", chat) == 1
        await leyla.send(chat, "!topics")
        await until(lambda: network.told(leyla, "onboarding", "Be kind", chat) == 2, "the rules")
        await leyla.send(chat, "yes")
        wish = await network.says(network.anna, "onboarding", "wrote to me", coordination)
        await network.anna.react(coordination, wish.event_id, "✅")
        await until(lambda: network.told(leyla, "onboarding", "Thank you! You are in", chat) == 2)
        await asyncio.sleep(SETTLED)
        assert network.told(network.anna, "onboarding", "could not be", coordination) == 0
