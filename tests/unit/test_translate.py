"""Raw events → ours: a table of what is meant, and whatever else may come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from federation.model.events import (
    Asked,
    ClientRequest,
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
from federation.model.translate import as_edited, translate, undecryptable
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
        ({"body": "half \ud800"}, {"body": "half \ufffd"}),
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
        ({"msgtype": "m.image", "body": "p.jpg", "filename": "p.jpg"}, "image", ""),
        (
            {"msgtype": "m.location", "body": "Geo: 52.5, 13.4", "geo_uri": "geo:52.5,13.4"},
            "location",
            "",
        ),
        ({"msgtype": "org.example", "url": "mxc://x/y"}, "other", ""),
        (
            {
                "msgtype": "dm.filament.gallery",
                "body": "our yard",
                "itemtypes": [{"itemtype": "m.image", "body": "Leyla.jpg"}],
            },
            "image",
            "our yard",
        ),
        (
            {
                "msgtype": "dm.filament.gallery",
                "body": "Leyla.jpg\nAmal.jpg",
                "itemtypes": [{"body": "x", "filename": "Leyla.jpg"}, {"body": "Amal.jpg"}],
            },
            "image",
            "",
        ),
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
    captioned = {"msgtype": "m.image", "body": "new", "filename": "p.jpg"}
    other = text({"m.relates_to": relation, "m.new_content": captioned})
    assert isinstance(other, Edit)
    assert (other.target, other.body, other.medium) == ("$e", "new", "image")
    bare = text({"m.relates_to": relation, "m.new_content": {**captioned, "body": "p.jpg"}})
    assert isinstance(bare, Edit)
    assert bare.body == ""


FALLBACK = "> <@leyla:hs.example> the guard\n> shouts\n\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (FALLBACK + "Yes", "Yes"),
        ("> * <@leyla:hs.example> waves\n\nYes", "Yes"),
        (FALLBACK + FALLBACK + "Yes", "Yes"),
        ("> <@leyla:hs.example> picture", ""),
        ("> said my neighbour\n\nYes", "> said my neighbour\n\nYes"),
        (">Yes", ">Yes"),
        ("Yes\n> <@leyla:hs.example> no", "Yes\n> <@leyla:hs.example> no"),
    ],
)
def test_an_answer_says_nothing_of_what_it_answers(body: str, expected: str) -> None:
    reply = {"m.in_reply_to": {"event_id": "$r"}}
    thread = {"rel_type": "m.thread", "event_id": "$t", "is_falling_back": True, **reply}
    replace = {"rel_type": "m.replace", "event_id": "$e"}
    said = (
        text({"body": body, "m.relates_to": reply}),
        text({"body": body, "m.relates_to": thread}),
        text(
            {
                "body": "* " + body,
                "m.relates_to": replace,
                "m.new_content": {"msgtype": "m.text", "body": body},
            }
        ),
    )
    assert [x.body for x in said] == [expected] * 3
    media = {"msgtype": "m.image", "filename": "p.jpg", "body": body, "m.relates_to": reply}
    assert text(media).caption == expected


def test_what_somebody_copied_in_stays_and_names_nobody() -> None:
    found = text({"body": "> <@guard:hs.example> I will hit you\n\nHe wrote this to me"})
    assert found.body == "> I will hit you\n\nHe wrote this to me"


def test_html_alone_is_read_and_an_answer_in_it_is_not() -> None:
    html = "<mx-reply><blockquote>@leyla:x</blockquote></mx-reply><p>Help &amp; soon</p><p>me</p>"
    found = text({"body": " ", "format": "org.matrix.custom.html", "formatted_body": html})
    assert found.body == "Help & soon\nme"
    assert "leyla" not in found.html


def test_people_are_found_in_pills_and_in_links() -> None:
    html = (
        '<a href="https://matrix.to/#/@greta:hs.example">Greta</a> and '
        "<a href='https://matrix.to/#/%40ida%3Ahs.example?via=x'>Ida</a> and "
        '<a href="https://matrix.to/#/!room:hs.example/$e">here</a> and '
        '<a href="https://matrix.to/#/@greta:hs.example">Greta</a>'
    )
    found = text({"format": "org.matrix.custom.html", "formatted_body": html, "body": "Greta"})
    assert found.people == ("@greta:hs.example", "@ida:hs.example")
    assert text({"body": "!admit https://matrix.to/#/@x:y.z"}).people == ("@x:y.z",)
    assert text({"body": "!admit matrix:u/x:y.z"}).people == ("@x:y.z",)


def test_effects_and_unknown_kinds_of_text_are_text() -> None:
    assert text({"msgtype": "nic.custom.confetti", "body": "He is gone"}).body == "He is gone"


def test_machines_say_nothing() -> None:
    assert isinstance(text({"msgtype": "m.server_notice", "body": "full"}), Ignored)
    request = text({"msgtype": "m.key.verification.request", "body": "wants to verify"})
    assert isinstance(request, ClientRequest)
    assert request.asks is Asked.VERIFICATION
    for kind in ("m.call.invite", "org.matrix.msc4075.rtc.notification"):
        found = read(event(kind, {"call_id": "1"}))
        assert isinstance(found, ClientRequest)
        assert found.asks is Asked.CALL
    for kind in ("m.key.verification.start", "m.call.candidates", "m.call.hangup", "m.beacon"):
        assert isinstance(read(event(kind, {"x": 1})), Ignored)


def test_a_poll_says_what_it_asks() -> None:
    poll = {"question": {"org.matrix.msc1767.text": "May I move?", "body": "May I move?"}}
    found = read(event("org.matrix.msc3381.poll.start", {"org.matrix.msc3381.poll.start": poll}))
    assert (found.kind, found.caption) == ("poll", "May I move?")
    stable = {"m.poll": {"question": {"m.text": [{"body": "May I move?"}]}}}
    assert read(event("m.poll.start", stable)).caption == "May I move?"


def test_what_was_looked_up_is_as_its_last_edit_left_it() -> None:
    def found(content: dict[str, Any], new: dict[str, Any]) -> Any:
        relation = {"rel_type": "m.replace", "event_id": "$e"}
        edit = {"msgtype": "m.text", "body": "*", "m.relates_to": relation, "m.new_content": new}
        told = {
            "event": event("m.room.message", content, event_id="$e"),
            "edit": event("m.room.message", edit),
        }
        return as_edited(BOT, ROOM, told, VIEW)[0]

    picture = {"msgtype": "m.image", "body": "Leyla at the gate", "filename": "p.jpg"}
    assert found(picture, {**picture, "body": "the gate"}).caption == "the gate"
    assert found(picture, {**picture, "body": "p.jpg"}).caption == ""
    said = {"msgtype": "m.text", "body": "old"}
    assert found(said, {"msgtype": "m.text", "body": FALLBACK + "new"}).body == "new"
    assert (found(said, picture).kind, found(said, picture).caption) == (
        "image",
        "Leyla at the gate",
    )
    assert found(picture, said).body == "old"


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
