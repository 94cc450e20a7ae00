"""What is read of an event, and links that lead to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from federation.model import links
from federation.model.events import (
    Membership,
    MembershipKind,
    RoomView,
)
from federation.model.translate import translate

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
