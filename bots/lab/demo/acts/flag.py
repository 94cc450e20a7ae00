"""A message that somebody flags: she alone decides who is told, and nobody is told her name."""

from __future__ import annotations

import re
from collections.abc import Awaitable

from bots.lab.demo import papers
from bots.lab.demo.acts.complaint import nothing_tells
from bots.lab.demo.acts.network import OWN
from bots.lab.demo.telling import CONTACT, NEWCOMER, STAFF, Scene, want
from bots.lab.people.client import Seen

ANSWER = (
    "Danke. Ein Hausverbot wegen einer Beschwerde ist nicht erlaubt; wir sprechen mit der Leitung."
)
RUMOUR = "Im Haus am See droht die Leitung mit Hausverbot, wenn sich jemand beschwert."
ACCOMMODATION = "🏠"


async def play(scene: Scene) -> None:
    scene.tell.act("A flag in a room")
    nora, leyla, room = scene[CONTACT], scene[NEWCOMER], scene.rooms[OWN[1]]
    await nora.send(room, "!flaggen an")
    await scene.step(
        "Nora, who moderates the room, turns flags on",
        "Leyla",
        scene.says(NEWCOMER, papers.OMBUDS, room, "Flaggen eingeschaltet"),
    )
    event = await nora.send(room, RUMOUR)
    await leyla.wait_for(room_id=room, body=RUMOUR)
    flag = await leyla.react(room, event, "🚩")
    await scene.step(
        "Leyla sets a 🚩 on a message: it is removed at once",
        "Nora",
        nora.wait_for(room_id=room, redacts=flag, sender=scene.stage.user(papers.OMBUDS)),
    )
    question = await scene.step(
        "She is asked in private, encrypted and in Arabic, what it is about",
        "Leyla",
        _asked(scene, room, event),
    )
    await leyla.react(question.room_id, question.event_id, ACCOMMODATION)
    case = await scene.step(
        "She answers: refugee housing. A case opens, without her name",
        "Clara",
        _case(scene, event),
    )
    await _shown(scene, question, case)
    await _answered(scene, question, case)


async def _answered(scene: Scene, question: Seen, case: Seen) -> None:
    await scene[STAFF[1]].send(case.room_id, f"!antwort {ANSWER}", thread=case.event_id)
    await scene.step(
        f"Clara answers; after {papers.UNDO} s to take it back, Leyla has the answer",
        "Leyla",
        scene.says(NEWCOMER, papers.OMBUDS, question.room_id, ANSWER),
    )


async def _asked(scene: Scene, room: str, event: str) -> Seen:
    def asks(seen: Seen) -> bool:
        body = seen.body or ""
        return seen.room_id != room and event in body and "ما الموضوع" in body

    ombuds = scene.stage.user(papers.OMBUDS)
    found = await scene[NEWCOMER].wait_for(asks, sender=ombuds)
    want(found.encrypted, "the question is not encrypted")
    return found


async def _case(scene: Scene, event: str) -> Seen:
    staff = scene.rooms[papers.OMBUDS]
    found = await scene.says(STAFF[1], papers.OMBUDS, staff, event.removeprefix("$"))
    want(RUMOUR not in (found.body or ""), "the office reads the text before she agreed")
    await nothing_tells(scene, staff, NEWCOMER)
    return found


async def _shown(scene: Scene, question: Seen, case: Seen) -> None:
    offer = await scene.step(
        "She is told a number, and may let the office read the text",
        "Leyla",
        _told(scene, question),
    )
    await scene[NEWCOMER].send(offer.room_id, "إظهار", reply_to=offer.event_id)
    await scene.step(
        "She agrees in a word: now staff can read it",
        "Bilal",
        scene.says(STAFF[0], papers.OMBUDS, case.room_id, RUMOUR, thread=case.event_id),
    )
    await nothing_tells(scene, case.room_id, NEWCOMER, question.room_id)


async def _told(scene: Scene, question: Seen) -> Seen:
    """And, after it, the offer to show the text."""

    def follows(pattern: str) -> Awaitable[Seen]:
        return scene[NEWCOMER].wait_for(
            lambda seen: seen.ts > question.ts,
            room_id=question.room_id,
            sender=scene.stage.user(papers.OMBUDS),
            body=re.compile(pattern),
        )

    await follows(r"شكر[\s\S]*\d")
    return await follows(r"نص[\s\S]*إظهار")
