"""Who belongs to the team: two members change that together, in the room.

A team of one can add a member alone. Nobody is removed unless two others agree. Where only one of
several is confirmed, that one acts alone after three days, and all are told at once.
"""

from __future__ import annotations

from datetime import timedelta

from bots.ombuds import commands, keys
from bots.ombuds.documents.pins import PINS
from bots.ombuds.documents.team import DEVICES, Departed, Proposal
from bots.ombuds.team import devices, pins
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Performed, SetTimer
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
    if strangers := pins.unknown(turn):
        unknown = turn.phrase("team-unconfirmed", {"people": ", ".join(strangers)})
    values = {
        "people": ", ".join(office.roster),
        "unconfirmed": unknown,
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
    elif len(office.roster) < 3 and person in pins.team(turn):
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
    if not _others(turn, proposal):
        _wait_alone(turn, proposal)


def _others(turn: Turn, proposal: Proposal) -> list[str]:
    """Who could agree."""
    return [x for x in pins.team(turn) if x not in (proposal.proposer, proposal.person)]


def _wait_alone(turn: Turn, proposal: Proposal) -> None:
    """Nobody else is confirmed: it is done after three days, unless somebody is by then."""
    at = turn.now + ALONE
    turn.ask(SetTimer(keys.ALONE(number=proposal.number), at=at))
    time = at.astimezone(turn.settings.timezone)
    values = {"staff": proposal.proposer, "person": proposal.person, "time": time}
    turn.alarm("team-alone", values, pinned=False, whose=proposal.proposer)


def alone(turn: Turn, number: int) -> None:
    """Three days have passed since the only confirmed member proposed something."""
    proposal = next((x for x in _standing(turn) if x.number == number), None)
    if proposal is None or _others(turn, proposal):
        return
    values = {"staff": proposal.proposer, "person": proposal.person}
    turn.alarm("team-alone-done", values, pinned=False, whose=proposal.proposer)
    _carry_out(turn, proposal)


def _standing(turn: Turn) -> list[Proposal]:
    office, team = turn.office, pins.team(turn)
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
        turn.tell("team-left", {"person": person})
        turn.record("team-left", person=person)


def lately(turn: Turn) -> tuple[Departed, ...]:
    departed = turn.office.departed
    return tuple(x for x in departed if turn.seconds - x.at <= LATELY)
