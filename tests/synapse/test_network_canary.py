"""Nothing that names newcomers, sharers or readers, and nothing that they wrote, is left by the
network office in a file, a log or a status."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.network import network_office
from bots.offices.reading import load_network
from bots.runtime.model.decision import FormSubmitted
from tests.bench.mailsink import DROP
from tests.synapse.alliance import founded
from tests.synapse.canaries import Canaries, log, read_all
from tests.synapse.conftest import MakePerson
from tests.synapse.network_house import House
from tests.synapse.offices import started
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]

__all__ = ["log"]
DECLARED = ("network.yaml", "secret")
"""What an admin wrote, where names have to stand."""


async def test_no_canary_of_the_network_is_left_anywhere(
    synapse: EmbeddedSynapse, make_person: MakePerson, tmp_path: Path, log: io.StringIO
) -> None:
    canaries = Canaries()
    async with founded(tmp_path, synapse, make_person) as found:
        assert (await found.declared.apply()).failures == []
        config = load_network(found.declared.write())
        running = await network_office(config)
        async with started(running.office), running.beside():
            told = (found.declared, found.anna, found.nora, found.sink)
            home = House(*told, running, synapse)
            await newcomer(home, canaries, make_person)
            await sharer(home, canaries)
            await readers(home, canaries)
            await trouble(home, canaries)
            await until(lambda: "try 3" in log.getvalue(), "a rule that fails three times")
            note_ids(home, canaries, found.anna, found.nora)
            status = json.dumps(await running.office.status(), ensure_ascii=False)
            files = {f"{k}, running": v for k, v in read_all(config.network.state).items()}
        files |= read_all(config.network.state)
    assert {"office.db, running", "office.db-wal, running", "erased.log"} <= set(files)
    assert len(canaries) > 40
    files |= {"status": status.encode(), "log": log.getvalue().encode()}
    assert {name: canaries.found_in(x) for name, x in files.items()} == {x: [] for x in files}


async def newcomer(home: House, canaries: Canaries, make_person: MakePerson) -> None:
    leyla = await make_person("canaryleyla")
    canaries.add("a newcomer", leyla.user_id)
    name = {"displayname": canaries.new("name")}
    await leyla.homeserver.call("PUT", f"/profile/{leyla.user_id}/displayname", name)
    knock = f"/knock/{await home.id_of('alliance')}"
    await leyla.homeserver.call("POST", knock, {"reason": canaries.new("reason")})
    chat = await home.welcomed(leyla)
    canaries.add("a private room", chat)
    await home.agrees(leyla, chat)
    await leyla.send(chat, canaries.new("question"))
    await home.says(leyla, "onboarding", "did not understand", chat)


async def sharer(home: House, canaries: Canaries) -> None:
    exchange = await home.room(home.anna, "exchange")
    room = await home.sharing()
    name = {"displayname": canaries.new("sharer")}
    await home.nora.homeserver.call("PUT", f"/profile/{home.nora.user_id}/displayname", name)
    await home.nora.send(room, "!name on")
    texts = [canaries.new("shared"), canaries.new("edited"), canaries.new("kept")]
    event = canaries.add("an event", await home.shares(room, texts[0]))
    await home.says(home.anna, "exchange", texts[0], exchange)
    await home.nora.edit(room, event, texts[1])
    await home.says(home.anna, "exchange", texts[1], exchange)
    await home.nora.redact(room, event)
    canaries.add("an event", await home.shares(room, texts[2]))
    copy = await home.says(home.anna, "exchange", texts[2], exchange)
    await home.anna.send(exchange, canaries.new("answer"), thread=copy.event_id)
    await home.anna.send(exchange, f"!find {texts[2]} {canaries.new('sought')}")
    await home.says(home.anna, "exchange", "No shared message", exchange)


async def readers(home: House, canaries: Canaries) -> None:
    address = f"{canaries.new('reader')}@mail.example"
    canaries.add("an address", address)
    await home.subscribes(address)
    room = await home.room(home.anna, "announcements")
    text = canaries.new("news")
    await home.announces(room, f"# {text}\n\n{canaries.new('body')}")
    await home.mail(text)
    token = await home.mail(r"https://net\.example/u/([\w-]{22})")
    canaries.add("a token", token)
    # A mail in doubt, and one that is refused, are told in the log.
    home.sink.script = lambda verb, argument: DROP if verb == "END" else None
    await home.announces(room, canaries.new("doubt"))
    await until(lambda: home.sink.count >= 3, "a mail whose answer is lost")


async def trouble(home: House, canaries: Canaries) -> None:
    """A rule that fails on what somebody wrote."""
    bot: Any = home.running.bots["announcements"]
    canary = canaries.new("raise")

    def fail(*_: object) -> None:
        raise KeyError(canary)

    rule, bot.rule = bot.rule, fail
    await home.running.office.submit("form/x", "announcements", FormSubmitted("x", {"x": canary}))
    await until(home.aside, "something that is set aside")
    bot.rule = rule


def note_ids(home: House, canaries: Canaries, *people: Person) -> None:
    """Ids that only the homeserver could choose, and secrets; not what stands in the settings."""
    for post in home.running.office.posts:
        canaries.add("a token", str(post.session.server.token))
        canaries.add("a device", post.session.machine.device_id)
    for person in people:
        canaries.add("a device", person.device_id)
        for seen in person.timeline:
            canaries.add("an event", seen.event_id)
