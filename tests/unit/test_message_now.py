"""What a message says now: which words count, and as whose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.runtime.model.messages import Gone, MessageNow, Unknown, read_now
from federation.model.actions import AskNow
from federation.model.events import Doubt, MediaMessage, Origin, RoomView, TextMessage
from federation.performing.looking import opened

BOT, ANNA, CEM = "@bot:a.example", "@anna:a.example", "@cem:b.example"
ROOM = "!room"
CLEAR, SEALED = RoomView(), RoomView(encrypted=True)


def message(body: str = "hello", sender: str = ANNA, **content: Any) -> dict[str, Any]:
    return {
        "event_id": "$one",
        "sender": sender,
        "origin_server_ts": 5,
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": body, **content},
    }


def edit(sender: str = ANNA, target: str = "$one", **new: Any) -> dict[str, Any]:
    content = {
        "m.new_content": {"msgtype": "m.text", "body": "hullo", **new},
        "m.relates_to": {"rel_type": "m.replace", "event_id": target},
    }
    return {**message("* hullo", sender, **content), "event_id": "$two"}


def now(
    event: object, change: object = None, view: RoomView = SEALED, **found: object
) -> MessageNow:
    told = {"event": event, "edit": change, "encrypted": True, **found}
    return read_now(BOT, AskNow(ROOM, "$one", "why/7"), told, view)


def test_it_says_who_wrote_what_and_by_which_edit() -> None:
    answer = now(message(), edit())
    assert (answer.room, answer.event_id, answer.why) == (ROOM, "$one", "why/7")
    assert isinstance(answer.answer, TextMessage)
    assert (answer.answer.body, answer.answer.origin.event_id) == ("hullo", "$one")
    assert answer.edit is not None
    assert (answer.edit.event_id, answer.edit.encrypted, answer.author) == ("$two", True, ANNA)
    first = now(message())
    assert isinstance(first.answer, TextMessage)
    assert (first.answer.body, first.edit) == ("hello", None)


@pytest.mark.parametrize(
    "forged", [edit(sender=CEM), edit(target="$other"), message("x"), {}, None, "x", {"type": 1}]
)
def test_an_edit_that_is_none_of_the_authors_is_none(forged: object) -> None:
    answer = now(message(), forged)
    assert isinstance(answer.answer, TextMessage)
    assert (answer.answer.body, answer.edit) == ("hello", None)


def test_what_is_quoted_is_not_what_she_says() -> None:
    reply: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {"event_id": "$before"}}}
    answer = now(message(f"> <{CEM}> old\n\nmine", **reply)).answer
    assert isinstance(answer, TextMessage)
    assert answer.body == "mine"
    answer = now(message(**reply), edit(body=f"> <{CEM}> old\n\nmine")).answer
    assert isinstance(answer, TextMessage)
    assert (answer.body, answer.reply_to) == ("mine", "$before")


def test_a_picture_says_what_stands_beneath() -> None:
    picture = {"msgtype": "m.image", "filename": "p.jpg"}
    answer = now(message("the gate", **picture), edit(body="a gate", **picture)).answer
    assert isinstance(answer, MediaMessage)
    assert (answer.kind, answer.caption) == ("image", "a gate")
    assert isinstance(now(message("p.jpg", **picture), edit()).answer, TextMessage)


@pytest.mark.parametrize("content", [{"msgtype": "m.text", "body": "x"}, {"msgtype": "m.image"}])
def test_what_was_taken_back_is_gone(content: dict[str, Any]) -> None:
    left = {**message(**content), "content": {}}
    for kind in ("m.room.message", "m.room.encrypted", "m.sticker", "m.poll.start"):
        answer = now({**left, "type": kind})
        assert (answer.answer, answer.author) == (Gone(), ANNA)


def test_what_stands_in_clear_where_encryption_is_due_is_nobodys_word() -> None:
    answer = now(message(), edit(), encrypted=False)
    assert isinstance(answer.answer, Unknown)
    assert (answer.answer.reason, answer.answer.unread) == ("plain", True)
    assert isinstance(answer.answer.claimed, TextMessage)
    assert answer.answer.claimed.body == "hullo"
    assert "hullo" not in repr(answer)
    assert isinstance(now(message(), view=CLEAR, encrypted=False).answer, TextMessage)


def test_what_no_key_opens_is_told_from_what_was_taken_back() -> None:
    answer = now({**message(), "type": "m.room.encrypted", "content": {}}, locked=True)
    assert (answer.answer, answer.author) == (Unknown("undecryptable"), ANNA)


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        "x",
        {**message(), "event_id": "$another"},
        {**message(), "type": "m.room.topic", "content": {"topic": "x"}, "state_key": ""},
        {**message(), "type": "m.reaction"},
        {**message(), "content": {"msgtype": "m.text"}},
        edit(),
    ],
)
def test_what_is_no_message_is_unknown(event: object) -> None:
    answer = now(event).answer
    assert answer == Unknown("other")
    assert not Unknown("other").unread


def test_whoever_could_not_be_asked_tells_nothing() -> None:
    asked = AskNow(ROOM, "$one", "why")
    told = {"event": message(), "edit": {}}
    assert read_now(BOT, asked, told, CLEAR, "M_FORBIDDEN").answer == Unknown("M_FORBIDDEN")
    assert read_now(BOT, asked, None, CLEAR).answer == Unknown("other")


def test_each_version_comes_from_a_device_of_its_own() -> None:
    doubts = {"$one": None, "$two": Doubt.UNSIGNED}
    told = {"event": message(), "edit": edit(), "encrypted": True}

    def weigh(origin: Origin, raw: Any) -> Origin:
        assert raw["event_id"] == origin.event_id
        return replace(origin, doubt=doubts[origin.event_id])

    answer = read_now(BOT, AskNow(ROOM, "$one", ""), told, SEALED, None, weigh)
    assert isinstance(answer.answer, TextMessage)
    assert (answer.answer.origin.doubt, answer.edit and answer.edit.doubt) == (
        None, Doubt.UNSIGNED,
    )  # fmt: skip


def test_names_are_told_as_far_as_they_are_any() -> None:
    answer = now(message(), name="Anna", room="North")
    assert (answer.name, answer.place) == ("Anna", "North")
    assert (now(message(), name=1, room=None).name, now(message()).place) == ("", "")
    assert "Anna" not in repr(answer)


# -- as a homeserver shows it ----------------------------------------------------------------------

KEYS = {"of one": message(), "of two": edit(), "of another": edit(sender=CEM)}


def sealed(what: dict[str, Any], key: str) -> dict[str, Any]:
    return {**what, "type": "m.room.encrypted", "content": {"ciphertext": key}}


def shown(event: dict[str, Any], change: dict[str, Any]) -> MessageNow:
    found = opened(event, change, lambda x: KEYS.get(x["content"].get("ciphertext", "")))
    return read_now(BOT, AskNow(ROOM, "$one", ""), found, SEALED)


def test_both_are_opened() -> None:
    answer = shown(sealed(message(), "of one"), sealed(edit(), "of two"))
    assert isinstance(answer.answer, TextMessage)
    assert (answer.answer.body, answer.answer.origin.encrypted) == ("hullo", True)
    answer = shown(sealed(message(), "of one"), {})
    assert isinstance(answer.answer, TextMessage)
    assert answer.answer.body == "hello"


def test_what_an_edit_says_that_no_key_opens_nobody_knows() -> None:
    answer = shown(sealed(message(), "of one"), sealed(edit(), "lost"))
    assert (answer.answer, answer.author, answer.edit) == (Unknown("undecryptable"), ANNA, None)
    assert shown(sealed(message(), "lost"), {}).answer == Unknown("undecryptable")


@pytest.mark.parametrize(
    "change", [edit(), sealed(edit(sender=CEM), "of another"), sealed(edit(sender=CEM), "lost")]
)
def test_an_edit_that_anybody_could_have_written_changes_nothing(change: dict[str, Any]) -> None:
    answer = shown(sealed(message(), "of one"), change)
    assert isinstance(answer.answer, TextMessage)
    assert (answer.answer.body, answer.edit) == ("hello", None)


def test_what_was_taken_back_is_not_locked() -> None:
    assert shown({**sealed(message(), ""), "content": {}}, {}).answer == Gone()
