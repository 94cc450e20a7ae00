"""Whose commands count in the network's rooms: signed devices, days of grace, what is held."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.announcements.documents.news import State
from bots.onboarding.documents import WishState
from bots.runtime.kit.standing import wording
from bots.runtime.kit.standing.documents import HELD, KNOWN, Known
from bots.runtime.model.decision import Due, Phrase, Request, Say
from bots.runtime.speech.words import Words
from federation.client.pictures import png
from federation.model.actions import AskDevices
from federation.model.events import Doubt, RoomView, Seen, TextMessage
from tests.kit import announcements, exchange
from tests.kit.memory import key_of
from tests.kit.onboarding import ANNA, BILAL, BOT, COORDINATION, LEYLA, SETTINGS, Town

DAY = 24 * 3600.0


@pytest.fixture
def town() -> Town:
    """Leyla waits to be let in; Anna has set up no keys."""
    town = Town()
    town.start()
    ask_in(town)
    town.memory.identities[ANNA] = Seen(known=True)
    return town


def ask_in(town: Town, user: str = LEYLA, chat: str = "!chat-leyla") -> None:
    town.chat(user, chat)
    town.says("hallo", user, chat)
    town.says("ja", user)


def writes(
    town: Any,
    body: str,
    sender: str = ANNA,
    room: str = COORDINATION,
    doubt: Doubt | None = Doubt.UNSIGNED,
    **fields: Any,
) -> tuple[TextMessage, list[Request]]:
    """A message from a device that is not signed; the homeserver shows it to whoever asks."""
    origin = replace(town.origin(room, sender), doubt=doubt)
    if doubt is not None:
        origin = replace(origin, identity="")
    event = TextMessage(origin, town.view(room), body, **fields)
    raw = {
        "event_id": origin.event_id,
        "sender": sender,
        "type": "m.room.message",
        "origin_server_ts": origin.sent_at,
        "content": {"msgtype": "m.text", "body": body},
    }
    town.seen[origin.event_id] = {"event": raw, "edit": {}, "encrypted": True}
    return event, town.handle(event)


def admits(town: Town, sender: str = ANNA, **fields: Any) -> tuple[TextMessage, list[Request]]:
    target = town.event_of("onboarding/wish/1")
    return writes(town, "!admit", sender, reply_to=target, **fields)


def signs(town: Any, user: str = ANNA, master: str = "") -> None:
    town.memory.identities[user] = Seen(True, master or key_of(user))


def phrases(town: Town, requests: list[Request]) -> list[str]:
    """What was said to coordinators, pictures aside."""
    said = (x for x in requests if isinstance(x, Say) and x.room == COORDINATION)
    return [x.phrase.key for x in said if not x.picture]


def known(town: Any, user: str = ANNA) -> Known:
    found = town.memory.get(KNOWN, user)
    assert isinstance(found, Known)
    return found


def said(requests: list[Request], key: str) -> Phrase:
    (found,) = (x.phrase for x in requests if isinstance(x, Say) and x.phrase.key == key)
    return found


# -- days of grace ---------------------------------------------------------------------------------


def test_her_command_is_carried_out_and_she_is_told_until_when(town: Town) -> None:
    _, asked = admits(town)
    assert town.wish().state is WishState.ADMITTED
    told = said(asked, "unsigned")
    assert told.values["date"] == "19.03.2026"
    text = town.bot.render(told).body
    assert "19.03.2026" in text
    assert "set up recovery" in text


def test_she_is_told_behind_the_answer_and_every_third_day(town: Town) -> None:
    _, asked = admits(town)
    assert phrases(town, asked)[-1] == "unsigned"
    for days, again in ((1, False), (1, False), (1.5, True)):
        town.pass_time(days * DAY)
        assert ("unsigned" in phrases(town, admits(town)[1])) is again


def test_who_has_keys_and_another_device_is_told_to_verify_it(town: Town) -> None:
    signs(town)
    told = said(admits(town)[1], "unsigned")
    assert "Verify this device" in town.bot.render(told).body


def test_nothing_changes_for_signed_devices(town: Town) -> None:
    signs(town)
    _, asked = admits(town, doubt=None)
    assert town.wish().state is WishState.ADMITTED
    assert "unsigned" not in phrases(town, asked)
    assert known(town).identity == key_of(ANNA)


def test_once_she_has_signed_a_device_another_has_no_days(town: Town) -> None:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    _, asked = admits(town)
    assert phrases(town, asked) == ["held-unsigned"]
    assert town.wish().open


def test_the_days_begin_with_the_settings_and_pass(town: Town) -> None:
    town.pass_time(14 * DAY)
    _, asked = admits(town)
    assert phrases(town, asked) == ["held-unsigned"]
    assert town.wish().open


def test_a_moderator_whom_no_settings_name_has_days_of_her_own(town: Town) -> None:
    town.memory.identities[BILAL] = Seen(known=True)
    town.pass_time(20 * DAY)
    _, asked = admits(town, BILAL)
    assert "unsigned" in phrases(town, asked)
    assert town.wish().state is WishState.ADMITTED


def test_without_days_it_is_held_at_once() -> None:
    town = Town(replace(SETTINGS, unsigned=timedelta()))
    town.start()
    ask_in(town)
    town.memory.identities[ANNA] = Seen(known=True)
    assert phrases(town, admits(town)[1]) == ["held-unsigned"]


def test_reading_and_a_room_in_clear_need_no_keys(town: Town) -> None:
    town.pass_time(20 * DAY)
    assert phrases(town, writes(town, "!help")[1]) == ["coordination-help"]
    town.views[COORDINATION] = replace(town.view(COORDINATION), encrypted=False)
    origin = town.origin(COORDINATION, ANNA, encrypted=False)
    target = town.event_of("onboarding/wish/1")
    town.handle(TextMessage(origin, town.view(COORDINATION), "!admit", reply_to=target))
    assert town.wish().state is WishState.ADMITTED


def test_who_may_not_decide_is_told_that_and_nothing_is_kept(town: Town) -> None:
    town.pass_time(20 * DAY)
    _, asked = admits(town, "@curious:a.example")
    assert phrases(town, asked) == ["only-coordinators"]
    assert not town.memory.all(HELD)


@pytest.mark.parametrize(
    ("language", "keys", "picture"),
    [
        ("de", "", "steps/keys"),
        ("de", "hers", "steps/device"),
        ("ar", "", "steps/keys-rtl"),
        ("ar", "hers", "steps/device-rtl"),
    ],
)
def test_what_to_do_is_shown_as_a_picture_behind_the_words(
    language: str, keys: str, picture: str
) -> None:
    town = Town(replace(SETTINGS, languages=(language, "en"), unsigned=timedelta()))
    town.bot.words = Words()
    town.start()
    ask_in(town)
    town.memory.identities[ANNA] = Seen(True, keys)
    _, asked = admits(town)
    words, shown = [x for x in asked if isinstance(x, Say) and x.room == COORDINATION]
    assert words.phrase.key == "held-unsigned"
    assert shown.picture == picture
    assert png(picture)
    body = town.bot.render(shown.phrase).body
    assert body != shown.phrase.key
    assert ("Picture" in body) is (language == "en")


def test_a_picture_is_shown_once_an_hour(town: Town) -> None:
    town.pass_time(15 * DAY)

    def shown() -> int:
        return len([x for x in admits(town)[1] if isinstance(x, Say) and x.picture])

    assert [shown(), shown()] == [1, 0]
    town.pass_time(3601)
    assert shown() == 1


# -- held ------------------------------------------------------------------------------------------


@pytest.fixture
def late(town: Town) -> Town:
    """Anna's time is over."""
    town.pass_time(15 * DAY)
    return town


def test_it_is_carried_out_once_she_says_so_from_a_signed_device(late: Town) -> None:
    _, asked = admits(late)
    notice = late.event_of(f"standing/held/{late.memory.all(HELD)[0].event}")
    text = late.bot.render(said(asked, "held-unsigned")).body
    assert "!bestätigen" in text
    signs(late)
    writes(late, "!confirm", doubt=None, reply_to=notice)
    assert late.wish().state is WishState.ADMITTED
    assert not late.memory.all(HELD)
    assert not [x for x in late.timers if x.startswith("standing/")]


def test_her_yes_does_not_count_from_a_device_that_is_not_signed(late: Town) -> None:
    admits(late)
    _, asked = writes(late, "!confirm")
    assert phrases(late, asked) == ["confirm-device"]
    assert late.wish().open


def test_nobody_else_says_yes_for_her(late: Town) -> None:
    admits(late)
    _, asked = writes(late, "!confirm", BILAL, doubt=None)
    assert phrases(late, asked) == ["confirm-none"]
    assert late.wish().open


def test_a_sign_confirms_nothing(late: Town) -> None:
    event, _ = admits(late)
    notice = late.event_of(f"standing/held/{event.origin.event_id}")
    signs(late)
    assert late.react(notice, "✅", ANNA, COORDINATION)[1] == []
    assert late.wish().open


def test_of_several_she_says_which(late: Town) -> None:
    ask_in(late, "@omar:a.example", "!chat-omar")
    first, _ = admits(late)
    target = late.event_of("onboarding/wish/2")
    second, _ = writes(late, "!decline", reply_to=target)
    signs(late)
    assert phrases(late, writes(late, "!confirm", doubt=None)[1]) == ["confirm-which"]
    writes(late, "!confirm", doubt=None, reply_to=second.origin.event_id)
    assert late.wish().open
    assert late.wish("@omar:a.example").state is WishState.DECLINED
    writes(late, "!confirm", doubt=None, reply_to=first.origin.event_id)
    assert late.wish().state is WishState.ADMITTED


def test_what_she_changed_meanwhile_is_not_carried_out(late: Town) -> None:
    event, _ = admits(late)
    edit = {**late.seen[event.origin.event_id]["event"], "event_id": "$edit"}
    late.seen[event.origin.event_id]["edit"] = {
        **edit,
        "content": {
            "msgtype": "m.text",
            "body": "* !decline",
            "m.new_content": {"msgtype": "m.text", "body": "!decline"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event.origin.event_id},
        },
    }
    signs(late)
    _, asked = writes(late, "!confirm", doubt=None)
    assert phrases(late, asked) == ["held-unread"]
    assert late.wish().open


def test_what_she_deleted_meanwhile_is_forgotten(late: Town) -> None:
    event, _ = admits(late)
    late.seen[event.origin.event_id]["event"]["content"] = {}
    late.seen[event.origin.event_id]["encrypted"] = False
    signs(late)
    assert phrases(late, writes(late, "!confirm", doubt=None)[1]) == []
    assert late.wish().open
    assert not late.memory.all(HELD)


def test_it_is_forgotten_after_a_week_with_a_word(late: Town) -> None:
    admits(late)
    assert "held-forgotten" not in phrases(late, late.pass_time(6.9 * DAY))
    assert "held-forgotten" in phrases(late, late.pass_time(0.2 * DAY))
    signs(late)
    assert phrases(late, writes(late, "!confirm", doubt=None)[1]) == ["confirm-none"]


def test_who_may_not_decide_any_more_has_nothing_carried_out(late: Town) -> None:
    late.memory.identities[BILAL] = Seen(known=True)
    admits(late, BILAL)
    late.pass_time(15 * DAY)
    signs(late, BILAL)
    event, asked = admits(late, BILAL, doubt=Doubt.UNSIGNED)
    assert asked
    late.moderated(COORDINATION)
    writes(late, "!confirm", BILAL, doubt=None, reply_to=event.origin.event_id)
    assert not [x for x in late.said if isinstance(x, Say) and x.phrase.key == "wish-declined"]


# -- unknown devices -------------------------------------------------------------------------------


def test_a_device_that_is_not_known_is_asked_for_and_the_command_waits(town: Town) -> None:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    event, asked = admits(town, doubt=Doubt.UNKNOWN)
    assert AskDevices(COORDINATION, ANNA) in asked
    assert phrases(town, asked) == []
    assert phrases(town, town.pass_time(4)) == []
    assert phrases(town, town.pass_time(2)) == ["held-slow"]
    origin = replace(event.origin, doubt=None, identity=key_of(ANNA))
    town.handle(replace(event, origin=origin))
    assert town.wish().state is WishState.ADMITTED
    assert not town.memory.all(HELD)


def test_what_is_known_soon_is_no_matter(town: Town) -> None:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    event, _ = admits(town, doubt=Doubt.UNKNOWN)
    origin = replace(event.origin, doubt=None, identity=key_of(ANNA))
    town.handle(replace(event, origin=origin))
    assert phrases(town, town.pass_time(60)) == []


def test_an_answer_after_more_than_a_week_carries_nothing_out(town: Town) -> None:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    event, _ = admits(town, doubt=Doubt.UNKNOWN)
    town.pass_time(8 * DAY)
    origin = replace(event.origin, doubt=None, identity=key_of(ANNA))
    assert phrases(town, town.handle(replace(event, origin=origin))) == ["held-forgotten"]
    assert town.wish().open


# -- other keys ------------------------------------------------------------------------------------


@pytest.fixture
def reset(town: Town) -> Town:
    """Anna was known by her keys, and has others now."""
    signs(town)
    writes(town, "!decline #77", doubt=None)
    signs(town, ANNA, "others")
    return town


def test_other_keys_are_told_and_obeyed_once_a_colleague_vouches_for_them(reset: Town) -> None:
    event, asked = admits(reset, doubt=None)
    assert phrases(reset, asked) == ["held-changed"]
    text = reset.bot.render(said(asked, "held-changed")).body
    assert f"!bestätigen {ANNA}" in text
    assert "08.03.2026" in text
    assert reset.wish().open
    _, asked = writes(reset, f"!confirm {ANNA}", BILAL, doubt=None)
    assert phrases(reset, asked) == ["confirmed"]
    assert reset.wish().open
    writes(reset, "!confirm", doubt=None, reply_to=event.origin.event_id)
    assert reset.wish().state is WishState.ADMITTED


def test_she_cannot_vouch_for_herself_before_three_days(reset: Town) -> None:
    admits(reset, doubt=None)
    for body in ("!confirm", f"!confirm {ANNA}"):
        assert phrases(reset, writes(reset, body, doubt=None)[1]) == ["confirm-changed"]
    reset.pass_time(3 * DAY)
    writes(reset, "!confirm", doubt=None)
    assert reset.wish().state is WishState.ADMITTED
    assert known(reset).identity == "others"


def test_keys_that_change_once_more_wait_anew(reset: Town) -> None:
    admits(reset, doubt=None)
    reset.pass_time(3 * DAY)
    signs(reset, ANNA, "yet others")
    assert phrases(reset, writes(reset, "!confirm", doubt=None)[1]) == ["confirm-changed"]
    assert reset.wish().open


def test_ghosts_do_not_vouch_for_each_other(reset: Town) -> None:
    writes(reset, "!decline #77", BILAL, doubt=None)
    signs(reset, BILAL, "his others")
    admits(reset, doubt=None)
    _, asked = writes(reset, f"!confirm {ANNA}", BILAL, doubt=None)
    assert phrases(reset, asked) == ["confirm-changed"]
    _, asked = writes(reset, f"!confirm {ANNA}", BILAL)
    assert phrases(reset, asked) == ["confirm-device"]
    assert known(reset).identity == key_of(ANNA)


def test_nobody_vouches_for_keys_that_did_not_change(town: Town) -> None:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    assert phrases(town, writes(town, f"!confirm {ANNA}", BILAL, doubt=None)[1]) == ["confirm-none"]


def test_the_keys_of_old_are_hers_again(reset: Town) -> None:
    admits(reset, doubt=None)
    signs(reset)
    admits(reset, doubt=None)
    assert reset.wish().state is WishState.ADMITTED
    assert known(reset).changed == ""


# -- keys that are left out ------------------------------------------------------------------------


@pytest.fixture
def withheld(town: Town) -> tuple[Town, TextMessage]:
    signs(town)
    writes(town, "!decline #77", doubt=None)
    town.memory.identities[ANNA] = Seen(True, key_of(ANNA), withheld=True)
    event, asked = admits(town)
    assert phrases(town, asked) == ["held-withheld"]
    return town, event


def test_keys_that_are_left_out_are_asked_for_again(withheld: tuple[Town, TextMessage]) -> None:
    town, _ = withheld
    asked = town.pass_time(3600)
    looks = [x for x in asked if x == AskDevices(COORDINATION, ANNA)]
    assert 3 <= len(looks) <= 10
    assert town.wish().open
    signs(town)
    town.pass_time(3600)
    assert town.wish().state is WishState.ADMITTED
    assert not town.memory.all(HELD)


def test_an_answer_that_leaves_them_out_asks_no_more_at_once(
    withheld: tuple[Town, TextMessage],
) -> None:
    town, _ = withheld
    town.pass_time(61)
    due = f"standing/look/{ANNA}"
    assert due in town.timers
    assert not [x for x in town.handle(Due(due)) if isinstance(x, AskDevices)]


def test_other_keys_behind_them_are_not_believed(withheld: tuple[Town, TextMessage]) -> None:
    town, _ = withheld
    signs(town, ANNA, "others")
    town.pass_time(2 * 3600)
    assert town.wish().open


# -- other bots ------------------------------------------------------------------------------------


def editors() -> announcements.World:
    world = announcements.World(view=RoomView(encrypted=True, power_levels={"users": {ANNA: 50}}))
    return world.start()


def test_a_release_is_held_and_carried_out() -> None:
    world = editors()
    world.bot.settings = replace(world.settings, unsigned=timedelta())
    world.memory.views[announcements.ROOM] = world.view = replace(
        world.view, power_levels={"users": {announcements.ANNA: 50}}
    )
    world.memory.identities[announcements.ANNA] = Seen(known=True)

    def writes(body: str, doubt: Doubt | None, **fields: Any) -> tuple[str, list[Request]]:
        key = key_of(announcements.ANNA) if doubt is None else ""
        plain = world.origin(announcements.ANNA)
        origin = replace(plain, encrypted=True, doubt=doubt, identity=key)
        world.wrote.keep(origin, body)
        event = TextMessage(origin, world.view, body, **fields)
        return origin.event_id, world.handle(event)

    draft, _ = writes("Treffen am Freitag", None)
    _, asked = writes("!release", Doubt.UNSIGNED, thread=draft)
    assert world.keys(asked) == ["held-unsigned", "picture-keys"]
    assert world.item().state is State.DRAFT
    _, asked = writes("!undo", Doubt.UNSIGNED, thread=draft)
    assert world.keys(asked) == ["undo-nothing", "held-dropped"]
    writes("!release", Doubt.UNSIGNED, thread=draft)
    world.memory.identities[announcements.ANNA] = Seen(True, key_of(announcements.ANNA))
    writes("!confirm", None, thread=draft)
    assert world.item().state is State.PENDING


def test_what_is_taken_back_while_devices_are_asked_for_does_not_come_after_all() -> None:
    world = editors()
    key = key_of(announcements.ANNA)
    world.memory.identities[announcements.ANNA] = Seen(True, key)
    view = replace(world.view, power_levels={"users": {announcements.ANNA: 50}})

    def message(body: str, doubt: Doubt | None, **fields: Any) -> TextMessage:
        plain = world.origin(announcements.ANNA)
        origin = replace(plain, encrypted=True, doubt=doubt, identity="" if doubt else key)
        return TextMessage(origin, view, body, **fields)

    draft = message("Treffen am Freitag", None)
    world.handle(draft)
    thread = draft.origin.event_id
    world.handle(message("!digest", None))
    late = message("!release", Doubt.UNKNOWN, thread=thread)
    world.handle(late)
    world.handle(message("!undo", None, thread=thread))
    asked = world.handle(replace(late, origin=replace(late.origin, doubt=None, identity=key)))
    assert asked == [] or world.keys(asked) == []
    assert world.item().state is State.DRAFT
    assert not world.memory.all(HELD)


def test_sharing_is_not_turned_on_by_a_device_that_is_not_signed() -> None:
    market = exchange.Market()
    market.bot.settings = replace(market.bot.settings, unsigned=timedelta())
    market.memory.identities[exchange.ANNA] = Seen(known=True)
    place = exchange.CLOSED

    def commands(body: str, doubt: Doubt | None) -> list[str]:
        asked = writes(market, body, exchange.ANNA, place, doubt)[1]
        return [x.phrase.key for x in asked if isinstance(x, Say) and not x.picture]

    assert commands("!exchange", Doubt.UNSIGNED) != ["held-unsigned"]
    assert commands("!exchange on", Doubt.UNSIGNED) == ["held-unsigned"]
    assert commands("!exchange off", Doubt.UNSIGNED) == ["off"]
    signs(market, exchange.ANNA)
    assert commands("!confirm", None) == ["hello"]


# -- what is kept and said -------------------------------------------------------------------------


def test_the_bots_share_what_they_know(town: Town) -> None:
    assert known(town) == Known(ANNA, town.memory.get(KNOWN, ANNA).since)  # type: ignore[union-attr]
    assert BOT not in town.memory.everything()


def test_who_has_herself_erased_is_forgotten_unless_she_decides(town: Town) -> None:
    town.chat(ANNA, "!chat-anna")
    town.says("hallo", ANNA, "!chat-anna")
    town.says("!erase", ANNA)
    town.says("ja", ANNA)
    assert town.memory.get(KNOWN, ANNA) is not None
    town.memory.put(KNOWN, Known(LEYLA, 0.0))
    town.says("!erase")
    town.says("ja")
    assert LEYLA not in town.memory.everything()


def test_every_phrase_is_used() -> None:
    folder = Path(wording.__file__).parent
    rules = [x for x in folder.glob("*.py") if x.name != "wording.py"]
    trees = [ast.parse(x.read_text()) for x in rules]
    used = {x.value for y in trees for x in ast.walk(y) if isinstance(x, ast.Constant)}
    used |= {f"held-{x}" for x in ("unsigned", "changed", "withheld")}
    used |= {f"picture-{x}" for x in ("keys", "device")}
    assert wording.STANDING.keys() - {"help-confirm"} <= used
