"""Whose keys an ombuds office has learnt by a code: nobody else sees cases or commands anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bots.offices.checkup.finding import Finding, fault, note, ok
from bots.ombuds.documents.pins import PINS, Hold, held
from bots.ombuds.documents.team import OFFICE, Office
from bots.runtime.store.transaction import Transaction

CHECK = "confirmed"


@dataclass(frozen=True, slots=True)
class Known:
    roster: tuple[str, ...]
    confirmed: frozenset[str]


def known(tx: Transaction, account: str) -> Known:
    office = tx.document(OFFICE, "office") or Office()
    holds = {x: held(tx.document(PINS, x), tx.identity(account, x)) for x in office.roster}
    return Known(office.roster, frozenset(x for x, hold in holds.items() if hold is Hold.FIRM))


def confirmed(team: Known, named: tuple[str, ...], settings: str) -> Iterator[Finding]:
    """`named`: whom the settings name. Nobody else's name is told."""
    number, all_ = len(team.confirmed), len(team.roster)
    others = [user for user in team.roster if user not in team.confirmed]
    if not number:
        yield fault(
            CHECK,
            "nobody in the team is confirmed, so nobody sees what comes in",
            "Have a founder write the code that `buendnis init` printed in the staff's room. If "
            f"the codes are lost: `buendnis code {settings} {_example(team, named)}`.",
        )
    elif others:
        names = _names(others, named)
        told = f"{number} of {all_} of the team are confirmed; not: {names}"
        yield note(CHECK, told, _REMEDY)
    else:
        yield ok(CHECK, f"{number} of {all_} of the team are confirmed")
    if all_ == 1:
        remedy = (
            "Nobody else can agree, stand in, or notice a mistake. Add somebody in the staff's "
            "room (`!team add`), or name a trustee outside of the office (`!team trustee`)."
        )
        yield note("team", "it is one person", remedy)


_REMEDY = (
    "They see nothing and command nothing. Each writes any word in the staff's room, and reads the "
    "code that comes to a confirmed member, who writes it there."
)


def _names(users: list[str], named: tuple[str, ...]) -> str:
    shown = [user for user in users if user in named]
    more = len(users) - len(shown)
    return ", ".join([*shown, *([f"+{more}"] if more else [])])


def _example(team: Known, named: tuple[str, ...]) -> str:
    return next((user for user in named if user in team.roster), "@anna:example.org")
