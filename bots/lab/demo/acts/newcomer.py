"""From a knock to her rooms: let in, greeted in her language, asked for her yes."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from urllib.parse import quote

from bots.lab.demo import papers
from bots.lab.demo.acts.network import OWN
from bots.lab.demo.telling import CONTACT, COORDINATOR, NEWCOMER, Scene, want
from bots.lab.people.client import Seen

REASON = "أسكن في الشمال وأريد أن أساعد"


async def play(scene: Scene) -> None:
    scene.tell.act("A newcomer")
    leyla = scene[NEWCOMER]
    alias = quote(scene.stage.alias("buendnis"), safe="")
    await leyla.homeserver.call("POST", f"/knock/{alias}", {"reason": REASON})
    wish = await scene.step(
        "Leyla asks to join; coordinators read it in their encrypted room",
        "Anna",
        scene.says(COORDINATOR, papers.ONBOARDING, scene.rooms["koordination"], REASON),
    )
    await scene[COORDINATOR].react(wish.room_id, wish.event_id, "✅")
    await scene.step("Anna lets her in with ✅", "Leyla", scene.room(NEWCOMER, "buendnis"))
    chat = await scene.step("She is greeted in a private, encrypted room", "Leyla", _greeted(scene))
    rules = await scene.step(
        "She writes “العربية”, and reads the rules in Arabic", "Leyla", _rules(scene, chat)
    )
    await leyla.react(chat, rules.event_id, "✅")
    await scene.step(
        "She accepts them with ✅, and is in the rooms for all", "Leyla", _rooms_for_all(scene)
    )
    await scene.says(NEWCOMER, papers.ONBOARDING, chat, papers.NAME)
    await leyla.send(chat, "1")
    asked = await scene.step(
        "She chooses an initiative by its number; its contact is asked",
        "Nora",
        scene.says(CONTACT, papers.ONBOARDING, scene.rooms["koordination"], papers.NAME),
    )
    await scene[CONTACT].react(asked.room_id, asked.event_id, "✅")
    await scene.step("Nora lets her in with ✅: she is in its rooms", "Nora", _own_rooms(scene))


async def _greeted(scene: Scene) -> str:
    chat = await scene.private_room(NEWCOMER, papers.ONBOARDING)
    hello = await scene.says(NEWCOMER, papers.ONBOARDING, chat, "العربية")
    want(hello.encrypted and hello.shield is None, "the greeting is not safely encrypted")
    return chat


async def _rules(scene: Scene, chat: str) -> Seen:
    await scene[NEWCOMER].send(chat, "العربية")
    return await scene.says(NEWCOMER, papers.ONBOARDING, chat, re.escape(papers.RULES["ar"][:20]))


async def _rooms_for_all(scene: Scene) -> None:
    await asyncio.gather(*(scene.room(NEWCOMER, name) for name in ("austausch", "rundbrief")))


async def _own_rooms(scene: Scene) -> None:
    await asyncio.gather(*(scene.room(NEWCOMER, name) for name in OWN))
    user = scene[NEWCOMER].user_id
    meeting = scene.rooms[OWN[1]]
    joined = partial(_member, user)
    await scene[CONTACT].wait_for(joined, room_id=meeting, state_key=user)


def _member(user: str, seen: Seen) -> bool:
    content = seen.raw.get("content", {})
    return seen.type == "m.room.member" and content.get("membership") == "join"
