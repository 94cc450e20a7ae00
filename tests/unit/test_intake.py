"""From a sync to the inbox: what is handed on, what is ours, and answers that are made up.

The inbox is a real one, in memory.
"""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import migrate
from bots.runtime.store.transaction import Transaction
from federation.client import sync
from federation.client.interests import Interests
from federation.client.sync import JoinedRoom
from federation.encryption.machine import Machine
from federation.model import rooms
from federation.model.errors import NotAHomeserver
from federation.model.events import DevicesChanged, Redaction, RoomView
from federation.model.ports import MARK, Echo
from federation.model.translate import translate
from federation.syncing.intake import Intake, action_id
from federation.syncing.recent import Recent
from tests.store.events import ANNA, BOT, ROOM, event, member, message
from tests.store.malformed import JSON, TEXT, malformed_events, paths, put


class Office:
    """One transaction over and over; what it did is undone by `fresh`."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        migrate(sqlite_utils.Database(self._connection))
        self.tx = Transaction(self._connection, Sealer(bytes(32)), 1_800_000_000.0, 60.0)
        self.machine = Machine.open(self.tx, BOT, "DEVICE")
        self.recent = Recent(10)
        self.intake = Intake(BOT, self.machine, self.recent)

    @contextmanager
    def fresh(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def inbox(self) -> list[Any]:
        found: list[Any] = []
        seq = 0
        while (row := self.tx.next_ready(seq)) is not None:
            seq = row.seq
            found.append(row.record)
        return found

    def events(self) -> list[Any]:
        return [record.event for record in self.inbox()]

    def room(self) -> rooms.Room:
        return rooms.load(self.tx, BOT, ROOM)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(scope="module")
def shared() -> Office:
    return Office()


def joined(*timeline: dict[str, Any], state: tuple[Any, ...] = ()) -> JoinedRoom:
    return JoinedRoom(ROOM, state, timeline)


def test_a_timeline_is_handed_on_in_its_order(office: Office) -> None:
    events = [message(str(number)) for number in range(5)]
    office.intake.joined(office.tx, joined(*events))
    office.intake.joined(office.tx, joined(*events))
    assert office.events() == events


def test_what_others_said_is_remembered_for_as_long_as_it_stands(office: Office) -> None:
    ours, theirs, gone = message(sender=BOT), message("theirs"), message("gone")
    redaction = {**event("m.room.redaction", {}), "redacts": gone["event_id"]}
    office.intake.joined(office.tx, joined(ours, theirs, gone, redaction))
    remembered = [office.recent.found(ROOM, x["event_id"]) for x in (ours, theirs, gone)]
    assert [x and x["event"] for x in remembered] == [None, theirs, None]
    office.intake.left(office.tx, ROOM, {})
    assert office.recent.found(ROOM, theirs["event_id"]) is None


@pytest.mark.parametrize("mark", [{}, {MARK: "x" * 43}])
def test_redactions_in_our_own_name_are_told_to_who_asks_for_that(
    office: Office, mark: dict[str, str]
) -> None:
    """Whoever rules a homeserver makes them, and knows our marks."""
    redaction = {**event("m.room.redaction", mark, sender=BOT), "redacts": "$e"}
    office.intake.joined(office.tx, joined(redaction))
    assert office.events() == []
    asks = Intake(BOT, office.machine, office.recent, Interests(undone=True))
    asks.joined(office.tx, joined(redaction))
    (found,) = office.events()
    told = translate(BOT, ROOM, found, RoomView(), False)
    assert isinstance(told, Redaction)
    assert told.ours is bool(mark)


def test_changed_devices_are_told_to_who_asks_for_that(office: Office) -> None:
    lists = {"changed": [ANNA, 5, "\ud800", ANNA], "left": ["@gone:x"]}
    answer = {"next_batch": "s1", "device_lists": lists}
    office.intake.keys(office.tx, answer)
    assert office.events() == []
    asks = Intake(BOT, office.machine, office.recent, Interests(devices=True))
    asks.keys(office.tx, answer)
    asks.keys(office.tx, answer)
    (event,) = office.events()
    assert isinstance(translate(BOT, "", event, RoomView(), False), DevicesChanged)
    assert event["sender"] == ANNA


def test_members_of_an_older_sync_do_not_replace_later_ones(office: Office) -> None:
    """Else a room that we have just made counts as empty, and what is said there is for nobody."""
    late = joined(member(BOT, "join"))
    late.members = [member(BOT, "join")]
    made = rooms.Room(ROOM, members={BOT: "join", ANNA: "invite"}, members_known=True)
    rooms.save(office.tx, BOT, made)
    office.intake.joined(office.tx, late)
    assert office.room().members == {BOT: "join", ANNA: "invite"}
    office.intake.left(office.tx, ROOM, {})
    office.intake.joined(office.tx, late)
    assert office.room().members == {BOT: "join"}, "what we knew before we left is old"


def test_what_is_only_overheard_never_comes_to_the_store(office: Office) -> None:
    intake = Intake(BOT, office.machine, office.recent, Interests(overheard=lambda: {ROOM}))
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "session_id": "S", "ciphertext": "AAAA"}
    encrypted = event("m.room.encrypted", secret, event_id="$2")
    intake.joined(
        office.tx,
        joined(message(event_id="$1"), encrypted, member(ANNA, "join") | {"event_id": "$3"}),
    )
    live = event("m.beacon_info", {"live": True}, event_id="$5") | {"state_key": ANNA}
    intake.joined(office.tx, joined(live))
    assert [found["event_id"] for found in office.events()] == ["$3"]
    assert office.recent.found(ROOM, "$1") is None
    office.intake.joined(office.tx, joined(message(event_id="$4")))
    assert [found["event_id"] for found in office.events()] == ["$3", "$4"]


def test_what_we_sent_is_an_echo_and_no_event(office: Office) -> None:
    marked = event("m.room.message", {"body": "x", MARK: "action-1"}, BOT, "$one")
    by_transaction = {
        **event("m.reaction", {}, BOT, "$two"),
        "unsigned": {"transaction_id": "action-2"},
    }
    plain = event("m.room.message", {"body": "from another client of ours"}, BOT)
    office.intake.joined(office.tx, joined(marked, by_transaction, plain))
    assert office.inbox() == []
    assert office.tx.echoes("action-1") == [Echo(ROOM, "$one", "Send")]
    assert office.tx.echoes("action-2") == [Echo(ROOM, "$two", "React")]


def test_nobody_else_marks_our_actions_as_done(office: Office) -> None:
    forged = event("m.room.message", {"msgtype": "m.text", "body": "x", MARK: "action-1"})
    office.intake.joined(office.tx, joined(forged))
    assert office.tx.echoes("action-1") == []
    assert office.events() == [forged]


@given(JSON, JSON)
def test_marks_may_be_anything(mark: Any, transaction: Any) -> None:
    raw = {**event("x", {MARK: mark}), "unsigned": {"transaction_id": transaction}}
    assert action_id(raw) in (mark, transaction, None)
    assert action_id({**raw, "content": mark, "unsigned": transaction}) is None or isinstance(
        mark, dict
    )


def test_our_own_joining_is_handed_on(office: Office) -> None:
    office.intake.joined(office.tx, joined(member(BOT, "join")))
    assert [raw["content"]["membership"] for raw in office.events()] == ["join"]


def test_an_invitation_is_one_event_however_often_it_comes(office: Office) -> None:
    invited = {**member(BOT, "invite", ANNA, is_direct=True)}
    del invited["event_id"]
    stripped = {"invite_state": {"events": [member(ANNA, "join"), invited]}}
    for _ in range(2):
        office.intake.invited(office.tx, ROOM, stripped, "token")
    [raw] = office.events()
    assert raw["content"]["membership"] == "invite"
    assert office.room().invited
    assert office.room().direct
    office.intake.invited(office.tx, ROOM, stripped, "later")
    assert len(office.events()) == 2, "another invitation, later"


def test_what_was_said_before_we_were_put_out_is_handed_on(office: Office) -> None:
    office.intake.joined(office.tx, joined(member(BOT, "join"), member(ANNA, "join")))
    out = member(BOT, "leave", ANNA)
    office.intake.left(office.tx, ROOM, {"timeline": {"events": [message("last words"), out]}})
    bodies = [raw["content"].get("body") for raw in office.events()]
    assert bodies[-2:] == ["last words", None]
    assert not office.room().joined
    assert office.room().members == {}


def test_of_a_room_that_we_declined_only_that_is_handed_on(office: Office) -> None:
    out = member(BOT, "leave")
    office.intake.left(office.tx, ROOM, {"timeline": {"events": [message("not for us"), out]}})
    assert office.events() == [out]


def test_an_event_that_nests_too_deep_is_told_as_malformed(office: Office) -> None:
    deep: Any = "bottom"
    for _ in range(400):
        deep = [deep]
    room = {"timeline": {"events": [event("m.room.message", {"body": deep}, event_id="$deep")]}}
    [made] = sync.joined_rooms({"rooms": {"join": {ROOM: room}}})
    office.intake.joined(office.tx, made)
    [raw] = office.events()
    assert raw["event_id"] == "$deep"
    assert "content" not in raw


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(malformed_events(), max_size=4), st.lists(malformed_events(), max_size=2))
def test_no_timeline_ends_a_transaction(
    shared: Office, timeline: list[Any], state: list[Any]
) -> None:
    good = message("good", event_id="$good")
    room = {"timeline": {"events": [*timeline, good]}, "state": {"events": state}}
    with shared.fresh():
        [made] = sync.joined_rooms({"rooms": {"join": {ROOM: room}}})
        shared.intake.joined(shared.tx, made)
        shared.intake.gap(shared.tx, ROOM, made.timeline)
        shared.intake.invited(shared.tx, ROOM, {"invite_state": {"events": timeline}}, "token")
        assert good in shared.events()
        shared.intake.left(shared.tx, ROOM, room)


GOOD: dict[str, Any] = {
    "next_batch": "s1",
    "rooms": {
        "join": {
            ROOM: {
                "state": {"events": [member(ANNA, "join")]},
                "timeline": {"events": [message("x")], "limited": True, "prev_batch": "p"},
            }
        },
        "invite": {ROOM: {"invite_state": {"events": [member(BOT, "invite", ANNA)]}}},
        "leave": {ROOM: {"timeline": {"events": [member(BOT, "leave")]}}},
    },
    "to_device": {"events": []},
    "device_lists": {"changed": [ANNA], "left": []},
    "device_one_time_keys_count": {"signed_curve25519": 50},
    "device_unused_fallback_key_types": ["signed_curve25519"],
}


class Answering:
    """A homeserver, as far as `sync.fetch` sees one."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def call(self, *args: Any, **more: Any) -> Any:
        return self._answer


def fetched(answer: dict[str, Any]) -> dict[str, Any]:
    fetching = sync.fetch(Answering(answer), Interests(), "s0", 0)  # type: ignore[arg-type]
    with pytest.raises(StopIteration) as done:  # it never waits: no loop is needed
        fetching.send(None)
    found: dict[str, Any] = done.value.value
    return found


def take(office: Office, answer: dict[str, Any]) -> None:
    office.intake.keys(office.tx, answer)
    for room in sync.joined_rooms(answer):
        office.intake.joined(office.tx, room)
    for room_id, invited in sync.section(answer, "invite").items():
        office.intake.invited(office.tx, room_id, invited, "s0")
    for room_id, left in sync.section(answer, "leave").items():
        office.intake.left(office.tx, room_id, left)


@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(paths(GOOD)), JSON)
def test_an_answer_is_refused_as_a_whole_or_taken_in(
    shared: Office, path: tuple[Any, ...], value: Any
) -> None:
    answer = copy.deepcopy(GOOD)
    if path:
        put(answer, path, value)
    with shared.fresh(), suppress(NotAHomeserver):
        take(shared, fetched(answer))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("next_batch",), None),
        (("next_batch",), ""),
        (("next_batch",), 5),
        (("next_batch",), "\ud800"),
        (("rooms",), []),
        (("rooms", "join"), []),
        (("rooms", "join", ROOM), "text"),
        (("rooms", "join", ROOM, "timeline"), []),
        (("rooms", "join", ROOM, "timeline", "events"), {}),
        (("rooms", "join", ROOM, "timeline", "prev_batch"), None),
        (("rooms", "join", ROOM, "state"), 5),
        (("rooms", "invite"), "x"),
        (("rooms", "invite", ROOM, "invite_state", "events"), "x"),
        (("rooms", "leave", ROOM), None),
    ],
)
def test_where_something_might_be_overlooked_nothing_is_taken(
    path: tuple[Any, ...], value: Any
) -> None:
    answer = copy.deepcopy(GOOD)
    put(answer, path, value)
    with pytest.raises(NotAHomeserver):
        fetched(answer)


@given(TEXT)
def test_a_good_answer_may_have_other_parts(key: str) -> None:
    answer = {**GOOD, key: None} if key not in GOOD else GOOD
    assert fetched(answer) == answer


def test_a_room_begins_at_the_last_invitation() -> None:
    events = [
        message("long ago"),
        member(BOT, "invite", ANNA),
        message("first"),
        member(BOT, "leave", ANNA),
        message("meanwhile"),
        member(BOT, "invite", ANNA),
        message("second"),
        member(BOT, "join"),
        message("third"),
    ]
    assert sync.beginning(events, BOT, invited=True) == 5
    assert sync.beginning(events, BOT, invited=False) == 7
    assert sync.beginning(events[6:7], BOT, invited=True) is None
    assert sync.beginning([], BOT, invited=False) is None
    assert sync.beginning([member(ANNA, "invite"), member(ANNA, "join")], BOT, True) is None


def test_what_a_room_was_before_its_beginning_is_not_forgotten() -> None:
    encryption = {**event("m.room.encryption", {"algorithm": "x"}), "state_key": ""}
    room = JoinedRoom(ROOM, [member(ANNA, "join")], [encryption, message("old"), message("new")])
    room.keep(room.timeline[2:])
    assert [raw["content"]["body"] for raw in room.timeline] == ["new"]
    assert encryption in room.state
