"""What a bot does nothing with is never dropped in silence: words behind a command, and what came
in clear into an encrypted room, where somebody else could have written it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bots.ombuds.commands import OF_CASE, STAFF
from bots.onboarding import commands as onboarding_commands
from bots.runtime.understanding.commands import Command
from federation.model.actions import AskNow, Kick
from federation.model.events import RoomView
from tests.kit import announcements, exchange, flags, ombuds, onboarding
from tests.kit.onboarding import ANNA, COORDINATION, LEYLA, Town

TEXT = "the stove in room 3 is broken"


@pytest.fixture
def town() -> Town:
    town = Town()
    town.joins()
    town.move(town.member().chat or "", LEYLA, "join")
    return town


@pytest.fixture
def office() -> ombuds.World:
    world = ombuds.World().found().with_chat()
    world.write("Nobody answers us.")
    return world


@pytest.fixture
def market() -> exchange.Market:
    return exchange.Market()


# -- words behind a command ------------------------------------------------------------------------


@pytest.mark.parametrize("command", onboarding_commands.OF_PEOPLE, ids=lambda x: x.name)
def test_a_newcomer_is_told(town: Town, command: Command) -> None:
    assert "rest-unused" in town.keys(town.says(f"{command.shown('en')} {TEXT}"))
    assert "rest-unused" not in town.keys(town.says(f"{command.shown('en')} please"))


def test_what_stands_behind_a_command_is_for_those_who_decide() -> None:
    town = Town(replace(onboarding.SETTINGS, approval=True))
    town.chat(LEYLA, "!leyla")
    town.says("Hello", room="!leyla")
    town.says("yes")
    asked = town.says(f"!help {TEXT}")
    assert "added" in town.keys(asked, town.member().chat)
    assert TEXT in town.wish().reason


def test_topics_are_chosen_where_they_are_asked_for(town: Town) -> None:
    town.says("yes")
    town.says("later")
    assert town.keys(town.says("!topics 2"), town.member().chat) == ["chosen"]


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        ("", False),
        (" please", False),
        (f" {LEYLA}", False),
        (f" https://matrix.to/#/{LEYLA}", False),
        (" Leyla", False),
        (f" {LEYLA} because she was rude", True),
        (" with a kind word", True),
    ],
)
def test_a_coordinator_is_told(behind: str, told: bool) -> None:
    town = Town()
    town.knocks("please")
    asked = town.coordinates(f"!decline{behind}")
    assert ("rest-unused" in town.keys(asked, COORDINATION)) is told
    assert any(isinstance(x, Kick) for x in asked)


def test_coordinators_are_told_behind_help(town: Town) -> None:
    asked = town.coordinates(f"!help {TEXT}", wish=None)
    assert town.keys(asked, COORDINATION) == ["rest-unused", "coordination-help"]


USES = {"answer", "cases", "erase", "hold", "identity", "postpone", "record", "team", "absent"}


@pytest.mark.parametrize("command", [x for x in STAFF if x.name not in USES], ids=lambda x: x.name)
def test_staff_are_told(office: ombuds.World, command: Command) -> None:
    shown = command.shown("en")
    assert "rest-unused" in office.office_keys(office.staff(f"{shown} {TEXT}"))
    assert "rest-unused" not in office.office_keys(office.staff(f"{shown} please"))
    if command.name in OF_CASE:
        assert "rest-unused" not in office.office_keys(office.staff(f"{shown} 1"))


@pytest.mark.parametrize("command", ["close", "take", "undo", "reopen"])
def test_a_number_in_the_thread_of_another_case_does_nothing(
    office: ombuds.World, command: str
) -> None:
    before = office.case()
    assert office.office_keys(office.staff(f"!{command} 2")) == ["case-where"]
    assert office.case() == before


def test_an_answer_may_begin_with_a_number(office: ombuds.World) -> None:
    assert office.office_keys(office.staff("!answer 2 people come today")) == ["answer-pending"]


def test_what_she_writes_behind_a_command_is_a_complaint(office: ombuds.World) -> None:
    for command in ("!help", "!original", "!flag", "!new"):
        asked = office.write(f"{command} {TEXT}")[1]
        assert TEXT in repr([x for x in asked if ombuds.OFFICE in office.at(x)])


@pytest.mark.parametrize(("command", "key"), [("share", "📣"), ("unshare", "")])
def test_words_behind_a_mark_are_not_shared(
    market: exchange.Market, command: str, key: str
) -> None:
    source = market.writes()
    asked = market.write(f"!{command} {TEXT}", LEYLA, exchange.NORTH, reply_to=source)[1]
    assert market.keys(asked)[0] == "rest-unused"
    assert TEXT not in market.text(asked, "copy") if key else True
    assert "rest-unused" not in market.keys(
        market.write(f"!{command} please", LEYLA, exchange.NORTH, reply_to=source)[1]
    )


@pytest.mark.parametrize("command", ["digest", "release", "undo", "help"])
def test_editors_are_told(command: str) -> None:
    world = announcements.World().start()
    source, _ = world.write("A feast on Sunday")
    for thread in (None, source):
        asked = world.write(f"!{command} {TEXT}", thread=thread)[1]
        assert world.keys(asked)[0] == "rest-unused"


# -- in clear, where a room is encrypted -----------------------------------------------------------


@pytest.mark.parametrize("body", ["yes", "no", "!leave", "!erase", "Deutsch", "Hello", "2"])
def test_nothing_in_clear_counts_as_hers(town: Town, body: str) -> None:
    before = town.member()
    town.views[before.chat or ""] = replace(town.view(before.chat or ""), encrypted=True)
    asked = town.write(body, LEYLA, before.chat or "", encrypted=False)[1]
    assert town.keys(asked) == ["in-clear"]
    assert town.member() == before


def test_who_wrote_before_her_chat_was_encrypted_is_greeted() -> None:
    town = Town()
    town.chat(LEYLA, "!leyla")
    asked = town.write("Hello", LEYLA, "!leyla", encrypted=False)[1]
    assert "hello" in town.keys(asked)
    assert town.member().said == ""


@pytest.mark.parametrize(
    "command", ["share", "unshare", "find sofa", "name on", "exchange", "help"]
)
def test_a_command_in_clear_is_answered(market: exchange.Market, command: str) -> None:
    room = exchange.NORTH
    source = market.writes()
    market.views[room] = replace(market.view(room), encrypted=True)
    asked = market.write(f"!{command}", ANNA, room, reply_to=source, encrypted=False)[1]
    assert market.keys(asked) == ["in-clear"]
    assert not any(isinstance(x, AskNow) for x in asked)


def test_editors_are_told_of_what_came_in_clear() -> None:
    world = announcements.World().start()
    world.view = replace(world.view, encrypted=True)
    source, asked = world.write("A feast on Sunday")
    assert world.keys(asked) == ["in-clear"]
    assert world.keys(world.write("!digest")[1]) == ["in-clear"]
    assert world.keys(world.edit(source, "A feast on Monday")) == ["in-clear"]


@pytest.mark.parametrize("body", ["2", "Unterkunft", "message", "nothing", "!new", "!help"])
def test_a_flag_is_not_decided_in_clear(body: str) -> None:
    meadow = flags.Meadow().on()
    chat = meadow.asked()
    meadow.world.views[chat] = replace(meadow.world.view(chat), encrypted=True)
    before = meadow.kept("flag")
    asked = meadow.world.write(body, flags.YUSRA, chat, encrypted=False)[1]
    assert meadow.world.keys(asked) == ["in-clear"]
    assert meadow.kept("flag") == before


def test_a_complaint_in_clear_is_marked_and_not_lost(office: ombuds.World) -> None:
    office.views[ombuds.CHAT] = replace(office.view(ombuds.CHAT), encrypted=True)
    asked = office.write(TEXT, encrypted=False)[1]
    assert "followup" in office.office_keys(asked)
    assert "mark-unencrypted" in repr(asked)


# -- a name in front -------------------------------------------------------------------------------

FOR_US: list[tuple[str, Callable[[str], tuple[str, ...]], bool]] = [
    ("Our Name: ", lambda us: (us,), True),
    ("Our Name, ", lambda us: (us, "@anna:b.example"), True),
    ("Anna: ", lambda us: ("@anna:b.example",), False),
    ("Anna, Our Name: ", lambda us: ("@anna:b.example", us), False),
    ("Note: ", lambda us: (), False),
]


@pytest.mark.parametrize(("before", "people", "ours"), FOR_US)
def test_a_command_behind_a_name(
    before: str, people: Callable[[str], tuple[str, ...]], ours: bool
) -> None:
    editors = announcements.World().start()
    written = editors.write(f"{before}!help", people=people(announcements.BOT))[1]
    assert ("help" in editors.keys(written)) is ours

    office = ombuds.World().found().with_chat()
    office.write("Nobody answers us.")
    named = people(ombuds.BOT)
    told = office.write(f"{before}!help", ombuds.ANNA, ombuds.OFFICE, people=named)[1]
    assert ("help" in office.office_keys(told)) is ours
    asked = office.write(f"{before}!help", people=named)[1]
    assert ("reporter-help" in office.chat_keys(asked)) is ours

    market = exchange.Market()
    shown = market.write(f"{before}!help", LEYLA, exchange.NORTH, people=people(exchange.BOT))[1]
    assert ("help" in market.keys(shown)) is ours

    town = Town()
    town.joins()
    said = town.write(
        f"{before}!help", LEYLA, town.member().chat or "", people=people(onboarding.BOT)
    )[1]
    assert ("help" in town.keys(said)) is ours


def test_a_view_without_encryption_is_not_asked_for_it() -> None:
    town = Town()
    town.joins()
    chat = town.member().chat or ""
    town.views[chat] = RoomView(joined=frozenset({onboarding.BOT, LEYLA}))
    assert "accepted" in town.keys(town.write("yes", LEYLA, chat, encrypted=False)[1])
