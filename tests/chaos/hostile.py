"""What a homeserver's admin does in the midst of honest life, and takes back at the end of a round.

Each is given a word of its own, and says what staff must have been told of it; an empty text:
nothing, since nothing came of it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from bots.lab.people.client import MatrixError, room_path
from tests.chaos.household import Household
from tests.chaos.witness import Witness
from tests.synapse.attacks.liar import Json, event_id, forged, timelines

Attack = Callable[[Household, str], AbstractAsyncContextManager[str]]
"""Honest life goes on inside."""


async def _ghost(home: Household, user: str) -> Witness:
    """A device of the admin's for somebody's account."""
    password = await home.chief.new_password(user)
    folder = home.ground.folder / f"ghost-{secrets.token_hex(4)}"
    ghost = await Witness.create(
        home.ground.synapse.url, user, password, folder, cross_signed=False
    )
    home.ghosts.append(ghost)
    await ghost.start()
    return ghost


@asynccontextmanager
async def new_password(home: Household, word: str) -> AsyncIterator[str]:
    home.forged.append(word)
    ghost = await _ghost(home, home.bilal.user_id)
    await ghost.send(home.room, f"!answer {word}", thread=home.thread)
    await ghost.send(home.room, f"!team add {home.spy.user_id}")
    yield home.bilal.user_id
    await ghost.close()


@asynccontextmanager
async def in_clear(home: Household, word: str) -> AsyncIterator[str]:
    home.forged.append(word)
    relation = {"rel_type": "m.thread", "event_id": home.thread}
    text = f"!answer {word}"
    await home.chief.says_as(home.anna.user_id, home.room, text, **{"m.relates_to": relation})
    await home.chief.says_as(home.anna.user_id, home.room, f"!team add {home.spy.user_id}")
    await home.chief.says_as(home.bilal.user_id, home.room, "!confirm")
    yield "encrypted"


@asynccontextmanager
async def of_the_reporter(home: Household, word: str) -> AsyncIterator[str]:
    """In clear, in her name."""
    await home.chief.says_as(home.leyla.user_id, home.chat, f"!new {word}")
    yield ""


@asynccontextmanager
async def invented_member(home: Household, word: str) -> AsyncIterator[str]:
    home.forged.append(word)
    ghost = home.anna.user_id.replace("a", "\u0430")
    shown = {"membership": "join", "displayname": "anna"}
    text = {"msgtype": "m.text", "body": f"!answer 1 {word}"}
    home.lies.shows(
        home.room,
        forged(ghost, "m.room.member", shown, state_key=ghost),
        forged(ghost, "m.room.message", text),
    )
    yield ""


@asynccontextmanager
async def replayed(home: Household, word: str) -> AsyncIterator[str]:
    """All that was said lately by people, under new ids."""
    for room, person in ((home.room, home.anna), (home.chat, home.leyla)):
        wanted = [x for x in person.seen(room) if x.sender == person.user_id and x.encrypted]
        for seen in wanted[-3:]:
            old = await person.homeserver.call("GET", room_path(room, "event", seen.event_id))
            home.lies.shows(room, {**old, "event_id": event_id()})
    yield ""


@asynccontextmanager
async def backwards(home: Household, word: str) -> AsyncIterator[str]:
    def reverse(answer: Json) -> None:
        for events in timelines(answer):
            events.reverse()

    home.lies.lies.append(reverse)
    yield ""
    home.lies.lies.remove(reverse)


@asynccontextmanager
async def doubled(home: Household, word: str) -> AsyncIterator[str]:
    """Keys come twice, and events as well."""

    def double(answer: Json) -> None:
        for events in (*timelines(answer), answer.get("to_device", {}).get("events", [])):
            events += list(events)

    home.lies.lies.append(double)
    yield ""
    home.lies.lies.remove(double)


@asynccontextmanager
async def held_back(home: Household, word: str) -> AsyncIterator[str]:
    held: list[Json] = []

    def hold(answer: Json) -> None:
        for events in timelines(answer):
            theirs = [x for x in events if x["sender"] == home.leyla.user_id]
            held.extend(theirs)
            events[:] = [x for x in events if x not in theirs]

    home.lies.lies.append(hold)
    yield ""
    home.lies.lies.remove(hold)
    home.lies.shows(home.chat, *held)
    await home.lies.told()


@asynccontextmanager
async def moved(home: Household, word: str) -> AsyncIterator[str]:
    """A command of staff comes into another thread; it is nothing that anybody waits for."""
    home.forged.append(word)
    threads = [x.event_id for x in home.anna.seen(home.room) if x.thread is None and x.encrypted]

    def move(answer: Json) -> None:
        for events in timelines(answer):
            for event in (x for x in events if x["sender"] == home.bilal.user_id):
                relation = event["content"].get("m.relates_to", {})
                if relation.get("event_id") == home.thread:
                    relation["event_id"] = threads[0]

    home.lies.lies.append(move)
    if home.thread != threads[0]:
        await home.bilal.send(home.room, f"!answer {word}", thread=home.thread)
    yield "number of the case" if home.thread != threads[0] else ""
    home.lies.lies.remove(move)


@asynccontextmanager
async def spy_in_the_room(home: Household, word: str) -> AsyncIterator[str]:
    await home.chief.makes_admin(home.room, home.spy.user_id)
    with suppress(MatrixError):
        await home.spy.join(home.room)
    yield ""


@asynccontextmanager
async def reactions(home: Household, word: str) -> AsyncIterator[str]:
    """✅ on whatever the office has said last, in the name of both."""
    own = [x for x in home.anna.seen(home.room) if x.sender == home.account and x.body]
    for seen in own[-3:]:
        for user in (home.anna.user_id, home.bilal.user_id):
            with suppress(MatrixError):
                await home.chief.reacts_as(user, home.room, seen.event_id, "✅")
    yield ""


@asynccontextmanager
async def calm(home: Household, word: str) -> AsyncIterator[str]:
    """The admin sleeps."""
    yield ""


ATTACKS: tuple[Attack, ...] = (
    new_password,
    in_clear,
    of_the_reporter,
    invented_member,
    replayed,
    backwards,
    doubled,
    held_back,
    moved,
    spy_in_the_room,
    reactions,
    calm,
)
