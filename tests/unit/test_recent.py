"""What was just said is remembered, unless anybody has changed it since."""

from __future__ import annotations

from typing import Any

import pytest

from federation.model.events import RoomView, TextMessage
from federation.model.translate import as_edited
from federation.syncing.recent import Recent
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


# -- what a homeserver's answer lacks --------------------------------------------------------------


def told(change: Any = None, **more: Any) -> dict[str, Any]:
    """What a homeserver answers about $1."""
    return {"event": message("hello", event_id="$1"), "edit": change or {}, **more}


def as_told(found: Recent, answer: dict[str, Any]) -> str | None:
    """What the message says by that; empty if it is gone, None if the homeserver is asked again."""
    known = found.current(ROOM, answer)
    if known is None:
        return None
    read = as_edited(BOT, ROOM, known, RoomView())[0]
    return read.body if isinstance(read, TextMessage) else ""


def later(seconds: int, change: dict[str, Any], body: str = "later") -> dict[str, Any]:
    content = {**change["content"], "m.new_content": {"msgtype": "m.text", "body": body}}
    at = change["origin_server_ts"] + 1_000 * seconds
    return {**change, "origin_server_ts": at, "content": content}


def test_an_edit_that_the_answer_lacks_is_put_in() -> None:
    first, second = edit("$1"), later(1, edit("$1"))
    assert as_told(recent(), told()) == "hello"
    assert as_told(recent(first), told()) == "new"
    assert as_told(recent(first, second), told(first)) == "later"
    assert as_told(recent(second, first), told()) == "later"


def test_an_answer_that_is_newer_than_our_news_stands() -> None:
    assert as_told(recent(edit("$1")), told(later(1, edit("$1"), "newest"))) == "newest"


def test_only_its_authors_edits_of_that_message_are_put_in() -> None:
    found = recent(edit("$1", BERT), edit("$2"))
    found.take(OTHER, edit("$1"), encrypted=False)
    assert as_told(found, told()) == "hello"
    assert as_told(recent(edit("$1")), told(encrypted=True)) == "hello", "it is in clear"


def test_many_edits_of_somebody_else_push_none_of_hers_out() -> None:
    assert as_told(recent(edit("$1"), *(edit("$1", BERT) for _ in range(50))), told()) == "new"


@pytest.mark.parametrize("change", [redaction, redaction_11])
def test_what_was_taken_back_is_not_told_any_more(change: Any) -> None:
    first, second = edit("$1"), later(1, edit("$1"))
    assert as_told(recent(change("$1")), told(first)) == ""
    assert as_told(recent(first, change("$1")), told(locked=True)) == ""
    assert as_told(recent(change(first["event_id"])), told(first)) is None
    assert as_told(recent(change(first["event_id"]), first), told(first)) is None
    assert as_told(recent(first, second, change(second["event_id"])), told(second)) is None
    assert as_told(recent(first, second, change(second["event_id"])), told()) == "new"
    elsewhere = Recent(10)
    elsewhere.take(OTHER, change("$1"), encrypted=False)
    elsewhere.take(OTHER, change(first["event_id"]), encrypted=False)
    assert as_told(elsewhere, told(first)) == "new"


def test_with_an_edit_that_can_not_be_read_the_homeserver_is_asked_again() -> None:
    assert as_told(recent(locked_edit("$1")), told(encrypted=True)) is None
    assert as_told(recent(locked_edit("$1")), told()) == "hello", "it came in clear"
    shown = locked_edit("$1")
    assert recent(shown).current(ROOM, told(shown, locked=True)) == told(shown, locked=True)
    opened = Recent(0)
    opened.take(ROOM, edit("$1"), encrypted=True)
    assert opened.current(ROOM, told(locked=True)) is None


def test_nothing_that_is_found_is_told_as_it_is() -> None:
    answers: list[dict[str, Any]] = [{}, {"event": {}}, {"event": None, "edit": None}]
    for answer in answers:
        assert recent(edit("$1")).current(ROOM, answer) == answer


def test_changes_are_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.syncing.recent.CHANGES", 2)
    found = recent(edit("$1"), edit("$2"), most=0)
    assert as_told(found, told()) == "new"
    found.take(ROOM, edit("$3"), encrypted=False)
    assert as_told(found, told()) == "hello"
    assert [len(x) for x in (found._changes, found._edits)] == [2, 2]
    found.leave(ROOM)
    assert not found._changes
    assert not found._edits
