"""The network office by its command line, as processes on a real Synapse."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from contextlib import suppress

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices.reading import load_network
from bots.offices.spaces.planning import planning
from bots.runtime.process.control import ask
from tests.synapse.alliance import Network, network
from tests.synapse.processes import AWAY, PATIENCE, Done, held_port, passing_on
from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]
__all__ = ["network"]


def told(done: Done) -> str:
    """The one sentence with which a command has failed."""
    assert (done.status, done.out) == (1, "")
    [sentence] = done.sentences
    return sentence


# -- a day in its life -----------------------------------------------------------------------------


async def test_run_before_apply(network: Network) -> None:
    sentence = await network.here.refuses_to_run()
    assert sentence == (
        f"{network.here.file}: rooms of the network are not there yet (alliance, coordination, "
        "exchange, announcements). Make them with "
        f"`buendnis apply {network.here.file}`, then start the office again."
    )


async def test_status_and_stop(network: Network) -> None:
    office = await network.open()
    status = await network.here.command("status")
    assert status.status == 0
    first = r"The office runs \(process \d+\); homeserver: reachable; mail server: reachable\."
    assert re.fullmatch(first, status.out.splitlines()[0])
    stop = await network.here.command("stop")
    assert (stop.status, stop.out) == (0, "The office is stopping.\n")
    assert (await office.ended()).status == 0
    sentence = told(await network.here.command("status"))
    assert sentence == (
        f"No office runs on {network.here.state}. Start it with `buendnis run {network.here.file}`."
    )


async def test_apply_has_the_running_office_join_what_is_new(network: Network) -> None:
    await network.open()
    network.declared.initiative("south", network.nora.user_id)
    network.declared.data["web"]["public_url"] = "https://pages.example"
    network.here.write()
    done = await network.here.command("apply")
    assert (done.status, done.sentences) == (0, [])
    assert done.out.endswith(
        "The running office has taken it up.\nChanged, but only a restart takes it up: web.\n"
    )
    exchange = await network.room(network.anna, "exchange")
    await network.shares(await network.sharing("south"), "Tea at five")
    copy = await network.says(network.anna, "exchange", "Tea at five", exchange)
    assert "South" in (copy.body or "")


async def test_reload_refuses_faults_and_says_what_waits_for_a_restart(network: Network) -> None:
    office = await network.open()
    data = network.declared.data
    data["rules"] = {"en": "Be kinder still."}
    data["web"]["public_url"] = "https://pages.example"
    network.here.write()
    done = await network.here.command("reload")
    assert done.out == (
        "The office has read its settings again.\nChanged, but only a restart takes it up: web.\n"
    )
    network.here.file.write_text(network.here.file.read_text() + "x: 1\n")
    assert ": x: is not a known key" in told(await network.here.command("reload"))
    office.signal(signal.SIGHUP)
    await office.logs("the settings stay as they were")
    network.here.write()
    office.signal(signal.SIGHUP)
    await office.logs("read the settings again", times=2)


async def test_sigterm_in_the_middle_of_a_burst_loses_nothing(network: Network) -> None:
    office = await network.open()
    exchange = await network.room(network.anna, "exchange")
    room = await network.sharing()
    texts = [f"Number {number}." for number in range(24)]
    for start in range(0, 24, 8):
        for text in texts[start : start + 8]:
            await network.shares(room, text)
        office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0
        assert "Traceback" not in office.log
        office = await network.here.ready()
    for text in texts:
        await network.says(network.anna, "exchange", re.escape(text), exchange)
    await network.shares(room, "the last")
    await network.says(network.anna, "exchange", "the last", exchange)
    copies = [network.told(network.anna, "exchange", text, exchange) for text in texts]
    assert copies == [1] * len(texts)


# -- what is in the way ----------------------------------------------------------------------------


async def test_its_first_start_waits_for_the_homeserver(
    network: Network, synapse: EmbeddedSynapse
) -> None:
    """Also where it has to look for its rooms, since what was known of them is lost."""
    await network.apply()
    shutil.rmtree(network.here.state / "creator")
    port = held_port()
    network.through(port)
    office = await network.here.start()
    await office.logs("the rooms can't be looked up yet; trying again: No answer")
    async with passing_on(port, synapse.port):
        await network.here.status("reachable")
        await network.shares(await network.sharing(), "found again")
        exchange = await network.room(network.anna, "exchange")
        await network.says(network.anna, "exchange", "found again", exchange)
        assert office.log.count("can't be looked up") == 1


@pytest.mark.parametrize("how", ["SIGTERM", "stop"])
async def test_it_answers_and_can_be_stopped_while_it_waits(network: Network, how: str) -> None:
    with held_port() as port:
        network.through(port)
        office = await network.here.start()
        await office.logs("can't be looked up yet")
        status = await network.here.command("status")
        assert (status.status, "homeserver: not reached yet." in status.out) == (0, True)
        assert "has not started yet" in told(await network.here.command("reload"))
        assert "already running" in await network.here.refuses_to_run()
        if how == "stop":
            assert (await network.here.command("stop")).status == 0
        else:
            office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0
        assert not (network.here.state / "control.sock").exists()


async def test_it_starts_while_the_homeserver_is_away(
    network: Network, synapse: EmbeddedSynapse
) -> None:
    office = await network.open()
    assert (await network.here.command("stop")).status == 0
    assert (await office.ended()).status == 0
    port = held_port()
    network.through(port)
    office = await network.here.start()
    await office.logs(AWAY)
    await network.here.status("away")
    async with passing_on(port, synapse.port):
        await network.here.status("reachable")
        office.signal(signal.SIGTERM)
        assert (await office.ended()).status == 0


async def test_a_second_office_on_the_same_state_ends_at_once(network: Network) -> None:
    office = await network.open()
    sentence = await network.here.refuses_to_run()
    assert "An office is already running on this store (process " in sentence
    office.signal(signal.SIGTERM)
    assert (await office.ended()).status == 0


@pytest.mark.parametrize("what", ["listen", "metrics"])
async def test_a_port_that_is_taken(network: Network, what: str) -> None:
    await network.apply()
    with held_port() as taken:
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        network.declared.data["web"][what] = where
        network.here.write()
        sentence = await network.here.refuses_to_run()
    assert where in sentence


async def test_mails_wait_for_their_server(network: Network) -> None:
    port = held_port()
    network.declared.data["email"]["smtp"]["port"] = port.getsockname()[1]
    await network.open()
    subscribing = asyncio.create_task(network.subscribes("reader@mail.example"))
    try:

        async def waits() -> bool:
            counts = (await asyncio.to_thread(ask, network.here.state, "status"))["counts"]
            return bool(counts["outbox_ready"] == 1)

        await until(waits, "a mail that waits")
        exchange = await network.room(network.anna, "exchange")
        await network.shares(await network.sharing(), "meanwhile")
        await network.says(network.anna, "exchange", "meanwhile", exchange)
        assert network.sink.mails == []
        status = (await network.here.command("status")).out
        assert "mail server: away, trying again." in status
        async with passing_on(port, network.sink.port):
            await asyncio.wait_for(subscribing, PATIENCE)
    finally:
        subscribing.cancel()
        with suppress(asyncio.CancelledError):
            await subscribing
    assert len(network.sink.mails) == 1


async def test_a_broken_signing_key_is_statuswith_its_line(network: Network) -> None:
    key = network.here.secret("dkim.pem", "no key at all")
    dkim = {"domain": "net.example", "selector": "s1", "key_file": key}
    network.declared.data["email"]["dkim"] = dkim
    network.here.write()
    where = rf"{re.escape(str(network.here.file))}:\d+: email\.dkim\.key_file: "
    for sentence in (
        await network.here.refuses_to_run(),
        (await network.here.command("check")).out.strip(),
    ):
        assert re.match(where, sentence), sentence
        assert "holds no private key in PEM format" in sentence


async def test_what_happens_while_an_apply_is_under_way(network: Network) -> None:
    await network.apply()
    config = load_network(network.here.file)
    async with planning(config):
        sentence = told(await network.here.command("plan"))
        assert sentence.endswith(
            "Another `plan` or `apply` of this network is under way; wait until it has ended."
        )
        office = await network.here.start()
        await office.logs("under way")
    await network.here.status("reachable")
    async with planning(config):
        assert "is under way" in told(await network.here.command("reload"))
        assert "is under way" in told(await network.here.command("apply"))
    assert (await network.here.command("reload")).status == 0
