"""Who belongs to the team: two members change that together, in the room.

A team of one can add a member alone. Nobody is removed unless two others agree. Where only one of
several is confirmed, or all the others are away, that one acts alone after three days, and all are
told at once; but nobody removes a confirmed member alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.ombuds import commands, keys, known
from bots.ombuds.documents.absences import ABSENCES, Absence
from bots.ombuds.documents.pins import PINS
from bots.ombuds.documents.team import DEVICES, Departed, Proposal
from bots.ombuds.team import devices, pins
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import CancelTimer, Performed, SetTimer
from bots.runtime.speech.vocabulary import with_word
from bots.runtime.understanding.people import person_in
from federation.model.actions import Invite, Kick
from federation.model.events import Membership, MembershipKind, TextMessage

AGREE = "✅"
ADDING = with_word(commands.TEAM, commands.ADD, " @name:example.org")
REMOVING = with_word(commands.TEAM, commands.REMOVE, " @name:example.org")
VALID = 7 * 24 * 3600.0
"""Seconds that a proposal stays open."""
ALONE = timedelta(hours=72)
"""After which the only confirmed member acts alone."""
LATELY = 5.0
"""Seconds after leaving in which people are still invited to a new room. When an admin deletes a
room, everybody seems to leave it."""


def command(turn: Turn, event: TextMessage, rest: str) -> None:
    sender = event.origin.sender
    word, _, named = rest.partition(" ")
    person = person_in(named, event.people)
    adds = commands.ADD.is_meant(word)
    if not adds and not commands.REMOVE.is_meant(word):
        _show(turn)
    elif person is None:
        turn.tell("team-address", {"command": ADDING if adds else REMOVING})
    elif adds:
        _add(turn, sender, person)
    else:
        _remove(turn, sender, person)


def _show(turn: Turn) -> None:
    office = turn.office
    invited: object = ""
    if office.awaited:
        invited = turn.phrase("team-invited", {"people": ", ".join(office.awaited)})
    unknown: object = ""
    if strangers := known.unknown(turn):
        unknown = turn.phrase("team-unconfirmed", {"people": ", ".join(strangers)})
    values = {
        "people": ", ".join(office.roster),
        "unconfirmed": unknown,
        "away": known.told(turn, *known.away(turn)),
        "invited": invited,
        "add": ADDING,
        "remove": REMOVING,
    }
    turn.tell("team", values)


def _add(turn: Turn, sender: str, person: str) -> None:
    office = turn.office
    if person in (*office.roster, *office.awaited, turn.settings.account):
        turn.tell("team-already", {"person": person})
    elif office.roster == (sender,):
        _invite(turn, person)
    else:
        _propose(turn, sender, person, adds=True)


def _remove(turn: Turn, sender: str, person: str) -> None:
    office = turn.office
    if person in office.awaited:
        turn.set_office(awaited=_without(office.awaited, person))
        turn.ask(Kick(turn.room, person, whose=person))
        turn.tell("team-withdrawn", {"person": person})
    elif person == sender:
        turn.tell("team-self")
    elif person not in office.roster:
        turn.tell("team-unknown", {"person": person, "command": commands.TEAM})
    elif len(office.roster) < 3 and person in known.team(turn):
        turn.tell("team-two")
    else:
        _propose(turn, sender, person, adds=False)


def _without(people: tuple[str, ...], person: str) -> tuple[str, ...]:
    return tuple(x for x in people if x != person)


# -- two together ----------------------------------------------------------------------------------


def _propose(turn: Turn, sender: str, person: str, *, adds: bool) -> None:
    office = turn.office
    turn.record("team-proposed", staff=sender, person=person, adds=adds)
    number = office.proposed + 1
    proposal = Proposal(number, adds, person, sender, turn.seconds)
    standing = [x for x in office.proposals if (x.adds, x.person) != (adds, person)]
    turn.set_office(proposed=number, proposals=(*standing, proposal))
    key = "team-add-proposed" if adds else "team-remove-proposed"
    values = {"staff": sender, "person": person, "command": commands.CONFIRM}
    turn.tell(key, values, handle=keys.PROPOSAL(number=number))
    _seek(turn, proposal)


def review(turn: Turn) -> None:
    """Somebody goes away, or comes back."""
    for proposal in _standing(turn):
        _seek(turn, proposal)


def _seek(turn: Turn, proposal: Proposal) -> None:
    """Who agrees, if it is not to wait for those who are away."""
    if _others(turn, proposal):
        if proposal.alone:
            _set(turn, proposal, alone=False)
            turn.ask(CancelTimer(keys.ALONE(number=proposal.number)))
            turn.tell("team-two-again", {"person": proposal.person, "command": commands.CONFIRM})
    elif not _may_alone(turn, proposal):
        if turn.may_tell("team-waits"):
            turn.tell("team-waits", {"away": known.told(turn, *_away(turn, proposal))})
    elif not proposal.alone:
        _wait_alone(turn, proposal)


def _others(turn: Turn, proposal: Proposal) -> list[str]:
    """Who could agree."""
    return [x for x in known.there(turn) if x not in (proposal.proposer, proposal.person)]


def _away(turn: Turn, proposal: Proposal) -> list[Absence]:
    concerned = (proposal.proposer, proposal.person)
    return [x for x in known.away(turn) if x.user not in concerned]


def _may_alone(turn: Turn, proposal: Proposal) -> bool:
    """Nobody puts a confirmed member out alone, however few are there."""
    return proposal.adds or proposal.person not in known.team(turn)


def _set(turn: Turn, proposal: Proposal, **changes: Any) -> None:
    changed = replace(proposal, **changes)
    kept = (changed if x.number == proposal.number else x for x in turn.office.proposals)
    turn.set_office(proposals=tuple(kept))


def _wait_alone(turn: Turn, proposal: Proposal) -> None:
    """Nobody else is confirmed and there: it is done after three days from now, unless somebody is
    by then. That somebody is away shortens nothing."""
    at = turn.now + ALONE
    _set(turn, proposal, alone=True, proposed=turn.seconds)
    turn.ask(SetTimer(keys.ALONE(number=proposal.number), at=at))
    time = at.astimezone(turn.settings.timezone)
    values = {"staff": proposal.proposer, "person": proposal.person, "time": time}
    key, away = "team-alone", _away(turn, proposal)
    if away:
        key, values = "team-alone-away", {**values, "away": known.told(turn, *away)}
    turn.alarm(key, values, pinned=False, whose=proposal.proposer)


def alone(turn: Turn, number: int) -> None:
    """Three days have passed in which nobody was there who could agree."""
    proposal = next((x for x in _standing(turn) if x.number == number), None)
    if proposal is None or _others(turn, proposal) or not _may_alone(turn, proposal):
        return
    values = {"staff": proposal.proposer, "person": proposal.person}
    key = "team-alone-done-away" if _away(turn, proposal) else "team-alone-done"
    turn.alarm(key, values, pinned=False, whose=proposal.proposer)
    _carry_out(turn, proposal)


def _standing(turn: Turn) -> list[Proposal]:
    office, team = turn.office, known.team(turn)
    return [
        x for x in office.proposals if x.proposer in team and turn.seconds - x.proposed <= VALID
    ]


def confirm(turn: Turn, event: TextMessage, _: str) -> None:
    """`!confirm`: agree to the newest proposal of somebody else."""
    sender, standing = event.origin.sender, _standing(turn)
    others = [x for x in standing if sender not in (x.proposer, x.person)]
    _agree(turn, sender, next(reversed(others or standing), None))


def sign(turn: Turn) -> None:
    """A ✅ on a proposal. A homeserver can set it in anybody's name."""
    if turn.may_tell("team-in-words"):
        turn.tell("team-in-words", {"command": commands.CONFIRM})


def _agree(turn: Turn, sender: str, proposal: Proposal | None) -> None:
    if proposal is None:
        turn.tell("team-nothing")
    elif sender == proposal.proposer:
        turn.tell("team-another")
    elif sender == proposal.person:
        turn.tell("team-concerned")
    else:
        _carry_out(turn, proposal)


def _carry_out(turn: Turn, proposal: Proposal) -> None:
    left = tuple(x for x in turn.office.proposals if x.number != proposal.number)
    turn.set_office(proposals=left)
    office, person = turn.office, proposal.person
    if proposal.adds and person not in (*office.roster, *office.awaited):
        _invite(turn, person)
    elif not proposal.adds and person in office.roster:
        turn.set_office(roster=_without(office.roster, person))
        pins.unpin(turn, person)
        turn.drop(ABSENCES, person)
        turn.ask(Kick(turn.room, person, whose=person))
        turn.tell("team-removed", {"person": person})
        turn.record("team-removed", person=person)


def _invite(turn: Turn, person: str) -> None:
    # People enter the roster when they join: a mistyped address would count as a member, and a
    # team of two can remove nobody.
    turn.set_office(awaited=(*turn.office.awaited, person))
    turn.record("team-invited", person=person)
    turn.ask(Invite(turn.room, person, notify=True, whose=person, there=True))
    turn.tell("team-added", {"person": person})
    devices.look(turn, person)


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
            awaited = _without(office.awaited, person)
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
            roster=_without(office.roster, person),
            awaited=_without(office.awaited, person),
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
