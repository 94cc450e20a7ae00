"""The team: changed by two of its members, in the room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.ombuds.documents.team import OFFICE as DOCUMENT
from bots.ombuds.documents.team import Office
from bots.runtime.model.decision import Request, SetTimer
from federation.model.actions import Invite, Kick, React
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, OFFICE, SETTINGS, World
from tests.kit.world import said


def team(*staff: str) -> World:
    return World(replace(SETTINGS, staff=staff)).found()


def office(world: World) -> Office:
    return world.kept(DOCUMENT, "office")


def told(world: World, body: str, sender: str = ANNA) -> list[str]:
    return world.office_keys(world.staff(body, sender, case=None))


def invited(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Invite)]


def kicked(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Kick)]


def test_a_team_of_one_adds_alone() -> None:
    world = team(ANNA)
    asked = world.staff(f"!team hinzufügen {BILAL}", case=None)
    assert (invited(asked), world.office_keys(asked)) == ([BILAL], ["team-added"])
    assert office(world).roster == (ANNA,)
    assert kicked(world.move(OFFICE, BILAL, "invite", by=BOT)) == []
    joined = world.move(OFFICE, BILAL, "join")
    assert world.office_keys(joined) == ["team-joined", "code-first"]
    assert "cannot be read on it" in world.bot.render(said(joined, "team-joined").phrase).body
    assert office(world).roster == (ANNA, BILAL)


def test_two_agree_to_add() -> None:
    world = team(ANNA, BILAL)
    assert told(world, f"!staff add {CEM}") == ["team-add-proposed"]
    assert told(world, "!bestätigen") == ["team-another"]
    asked = world.staff("!confirm", BILAL, case=None)
    assert invited(asked) == [CEM]
    world.move(OFFICE, CEM, "join")
    assert office(world).roster == (ANNA, BILAL, CEM)
    assert told(world, "!confirm", BILAL) == ["team-nothing"]


def test_a_reaction_adds_nobody_and_removes_nobody() -> None:
    """A homeserver can set it in anybody's name."""
    world = team(ANNA, BILAL, CEM)
    told(world, f"!team remove {CEM}")
    asked = world.marks("team/1", "✅", BILAL)
    assert (kicked(asked), world.office_keys(asked)) == ([], ["team-in-words"])
    assert "!bestätigen" in world.text(asked, "team-in-words")
    assert world.marks("team/1", "✅", BILAL) == [], "it is said once in a while"
    assert world.marks("team/1", "✅", "@stranger:x.example") == []
    assert office(world).roster == (ANNA, BILAL, CEM)


def test_no_proposal_offers_a_sign_that_does_not_count() -> None:
    asked = team(ANNA, BILAL).staff(f"!staff add {CEM}", case=None)
    assert not [x for x in asked if isinstance(x, React)]


def test_two_others_agree_to_remove() -> None:
    world = team(ANNA, BILAL, CEM)
    assert told(world, f"!team remove {CEM}") == ["team-remove-proposed"]
    assert told(world, "!confirm", CEM) == ["team-concerned"]
    asked = world.staff("!confirm", BILAL, case=None)
    assert (kicked(asked), world.office_keys(asked)) == ([CEM], ["team-removed"])
    assert world.move(OFFICE, CEM, "leave", by=BOT) == []
    assert office(world).roster == (ANNA, BILAL)
    assert world.staff("!hilfe", CEM, case=None) == []


def test_in_a_team_of_two_nobody_removes_the_other() -> None:
    world = team(ANNA, BILAL)
    assert told(world, f"!team remove {BILAL}") == ["team-two"]
    assert told(world, f"!team remove {ANNA}") == ["team-self"]
    assert told(world, f"!team remove {CEM}") == ["team-unknown"]


def test_a_proposal_falls_when_its_proposer_leaves_or_time_passes() -> None:
    world = team(ANNA, BILAL, CEM)
    told(world, "!team add @dora:x.example")
    world.move(OFFICE, ANNA, "leave")
    assert told(world, "!confirm", BILAL) == ["team-nothing"]
    told(world, "!team add @dora:x.example", BILAL)
    world.pass_time(8 * 24 * 3600)
    assert told(world, "!confirm", CEM) == ["team-nothing"]


def test_the_team_shrinks_to_two_while_a_removal_waits() -> None:
    world = team(ANNA, BILAL, CEM)
    told(world, f"!team remove {CEM}")
    world.move(OFFICE, BILAL, "leave")
    assert told(world, "!confirm", CEM) == ["team-concerned"]
    assert told(world, "!confirm", ANNA) == ["team-another"]


@pytest.mark.parametrize(
    "person", ["cem", "@cem", "", "@a b:c", "@c:x " + CEM, "@" + "x" * 300 + ":y"]
)
def test_what_is_no_address(person: str) -> None:
    assert told(team(ANNA), f"!team add {person}") == ["team-address"]


@pytest.mark.parametrize("person", [ANNA, BOT])
def test_who_is_there_already(person: str) -> None:
    assert told(team(ANNA), f"!team add {person}") == ["team-already"]


def test_the_team_is_shown() -> None:
    world = team(ANNA)
    told(world, f"!team add {CEM}")
    values = said(world.staff("!team", case=None), "team").phrase.values
    assert values["people"] == ANNA
    assert values["invited"].values["people"] == CEM  # type: ignore[attr-defined]


def test_an_invitation_is_withdrawn() -> None:
    world = team(ANNA)
    told(world, f"!team add {CEM}")
    asked = world.staff(f"!team remove {CEM}", case=None)
    assert (kicked(asked), world.office_keys(asked)) == ([CEM], ["team-withdrawn"])
    assert kicked(world.move(OFFICE, CEM, "join")) == [CEM]


def test_an_invitation_that_fails_is_told() -> None:
    world = team(ANNA)
    world.errors["Invite"] = "M_NOT_FOUND"
    assert told(world, f"!team add {CEM}") == ["team-added", "team-invitation-failed"]


def test_an_invitation_declined() -> None:
    world = team(ANNA)
    told(world, f"!team add {CEM}")
    assert world.office_keys(world.move(OFFICE, CEM, "leave")) == ["team-left"]
    assert office(world).awaited == ()


def test_who_leaves_leaves_the_team() -> None:
    world = team(ANNA, BILAL)
    assert world.office_keys(world.move(OFFICE, BILAL, "leave")) == ["team-left"]
    assert office(world).roster == (ANNA,)
    assert world.staff("!hilfe", BILAL, case=None) == []


@pytest.mark.parametrize("kind", ["join", "invite"])
def test_who_does_not_belong_is_removed_and_reads_nothing(kind: str) -> None:
    world = team(ANNA, BILAL).with_chat()
    asked = world.move(OFFICE, CEM, kind, by=BILAL)
    assert kicked(asked) == [CEM]
    assert said(asked, "team-intruder").audience == frozenset({ANNA, BILAL})
    root = said(world.write("Hallo")[1], "case-root")
    assert root.audience == frozenset({ANNA, BILAL})


def test_our_own_membership_and_changes_of_a_name_make_nothing() -> None:
    world = team(ANNA, BILAL)
    assert world.move(OFFICE, BOT, "join") == []
    asked = world.move(OFFICE, ANNA, "join")
    assert [type(x) for x in asked] == [SetTimer], "her devices are looked at, in silence"
    assert world.move(OFFICE, CEM, "knock") == []
