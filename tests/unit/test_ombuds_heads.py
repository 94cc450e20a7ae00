"""The head of the record: told each day, repeated on working days, and compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bots.ombuds.documents.watch import WATCH, Watch
from bots.runtime.kit.records import BEGINNING, ENTRIES, GAP, HEADS, Entry, Head, Plain
from bots.runtime.mail.documents import LETTERS
from bots.runtime.model.decision import Deliver, Request, Say
from tests.kit.ombuds import ANNA, SETTINGS, World

DAY = 24 * 3600.0
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)


class Recorded(World):
    """Each decision's records are in its store, as in a real one."""

    def __init__(self) -> None:
        super().__init__(replace(SETTINGS, languages=("en",), alarms=("board@verein.example",)))
        self.now = FRIDAY
        for what in ("first", "second"):
            self.add(what)
        self.found()

    def add(self, what: str, number: int = 0, **facts: Plain) -> Entry:
        head = self.memory.get(HEADS, "head") or Head()
        number = number or head.number + 1
        entry = Entry(number, 0, what, facts, {}, head.digest).sealed()
        gap = number if what == GAP else head.gap
        self.memory.put(ENTRIES, entry)
        self.memory.put(HEADS, Head(number, entry.digest, gap))
        return entry

    @property
    def head(self) -> str:
        return self.kept(HEADS, "head").told

    def texts(self, asked: list[Request]) -> str:
        return "\n".join(self.bot.render(x.phrase).body for x in asked if isinstance(x, Say))

    def says(self, body: str) -> list[str]:
        return self.office_keys(self.staff(body, ANNA, case=None))


def mailed(asked: list[Request]) -> list[str]:
    return [x.content["letter"] for x in asked if isinstance(x, Deliver)]


def test_it_is_mailed_daily_and_asked_for_on_working_days() -> None:
    world = Recorded()
    told = [world.pass_time(DAY) for _ in range(4)]
    assert [len(mailed(x)) for x in told] == [1, 1, 1, 1]
    assert [world.office_keys(x) for x in told] == [[], [], ["record-head"], ["record-head"]]
    letter = world.kept(LETTERS, mailed(told[3])[0])
    assert world.head in "\n".join(x.text for x in letter.blocks)
    assert f"!record {world.head}" in world.text(told[3], "record-head")


def test_a_day_on_which_the_office_was_down_is_told_when_it_is_back() -> None:
    world = Recorded()
    world.pass_time(DAY)
    world.timers.clear()
    world.now = datetime(2026, 3, 10, 15, tzinfo=UTC)
    world.start(2)
    assert len(mailed(world.pass_time(1))) == 1
    assert not mailed(world.pass_time(3600))
    assert len(mailed(world.pass_time(DAY))) == 1
    world.start(3)
    assert not mailed(world.pass_time(1)), "a start is no reason to tell it twice"


def test_who_repeats_it_confirms_it_for_good() -> None:
    world = Recorded()
    first = world.head
    world.add("third")
    assert world.says(f"!record {first}") == ["record-repeated"]
    (record,) = (x for x in world.records if x.what == "repeated")
    assert (record.open, record.secrets) == ({"entry": 2}, {"staff": ANNA})
    assert world.says("!record") == ["record-head"]


def test_it_is_said_if_nobody_did_for_three_working_days() -> None:
    world = Recorded()
    told = [world.pass_time(DAY) for _ in range(6)]
    assert ["for some days" in world.texts(x) for x in told] == [False] * 5 + [True]


def test_what_does_not_fit_is_asked_for_again_and_then_an_alarm() -> None:
    world = Recorded()
    wrong = world.head[:-1] + ("0" if world.head[-1] != "0" else "1")
    assert world.says(f"!record {wrong}") == ["record-again"]
    assert world.says(f"!record {world.head}") == ["record-repeated"]
    assert world.says(f"!record {wrong}") == ["record-again"]
    asked = world.staff(f"!record {wrong}", ANNA, case=None)
    assert world.office_keys(asked) == ["record-differs"]
    assert len(mailed(asked)) == 1


def test_what_was_lost_is_an_alarm_once() -> None:
    world = Recorded()
    world.add(GAP, 10, lost_from=3, lost_to=9, known=True)
    asked = world.start(2)
    assert world.office_keys(asked) == ["record-gap"]
    assert "from entry 3 on" in world.text(asked, "record-gap")
    assert not world.office_keys(world.start(3))
    assert world.says("!record 5 3f9a-77c1-0b2e-5d84-a1c9") == ["record-lost"]


def test_where_nothing_is_recorded_nothing_is_told() -> None:
    world = World(replace(SETTINGS, alarms=("board@verein.example",))).found()
    assert world.memory.get(HEADS, "head") is None
    assert not mailed(world.pass_time(3 * DAY))
    assert world.office_keys(world.staff("!record", ANNA, case=None)) == ["record-none"]
    assert world.kept(WATCH, "watch") != Watch()
    assert Head().digest == BEGINNING
