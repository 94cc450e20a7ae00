"""`!identity`: two look up who brought a case, and the person is told."""

from __future__ import annotations

import pytest

from bots.ombuds import keys
from bots.ombuds.documents.disclosures import DISCLOSURES, DisclosureState
from bots.runtime.model.decision import Request, Say
from federation.model.actions import Redact
from tests.kit.ombuds import ANNA, BILAL, CEM, CHAT, SETTINGS, YUSRA, World
from tests.kit.world import said

DAY = 24 * 3600.0


@pytest.fixture
def world() -> World:
    world = World().found().with_chat()
    world.write("Sie schlagen das Kind.")
    world.pass_time(20)  # she is told her receipt
    return world


def names_her(world: World, asked: list[Request]) -> bool:
    told = (x for x in asked if isinstance(x, Say) and x.room != CHAT)
    return any(YUSRA in world.bot.render(x.phrase).body for x in told)


def looked_up(world: World) -> list[Request]:
    world.staff("!identität Gefahr für ein Kind")
    return world.staff("!identität", BILAL)


def recorded(world: World) -> list[str]:
    return [x.what for x in world.records]


def test_one_word_shows_nothing(world: World) -> None:
    asked = world.staff("!identität Gefahr für ein Kind")
    assert world.office_keys(asked) == ["identity-asked"]
    assert not names_her(world, asked)
    assert not names_her(world, world.staff("!identität Noch einmal"))


def test_two_words_show_who_it_was_for_a_day(world: World) -> None:
    asked = looked_up(world)
    assert world.office_keys(asked) == ["identity-shown"]
    assert names_her(world, asked)
    later = world.pass_time(DAY)
    assert keys.DISCLOSED(case=1) in [x.target for x in later if isinstance(x, Redact)]


def test_the_first_gives_a_reason(world: World) -> None:
    assert world.office_keys(world.staff("!identität")) == ["reason-missing"]
    assert world.memory.all(DISCLOSURES) == []


def test_the_second_word_comes_within_a_day(world: World) -> None:
    world.staff("!identität Gefahr für ein Kind")
    world.pass_time(DAY + 1)
    asked = world.staff("!identität Auch ich", BILAL)
    assert world.office_keys(asked) == ["identity-asked"]
    assert not names_her(world, asked)


@pytest.mark.parametrize("how", ["in clear", "reaction", "stranger"])
def test_no_homeserver_says_the_second_word(world: World, how: str) -> None:
    world.staff("!identität Gefahr für ein Kind")
    event = next(x for x in reversed(world.said) if isinstance(x, Say))
    assert event.phrase.key == "identity-asked"
    thread = world.event_of(keys.ROOT(case=1))
    if how == "reaction":
        asked = world.marks(keys.ROOT(case=1), "✅", BILAL)
    else:
        sender = CEM if how == "stranger" else BILAL
        clear = how == "stranger"
        asked = world.write("!identität", sender, "!office", thread=thread, encrypted=clear)[1]
    assert not names_her(world, asked)
    assert world.kept(DISCLOSURES, "1").state is DisclosureState.ASKED


def test_who_left_the_team_counts_no_more(world: World) -> None:
    world.staff("!identität Gefahr für ein Kind")
    world.move("!office", ANNA, "leave")
    assert not names_her(world, world.staff("!identität Gefahr", BILAL))


def test_outside_of_the_thread_it_names_the_case(world: World) -> None:
    assert world.office_keys(world.staff("!identität Gefahr", case=None)) == ["case-where"]
    world.staff("!identität 1 Gefahr", case=None)
    assert names_her(world, world.staff("!identität 1", BILAL, case=None))


def test_she_is_told_a_day_later_with_the_reason(world: World) -> None:
    looked_up(world)
    assert world.chat_keys(world.pass_time(DAY - 60)) == []
    asked = world.pass_time(120)
    assert world.chat_keys(asked) == ["identity-told"]
    assert "Gefahr für ein Kind" in world.text(asked, "identity-told")
    assert ANNA not in world.text(asked, "identity-told")
    assert world.bot.render(said(asked, "identity-told").phrase).notice, "no lock screen shows it"
    assert world.chat_keys(world.pass_time(90 * DAY)) == []


def test_two_can_postpone_that(world: World) -> None:
    looked_up(world)
    assert world.office_keys(world.staff("!verschieben Der Täter liest mit")) == ["postpone-asked"]
    assert world.office_keys(world.staff("!verschieben", BILAL)) == ["postponed"]
    assert world.chat_keys(world.pass_time(29 * DAY)) == []
    assert world.chat_keys(world.pass_time(2 * DAY)) == ["identity-told"]


def test_one_cannot(world: World) -> None:
    looked_up(world)
    world.staff("!verschieben Der Täter liest mit")
    world.staff("!verschieben Wirklich")
    assert world.chat_keys(world.pass_time(DAY + 1)) == ["identity-told"]


def test_she_is_told_once_nobody_else_is_there(world: World) -> None:
    looked_up(world)
    world.move(CHAT, "@canary-guard:secret.example", "join")
    assert "identity-told" not in world.chat_keys(world.pass_time(2 * DAY))
    world.move(CHAT, "@canary-guard:secret.example", "leave")
    assert "identity-told" in world.chat_keys(world.pass_time(DAY + 1))


def test_all_of_it_is_recorded(world: World) -> None:
    looked_up(world)
    world.pass_time(DAY + 1)
    told = [x for x in recorded(world) if x.startswith("identity")]
    assert told == ["identity-asked", "identity-shown", "identity-told"]


def test_nothing_is_looked_up_again_before_she_is_told(world: World) -> None:
    looked_up(world)
    assert world.office_keys(world.staff("!identität Noch einmal")) == ["identity-untold"]
    assert world.chat_keys(world.pass_time(DAY + 1)) == ["identity-told"]
    assert world.office_keys(world.staff("!identität Noch einmal")) == ["identity-asked"]


def test_nothing_to_postpone(world: World) -> None:
    assert world.office_keys(world.staff("!verschieben Gefahr")) == ["postpone-nothing"]
    assert SETTINGS.staff == (ANNA, BILAL)
