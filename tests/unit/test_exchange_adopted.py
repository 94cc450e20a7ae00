"""Rooms that initiatives run themselves, on servers of their own: who can ask the bot in, what it
looks at, and when it leaves again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from bots.exchange.documents import ANSWERS, SHARES
from bots.runtime.model.decision import Performed, Request
from federation.model.actions import AskNow, Join, Leave
from federation.model.events import RoomView
from tests.kit.exchange import (
    ANNA,
    BOT,
    COORDINATION,
    EXCHANGE,
    LEYLA,
    NORTH,
    redacted,
)
from tests.kit.exchange_afar import (
    ALLIANCE,
    CREATOR,
    MINA,
    NEW,
    ROOM,
    SARA,
    SUED,
    SUED_SPACE,
    WEST,
    WEST_SPACE,
    WILLI,
    Afar,
    joins,
)
from tests.kit.world import said


def leaves(asked: Iterable[Request]) -> list[str]:
    return [str(x.room) for x in asked if isinstance(x, Leave)]


@pytest.fixture
def afar() -> Afar:
    return Afar()


@pytest.fixture
def served(afar: Afar) -> Afar:
    afar.asks_in()
    return afar


# -- coming in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_contact_asks_the_bot_in_and_everybody_there_shares(afar: Afar, encrypted: bool) -> None:
    afar.builds(ROOM, encrypted=encrypted)
    asked = afar.asks_in()
    [join] = joins(asked)
    assert (join.most, join.via) == (1000, ("sued.example",))
    assert afar.keys(asked, ROOM) == ["hello-encrypted" if encrypted else "hello"]
    source = afar.writes(sender=MINA, room=ROOM)
    asked = afar.marks(source, MINA, ROOM)
    assert "Asyl in Süd" in afar.text(asked, "copy")
    assert said(asked, "copy").room == EXCHANGE
    asked = afar.edited(source, "Wer hat ein Bett?", MINA, ROOM)
    assert "Bett" in afar.text(asked, "copy")
    asked = afar.redact(source, MINA, ROOM)
    assert (EXCHANGE, "exchange/1/copy") in redacted(asked)
    assert leaves(afar.said) == []


@pytest.mark.parametrize("by", [MINA, LEYLA, ANNA])
def test_who_is_no_contact_of_such_an_initiative_is_told_that(afar: Afar, by: str) -> None:
    asked = afar.asks_in(by)
    [leave] = asked
    assert isinstance(leave, Leave)
    assert "contacts" in leave.reason
    assert afar.shared(afar.shares()) is None


def test_a_contact_who_is_banned_from_the_alliance_asks_in_vain(afar: Afar) -> None:
    afar.views[ALLIANCE] = RoomView(space=True, banned=frozenset({SARA}))
    assert joins(afar.asks_in()) == []


@pytest.mark.parametrize(
    "built",
    [
        {"maker": WILLI, "people": (WILLI, SARA), "moderators": (WILLI,)},
        {"maker": WILLI, "people": (WILLI, SARA), "moderators": (WILLI, SARA)},
        {"maker": MINA, "moderators": (MINA,)},
        {"parents": frozenset({WEST_SPACE})},
        {"parents": frozenset({WEST_SPACE}), "people": (SARA, WILLI), "moderators": (SARA,)},
        {"space": True},
        {"maker": CREATOR, "parents": frozenset({SUED_SPACE})},
    ],
    ids=["theirs", "theirs-moderated", "no-power", "lies-in-west", "visited", "space", "ours"],
)
def test_a_room_that_is_not_the_initiatives_is_left_with_a_word(
    afar: Afar, built: dict[str, Any]
) -> None:
    afar.builds(ROOM, **built)
    asked = afar.asks_in()
    assert afar.keys(asked, ROOM) == ["not-theirs"]
    assert leaves(asked) == [ROOM]
    assert afar.shared(afar.shares(SARA)) is None


@pytest.mark.parametrize(
    "built",
    [
        {"maker": MINA},
        {"maker": WILLI, "parents": frozenset({SUED_SPACE})},
        {"maker": SARA, "parents": frozenset({"!elsewhere"})},
    ],
    ids=["made-there", "lies-there", "unknown-space"],
)
def test_a_room_is_known_by_its_server_or_by_its_space(afar: Afar, built: dict[str, Any]) -> None:
    afar.builds(ROOM, **built)
    assert afar.keys(afar.asks_in(), ROOM) == ["hello"]


def test_a_room_of_two_initiatives_belongs_to_the_one_whose_space_it_names(afar: Afar) -> None:
    both = replace(WEST, server="sued.example", contacts=frozenset({SARA}))
    afar.declared(SUED, both)
    assert afar.keys(afar.asks_in(), ROOM) == ["not-theirs"]
    afar.builds(NEW, parents=frozenset({WEST_SPACE}))
    afar.asks_in(room=NEW)
    source = afar.writes(sender=SARA, room=NEW)
    assert "West hilft" in afar.text(afar.marks(source, SARA, NEW), "copy")


def test_a_crowd_is_not_entered_and_coordinators_are_told(afar: Afar) -> None:
    afar.errors["Join"] = "crowd"
    asked = afar.move(ROOM, BOT, "invite", by=SARA)
    assert leaves(asked) == [ROOM]
    assert "Asyl in Süd" in afar.text(asked, "too-many")
    assert said(asked, "too-many").room == COORDINATION
    del afar.errors["Join"]
    assert afar.keys(afar.asks_in(), ROOM) == ["hello"]


def test_of_many_crowds_coordinators_are_told_once(afar: Afar) -> None:
    afar.errors["Join"] = "crowd"
    asked = [x for n in range(30) for x in afar.move(f"!crowd-{n}", BOT, "invite", by=SARA)]
    assert afar.keys(asked) == ["too-many"]
    assert len(leaves(asked)) == 30


def test_nobody_has_the_bot_in_rooms_without_end(afar: Afar) -> None:
    for n in range(60):
        afar.builds(f"!room-{n}")
        afar.asks_in(room=f"!room-{n}")
    assert len(joins(afar.said)) == 50
    afar.goes("!room-0", by=SARA)
    afar.builds(NEW)
    assert afar.keys(afar.asks_in(room=NEW), NEW) == ["hello"]


def test_a_room_that_cannot_be_entered_is_told_of(afar: Afar) -> None:
    afar.errors["Join"] = "M_UNKNOWN"
    asked = afar.move(ROOM, BOT, "invite", by=SARA)
    assert afar.keys(asked) == ["shut-out"]


def test_what_the_creator_makes_is_waited_for(afar: Afar) -> None:
    assert afar.asks_in(CREATOR) == []


# -- who shares there ------------------------------------------------------------------------------


def test_who_was_told_that_only_authors_share_is_told_of_a_ban_as_well(served: Afar) -> None:
    source = served.writes(sender=SARA, room=ROOM)
    assert served.keys(served.marks(source, MINA, ROOM)) == ["not-author"]
    assert served.keys(served.marks(source, MINA, ROOM)) == []
    served.views[ALLIANCE] = RoomView(space=True, banned=frozenset({MINA}))
    assert served.keys(served.marks(source, MINA, ROOM)) == ["barred"]
    assert served.keys(served.marks(source, MINA, ROOM)) == []


def test_who_is_banned_from_the_alliance_shares_nothing_from_there(served: Afar) -> None:
    served.views[ALLIANCE] = RoomView(space=True, banned=frozenset({MINA}))
    source = served.writes(sender=MINA, room=ROOM)
    asked = served.marks(source, MINA, ROOM)
    assert served.keys(asked) == ["barred"]
    assert served.shared(source) is None
    # Somebody else's mark does not carry it either.
    asked = served.marks(source, SARA, ROOM)
    assert "copy" not in served.keys(asked)
    assert served.shared(source) is None


def test_who_has_left_the_alliance_shares_nothing_from_there(served: Afar) -> None:
    served.views[ALLIANCE] = RoomView(space=True, left=frozenset({MINA}))
    source = served.writes(sender=MINA, room=ROOM)
    asked = served.marks(source, MINA, ROOM)
    assert served.keys(asked) == ["outside"]
    assert not any(isinstance(x, AskNow) for x in asked)
    assert served.shared(served.shares(SARA)) is not None


def test_whose_server_is_kept_out_shares_nothing_but_loses_nothing(served: Afar) -> None:
    before = served.shares()
    acl = {"allow": ["*"], "deny": ["sued.example"]}
    served.views[ALLIANCE] = RoomView(space=True, acl=acl)
    assert served.shared(served.shares()) is None
    assert leaves([*served.said, *served.start()]) == []
    assert served.shared(before) is not None
    assert joins(served.asks_in(room=NEW)) == []


def test_who_is_put_out_while_it_is_looked_up_shares_nothing(served: Afar) -> None:
    served.defer = True
    source = served.shares()
    served.views[ALLIANCE] = RoomView(space=True, banned=frozenset({MINA}))
    asked = served.tell_outcomes()
    assert "copy" not in served.keys(asked)
    assert served.shared(source) is None


def test_what_they_find_is_for_members_alone(served: Afar) -> None:
    served.shares()
    _, asked = served.write("!find Sofa", MINA, ROOM)
    assert served.keys(asked) == ["find-members"]
    served.views[ALLIANCE] = RoomView(space=True, joined=frozenset({MINA}))
    _, asked = served.write("!find Sofa", MINA, ROOM)
    assert served.keys(asked) == ["found"]


# -- leaving ---------------------------------------------------------------------------------------


def test_a_contact_who_is_none_any_more_takes_the_bot_along(served: Afar) -> None:
    source = served.shares()
    served.declared(replace(SUED, contacts=frozenset({"@new:sued.example"})), WEST)
    asked = served.start()
    assert served.keys(asked, ROOM) == ["farewell"]
    assert leaves(asked) == [ROOM]
    asked = served.goes()
    assert (EXCHANGE, "exchange/1/copy") in redacted(asked)
    assert served.shared(source) is None
    assert served.texts == {}
    assert (SHARES.kind, source) in served.memory.forgotten
    assert leaves(served.start(2)) == []


def test_it_is_noticed_as_soon_as_somebody_shares(served: Afar) -> None:
    served.declared(WEST)
    source = served.writes(sender=MINA, room=ROOM)
    assert leaves(served.said) == []
    served.declared(replace(SUED, contacts=frozenset()), WEST)
    asked = served.marks(source, MINA, ROOM)
    assert (served.keys(asked), leaves(asked)) == (["farewell"], [ROOM])


def test_the_bot_goes_where_the_last_contact_has_gone(served: Afar) -> None:
    assert served.move(ROOM, MINA, "leave") == []
    asked = served.move(ROOM, SARA, "leave")
    assert (served.keys(asked), leaves(asked)) == (["farewell"], [ROOM])


def test_another_contact_is_enough(afar: Afar) -> None:
    afar.declared(replace(SUED, contacts=frozenset({SARA, MINA})), WEST)
    afar.builds(ROOM, moderators=(SARA, MINA))
    afar.asks_in()
    assert afar.move(ROOM, SARA, "leave") == []
    assert afar.shared(afar.shares()) is not None


def test_a_contact_without_power_vouches_for_nothing(served: Afar) -> None:
    source = served.writes(sender=MINA, room=ROOM)
    served.moderated(ROOM, MINA)
    assert leaves(served.marks(source, MINA, ROOM)) == [ROOM]


def test_put_out_and_asked_in_again(served: Afar) -> None:
    source = served.shares()
    asked = served.goes(by=SARA)
    assert (EXCHANGE, "exchange/1/copy") in redacted(asked)
    assert not served.memory.all(ANSWERS)
    assert joins(served.asks_in(MINA)) == []
    asked = served.asks_in()
    assert served.keys(asked, ROOM) == ["hello"]
    asked = served.marks(source, MINA, ROOM)
    assert said(asked, "copy").handle == "exchange/2/copy"


def test_what_others_share_stays(served: Afar) -> None:
    near = served.writes(sender=LEYLA, room=NORTH)
    served.marks(near, LEYLA, NORTH)
    served.shares()
    served.goes(by=SARA)
    assert served.texts == {near: "Wer hat ein Sofa?"}


def test_what_is_looked_up_meanwhile_is_dropped(served: Afar) -> None:
    served.defer = True
    source = served.shares()
    served.goes(by=SARA)
    asked = served.tell_outcomes()
    assert served.keys(asked) == []
    assert served.shared(source) is None


def test_moderators_turn_it_off_and_that_stays(served: Afar) -> None:
    served.write("!exchange off", SARA, ROOM)
    assert served.shared(served.shares()) is None
    served.goes(by=SARA)
    assert served.keys(served.asks_in(), ROOM) == ["hello-off"]


# -- upgrades --------------------------------------------------------------------------------------


def test_the_bot_follows_an_upgrade(served: Afar) -> None:
    old = served.shares()
    served.builds(NEW)
    [join] = served.tombstone(ROOM, NEW)
    assert join == Join(NEW, notify=True, most=1000, via=("sued.example",))
    assert served.keys(served.comes(NEW), NEW) == ["hello"]
    new = served.writes("Dort auch", MINA, NEW)
    assert "Asyl in Süd" in served.text(served.marks(new, MINA, NEW), "copy")
    # Contacts have gone there by now; what was shared before is looked after all the same.
    assert served.move(ROOM, SARA, "leave") == []
    assert (EXCHANGE, "exchange/1/copy") in redacted(served.redact(old, MINA, ROOM))
    assert served.shared(new) is not None


def test_what_was_turned_off_stays_so_in_the_new_room(served: Afar) -> None:
    served.write("!exchange off", SARA, ROOM)
    served.builds(NEW)
    served.tombstone(ROOM, NEW)
    assert served.keys(served.comes(NEW), NEW) == ["hello-off"]


def test_into_a_closed_new_room_anybody_there_can_ask_it(served: Afar) -> None:
    served.errors["Join"] = "M_FORBIDDEN"
    served.defer = True
    served.builds(NEW)
    served.tombstone(ROOM, NEW)
    del served.errors["Join"]
    served.defer = False
    assert served.keys(served.asks_in(MINA, NEW), NEW) == ["hello"]


@pytest.mark.parametrize("new", [EXCHANGE, COORDINATION, NORTH])
def test_no_tombstone_of_theirs_moves_a_room_of_the_network(served: Afar, new: str) -> None:
    assert served.tombstone(ROOM, new, by=MINA) == []
    near = served.writes(sender=LEYLA, room=NORTH)
    assert said(served.marks(near, LEYLA, NORTH), "copy").room == EXCHANGE


def test_a_tombstone_leads_into_nobody_elses_room(served: Afar) -> None:
    served.builds(NEW, maker=WILLI, people=(WILLI, MINA), moderators=(WILLI,))
    served.tombstone(ROOM, NEW, by=MINA)
    asked = served.comes(NEW)
    assert (served.keys(asked, NEW), leaves(asked)) == (["not-theirs"], [NEW])
    assert served.shared(served.shares()) is not None


def test_an_empty_room_is_left_though_it_was_replaced(served: Afar) -> None:
    served.tombstone(ROOM, NEW)
    served.move(ROOM, SARA, "leave")
    assert leaves(served.move(ROOM, MINA, "leave")) == [ROOM]


# -- a lost store ----------------------------------------------------------------------------------


def test_a_lost_store_serves_the_room_again(served: Afar) -> None:
    served.memory.documents.clear()
    served.memory.lists.clear()
    source = served.writes(sender=MINA, room=ROOM)
    assert "copy" in served.keys(served.marks(source, MINA, ROOM))


def test_an_outcome_of_nothing_that_is_known_says_nothing(afar: Afar) -> None:
    failed = Performed("Join", None, ROOM, None, "M_FORBIDDEN")
    assert afar.handle(failed) == []
