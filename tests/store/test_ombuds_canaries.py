"""A thousand people write to the ombuds office, from six clients: where are their names and words?

Nothing of them is in what others read, in the log at its loudest, in what is counted, in the bytes
of store, write-ahead log and backup, or in what is told of a rule that fails.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.cli import entry
from bots.ombuds.bot import OmbudsBot
from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Event
from bots.runtime.office.deciding import Deciding
from bots.runtime.process.logs import install
from bots.runtime.store.backup import make
from federation.model.events import TextMessage
from tests.kit.desk import Desk, desk, mark
from tests.kit.ombuds import BOT
from tests.kit.world import EnglishWords
from tests.shapes.recorded import SHAPES, Shape

CASES = 1_000
NOT_HERE = ("$t", "m.replace", "m.room.redaction")
"""Answers to others, and what is changed: what an edit has replaced is shown until then."""
TOLD = [
    x
    for x in SHAPES
    if x.kind in ("words", "medium", "burst") and not any(y in x.events for y in NOT_HERE)
]
FAILS = 40
"""Every so many messages a rule fails on one."""


@dataclass(frozen=True)
class Canary:
    """Somebody who writes, with names and words that nobody else has."""

    number: int

    @property
    def tag(self) -> str:
        return f"canary{self.number:04}z"

    @property
    def user(self) -> str:
        return f"@{self.tag}user:secret.example"

    @property
    def room(self) -> str:
        return f"!{self.tag}room:secret.example"

    @property
    def words(self) -> str:
        """What staff are to read."""
        return f"words{self.number:04}z"

    def shape(self) -> list[dict[str, Any]]:
        """Its file names, quoted people and rooms are hers."""
        shape: Shape = TOLD[self.number % len(TOLD)]
        played = shape.played(account=BOT)
        text = json.dumps(played).replace("canary", self.tag).replace("shape-", f"{self.tag}shape-")
        found: list[dict[str, Any]] = json.loads(text)
        return found


class Failing(OmbudsBot):
    """Raises what holds everything that it knows."""

    def rule(self, view: View, event: Event, now: Any) -> Decision:
        if isinstance(event, TextMessage) and "fail" in event.body:
            raise KeyError(event.body, event.origin, event)
        return super().rule(view, event, now)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    stream = io.StringIO()
    install("debug", stream)
    yield stream
    root.handlers, root.level = before


async def _writes(office: Desk, who: Canary) -> list[str]:
    """Ids of what she wrote."""
    await office.enters(who.room, who.user)
    await office.enters(who.room, BOT, "invite", by=who.user)
    await office.enters(who.room, BOT)
    events = [await office.says(who.room, who.user, f"The guard beats us, {who.words}.")]
    for raw in who.shape():
        sealed = raw["type"] == "m.room.message"
        event = raw | {"sender": who.user, "room_id": who.room, "origin_server_ts": 0}
        await office.take(who.room, event, sealed=sealed)
        events.append(str(event["event_id"]))
    if who.number % FAILS == 0:
        events.append(await office.says(who.room, who.user, f"{who.tag} fail"))
    await office.passes(timedelta(seconds=90))  # fewer than make a rush
    return events


ID = re.compile(rb"[0-9a-f]{43}")
"""Of an event, but for its sign."""


def _canaries(content: bytes, tags: Collection[str]) -> set[str]:
    """All that is in there, whosever it is."""
    found = {x.decode() for x in re.findall(rb"(?:canary|words)\d{4}z", content)}
    found |= {x for x in (f"${x.decode()}" for x in ID.findall(content)) if x in tags}
    return found | {x for x in [*tags][:50] if x.encode().hex().encode() in content}


async def test_of_a_thousand_people_nothing_is_where_it_may_not_be(
    tmp_path: Path, log: io.StringIO
) -> None:
    people = [Canary(x) for x in range(CASES)]
    folder, ids = tmp_path / "office", set[str]()
    async with desk(folder) as office:
        office.deciding = Deciding({BOT: Failing(office.settings, EnglishWords())})
        for who in people:
            ids |= {who.tag, who.words, *await _writes(office, who)}
        files = {x.name: x.read_bytes() for x in folder.iterdir()}
        yaml = tmp_path / "ombuds.yaml"
        yaml.write_text("office: {}\n")
        make(folder, yaml, tmp_path / "backup.tar")
        counted = await office.look(lambda tx: (tx.counts(), tx.aside(), tx.standing(0.0)))
        status = repr((counted, dict(office.deciding.decided), office.store))
        shown = office.shown
    _nothing_among_people(shown, office.office, people)
    files |= {f"{x.name} stopped": x.read_bytes() for x in folder.iterdir()}
    files |= {"backup": (tmp_path / "backup.tar").read_bytes(), "status": status.encode()}
    files["log"] = log.getvalue().encode()
    assert {"office.db", "office.db-wal", "backup", "log"} <= files.keys()
    assert log.getvalue().count("KeyError in rule") >= CASES // FAILS, (
        "rules failed, and it says so"
    )
    assert {name: _canaries(content, ids) for name, content in files.items()} == {
        name: set() for name in files
    }


def _nothing_among_people(
    shown: Mapping[str, Mapping[str, list[str]]], office: str, people: list[Canary]
) -> None:
    """Staff read the words of each, and nobody's names; in her chat nothing is of anybody else."""
    read = json.dumps([*shown[office].values()])
    assert set(re.findall(r"words\d{4}z", read)) == {x.words for x in people}
    assert re.findall(r"canary\d{4}z", read) == []
    for who in people:
        hers = json.dumps([*shown[who.room].values()])
        assert set(re.findall(r"(?:words|canary)\d{4}z", hers)) <= {who.words, who.tag}
        assert "has arrived" in hers
    assert {*shown} <= {office, *(x.room for x in people)}


def _crash(who: Canary) -> None:
    words = who.words
    raise ValueError(who, words, {"chat": who.room})


def test_a_crash_tells_where_and_nothing_else(
    log: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who = Canary(17)
    monkeypatch.setattr(entry, "run", lambda *_: _crash(who))
    with pytest.raises(SystemExit):
        entry.main()
    try:
        _crash(who)
    except ValueError:
        logging.getLogger("office").critical("a fault in the office itself", exc_info=True)
    told = f"{log.getvalue()}{''.join(capsys.readouterr())}"
    assert told.count("ValueError in _crash") == 2
    assert _canaries(told.encode(), {who.tag}) == set()


def test_the_search_finds_what_it_is_given() -> None:
    who = Canary(17)
    event = f"${mark('x')}"
    tags = {who.tag, event}
    for text in (who.user, who.room, who.words, event[1:], who.tag.encode().hex()):
        assert _canaries(b"x" + text.encode() + b"y", tags), text
    assert _canaries(b"nothing here", tags) == set()
