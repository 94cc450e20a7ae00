"""How the team is changed: two members decide that together, in the room.

A team of one can add a member alone. Nobody is removed unless two others agree. Where only one of
several is confirmed, or all the others are away, that one acts alone after three days, and all are
told at once; but nobody removes a confirmed member alone. A trustee outside of the office can be
the second, where no member is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.ombuds import commands, keys, known
from bots.ombuds.documents.absences import Absence
from bots.ombuds.documents.team import Proposal
from bots.ombuds.team import devices, leading, roster, trustees
from bots.ombuds.team.roster import ADDING, REMOVING, without
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import CancelTimer, SetTimer
from bots.runtime.speech.phrases import PerLanguage
from bots.runtime.speech.vocabulary import CONFIRM
from bots.runtime.understanding.commands import Word
from bots.runtime.understanding.people import person_in
from federation.model.actions import Kick
from federation.model.events import TextMessage

AGREE = "✅"
VALID = 7 * 24 * 3600.0
"""Seconds that a proposal stays open."""
ALONE = timedelta(hours=72)
"""After which the only confirmed member acts alone."""


def command(turn: Turn, event: TextMessage, rest: str) -> None:
    sender = event.origin.sender
    word, _, named = rest.partition(" ")
    person = person_in(named, event.people)
    rule, how = next((x for said, x in CHANGES.items() if said.is_meant(word)), (None, None))
    if rule is None:
        _show(turn)
    elif person is None:
        turn.tell("team-address", {"command": how})
    else:
        rule(turn, sender, person)


def _show(turn: Turn) -> None:
    office = turn.office
    invited: object = ""
    waiting = leading.waiting(turn)
    if asked := [x for x in office.awaited if x not in waiting]:
        invited = turn.phrase("team-invited", {"people": ", ".join(asked)})
    unknown: object = ""
    if strangers := known.unknown(turn):
        unknown = turn.phrase("team-unconfirmed", {"people": ", ".join(strangers)})
    values = {
        "people": ", ".join(office.roster),
        "unconfirmed": unknown,
        "away": known.told(turn, *known.away(turn)),
        "invited": invited,
        "waiting": tuple(turn.phrase("team-waiting", {"person": x}) for x in waiting),
        "trustees": trustees.told(turn),
        "single": turn.phrase("team-one") if len(office.roster) == 1 else "",
        "add": ADDING,
        "remove": REMOVING,
        "name": trustees.NAMING,
    }
    turn.tell("team", values)


def _add(turn: Turn, sender: str, person: str) -> None:
    if _is_known(turn, person):
        turn.tell("team-already", {"person": person})
    elif _is_single(turn, sender):
        roster.invite(turn, person)
    else:
        _propose(turn, sender, person, adds=True)


def _name(turn: Turn, sender: str, person: str) -> None:
    if _is_known(turn, person):
        turn.tell("team-already", {"person": person})
    elif _is_single(turn, sender):
        trustees.name(turn, person)
    else:
        _propose(turn, sender, person, adds=True, trust=True)


def _is_known(turn: Turn, person: str) -> bool:
    office = turn.office
    members = (*office.roster, *office.awaited, turn.settings.account)
    return person in members or known.trustee(turn, person) is not None


def _is_single(turn: Turn, sender: str) -> bool:
    """Whether nobody else could ever agree."""
    return turn.office.roster == (sender,) and not known.seconds(turn)


def _remove(turn: Turn, sender: str, person: str) -> None:
    office = turn.office
    if known.trustee(turn, person) is not None:
        _propose(turn, sender, person, adds=False, trust=True)
    elif person in office.awaited:
        if person in leading.waiting(turn):
            leading.end(turn, person)
        else:
            turn.ask(Kick(turn.room, person, whose=person))
        turn.set_office(awaited=without(office.awaited, person))
        turn.tell("team-withdrawn", {"person": person})
    elif person == sender:
        turn.tell("team-self")
    elif person not in office.roster:
        turn.tell("team-unknown", {"person": person, "command": commands.TEAM})
    elif len(office.roster) < 3 and person in known.team(turn):
        turn.tell("team-two")
    else:
        _propose(turn, sender, person, adds=False)


Change = Callable[[Turn, str, str], None]
CHANGES: dict[Word, tuple[Change, PerLanguage]] = {
    commands.ADD: (_add, ADDING),
    commands.REMOVE: (_remove, REMOVING),
    commands.TRUSTEE: (_name, trustees.NAMING),
}
"""`rule(turn, sender, person)`, and how it is written."""

# -- two together ----------------------------------------------------------------------------------


PROPOSED = {
    (True, False): "team-add-proposed",
    (False, False): "team-remove-proposed",
    (True, True): "trustee-add-proposed",
    (False, True): "trustee-remove-proposed",
}


def _propose(turn: Turn, sender: str, person: str, *, adds: bool, trust: bool = False) -> None:
    office = turn.office
    turn.record("team-proposed", staff=sender, person=person, adds=adds, trustee=trust)
    number = office.proposed + 1
    proposal = Proposal(number, adds, person, sender, turn.seconds, trust)
    standing = [x for x in office.proposals if (x.adds, x.person) != (adds, person)]
    turn.set_office(proposed=number, proposals=(*standing, proposal))
    key = PROPOSED[adds, trust]
    values = {"staff": sender, "person": person, "command": CONFIRM}
    turn.tell(key, values, handle=keys.PROPOSAL(number=number))
    _seek(turn, proposal)


def compared(turn: Turn, user: str) -> None:
    """Her keys may be others now: then it does not wait for her."""
    devices.compare(turn, user)
    review(turn)


def review(turn: Turn) -> None:
    """Somebody goes away or comes back, or is confirmed, or is so no more."""
    for proposal in standing(turn):
        _seek(turn, proposal)


def _seek(turn: Turn, proposal: Proposal) -> None:
    """Who agrees, if it is not to wait for those who are away."""
    if _others(turn, proposal):
        if proposal.alone:
            _set(turn, proposal, alone=False)
            turn.ask(CancelTimer(keys.ALONE(number=proposal.number)))
            turn.tell("team-two-again", {"person": proposal.person, "command": CONFIRM})
        return
    asked = trustees.ask(turn, proposal)
    if asked and not proposal.asked:
        proposal = _set(turn, proposal, asked=True)
        turn.tell("trustee-asked", {"people": ", ".join(asked)})
    if not _may_alone(turn, proposal):
        if not asked and turn.may_tell("team-waits"):
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
    """Nobody puts a confirmed member out alone, however few are there; nor names somebody who is
    the second from then on, or gets rid of her, unless there is nobody else in the team."""
    if proposal.trust:
        return turn.office.roster == (proposal.proposer,)
    return proposal.adds or proposal.person not in known.team(turn)


def _set(turn: Turn, proposal: Proposal, **changes: Any) -> Proposal:
    changed = replace(proposal, **changes)
    kept = (changed if x.number == proposal.number else x for x in turn.office.proposals)
    turn.set_office(proposals=tuple(kept))
    return changed


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
    proposal = next((x for x in standing(turn) if x.number == number), None)
    if proposal is None or _others(turn, proposal) or not _may_alone(turn, proposal):
        return
    values = {"staff": proposal.proposer, "person": proposal.person}
    key = "team-alone-done-away" if _away(turn, proposal) else "team-alone-done"
    turn.alarm(key, values, pinned=False, whose=proposal.proposer)
    carry_out(turn, proposal)


def standing(turn: Turn) -> list[Proposal]:
    office, team = turn.office, known.team(turn)
    return [
        x for x in office.proposals if x.proposer in team and turn.seconds - x.proposed <= VALID
    ]


def confirm(turn: Turn, event: TextMessage, _: str) -> None:
    """`!confirm`: agree to the newest proposal of somebody else."""
    sender, open_ = event.origin.sender, standing(turn)
    others = [x for x in open_ if sender not in (x.proposer, x.person)]
    _agree(turn, sender, next(reversed(others or open_), None))


def sign(turn: Turn) -> None:
    """A ✅ on a proposal. A homeserver can set it in anybody's name."""
    if turn.may_tell("team-in-words"):
        turn.tell("team-in-words", {"command": CONFIRM})


def _agree(turn: Turn, sender: str, proposal: Proposal | None) -> None:
    if proposal is None:
        turn.tell("team-nothing")
    elif sender == proposal.proposer:
        turn.tell("team-another")
    elif sender == proposal.person:
        turn.tell("team-concerned")
    else:
        carry_out(turn, proposal)


def close(turn: Turn, proposal: Proposal) -> None:
    """It is decided."""
    left = tuple(x for x in turn.office.proposals if x.number != proposal.number)
    turn.set_office(proposals=left)
    if proposal.alone:
        turn.ask(CancelTimer(keys.ALONE(number=proposal.number)))


def carry_out(turn: Turn, proposal: Proposal) -> None:
    close(turn, proposal)
    if proposal.trust:
        (trustees.name if proposal.adds else trustees.drop)(turn, proposal.person)
        return
    office, person = turn.office, proposal.person
    if proposal.adds and person not in (*office.roster, *office.awaited):
        roster.invite(turn, person)
    elif not proposal.adds and person in office.roster:
        roster.remove(turn, person)
