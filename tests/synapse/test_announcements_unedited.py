"""An editor removes an edit on a real Synapse: no reader gets what it said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bots.announcements.bot import AnnouncementsBot
from bots.announcements.documents.news import PAGES
from bots.runtime.office.office import Office
from bots.runtime.office.serving import Account, assemble
from bots.runtime.speech.words import Words
from tests.bench.mailsink import sink
from tests.kit.stored import documents
from tests.synapse.conftest import MakePerson
from tests.synapse.editorial import House, NewAccount, mail, make_room, settings, text_of
from tests.synapse.offices import started

pytestmark = pytest.mark.synapse

SECRET = "Behind the old mill"


@pytest.mark.parametrize("down", [False, True])
async def test_words_that_an_editor_removed_are_not_sent(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path, down: bool
) -> None:
    account = await new_account("news")
    anna, bilal = await make_person("anna"), await make_person("bilal")
    room = await make_room(anna, account.user_id, bilal, encrypted=True)
    wanted = replace(settings(account.user_id, room), undo=timedelta(seconds=4))
    bot = AnnouncementsBot(wanted, Words())
    post = Account(account.homeserver, account.user_id, account.password)
    async with sink() as found:

        def office() -> Office:
            made = assemble(tmp_path / "office", [(bot, post)])
            made.bridges["mail"] = mail(made, found.port)
            return made

        async with started(office()) as first:
            h = House(first, account.user_id, room, anna, bilal, found)
            await anna.wait_for(room_id=room, type="m.room.member", sender=account.user_id)
            await h.subscribe("carl@mail.example", "en")
            edit = await _release_an_edit(h)
            if not down:
                await anna.redact(room, edit)
                await h.mail_to("carl@mail.example", 2)
        if down:
            await anna.redact(room, edit)
        async with started(office()) as second:
            h.office = second
            sent = await h.mail_to("carl@mail.example", 2)
            await h.sees(r"Sent to 1 reader\.")
            assert "We meet at six." in text_of(sent)
            assert SECRET not in str([text_of(x) for x in found.mails])
            pages = await second.store.run("page", lambda tx: documents(tx, PAGES))
            assert [x.texts for x in pages] == [(("en", "We meet at six."),)]
        assert not [x for x in anna.seen(room) if x.sender == h.account and SECRET in str(x)]


async def _release_an_edit(h: House) -> str:
    message = await h.anna.send(h.room, "We meet at six.")
    offer = await h.sees("can go out by mail", thread=message)
    edit = await h.anna.edit(h.room, message, SECRET)
    await h.sees("can go out by mail", edits=offer.event_id)
    await h.anna.react(h.room, message, "✅")
    await h.sees("goes out by mail at", edits=offer.event_id)
    return edit
