"""What is said sparingly: one sentence silences no other, and no clock silences it for ever."""

from __future__ import annotations

from datetime import timedelta

from bots.runtime.kit import sparing
from bots.runtime.kit.sparing import PAUSE, Heard

NOW = 1_000_000.0


class Kept:
    def __init__(self) -> None:
        self.heard: Heard = {}

    def __call__(self, *, heard: Heard) -> None:
        self.heard = heard

    def may_say(self, key: str, now: float) -> bool:
        return sparing.may_say(key, self.heard, now, self)


def test_a_sentence_is_said_again_after_a_pause() -> None:
    kept = Kept()
    assert kept.may_say("a", NOW)
    assert not kept.may_say("a", NOW)
    assert not kept.may_say("a", NOW + PAUSE - 1)
    assert kept.may_say("a", NOW + PAUSE)
    assert not kept.may_say("a", NOW + PAUSE + 1)


def test_what_was_kept_back_does_not_lengthen_the_pause() -> None:
    kept = Kept()
    kept.may_say("a", NOW)
    kept.may_say("a", NOW + PAUSE / 2)
    assert kept.heard == {"a": NOW}


def test_one_sentence_silences_no_other() -> None:
    kept = Kept()
    assert kept.may_say("a", NOW)
    assert kept.may_say("b", NOW)
    assert not kept.may_say("a", NOW)


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    kept = Kept()
    assert kept.may_say("a", NOW)
    assert kept.may_say("a", NOW - 3600)
    assert not kept.may_say("a", NOW - 3599)


def test_what_was_never_said_may_be_said_at_the_beginning_of_time() -> None:
    assert Kept().may_say("a", 0.0)


def test_of_a_pause_there_is_never_more_left_than_it_is_long() -> None:
    assert sparing.left(NOW, NOW + 40, 60.0) == timedelta(seconds=20)
    assert not sparing.left(NOW, NOW + 60, 60.0)
    assert not sparing.left(0.0, NOW, 60.0), "nothing began"
    assert not sparing.left(NOW + 86_400, NOW, 60.0), "the clock was set back"
