"""The whole ombuds office on a real Synapse, seen by its staff and by those who write to it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import timedelta

import aiohttp
import pytest

from bots.lab.people.client import MatrixError, room_path
from bots.lab.synapse.embedded import EmbeddedSynapse
from tests.conftest import unique
from tests.kit.founders import confirms, reads_out
from tests.synapse.conftest import MakePerson
from tests.synapse.ombuds_house import House, OpenHouse, house

__all__ = ["house"]

pytestmark = pytest.mark.synapse


async def test_an_answer_reaches_the_person_and_notes_do_not(house: OpenHouse) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "The heating is broken.")
        root = await h.staff_see("The heating is broken")
        assert root.shield is None
        await h.leyla_sees(chat, "Your number is")
        await h.anna.send(h.room, "a note among us", thread=root.event_id)
        await h.bilal.send(h.room, "!answer It is repaired on Monday.", thread=root.event_id)
        answer = await h.leyla_sees(chat, "It is repaired on Monday")
        assert answer.shield is None
        assert answer.encrypted
        await h.staff_see("Sent ")
        assert not [text for text in h.told_to_leyla(chat) if "a note among us" in text]


async def test_nothing_in_the_room_tells_who_wrote(house: OpenHouse) -> None:
    async with house() as h:
        name = unique("leyla-canary")
        body = {"displayname": name}
        await h.leyla.homeserver.call("PUT", f"/profile/{h.leyla.user_id}/displayname", body)
        chat, event = await h.leyla.write_privately(h.account, "It is about the house.")
        await h.staff_see("It is about the house")
        reply = await h.leyla.send(chat, "And about the stairs.", reply_to=event)
        await h.staff_see("about the stairs")
        await h.leyla.edit(chat, reply, "And about the roof.")
        await h.staff_see("about the roof")
        await h.leyla.redact(chat, reply)
        await h.staff_see("was taken back")
        readable = json.dumps([seen.raw for seen in h.anna.seen(h.room)])
        stored = json.dumps(
            await h.anna.homeserver.call("GET", room_path(h.room, "messages") + "?dir=b&limit=500")
        )
        for secret in (h.leyla.user_id, name, chat, event, reply, h.leyla.device_id):
            assert secret not in readable
            assert secret not in stored


async def test_a_message_taken_back_is_gone_from_the_room(house: OpenHouse) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "first")
        root = await h.staff_see("first")
        event = await h.leyla.send(chat, "something I regret")
        copy = await h.staff_see("something I regret", thread=root.event_id)
        await h.leyla.redact(chat, event)
        await h.anna.wait_for(room_id=h.room, redacts=copy.event_id)
        assert not [s for s in h.anna.seen(h.room) if s.body and "something I regret" in s.body]


async def test_an_answer_taken_back_in_time_is_never_sent(house: OpenHouse) -> None:
    async with house(undo=timedelta(seconds=6)) as h:
        chat, _ = await h.leyla.write_privately(h.account, "hello")
        root = await h.staff_see("hello")
        await h.anna.send(h.room, "!answer too hasty", thread=root.event_id)
        notice = await h.staff_see("too hasty", sender=h.account)
        await h.bilal.react(h.room, notice.event_id, "❌")
        await h.staff_see("Taken back")
        await h.anna.send(h.room, "!answer well considered", thread=root.event_id)
        await h.leyla_sees(chat, "well considered")
        assert not [text for text in h.told_to_leyla(chat) if "too hasty" in text]


async def test_an_answer_waits_while_somebody_else_is_in_the_chat(
    house: OpenHouse, make_person: MakePerson
) -> None:
    async with house() as h:
        stranger = await make_person("stranger")
        chat, _ = await h.leyla.write_privately(h.account, "hello")
        root = await h.staff_see("hello")
        await h.leyla_sees(chat, "Your number is")
        await h.leyla.invite(chat, stranger.user_id)
        await h.staff_see("Somebody else is in the chat", thread=root.event_id)
        await stranger.join(chat)
        await h.anna.send(h.room, "!answer for you alone", thread=root.event_id)
        await h.staff_see("Not sent")
        await stranger.leave(chat)
        await h.staff_see("Nobody else is in the person's chat")
        await h.anna.send(h.room, "!answer for you alone", thread=root.event_id)
        await h.leyla_sees(chat, "for you alone")
        assert not [seen for seen in stranger.seen(chat) if "for you alone" in (seen.body or "")]


async def test_two_of_the_team_let_a_third_in_and_one_alone_does_not(
    house: OpenHouse, make_person: MakePerson
) -> None:
    async with house() as h:
        carla = await make_person("carla", strict=True)
        await h.anna.send(h.room, f"!team add {carla.user_id}")
        await h.staff_see(re.escape(carla.user_id), sender=h.account)
        await h.anna.send(h.room, "!confirm")
        assert not carla.invited_rooms
        await h.bilal.send(h.room, "!confirm")
        await carla.wait_until(lambda: h.room in carla.invited_rooms or None)
        await carla.join(h.room)
        await reads_out(carla, h.room, h.bilal)
        await h.leyla.write_privately(h.account, "a matter for three")
        case = await carla.wait_for(room_id=h.room, body=re.compile("a matter for three"))
        assert case.shield is None


async def test_a_server_that_forces_somebody_into_the_room_gains_nothing(
    house: OpenHouse, make_person: MakePerson, synapse: EmbeddedSynapse
) -> None:
    async with house() as h:
        spy = await make_person("spy")
        # What the homeserver's admin can do: act as the office's own account.
        token = await _token(h, synapse)
        await _invite_as(synapse.url, token, h.room, spy.user_id)
        await spy.wait_until(lambda: h.room in spy.invited_rooms or None)
        # The office may be quicker than she is, and have taken the invitation back.
        with suppress(MatrixError):
            await spy.join(h.room)
        await h.leyla.write_privately(h.account, "not for spies")
        await h.staff_see("not for spies")
        await spy.wait_until(lambda: h.room not in spy.joined_rooms or None, "being removed")
        assert not [seen for seen in spy.seen(h.room) if "spies" in (seen.body or "")]


async def test_commands_of_strangers_do_nothing(house: OpenHouse, make_person: MakePerson) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "hello")
        await h.staff_see("hello")
        await h.leyla.send(chat, "!close")
        await h.leyla.send(chat, "!answer 1 to myself")
        await h.staff_see("to myself")
        assert not [text for text in h.told_to_leyla(chat) if text.endswith("to myself")]


async def test_a_picture_or_a_live_place_is_asked_for_in_words(house: OpenHouse) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "hello")
        await h.leyla_sees(chat, "Your number is")
        target = room_path(chat, "state", "org.matrix.msc3672.beacon_info", h.leyla.user_id)
        live = {"live": True, "timeout": 900_000, "description": "canary"}
        await h.leyla.homeserver.call("PUT", target, live)
        await h.staff_see("place on a map")
        content = {"msgtype": "m.image", "body": "IMG_leyla.jpg", "url": "mxc://localhost/x"}
        await h.leyla.send_event(chat, "m.room.message", content)
        await h.leyla_sees(chat, "only read text")
        await h.staff_see("picture")
        assert not [seen for seen in h.anna.seen(h.room) if "IMG_leyla" in json.dumps(seen.raw)]


async def test_the_language_is_chosen_by_its_name(house: OpenHouse) -> None:
    async with house() as h:
        chat, _ = await h.leyla.write_privately(h.account, "The lift is broken.")
        await h.leyla_sees(chat, "Your number is")
        await h.leyla.send(chat, "Deutsch")
        await h.leyla_sees(chat, "dieser Sprache")


async def _token(h: House, synapse: EmbeddedSynapse) -> str:
    admin = await synapse.register(unique("admin"), "secret", admin=True)
    login = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": admin}}
    answer = await h.anna.homeserver.call("POST", "/login", login | {"password": "secret"})
    return str(answer["access_token"])


async def _invite_as(url: str, token: str, room: str, user: str) -> None:
    target = f"{url}/_synapse/admin/v1/rooms/{room}/make_room_admin"
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(target, json={"user_id": user}) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def test_who_is_in_the_room_and_not_confirmed_reads_no_case(
    house: OpenHouse, make_person: MakePerson
) -> None:
    late = await make_person("late", strict=True)
    async with house(more_staff=(late.user_id,)) as h:
        await late.join(h.room)
        await h.leyla.write_privately(h.account, "before you were known")
        before = await h.staff_see("before you were known")
        await late.wait_for(event_id=before.event_id)
        await confirms(late, h.room)
        await h.leyla.write_privately(h.account, "since you are known")
        case = await late.wait_for(room_id=h.room, body=re.compile("since you are known"))
        assert case.shield is None
        assert not [x for x in late.seen(h.room) if "before you were" in (x.body or "")]
