"""A second initiative on a homeserver of its own: its space is linked, and stays its own."""

from __future__ import annotations

import asyncio

from bots.lab.demo import papers
from bots.lab.demo.stage import THERE
from bots.lab.demo.telling import COORDINATOR, NEIGHBOUR, Scene, want
from bots.lab.people.client import Json, Seen, room_path

SPACE = "Asyl Süd"
GREETING = "Willkommen im Bündnis, Samir!"


async def play(scene: Scene) -> None:
    scene.tell.act("A second initiative, on a homeserver of its own")
    samir = scene[NEIGHBOUR]
    space = await _own_space(scene)
    before = await _everything(scene, space)
    settings = scene.stage.settings()
    settings["initiatives"].append(papers.adopted(f"#start:{THERE}", samir.user_id))
    papers.write(scene.stage.network.settings, settings)
    await scene.step(
        "`buendnis apply` links its space, while the office runs", "Anna", _linked(scene, space)
    )
    want(await _everything(scene, space) == before, "something in the adopted space was changed")
    await scene.step(
        "Nothing in the space has changed: not one event more", THERE, _unchanged(scene, space)
    )
    await scene.step(
        "Samir is invited across servers, and reads what Anna writes there, encrypted",
        "Samir",
        _invited(scene),
    )


async def _own_space(scene: Scene) -> str:
    """As anybody makes one, with a room in it."""
    samir = scene[NEIGHBOUR]
    body: Json = {"name": f"{SPACE}: Café", "preset": "public_chat"}
    room = (await samir.homeserver.call("POST", "/createRoom", body))["room_id"]
    child = {
        "type": "m.space.child",
        "state_key": room,
        "content": {"via": [THERE]},
    }
    space: Json = {
        "name": SPACE,
        "room_alias_name": "start",
        "preset": "public_chat",
        "creation_content": {"type": "m.space"},
        "initial_state": [child],
    }
    return str((await samir.homeserver.call("POST", "/createRoom", space))["room_id"])


async def _everything(scene: Scene, space: str) -> list[str]:
    """Every event of the room, as its own homeserver holds it."""
    path = room_path(space, "messages") + "?dir=b&limit=1000"
    answer = await scene[NEIGHBOUR].homeserver.call("GET", path)
    return [event["event_id"] for event in answer["chunk"]]


async def _unchanged(scene: Scene, space: str) -> None:
    seen = [event.event_id for event in scene[NEIGHBOUR].seen(space)]
    want(sorted(seen) == sorted(await _everything(scene, space)), "there is more than was seen")


async def _linked(scene: Scene, space: str) -> Seen:
    """The applied file is taken up by the running office as well."""
    told = await scene.stage.admin("apply")
    want("The running office has taken it up" in told, f"apply says:\n{told}")
    return await scene[COORDINATOR].wait_for(
        room_id=scene.rooms["buendnis"], type="m.space.child", state_key=space
    )


async def _invited(scene: Scene) -> Seen:
    rooms = ("buendnis", "koordination")
    await asyncio.gather(*(scene.room(NEIGHBOUR, name) for name in rooms))
    here = scene.stage.here.server_name
    await scene[NEIGHBOUR].join(scene.rooms["austausch"], here)
    anna, samir = scene[COORDINATOR], scene[NEIGHBOUR]
    room = scene.rooms["koordination"]
    joined = anna.wait_for(_joins, room_id=room, state_key=samir.user_id)
    await joined
    await anna.send(room, GREETING)
    return await samir.wait_for(room_id=room, body=GREETING, encrypted=True)


def _joins(seen: Seen) -> bool:
    return bool(seen.raw.get("content", {}).get("membership") == "join")
