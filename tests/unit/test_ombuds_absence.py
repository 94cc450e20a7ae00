"""Who is away is not waited for; and whose phone it is decides who can say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bots.ombuds import keys
from bots.ombuds.documents.absences import ABSENCES
from bots.ombuds.documents.team import OFFICE as DOCUMENT
from bots.ombuds.team.absence import last_day
from bots.runtime.model.decision import Due, Request, Say, SetTimer
from federation.model.actions import AskDevices, Invite, Kick
from federation.model.events import Doubt, MediaMessage, Seen, TextMessage
from tests.kit.ombuds import ANNA, BILAL, CEM, OFFICE, SETTINGS, World
from tests.kit.world import said

DAY = 24 * 3600.0
THREE_DAYS = 3 * DAY
TODAY = date(2026, 12, 1)
"""A Tuesday."""
DORA = "@dora:staff.example"


def team(*staff: str) -> World:
    return World(replace(SETTINGS, staff=staff or (ANNA, BILAL))).found()


def writes(world: World, body: str, user: str = ANNA, **origin: Any) -> list[Request]:
    came = replace(world.origin(OFFICE, user), **origin)
    return world.handle(TextMessage(came, world.view(OFFICE), body))


def told(world: World, body: str, user: str = ANNA, **origin: Any) -> list[str]:
    return world.office_keys(writes(world, body, user, **origin))


def is_away(world: World, user: str) -> bool:
    return world.memory.get(ABSENCES, user) is not None


def invited(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Invite)]


def kicked(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Kick)]


# -- how it is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("14", date(2026, 12, 15)),
        ("0", TODAY),
        ("14 Tage", date(2026, 12, 15)),
        ("für 3 Tage Urlaub", date(2026, 12, 4)),
        ("2 Wochen", date(2026, 12, 15)),
        ("3 weeks", date(2026, 12, 22)),
        ("١٤", date(2026, 12, 15)),
        ("۲ هفته", date(2026, 12, 15)),
        ("24.12.", date(2026, 12, 24)),
        ("bis 24.12.", date(2026, 12, 24)),
        ("until 24/12/2026", date(2026, 12, 24)),
        ("24. 12. 2026", date(2026, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("7.1.", date(2027, 1, 7)),
        ("1.12.", TODAY),
    ],
)
def test_until_when(text: str, last: date) -> None:
    assert last_day(text, TODAY) == last


@pytest.mark.parametrize(
    "text",
    [
        *("", "bald", "bis 24. Dezember", "24.", "31.2.", "30.11.2026", "2028-01-01", "400"),
        *("vom 20.12. bis 31.12.", "29.2.", "1.13.", "9999-99-99", "12345"),
    ],
)
def test_what_says_no_day(text: str) -> None:
    assert last_day(text, TODAY) is None


@pytest.mark.parametrize("text", ["", "bald", "bis 24. Dezember"])
def test_who_names_no_day_is_told_how(text: str) -> None:
    world = team()
    asked = writes(world, f"!abwesend {text}")
    assert world.office_keys(asked) == ["absent-how"]
    assert "!abwesend 24.12." in world.text(asked, "absent-how")
    assert not is_away(world, ANNA)


def test_it_is_said_to_all_and_shown_in_the_team() -> None:
    world = team()
    asked = writes(world, "!absent 14", BILAL)
    assert world.office_keys(asked) == ["absent"]
    assert "19.03.2026" in world.text(asked, "absent")
    shown = world.text(writes(world, "!team"), "team")
    assert f"\u2068{BILAL}\u2069 is away until 19.03.2026." in shown


def test_any_encrypted_word_of_hers_ends_it() -> None:
    for word in ("!back", "!anwesend", "Bin wieder da", "!help", "!cases"):
        world = team()
        writes(world, "!absent 14", BILAL)
        assert "back" in told(world, word, BILAL)
        assert not is_away(world, BILAL)
        assert keys.ABSENT(user=BILAL) not in world.timers
    world = team()
    writes(world, "!absent 14", BILAL)
    world.handle(MediaMessage(world.origin(OFFICE, BILAL), world.view(OFFICE), "image"))
    assert not is_away(world, BILAL)


def test_it_ends_with_its_last_day() -> None:
    world = team()
    writes(world, "!absent 1", BILAL)
    assert world.office_keys(world.pass_time(DAY)) == [], "that day included"
    assert world.office_keys(world.pass_time(DAY)) == ["back"]
    assert told(world, "!back", BILAL) == ["back-already"]


def test_another_day_takes_the_place_of_the_first() -> None:
    world = team()
    writes(world, "!absent 1", BILAL)
    assert told(world, "!absent 10", BILAL) == ["absent"]
    assert world.office_keys(world.pass_time(5 * DAY)) == []
    assert is_away(world, BILAL)


def test_where_nobody_is_left_that_is_said() -> None:
    world = team(ANNA)
    assert told(world, "!absent 3") == ["absent", "absent-nobody"]


def test_who_leaves_the_team_is_not_away_but_gone() -> None:
    world = team(ANNA, BILAL, CEM)
    writes(world, "!absent 14", BILAL)
    world.move(OFFICE, BILAL, "leave")
    assert not is_away(world, BILAL)


# -- who can say it --------------------------------------------------------------------------------


FORGED: list[dict[str, Any]] = [
    {"encrypted": False, "identity": ""},
    {"doubt": Doubt.UNSIGNED, "identity": ""},
    {"identity": "a key that somebody made"},
]


@pytest.mark.parametrize("how", FORGED)
def test_nobody_says_it_for_her(how: dict[str, Any]) -> None:
    world = team()
    writes(world, "!absent 14", BILAL, **how)
    assert not is_away(world, BILAL)


@pytest.mark.parametrize("how", FORGED)
def test_nobody_ends_it_for_her(how: dict[str, Any]) -> None:
    world = team()
    writes(world, "!absent 14", BILAL)
    writes(world, "Bin wieder da", BILAL, **how)
    assert is_away(world, BILAL)


def test_a_device_that_is_not_known_yet_is_asked_for() -> None:
    world = team()
    writes(world, "!absent 14", BILAL)
    for words in ("Bin wieder da", "!help", "2345-6789-ABCD"):
        asked = writes(world, words, BILAL, doubt=Doubt.UNKNOWN, identity="")
        assert [x.user for x in asked if isinstance(x, AskDevices)] == [BILAL]
        assert is_away(world, BILAL)


def test_nobody_says_it_of_another() -> None:
    world = team()
    writes(world, f"!absent {BILAL} 14")
    assert not is_away(world, BILAL)


def test_new_keys_of_hers_do_not_say_it() -> None:
    world = team()
    world.memory.identities[BILAL] = Seen(True, "a key that somebody made")
    world.handle(Due(keys.DEVICES(user=BILAL)))
    writes(world, "!absent 14", BILAL, identity="a key that somebody made")
    assert not is_away(world, BILAL)


# -- the second word -------------------------------------------------------------------------------


def test_who_is_there_is_asked() -> None:
    world = team(ANNA, BILAL, CEM)
    writes(world, "!absent 14", BILAL)
    assert told(world, f"!team add {DORA}") == ["team-add-proposed"]
    assert invited(world.pass_time(THREE_DAYS + 60)) == [], "Cem is there"
    assert invited(writes(world, "!confirm", CEM)) == [DORA]


def test_where_all_others_are_away_it_is_made_after_three_days_with_an_alarm() -> None:
    world = team()
    writes(world, "!absent 14", BILAL)
    asked = writes(world, f"!team add {CEM}")
    assert world.office_keys(asked) == ["team-add-proposed", "team-alone-away"]
    alarm = said(asked, "team-alone-away")
    assert (alarm.audience, alarm.pinned) == (frozenset({ANNA, BILAL}), False)
    assert [x.what for x in world.records].count("alarm") == 1
    assert not invited(world.pass_time(THREE_DAYS - 60))
    done = world.pass_time(120)
    assert invited(done) == [CEM]
    assert "team-alone-done-away" in world.office_keys(done)


def test_a_word_of_hers_makes_it_two_again() -> None:
    world = team()
    writes(world, "!absent 14", BILAL)
    writes(world, f"!team add {CEM}")
    world.pass_time(2 * DAY)
    assert told(world, "Wer ist das?", BILAL) == ["back", "team-two-again"]
    assert not invited(world.pass_time(3 * DAY))
    assert invited(writes(world, "!confirm", BILAL)) == [CEM]


def test_going_away_again_begins_the_three_days_anew() -> None:
    world = team()
    writes(world, "!absent 14", BILAL)
    writes(world, f"!team add {CEM}")
    world.pass_time(2 * DAY)
    writes(world, "Ich sehe es mir an", BILAL)
    assert told(world, "!absent 10", BILAL) == ["absent", "team-alone-away"]
    assert not invited(world.pass_time(THREE_DAYS - 60))
    assert invited(world.pass_time(120)) == [CEM]


def test_what_waited_before_she_went_waits_three_days_from_then() -> None:
    world = team()
    assert told(world, f"!team add {CEM}") == ["team-add-proposed"]
    world.pass_time(6 * DAY)
    assert told(world, "!absent 14", BILAL) == ["absent", "team-alone-away"]
    assert not invited(world.pass_time(THREE_DAYS - 60))
    assert invited(world.pass_time(120)) == [CEM]


def test_it_ends_while_something_waits() -> None:
    world = team()
    writes(world, "!absent 1", BILAL)
    writes(world, f"!team add {CEM}")
    assert not invited(world.pass_time(5 * DAY)), "she was back after two"


def test_nobody_removes_a_confirmed_member_alone() -> None:
    """Who holds one phone could put out whoever is there while the third is away."""
    world = team(ANNA, BILAL, CEM)
    writes(world, "!absent 14", BILAL)
    asked = writes(world, f"!team remove {CEM}")
    assert world.office_keys(asked) == ["team-remove-proposed", "team-waits"]
    assert not kicked(world.pass_time(THREE_DAYS + 60))
    assert kicked(writes(world, "!confirm", BILAL)) == [CEM], "she is back, and agrees"


def test_nor_where_the_third_is_not_confirmed() -> None:
    world = team(ANNA, BILAL, CEM)
    world.memory.identities[BILAL] = Seen(True, "a key that somebody made")
    world.handle(Due(keys.DEVICES(user=BILAL)))
    writes(world, f"!team remove {CEM}")
    assert not kicked(world.pass_time(THREE_DAYS + 60))


def test_who_became_confirmed_meanwhile_is_not_removed_alone() -> None:
    world = team()
    world.memory.identities[BILAL] = Seen(True, "his new phone")
    world.handle(Due(keys.DEVICES(user=BILAL)))
    asked = writes(world, f"!team remove {BILAL}")
    assert "team-alone" in world.office_keys(asked)
    asked = writes(world, "Ich bin es", BILAL, identity="his new phone")
    writes(world, str(said(asked, "code-yours").phrase.values["code"]))
    assert not kicked(world.pass_time(THREE_DAYS + 60))


@pytest.fixture
def asking() -> World:
    world = team().with_chat()
    world.write("Sie schlagen das Kind.")
    return world


def test_who_brought_a_case_is_never_shown_to_one_alone(asking: World) -> None:
    writes(asking, "!absent 14", BILAL)
    asked = asking.staff("!identität Gefahr für ein Kind")
    assert asking.office_keys(asked) == ["identity-asked", "second-away"]
    assert BILAL in asking.text(asked, "second-away")
    assert "identity-shown" not in asking.office_keys(asking.pass_time(7 * DAY))
    asking.staff("!identität Gefahr für ein Kind")
    assert asking.office_keys(asking.staff("!identität", BILAL)) == ["back", "identity-shown"]


def test_where_nobody_else_is_confirmed_that_is_said() -> None:
    world = team(ANNA).with_chat()
    world.write("Sie schlagen das Kind.")
    asked = world.staff("!identität Gefahr für ein Kind")
    assert world.office_keys(asked) == ["identity-asked", "second-none"]


# -- cases of hers ---------------------------------------------------------------------------------


def offered(asked: list[Request]) -> list[str]:
    told = (x.phrase for x in asked if isinstance(x, Say) and x.phrase.key == "absent-cases")
    return [str(x.values["numbers"]) for x in told]


def taken() -> World:
    """Bilal takes care of a case, and goes away on a Thursday."""
    world = team().with_chat()
    world.write("Die Heizung ist kaputt.")
    world.staff("!nehmen", BILAL)
    writes(world, "!absent 14", BILAL)
    return world


def test_the_list_says_who_has_it_and_is_away() -> None:
    world = taken()
    shown = world.text(writes(world, "!cases"), "cases")
    assert "bilal\u2069 (away until 19.03.2026)" in shown
    writes(world, "!back", BILAL)
    assert "away" not in world.text(writes(world, "!cases"), "cases")


def test_a_case_of_hers_is_offered_after_two_working_days_and_on_each_from_then() -> None:
    world = taken()
    assert offered(world.pass_time(1 * DAY)) == [], "Friday"
    assert offered(world.pass_time(2 * DAY)) == [], "the weekend"
    assert offered(world.pass_time(1 * DAY)) == ["1"], "Monday"
    assert offered(world.pass_time(1 * DAY)) == ["1"]
    world.staff("!nehmen")
    assert offered(world.pass_time(1 * DAY)) == []


def test_what_is_answered_is_not_offered_until_the_person_writes() -> None:
    world = taken()
    world.staff("!antwort Wir kümmern uns.")
    world.pass_time(120)
    assert offered(world.pass_time(6 * DAY)) == []
    world.write("Sie ist immer noch kaputt.")
    assert offered(world.pass_time(1 * DAY)) == []
    assert offered(world.pass_time(4 * DAY))


def test_the_days_are_those_of_the_office() -> None:
    world = team()
    asked = writes(world, "!absent 3", BILAL)
    (timer,) = (x for x in asked if isinstance(x, SetTimer) and x.key == keys.ABSENT(user=BILAL))
    assert timer.at is not None
    midnight = timer.at.astimezone(SETTINGS.timezone)
    assert (midnight.date(), midnight.hour) == (
        world.now.astimezone(SETTINGS.timezone).date() + timedelta(days=4),
        0,
    )


def test_the_team_document_knows_who_waits_alone() -> None:
    world = team()
    writes(world, f"!team add {CEM}")
    assert [x.alone for x in world.kept(DOCUMENT, "office").proposals] == [False]
    writes(world, "!absent 3", BILAL)
    assert [x.alone for x in world.kept(DOCUMENT, "office").proposals] == [True]
