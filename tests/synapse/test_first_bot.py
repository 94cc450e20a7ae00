"""The bot of CONTRIBUTING.md is what that page shows, and does what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bots.lab.people.client import Seen
from bots.runtime.kit.bot import KitBot
from bots.runtime.model.decision import Due, FormSubmitted, Say, SetTimer
from bots.runtime.office.serving import Account
from bots.runtime.process.clock import ManualClock
from bots.runtime.speech.words import Words
from federation.model.events import Origin, RoomView, TextMessage
from tests.kit import lending
from tests.kit.lending.bot import LENDING, OFFERS, Settings
from tests.kit.memory import Memory
from tests.kit.stored import documents
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.rooms import ENCRYPTED, make_room

pytestmark = pytest.mark.synapse

FOLDER = Path(lending.__file__).parent
PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROOM, NOW = "!room", datetime(2026, 3, 5, tzinfo=UTC)


def lines(texts: Iterable[str]) -> list[str]:
    return [x for text in texts for x in text.splitlines() if x.strip()]


def test_the_page_shows_the_whole_bot() -> None:
    files = [FOLDER / "wording.py", FOLDER / "bot.py"]
    shown = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert lines(shown) == lines(x.read_text(encoding="utf-8") for x in files)
    whole = [x.read_text(encoding="utf-8") for x in FOLDER.glob("*.py")]
    assert len(whole) <= 3
    assert sum(x.count("\n") for x in whole) <= 90


def test_its_rules_are_tried_without_a_store() -> None:
    bot, memory = KitBot(LENDING, Settings(ROOM), Words()), Memory()
    origin = Origin("@bot:x", ROOM, "$1", "@anna:x", 0, True)
    decided = bot.rule(memory, TextMessage(origin, RoomView(), "!lend a drill"), NOW)
    timer, said = decided.requests
    assert isinstance(said, Say)
    assert "a drill" in bot.render(said.phrase).body
    assert timer == SetTimer("still/$1", after=timedelta(days=14))
    memory.apply(decided.changes)
    assert memory.count(OFFERS, "thing", "a drill") == 1
    memory.apply(bot.rule(memory, Due("still/$1"), NOW).changes)
    assert memory.all(OFFERS) == []


async def test_it_works_on_a_homeserver(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path
) -> None:
    account, anna = await new_account("lending"), await make_person("anna")
    room = await make_room(anna, account.user_id, ENCRYPTED)
    clock = ManualClock(NOW.timestamp())
    bot = KitBot(LENDING, Settings(room), Words())
    post = Account(account.homeserver, account.user_id, account.password)
    async with running(tmp_path, [(bot, post)], clock=clock) as office:
        await anna.wait_for(type="m.room.member", state_key=account.user_id, wanted=_is_there)
        await anna.send(room, "!lend a drill")
        await anna.wait_for(room_id=room, body=re.compile("Noted: \u2068a drill"))
        form = FormSubmitted("wanted", {"thing": "A Drill"})
        await office.submit("form/1", "lending", form)
        await anna.wait_for(
            room_id=room, body=re.compile("looking for \u2068A Drill.*there are \u2068?1")
        )
        clock.advance(timedelta(days=14).total_seconds())
        await anna.wait_for(room_id=room, body=re.compile("still lend this: \u2068a drill"))
        assert await office.store.run("look", lambda tx: documents(tx, OFFERS)) == []


def _is_there(event: Seen) -> bool:
    return bool(event.raw["content"]["membership"] == "join")
