"""What a trustee writes in her chat: the second word, or any other."""

from __future__ import annotations

from bots.ombuds import codes, known
from bots.ombuds.documents.pins import Hold
from bots.ombuds.documents.team import Proposal
from bots.ombuds.documents.trustees import Trustee
from bots.ombuds.team import changing, pins, trustees
from bots.ombuds.turn import Turn
from bots.runtime.understanding import answers, texts
from federation.model.actions import AskDevices
from federation.model.events import Doubt, MediaMessage, TextMessage, Unreadable


def text(turn: Turn, event: TextMessage) -> None:
    trustee = trustees.of(turn, event.origin.room_id)
    if trustee is None or event.notice or event.origin.sender != trustee.user:
        return
    if not event.origin.encrypted:
        pins.answer(turn, trustee.user, "command-plain")
    elif event.origin.doubt is Doubt.UNKNOWN:
        turn.ask(AskDevices(event.origin.room_id, trustee.user))
    elif known.hold(turn, trustee.user) is not Hold.FIRM:
        pins.watch(turn, trustee.user)
        pins.lead(turn, event)
    elif known.is_from(turn, event.origin):
        _answered(turn, trustee, event.body)
    else:
        pins.answer(turn, trustee.user, "keys-unsigned")


def _answered(turn: Turn, trustee: Trustee, body: str) -> None:
    open_ = _asked(turn, trustee)
    words = texts.clean(body)[0].split()
    named = next((x for x in words if codes.plain(x) in open_), None)
    said = answers.agreement(" ".join(x for x in words if x != named))
    if not open_:
        trustees.say(turn, trustee, "trustee-nothing")
    elif said is None or (named is None and (said or len(open_) > 1)):
        trustees.say(turn, trustee, "trustee-how")
    else:
        proposal = open_[codes.plain(named)] if named else next(iter(open_.values()))
        _decide(turn, trustee, proposal, agrees=said)


def _asked(turn: Turn, trustee: Trustee) -> dict[str, Proposal]:
    """What she is asked, by its code."""
    return {
        trustees.code_of(turn, trustee.user, x): x
        for x in changing.standing(turn)
        if x.asked and x.person != trustee.user
    }


def _decide(turn: Turn, trustee: Trustee, proposal: Proposal, *, agrees: bool) -> None:
    shown = {"person": trustee.user, "staff": proposal.proposer}
    turn.record("trustee-said", trustee=trustee.user, agrees=agrees, person=proposal.person)
    trustees.say(turn, trustee, "trustee-noted")
    if agrees:
        turn.tell("trustee-agreed", shown)
        changing.carry_out(turn, proposal)
    else:
        turn.tell("trustee-objected", shown)
        changing.close(turn, proposal)


def other(turn: Turn, event: MediaMessage | Unreadable) -> None:
    """What can't be read, or is no text."""
    trustee = trustees.of(turn, event.origin.room_id)
    hers = trustee is not None and event.origin.sender == trustee.user
    if hers and turn.may_tell(f"unreadable {event.origin.sender}"):
        pins.answer(turn, event.origin.sender, "trustee-words")
