"""Who is out of the alliance, or of an initiative, is out of what followed from that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.onboarding.documents import WishState
from bots.onboarding.settings import Initiative
from bots.runtime.model.decision import Request
from federation.model.actions import Invite, Kick
from federation.model.events import MembershipKind
from federation.model.membership import Place
from federation.model.network import Access
from tests.kit.onboarding import (
    ANNA,
    BILAL,
    BOT,
    CEM,
    COORDINATION,
    EXCHANGE,
    LEYLA,
    NEWS,
    SETTINGS,
    SPACE,
    Town,
    invitations,
)

DAY = 24 * 3600
NORA, OMAR = "@nora:a.example", "@omar:south.example"
NORTH, MEETING, BOARD = "!nord", "!nord-meeting", "!nord-board"
MADE = Initiative(
    "nord",
    "Willkommen in Nord",
    "Nord",
    rooms=(NORTH, MEETING),
    places=(
        Place(NORTH, SPACE, Access.ALLIANCE, frozenset({NORA})),
        Place(MEETING, NORTH, Access.SPACE, frozenset({NORA})),
        Place(BOARD, NORTH, Access.INVITE, frozenset({NORA})),
    ),
    contacts=(NORA,),
)
ADOPTED = Initiative("sued", "Asyl Süd", "Süd", contacts=(OMAR,), server="south.example")
HERE = replace(
    SETTINGS,
    initiatives=(MADE, ADOPTED),
    names={NEWS: "Rundbrief", EXCHANGE: "Austausch", BOARD: "Nord: Vorstand"},
)
EVERYWHERE = {NEWS, EXCHANGE, NORTH, MEETING, BOARD}


@pytest.fixture
def town() -> Town:
    """Leyla is in, in both initiatives, and in a room into which somebody asked her by hand."""
    town = Town(HERE)
    town.joins()
    town.agrees()
    town.says("1 2")
    for room in EVERYWHERE:
        town.move(room, LEYLA, "join")
    return town


def kicks(requests: list[Request], user: str = LEYLA) -> set[str]:
    found = [x.room for x in requests if isinstance(x, Kick) and x.user == user]
    assert len(found) == len(set(found))
    return {str(x) for x in found}


def bans(town: Town, user: str = LEYLA, room: str = SPACE) -> list[Request]:
    return town.move(room, user, "ban", by=ANNA, before=MembershipKind.JOIN)


def follow(town: Town, requests: list[Request], user: str = LEYLA) -> list[Request]:
    """The homeserver does what was asked for, and tells."""
    return [y for x in sorted(kicks(requests, user)) for y in town.move(x, user, "leave", by=BOT)]


def test_a_ban_takes_her_out_of_every_room_and_says_so(town: Town) -> None:
    asked = bans(town)
    assert kicks(asked) == EVERYWHERE
    assert town.keys(asked) == ["ban", "banned"]
    assert "Asyl Süd: \u2068@omar:south.example" in town.text(asked, "ban").replace(
        "\u2068Asyl Süd\u2069", "Asyl Süd"
    )
    text = town.text(asked, "banned")
    assert "banned" in text
    assert "Asyl Süd" in text
    assert town.keys(follow(town, asked)) == []


def test_who_is_banned_asks_again_and_coordinators_see_the_ban(town: Town) -> None:
    bans(town)
    asked = town.says("!rules") + town.says("ja")
    assert "is banned from" in town.text(asked, "request")
    assert "banned" in town.text(asked, "waiting")
    for asked in (town.decides("✅"), town.coordinates("!admit")):
        assert town.keys(asked) == ["wish-banned"]
        assert invitations(asked) == []
    asked = town.move(SPACE, LEYLA, "leave", by=ANNA, before=MembershipKind.BAN)
    assert "banned" not in town.text(asked, "request")
    assert invitations(town.decides("✅")) == [SPACE, NEWS, EXCHANGE]


def test_who_is_banned_is_not_let_in_where_nobody_needs_to_be_asked() -> None:
    town = Town(replace(HERE, approval=False))
    town.joins()
    town.agrees()
    bans(town)
    asked = town.says("!rules") + town.says("ja")
    assert "request" in town.keys(asked)
    assert invitations(asked) == []


def test_a_ban_in_advance_of_any_visit_says_nothing() -> None:
    town = Town(HERE)
    assert town.move(SPACE, "@noisy:b.example", "ban", by=ANNA) == []


def test_a_ban_while_she_waits_ends_her_wish(town: Town) -> None:
    town.move(SPACE, LEYLA, "leave", before=MembershipKind.JOIN)
    town.says("!rules")
    town.says("ja")
    asked = bans(town)
    assert town.keys(asked) == ["~wish-declined", "ban", "banned"]
    assert town.keys(town.decides("✅")) == []


def test_a_ban_while_invitations_wait_takes_them_back() -> None:
    town = Town(HERE)
    town.joins()
    town.agrees()
    town.move(EXCHANGE, LEYLA, "invite", by=BOT)
    assert kicks(bans(town)) == {NEWS, EXCHANGE}


def test_who_is_banned_is_asked_in_by_nobody(town: Town) -> None:
    follow(town, bans(town))
    asked = town.move(BOARD, LEYLA, "invite", by=NORA)
    assert kicks(asked) == {BOARD}
    assert kicks(town.move(MEETING, LEYLA, "join")) == {MEETING}


def test_a_ban_that_was_lifted_keeps_nobody_out(town: Town) -> None:
    follow(town, bans(town))
    town.move(SPACE, LEYLA, "leave", by=ANNA, before=MembershipKind.BAN)
    assert town.move(BOARD, LEYLA, "invite", by=NORA) == []


def test_an_answer_to_an_older_question_lets_nobody_in(town: Town) -> None:
    town.says("!topics")
    bans(town)
    asked = town.says("1")
    assert invitations(asked) == []


@pytest.mark.parametrize("words", ["1", "Nord", "alle", "!topics", "ja"])
@pytest.mark.parametrize("how", ["ban", "kick", "leave"])
def test_nothing_she_writes_gets_her_in_again(town: Town, how: str, words: str) -> None:
    by = LEYLA if how == "leave" else BILAL
    kind = "ban" if how == "ban" else "leave"
    town.move(SPACE, LEYLA, kind, by=by, before=MembershipKind.JOIN)
    asked = town.says("!topics") + town.says(words) + town.says("ja") + town.says(words)
    assert invitations(asked) == []
    assert town.pass_time(2 * DAY) is not None
    assert not [x for x in town.said[-50:] if isinstance(x, Invite) and x.room == SPACE]


def test_who_is_put_out_without_a_ban_is_out_everywhere_too(town: Town) -> None:
    asked = town.move(SPACE, LEYLA, "leave", by=BILAL, before=MembershipKind.JOIN)
    assert kicks(asked) == EVERYWHERE
    assert town.keys(asked) == ["removed"]


def test_who_leaves_by_her_own_hand_is_out_everywhere_and_asks_anew(town: Town) -> None:
    asked = town.move(SPACE, LEYLA, "leave", before=MembershipKind.JOIN)
    assert kicks(asked) == EVERYWHERE
    assert town.keys(asked) == ["gone"]
    assert "Asyl Süd" in town.text(asked, "gone")
    assert town.keys(town.says("!topics")) == ["rules"]
    assert town.keys(town.says("ja")) == ["request", "waiting"]


def test_leave_takes_her_out_however_she_came_in_and_names_the_rest(town: Town) -> None:
    town.says("!leave")
    asked = town.says("ja")
    assert kicks(asked) == {SPACE, *EVERYWHERE}
    assert "Asyl Süd" in town.text(asked, "left")
    asked = town.move(SPACE, LEYLA, "leave", by=BOT, before=MembershipKind.JOIN)
    assert town.keys(asked) == []
    assert kicks(asked) == set()


def test_a_room_that_refuses_is_named_to_her(town: Town) -> None:
    town.errors = {"Kick": "M_FORBIDDEN"}
    town.says("!leave")
    asked = town.says("ja")
    assert town.keys(asked).count("leave-yourself") == len({SPACE, *EVERYWHERE})
    assert town.keys(asked, COORDINATION).count("removal-failed") == len({SPACE, *EVERYWHERE})


def test_who_was_erased_is_out_all_the_same(town: Town) -> None:
    town.says("!erase")
    town.says("ja")
    assert kicks(bans(town)) == EVERYWHERE


def test_a_contact_keeps_her_seats_until_she_is_banned() -> None:
    town = Town(HERE)
    for room in (SPACE, COORDINATION, NORTH, BOARD, EXCHANGE):
        town.move(room, NORA, "join")
    chat = town.member(NORA).chat or ""
    town.move(chat, NORA, "join")
    town.says("ja", NORA)
    town.says("!leave", NORA)
    asked = town.says("ja", NORA)
    assert kicks(asked, NORA) == {SPACE, NEWS, EXCHANGE}
    assert "Nord: Vorstand" in town.text(asked, "left")
    asked = bans(town, NORA)
    assert kicks(asked, NORA) >= {COORDINATION, NORTH, BOARD}
    assert "settings still name" in town.text(asked, "ban")


def test_a_banned_coordinator_decides_nothing() -> None:
    town = Town(HERE)
    town.move(COORDINATION, ANNA, "join")
    town.knocks()
    town.move(SPACE, ANNA, "ban", by=BILAL)
    assert town.keys(town.decides("✅")) == []
    assert town.keys(town.coordinates("!admit")) == ["only-coordinators"]
    assert town.keys(town.decides("✅", BILAL)) == ["~wish-admitted"]


def test_a_ban_from_one_initiative_leaves_the_rest(town: Town) -> None:
    asked = bans(town, room=NORTH)
    assert kicks(asked) == {MEETING, BOARD}
    assert town.keys(asked) == ["out-of-initiative"]
    assert town.member().wishes == ("sued",)
    assert town.member().approved
    assert kicks(town.move(MEETING, LEYLA, "invite", by=NORA)) == {MEETING}


def test_who_leaves_an_initiative_is_out_of_its_rooms_without_a_word(town: Town) -> None:
    asked = town.move(NORTH, LEYLA, "leave", before=MembershipKind.JOIN)
    assert kicks(asked) == {MEETING, BOARD}
    assert town.keys(asked) == []
    town.says("!topics")
    assert invitations(town.says("1")) == [NORTH, MEETING], "she may change her mind"


def test_an_invitation_that_she_declines_is_no_leaving() -> None:
    town = Town(HERE)
    town.move(SPACE, LEYLA, "invite", by=ANNA)
    assert town.move(SPACE, LEYLA, "leave", before=MembershipKind.INVITE) == []


def test_who_came_back_before_we_looked_stays(town: Town) -> None:
    """Left, and let in again, while the office was down: all of it comes in one sync."""
    view = town.view(SPACE)
    town.move(SPACE, LEYLA, "leave", before=MembershipKind.INVITE)
    town.views[SPACE] = view
    event = town.move(SPACE, LEYLA, "invite", by=ANNA)
    assert kicks(event) == set()


def test_a_ban_that_was_made_before_we_looked_is_carried_out_at_the_start(town: Town) -> None:
    view = town.view(SPACE)
    banned = frozenset({LEYLA})
    town.views[SPACE] = replace(view, joined=view.joined - banned, banned=banned)
    assert kicks(town.start(2)) == EVERYWHERE


def test_bots_are_left_alone() -> None:
    town = Town(HERE)
    for room in (SPACE, EXCHANGE):
        town.move(room, BOT, "join")
    town.views[SPACE] = replace(town.view(SPACE), banned=frozenset({BOT}))
    assert kicks(town.start(), BOT) == set()


# -- homeservers that are kept out, accounts that are gone -----------------------------------------


def test_a_server_that_is_kept_out_is_told_to_her_and_to_who_decides(town: Town) -> None:
    acl = {"allow": ["*"], "deny": ["b.example"]}
    town.views[SPACE] = replace(town.view(SPACE), acl=acl)
    town.chat(CEM, "!cem")
    town.pass_time(3)
    asked = town.agrees(CEM)
    assert {"request", "waiting"} <= set(town.keys(asked))
    assert "b.example" in town.text(asked, "request")
    assert "kept out" in town.text(asked, "waiting")
    number = town.wish(CEM).number
    asked = town.decides("✅", wish=number)
    assert (town.keys(asked), invitations(asked, CEM)) == (["server-kept-out"], [])
    town.views[SPACE] = replace(town.view(SPACE), acl=None)
    assert invitations(town.decides("✅", wish=number), CEM)[0] == SPACE


def test_who_asked_and_has_left_with_her_account_rings_nobody() -> None:
    town = Town()
    town.chat(CEM, "!cem")
    town.pass_time(3)
    town.agrees(CEM)
    town.move("!cem", CEM, "leave", before=MembershipKind.JOIN)
    asked = town.pass_time(30 * 24 * 3600)
    assert town.keys(asked) == ["~wish-withdrawn"]
    assert town.wish(CEM).state is WishState.WITHDRAWN
    town.chat(CEM, "!again")
    assert town.keys(town.pass_time(3)) == ["hello", "rules"]
