"""The network's rooms as the creator account sees them, beside what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from bots.offices.checkup.finding import Finding, fault, note, ok
from federation.model.actions import Invite, SetState
from federation.spaces.planning.plan import Plan
from federation.spaces.state import POWER_LEVELS
from federation.spaces.steps import BringAlong, Change, MakeAccount, MakeRoom

CHECK = "rooms"
MOST = 5
"""Aliases that are named."""


def spaces(planned: Plan, settings: str) -> Iterator[Finding]:
    """What a plan says; `settings`: the file, to be named in remedies."""
    remedy = f"`buendnis plan {settings}` shows what is to be done, `buendnis apply` does it."
    parts = _parted(planned.changes)
    for told, changes in parts.items():
        if changes:
            yield fault(CHECK, f"{told}: {_named(changes)}", remedy)
    for problem in planned.problems:
        what, _, mending = problem.text.partition("; ")
        yield fault(CHECK, f"{problem.where}: {what}", mending or remedy)
    for remark in planned.notes:
        yield note(CHECK, f"{remark.where}: {remark.text}")
    if planned.undeclared:
        took = "`buendnis apply --remove` takes the links back."
        yield note(CHECK, f"linked, but no longer declared: {_named(planned.undeclared)}", took)
    if planned.is_done:
        yield ok(CHECK, f"{len(planned.layout.rooms)} spaces and rooms are as declared")


def _parted(changes: tuple[Change, ...]) -> dict[str, list[Change]]:
    """By what they mean for the network; what only follows from another one is left out."""
    found: dict[str, list[Change]] = {
        "accounts that are not there": [],
        "not there": [],
        "somebody is not invited": [],
        "powers are not as declared, so that bots may lack some": [],
        "otherwise than declared": [],
    }
    accounts, rooms, invitations, powers, others = found.values()
    for change in (one for one in changes if not one.implied):
        match change.step:
            case MakeAccount():
                accounts.append(change)
            case MakeRoom():
                rooms.append(change)
            case Invite() | BringAlong():
                invitations.append(change)
            case SetState(type=kind) if kind == POWER_LEVELS:
                powers.append(change)
            case _:
                others.append(change)
    return found


def _named(changes: list[Change] | tuple[Change, ...]) -> str:
    places = list(dict.fromkeys(change.where for change in changes))
    more = f" and {len(places) - MOST} more" if len(places) > MOST else ""
    return ", ".join(places[:MOST]) + more
