"""An author removes an edit on a real Synapse: no copy holds its words, nor does the store."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from bots.lab.people.client import room_path
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.markets import Market, build

pytestmark = pytest.mark.synapse

SECRET = "Behind the old mill"


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sealed", [False, True])
async def test_words_that_an_author_removed_stand_nowhere(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path, sealed: bool, down: bool
) -> None:
    m = await build(new_account, make_person, tmp_path, sealed=sealed)
    async with m.open():
        await m.told("share messages with the other initiatives")
        event, _, copy = await m.share("Who has a sofa?")
        edit = await m.leyla.edit(m.north, event, SECRET)
        await m.copied(SECRET, edits=copy.event_id)
        if not down:
            await m.leyla.redact(m.north, edit)
            await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)
    if down:
        await m.leyla.redact(m.north, edit)
    async with m.open():
        await m.cem.wait_for(room_id=m.exchange, redacts=copy.event_id)
        await m.cem.wait_until(lambda: len(m.copies()) == 1 or None, "the new copy")
        (anew,) = m.copies()
        assert "Who has a sofa?" in (anew.body or "")
        await m.settled()
        assert await m.texts() == {event: "Who has a sofa?"}
        assert SECRET not in str([asdict(x) for x in await m.kept()])
        assert await _told_by_office(m) == {anew.event_id}


async def _told_by_office(m: Market) -> set[str]:
    """Messages of the office in the exchange room that still say something."""
    target = room_path(m.exchange, "messages") + "?dir=b&limit=500"
    page = await m.cem.homeserver.call("GET", target)
    ours = [x for x in page["chunk"] if x["sender"] == m.account.user]
    assert SECRET not in json.dumps(ours)
    said = [x for x in ours if x["type"] in ("m.room.message", "m.room.encrypted")]
    return {x["event_id"] for x in said if x["content"]}
