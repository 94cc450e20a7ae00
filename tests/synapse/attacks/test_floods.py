"""An operator who floods the office, so that one complaint is not seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.synapse.attacks.liar import Json, Liar
from tests.synapse.attacks.scene import begun, house, lies, mark
from tests.synapse.ombuds_house import House, NewAccount, OpenHouse
from tests.synapse.raw import Raw, raw
from tests.synapse.waiting import until

__all__ = ["house", "lies"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(300)]
ACCOUNTS, CHATS = 6, 8


@asynccontextmanager
async def crowd(new_account: NewAccount) -> AsyncIterator[list[Raw]]:
    async with AsyncExitStack() as stack:
        accounts = [await new_account("flood") for _ in range(ACCOUNTS)]
        yield [await stack.enter_async_context(raw(x)) for x in accounts]


async def test_one_complaint_beside_a_flood(
    house: OpenHouse, lies: Liar, new_account: NewAccount
) -> None:
    """Six accounts write in eight private chats each, all at once, and Leyla once, last of all. The
    homeserver hands over all of it together. Leyla's is among the first that staff see; the room
    rings for all of it no more than a few times; and nothing is lost of the rest."""
    async with house(homeserver=lies.url) as h, crowd(new_account) as many:
        chat, _ = await begun(h)
        await h.leyla.send(chat, "!new")
        await h.leyla_sees(chat, "new matter")
        rooms = [(x, await x.make_room(h.account, is_direct=True)) for x in many * CHATS]
        for one, room in rooms:
            await until(lambda o=one, r=room: joined(o, r, h.account))  # type: ignore[misc]
        held: dict[str, list[Json]] = {}
        lies.lies.append(lambda answer: hold(answer, held, h))
        since = mark(h.anna)
        await asyncio.gather(*(one.say(room, f"Flood {room}") for one, room in rooms))
        await h.leyla.send(chat, "He hit me.")
        await until(lambda: sum(map(len, held.values())) >= len(rooms) + 1)
        lies.lies.clear()
        for room, events in held.items():
            lies.shows(room, *events)
        await h.staff_see("He hit me")
        before = [x.body or "" for x in h.anna.timeline[since:] if x.sender == h.account]
        assert len([x for x in before if "Flood" in x]) <= 3 * ACCOUNTS
        await h.leyla.send(chat, "And again.")
        await h.staff_see("And again")
        said = [x for x in h.anna.timeline[since:] if x.sender == h.account]
        assert len([x for x in said if x.msgtype == "m.text" and not x.edits]) <= 4


async def joined(one: Raw, room: str, user: str) -> bool:
    answer = await one.call("GET", f"/rooms/{room}/joined_members")
    return user in answer["joined"]


def hold(answer: Json, held: dict[str, list[Json]], h: House) -> None:
    """Keep what people say in private chats."""
    joins = answer.get("rooms", {}).get("join", {})
    for room, part in joins.items():
        events = part.get("timeline", {}).get("events", [])
        words = [x for x in events if is_word(x) and x["sender"] != h.account and room != h.room]
        held.setdefault(room, []).extend(words)
        events[:] = [x for x in events if x not in words]


def is_word(event: Json) -> bool:
    return bool(re.fullmatch(r"m\.room\.(message|encrypted)", event["type"]))
