"""Somebody outside of the office can be the second, and learns nothing of what is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bots.ombuds import keys
from bots.ombuds.documents.team import OFFICE as DOCUMENT
from bots.ombuds.documents.trustees import TRUSTEES
from bots.runtime.model.decision import Due, Request, Say
from federation.model.actions import CreateRoom, Invite, Kick, Leave
from federation.model.events import Doubt, MediaMessage, Seen, TextMessage
from tests.kit.memory import key_of
from tests.kit.ombuds import ANNA, BILAL, BOT, CEM, OFFICE, SETTINGS, World
from tests.kit.world import said

DORA, EVA = "@dora:board.example", "@eva:staff.example"
THREE_DAYS = 72 * 3600.0
FORGED = "a key that somebody made in her name"


def team(*staff: str) -> World:
    return World(replace(SETTINGS, staff=staff or (ANNA, BILAL))).found()


def writes(world: World, body: str, user: str = ANNA, **origin: Any) -> list[Request]:
    came = replace(world.origin(OFFICE, user), **origin)
    return world.handle(TextMessage(came, world.view(OFFICE), body))


def chat(world: World, user: str = DORA) -> str:
    number = world.kept(TRUSTEES, user).number
    return world.memory.handles[keys.TRUSTEE(number=number)].room_id


def answers(world: World, body: str, user: str = DORA, **origin: Any) -> list[Request]:
    room = chat(world)
    came = replace(world.origin(room, user), **origin)
    return world.handle(TextMessage(came, world.view(room), body))


def in_chat(world: World, asked: list[Request]) -> list[str]:
    return world.keys(asked, chat(world))


def named(world: World) -> list[Request]:
    """Two members name her."""
    writes(world, f"!team vertrauensperson {DORA}")
    if len(world.kept(DOCUMENT, "office").roster) == 1:
        return world.said
    return writes(world, "!confirm", BILAL)


def confirmed(*staff: str) -> World:
    """She comes into her chat, is given a code, and reads it out."""
    world = team(*staff)
    named(world)
    world.move(chat(world), DORA, "join")
    code = str(said(answers(world, "Guten Tag"), "code-yours-outside").phrase.values["code"])
    assert world.office_keys(writes(world, code)) == ["trustee-pinned"]
    return world


def alone(world: World) -> World:
    """Bilal's keys are others."""
    world.memory.identities[BILAL] = Seen(True, FORGED)
    world.handle(Due(keys.DEVICES(user=BILAL)))
    return world


def word(asked: list[Request], key: str = "trustee-add-asked", answer: str = "yes") -> str:
    return str(said(asked, key).phrase.values[answer].in_language("de"))  # type: ignore[attr-defined]


def invited(asked: list[Request]) -> list[str]:
    return [x.user for x in asked if isinstance(x, Invite)]


# -- how she becomes one ---------------------------------------------------------------------------


def test_two_members_name_her_and_she_gets_a_chat_of_her_own() -> None:
    world = team()
    asked = writes(world, f"!team trustee {DORA}")
    assert world.office_keys(asked) == ["trustee-add-proposed"]
    assert world.memory.get(TRUSTEES, DORA) is None
    asked = writes(world, "!confirm", BILAL)
    assert world.office_keys(asked) == ["trustee-named"]
    (made,) = (x for x in asked if isinstance(x, CreateRoom))
    assert (made.invite, made.encrypted, made.direct) == ((DORA,), True, True)
    assert in_chat(world, asked) == ["trustee-welcome"]
    assert not invited(asked), "she does not come into the staff's room"
    assert [x.what for x in world.records][-1] == "trustee-named"


def test_she_is_confirmed_by_a_code_that_only_her_keys_can_read() -> None:
    world = team()
    named(world)
    world.move(chat(world), DORA, "join")
    asked = answers(world, "Guten Tag")
    assert (in_chat(world, asked), world.office_keys(asked)) == (
        ["code-yours-outside"],
        ["code-expected"],
    )
    told = said(asked, "code-yours-outside")
    assert (told.audience, told.identities) == (frozenset({DORA}), frozenset({key_of(DORA)}))
    code = str(told.phrase.values["code"])
    assert in_chat(world, answers(world, code)) == ["code-yours-outside"], "not by herself"
    asked = writes(world, code, BILAL)
    assert (world.office_keys(asked), in_chat(world, asked)) == (
        ["trustee-pinned"],
        ["trustee-known"],
    )


def test_without_keys_of_her_own_she_is_led_to_them() -> None:
    world = team()
    named(world)
    world.move(chat(world), DORA, "join")
    world.memory.identities[DORA] = Seen(True)
    asked = answers(world, "Guten Tag", doubt=Doubt.UNSIGNED, identity="")
    assert in_chat(world, asked) == ["keys-none"]


def test_she_is_shown_in_the_team() -> None:
    world = team()
    named(world)
    shown = world.text(writes(world, "!team"), "team")
    assert "not confirmed or not there: \u2068@dora:board.example" in shown
    shown = world.text(writes(confirmed(), "!team"), "team")
    assert "Trustee outside of the office: \u2068@dora:board.example" in shown


def test_an_address_that_is_nobodys() -> None:
    world = team()
    world.errors["CreateRoom"] = "M_FORBIDDEN"
    assert "trustee-failed" in world.office_keys(named(world))
    assert world.memory.get(TRUSTEES, DORA) is None


@pytest.mark.parametrize("person", [ANNA, BILAL, BOT])
def test_a_member_is_no_trustee(person: str) -> None:
    assert team().office_keys(writes(team(), f"!team trustee {person}")) == ["team-already"]


def test_a_trustee_is_no_member() -> None:
    world = confirmed()
    assert world.office_keys(writes(world, f"!team add {DORA}")) == ["team-already"]


def test_one_alone_names_nobody() -> None:
    """Who holds one phone would name her own second."""
    world = alone(team())
    asked = writes(world, f"!team trustee {DORA}")
    assert "team-waits" in world.office_keys(asked)
    world.pass_time(THREE_DAYS + 60)
    assert world.memory.get(TRUSTEES, DORA) is None


def test_a_team_of_one_names_its_first_trustee_alone() -> None:
    world = team(ANNA)
    assert world.office_keys(writes(world, f"!team trustee {DORA}")) == ["trustee-named"]


# -- when she is asked -----------------------------------------------------------------------------


def test_while_a_second_member_is_there_she_is_not_asked() -> None:
    world = confirmed()
    assert in_chat(world, writes(world, f"!team add {CEM}")) == []


def test_her_yes_is_the_second_word() -> None:
    world = alone(confirmed())
    asked = writes(world, f"!team add {CEM}")
    assert in_chat(world, asked) == ["trustee-add-asked"]
    question = said(asked, "trustee-add-asked")
    assert (question.audience, question.identities) == (
        frozenset({DORA}),
        frozenset({key_of(DORA)}),
    )
    assert question.sealed
    asked = answers(world, word(asked))
    assert invited(asked) == [CEM]
    assert world.office_keys(asked) == ["trustee-agreed", "team-added"]
    assert in_chat(world, asked) == ["trustee-noted"]
    assert not invited(world.pass_time(THREE_DAYS + 60)), "once"


@pytest.mark.parametrize("said_", ["nein", "no", "Nein, danke", "❌"])
def test_her_no_ends_it(said_: str) -> None:
    world = alone(confirmed())
    writes(world, f"!team add {CEM}")
    asked = answers(world, said_)
    assert world.office_keys(asked) == ["trustee-objected"]
    assert not invited(world.pass_time(THREE_DAYS + 60))


def test_her_silence_leaves_it_at_three_days_and_an_alarm() -> None:
    world = alone(confirmed())
    asked = writes(world, f"!team add {CEM}")
    assert "team-alone" in world.office_keys(asked)
    assert not invited(world.pass_time(THREE_DAYS - 60))
    assert invited(world.pass_time(120)) == [CEM]
    assert in_chat(world, answers(world, "ja")) == ["trustee-nothing"]


def test_she_is_asked_where_all_others_are_away() -> None:
    world = confirmed()
    writes(world, "!absent 14", BILAL)
    asked = writes(world, f"!team add {CEM}")
    assert in_chat(world, asked) == ["trustee-add-asked"]
    assert invited(answers(world, word(asked))) == [CEM]


def test_a_yes_without_its_code_counts_for_nothing() -> None:
    world = alone(confirmed())
    asked = writes(world, f"!team add {CEM}")
    for text in ("ja", "ja 234567", "vielleicht", word(asked).split()[1]):
        asked = answers(world, text)
        assert (in_chat(world, asked), invited(asked)) == (["trustee-how"], [])


def test_a_code_belongs_to_one_question() -> None:
    world = alone(confirmed())
    first = word(writes(world, f"!team add {CEM}"))
    second = word(writes(world, f"!team add {EVA}"))
    assert in_chat(world, answers(world, "nein")) == ["trustee-how"], "to which?"
    assert invited(answers(world, first.lower())) == [CEM]
    assert invited(answers(world, second)) == [EVA]


@pytest.mark.parametrize(
    "how",
    [
        {"encrypted": False, "identity": ""},
        {"doubt": Doubt.UNSIGNED, "identity": ""},
        {"doubt": Doubt.UNKNOWN, "identity": ""},
        {"identity": FORGED},
    ],
)
def test_nobody_says_it_for_her(how: dict[str, Any]) -> None:
    world = alone(confirmed())
    yes = word(writes(world, f"!team add {CEM}"))
    assert invited(answers(world, yes, **how)) == []


def test_new_keys_of_hers_say_nothing_and_the_team_is_alarmed() -> None:
    world = alone(confirmed())
    yes = word(writes(world, f"!team add {CEM}"))
    world.memory.identities[DORA] = Seen(True, FORGED)
    asked = answers(world, yes, identity=FORGED)
    assert invited(asked) == []
    assert world.office_keys(asked) == ["keys-changed", "code-expected"]


def test_an_account_with_new_keys_is_not_asked() -> None:
    world = alone(confirmed())
    world.memory.identities[DORA] = Seen(True, FORGED)
    assert world.office_keys(world.handle(Due(keys.DEVICES(user=DORA)))) == ["keys-changed"]
    assert in_chat(world, writes(world, f"!team add {CEM}")) == []


def test_somebody_else_in_her_chat_says_nothing_and_is_put_out() -> None:
    world = alone(confirmed())
    yes = word(writes(world, f"!team add {CEM}"))
    asked = world.move(chat(world), EVA, "join")
    assert [x.user for x in asked if isinstance(x, Kick)] == [EVA]
    assert answers(world, yes, EVA) == []


def test_who_is_confirmed_meanwhile_is_asked_for_what_waits() -> None:
    world = team(ANNA, BILAL)
    named(world)
    world.move(chat(world), DORA, "join")
    alone(world)
    writes(world, f"!team add {CEM}")
    code = str(said(answers(world, "Hallo"), "code-yours-outside").phrase.values["code"])
    assert "trustee-add-asked" in in_chat(world, writes(world, code))


def test_she_can_keep_a_confirmed_member_from_being_put_out() -> None:
    world = confirmed(ANNA, BILAL, CEM)
    writes(world, "!absent 14", BILAL)
    asked = writes(world, f"!team remove {CEM}")
    assert in_chat(world, asked) == ["trustee-remove-asked"]
    assert not [x for x in world.pass_time(THREE_DAYS + 60) if isinstance(x, Kick)]
    asked = answers(world, word(asked, "trustee-remove-asked"))
    assert [x.user for x in asked if isinstance(x, Kick)] == [CEM]


def test_a_team_of_one_asks_her_before_it_adds_anybody() -> None:
    world = confirmed(ANNA)
    asked = writes(world, f"!team add {CEM}")
    assert (in_chat(world, asked), invited(asked)) == (["trustee-add-asked"], [])
    assert invited(answers(world, word(asked))) == [CEM]


# -- what she learns -------------------------------------------------------------------------------


def test_nothing_of_a_case_reaches_her_and_she_shows_nobody_who_wrote() -> None:
    world = alone(confirmed()).with_chat()
    world.write("Sie schlagen das Kind.")
    world.staff("!antwort Wir kommen.")
    asked = world.staff("!identität Gefahr für ein Kind")
    assert world.office_keys(asked)[:1] == ["identity-asked"]
    world.pass_time(7 * 24 * 3600.0)
    there = [x for x in world.said if isinstance(x, Say) and world.at(x) == chat(world)]
    assert {x.phrase.key for x in there} == {
        "trustee-welcome",
        "code-yours-outside",
        "trustee-known",
    }
    assert all(x.audience == frozenset({DORA}) for x in there)
    for command in ("!help", "!cases", "!identität 1", "!answer 1 Ja", f"!team add {CEM}"):
        asked = answers(world, command)
        assert (in_chat(world, asked), world.office_keys(asked)) == (["trustee-nothing"], [])


def test_what_is_no_text_is_asked_for_in_words() -> None:
    world = confirmed()
    room = chat(world)
    sent = MediaMessage(world.origin(room, DORA), world.view(room), "audio")
    assert in_chat(world, world.handle(sent)) == ["trustee-words"]
    assert in_chat(world, world.garble(DORA, room)) == [], "it is said once in a while"


# -- how it ends -----------------------------------------------------------------------------------


def test_two_members_remove_her() -> None:
    world = confirmed()
    room = chat(world)
    assert world.office_keys(writes(world, f"!team remove {DORA}")) == ["trustee-remove-proposed"]
    asked = writes(world, "!confirm", BILAL)
    assert world.office_keys(asked) == ["trustee-removed"]
    assert world.keys(asked, room) == ["trustee-over"]
    assert [x.room for x in asked if isinstance(x, Leave)] == [room]
    assert world.memory.get(TRUSTEES, DORA) is None
    world.move(room, BOT, "leave")
    assert "dora" not in world.text(writes(world, "!team"), "team")


def test_one_alone_does_not_get_rid_of_her() -> None:
    world = alone(confirmed())
    writes(world, f"!team remove {DORA}")
    world.pass_time(THREE_DAYS + 60)
    assert world.memory.get(TRUSTEES, DORA) is not None


def test_who_leaves_her_chat_cannot_be_asked_and_the_team_hears_it() -> None:
    world = alone(confirmed())
    room = chat(world)
    assert world.office_keys(world.move(room, DORA, "leave")) == ["trustee-left"]
    asked = writes(world, f"!team add {CEM}")
    assert world.keys(asked, room) == []
    assert "team-alone" in world.office_keys(asked)


def test_a_room_that_is_lost_keeps_her() -> None:
    world = confirmed()
    world.move(OFFICE, BOT, "leave")
    assert world.memory.get(TRUSTEES, DORA) is not None


# -- a team of one ---------------------------------------------------------------------------------


def test_a_team_of_one_is_shown_as_such_to_itself_and_to_who_asks() -> None:
    world = team(ANNA).with_chat()
    assert "This team is one person." in world.text(writes(world, "!team"), "team")
    asked = world.write("!help")[1]
    assert "one person alone works in this office" in world.text(asked, "reporter-help")
    world = team().with_chat()
    assert "one person" not in world.text(writes(world, "!team"), "team")
    asked = world.write("!help")[1]
    assert "one person" not in world.text(asked, "reporter-help")
