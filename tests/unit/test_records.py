"""What stands in a row comes out as it went in, and looks as it did when it was written.

`tests/unit/golden/rows/` holds a row of each kind. To add one of a new kind, add it to `RECORDS`,
run `python -m tests.unit.test_records`, and read what it wrote. One that stands there never changes
within a version: stores of people hold such rows.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.model.decision import (
    Deliver,
    FormSubmitted,
    MailReceived,
    Performed,
    Rewound,
    SetAside,
    Started,
)
from bots.runtime.model.errors import StoreError
from bots.runtime.store import records
from bots.runtime.store.records import (
    INBOX,
    OUTBOX,
    Answer,
    Happened,
    KeyIsLate,
    Locked,
    Order,
    Rings,
    Rows,
    Told,
)
from federation.model.actions import (
    Action,
    AskDevices,
    AskNow,
    CreateRoom,
    DeclineVerification,
    EditMessage,
    Handle,
    Invite,
    Join,
    Kick,
    Leave,
    React,
    Redact,
    Send,
    SetState,
    Text,
)
from federation.model.shapes import is_text, parse, whole
from tests.kit.looped import looped
from tests.store.malformed import JSON, TEXT

GOLDEN = Path(__file__).parent / "golden" / "rows"
BOT, ANNA, BERT = "@bot:example.org", "@anna:example.org", "@bert:example.org"
ROOM, EVENT, KEY = "!room:example.org", "$event", f"room/{BOT}/$event"
AT = 1_800_000_000.25

MESSAGE: dict[str, Any] = {
    "event_id": EVENT,
    "sender": ANNA,
    "origin_server_ts": 1_800_000_000_000,
    "type": "m.room.message",
    "content": {"msgtype": "m.text", "body": "Guten Tag – مرحبا 👋", "x": [1, None, {"kind": "y"}]},
}
OPENED = Happened(
    KEY, BOT, ROOM, {**MESSAGE, "bound": True, "device": ["curve", "ed", "s"]}, encrypted=True
)
CLOSED = {**MESSAGE, "type": "m.room.encrypted", "content": {"session_id": "s", "ciphertext": "c"}}
ASKED = AskNow(ROOM, EVENT, "share/1", name=True)
FOUND = {"event": MESSAGE, "edit": {}, "encrypted": True}


def told(event: records.Own) -> Told:
    return Told("performed/0123456789abcdef", "ombuds", event)


def order(action: Action | Deliver) -> Order:
    return Order(BOT, "ombuds", action, of=17)


RECORDS: dict[str, records.Waiting | Order] = {
    "event": Happened(KEY, BOT, ROOM, MESSAGE, encrypted=False),
    "event-encrypted": OPENED,
    "event-anew": replace(OPENED, anew=True),
    "locked": Locked(KEY, BOT, ROOM, CLOSED),
    "timer": Rings("due/ombuds/answer/17/0a1b", "ombuds", "answer/17", AT, 60.0),
    "late": KeyIsLate(f"unreadable/{KEY}", BOT, KEY, AT),
    "now": Answer("performed/0a1b", BOT, "exchange", ASKED, "0a1b", FOUND, None),
    "now-not": Answer(
        "performed/0a1b", BOT, "exchange", ASKED, "0a1b", None, "M_FORBIDDEN", AT, anew=True
    ),
    "told-started": Told("started/ombuds/3", "ombuds", Started(BOT, 3)),
    "told-performed": told(Performed("Send", "case/17/root", ROOM, EVENT)),
    "told-performed-not": told(Performed("Invite", None, ROOM, None, "silent", user=ANNA)),
    "told-aside": replace(told(SetAside("in-17", "event")), was=AT),
    "told-aside-action": told(SetAside("out-0a1b", "action", "M_FORBIDDEN", ROOM, "case/17/root")),
    "told-form": Told("form/key", "announcements", FormSubmitted("subscribe", {"mail": "a@b.c"})),
    "told-mail": Told("mail/key", "announcements", MailReceived({"subject": "Re: x", "to": ["a"]})),
    "told-rewound": Told("rewound/ombuds/answer/17/1/3", "ombuds", Rewound("answer/17/1")),
    "order-send": order(Send(ROOM, Text("Guten Tag – مرحبا"))),
    "order-send-all": order(
        Send(
            Handle("case/17/room"),
            Text("<Hello>", "<b>&lt;Hello&gt;</b>", notice=False),
            handle="case/17/root",
            thread=Handle("case/17/thread"),
            reply_to=EVENT,
            audience=frozenset({BERT, ANNA, BOT}),
            identities=frozenset({"hers", "his"}),
            pinned=True,
            strict=True,
            sealed=True,
            copy_of=EVENT,
            after=Handle("case/17/after"),
            notify=True,
            whose=ANNA,
        )
    ),
    "order-edit": order(
        EditMessage(ROOM, Handle("case/17/root"), Text("new"), audience=frozenset(), whose=ANNA)
    ),
    "order-redact": order(Redact(ROOM, EVENT, notify=True, made_by="0a1b", whose=ANNA)),
    "order-react": order(React(ROOM, Handle("case/17/root"), "✅", "case/17/seen")),
    "order-decline": order(DeclineVerification(ROOM, EVENT)),
    "order-join": order(Join(ROOM, notify=True, most=None, via=("example.org",), unseen=False)),
    "order-leave": order(Leave(Handle("case/17/room"), reason="Bye")),
    "order-invite": order(Invite(ROOM, ANNA, notify=True, whose=ANNA, once=True, there=True)),
    "order-kick": order(Kick(ROOM, BERT, reason="spam")),
    "order-state": order(SetState(ROOM, "m.room.name", {"name": "x", "kind": "send", "~": [[]]})),
    "order-create": order(
        CreateRoom(
            "case/17/room",
            name="Case 17",
            topic="…",
            invite=(ANNA, BERT),
            direct=True,
            preset="trusted_private_chat",
            room_version="12",
            power_levels={"users": {ANNA: 100}},
            initial_state=({"type": "m.x", "content": {"handle": 5}},),
            picture="ombuds",
            notify=True,
        )
    ),
    "order-now": order(ASKED),
    "order-devices": Order(BOT, "ombuds", AskDevices(ROOM, ANNA), again=replace(OPENED, anew=True)),
    "order-devices-now": Order(
        BOT,
        "exchange",
        AskDevices(ROOM, ANNA),
        again=Answer("performed/0a1b", BOT, "exchange", ASKED, "0a1b", FOUND, None, anew=True),
    ),
    "order-devices-timer": Order(
        BOT,
        "ombuds",
        AskDevices(ROOM, ANNA),
        again=Rings("due/ombuds/devices/0a1b", "ombuds", "devices", AT),
    ),
    "order-deliver": replace(
        order(Deliver("mail", "reader", {"to": "a@b.c", "text": ["x"]}, "issue/3", notify=True)),
        was=AT,
    ),
}


def rows_of(record: object) -> Rows[Any]:
    return OUTBOX if isinstance(record, Order) else INBOX


def write(record: object) -> bytes:
    return rows_of(record).write(record)


def alike(one: object, other: object) -> bool:
    """Equal, and of the same types: a handle is equal to an id that reads the same."""
    if is_dataclass(one):
        parts = [(getattr(one, x.name), getattr(other, x.name, None)) for x in fields(one)]
        return type(one) is type(other) and all(alike(*x) for x in parts)
    if isinstance(one, dict | list | tuple):
        return one == other and json.dumps(one) == json.dumps(other)
    return type(one) is type(other) and one == other


@looped("name", RECORDS)
def test_a_row_looks_as_it_did_and_is_read_as_it_was(name: str) -> None:
    kept = (GOLDEN / f"{name}.json").read_bytes()
    record = RECORDS[name]
    assert write(record) + b"\n" == kept
    assert alike(rows_of(record).read(kept), record)


def test_each_kind_has_a_row_that_is_kept() -> None:
    kept = [json.loads(path.read_bytes())["row"] for path in GOLDEN.glob("*.json")]
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*RECORDS}
    assert {row["kind"] for row in kept} == {*INBOX.kinds, *OUTBOX.kinds}
    assert {row["event"]["kind"] for row in kept if row["kind"] == "told"} == {*records.EVENTS}
    assert {row["action"]["kind"] for row in kept if row["kind"] == "order"} == {*records.ACTIONS}


def test_each_class_has_a_name() -> None:
    assert {*records.ACTIONS.values()} == {*get_args(Action), Deliver}
    assert {*records.EVENTS.values()} == {*get_args(records.Own)}
    assert {*INBOX.kinds.values()} == {*get_args(records.Waiting)}
    assert {*OUTBOX.kinds.values()} == {Order}


@looped("name", RECORDS)
def test_the_version_of_a_row_stands_first(name: str) -> None:
    assert write(RECORDS[name]).startswith(b'{"v":1,"row":{"kind":')


NEWER = {
    "version": (b'{"v":1,', b'{"v":2,'),
    "row": (b'"kind":"order"', b'"kind":"ordered"'),
    "action": (b'"kind":"send"', b'"kind":"sent"'),
}
BROKEN = {
    "cut off": (b"}}", b"}"),
    "no version": (b'"v":1,', b""),
    "no action": (b'"action":', b'"acted":'),
    "another type": (b'"of":17', b'"of":"x"'),
    "a room that is none": (b'"room":"!room:example.org"', b'"room":{"name":"x"}'),
}


@pytest.mark.parametrize("old_and_new", NEWER.values(), ids=NEWER)
def test_what_a_newer_version_wrote_is_not_guessed_at(old_and_new: tuple[bytes, bytes]) -> None:
    written = write(RECORDS["order-send"])
    with pytest.raises(StoreError, match=r"newer buendnis.* Install that version again"):
        OUTBOX.read(written.replace(*old_and_new))


@pytest.mark.parametrize("old_and_new", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_the_fault_of_the_store(old_and_new: tuple[bytes, bytes]) -> None:
    written = write(RECORDS["order-send"])
    with pytest.raises(StoreError, match="Restore a backup") as caught:
        OUTBOX.read(written.replace(*old_and_new))
    assert "Guten Tag" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_row_of_another_table_is_not_read() -> None:
    with pytest.raises(StoreError):
        INBOX.read(write(RECORDS["order-send"]))


def test_a_record_of_the_wrong_types_is_not_written() -> None:
    """It could never be read again."""
    for wrong in (
        order(Invite(ROOM, None)),  # type: ignore[arg-type]
        order(Join(ROOM, via=(5,))),  # type: ignore[arg-type]
        order(SetState(ROOM, "m.x", {"x": object()})),
        order(Text("x")),  # type: ignore[arg-type]
    ):
        with pytest.raises((ValueError, TypeError)):
            OUTBOX.write(wrong)


@given(TEXT, TEXT, st.frozensets(TEXT, max_size=3))
def test_any_text_comes_back_whole(room: str, text: str, audience: frozenset[str]) -> None:
    value = order(Send(room, Text(text), thread=Handle(room), audience=audience, handle=text))
    found = OUTBOX.read(OUTBOX.write(value)).action
    assert isinstance(found, Send)
    assert (found.room, found.text.body, found.handle) == (whole(room), whole(text), whole(text))
    assert isinstance(found.thread, Handle)
    assert found.audience == frozenset(map(whole, audience))


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_any_event_comes_back(made_up: dict[str, Any]) -> None:
    assert is_text(json.dumps(kept(made_up), ensure_ascii=False))
    event = parse(json.dumps(made_up))
    if not {"NaN", "Infinity"} & {*re.findall(r"\w+", json.dumps(event))}:  # which are no JSON
        assert kept(event) == event


def kept(event: dict[str, Any]) -> object:
    found = INBOX.read(INBOX.write(Happened(KEY, BOT, ROOM, event, encrypted=False)))
    assert isinstance(found, Happened)
    return found.event


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for missing, record in RECORDS.items():
        path = GOLDEN / f"{missing}.json"
        if not path.exists():
            path.write_bytes(write(record) + b"\n")
