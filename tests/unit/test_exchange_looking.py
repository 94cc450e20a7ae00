"""Looking an event up: what is read of it, and links that lead to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.runtime import codec
from bots.runtime.decision import Performed
from federation import links
from federation.actions import Kick, Look
from federation.events import (
    Edit,
    Ignored,
    MediaMessage,
    Membership,
    MembershipKind,
    RoomView,
    TextMessage,
    Unreadable,
)
from federation.translate import looked_up, translate

BOT, ANNA, CEM = "@bot:a.example", "@anna:a.example", "@cem:b.example"
ROOM, VIEW = "!room", RoomView(encrypted=True)


def message(body: str = "hello", sender: str = ANNA, **content: Any) -> dict[str, Any]:
    return {
        "event_id": "$one",
        "sender": sender,
        "origin_server_ts": 5,
        "type": "m.room.message",
        "content": {"msgtype": "m.text", "body": body, **content},
    }


def edit(body: str = "hullo", sender: str = ANNA, target: str = "$one") -> dict[str, Any]:
    new = {"msgtype": "m.text", "body": body}
    relation = {"rel_type": "m.replace", "event_id": target}
    content = {"m.new_content": new, "m.relates_to": relation}
    return {**message(f"* {body}", sender, **content), "event_id": "$two"}


def read(event: object, changed: object = None, encrypted: bool = True) -> Any:
    found = {"event": event, "edit": changed, "encrypted": encrypted}
    return looked_up(BOT, ROOM, found, VIEW)


def test_an_event_is_read_with_its_last_edit() -> None:
    event = read(message(), edit())
    assert isinstance(event, TextMessage)
    assert (event.body, event.origin.sender, event.origin.encrypted) == ("hullo", ANNA, True)
    assert read(message()).body == "hello"
    assert read(message(), encrypted=False).origin.encrypted is False


@pytest.mark.parametrize(
    "forged",
    [edit(sender=CEM), edit(target="$other"), message("x"), {}, None, "x", {"type": 1}],
)
def test_an_edit_that_is_none_of_the_authors_changes_nothing(forged: object) -> None:
    assert read(message(), forged).body == "hello"


@pytest.mark.parametrize("event", [{}, None, [], {"type": "m.room.message"}])
def test_what_is_no_event_is_unreadable(event: object) -> None:
    assert isinstance(read(event), Unreadable)


def test_what_no_key_opens_is_told_from_what_was_taken_back() -> None:
    sealed = {**message(), "type": "m.room.encrypted", "content": {}}
    locked = looked_up(BOT, ROOM, {"event": sealed, "locked": True}, VIEW)
    assert isinstance(locked, Unreadable)
    assert (locked.reason, locked.origin.sender) == ("undecryptable", ANNA)
    assert isinstance(read(sealed), Ignored)


def test_what_was_taken_back_or_is_no_text() -> None:
    assert isinstance(read({**message(), "content": {}}), Ignored)
    picture = message("x.jpg", msgtype="m.image")
    assert isinstance(read(picture), MediaMessage)
    assert isinstance(read(picture, edit()), TextMessage)


def test_an_edit_is_an_edit_to_translate_too() -> None:
    event = translate(BOT, ROOM, edit(), VIEW, True)
    assert isinstance(event, Edit)
    assert (event.target, event.body) == ("$one", "hullo")


def test_what_was_found_survives_the_store() -> None:
    found = {"event": {**message(), "~": "Send"}, "edit": {}, "encrypted": False}
    done = Performed("Look", None, ROOM, "$one", target="$one", found=found)
    assert codec.loads(codec.dumps(done)) == done
    action = Look(ROOM, "$one", name=True)
    assert codec.loads(codec.dumps(action)) == action
    old = codec.dumps(Kick(ROOM, CEM)).replace(b',"reason":""', b"")
    assert codec.loads(old) == Kick(ROOM, CEM)


# -- memberships -----------------------------------------------------------------------------------


def member(content: object, **more: object) -> Any:
    raw = {**message(), "type": "m.room.member", "state_key": CEM, "content": content, **more}
    return translate(BOT, ROOM, raw, VIEW, False)


def test_a_knock_brings_its_reason() -> None:
    event = member({"membership": "knock", "reason": "please", "displayname": "Cem"})
    assert isinstance(event, Membership)
    assert event.membership is MembershipKind.KNOCK
    assert (event.reason, event.name, event.before) == ("please", "Cem", None)


@pytest.mark.parametrize("odd", [1, None, [], "x" * 70_000, {"a": 1}])
def test_a_membership_is_read_without_its_odd_parts(odd: object) -> None:
    event = member({"membership": "join", "reason": odd, "displayname": odd})
    assert (event.reason, event.name) == ("", "")
    event = member({"membership": "join"}, unsigned=odd)
    assert event.before is None
    event = member({"membership": "join"}, unsigned={"prev_content": {"membership": odd}})
    assert event.before is None


def test_what_somebody_was_before() -> None:
    event = member({"membership": "join"}, unsigned={"prev_content": {"membership": "join"}})
    assert event.before is MembershipKind.JOIN


# -- who has power, and where a room is found ------------------------------------------------------


def test_power_is_read_from_the_view() -> None:
    levels = {"users": {ANNA: 50}, "users_default": 0}
    view = RoomView(creators=frozenset({CEM}), power_levels=levels)
    assert (view.power(ANNA), view.power(CEM), view.power(BOT)) == (50, float("inf"), 0)
    assert RoomView().power(ANNA) == 0
    assert "users" not in repr(view)
    assert hash(view) == hash(replace(view, power_levels=None))


def test_the_servers_of_a_room() -> None:
    people = [*(f"@{x}:many.example" for x in range(5)), "@a:two.example", "@b:two.example"]
    joined = frozenset([*people, "@c:one.example", "@d:other.example", "nobody"])
    assert links.servers(RoomView(joined=joined)) == (
        "many.example",
        "two.example",
        "one.example",
    )
    strong = RoomView(joined=joined, power_levels={"users": {"@d:other.example": 100}})
    assert links.servers(strong)[0] == "other.example"
    weak = RoomView(joined=joined, power_levels={"users": {"@d:other.example": 49}})
    assert links.servers(weak)[0] == "many.example"
    assert links.servers(RoomView()) == ()


def test_links_hold_whatever_an_id_holds() -> None:
    assert links.link("!r:a.example", "$e") == "https://matrix.to/#/!r:a.example/$e"
    assert links.link("!r", "$e", ("a.example:8448", "b.example")) == (
        "https://matrix.to/#/!r/$e?via=a.example:8448&via=b.example"
    )
    assert "<" not in links.link('!"<x>/?#', '$"&', ("&x=<",))
    assert links.link("!a/b?c", "$d/e").count("/") == 5
    assert links.person("@a<b:c.example") == "https://matrix.to/#/@a%3Cb:c.example"
