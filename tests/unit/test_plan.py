"""Plans: what is declared against what is there, told as a diff, and enough to make it so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.model.actions import Handle, SetState
from federation.model.network import Initiative, Network, Words
from federation.spaces.layout import lay_out
from federation.spaces.seen import Lead
from federation.spaces.state import MARK, TYPES
from federation.spaces.steps import MakeRoom
from tests.kit.spaces import (
    CREATOR,
    EXCHANGE,
    ONBOARDING,
    adopted,
    calling,
    made,
    network,
    told,
)
from tests.kit.spaces import Homeserver as Server

ANNA, NORD = "@anna:x", "@nord:x"
SMALL = network(made("nord", NORD), adopted("sued", "#start:sued"), coordinators=(ANNA,))
POWER = ("m.room.power_levels", "")
NAME = ("m.room.name", "")


@pytest.fixture
def server() -> Server:
    server = Server()
    server.elsewhere["#start:sued"] = "!sued"
    server.apply(SMALL)
    return server


def test_a_first_plan_tells_everything_once() -> None:
    planned = Server().plan(SMALL)
    assert told(planned.changes) == [
        "+ @dienst:x: account for creator",
        "+ @willkommen:x: account for onboarding",
        "+ @austausch:x: account for exchange",
        "+ @rundbrief:x: account for announcements",
        "+ #buendnis: space “Bündnis”, people ask to join, invites 3",
        "+ #koordination: room “Koordination”, by invitation, encrypted, invites 4",
        "+ #austausch: room “Austausch”, open to the alliance, invites 3",
        "+ #rundbrief: room “Rundbrief”, open to the alliance, invites 3",
        "+ #nord: space “Nord”, people ask to join, invites 2",
        "+ #nord-r0: room “nord 0”, open to the space around it, encrypted, invites 2",
        "+ #buendnis: links #start:sued",
    ]
    assert (planned.undeclared, planned.problems, planned.notes) == ((), (), ())
    assert not planned.is_done


def test_what_was_applied_is_as_declared(server: Server) -> None:
    planned = server.plan(SMALL)
    assert planned.is_done
    assert (planned.undeclared, planned.notes) == ((), ())


def test_a_room_that_is_made_lacks_only_the_link_to_it() -> None:
    planned = Server().plan(SMALL)
    rooms = [change for change in planned.changes if isinstance(change.step, MakeRoom)]
    links = [change.step for change in planned.changes if isinstance(change.step, SetState)]
    assert len(links) == len(rooms) - 1 + 1  # the alliance's has none; an adopted one more
    assert {link.type for link in links} == {"m.space.child"}


def test_spaces_and_rooms_as_they_are_made(server: Server) -> None:
    alliance = server.rooms[server.room("#buendnis")]
    assert alliance["m.room.create", ""] == {
        "type": "m.space",
        "room_version": "12",
        MARK: {"kind": "alliance"},
    }
    assert alliance["m.room.join_rules", ""] == {"join_rule": "knock"}
    assert alliance[POWER]["users"] == {ONBOARDING: 100, ANNA: 50}
    assert alliance[POWER]["events_default"] == 100
    assert server.children("#buendnis") == {
        *("#koordination", "#austausch", "#rundbrief", "#nord", "#start:sued")
    }
    coordination = server.rooms[server.room("#koordination")]
    assert ("m.room.encryption", "") in coordination
    assert coordination["m.room.join_rules", ""] == {"join_rule": "invite"}
    assert set(server.members[server.room("#koordination")]) == {
        *(CREATOR, ONBOARDING, EXCHANGE, ANNA, NORD)
    }
    announcements = server.rooms[server.room("#rundbrief")]
    assert ("m.room.encryption", "") not in announcements
    assert announcements[POWER]["events_default"] == 50
    assert announcements[POWER]["events"]["m.reaction"] == 0
    assert server.rooms[server.room("#austausch")][POWER]["users"][EXCHANGE] == 50


def test_a_room_of_an_initiative(server: Server) -> None:
    state = server.rooms[server.room("#nord-r0")]
    space = server.room("#nord")
    assert state[MARK, ""] == {"kind": "room", "initiative": "nord", "room": "r0"}
    assert state["m.room.join_rules", ""] == {
        "join_rule": "restricted",
        "allow": [{"type": "m.room_membership", "room_id": space}],
    }
    assert state["m.space.parent", space] == {"via": ["x"], "canonical": True}
    assert state[POWER]["users"] == {ONBOARDING: 100, NORD: 50}
    child = server.rooms[space]["m.space.child", server.room("#nord-r0")]
    assert child["via"] == ["x"]
    assert child["suggested"] is True


def test_only_in_older_room_versions_the_creator_is_listed() -> None:
    server = Server()
    old = replace(SMALL, room_version="11", initiatives=())
    server.apply(old)
    assert server.rooms[server.room("#austausch")][POWER]["users"][CREATOR] == 100
    assert server.plan(old).is_done


def test_nothing_private_stands_in_a_mark(server: Server) -> None:
    words = {value for state in server.rooms.values() for value in state[MARK, ""].values()}
    assert words <= {
        *("alliance", "coordination", "exchange", "announcements", "initiative", "room"),
        *("nord", "r0"),
    }


# -- drift -------------------------------------------------------------------------------------


def test_a_changed_name_is_told_and_put_right(server: Server) -> None:
    server.rooms[server.room("#austausch")][NAME] = {"name": "Kaf\u202efee"}
    planned = server.apply(SMALL)
    assert told(planned.changes) == ["~ #austausch: name: “Kaf\\u202efee” → “Austausch”"]
    assert server.plan(SMALL).is_done


def test_changed_power_is_told_and_put_right(server: Server) -> None:
    state = server.rooms[server.room("#austausch")]
    state[POWER] = {
        **state[POWER],
        "users": {**state[POWER]["users"], "@eva:x": 50, ANNA: 100, EXCHANGE: 0},
        "events": {**state[POWER]["events"], "m.room.join_rules": 0},
        "invite": 0,
        "notifications": {"room": 20},
    }
    planned = server.apply(SMALL)
    assert told(planned.changes) == [
        "~ #austausch: power of @anna:x: 100 → 50, power of @austausch:x: 0 → 50, "
        "power of @eva:x: 50 → 0, power to set m.room.join_rules: 0 → 100, invite: 0 → 50"
    ]
    power = server.rooms[server.room("#austausch")][POWER]
    assert power["notifications"] == {"room": 20}
    assert server.plan(SMALL).is_done


def test_who_is_listed_with_no_power_is_no_drift(server: Server) -> None:
    server.rooms[server.room("#austausch")][POWER]["users"]["@eva:x"] = 0
    assert server.plan(SMALL).is_done


def test_opened_doors_are_closed(server: Server) -> None:
    state = server.rooms[server.room("#nord-r0")]
    state["m.room.join_rules", ""] = {"join_rule": "public"}
    state["m.room.guest_access", ""] = {"guest_access": "can_join"}
    planned = server.apply(SMALL)
    assert told(planned.changes) == [
        "~ #nord-r0: joining: open to everybody → open to a space",
        "~ #nord-r0: guests: “can_join” → “forbidden”",
    ]
    assert server.plan(SMALL).is_done


def test_a_room_without_a_topic_is_given_one_and_keeps_what_people_write(server: Server) -> None:
    declared = calling(SMALL, "exchange", Words("#austausch", "Austausch", spare_topic="Für alle"))
    assert told(server.apply(declared).changes) == ["+ #austausch: topic: nothing → “Für alle”"]
    assert server.plan(declared).is_done
    for written in ("Donnerstags", ""):
        server.rooms[server.room("#austausch")]["m.room.topic", ""] = {"topic": written}
        assert server.plan(declared).is_done


def test_a_room_without_a_picture_is_given_one_and_keeps_what_people_choose(
    server: Server,
) -> None:
    place = ("m.room.avatar", "")
    state = server.rooms[server.room("#nord-r0")]
    assert state.pop(place) == {"url": "mxc://x/picture/room-initiative"}
    assert told(server.apply(SMALL).changes) == ["+ #nord-r0: is given a picture"]
    assert server.plan(SMALL).is_done
    for chosen in ({"url": "mxc://x/own"}, {}):
        state[place] = chosen
        assert server.plan(SMALL).is_done


def test_a_topic_that_nobody_declared_stays(server: Server) -> None:
    server.rooms[server.room("#nord")]["m.room.topic", ""] = {"topic": "Donnerstags"}
    assert server.plan(SMALL).is_done
    declared = calling(SMALL, "exchange", Words("#austausch", "Austausch", "Für alle"))
    assert told(server.apply(declared).changes) == [
        "~ #austausch: topic: nothing → “Für alle”",
    ]


def test_encryption_can_be_turned_on_but_not_off(server: Server) -> None:
    del server.rooms[server.room("#koordination")]["m.room.encryption", ""]
    server.rooms[server.room("#austausch")]["m.room.encryption", ""] = {"algorithm": "x"}
    planned = server.apply(SMALL)
    assert told(planned.changes) == [
        "~ #koordination: encryption: nothing → “m.megolm.v1.aes-sha2”"
    ]
    assert [str(note) for note in planned.notes] == [
        "! #austausch: is encrypted, though it was declared without; that can't be undone"
    ]
    assert server.plan(SMALL).is_done


def test_another_address(server: Server) -> None:
    declared = calling(SMALL, "exchange", Words("#boerse", "Austausch"))
    planned = server.apply(declared)
    assert told(planned.changes) == ["~ #boerse: alias: “#austausch:x” → “#boerse:x”"]
    assert server.plan(declared).is_done


def test_a_link_that_was_changed(server: Server) -> None:
    links = server.rooms[server.room("#buendnis")]
    nord = server.room("#nord")
    links["m.space.child", nord] = {**links["m.space.child", nord], "via": ["y"]}
    links["m.space.child", "!sued"] = {}
    links["m.space.child", "!theirs"] = {"via": ["y"]}
    planned = server.apply(SMALL)
    assert told(planned.changes) == [
        "~ #buendnis: links #nord anew",
        "+ #buendnis: links #start:sued",
    ]
    assert links["m.space.child", "!theirs"] == {"via": ["y"]}
    assert server.plan(SMALL).is_done


def test_a_damaged_mark_is_mended(server: Server) -> None:
    server.rooms[server.room("#austausch")][MARK, ""] = {"kind": ["?"]}
    assert told(server.apply(SMALL).changes) == ["~ #austausch: its mark: “…” → “exchange”"]
    assert server.plan(SMALL).is_done


def test_a_room_of_somebody_else_with_our_mark_is_none_of_ours(server: Server) -> None:
    body = {
        "room_alias_name": "falle",
        "creation_content": {MARK: {"kind": "exchange"}},
        "room_version": "12",
        "power_level_content_override": {},
        "initial_state": [
            {"type": MARK, "state_key": "", "content": {"kind": "exchange"}},
        ],
        "invite": [CREATOR],
    }
    trap = server.create(body, "@eva:x")
    server.members[trap][CREATOR] = "join"
    before = dict(server.rooms[trap])
    server.delete("#austausch")
    planned = server.apply(SMALL)
    assert "+ #austausch: room “Austausch”" in told(planned.changes)[0]
    assert server.rooms[trap] == before


# -- people ------------------------------------------------------------------------------------


def test_a_new_contact_is_invited_everywhere_and_given_power(server: Server) -> None:
    declared = replace(SMALL, initiatives=(made("nord", NORD, "@neu:x"), SMALL.initiatives[1]))
    planned = server.apply(declared)
    assert told(planned.changes) == [
        "+ #buendnis: invites @neu:x",
        "+ #koordination: invites @neu:x",
        "+ #nord: invites @neu:x",
        "~ #nord: power of @neu:x: 0 → 50",
        "+ #nord-r0: invites @neu:x",
        "~ #nord-r0: power of @neu:x: 0 → 50",
    ]
    assert server.plan(declared).is_done


def test_who_is_on_another_server_has_power_only_after_having_joined(server: Server) -> None:
    guest, leader = "@gast:sued", "@lena:sued"
    grown = network(*SMALL.initiatives, made("ost", guest), coordinators=(ANNA, leader))
    planned = server.apply(grown)
    assert [note.where for note in planned.notes] == [guest, leader]
    space, alliance = server.room("#ost"), server.room("#buendnis")
    assert server.members[space][guest] == server.members[alliance][leader] == "invite"
    listed = {user for state in server.rooms.values() for user in state[POWER]["users"]}
    assert not listed & {guest, leader}
    assert server.plan(grown).changes == ()
    server.members[space][guest] = "join"
    planned = server.apply(grown)
    assert told(planned.changes) == ["~ #ost: power of @gast:sued: 0 → 50"]
    assert server.rooms[space][POWER]["users"][guest] == 50
    assert server.plan(grown).changes == ()
    server.members[space][guest] = "leave"
    assert server.plan(grown).changes == (), "what she was given is hers to keep"


def test_who_left_is_not_invited_again(server: Server) -> None:
    for alias in ("#buendnis", "#koordination", "#nord"):
        server.members[server.room(alias)][NORD] = "leave"
    assert server.plan(SMALL).is_done


def test_a_former_contact_loses_power_but_is_not_thrown_out(server: Server) -> None:
    declared = replace(SMALL, initiatives=(made("nord"), SMALL.initiatives[1]))
    planned = server.apply(declared)
    assert told(planned.changes) == [
        "~ #nord: power of @nord:x: 50 → 0",
        "~ #nord-r0: power of @nord:x: 50 → 0",
    ]
    assert server.members[server.room("#nord")][NORD] == "invite"


# -- what comes and goes -----------------------------------------------------------------------


def test_what_is_no_longer_declared_is_told_and_unlinked_on_request(server: Server) -> None:
    declared = replace(SMALL, initiatives=())
    planned = server.apply(declared)
    assert told(planned.changes) == []
    assert told(planned.undeclared) == [
        "- #buendnis: links #nord:x, which is no longer declared",
        "- #nord:x: says that it is in #buendnis",
        "- #buendnis: links !sued, which is no longer declared",
    ]
    assert "#nord" in server.children("#buendnis")
    rooms = set(server.rooms)
    server.apply(declared, remove=True)
    assert server.children("#buendnis") == {"#koordination", "#austausch", "#rundbrief"}
    assert set(server.rooms) == rooms
    assert server.plan(declared).undeclared == ()
    again = server.apply(SMALL)
    assert [type(change.step) for change in again.changes] == [SetState] * 3
    assert server.plan(SMALL).is_done


def test_an_adopted_space_gets_another_address(server: Server) -> None:
    server.elsewhere["#neu:sued"] = "!neu"
    declared = replace(SMALL, initiatives=(SMALL.initiatives[0], adopted("sued", "#neu:sued")))
    planned = server.apply(declared)
    assert told(planned.changes) == [
        "+ #buendnis: links #neu:sued",
        "- #buendnis: no longer links !sued",
    ]
    assert "#neu:sued" in server.children("#buendnis")
    assert "!sued" not in server.children("#buendnis")
    assert server.plan(declared).is_done


def test_another_address_of_the_same_adopted_space_keeps_the_link(server: Server) -> None:
    server.elsewhere["#neu:sued"] = "!sued"
    declared = replace(SMALL, initiatives=(SMALL.initiatives[0], adopted("sued", "#neu:sued")))
    server.apply(declared)
    assert "#neu:sued" in server.children("#buendnis")
    assert server.plan(declared).is_done


def test_an_alias_that_leads_elsewhere_by_now_is_followed_there_and_back(server: Server) -> None:
    for target, before in (("!neu", "!sued"), ("!sued", "!neu")):
        server.leads["#start:sued"] = Lead(target)
        planned = server.apply(SMALL)
        assert told(planned.changes) == [
            "+ #buendnis: links #start:sued",
            f"- #buendnis: no longer links {before}",
        ]
        assert server.plan(SMALL).is_done
        assert server.plan(SMALL).adopted == {"initiative/sued": target}


def test_an_adopted_space_that_was_removed_stays_linked_and_is_named(server: Server) -> None:
    server.leads["#start:sued"] = Lead(silence="it leads nowhere (M_NOT_FOUND)")
    planned = server.apply(SMALL)
    assert planned.changes == ()
    [note] = planned.notes
    assert note.where == "#start:sued"
    assert "leads nowhere" in note.text
    assert planned.adopted == {"initiative/sued": "!sued"}
    # Taken out of the settings, the link goes.
    server.apply(replace(SMALL, initiatives=SMALL.initiatives[:1]), remove=True)
    assert "#start:sued" not in server.children("#buendnis")


def test_a_link_that_somebody_removed_is_there_again(server: Server) -> None:
    server.leads["#start:sued"] = Lead("!sued")
    server.rooms[server.room("#buendnis")]["m.space.child", "!sued"] = {}
    assert told(server.apply(SMALL).changes) == ["+ #buendnis: links #start:sued"]
    assert server.plan(SMALL).is_done


def test_where_an_alias_lies_the_space_stays_the_one_that_it_was(server: Server) -> None:
    server.leads["#start:sued"] = Lead(server.room("#austausch"))
    planned = server.plan(SMALL)
    assert planned.changes == ()
    assert [x.where for x in planned.problems] == ["#start:sued"]
    assert planned.adopted == {"initiative/sued": "!sued"}


def test_other_ways_to_an_adopted_space(server: Server) -> None:
    other = adopted("sued", "#start:sued", "a", "b")
    declared = replace(SMALL, initiatives=(SMALL.initiatives[0], other))
    planned = server.apply(declared)
    assert told(planned.changes) == ["~ #buendnis: links #start:sued anew"]
    assert not any(
        isinstance(c.step, SetState) and isinstance(c.step.state_key, Handle)
        for c in planned.changes
    )
    assert server.plan(declared).is_done


def test_an_initiative_that_moves_to_a_server_of_its_own(server: Server) -> None:
    server.elsewhere["#nord:nord"] = "!nord"
    declared = replace(SMALL, initiatives=(adopted("nord", "#nord:nord"), SMALL.initiatives[1]))
    server.apply(declared)
    assert server.children("#buendnis") >= {"#nord:nord", "#start:sued"}
    assert "#nord" not in server.children("#buendnis")
    assert server.plan(declared).is_done


def many(number: int, *more: Initiative) -> Network:
    return network(*(made(f"i{n}", district="ab"[n % 2], rooms=1) for n in range(number)), *more)


def test_more_than_fifty_are_ordered_by_districts() -> None:
    server = Server()
    server.apply(many(47))
    assert len(server.children("#buendnis")) == 50
    grown = many(47, made("neu", district="a"), made("ohne"))
    planned = server.apply(grown)
    assert [line for line in told(planned.changes) if "space" in line and line[0] == "+"][:2] == [
        "+ #bezirk-a: space “A”, open to the alliance, invites 1",
        "+ #bezirk-b: space “B”, open to the alliance, invites 1",
    ]
    assert server.children("#buendnis") == {
        *("#koordination", "#austausch", "#rundbrief", "#bezirk-a", "#bezirk-b", "#ohne")
    }
    assert len(server.children("#bezirk-a")) == 25
    room = server.rooms[server.room("#i0")]
    parents = {key for (type_, key), c in room.items() if type_ == "m.space.parent" and c}
    assert parents == {server.room("#bezirk-a")}
    assert server.plan(grown).is_done
    server.apply(many(47))
    assert len(server.children("#buendnis")) == 53  # until what is not declared is removed
    server.apply(many(47), remove=True)
    assert len(server.children("#buendnis")) == 50
    assert server.plan(many(47)).undeclared == ()


# -- accidents ---------------------------------------------------------------------------------


def test_a_deleted_room_is_made_again_and_linked_instead(server: Server) -> None:
    server.delete("#nord")
    planned = server.apply(SMALL)
    lines = told(planned.changes)
    assert lines[0].startswith("+ #nord: space “Nord”")
    assert lines[0].endswith(" — again: the one that is linked is gone")
    assert "- #buendnis: no longer links !5" in lines
    assert server.children("#buendnis") >= {"#nord"}
    assert server.children("#nord") == {"#nord-r0"}
    assert server.plan(SMALL).is_done


def test_a_lost_alliance_is_made_again_around_what_is_there(server: Server) -> None:
    server.delete("#buendnis")
    server.apply(SMALL)
    assert len(server.children("#buendnis")) == 5
    assert server.plan(SMALL).is_done


@pytest.mark.parametrize("by", [CREATOR, "@eva:x"])
def test_an_upgraded_room_is_followed(server: Server, by: str) -> None:
    new = server.upgrade("#nord", by=by)
    server.members[new][CREATOR] = "join"
    server.apply(SMALL)
    state = server.rooms[new]
    assert state[MARK, ""] == {"kind": "initiative", "initiative": "nord"}
    assert state[NAME] == {"name": "Nord"}
    allow = server.rooms[server.room("#nord-r0")]["m.room.join_rules", ""]["allow"]
    assert allow[0]["room_id"] == new
    assert server.children("#nord") == {"#nord-r0"}
    assert server.room("#nord") == new
    assert server.plan(SMALL).is_done


def test_an_upgraded_room_out_of_reach_is_told_and_left_alone(server: Server) -> None:
    new = server.upgrade("#nord", by="@eva:x")
    before = dict(server.rooms[new])
    planned = server.apply(SMALL)
    assert told(planned.changes) == []
    [problem] = planned.problems
    assert str(problem).startswith(
        f"! #nord: was replaced by another room ({new}), which the account @dienst:x is not in;"
    )
    assert server.rooms[new] == before
    assert not server.plan(SMALL).is_done


def test_lost_power_is_told(server: Server) -> None:
    declared = replace(SMALL, room_version="11", initiatives=())
    server = Server()
    server.apply(declared)
    state = server.rooms[server.room("#austausch")]
    state[POWER]["users"] = {ONBOARDING: 100, CREATOR: 50}
    planned = server.plan(declared)
    assert told(planned.changes) == []
    [problem] = planned.problems
    assert "the account @dienst:x lacks the power to change this room" in problem.text


def test_two_of_one_room(server: Server) -> None:
    first = server.room("#austausch")
    state = server.rooms[first]
    body = {
        "room_alias_name": "anders",
        "creation_content": {MARK: {"kind": "exchange"}},
        "room_version": "12",
        "power_level_content_override": {},
        "initial_state": [],
        "invite": [],
    }
    other = server.create(body)
    planned = server.plan(SMALL)
    assert planned.ids["exchange"] == first
    [problem] = planned.problems
    assert f"there are two of it, #austausch:x and #anders:x ({other})" in problem.text
    assert server.rooms[first] == state


# -- in general --------------------------------------------------------------------------------

IDS = st.sampled_from(["a", "b", "c", "d"])
PEOPLE = st.lists(st.sampled_from([ANNA, NORD, "@eva:x", "@f:y"]), max_size=3, unique=True)


@st.composite
def initiatives(draw: st.DrawFn) -> tuple[Initiative, ...]:
    found = []
    for id_ in draw(st.lists(IDS, max_size=4, unique=True)):
        if draw(st.booleans()):
            rooms = draw(st.integers(1, 3))
            found.append(
                made(id_, *draw(PEOPLE), district=draw(st.sampled_from(["", "n"])), rooms=rooms)
            )
        else:
            found.append(adopted(id_, f"#{id_}:{draw(st.sampled_from(['y', 'z']))}"))
    return tuple(found)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    declared = network(*draw(initiatives()), coordinators=tuple(draw(PEOPLE)))
    names = Words(
        "#austausch",
        draw(st.sampled_from(["Austausch", "Börse"])),
        draw(st.sampled_from(["", "x"])),
    )
    return calling(declared, "exchange", names)


@given(st.lists(st.tuples(networks(), st.integers(0, 60), st.booleans()), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_from_anywhere_to_anywhere_stopped_anywhere(
    ways: list[tuple[Network, int, bool]],
) -> None:
    server = Server()
    server.elsewhere |= {f"#{i}:{s}": f"!{i}-{s}" for i in "abcd" for s in "yz"}
    for declared, steps, remove in ways:
        server.apply(declared, steps=steps, remove=remove)
    last = ways[-1][0]
    server.apply(last, remove=True)
    planned = server.plan(last)
    assert told(planned.changes) == []
    assert told(planned.undeclared) == []
    assert not planned.problems
    linked = server.children("#buendnis") - {"#koordination", "#austausch", "#rundbrief"}
    wanted = {getattr(i.space, "alias", None) or f"#{i.id}" for i in last.initiatives}
    assert linked == wanted


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 200)
    | st.sampled_from(["", "50", "\u202e\n", "!sued"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["@eva:x", "@e\x1b:x", "m.room.name"]), inner)
    ),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["users", "events", "kind", "initiative", "via", "alias", "name", "allow", "replacement_room"]
)
CONTENTS = st.dictionaries(KEYS | st.just(MARK), JSON, max_size=3)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TYPES[1:]), CONTENTS), max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_the_rooms_is_put_right_or_told(
    damages: list[tuple[int, str, dict[str, Any]]],
) -> None:
    server = Server()
    server.elsewhere["#start:sued"] = "!sued"
    server.apply(SMALL)
    for number, type_, content in damages:
        key = "!elsewhere" if type_.startswith("m.space") else ""
        server.rooms[f"!{number + 1}"][type_, key] = content
    first = server.apply(SMALL, remove=True)
    lines = [*told(first.changes), *map(str, first.problems), *told(first.undeclared)]
    assert [line for line in lines if not line.isprintable()] == []
    again = server.plan(SMALL)
    assert told(again.changes) == []
    assert len(again.problems) <= len(damages)


def test_layout_names_every_role_it_needs() -> None:
    layout = lay_out(SMALL)
    assert layout.creator == SMALL.creator
    assert [room.key for room in layout.rooms] == [
        *("alliance", "coordination", "exchange", "announcements"),
        *("initiative/nord", "initiative/nord/r0"),
    ]


def test_who_was_in_a_room_that_was_upgraded_is_asked_into_the_new_one(server: Server) -> None:
    new = server.upgrade("#nord")
    people = {"@leyla:x", "@cem:b.example", "@gone:x"}
    server.carried[new] = frozenset(people | {CREATOR})
    server.members[new]["@gone:x"] = "leave"
    server.apply(SMALL)
    assert {user for user in people if server.members[new].get(user) == "invite"} == {
        "@leyla:x",
        "@cem:b.example",
    }
    assert server.plan(SMALL).is_done


def test_a_server_that_a_room_keeps_out_is_named_once(server: Server) -> None:
    declared = replace(SMALL, initiatives=(*SMALL.initiatives, made("west", "@willi:west.test")))
    server.apply(declared)
    acl = ("m.room.server_acl", "")
    for alias in ("#buendnis", "#west"):
        server.rooms[server.room(alias)][acl] = {"allow": ["*"], "deny": ["west.*"]}
    server.rooms[server.room("#nord")][acl] = {"allow": ["*"], "deny": ["nobody.test"]}
    [note] = [x for x in server.plan(declared).notes if "list of servers" in x.text]
    assert note.where == "west.test"
    assert "kept out of #buendnis, #west by" in note.text
    server.members[server.room("#buendnis")]["@nina:nobody.test"] = "join"
    server.rooms[server.room("#buendnis")][acl] = {"allow": ["*"], "deny": ["nobody.test"]}
    found = {x.where for x in server.plan(declared).notes if "list of servers" in x.text}
    assert found == {"nobody.test", "west.test"}
