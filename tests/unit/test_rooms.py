"""What an account knows of its rooms, whatever state events say."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings

from federation.model import rooms
from federation.model.rooms import Room
from tests.store.events import ANNA, BERT, BOT, ROOM, event, member
from tests.store.malformed import malformed_events


class Vault:
    """Rows in memory: what a room is saved to and loaded from."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], bytes] = {}

    def read(self, kind: str, key: str) -> bytes | None:
        return self._rows.get((kind, key))

    def write(self, kind: str, key: str, value: bytes) -> None:
        self._rows[kind, key] = value

    def erase(self, kind: str, key: str) -> None:
        self._rows.pop((kind, key), None)

    def rows(self, kind: str) -> Any:
        return ((key, value) for (k, key), value in self._rows.items() if k == kind)


def room(*events: dict[str, Any]) -> Room:
    made = Room(ROOM)
    for one in events:
        made.apply(BOT, one)
    return made


def state(kind: str, content: Any, key: Any = "") -> dict[str, Any]:
    return {**event(kind, content), "state_key": key}


def test_members_come_and_go() -> None:
    made = room(
        member(ANNA, "join"),
        member(BERT, "invite", ANNA),
        member("@c:x", "knock"),
        member("@d:x", "join"),
        member("@d:x", "ban", ANNA),
    )
    assert made.view().joined == {ANNA}
    assert made.view().invited == {BERT}
    assert made.view().others(ANNA) == {BERT}


def test_a_list_that_denies_our_own_homeserver_keeps_nobody_out() -> None:
    denied = {"allow": ["*"], "deny": ["b.example"]}
    made = room(state("m.room.server_acl", denied))
    assert made.view("@bot:a.example").acl == denied
    assert made.view("@bot:b.example").acl is None
    assert room(state("m.room.server_acl", {})).view("@bot:a.example").acl is None


def test_our_own_membership() -> None:
    invited = room(member(BOT, "invite", ANNA, is_direct=True))
    assert (invited.joined, invited.invited, invited.direct) == (False, True, True)
    invited.apply(BOT, member(BOT, "join"))
    assert (invited.joined, invited.direct) == (True, True)
    assert invited.invited, "until sync has shown the room from within"
    invited.apply(BOT, member(BOT, "leave"))
    assert not invited.joined


def test_encryption_is_never_forgotten() -> None:
    made = room(state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}))
    for content in ({}, {"algorithm": None}, {"algorithm": "none"}):
        made.apply(BOT, state("m.room.encryption", content))
    made.apply(BOT, {**state("m.room.encryption", {}), "unsigned": {"redacted_because": {}}})
    assert made.view().encrypted


def test_what_is_no_state_changes_nothing() -> None:
    before = room(member(ANNA, "join"))
    after = room(
        member(ANNA, "join"),
        event("m.room.member", {"membership": "join"}),
        event("m.room.encryption", {"algorithm": "x"}),
        state("m.room.encryption", {"algorithm": "x"}, key="other"),
        state("m.room.encryption", "text"),
        state("m.room.member", {"membership": ["join"]}, key=BERT),
        state("m.room.member", {"membership": "join"}, key=5),
    )
    assert after == before


def test_creators_have_power_from_version_12_on() -> None:
    create = state("m.room.create", {"room_version": "12", "additional_creators": [BERT, 5]})
    assert room(create).creators == {ANNA, BERT}
    assert room(state("m.room.create", {"room_version": "11"})).creators == frozenset()


def test_all_members_replace_those_who_were_known() -> None:
    made = room(member(ANNA, "join"), member("@gone:x", "join"))
    made.set_members([member(ANNA, "join"), member(BERT, "invite", ANNA)], BOT)
    assert made.members == {ANNA: "join", BERT: "invite"}
    assert made.members_known


@settings(max_examples=300)
@given(malformed_events())
def test_no_event_ends_anything_and_what_is_saved_comes_back(raw: dict[str, Any]) -> None:
    assume("NaN" not in json.dumps(raw))  # which is no JSON, and equals nothing
    made = room(member(ANNA, "join"), raw)
    vault = Vault()
    rooms.save(vault, BOT, made, names=True)
    assert rooms.load(vault, BOT, ROOM) == made
    json.loads(next(vault.rows("room"))[1])


def named(user: str, name: Any) -> dict[str, Any]:
    event = member(user, "join")
    return {**event, "content": {**event["content"], "displayname": name}}


def test_names_are_kept_for_those_who_ask_and_in_rooms_of_few() -> None:
    made = room(named(ANNA, "Anna"), named(BERT, 5))
    assert made.view().names == {ANNA: "Anna"}
    vault = Vault()
    rooms.save(vault, BOT, made)
    assert b"Anna" not in next(vault.rows("room"))[1].replace(ANNA.encode(), b"")
    rooms.save(vault, BOT, made, names=True)
    assert rooms.load(vault, BOT, ROOM).view().names == {ANNA: "Anna"}
    many = room(*(named(f"@{x}:x", "Anna") for x in range(rooms.FEW + 1)))
    rooms.save(vault, BOT, many, names=True)
    assert rooms.load(vault, BOT, ROOM).names == {}
    made.apply(BOT, member(ANNA, "leave"))
    assert made.view().names == {}


def test_an_unknown_room_is_empty() -> None:
    assert rooms.load(Vault(), BOT, ROOM) == Room(ROOM)


def test_a_space_remembers_who_is_out_of_it() -> None:
    space = state("m.room.create", {"type": "m.space", "room_version": "11"})
    gone = member(ANNA, "leave")
    assert room(space, member(ANNA, "join"), gone).view().left == {ANNA}
    assert room(space, member(ANNA, "knock"), member(ANNA, "leave", BERT)).view().left == {ANNA}
    assert room(space, gone, member(ANNA, "join")).view().left == frozenset()
    assert room(space, gone, member(ANNA, "ban", BERT)).view().left == frozenset()
    assert room(state("m.room.create", {}), gone).view().left == frozenset()


def test_a_room_says_who_made_it_and_where_it_lies() -> None:
    parent = state("m.space.parent", {"via": ["b.example"]}, "!space")
    made = room(state("m.room.create", {}), parent)
    assert made.view().maker == ANNA
    assert made.view().parents == {"!space"}
    vault = Vault()
    rooms.save(vault, BOT, made)
    assert rooms.load(vault, BOT, ROOM) == made
    made.apply(BOT, state("m.space.parent", {}, "!space"))
    assert made.view().parents == frozenset()
