"""Access is what the settings say: an initiative is open, asks its contacts, or is not shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.onboarding.documents import WISHES, Wish, WishState
from bots.onboarding.settings import Initiative
from bots.runtime.model.decision import Request, Say
from federation.model.actions import Kick, Redact
from federation.model.events import MembershipKind
from federation.model.membership import Place
from federation.model.network import Access
from tests.kit.onboarding import ANNA, BOT, COORDINATION, LEYLA, SETTINGS, SPACE, Town, invitations

NORA, OMAR = "@nora:a.example", "@omar:a.example"


def initiative(id_: str, name: str, access: Access, *contacts: str) -> Initiative:
    space, meeting = f"!{id_}", f"!{id_}-meeting"
    seats = frozenset(contacts)
    places = (
        Place(space, SPACE, access, seats),
        Place(meeting, space, Access.SPACE, seats),
        Place(f"!{id_}-board", space, Access.INVITE, seats),
    )
    return Initiative(id_, name, "", ("Wohnen",), (space, meeting), None, access, places, contacts)


OPEN = initiative("offen", "Offene Gruppe", Access.ALLIANCE, OMAR)
ASKS = initiative("fragt", "Gruppe mit Anfrage", Access.ASK, NORA)
CLOSED = initiative("zu", "Geschlossene Gruppe", Access.INVITE, OMAR)
HERE = replace(SETTINGS, initiatives=(CLOSED, OPEN, ASKS))
ASKED = ["!fragt", "!fragt-meeting"]


@pytest.fixture
def town() -> Town:
    town = Town(HERE)
    town.joins()
    town.agrees()
    town.move(town.member().chat or "", LEYLA, "join")
    return town


def shown(town: Town, requests: list[Request]) -> list[str]:
    return [town.bot.render(x.phrase).body for x in requests if isinstance(x, Say)]


def wishes(town: Town) -> list[Wish]:
    return town.memory.all(WISHES)


def answers(town: Town, body: str, sender: str = NORA, wish: int = 1) -> list[Request]:
    return town.coordinates(body, sender, wish)


def test_what_is_closed_is_not_shown(town: Town) -> None:
    text = town.text(town.says("!topics"), "choose")
    assert "Geschlossene" not in text
    assert "1. \u2068Offene" in text


@pytest.mark.parametrize("words", ["Geschlossene Gruppe", "geschlossen", "zu", "alle", "Wohnen"])
def test_what_is_closed_is_opened_by_no_name(town: Town, words: str) -> None:
    asked = town.says(words)
    assert not [x for x in invitations(asked) if x.startswith("!zu")]
    assert "zu" not in (*town.member().wishes, *town.member().asked)
    assert "Geschlossene" not in "".join(shown(town, asked)).replace(f"“\u2068{words}\u2069”", "")


def test_an_open_one_is_entered_at_once(town: Town) -> None:
    asked = town.says("1")
    assert invitations(asked) == ["!offen", "!offen-meeting"]
    assert town.keys(asked) == ["newcomer", "chosen"]


def test_one_that_asks_is_entered_when_its_contacts_say_yes(town: Town) -> None:
    asked = town.says("2")
    assert town.keys(asked) == ["door", "chosen"]
    assert invitations(asked) == []
    assert "decide whether to let you in" in town.text(asked, "chosen")
    assert NORA in town.text(asked, "door")
    asked = town.decides("✅", NORA)
    assert town.keys(asked) == ["~door-admitted", "let-in"]
    assert invitations(asked) == ASKED
    assert town.member().wishes == ("fragt",)
    assert town.keys(town.decides("✅", NORA)) == []


def test_one_that_asks_can_say_no(town: Town) -> None:
    town.says("Gruppe mit Anfrage")
    asked = answers(town, "!decline")
    assert town.keys(asked) == ["~door-declined", "not-let-in"]
    assert invitations(asked) == []
    town.says("!topics")
    assert town.keys(town.says("2")) == ["~door", "chosen"], "and no phone rings again that day"


def test_contacts_of_others_decide_nothing(town: Town) -> None:
    town.says("2")
    assert town.decides("✅", OMAR) == []
    assert town.keys(answers(town, "!admit", OMAR)) == ["only-contacts"]
    assert town.keys(town.decides("✅", ANNA)) == ["~door-admitted", "let-in"]


def test_contacts_decide_nothing_about_the_alliance() -> None:
    town = Town(HERE)
    town.knocks()
    assert town.decides("✅", NORA) == []
    assert town.keys(answers(town, "!admit")) == ["only-coordinators"]


def test_several_are_asked_at_once(town: Town) -> None:
    more = initiative("auch", "Auch mit Anfrage", Access.ASK, OMAR)
    town.settings = replace(HERE, initiatives=(OPEN, ASKS, more))
    town.says("!topics")
    asked = town.says("1 2 3")
    assert town.keys(asked) == ["door", "door", "newcomer", "chosen"]
    assert invitations(answers(town, "!admit", OMAR, 2)) == ["!auch", "!auch-meeting"]
    assert invitations(answers(town, "!admit", NORA, 1)) == ASKED


def test_asking_twice_asks_once(town: Town) -> None:
    town.says("2")
    town.says("!topics")
    assert town.keys(town.says("2")) == ["chosen"]


def test_a_command_may_name_her(town: Town) -> None:
    town.says("2")
    asked = town.coordinates(f"!admit {LEYLA}", NORA, None)
    assert invitations(asked) == ASKED


def test_a_contact_enters_her_own(town: Town) -> None:
    town.settings = replace(HERE, initiatives=(replace(ASKS, contacts=(LEYLA,)),))
    town.says("!topics")
    assert invitations(town.says("1")) == ASKED


def test_who_leaves_waits_no_more(town: Town) -> None:
    town.says("2")
    asked = town.move(SPACE, LEYLA, "leave", before=MembershipKind.JOIN)
    assert "~door-withdrawn" in town.keys(asked)
    assert town.decides("✅", NORA) == []
    assert invitations(answers(town, "!admit")) == []


def test_who_is_banned_waits_no_more(town: Town) -> None:
    town.says("2")
    asked = town.move(SPACE, LEYLA, "ban", by=ANNA, before=MembershipKind.JOIN)
    assert "~door-withdrawn" in town.keys(asked)
    assert invitations(answers(town, "!admit")) == []


def test_a_ban_from_the_initiative_is_shown_and_counts(town: Town) -> None:
    town.move("!offen", LEYLA, "ban", by=OMAR)
    asked = town.says("1 2")
    assert invitations(asked) == []
    assert sum("is banned from \u2068Offene Gruppe" in x for x in shown(town, asked)) == 1
    (number,) = (x.number for x in wishes(town) if x.initiative == "offen")
    assert town.keys(answers(town, "!admit", OMAR, number)) == ["door-banned"]
    asked = town.move("!offen", LEYLA, "leave", by=OMAR, before=MembershipKind.BAN)
    assert town.keys(asked) == ["~door"]
    assert invitations(answers(town, "!admit", OMAR, number)) == ["!offen", "!offen-meeting"]


def test_whom_a_contact_lets_in_by_hand_waits_no_more(town: Town) -> None:
    town.says("2")
    asked = town.move("!fragt", LEYLA, "invite", by=NORA)
    assert town.keys(asked) == ["~door-admitted"]


def test_erasing_takes_what_was_asked_back(town: Town) -> None:
    town.says("2")
    town.says("!erase")
    asked = town.says("ja")
    target = "onboarding/wish/1"
    assert target in {str(x.target) for x in asked if isinstance(x, Redact)}
    assert not town.memory.all(WISHES)
    assert not town.memory.listed(WISHES, "number")


def test_they_are_reminded_once(town: Town) -> None:
    town.says("2")
    asked = town.pass_time(3 * 24 * 3600 + 1)
    assert town.keys(asked, COORDINATION) == ["wish-reminder"]
    assert town.keys(town.pass_time(30 * 24 * 3600), COORDINATION) == []
    assert [x.state for x in wishes(town)] == [WishState.OPEN]
    assert town.move(COORDINATION, BOT, "join") is not None


AFAR = Initiative("afar", "Fernes", contacts=(OMAR,), server="far.example")


def test_one_that_runs_its_rooms_itself_is_reached_by_a_link(town: Town) -> None:
    link = "https://matrix.to/#/%23start:far.example?via=far.example"
    way = replace(AFAR, alias="#start:far.example", link=link)
    town.settings = replace(HERE, initiatives=(OPEN, way))
    for words in ("2", "Fernes, Offene Gruppe", "Fernes, Weltall"):
        town.says("!topics")
        asked = town.says(words)
        text = town.text(asked, "chosen-partly" if "Weltall" in words else "chosen")
        assert "Fernes\u2069 runs its rooms itself. To come in, open this link" in text
        assert "#start:far.example" in text
        assert link in text


def test_where_nobody_knows_the_way_its_contacts_write(town: Town) -> None:
    town.settings = replace(HERE, initiatives=(OPEN, AFAR))
    town.says("!topics")
    text = town.text(town.says("2"), "chosen")
    assert "Its contacts will write to you" in text
    assert "matrix.to" not in text


def knocks(town: Town, reason: str = "", user: str = LEYLA) -> list[Request]:
    return town.move("!fragt", user, "knock", reason=reason)


def kicks(requests: list[Request]) -> list[Kick]:
    return [x for x in requests if isinstance(x, Kick)]


def test_who_knocks_at_an_initiative_is_told_of_as_who_chooses_it(town: Town) -> None:
    asked = knocks(town, "I teach German")
    assert town.keys(asked) == ["door", "chosen"]
    assert "I teach German" in town.text(asked, "door")
    assert "decide whether to let you in" in town.text(asked, "chosen")
    assert town.keys(town.says("2")) == ["chosen"], "and is not told of twice"
    assert invitations(town.decides("✅", NORA)) == ASKED


def test_who_knocks_at_an_initiative_and_is_declined_waits_no_more(town: Town) -> None:
    knocks(town)
    asked = town.decides("❌", NORA)
    assert town.keys(asked) == ["~door-declined", "not-let-in"]
    assert [(x.room, x.user) for x in kicks(asked)] == [("!fragt", LEYLA)]
    assert town.move("!fragt", LEYLA, "leave", by=BOT, before=MembershipKind.KNOCK) == []


@pytest.mark.parametrize(("by", "key"), [(LEYLA, "~door-withdrawn"), (NORA, "~door-declined")])
def test_a_knock_that_is_over_is_over_for_those_who_decide(town: Town, by: str, key: str) -> None:
    knocks(town)
    asked = town.move("!fragt", LEYLA, "leave", by=by, before=MembershipKind.KNOCK)
    assert town.keys(asked) == [key]


def test_who_knocks_at_an_initiative_and_is_no_member_hears_what_comes_first(town: Town) -> None:
    asked = knocks(town, "hello", "@cem:b.example")
    (kick,) = kicks(asked)
    assert (kick.room, kick.user) == ("!fragt", "@cem:b.example")
    assert f"First write to \u2068{BOT}\u2069" in kick.reason
    assert wishes(town) == []


def test_who_declined_the_invitation_is_asked_in_again_when_she_chooses_again(town: Town) -> None:
    town.says("2")
    town.decides("✅", NORA)
    for room in ASKED:
        town.move(room, LEYLA, "invite", by=BOT)
    town.move("!fragt-meeting", LEYLA, "join", before=MembershipKind.INVITE)
    town.move("!fragt", LEYLA, "leave", before=MembershipKind.INVITE)
    town.says("!topics")
    asked = town.says("2")
    assert invitations(asked) == ["!fragt"]
    assert town.keys(asked) == ["chosen"], "nobody has to decide or to read of it again"
