"""`buendnis doctor`: what is made of the network's rooms as they are."""

from __future__ import annotations

from bots.cli.checkup.spaces import spaces
from bots.offices.checkup.finding import Finding, Mark
from federation.spaces.state import POWER_LEVELS, TOMBSTONE
from tests.kit.spaces import ONBOARDING, Homeserver, made, network

HERE = network(made("nord", "@nora:x", rooms=2))


def looked(homeserver: Homeserver) -> list[Finding]:
    return list(spaces(homeserver.plan(HERE), "network.yaml"))


def built() -> Homeserver:
    homeserver = Homeserver()
    homeserver.apply(HERE)
    return homeserver


def test_a_network_that_is_as_declared() -> None:
    [found] = looked(built())
    assert (found.mark, found.found) == (Mark.OK, "7 spaces and rooms are as declared")


def test_a_network_that_is_not_there() -> None:
    accounts, rooms = looked(Homeserver())
    assert (accounts.mark, rooms.mark) == (Mark.FAULT, Mark.FAULT)
    assert accounts.found.startswith("accounts that are not there: @dienst:x")
    assert rooms.found == (
        "not there: #buendnis, #koordination, #austausch, #rundbrief, #nord and 2 more"
    )
    assert "buendnis plan network.yaml" in str(rooms.remedy)


def test_a_bot_that_lost_its_power() -> None:
    homeserver = built()
    state = homeserver.rooms[homeserver.room("#nord-r1")]
    levels = state[POWER_LEVELS, ""]
    del levels["users"][ONBOARDING]
    found = looked(homeserver)
    powers = [one for one in found if one.found.startswith("powers are not as declared")]
    assert [(one.mark, one.found.endswith(": #nord-r1")) for one in powers] == [(Mark.FAULT, True)]


def test_a_name_that_was_changed() -> None:
    homeserver = built()
    homeserver.rooms[homeserver.room("#austausch")]["m.room.name", ""] = {"name": "Kaffee"}
    [found] = looked(homeserver)
    assert (found.mark, found.found) == (Mark.FAULT, "otherwise than declared: #austausch")


def test_what_must_be_mended_by_hand() -> None:
    homeserver = built()
    replacement = {"replacement_room": "!elsewhere"}
    homeserver.rooms[homeserver.room("#austausch")][TOMBSTONE, ""] = replacement
    [found] = looked(homeserver)
    assert found.mark is Mark.FAULT
    assert found.found.startswith("#austausch: was replaced by another room")
    assert str(found.remedy).startswith("let it join there")


def test_what_stays_otherwise_than_declared_is_worth_a_note() -> None:
    homeserver = built()
    encryption = {"algorithm": "m.megolm.v1.aes-sha2"}
    homeserver.rooms[homeserver.room("#austausch")]["m.room.encryption", ""] = encryption
    noted, done = looked(homeserver)
    assert (noted.mark, done.mark) == (Mark.NOTE, Mark.OK)
    assert noted.found.startswith("#austausch: is encrypted")


def test_what_is_no_longer_declared() -> None:
    homeserver = built()
    found = list(spaces(homeserver.plan(network()), "network.yaml"))
    assert [one.mark for one in found] == [Mark.NOTE, Mark.OK]
    assert "--remove" in str(found[0].remedy)
