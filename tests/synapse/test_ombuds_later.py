"""A case, from its closing to the day on which nothing of it is left, on a real Synapse."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from bots.lab.people.person import Person
from bots.offices.ombuds import ombuds_office
from bots.runtime.office.office import Office
from bots.runtime.process.clock import ManualClock
from config.loading import load
from config.ombuds.settings import OmbudsConfig
from tests.bench.mailsink import Sink, sink
from tests.kit.founders import hand_out, joins
from tests.synapse import unsealed
from tests.synapse.conftest import MakePerson
from tests.synapse.offices import started
from tests.synapse.ombuds_process import Install, install
from tests.synapse.processes import PROGRAM, Installation, spawn
from tests.synapse.waiting import until

__all__ = ["install"]
pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]
DAY = 24 * 3600.0


def opened(here: Installation, mails: Sink, clock: ManualClock) -> Office:
    here.settings["office"]["languages"] = ["en"]
    here.settings["alarms"] = {
        "to": ["board@carrier.example"],
        "from": "The office <office@carrier.example>",
        "smtp": {"host": "localhost", "port": mails.port, "tls": "none"},
    }
    here.write()
    hand_out(here.state, *here.settings["staff"])
    config = load(here.file)
    assert isinstance(config, OmbudsConfig)
    return ombuds_office(config, clock=clock)[0]


async def test_a_closed_case_is_forgotten_and_erased_and_the_record_stays(
    install: Install, make_person: MakePerson, tmp_path: Path
) -> None:
    anna, bilal, leyla = [await make_person(x, strict=True) for x in ("anna", "bilal", "leyla")]
    here, clock = install(anna.user_id, bilal.user_id), ManualClock(time.time())
    async with sink() as mails:
        async with started(opened(here, mails, clock)) as office:
            room = await joins(anna)
            await joins(bilal)
            chat, _ = await leyla.write_privately(here.account, "The heating is broken.")
            root = await says(anna, room, "The heating is broken")
            await says(leyla, chat, "Your number is")
            await anna.send(room, "!close", thread=root)
            await says(anna, room, "is closed")
            clock.advance(24 * DAY)
            await says(leyla, chat, "we forget who you are")
            clock.advance(8 * DAY)
            await is_forgotten(office, here.account, leyla, chat)
            await anna.send(room, "!answer Hello?", thread=root)
            await says(anna, room, "To case")
            clock.advance(60)
            await says(anna, room, "does not know any more who brought this case")
            clock.advance(400 * DAY)
            await anna.wait_for(room_id=room, redacts=root)
            await says(anna, room, "was closed long ago and is erased now")
            await until(lambda: mails.mails, "the mail with the head")
        (tmp_path / "elsewhere").mkdir()
        await fits(here, mails, tmp_path / "elsewhere")


async def says(person: Person, room: str, text: str) -> str:
    """The id of the message that says so."""
    return (await person.wait_for(room_id=room, body=re.compile(text))).event_id


async def is_forgotten(office: Office, account: str, leyla: Person, chat: str) -> None:
    """The office is out of her chat, and nothing in its store names her."""

    async def is_out() -> bool:
        return (await leyla.homeserver.members(chat)).get(account) == "leave"

    await until(is_out, "the office out of the chat")
    names = [leyla.user_id, leyla.device_id, chat]

    async def is_clean() -> bool:
        found = await office.store.run("look", lambda tx: set(unsealed.holding(tx, names)))
        return not found

    await until(is_clean, "nothing that names her")


async def fits(here: Installation, mails: Sink, folder: Path) -> None:
    """The record, as the board has it from the mails, without the office and its key."""
    told = [message_from_bytes(x.message, policy=policy.default) for x in mails.mails]
    bodies = [x.get_body(("plain",)) for x in told]
    texts = "\n".join(x.get_content() for x in bodies if x is not None)
    (folder / "mails.txt").write_text(texts)
    record = folder / "record.jsonl"
    assert await audit(folder, "export", str(here.file), str(record)) == 0
    here.file.rename(folder / "no-more.yaml")
    assert await audit(folder, "verify", str(record), "--heads", str(folder / "mails.txt")) == 0
    lines = record.read_text().splitlines()
    record.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")
    assert await audit(folder, "verify", str(record), "--heads", str(folder / "mails.txt")) != 0


async def audit(folder: Path, *arguments: str) -> int:
    with (folder / "audit.log").open("ab") as log:
        process = await spawn(*PROGRAM, "audit", *arguments, output=log)
        return await process.wait()
