"""The names under which the office finds its rooms, events and timers again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from federation.actions import Handle

ROOM = Handle("office/room")

_CASE = re.compile(r"case/(\d{1,12})/([a-z]+)(?:/(\d{1,12})(/notice)?)?", re.ASCII)
_TEAM = re.compile(r"team/(\d{1,12})", re.ASCII)
_TIMER = re.compile(r"answer/(\d{1,12})/(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What a handle names: `part` is `root`, `header`, `receipt`, `text`, `answer`, `notice` (the
    notice of an answer), or a kind of media."""

    case: int
    part: str
    number: int = 0


def root(case: int) -> Handle:
    return Handle(f"case/{case}/root")


def header(case: int) -> Handle:
    """Stands in for a root that was taken back."""
    return Handle(f"case/{case}/header")


def receipt(case: int) -> Handle:
    return Handle(f"case/{case}/receipt")


def text(case: int, number: int, kind: str = "text") -> Handle:
    """A message of the person in the thread: text, or news of a medium of that kind."""
    return Handle(f"case/{case}/{kind}/{number}")


def answer(case: int, number: int) -> Handle:
    return Handle(f"case/{case}/answer/{number}")


def notice(case: int, number: int) -> Handle:
    """What staff see of an answer."""
    return Handle(f"case/{case}/answer/{number}/notice")


def proposal(number: int) -> Handle:
    return Handle(f"team/{number}")


def place(handle: str | None) -> Place | None:
    found = _CASE.fullmatch(handle or "")
    if found is None:
        return None
    case, part, number, noticed = found.groups()
    return Place(int(case), "notice" if noticed else part, int(number or 0))


def proposal_number(handle: str | None) -> int | None:
    found = _TEAM.fullmatch(handle or "")
    return int(found[1]) if found else None


def answer_timer(case: int, number: int) -> str:
    return f"answer/{case}/{number}"


def answer_due(key: str) -> tuple[int, int] | None:
    found = _TIMER.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


WELCOME = "welcome/"


def welcome_timer(room_id: str) -> str:
    return WELCOME + room_id
