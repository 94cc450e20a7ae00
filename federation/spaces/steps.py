"""The steps from what is there to what is declared, and how each is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from federation.model.actions import Invite, Ref, SetState
from federation.model.network import Room

Sign = Literal["+", "~", "-"]
"""Something comes, changes, or goes."""


@dataclass(frozen=True, slots=True)
class MakeAccount:
    """Register an account that is not there yet."""

    role: str
    """`creator`, or the name of a bot."""
    user: str


@dataclass(frozen=True, slots=True)
class MakeRoom:
    """Create a room under its alias, with all of its state."""

    room: Room


@dataclass(frozen=True, slots=True)
class PointAlias:
    """Let an alias of ours lead to a room, and say so in the room."""

    room: Ref
    alias: str
    content: SetState


@dataclass(frozen=True, slots=True)
class List:
    """Show a room in the homeserver's public list, or no longer."""

    room: Ref
    listed: bool


@dataclass(frozen=True, slots=True)
class Unlink:
    """Take a link back, unless what is to be linked turned out to be the same room."""

    link: SetState
    unless: Ref | None = None


@dataclass(frozen=True, slots=True)
class BringAlong:
    """Invite whoever was in the room that this one replaces."""

    room: Ref
    users: tuple[str, ...]


Step = MakeAccount | MakeRoom | PointAlias | SetState | Invite | BringAlong | List | Unlink


@dataclass(frozen=True, slots=True)
class Change:
    """One step, told in one line."""

    sign: Sign
    where: str
    """An alias of ours, or the name of an account."""
    text: str
    step: Step
    implied: bool = False
    """Follows from another change, and need not be told: the link to a room that is made."""

    def __str__(self) -> str:
        return f"{self.sign} {self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What can't be changed, and what to do about it."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"! {self.where}: {self.text}"
