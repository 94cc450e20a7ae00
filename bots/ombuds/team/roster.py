"""Who belongs to the team, and who comes and goes; `changing` tells how it is decided."""

from __future__ import annotations

from bots.ombuds import commands
from bots.ombuds.documents.absences import ABSENCES
from bots.ombuds.documents.pins import PINS
from bots.ombuds.documents.team import DEVICES, Departed
from bots.ombuds.team import devices, leading, pins
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Performed
from bots.runtime.speech.vocabulary import with_word
from federation.model.actions import Kick
from federation.model.events import Membership, MembershipKind

ADDING = with_word(commands.TEAM, commands.ADD, " @name:example.org")
REMOVING = with_word(commands.TEAM, commands.REMOVE, " @name:example.org")
LATELY = 5.0
"""Seconds after leaving in which people are still invited to a new room. When an admin deletes a
room, everybody seems to leave it."""


def without(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return tuple(x for x in people if x != person)


def invite(turn: Turn, person: str) -> None:
    # People enter the roster when they join: a mistyped address would count as a member, and a
    # team of two can remove nobody.
    turn.set_office(awaited=(*turn.office.awaited, person))
    turn.record("team-invited", person=person)
    leading.begin(turn, person)
    devices.look(turn, person)


def remove(turn: Turn, person: str) -> None:
    turn.set_office(roster=without(turn.office.roster, person))
    pins.unpin(turn, person)
    turn.drop(ABSENCES, person)
    turn.ask(Kick(turn.room, person, whose=person))
    turn.tell("team-removed", {"person": person})
    turn.record("team-removed", person=person)


def not_invited(turn: Turn, event: Performed) -> None:
    if event.error is None or event.user not in (*turn.office.awaited, *turn.office.roster):
        return
    values = {"command": commands.TEAM, "remove": REMOVING}
    turn.tell("team-invitation-failed", values)


# -- who comes and goes ----------------------------------------------------------------------------


def membership(turn: Turn, event: Membership) -> None:
    person = event.user
    if event.membership in (MembershipKind.JOIN, MembershipKind.INVITE):
        _came(turn, person, joined=event.membership is MembershipKind.JOIN)
    elif event.membership.out:
        _went(turn, person)


def _came(turn: Turn, person: str, *, joined: bool) -> None:
    office = turn.office
    if person in office.awaited:
        if joined:
            awaited = without(office.awaited, person)
            turn.set_office(awaited=awaited, roster=(*office.roster, person))
            turn.tell("team-joined", {"person": person})
            pins.answer(turn, person, "code-first")
            turn.record("team-joined", person=person)
            devices.look(turn, person)
    elif person not in office.roster:
        turn.ask(Kick(turn.room, person, whose=person))
        turn.tell("team-intruder")
    elif joined:
        devices.look(turn, person)


def _went(turn: Turn, person: str) -> None:
    office = turn.office
    if person in office.roster or person in office.awaited:
        pin = turn.get(PINS, person)
        gone = Departed(person, turn.seconds, pin.identity if pin is not None else "")
        turn.set_office(
            roster=without(office.roster, person),
            awaited=without(office.awaited, person),
            departed=(*lately(turn), gone),
        )
        pins.unpin(turn, person)
        turn.drop(DEVICES, person)
        turn.drop(ABSENCES, person)
        turn.tell("team-left", {"person": person})
        turn.record("team-left", person=person)


def lately(turn: Turn) -> tuple[Departed, ...]:
    departed = turn.office.departed
    return tuple(x for x in departed if turn.seconds - x.at <= LATELY)
