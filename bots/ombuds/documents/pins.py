"""Who of the team is known by her keys, and who waits for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bots.runtime.kit.documents import Collection
from federation.model.events import Seen


@dataclass(frozen=True, slots=True)
class Pin:
    """The identity of a member, as the office has learnt it by a code that was handed over."""

    user: str
    identity: str = field(repr=False)
    """Her public master key."""
    at: float
    told: str = ""
    """What the team was told of it last, where the homeserver shows something else."""


class Hold(StrEnum):
    """How somebody's keys, as the homeserver shows them now, agree with those that are pinned."""

    NONE = "none"
    """None are pinned."""
    FIRM = "firm"
    CHANGED = "changed"
    WITHHELD = "withheld"


def held(pin: Pin | None, now: Seen) -> Hold:
    if pin is None:
        return Hold.NONE
    if now.withheld:
        return Hold.WITHHELD
    return Hold.FIRM if now.master in ("", pin.identity) else Hold.CHANGED


@dataclass(frozen=True, slots=True)
class Asked:
    """A code was given to somebody's new identity alone, who reads it out to the team."""

    user: str
    identity: str = field(repr=False)
    number: int
    """From which the code is derived."""
    at: float


PINS = Collection("ombuds/pin", Pin, key=lambda x: x.user)
ASKED = Collection("ombuds/asked", Asked, key=lambda x: x.user)
