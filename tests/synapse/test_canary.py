"""Nothing that names anybody, and nothing that anybody wrote, is left in a file, a log or a status.

Canaries are put wherever people write; a conversation is had in which much goes wrong; then every
byte is searched for them.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.model.decision import Event, Request
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account as OfficeAccount
from federation.model.actions import Invite, Join, Send, SetState, Text
from federation.model.events import Membership, MembershipKind, Reaction, TextMessage, Unreadable
from tests.conftest import Account
from tests.store.bots import Obedient
from tests.synapse.canaries import Canaries, forms, log, note_ids, read_all
from tests.synapse.offices import running
from tests.synapse.proxy import Held, Proxy, failing
from tests.synapse.waiting import until

__all__ = ["log"]

pytestmark = pytest.mark.synapse

NewAccount = Callable[..., Awaitable[Account]]


@pytest.fixture
async def proxy(synapse: EmbeddedSynapse) -> AsyncIterator[Proxy]:
    """Between the office and the homeserver."""
    async with Proxy(synapse.url) as between:
        yield between


@pytest.fixture
async def theirs(synapse: EmbeddedSynapse) -> AsyncIterator[Proxy]:
    """Between people and the homeserver."""
    async with Proxy(synapse.url) as between:
        yield between


class Clumsy(Obedient):
    """Keeps what it is told, and does what will be refused."""

    def __init__(self) -> None:
        super().__init__(self._do)

    def _do(self, event: Event, now: datetime) -> Sequence[Request]:
        match event:
            case Membership(membership=MembershipKind.INVITE) if event.user == event.origin.account:
                return [Join(event.origin.room_id)]
            case TextMessage() if event.body.startswith("raise"):
                raise KeyError(event.body, event.origin, event)
            case TextMessage():
                return self._answer(event)
            case Unreadable():
                return [Send(event.origin.room_id, Text("unreadable"))]
        return []

    def _answer(self, event: TextMessage) -> list[Request]:
        room, sender = event.origin.room_id, event.origin.sender
        return [
            Send(
                room, Text(event.body), handle=f"answer/{event.body}", copy_of=event.origin.event_id
            ),
            Send(room, Text(event.body), audience=frozenset({"@nobody:x"}), strict=True),
            SetState(room, "m.room.name", {"name": event.body}),
            Invite(room, f"@not a user {sender}"),
            Send("!no such room " + event.body, Text(event.body)),
        ]


async def test_no_canary_is_left_anywhere(
    proxy: Proxy,
    theirs: Proxy,
    new_account: NewAccount,
    make_person: Callable[..., Awaitable[Person]],
    tmp_path: Path,
    log: io.StringIO,
) -> None:
    canaries = Canaries()
    bot = await new_account(canaries.new("bot"))
    canaries.add("the bot", bot.user_id)
    people = []
    for name in ("anna", "bert"):
        account = await new_account(canaries.new(name))
        canaries.add(name, account.user_id)
        people.append(await make_person(account=replace(account, homeserver=theirs.url)))
    clumsy, folder = Clumsy(), tmp_path / "office"
    account_of_ours = OfficeAccount(proxy.url, bot.user_id, bot.password)
    async with running(folder, [(clumsy, account_of_ours)]) as office:
        office.store.patience = 2
        proxy.on("PUT .*/send/m.room.encrypted", failing(500), times=3)
        await converse(clumsy, bot.user_id, canaries, *people)
        await lose_a_key(people[0], bot.user_id, canaries, theirs)
        await until(lambda: clumsy.unreadable == ["undecryptable"])
        await until(lambda: tried_everything(office))
        note_ids(canaries, office, people, [*proxy.log, *theirs.log])
        status = json.dumps(await office.status(), ensure_ascii=False)
        while_running = read_all(folder)
    found = {f"{name}, running": content for name, content in while_running.items()}
    found |= {f"{name}, stopped": content for name, content in read_all(folder).items()}
    found |= {"status": status.encode(), "log": log.getvalue().encode()}
    assert {"office.db", "office.db-wal", "office.lock", "seal.key"} <= set(while_running)
    assert len(canaries) > 60
    for told in ("was set aside: audience", "M_FORBIDDEN", "KeyError in ", "try 3"):
        assert told in log.getvalue(), "much went wrong, and the log tells it"
    assert {name: canaries.found_in(content) for name, content in found.items()} == {
        name: [] for name in found
    }


async def lose_a_key(anna: Person, account: str, canaries: Canaries, theirs: Proxy) -> None:
    theirs.on("PUT .*/sendToDevice/m.room.encrypted", Held())
    room, _ = await anna.write_privately(account, canaries.new("lost"))
    canaries.add("room", room)


async def converse(
    bot: Clumsy, account: str, canaries: Canaries, anna: Person, bert: Person
) -> None:
    await anna.homeserver.call(
        "PUT", f"/profile/{anna.user_id}/displayname", {"displayname": canaries.new("name")}
    )
    room = await group(anna, canaries, account, bert.user_id)
    await bert.join(room)
    texts = [canaries.new("text") for _ in range(4)]
    for person, text in zip((anna, bert, anna, bert), texts, strict=True):
        canaries.add("event", await person.send(room, text))
    await until(lambda: set(texts) <= set(bot.bodies))
    for text in texts:
        await anna.wait_for(room_id=room, sender=account, body=text)
    first = anna.seen(room)[-1].event_id
    canaries.add("reaction", await bert.react(room, first, canaries.new("key")))
    canaries.add("edit", await anna.edit(room, canaries.add("event", first), canaries.new("edit")))
    await anna.send(room, "raise " + canaries.new("raise"))
    private, _ = await bert.write_privately(account, canaries.new("private"))
    canaries.add("room", private)
    await until(lambda: any(isinstance(event, Reaction) for event in bot.seen))
    await until(lambda: len(bot.told) >= 5)
    alias = canaries.new("alias")
    await anna.homeserver.call("PUT", f"/directory/room/%23{alias}:localhost", {"room_id": room})


async def group(anna: Person, canaries: Canaries, *users: str) -> str:
    encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    body = {
        "name": canaries.new("room"),
        "topic": canaries.new("topic"),
        "preset": "private_chat",
        "invite": list(users),
        "initial_state": [encryption],
    }
    answer = await anna.homeserver.call("POST", "/createRoom", body)
    return canaries.add("room", str(answer["room_id"]))


async def tried_everything(office: Office) -> bool:
    counts = (await office.status())["counts"]
    return bool(counts.get("outbox_aside", 0) >= 10 and counts.get("inbox_aside", 0) >= 1)


async def test_the_search_finds_what_it_is_given(tmp_path: Path) -> None:
    """A canary test that can't fail would be worth nothing."""
    canaries = Canaries()
    user = canaries.add("user", "@canaryanna:example.org")
    for form in forms(user):
        assert canaries.found_in(b"x" + form + b"y"), form
    assert canaries.found_in(b"hello canaryanna") == ["user, cut (canaryanna)"]
    assert canaries.found_in(b"nothing here") == []
    await asyncio.sleep(0)
