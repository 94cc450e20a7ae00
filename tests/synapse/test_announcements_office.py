"""Announcements on a real Synapse, with a mail server: seen by editors, readers and mailboxes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import dkim as dkimpy
import pytest

from bots.announcements.bot import AnnouncementsBot
from bots.runtime.office.serving import Account, assemble
from bots.runtime.speech.words import Words
from tests.bench.mailsink import sink
from tests.synapse.conftest import MakePerson
from tests.synapse.editorial import (
    KEY,
    House,
    NewAccount,
    mail,
    make_room,
    parsed,
    settings,
    text_of,
    token_in,
)
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse

OpenHouse = Callable[..., AbstractAsyncContextManager["House"]]


@pytest.fixture
def house(new_account: NewAccount, make_person: MakePerson, tmp_path: Path) -> OpenHouse:
    @asynccontextmanager
    async def open_house(*, encrypted: bool = False) -> AsyncIterator[House]:
        account = await new_account("news")
        anna, bilal = await make_person("anna"), await make_person("bilal")
        room = await make_room(anna, account.user_id, bilal, encrypted)
        bot = AnnouncementsBot(settings(account.user_id, room), Words())
        post = Account(account.homeserver, account.user_id, account.password)
        async with sink() as found:
            office = assemble(tmp_path / "office", [(bot, post)])
            office.bridges["mail"] = mail(office, found.port)
            async with started(office):
                await anna.wait_for(room_id=room, type="m.room.member", sender=account.user_id)
                yield House(office, account.user_id, room, anna, bilal, found)

    return open_house


@pytest.mark.parametrize("encrypted", [False, True])
async def test_an_announcement_reaches_readers_in_their_languages(
    house: OpenHouse, encrypted: bool
) -> None:
    async with house(encrypted=encrypted) as h:
        await h.subscribe("amal@mail.example", "ar")
        await h.subscribe("carl@mail.example", "en")
        text = "# Meeting\n\nWe meet on **Friday**."
        message = await h.anna.send(h.room, text, markdown=True)
        offer = await h.sees("can go out by mail", thread=message)
        await h.anna.wait_for(room_id=h.room, sender=h.account, key="✅")
        await h.bilal.react(h.room, offer.event_id, "✅")
        await h.anna.send(h.room, "العربية: # اجتماع\n\nنلتقي يوم الجمعة.", thread=message)
        await h.anna.react(h.room, message, "✅")
        arabic = await h.mail_to("amal@mail.example", 2)
        english = await h.mail_to("carl@mail.example", 2)
        await h.sees("Sent to 2 readers")
        assert str(parsed(arabic)["Subject"]) == "اجتماع"
        assert str(parsed(english)["Subject"]) == "Meeting"
        assert "نلتقي يوم الجمعة" in text_of(arabic)
        html = parsed(english).get_body(("html",))
        assert html is not None
        assert "<strong>Friday</strong>" in html.get_content()
        assert dkimpy.DKIM(arabic.message).verify(dnsfunc=lambda name, **_: KEY.record().encode())
        assert h.sink.count == 4


async def test_one_click_ends_the_mails(house: OpenHouse) -> None:
    async with house() as h:
        await h.subscribe("amal@mail.example", "ar")
        await h.subscribe("carl@mail.example", "en")
        message = await h.anna.send(h.room, "First news")
        await h.sees("can go out by mail", thread=message)
        await h.anna.send(h.room, "!release", thread=message)
        mail = await h.mail_to("carl@mail.example", 2)
        link = re.search(
            r"<https://net\.example/u/([\w-]{22})>", str(parsed(mail)["List-Unsubscribe"])
        )
        assert link is not None
        assert parsed(mail)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        await h.form("unsubscribe", token=link[1])
        second = await h.anna.send(h.room, "Second news")
        await h.sees("can go out by mail", thread=second)
        await h.anna.send(h.room, "!release", thread=second)
        await h.mail_to("amal@mail.example", 3)
        await h.sees(r"Sent to 1 reader\.")
        assert [x.recipient for x in h.sink.mails].count("carl@mail.example") == 2


async def test_what_others_ask_for_changes_nothing_and_fills_no_mailbox(house: OpenHouse) -> None:
    async with house() as h:
        mine = {"address": "amal@mail.example", "language": "en", "kind": "digest"}
        await h.form("subscribe", **mine)
        link = token_in(await h.mail_to("amal@mail.example"), "c")
        for number in range(20):
            forged = f"Amal+{number}@mail.example" if number else "amal@mail.example"
            await h.form("subscribe", **{**mine, "address": forged, "kind": "immediate"})
        await h.form("confirm", token=link)
        await h.subscribe("carl@mail.example", "en")
        message = await h.anna.send(h.room, "First news")
        await h.sees("can go out by mail", thread=message)
        await h.anna.send(h.room, "!release", thread=message)
        await h.mail_to("carl@mail.example", 2)
        await h.sees(r"Sent to 1 reader\.")
        assert [x.recipient for x in h.sink.mails if "amal" in x.recipient.lower()] == [
            "amal@mail.example"
        ]


async def test_a_release_that_is_taken_back_sends_nothing(house: OpenHouse) -> None:
    async with house() as h:
        await h.subscribe("carl@mail.example", "en")
        message = await h.anna.send(h.room, "Too hasty")
        await h.sees("can go out by mail", thread=message)
        await h.anna.react(h.room, message, "✅")
        await h.anna.wait_for(room_id=h.room, sender=h.account, key="❌")
        await h.anna.react(h.room, message, "❌")
        await h.sees("Taken back")
        better = await h.anna.send(h.room, "Well considered")
        await h.sees("can go out by mail", thread=better)
        await h.anna.send(h.room, "!release", thread=better)
        mail = await h.mail_to("carl@mail.example", 2)
        assert "Well considered" in text_of(mail)
        assert not [x for x in h.sink.mails if "hasty" in text_of(x)]


async def test_a_removed_message_is_never_sent(house: OpenHouse) -> None:
    async with house() as h:
        await h.subscribe("carl@mail.example", "en")
        message = await h.anna.send(h.room, "Not meant for you")
        await h.sees("can go out by mail", thread=message)
        await h.anna.react(h.room, message, "✅")
        await h.anna.redact(h.room, message)
        await h.sees("The message was removed")
        assert h.sink.count == 1


async def test_a_digest_leaves_when_an_editor_asks_for_it(house: OpenHouse) -> None:
    async with house() as h:
        await h.subscribe("amal@mail.example", "ar", "digest")
        message = await h.anna.send(h.room, "First news")
        await h.sees("can go out by mail", thread=message)
        await h.anna.react(h.room, message, "✅")
        await h.sees("Nobody has asked for these mails yet")
        await h.anna.send(h.room, "!digest")
        hasty = await h.sees("The digest goes out by mail")
        await h.anna.wait_for(room_id=h.room, sender=h.account, reacts_to=hasty.event_id)
        await h.anna.react(h.room, hasty.event_id, "❌")
        await h.sees("The digest was taken back", edits=hasty.event_id)
        await h.anna.send(h.room, "!digest")
        mail = await h.mail_to("amal@mail.example", 2)
        await h.sees(r"Sent to 1 reader\.")
        assert "First news" in text_of(mail)
        assert h.sink.count == 2
