"""A message that its author shares with all initiatives, changes, and takes back."""

from __future__ import annotations

import asyncio
import re

from bots.lab.demo import papers
from bots.lab.demo.acts.network import OWN
from bots.lab.demo.telling import CONTACT, NEIGHBOUR, NEWCOMER, Scene, want
from bots.lab.people.client import Seen, room_path
from bots.lab.people.person import Person

OFFER = "Wir haben zehn Fahrräder abzugeben."
CHANGED = "Wir haben noch vier Fahrräder abzugeben."


async def play(scene: Scene) -> None:
    scene.tell.act("A message for all initiatives")
    nora, room = scene[CONTACT], scene.rooms[OWN[2]]
    event = await nora.send(room, OFFER)
    await nora.react(room, event, "📣")
    copy = await scene.step(
        "Nora marks her message with 📣: a copy appears in the exchange room",
        "Samir",
        _copied(scene, OFFER),
    )
    _attributed(scene, copy, event)
    await nora.edit(room, event, CHANGED)
    await scene.step(
        "She edits it: the copy follows",
        "Samir",
        _copied(scene, CHANGED, edits=copy.event_id),
    )
    await nora.redact(room, event)
    await scene.step(
        "She deletes it: the copy is gone, on both homeservers", "Samir, Leyla", _gone(scene, copy)
    )


async def _copied(scene: Scene, text: str, **fields: str) -> Seen:
    return await scene.says(
        NEIGHBOUR, papers.EXCHANGE, scene.rooms["austausch"], re.escape(text), **fields
    )


def _attributed(scene: Scene, copy: Seen, event: str) -> None:
    body = copy.body or ""
    want(papers.NAME in body, "the copy does not say where it is from")
    want(f"{scene.rooms[OWN[2]]}/{event}" in body, "the copy has no link to the message")
    want(scene[CONTACT].user_id not in body, "the copy names who wrote")


async def _gone(scene: Scene, copy: Seen) -> None:
    await asyncio.gather(*(_sees_it_gone(scene[name], copy) for name in (NEIGHBOUR, NEWCOMER)))


async def _sees_it_gone(person: Person, copy: Seen) -> None:
    """Original text, edit and all, from the homeserver that the person is on."""
    await person.wait_for(room_id=copy.room_id, redacts=copy.event_id)
    events = [x for x in person.seen(copy.room_id) if copy.event_id in (x.event_id, x.edits)]
    for seen in events:
        path = room_path(copy.room_id, "event", seen.event_id)
        answer = await person.homeserver.call("GET", path)
        shown = str(answer["content"])
        want(OFFER not in shown and CHANGED not in shown, "a copy of the text is still there")
