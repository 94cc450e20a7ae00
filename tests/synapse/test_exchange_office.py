"""The exchange on a real Synapse, seen from the rooms between which it carries messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bots.lab.people.client import room_path
from bots.runtime.process.clock import Clock, ManualClock
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.markets import Market, build
from tests.synapse.waiting import until

pytestmark = pytest.mark.synapse


OpenMarket = Callable[..., AbstractAsyncContextManager[Market]]


@pytest.fixture
def market(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> OpenMarket:
    @asynccontextmanager
    async def open_market(
        *, sealed: bool = True, clock: Clock | None = None
    ) -> AsyncIterator[Market]:
        built = await build(new_account, make_person, tmp_path, sealed=sealed)
        built.clock = clock
        async with built.open():
            await built.told("share messages with the other initiatives")
            yield built

    return open_market


@pytest.mark.parametrize("sealed", [True, False])
async def test_a_message_is_shared_edited_and_taken_back(market: OpenMarket, sealed: bool) -> None:
    async with market(sealed=sealed) as m:
        event, mark, copy = await m.share("Who has a sofa?")
        assert copy.encrypted is sealed
        assert "From \u2068North" in (copy.body or "")
        assert m.leyla.user_id not in (copy.body or "")
        link = f"https://matrix.to/#/{m.north}/{event}?via=localhost"
        assert link in (copy.body or "")
        await m.leyla.wait_for(room_id=m.north, reacts_to=event, key="✅", sender=m.account.user)
        await m.leyla.edit(m.north, event, "Who has a bed?")
        await m.copied("Who has a bed", edits=copy.event_id)
        await m.leyla.redact(m.north, mark)
        await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)
        await m.settled()
        assert await m.kept() == []


async def test_a_message_is_read_with_edits_from_before_it_was_marked(market: OpenMarket) -> None:
    async with market() as m:
        event = await m.leyla.send(m.north, "first words")
        await m.leyla.edit(m.north, event, "second words")
        await m.leyla.send(m.north, "!share", reply_to=event)
        copy = await m.copied("second words")
        assert "first words" not in (copy.body or "")


async def test_a_mark_by_somebody_else_shares_nothing(market: OpenMarket) -> None:
    async with market() as m:
        event = await m.leyla.send(m.north, "not for others")
        await m.cem.react(m.north, event, "📣")
        await m.told("Only the person who wrote", thread=event)
        await m.cem.send(m.north, "!share", reply_to=event)
        await m.settled()
        assert m.copies() == []
        assert await m.kept() == []


async def test_an_edit_by_somebody_else_changes_no_copy(market: OpenMarket) -> None:
    async with market() as m:
        event, _, _ = await m.share("true words")
        await m.cem.edit(m.north, event, "false words")
        await m.settled()
        assert not [x for x in m.copies() if "false words" in (x.body or "")]


async def test_a_deleted_message_is_deleted_while_the_office_is_down(market: OpenMarket) -> None:
    async with market() as m:
        event, _, copy = await m.share("something I regret")
        assert await m.texts() == {event: "something I regret"}
    await m.leyla.redact(m.north, event)
    chatter = {"msgtype": "m.notice", "body": "chatter"}
    more_than_a_sync_holds = (
        m.leyla.send_event(m.north, "m.room.message", chatter, plain=True) for _ in range(120)
    )
    await asyncio.gather(*more_than_a_sync_holds)
    async with m.open():
        await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)
        await m.settled()
        assert await m.kept() == []
    assert m.copies() == []


async def test_what_a_moderator_deletes_is_deleted_everywhere(market: OpenMarket) -> None:
    async with market(sealed=False) as m:
        event = await m.cem.send(m.north, "against the rules")
        await m.cem.react(m.north, event, "📣")
        copy = await m.copied("against the rules")
        await m.leyla.redact(m.north, event)
        await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)


async def test_answers_go_back_as_a_number_and_a_link(market: OpenMarket) -> None:
    async with market() as m:
        event, _, copy = await m.share("Who has a sofa?")
        await m.cem.send(m.exchange, "Me!", thread=copy.event_id)
        note = await m.told("1 new answer", thread=event)
        assert f"/{m.exchange}/{copy.event_id}?via=localhost" in (note.body or "")
        assert "Me!" not in (note.body or "")
        await m.cem.send(m.exchange, "Really!", thread=copy.event_id)
        await m.settled()
        told = [x for x in m.leyla.seen(m.north) if "new answer" in (x.body or "")]
        assert len(told) == 1


async def test_a_name_is_shown_to_who_wants_it_only(market: OpenMarket) -> None:
    async with market() as m:
        body = {"displayname": "Leyla from the north"}
        await m.leyla.homeserver.call("PUT", f"/profile/{m.leyla.user_id}/displayname", body)

        async def is_known() -> bool:
            member = await m.leyla.state(m.north, "m.room.member", m.leyla.user_id)
            return member is not None and member.get("displayname") == body["displayname"]

        await until(is_known, "her name in the room, where the homeserver writes it later")
        _, _, copy = await m.share("nameless")
        assert "Leyla" not in (copy.body or "")
        await m.leyla.send(m.north, "!name on")
        await m.told("your name is shown with")
        _, _, copy = await m.share("by name")
        assert "Leyla from the north" in (copy.body or "")
        await m.leyla.send(m.north, "!name off")
        edit = await m.copied("by name", edits=copy.event_id)
        assert "Leyla" not in (edit.body or "")


async def test_moderators_turn_sharing_off(market: OpenMarket) -> None:
    async with market() as m:
        await m.cem.send(m.north, "!austausch aus")
        await m.told("Only those who moderate")
        await m.leyla.send(m.north, "!austausch aus")
        await m.told("Sharing is turned off")
        event = await m.leyla.send(m.north, "into the void")
        await m.leyla.react(m.north, event, "📣")
        await m.settled()
        assert m.copies() == []


async def test_what_was_written_before_we_came_can_not_be_read(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    built = await build(new_account, make_person, tmp_path, sealed=True)
    out = {"user_id": built.account.user}
    await built.leyla.homeserver.call("POST", room_path(built.north, "kick"), out)
    event = await built.leyla.send(built.north, "before your time")
    await built.leyla.invite(built.north, built.account.user)
    async with built.open():
        await built.told("share messages")
        await built.leyla.react(built.north, event, "📣")
        await built.told("cannot read this message", thread=event)
        assert built.copies() == []


async def test_marking_and_unmarking_in_one_breath_makes_one_copy(market: OpenMarket) -> None:
    clock = ManualClock(time.time())
    async with market(sealed=False, clock=clock) as m:
        event, mark, copy = await m.share("Who has a sofa?")
        for _ in range(10):
            await m.leyla.redact(m.north, mark)
            mark = await m.leyla.react(m.north, event, "📣")
        await m.settled()
        clock.advance(60)
        _, _, other = await m.share("Who has a bed?")  # nobody else waits for that
        assert [x.event_id for x in m.copies()] == [copy.event_id, other.event_id]
        await m.leyla.redact(m.north, mark)
        await m.settled()
        clock.advance(60)
        await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)
