"""What was just said is remembered, unless anybody has changed it since."""

from __future__ import annotations

from typing import Any

import pytest

from federation.events import RoomView, TextMessage
from federation.recent import Recent
from federation.translate import as_edited
from tests.store.events import ANNA, BERT, BOT, ROOM, event, message

OTHER = "!other:example.org"


def edit(target: str, sender: str = ANNA) -> dict[str, Any]:
    content = {
        "msgtype": "m.text",
        "body": "* new",
        "m.new_content": {"msgtype": "m.text", "body": "new"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }
    return event("m.room.message", content, sender)


def locked_edit(target: str) -> dict[str, Any]:
    """Whose key has not come: relations stand outside of what is encrypted."""
    relation = {"rel_type": "m.replace", "event_id": target}
    return event("m.room.encrypted", {"ciphertext": "…", "m.relates_to": relation})


def redaction(target: str) -> dict[str, Any]:
    return {**event("m.room.redaction", {}), "redacts": target}


def redaction_11(target: str) -> dict[str, Any]:
    return event("m.room.redaction", {"redacts": target})


def recent(*events: dict[str, Any], most: int = 10) -> Recent:
    found = Recent(most)
    for one in events:
        found.take(ROOM, one, encrypted=False)
    return found


def body(found: Recent, event_id: str) -> str | None:
    answer = found.found(ROOM, event_id)
    if answer is None:
        return None
    read = as_edited(BOT, ROOM, answer, RoomView())[0]
    assert isinstance(read, TextMessage)
    return read.body


def test_what_was_said_is_found_as_it_would_be_looked_up() -> None:
    assert body(recent(message("hello", event_id="$1")), "$1") == "hello"


def test_it_is_known_whether_it_came_encrypted() -> None:
    found = Recent(10)
    found.take(ROOM, message(event_id="$1"), encrypted=True)
    answer = found.found(ROOM, "$1")
    assert answer is not None
    assert as_edited(BOT, ROOM, answer, RoomView())[0].origin.encrypted


def test_an_id_is_of_its_room_alone() -> None:
    assert recent(message(event_id="$1")).found(OTHER, "$1") is None


@pytest.mark.parametrize("change", [edit, locked_edit, redaction, redaction_11])
def test_what_was_changed_is_for_the_homeserver_to_tell(change: Any) -> None:
    found = recent(message(event_id="$1"), message("two", event_id="$2"), change("$1"))
    assert body(found, "$1") is None
    assert body(found, "$2") == "two"


@pytest.mark.parametrize("change", [edit, locked_edit, redaction, redaction_11])
def test_what_a_change_has_overtaken_is_for_the_homeserver_to_tell(change: Any) -> None:
    found = recent(change("$1"), message("old", event_id="$1"), message("other", event_id="$2"))
    assert found.found(ROOM, "$1") is None
    assert body(found, "$2") == "other"
    both = ({**change(f"${x}"), "redacts": f"$also-{x}"} for x in range(50))
    assert len(recent(*both, most=3)._changed) == 3


def test_an_edit_that_may_not_count_drops_its_target_too() -> None:
    assert body(recent(message(event_id="$1"), edit("$1", BERT)), "$1") is None


def test_an_edit_is_no_message_of_its_own_that_is_told_as_one() -> None:
    change = edit("$1")
    found = recent(message(event_id="$1"), change).found(ROOM, change["event_id"])
    assert found is None or not isinstance(as_edited(BOT, ROOM, found, RoomView())[0], TextMessage)


def test_only_the_last_ones_are_remembered() -> None:
    found = recent(*(message(str(n), event_id=f"${n}") for n in range(5)), most=2)
    assert [body(found, f"${n}") for n in range(5)] == [None, None, None, "3", "4"]
    assert body(recent(message(event_id="$1"), most=0), "$1") is None


def test_nothing_is_left_of_a_room_that_was_left() -> None:
    found = recent(message(event_id="$1"))
    found.take(OTHER, message("other", event_id="$2"), encrypted=False)
    found.leave(ROOM)
    assert body(found, "$1") is None
    assert found.found(OTHER, "$2") is not None


@pytest.mark.parametrize(
    "raw",
    [
        event("m.reaction", {"m.relates_to": {"key": "📣", "event_id": "$0"}}, event_id="$1"),
        event("m.room.message", {}, event_id="$1"),
        event("m.room.encrypted", {"ciphertext": "…"}, event_id="$1"),
    ],
)
def test_only_what_can_be_read_is_remembered(raw: dict[str, Any]) -> None:
    assert recent(raw).found(ROOM, "$1") is None
