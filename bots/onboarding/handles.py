"""The names under which onboarding finds its rooms, messages and timers again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from federation.model.actions import Handle

_PLACE = re.compile(r"onboarding/(\d{1,12})/([a-z]+)(?:/(\d{1,12}))?", re.ASCII)
_WISH = re.compile(r"onboarding/wish/(\d{1,12})", re.ASCII)

HELLO, REMIND, WISH = "hello/", "remind/", "wish/"
AGAIN, PRESS = "again/", "press/"
RENEW = "renew"
GATHER, SHOW = "gather", "show/"


@dataclass(frozen=True, slots=True)
class Place:
    """What a handle names: `part` is `chat`, `rules` (a message that asks for a yes to them),
    `ask` (another question) or `told` (a message elsewhere that names the person)."""

    serial: int
    part: str
    number: int = 0


def chat(serial: int) -> Handle:
    return Handle(f"onboarding/{serial}/chat")


def rules(serial: int, number: int) -> Handle:
    return Handle(f"onboarding/{serial}/rules/{number}")


def ask(serial: int, number: int) -> Handle:
    return Handle(f"onboarding/{serial}/ask/{number}")


def told(serial: int, number: int) -> Handle:
    return Handle(f"onboarding/{serial}/told/{number}")


def wish(number: int) -> Handle:
    return Handle(f"onboarding/wish/{number}")


def crowd(number: int) -> Handle:
    """What tells of many who ask to join."""
    return Handle(f"onboarding/crowd/{number}")


def reminder(number: int, which: int) -> Handle:
    return Handle(f"onboarding/wish/{number}/reminder/{which}")


def place(handle: str | None) -> Place | None:
    found = _PLACE.fullmatch(handle or "")
    return Place(int(found[1]), found[2], int(found[3] or 0)) if found else None


def wish_number(handle: str | None) -> int | None:
    found = _WISH.fullmatch(handle or "")
    return int(found[1]) if found else None
