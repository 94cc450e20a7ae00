"""Spaces that initiatives run on homeservers of their own, and what those say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from federation.model.errors import Unreachable
from tests.conftest import unique
from tests.synapse.networks import Client, Declared, contents
from tests.synapse.servers import Servers, servers

__all__ = ["servers"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]


async def space(owner: Client, name: str) -> tuple[str, str]:
    """The alias and the id of a space of hers."""
    alias = unique(name)
    body = {"creation_content": {"type": "m.space"}, "preset": "public_chat"}
    room = await owner.create(alias, **body)
    return f"#{alias}:{owner.user.partition(':')[2]}", room


async def leads_to(owner: Client, alias: str, room: str) -> None:
    """As the admin of a homeserver can have it, whatever the room says."""
    await owner.call("DELETE", "directory", "room", alias)
    await owner.call("PUT", "directory", "room", alias, body={"room_id": room})


async def linked(declared: Declared) -> dict[str, str]:
    """What the alliance's space links: id → alias that its mark names, or kind."""
    creator = await declared.client("creator")
    try:
        state = await creator.state(await declared.room_id(creator, "alliance"))
    finally:
        await creator.close()
    marks = {x: y["org.buendnis.room"] for x, y in contents(state, "m.space.child").items()}
    return {x: str(y.get("alias", y["kind"])) for x, y in marks.items()}


async def test_an_adopted_space_that_is_upgraded_is_followed(
    servers: Servers, tmp_path: Path
) -> None:
    declared, sara = Declared(tmp_path, servers.bund), await servers.client(servers.sued, "sara")
    alias, old = await space(sara, "start")
    declared.initiative("sued", space=alias)
    assert (await declared.apply()).failures == []
    assert (await linked(declared))[old] == alias
    answer = await sara.call("POST", "rooms", old, "upgrade", body={"new_version": "12"})
    new = answer["replacement_room"]
    run = await declared.apply()
    assert run.failures == []
    links = await linked(declared)
    assert links[new] == alias
    assert old not in links
    assert (await declared.apply()).writes == 0
    await sara.close()


async def test_a_lying_alias_changes_no_link(servers: Servers, tmp_path: Path) -> None:
    declared, sara = Declared(tmp_path, servers.bund), await servers.client(servers.sued, "sara")
    willi = await servers.client(servers.west, "willi")
    alias, true = await space(sara, "start")
    other, theirs = await space(willi, "start")
    foreign, _ = await space(willi, "elsewhere")
    declared.initiative("sued", space=alias)
    declared.initiative("west", space=other)
    assert (await declared.apply()).failures == []
    before = await linked(declared)
    assert {true, theirs} <= before.keys()
    creator = await declared.client("creator")
    room = await sara.create(unique("chat"), preset="public_chat")
    own = [await declared.room_id(creator, x) for x in ("alliance", "exchange")]
    foreign_id = (await willi.call("GET", "directory", "room", foreign))["room_id"]
    for lie in (*own, theirs, foreign_id, room):
        if lie in own:
            await _enter(creator, sara, lie)
        elif lie != room:
            await sara.call("POST", "join", lie, body={}, server_name="west.test")
        await leads_to(sara, alias, lie)
        run = await declared.plan()
        assert run.lines == []
        [problem] = run.plan.problems
        assert problem.where == alias
    assert (await declared.apply()).writes == 0
    assert await linked(declared) == before
    status, told = await declared.said("plan")
    assert status == 1
    assert f"! {alias}: it leads to a room that is no space" in told
    for client in (creator, sara, willi):
        await client.close()


async def _enter(creator: Client, person: Client, room: str) -> None:
    await creator.call("POST", "rooms", room, "invite", body={"user_id": person.user})
    await person.call("POST", "join", room, body={}, server_name="bund.test")


async def test_a_lie_is_not_believed_the_first_time_either(
    servers: Servers, tmp_path: Path
) -> None:
    declared, sara = Declared(tmp_path, servers.bund), await servers.client(servers.sued, "sara")
    alias, _ = await space(sara, "start")
    room = await sara.create(unique("chat"), preset="public_chat")
    await leads_to(sara, alias, room)
    declared.initiative("sued", space=alias)
    run = await declared.apply()
    assert len(run.failures) == 1
    assert "no space" in run.failures[0]
    assert room not in await linked(declared)
    assert (await declared.apply()).writes == 0
    await sara.close()


async def test_a_server_that_is_silent_is_named_and_stays_linked(
    servers: Servers, tmp_path: Path
) -> None:
    declared, willi = Declared(tmp_path, servers.bund), await servers.client(servers.west, "willi")
    alias, theirs = await space(willi, "start")
    await willi.close()
    declared.initiative("west", space=alias)
    assert (await declared.apply()).failures == []
    await _down(servers.west)
    try:
        run = await declared.apply()
        assert (run.writes, run.failures) == (0, [])
        assert (await linked(declared))[theirs] == alias
        [note] = run.plan.notes
        assert note.where == alias
        sara = await servers.client(servers.sued, "sara")
        room = await sara.create(unique("room"))
        body = {"user_id": "@wanda:west.test"}
        with pytest.raises(Unreachable) as refused:
            await sara.call("POST", "rooms", room, "invite", body=body)
        # By this an office knows whose homeserver it is that does not answer.
        assert (refused.value.status, refused.value.code) == (502, "M_UNKNOWN")
        await sara.close()
    finally:
        await servers.west.restart()
    assert (await declared.apply()).plan.notes == ()


async def _down(server: EmbeddedSynapse) -> None:
    await server.stop()
