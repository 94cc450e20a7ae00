"""What reaches staff of who wrote: nothing but the words."""

from __future__ import annotations

import json

import pytest

from bots.lab.people.client import room_path
from tests.synapse.attacks.scene import begun, house
from tests.synapse.ombuds_house import House, OpenHouse

__all__ = ["house"]

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(180)]
HTML = "org.matrix.custom.html"


async def named(h: House, *secrets: str) -> list[str]:
    """Which of these can be found in the staff's room, read or sealed."""
    path = room_path(h.room, "messages") + "?dir=b&limit=500"
    stored = json.dumps(await h.anna.homeserver.call("GET", path))
    read = json.dumps([x.raw for x in h.anna.seen(h.room)], ensure_ascii=False)
    return [x for x in secrets if x in stored or x in read]


async def test_no_name_of_hers_goes_along(house: OpenHouse) -> None:
    """What clients send along names the reporter: the file name of a picture, what they quote in
    front of an answer, of an edit and in a thread, links to her messages that she pastes, and
    mentions. Staff read her words, and nothing of that."""
    async with house() as h:
        chat, _ = await begun(h)
        user, event = h.leyla.user_id, await h.leyla.send(chat, "And the stairs.")
        await h.staff_see("And the stairs")
        quoted = f"> <{user}> And the stairs.\n\n"
        link = f"https://matrix.to/#/{chat}/{event}?via=localhost"
        relation = {"m.in_reply_to": {"event_id": event}}
        pill = f'<a href="https://matrix.to/#/{user}">me</a>'
        reply = {"msgtype": "m.text", "body": f"{quoted}Since Monday.", "m.relates_to": relation}
        html = f"<mx-reply><blockquote>{pill}</blockquote></mx-reply>Since Monday."
        await h.leyla.send_event(
            chat, "m.room.message", {**reply, "format": HTML, "formatted_body": html}
        )
        await h.staff_see("Since Monday")
        new = {"msgtype": "m.text", "body": f"{quoted}Since Tuesday."}
        replaces = {"rel_type": "m.replace", "event_id": event}
        edit = {**new, "body": f"* {quoted}Since Tuesday.", "m.new_content": new}
        await h.leyla.send_event(chat, "m.room.message", {**edit, "m.relates_to": replaces})
        await h.staff_see("Since Tuesday")
        thread = {"rel_type": "m.thread", "event_id": event, "is_falling_back": True, **relation}
        threaded = {"msgtype": "m.text", "body": f"{quoted}In a thread.", "m.relates_to": thread}
        await h.leyla.send_event(chat, "m.room.message", threaded)
        await h.staff_see("In a thread")
        for text in (link, f"<{link}>", f"[{user}]({link})", f"matrix:r/x/{chat}", f"({link})"):
            await h.leyla.send(chat, f"See here: {text} Number {len(text)}.")
            await h.staff_see(f"Number {len(text)}")
        file = {"msgtype": "m.file", "body": f"{user}.pdf", "filename": f"{user}.pdf"}
        await h.leyla.send_event(chat, "m.room.message", {**file, "url": "mxc://localhost/x"})
        await h.staff_see("file")
        bare = user.removeprefix("@").partition(":")[0]
        assert await named(h, user, bare, chat, event, h.leyla.device_id) == []
