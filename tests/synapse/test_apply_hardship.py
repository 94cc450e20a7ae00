"""`apply` on a homeserver that is slow to allow things, or goes away in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.synapse.networks import PASSWORD, Declared, contents, made_by

pytestmark = pytest.mark.synapse

INITIATIVES = 3
ROOMS = 4 + 3 * INITIATIVES
LIMITS = {
    "rc_room_creation": {"per_second": 4, "burst_count": 2},
    "rc_message": {"per_second": 8, "burst_count": 3},
    "rc_invites": {
        "per_room": {"per_second": 20, "burst_count": 4},
        "per_user": {"per_second": 20, "burst_count": 4},
        "per_issuer": {"per_second": 20, "burst_count": 4},
    },
}


async def network(folder: Path, synapse: EmbeddedSynapse) -> tuple[Declared, list[str]]:
    """Initiatives with two contacts each, who have accounts and nothing else."""
    declared = Declared(folder, synapse)
    people = []
    for number in range(INITIATIVES):
        contacts = [
            f"@{word}{number}{declared.end}:localhost" for word in ("kontakt", "vertretung")
        ]
        declared.initiative(f"i{number}", *contacts)
        people += contacts
    for person in people:
        await synapse.register(person[1:].partition(":")[0], PASSWORD)
    return declared, people


async def complete(declared: Declared, people: list[str]) -> None:
    """Everything is there once, and everybody was invited."""
    again = await declared.apply()
    assert again.failures == []
    assert again.writes == 0
    creator = await declared.client("creator")
    rooms = await made_by(creator)
    states = [await creator.state(room_id) for room_id in rooms]
    marked = [s for s in states if ("org.buendnis.room", "") in s]
    marks = {str(state["org.buendnis.room", ""]["content"]) for state in marked}
    assert len(marks) == len(marked) == ROOMS
    invited = [set(contents(state, "m.room.member")) for state in marked]
    for person in people:
        assert sum(person in members for members in invited) == 5, person
    bot = declared.user("onboarding")
    assert all(bot in members for members in invited)
    await creator.close()


async def test_limits_are_obeyed(tmp_path: Path) -> None:
    """Ten people at once are too many for this homeserver: then one by one."""
    (tmp_path / "synapse").mkdir()
    async with await EmbeddedSynapse.start(tmp_path / "synapse", extra=LIMITS) as synapse:
        declared, people = await network(tmp_path, synapse)
        run = await declared.apply()
        assert run.failures == []
        assert run.calls["createRoom"] > ROOMS
        assert run.calls["invite"] >= 2 * len(people)
        await complete(declared, people)


async def test_a_homeserver_that_is_killed_meanwhile(tmp_path: Path) -> None:
    async with await EmbeddedSynapse.start(tmp_path / "synapse") as synapse:
        declared, people = await network(tmp_path, synapse)
        outages: list[asyncio.Task[None]] = []
        seen = 0

        async def outage() -> None:
            await asyncio.sleep(0.04)
            await synapse.kill()
            await synapse.restart()

        def probe(stage: str, name: str) -> None:
            nonlocal seen
            seen += (stage, name) == ("before", "createRoom")
            if seen == 6 and not outages:
                outages.append(asyncio.create_task(outage()))

        run = await declared.apply(probe=probe)
        await outages[0]
        assert run.failures == []
        await complete(declared, people)


async def test_a_power_failure(tmp_path: Path) -> None:
    """Homeserver and `apply` end together, with rooms in the making."""
    async with await EmbeddedSynapse.start(tmp_path / "synapse") as synapse:
        declared, people = await network(tmp_path, synapse)
        assert await declared.killed("after:createRoom:3")
        await synapse.kill()
        await synapse.restart()
        run = await declared.apply()
        assert run.failures == []
        await complete(declared, people)


async def test_somebody_who_can_not_be_invited(tmp_path: Path, synapse: EmbeddedSynapse) -> None:
    """Her server is out of reach; everybody else is invited all the same."""
    declared = Declared(tmp_path, synapse)
    here, away = f"@hier{declared.end}:localhost", f"@fort{declared.end}:away.example"
    await synapse.register(here[1:].partition(":")[0], PASSWORD)
    declared.initiative("nord", away, here)
    run = await declared.apply()
    assert len(run.failures) == 5
    assert all(f"{away} could not be invited" in failure for failure in run.failures)
    creator = await declared.client("creator")
    for room_id in await made_by(creator):
        members = contents(await creator.state(room_id), "m.room.member")
        assert declared.user("onboarding") in members
        assert away not in members
    rooms = [await creator.state(room_id) for room_id in await made_by(creator)]
    assert sum(here in contents(state, "m.room.member") for state in rooms) == 5

    again = await declared.apply()
    places = {change.where for change, _ in run.outcome.failed}
    assert sorted(again.lines) == sorted(f"+ {place}: invites {away}" for place in places)
    assert again.writes == len(again.failures) == 5

    declared.data["initiatives"][0]["contacts"] = [here]
    assert (await declared.apply()).failures == []
    assert (await declared.apply()).writes == 0
    await creator.close()
