"""`buendnis doctor`: what is made of the ombuds room's state and its people's keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from bots.offices.checkup.chamber import Chamber, index
from bots.offices.checkup.confirmed import Known, confirmed
from bots.offices.checkup.finding import Finding, Mark
from bots.offices.checkup.room import rulers, rules
from bots.offices.checkup.staff import people, readers
from bots.ombuds.documents.team import Office
from bots.ombuds.team.founding import INITIAL_STATE, POWER_LEVELS

BOT, ANNA, BILAL, EVE = (f"@{name}:example.org" for name in ("ombuds", "anna", "bilal", "eve"))
TEAM = Office(roster=(ANNA, BILAL), founded=True)
VERSIONS = ("10", "11", "12")


def event(kind: str, content: Mapping[str, Any], key: str = "") -> dict[str, Any]:
    return {"type": kind, "state_key": key, "sender": BOT, "content": content}


def founded(
    *changes: Mapping[str, Any],
    office: Office = TEAM,
    version: str = "12",
    members: Mapping[str, str] | None = None,
) -> Chamber:
    """The room as the office makes it and a homeserver of this version keeps it; then changes."""
    users = {} if version == "12" else {BOT: 100}
    present = {BOT: "join", ANNA: "join", BILAL: "join"} if members is None else members
    events = [
        event("m.room.create", {"room_version": version}),
        event("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        event("m.room.power_levels", {**POWER_LEVELS, "users": users}),
        *(event(str(one["type"]), one["content"]) for one in INITIAL_STATE),  # type: ignore[arg-type]
        *(event("m.room.member", {"membership": now}, who) for who, now in present.items()),
        *changes,
    ]
    return Chamber(BOT, index(events), office)


def marked(findings: Iterable[Finding]) -> list[tuple[str, Mark]]:
    return [(finding.check, finding.mark) for finding in findings]


# -- the rules of the room -------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_the_room_as_the_office_makes_it(version: str) -> None:
    chamber = founded(version=version)
    assert marked(rules(chamber)) == [("room", Mark.OK)]
    assert marked(rulers(chamber)) == [("power", Mark.OK)]
    assert marked(people(chamber)) == [("staff", Mark.OK)]


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("m.room.encryption", {"algorithm": "none"}, "is not encrypted"),
        ("m.room.encryption", {}, "is not encrypted"),
        ("m.room.join_rules", {"join_rule": "public"}, "lets in whoever was not invited"),
        ("m.room.join_rules", {"join_rule": "knock"}, "lets in whoever was not invited"),
        ("m.room.history_visibility", {}, "shows newcomers what was said before"),
        ("m.room.history_visibility", {"history_visibility": "world_readable"}, "shows newcomers"),
        ("m.room.guest_access", {"guest_access": "can_join"}, "lets guests in"),
        ("m.room.tombstone", {"replacement_room": "!other"}, "was replaced"),
    ],
)
def test_what_was_changed_about_the_room(kind: str, content: Mapping[str, Any], words: str) -> None:
    [found] = rules(founded(event(kind, content)))
    assert (found.check, found.mark) == ("room", Mark.FAULT)
    assert words in found.found


def test_a_stricter_past_is_no_fault() -> None:
    joined = event("m.room.history_visibility", {"history_visibility": "joined"})
    assert marked(rules(founded(joined))) == [("room", Mark.OK)]


# -- who rules it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_somebody_else_rules_the_room(version: str) -> None:
    users = {ANNA: 100} if version == "12" else {BOT: 100, ANNA: 100}
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": users})
    [found] = rulers(founded(levels, version=version))
    assert (found.check, found.mark) == ("power", Mark.FAULT)
    assert found.found.endswith(": 1")


def test_everybody_rules_the_room() -> None:
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": {}, "users_default": 100})
    [found] = rulers(founded(levels))
    assert found.found.endswith(": 2")


def test_a_second_creator_rules_the_room() -> None:
    create = event("m.room.create", {"room_version": "12", "additional_creators": [ANNA]})
    assert marked(rulers(founded(create))) == [("power", Mark.FAULT)]


@pytest.mark.parametrize("membership", ["leave", "ban"])
def test_somebody_who_is_not_there_could_rule_the_room(membership: str) -> None:
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": {EVE: 100}})
    gone = event("m.room.member", {"membership": membership}, EVE)
    assert marked(rulers(founded(levels, gone))) == [("power", Mark.FAULT)]


def test_the_office_has_lost_its_power() -> None:
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": {BOT: 50}})
    [found] = rulers(founded(levels, version="11"))
    assert (found.mark, found.found) == (
        Mark.FAULT,
        "the office may not do all it has to do in its room",
    )


def test_a_moderator_who_can_let_nobody_in_rules_nothing() -> None:
    users = {BOT: 100, ANNA: 50}
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": users})
    assert marked(rulers(founded(levels, version="11"))) == [("power", Mark.OK)]


# -- who is in it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("membership", ["join", "invite"])
def test_a_stranger_in_the_room(membership: str) -> None:
    stranger = event("m.room.member", {"membership": membership}, EVE)
    found, inside = people(founded(stranger))
    assert (found.check, found.mark, found.found) == (
        "staff",
        Mark.FAULT,
        "in the room, but not of the team: 1",
    )
    assert inside.mark is Mark.OK


@pytest.mark.parametrize("membership", ["leave", "ban"])
def test_a_stranger_who_is_gone(membership: str) -> None:
    stranger = event("m.room.member", {"membership": membership}, EVE)
    assert marked(people(founded(stranger))) == [("staff", Mark.OK)]


def test_whom_the_team_has_invited_is_no_stranger() -> None:
    invited = event("m.room.member", {"membership": "invite"}, EVE)
    office = Office(roster=(ANNA, BILAL), awaited=(EVE,))
    assert marked(people(founded(invited, office=office))) == [("staff", Mark.OK)]


@pytest.mark.parametrize(
    ("members", "mark", "words"),
    [
        ({ANNA: "join", BILAL: "invite"}, Mark.NOTE, "1 of 2 of the team are in the room"),
        ({ANNA: "join"}, Mark.NOTE, "1 of 2 of the team are in the room"),
        ({ANNA: "invite", BILAL: "invite"}, Mark.NOTE, "0 of 2 of the team are in the room"),
        ({}, Mark.FAULT, "0 of 2 of the team are in the room"),
    ],
)
def test_who_of_the_team_is_there(members: Mapping[str, str], mark: Mark, words: str) -> None:
    [found] = people(founded(members={BOT: "join", **members}))
    assert (found.mark, found.found) == (mark, words)


def test_a_team_that_everybody_has_left() -> None:
    [found] = people(founded(office=Office(), members={BOT: "join"}))
    assert found.mark is Mark.FAULT


# -- who can read it -------------------------------------------------------------------------------


def test_people_without_keys() -> None:
    found = list(readers([ANNA, BILAL], {"device_keys": {}, "master_keys": {}}))
    assert marked(found) == [("identities", Mark.NOTE), ("identities", Mark.NOTE)]
    assert [finding.found[-6:] for finding in found] == ["2 of 2", "2 of 2"]


def test_nobody_is_named() -> None:
    stranger = event("m.room.member", {"membership": "join"}, EVE)
    levels = event("m.room.power_levels", {**POWER_LEVELS, "users": {EVE: 100}})
    chamber = founded(stranger, levels, event("m.room.join_rules", {"join_rule": "public"}))
    found = [*rules(chamber), *rulers(chamber), *people(chamber), *readers([ANNA], {})]
    told = " ".join(f"{finding.found} {finding.remedy}" for finding in found)
    assert len(found) == 6
    assert not any(who in told or who[1:5] in told for who in (ANNA, BILAL, EVE))


# -- whose keys are known --------------------------------------------------------------------------


def told(roster: tuple[str, ...], *known: str) -> list[Finding]:
    team = Known(roster, frozenset(known))
    return list(confirmed(team, (ANNA, BILAL), "/etc/ombuds.yaml"))


def test_everybody_is_confirmed() -> None:
    [found] = told((ANNA, BILAL), ANNA, BILAL)
    assert (found.mark, found.found) == (Mark.OK, "2 of 2 of the team are confirmed")


def test_who_is_not_confirmed_is_named_where_the_settings_name_them() -> None:
    [found] = told((ANNA, BILAL, EVE), ANNA)
    assert found.mark is Mark.NOTE
    assert found.found == f"1 of 3 of the team are confirmed; not: {BILAL}, +1"
    assert EVE not in f"{found.found}{found.remedy}"


def test_nobody_is_confirmed() -> None:
    [found] = told((EVE, ANNA))
    assert found.mark is Mark.FAULT
    assert f"`buendnis code /etc/ombuds.yaml {ANNA}`" in str(found.remedy)


def test_a_team_of_one_is_told_of() -> None:
    assert marked(told((ANNA,), ANNA)) == [("confirmed", Mark.OK), ("team", Mark.NOTE)]
