"""An alarm: it rings in the room, leaves as a mail that says nothing, and is recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bots.ombuds import bot, keys
from bots.ombuds.documents.alarms import ALARMS
from bots.ombuds.settings import Settings
from bots.ombuds.turn import Turn
from bots.ombuds.wording import RINGING, WORDING
from bots.runtime.kit.bot import Spec
from bots.runtime.kit.routing import Router, on
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, LETTERS
from bots.runtime.model.decision import Deliver, Request, Started
from bridges.email import tokens
from federation.model.events import TextMessage
from tests.kit.ombuds import ANNA, BILAL, BOT, OFFICE, SETTINGS, World

SAID = "device-unsigned"
"""Some phrase that rings."""
OTHER = "team-intruder"
OUTSIDE = ("vorstand@verein.example", "träger@carrier.example")
WITH_MAIL = replace(SETTINGS, languages=("en",), alarms=OUTSIDE)


def _alarmed(turn: Turn, event: TextMessage) -> None:
    turn.alarm(event.body, {"staff": event.origin.sender})


ALARMING = Spec(
    "ombuds", bot.KEPT, Router(on(TextMessage, _alarmed), *bot.ROUTES._routes), WORDING, Turn
)


class Alarmed(World):
    """Whatever is written names an alarm, which is given."""

    def __init__(self, settings: Settings = WITH_MAIL) -> None:
        super().__init__(settings)
        self.found()
        self.bot.spec = ALARMING

    def alarm(self, key: str = SAID) -> list[Request]:
        return self.write(key, ANNA, OFFICE)[1]


def mails(asked: list[Request]) -> list[Deliver]:
    return [x for x in asked if isinstance(x, Deliver)]


def test_it_rings_and_leaves_to_everybody_named() -> None:
    world = Alarmed()
    asked = world.alarm()
    assert SAID in RINGING
    assert world.office_keys(asked) == [SAID]
    to = [x.content["reader"] for x in mails(asked)]
    assert [world.kept(ADDRESSES, x).address for x in to] == list(OUTSIDE)
    assert len({x.lane for x in mails(asked)}) == 2, "a mailbox that is full holds up the other"
    assert all(x.content["urgent"] and tokens.is_token(x.content["token"]) for x in mails(asked))


def test_the_mail_says_nothing_of_what_it_is_about() -> None:
    world = Alarmed()
    first, second = (mails(world.alarm(x))[0] for x in (SAID, OTHER))
    letters = [world.kept(LETTERS, x.content["letter"]) for x in (first, second)]
    assert letters[0].event != letters[1].event, "mailboxes fold what has the same id"
    said = {(x.subject, x.blocks, x.footer) for x in letters}
    assert len(said) == 1
    text = str(said)
    for person in (ANNA, BILAL, "anna", "device", "verified", OFFICE):
        assert person not in text.replace("look", "")
    assert not letters[0].listed


def test_it_is_recorded_with_the_person_hidden() -> None:
    world = Alarmed()
    world.alarm()
    (record,) = (x for x in world.records if x.what == "alarm")
    assert record.open == {"kind": SAID}
    assert record.secrets == {"staff": ANNA}


def test_the_same_alarm_is_mailed_once_an_hour_and_not_forgotten() -> None:
    world = Alarmed()
    assert len(mails(world.alarm())) == 2
    again = world.alarm() + world.alarm()
    assert world.office_keys(again) == [SAID, SAID], "the room hears each time"
    assert not mails(again)
    assert len(mails(world.alarm(OTHER))) == 2, "another alarm is none of the same"
    assert len(mails(world.pass_time(3599))) == 0
    assert len(mails(world.pass_time(2))) == 2, "what came meanwhile is told behind the hour"
    assert not mails(world.pass_time(7200))
    assert world.kept(ALARMS, "alarms").waiting == ()


def test_nothing_leaves_where_nobody_is_named() -> None:
    world = Alarmed(replace(SETTINGS, languages=("en",)))
    asked = world.alarm()
    assert world.office_keys(asked) == [SAID]
    assert not mails(asked)
    assert world.memory.get(ALARMS, "alarms") is None


def test_who_is_no_longer_named_gets_nothing_that_waits() -> None:
    world = Alarmed()
    world.bot.settings = replace(WITH_MAIL, alarms=OUTSIDE[1:])
    world.start(2)
    assert [x.address for x in world.memory.all(ADDRESSES)] == [OUTSIDE[1]]
    assert len(mails(world.alarm())) == 1


def _attempt(number: int) -> str:
    return keys.MAIL(letter=1, to=0, attempt=number)


def test_a_mail_that_is_refused_for_now_is_tried_again() -> None:
    world = Alarmed()
    world.errors |= {_attempt(x): f"{documents.LATER} 451" for x in (1, 2, 3, 4)}
    assert world.office_keys(world.alarm()) == [SAID]
    assert [x.handle for x in mails(world.pass_time(300))] == [_attempt(2)]
    asked = world.pass_time(900)
    assert [x.handle for x in mails(asked)] == [_attempt(3)]
    assert world.office_keys(asked) == ["alarm-unsent"]
    assert world.office_keys(world.pass_time(3600)) == [], "it is said once"
    assert [x.handle for x in mails(world.pass_time(4 * 3600))] == [_attempt(5)]
    world.pass_time(4 * 24 * 3600)
    assert world.memory.all(LETTERS) == [], "no mail is kept for ever"


@pytest.mark.parametrize("error", [documents.REFUSED, documents.NOBODY])
def test_the_team_hears_of_a_mailbox_that_does_not_exist(error: str) -> None:
    world = Alarmed()
    world.errors[_attempt(1)] = f"{error} 550 5.1.1"
    assert world.office_keys(world.alarm()) == [SAID, "alarm-unsent"]
    assert not mails(world.pass_time(5 * 3600))


@pytest.mark.parametrize("renewed", [True, False])
def test_the_team_learns_that_the_key_was_compromised(renewed: bool) -> None:
    world = World(WITH_MAIL)
    world.found()
    asked = world.handle(Started(BOT, 2, renewed))
    assert ("renewed" in world.office_keys(asked)) == renewed
    assert bool(mails(asked)) == renewed
    assert "renewed" in RINGING
