"""Whose words count in the ombuds room: those of keys that were learnt by a code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.ombuds import codes, keys
from bots.ombuds.codes import Given
from bots.ombuds.documents.pins import PINS
from bots.ombuds.settings import Settings
from bots.runtime.model.decision import Due, Request, Say, SetPin
from federation.model.actions import AskDevices, CreateRoom, Invite, Kick, Leave
from federation.model.events import Doubt, Membership, MembershipKind, Seen, TextMessage
from tests.kit.founders import code_of, given
from tests.kit.memory import key_of
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, OFFICE, SETTINGS, World
from tests.kit.world import said

FORGED = "a key that somebody made in her name"


def begun(*staff: str, settings: Settings = SETTINGS) -> World:
    """The room is made, everybody is there, and nobody is known."""
    world = World(settings=replace(settings, staff=staff or settings.staff))
    world.start()
    for user in (BOT, *world.settings.staff):
        world.move(OFFICE, user, "join")
    world.pass_time(0)
    world.said.clear()
    return world


def writes(world: World, body: str, user: str = ANNA, **origin: Any) -> list[Request]:
    came = replace(world.origin(OFFICE, user), **origin)
    return world.handle(TextMessage(came, world.view(OFFICE), body))


def shows(world: World, user: str, seen: Seen) -> list[Request]:
    """What her homeserver shows of her keys from now on."""
    world.memory.identities[user] = seen
    return world.handle(Due(keys.DEVICES(user=user)))


def pinned(world: World) -> dict[str, str]:
    return {user: key for user, key in world.memory.pins.items() if key}


def code_in(world: World, asked: list[Request]) -> str:
    value = said(asked, "code-yours").phrase.values["code"]
    return str(value)


# -- while nobody is known -------------------------------------------------------------------------


def test_who_writes_while_nobody_is_known_is_told_that_it_has_arrived() -> None:
    """Until a code is typed nobody is shown the case: that may take days."""
    world = begun()
    _, told = world.with_chat().write("The heating is broken.")
    assert said(told, "arrived").after is None
    writes(world, code_of(ANNA))
    _, told = world.write("!new The stairs are, too.")
    case = world.conversation().case
    assert case is not None
    assert said(told, "arrived").after == keys.ROOT(case=case), "with whoever is to answer it"
    world.memory.identities[ANNA] = Seen(True, FORGED)
    _, told = world.write("!new And the roof.")
    assert said(told, "arrived").after is None


def test_the_first_word_of_new_keys_is_answered_before_they_are_known_to_be_new() -> None:
    """Her phone is new, she writes, and her homeserver has not told yet that her keys are."""
    world = World().found()
    asked = writes(world, "Hello?", BILAL, doubt=Doubt.UNKNOWN, identity="")
    assert [x for x in asked if isinstance(x, AskDevices)]
    world.memory.identities[BILAL] = Seen(True, FORGED)
    asked = writes(world, "Hello?", BILAL, identity=FORGED)
    assert set(world.office_keys(asked)) >= {"code-expected", "code-yours"}


def test_who_could_not_read_her_code_asks_again() -> None:
    world = begun()
    writes(world, code_of(ANNA))
    first = code_in(world, writes(world, "Hello?", BILAL))
    assert not world.office_keys(writes(world, "Hello?", BILAL)), "not for every word at once"
    world.pass_time(30)
    assert code_in(world, writes(world, "Hello?", BILAL)) == first
    shows(world, BILAL, Seen(True, FORGED))
    another = code_in(world, writes(world, "And now?", BILAL, identity=FORGED))
    assert another != first, "other keys, another code, and at once"


# -- founders --------------------------------------------------------------------------------------


def test_a_founder_types_the_code_that_she_was_given() -> None:
    world = begun()
    asked = writes(world, codes.shown(code_of(ANNA)))
    assert world.office_keys(asked) == ["pinned"]
    assert pinned(world) == {ANNA: key_of(ANNA)}
    assert world.office_keys(writes(world, "!help")) == ["help"]
    assert world.office_keys(writes(world, "!help", BILAL)) == ["code-expected", "code-yours"]


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        lambda code: f"  {code}\n",
        lambda code: code.replace("-", " – "),
        lambda code: code.translate({ord(str(x)): chr(0x0660 + x) for x in range(10)}),
    ],
    ids=["small", "spaces", "bare", "around", "dashes", "digits"],
)
def test_however_it_is_typed(write: Any) -> None:
    world = begun()
    assert world.office_keys(writes(world, write(codes.shown(code_of(ANNA))))) == ["pinned"]


def test_a_code_counts_once_and_for_one_person_alone() -> None:
    world = begun()
    assert world.office_keys(writes(world, code_of(ANNA), BILAL)) == ["code-wrong"]
    writes(world, code_of(ANNA))
    shows(world, ANNA, Seen(True, FORGED))
    assert world.office_keys(writes(world, code_of(ANNA))) == ["code-spent"]
    assert not world.office_keys(writes(world, code_of(ANNA), CEM)), "who is not of the team"
    assert pinned(world) == {ANNA: key_of(ANNA)}


@pytest.mark.parametrize("wrong", ["2345-6789-ABCD", "2345-6789-ABC", "2345-6789-ABCDE"])
def test_a_wrong_code_is_answered_to_her_alone(wrong: str) -> None:
    told = said(writes(begun(), wrong), "code-wrong")
    assert (told.audience, told.whose, told.pinned) == (frozenset({ANNA}), ANNA, False)


def test_a_word_is_no_code() -> None:
    world = World().found()
    for word in ("Straßenbahn", "GRUNDSTUECKE", "eins-zwei-drei", "Haus 12 ist zu"):
        assert not world.office_keys(writes(world, word))


def test_a_code_that_was_not_encrypted_is_burnt() -> None:
    world = begun()
    assert world.office_keys(writes(world, code_of(ANNA), encrypted=False)) == ["code-plain"]
    assert world.office_keys(writes(world, code_of(ANNA))) == ["code-spent"]
    assert not pinned(world)


def test_from_a_device_that_she_has_not_signed_nothing_is_learnt() -> None:
    world = begun()
    assert any(isinstance(x, AskDevices) for x in writes(world, code_of(ANNA), doubt=Doubt.UNKNOWN))
    unsigned = writes(world, code_of(ANNA), doubt=Doubt.UNSIGNED, identity="")
    assert world.office_keys(unsigned) == ["keys-unsigned"]
    assert world.office_keys(writes(world, code_of(ANNA))) == ["pinned"], "it was not used up"


def test_without_keys_of_her_own_she_is_led_to_them() -> None:
    world = begun()
    world.memory.identities[ANNA] = Seen(True)
    asked = writes(world, code_of(ANNA), doubt=Doubt.UNSIGNED)
    assert world.office_keys(asked) == ["keys-none"]
    assert not pinned(world)


def test_a_code_of_other_keys_than_hers_now_pins_nothing() -> None:
    """The message came from her; a moment later the homeserver shows others."""
    world = begun()
    world.memory.identities[ANNA] = Seen(True, FORGED)
    asked = writes(world, code_of(ANNA), identity=key_of(ANNA), doubt=Doubt.UNSIGNED)
    assert world.office_keys(asked) == ["keys-unsigned"]
    assert not pinned(world)


def test_a_founders_code_does_not_last_for_ever() -> None:
    world = World()
    old = replace(given(ANNA)[0], made=world.now.timestamp() - codes.FOUNDERS - 1)
    world = begun(settings=replace(SETTINGS, codes=(old,)))
    assert world.office_keys(writes(world, code_of(ANNA))) == ["code-spent"]


# -- what who is not known is shown, and may do ----------------------------------------------------


@pytest.mark.parametrize(
    "command", ["!help", "!team", f"!team add {CEM}", "!confirm", "!cases", "!answer 1 Yes"]
)
def test_no_command_counts_of_who_is_not_known(command: str) -> None:
    world = begun().with_chat()
    world.write("The heating is broken")
    assert world.office_keys(writes(world, command)) == ["code-needed"]


def test_only_her_first_word_is_answered() -> None:
    world = begun()
    assert world.office_keys(writes(world, "Hello?")) == ["code-needed"]
    assert not world.office_keys(writes(world, "Hello?"))


def test_what_is_said_waits_for_those_who_are_known() -> None:
    world = begun().with_chat()
    _, asked = world.write("The heating is broken")
    told = [x for x in asked if isinstance(x, Say) and keys.is_office(str(x.room))]
    assert told
    assert all(x.pinned for x in told)
    assert world.case().number


# -- who comes later, and whose keys changed -------------------------------------------------------


def test_a_later_member_reads_out_a_code_that_only_her_keys_can_read() -> None:
    world = World().found()
    writes(world, f"!team add {CEM}")
    writes(world, "!confirm", BILAL)
    assert world.office_keys(world.move(OFFICE, CEM, "join")) == ["team-joined", "code-first"]
    asked = writes(world, "Hello", CEM)
    assert world.office_keys(asked) == ["code-expected", "code-yours"]
    secret = said(asked, "code-yours")
    assert (secret.audience, secret.identities) == (frozenset({CEM}), frozenset({key_of(CEM)}))
    assert said(asked, "code-expected").pinned
    code = code_in(world, asked)
    assert world.office_keys(writes(world, code, CEM)) == ["code-another"], "not by herself"
    assert world.office_keys(writes(world, "2345-6789-ABCD", BILAL)) == ["code-wrong"]
    assert CEM not in pinned(world)
    assert world.office_keys(writes(world, code, BILAL)) == ["pinned"]
    assert pinned(world)[CEM] == key_of(CEM)
    assert world.office_keys(writes(world, "!help", CEM)) == ["help"]


def test_the_same_code_is_shown_again_and_the_team_is_told_once() -> None:
    world = begun()
    writes(world, code_of(ANNA))
    first = writes(world, "Hello", BILAL)
    again = writes(world, "!help", BILAL)
    assert world.office_keys(again) == ["code-yours"]
    assert code_in(world, first) == code_in(world, again)
    world.pass_time(25 * 3600)
    later = writes(world, "!help", BILAL)
    assert world.office_keys(later) == ["code-expected", "code-yours"]
    assert code_in(world, later) != code_in(world, first)
    assert world.office_keys(writes(world, code_in(world, first))) == ["code-wrong"]


def test_keys_that_were_replaced_read_and_command_nothing_and_all_are_told() -> None:
    world = World().found()
    alarm = said(shows(world, ANNA, Seen(True, FORGED)), "keys-changed")
    assert (alarm.audience, alarm.pinned) == (frozenset({ANNA, BILAL}), False)
    assert not world.office_keys(shows(world, ANNA, Seen(True, FORGED))), "once"
    asked = writes(world, f"!team add {CEM}")
    assert world.office_keys(asked) == ["code-expected", "code-yours"]
    assert said(asked, "code-yours").identities == frozenset({FORGED})
    assert pinned(world)[ANNA] == key_of(ANNA), "what is said goes to the keys that were hers"
    assert world.office_keys(writes(world, code_in(world, asked), BILAL)) == ["pinned"]
    assert pinned(world)[ANNA] == FORGED


def test_a_word_of_the_old_keys_does_not_count_for_the_new_ones() -> None:
    world = World().found()
    world.memory.identities[ANNA] = Seen(True, FORGED)
    asked = writes(world, "!help", identity=key_of(ANNA), doubt=Doubt.UNSIGNED)
    assert world.office_keys(asked) == ["keys-changed", "keys-unsigned"]


def test_keys_that_change_between_reading_out_and_typing() -> None:
    world = World().found()
    shows(world, ANNA, Seen(True, "her own new key"))
    code = code_in(world, writes(world, "It is me"))
    shows(world, ANNA, Seen(True, FORGED))
    assert world.office_keys(writes(world, code, BILAL)) == ["code-outdated"]
    assert pinned(world)[ANNA] == key_of(ANNA)


def test_keys_that_are_withheld_and_come_back() -> None:
    world = World().found()
    hidden = Seen(True, key_of(ANNA), withheld=True)
    assert world.office_keys(shows(world, ANNA, hidden)) == ["keys-withheld"]
    assert world.office_keys(writes(world, "!help", doubt=Doubt.UNSIGNED)) == ["keys-unsigned"]
    back = shows(world, ANNA, Seen(True, key_of(ANNA)))
    assert world.office_keys(back) == ["keys-back"]
    assert [x.user for x in back if isinstance(x, SetPin)] == [ANNA], "what rests goes on"
    assert world.office_keys(writes(world, "!help")) == ["help"]


def added(world: World, keys_: Seen) -> list[Request]:
    """Two members add somebody whose homeserver shows this of her keys."""
    world.memory.identities[CEM] = keys_
    writes(world, f"!team add {CEM}")
    return [*writes(world, "!confirm", BILAL), *world.pass_time(0)]


def lead_in(world: World) -> str:
    return next(x.room_id for name, x in world.memory.handles.items() if name.startswith("lead/"))


def test_who_has_no_keys_is_led_to_them_before_she_is_invited() -> None:
    world = World().found()
    asked = added(world, Seen(True))
    assert invited(asked) == []
    assert world.office_keys(asked) == ["candidate-waits"]
    assert world.keys(asked, lead_in(world)) == ["lead"]
    assert "Element X" in world.text(asked, "lead")
    shown = world.text(writes(world, "!team"), "team")
    assert "Not invited yet" in shown
    world.move(lead_in(world), CEM, "join")
    said_there = world.write("Ich habe es gemacht", CEM, lead_in(world))[1]
    assert world.keys(said_there, lead_in(world)) == ["lead-again"]
    assert not invited([*said_there, *world.pass_time(0)])
    assert not world.memory.documents.get("ombuds/case"), "what she writes there is no complaint"
    asked = shows(world, CEM, Seen(True, key_of(CEM)))
    assert invited(asked) == [CEM]
    assert world.office_keys(asked) == ["team-added"]
    assert world.keys(asked, lead_in(world)) == ["lead-done"]
    assert [x.room for x in asked if isinstance(x, Leave)] == [lead_in(world)]
    assert world.office_keys(world.move(OFFICE, CEM, "join")) == ["team-joined", "code-first"]


def test_keys_that_are_withheld_invite_nobody() -> None:
    world, hidden = World().found(), Seen(True, key_of(CEM), withheld=True)
    asked = added(world, hidden)
    assert (invited(asked), world.office_keys(asked)) == ([], ["keys-withheld"])
    assert world.office_keys(shows(world, CEM, hidden)) == [], "once"
    assert invited(shows(world, CEM, Seen(True, key_of(CEM)))) == [CEM]


def test_a_homeserver_that_says_nothing_is_asked_again_and_the_team_is_told() -> None:
    world = World().found()
    world.memory.clients[CEM] = None
    asked = added(world, Seen(False))
    assert (invited(asked), world.office_keys(asked)) == ([], [])
    assert [x.user for x in asked if isinstance(x, AskDevices)] == [CEM]
    later = world.pass_time(2 * 3600)
    assert (invited(later), world.office_keys(later)) == ([], ["candidate-unknown"])
    world.memory.clients[CEM] = frozenset({"PHONE"})
    world.memory.identities[CEM] = Seen(True, key_of(CEM))
    assert invited(world.pass_time(3601)) == [CEM]


def test_who_is_not_wanted_any_more_is_not_led_on() -> None:
    world = World().found()
    added(world, Seen(True))
    asked = writes(world, f"!team remove {CEM}")
    assert world.office_keys(asked) == ["team-withdrawn"]
    assert [x.room for x in asked if isinstance(x, Leave)] == [lead_in(world)]
    assert not [x for x in asked if isinstance(x, Kick)], "she was never invited"
    assert not invited(shows(world, CEM, Seen(True, key_of(CEM))))


# -- nobody is known any more ----------------------------------------------------------------------


def from_host(world: World, user: str = ANNA, age: float = 0.0) -> str:
    """Whoever runs the machine makes a code."""
    code = "HKMN23456789"
    made = Given(user, "s", codes.digest("s", code), world.now.timestamp() - age, founder=False)
    world.bot.settings = replace(world.bot.settings, codes=(*world.bot.settings.codes, made))
    return code


def test_a_code_from_the_host_counts_where_nobody_is_known_and_all_are_told() -> None:
    world = World().found()
    for user in (ANNA, BILAL):
        shows(world, user, Seen(True, f"new {user}"))
    assert world.office_keys(writes(world, "!help")) == ["code-host"]
    code = from_host(world)
    assert world.office_keys(writes(world, "!help")) == ["code-needed"]
    asked = writes(world, code)
    assert world.office_keys(asked) == ["pinned", "code-from-host"]
    assert not said(asked, "code-from-host").pinned
    assert pinned(world)[ANNA] == f"new {ANNA}"


def test_it_does_not_count_while_somebody_is_known() -> None:
    world = World().found()
    shows(world, ANNA, Seen(True, FORGED))
    assert world.office_keys(writes(world, from_host(world))) == ["code-spent"]


def test_it_lasts_a_day() -> None:
    world = begun()
    assert world.office_keys(writes(world, from_host(world, age=25 * 3600))) == ["code-spent"]


# -- who leaves, and a room that is lost -----------------------------------------------------------


def gone(world: World, user: str) -> None:
    world.move(OFFICE, user, "leave")


def lost(world: World) -> CreateRoom:
    """The homeserver's admin removes the office from its room."""
    out = Membership(world.origin(OFFICE, BOT), world.view(OFFICE), BOT, MembershipKind.LEAVE)
    asked = world.handle(out)
    (made,) = (x for x in asked if isinstance(x, CreateRoom))
    world.said = asked
    return made


def test_who_leaves_is_not_known_any_more() -> None:
    world = World().found()
    gone(world, BILAL)
    assert pinned(world) == {ANNA: key_of(ANNA)}
    assert world.memory.get(PINS, BILAL) is None


def test_a_new_room_asks_in_only_those_whose_keys_are_known() -> None:
    world = World().found()
    world.memory.identities[BILAL] = Seen(True, FORGED)
    assert lost(world).invite == (ANNA,)
    told = said(world.said, "room-without")
    assert told.phrase.values["people"] == BILAL


def test_who_left_before_is_not_asked_in_again() -> None:
    world = World().found()
    gone(world, BILAL)
    world.pass_time(10)
    assert lost(world).invite == (ANNA,)


def test_who_seems_to_leave_as_a_room_is_deleted_stays_known() -> None:
    world = World().found()
    for user in (ANNA, BILAL):
        gone(world, user)
    assert lost(world).invite == (ANNA, BILAL)
    assert pinned(world) == {ANNA: key_of(ANNA), BILAL: key_of(BILAL)}


# -- one alone -------------------------------------------------------------------------------------

THREE_DAYS = 72 * 3600


def left_alone() -> World:
    """A team of two, of whom one lost her keys for good."""
    world = World().found()
    shows(world, BILAL, Seen(True, FORGED))
    return world


def invited(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Invite)]


def test_one_alone_acts_after_three_days_and_all_are_told_at_once() -> None:
    world = left_alone()
    asked = writes(world, f"!team add {CEM}")
    assert world.office_keys(asked) == ["team-add-proposed", "team-alone"]
    alarm = said(asked, "team-alone")
    assert (alarm.audience, alarm.pinned) == (frozenset({ANNA, BILAL}), False)
    assert not invited(world.pass_time(THREE_DAYS - 60))
    done = world.pass_time(120)
    assert invited(done) == [CEM]
    assert "team-alone-done" in world.office_keys(done)


def test_one_alone_can_remove_who_is_not_confirmed() -> None:
    world = left_alone()
    writes(world, f"!team remove {BILAL}")
    assert "team-removed" in world.office_keys(world.pass_time(THREE_DAYS + 1))


def test_not_alone_once_somebody_else_is_confirmed() -> None:
    world = left_alone()
    writes(world, f"!team add {CEM}")
    shows(world, BILAL, Seen(True, key_of(BILAL)))
    assert not invited(world.pass_time(THREE_DAYS + 1))
    assert invited(writes(world, "!confirm", BILAL)) == [CEM]


def test_what_was_proposed_by_keys_that_changed_since_is_not_done() -> None:
    world = left_alone()
    writes(world, f"!team add {CEM}")
    shows(world, ANNA, Seen(True, FORGED))
    assert not invited(world.pass_time(THREE_DAYS + 1))
