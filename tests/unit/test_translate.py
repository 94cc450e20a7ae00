"""Raw events → ours: a table of what is meant, and whatever else may come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from federation.events import (
    Edit,
    EncryptionEnabled,
    Ignored,
    MediaMessage,
    Membership,
    MembershipKind,
    Reaction,
    Redaction,
    RoomReplaced,
    RoomView,
    TextMessage,
    Unreadable,
)
from federation.translate import translate, undecryptable
from tests.store.events import ANNA, BOT, ROOM, event, member
from tests.store.malformed import BASES, CANARY, JSON, malformed_events

VIEW = RoomView(joined=frozenset({ANNA, BOT}))


def read(raw: dict[str, Any], encrypted: bool = False) -> Any:
    return translate(BOT, ROOM, raw, VIEW, encrypted)


def text(content: dict[str, Any]) -> Any:
    return read(event("m.room.message", {"msgtype": "m.text", "body": "hello", **content}))


def test_a_message_says_who_where_and_when() -> None:
    raw = event("m.room.message", {"msgtype": "m.text", "body": "hello"}, event_id="$e")
    found = read(raw, encrypted=True)
    assert isinstance(found, TextMessage)
    assert (found.body, found.notice, found.reply_to, found.thread) == ("hello", False, None, None)
    origin = found.origin
    assert (origin.account, origin.room_id, origin.event_id) == (BOT, ROOM, "$e")
    assert (origin.sender, origin.sent_at, origin.encrypted) == (ANNA, 1_800_000_000_000, True)
    assert found.room is VIEW


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"msgtype": "m.notice"}, {"notice": True}),
        ({"msgtype": "m.emote"}, {"notice": False}),
        ({"m.relates_to": {"m.in_reply_to": {"event_id": "$r"}}}, {"reply_to": "$r"}),
        (
            {"m.relates_to": {"rel_type": "m.thread", "event_id": "$t"}},
            {"thread": "$t", "reply_to": None},
        ),
        (
            {
                "m.relates_to": {
                    "rel_type": "m.thread",
                    "event_id": "$t",
                    "is_falling_back": True,
                    "m.in_reply_to": {"event_id": "$last"},
                }
            },
            {"thread": "$t", "reply_to": None},
        ),
        (
            {
                "m.relates_to": {
                    "rel_type": "m.thread",
                    "event_id": "$t",
                    "is_falling_back": False,
                    "m.in_reply_to": {"event_id": "$r"},
                }
            },
            {"thread": "$t", "reply_to": "$r"},
        ),
        ({"m.relates_to": "text"}, {"thread": None, "reply_to": None}),
        ({"m.relates_to": {"rel_type": "m.thread", "event_id": 5}}, {"thread": None}),
        ({"m.relates_to": {"m.in_reply_to": ["$r"]}}, {"reply_to": None}),
        ({"m.relates_to": {"m.in_reply_to": {"event_id": "$" + "x" * 300}}}, {"reply_to": None}),
        ({"body": "\u202eabc"}, {"body": "\u202eabc"}),
        ({"body": "half \ud800"}, {"body": "half ?"}),
        ({"body": ""}, {"body": ""}),
    ],
)
def test_messages(content: dict[str, Any], expected: dict[str, Any]) -> None:
    found = text(content)
    assert isinstance(found, TextMessage)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("content", "kind", "caption"),
    [
        ({"msgtype": "m.image", "body": "photo.jpg"}, "image", ""),
        ({"msgtype": "m.image", "body": "look", "filename": "photo.jpg"}, "image", "look"),
        ({"msgtype": "m.file"}, "file", ""),
        ({"msgtype": "m.audio"}, "audio", ""),
        ({"msgtype": "m.video"}, "video", ""),
        ({"msgtype": "m.location"}, "location", ""),
        ({"msgtype": "m.key.verification.request"}, "other", ""),
        ({"msgtype": "org.example"}, "other", ""),
    ],
)
def test_media(content: dict[str, Any], kind: str, caption: str) -> None:
    found = text(content)
    assert isinstance(found, MediaMessage)
    assert (found.kind, found.caption) == (kind, caption)


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": 5},
        {"msgtype": None},
        {"body": 5},
        {"body": None},
        {"body": ["text"]},
        {"body": "x" * 70_000},
        {"msgtype": "m.image", "body": {}},
        {"m.relates_to": {"rel_type": "m.replace"}},
        {"m.relates_to": {"rel_type": "m.replace", "event_id": "$e"}, "m.new_content": 5},
        {
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$e"},
            "m.new_content": {"msgtype": [], "body": "x"},
        },
        {
            "m.relates_to": {"rel_type": "m.replace", "event_id": 5},
            "m.new_content": {"msgtype": "m.text", "body": "x"},
        },
    ],
    ids=lambda content: str(content)[:60],
)
def test_malformed_messages_carry_nothing(content: dict[str, Any]) -> None:
    found = text(content)
    assert isinstance(found, Unreadable)
    assert found.reason == "malformed"


def test_edits() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$e"}
    new = {"msgtype": "m.text", "body": "new"}
    found = text({"m.relates_to": relation, "m.new_content": new, "body": "* new"})
    assert isinstance(found, Edit)
    assert (found.target, found.body) == ("$e", "new")
    other = text({"m.relates_to": relation, "m.new_content": {**new, "msgtype": "m.image"}})
    assert isinstance(other, Ignored)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("👍\ufe0f", "👍"), ("🎉", "🎉"), ("✔\ufe0e", "✔"), ("a word", "a word"), ("", "")],
)
def test_reactions_lose_their_variation_selectors(key: str, expected: str) -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$e", "key": key}
    found = read(event("m.reaction", {"m.relates_to": relation}))
    assert isinstance(found, Reaction)
    assert (found.target, found.key) == ("$e", expected)


def test_redactions_in_old_and_new_rooms() -> None:
    old = read({**event("m.room.redaction", {}), "redacts": "$e"})
    new = read(event("m.room.redaction", {"redacts": "$e"}))
    assert isinstance(old, Redaction)
    assert isinstance(new, Redaction)
    assert old.target == new.target == "$e"
    assert isinstance(read(event("m.room.redaction", {})), Unreadable)


def test_memberships() -> None:
    found = read(member(BOT, "invite", ANNA, is_direct=True))
    assert isinstance(found, Membership)
    assert (found.user, found.membership, found.direct) == (BOT, MembershipKind.INVITE, True)
    assert found.origin.sender == ANNA
    assert isinstance(read(member(BOT, "owner")), Unreadable)
    assert isinstance(read(event("m.room.member", {"membership": "join"})), Unreadable)


def test_state_of_rooms() -> None:
    tombstone = {**event("m.room.tombstone", {"replacement_room": "!n:x"}), "state_key": ""}
    found = read(tombstone)
    assert isinstance(found, RoomReplaced)
    assert found.replacement == "!n:x"
    encryption = {**event("m.room.encryption", {"algorithm": "x"}), "state_key": ""}
    assert isinstance(read(encryption), EncryptionEnabled)
    assert isinstance(read(event("m.room.encryption", {})), Unreadable), "no state event"


@pytest.mark.parametrize("kind", ["m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"])
def test_media_that_are_events_of_their_own_belong_to_a_thread_too(kind: str) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root"}
    found = read(event(kind, {"body": "look", "m.relates_to": relation}))
    assert isinstance(found, MediaMessage)
    assert found.thread == "$root"


@pytest.mark.parametrize("kind", ["m.room.message", "m.reaction", "m.sticker", "m.room.encrypted"])
def test_what_was_redacted_before_we_saw_it_is_nothing(kind: str) -> None:
    found = read(event(kind, {}))
    assert isinstance(found, Ignored)
    assert found.type == kind


def test_an_encrypted_event_that_no_key_can_open_is_told() -> None:
    found = read(event("m.room.encrypted", {"algorithm": "x", "ciphertext": "y"}))
    assert isinstance(found, Unreadable)
    assert found.reason == "malformed"


@pytest.mark.parametrize("kind", [None, 5, ["m.room.message"], "m." + "x" * 300, "\ud800"])
def test_types_that_are_none(kind: Any) -> None:
    assert isinstance(read({**event("x", {"body": CANARY}), "type": kind}), Unreadable)


@pytest.mark.parametrize("time", ["1", None, 1.5, True, -5, 2**60, 10**400])
def test_times_that_are_none(time: Any) -> None:
    found = read({**event("m.room.message", {}), "origin_server_ts": time})
    assert found.origin.sent_at == 0


@settings(max_examples=400)
@given(malformed_events())
def test_whatever_comes_an_event_comes_out_and_no_malformed_content(raw: dict[str, Any]) -> None:
    found = read(raw)
    assert found.origin.account == BOT
    assert found.origin.room_id == ROOM
    assert 0 <= found.origin.sent_at < 2**53
    if isinstance(found, Unreadable):
        assert found.reason == "malformed"
        assert CANARY not in repr(found)
    repr(found).encode()


@settings(max_examples=400)
@given(malformed_events(), JSON)
def test_what_could_not_be_decrypted_carries_nothing_of_it(raw: dict[str, Any], junk: Any) -> None:
    found = undecryptable(BOT, ROOM, {**raw, "unsigned": junk}, VIEW)
    assert found.reason == "undecryptable"
    assert CANARY not in repr(found)


def test_the_events_that_are_bent_are_good_before() -> None:
    found = [read(raw) for raw in BASES]
    unreadable = [event.origin for event in found if isinstance(event, Unreadable)]
    assert len(unreadable) == 1, "only the one that waits for its key"
