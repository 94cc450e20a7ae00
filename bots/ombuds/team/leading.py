"""Who is to join the team has keys of her own first: without them the office could not tell her
devices from forged ones, and she would sit in a room in which she is shown nothing.

She is told how in a chat of her own, and invited into the room as soon as the keys are there.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import keys
from bots.ombuds.documents.candidates import CANDIDATES, Candidate
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import NO_TIME, Performed, Phrase, Say, SetTimer
from bots.runtime.speech.phrases import N_
from federation.model.actions import Handle, Invite, Kick, Leave
from federation.model.events import Membership, RoomEvent, TextMessage

# Translators: the name of a chat with somebody who is to join the team
CHAT = N_("{office}: before you join")
SOON = 600.0
"""Seconds in which a homeserver has told us of her keys, if it does at all."""


def begin(turn: Turn, user: str) -> None:
    """The team has decided to add her."""
    turn.put(CANDIDATES, Candidate(user, turn.seconds))
    settle(turn, user)


def settle(turn: Turn, user: str) -> None:
    """Invite her if her keys are there; else say what is missing, to her and to the team."""
    found = turn.get(CANDIDATES, user)
    if found is None:
        return
    now = turn.view.identity(turn.settings.account, user)
    if user not in turn.office.awaited:
        end(turn, user)
    elif now.master and not now.withheld:
        _invite(turn, found)
    elif now.withheld:
        _tell(turn, found, "keys-withheld")
    elif now.known:
        _lead(turn, found)
    elif turn.seconds - found.since > SOON:
        _tell(turn, found, "candidate-unknown")


def _invite(turn: Turn, found: Candidate) -> None:
    if found.chat:
        _say(turn, found, "lead-done")
    end(turn, found.user)
    turn.ask(Invite(turn.room, found.user, notify=True, whose=found.user, there=True))
    turn.tell("team-added", {"person": found.user})


def _tell(turn: Turn, found: Candidate, key: str) -> None:
    if found.told != key:
        turn.put(CANDIDATES, replace(found, told=key))
        turn.tell(key, {"staff": found.user})


def _lead(turn: Turn, found: Candidate) -> None:
    if not found.chat:
        found = turn.put(CANDIDATES, replace(found, chat=turn.number()))
        name = turn.room_name(CHAT, turn.settings.spoken)
        turn.ask(chats.make(_chat(found), name, found.user))
    _tell(turn, found, "candidate-waits")


def end(turn: Turn, user: str) -> None:
    """She is invited, or the team has changed its mind."""
    found = turn.get(CANDIDATES, user)
    if found is not None and found.chat and (made_ := turn.view.made(_chat(found))) is not None:
        if user in turn.look(made_.room_id).invited:  # else she would come into an empty room
            turn.ask(Kick(made_.room_id, user, whose=user))
        turn.ask(Leave(made_.room_id))
    turn.drop(CANDIDATES, user)


def waiting(turn: Turn) -> list[str]:
    """Who is not invited yet."""
    return [x for x in turn.keys(CANDIDATES, "all") if x in turn.office.awaited]


# -- the chat --------------------------------------------------------------------------------------


def _chat(found: Candidate) -> Handle:
    return keys.LEAD(number=found.chat)


def _say(turn: Turn, found: Candidate, key: str) -> None:
    phrase = Phrase(key, turn.settings.spoken)
    audience = frozenset({found.user})
    turn.ask(Say(keys.LEAD(number=found.chat), phrase, audience=audience, whose=found.user))


def made(turn: Turn, event: Performed, number: int) -> None:
    everybody = (turn.get(CANDIDATES, x) for x in turn.keys(CANDIDATES, "all"))
    found = next((x for x in everybody if x is not None and x.chat == number), None)
    if found is not None and event.error is None:
        _say(turn, found, "lead")


def is_chat(turn: Turn, event: RoomEvent) -> bool:
    return _of(turn, event) is not None


def _of(turn: Turn, event: RoomEvent) -> Candidate | None:
    for user in turn.keys(CANDIDATES, "all"):
        found = turn.get(CANDIDATES, user)
        made_ = turn.view.made(_chat(found)) if found is not None and found.chat else None
        if made_ is not None and made_.room_id == event.origin.room_id:
            return found
    return None


def came(turn: Turn, event: Membership) -> None:
    _look(turn, event.user)


def wrote(turn: Turn, event: TextMessage) -> None:
    """Whatever she writes there is no matter for the office; we look again."""
    found = _of(turn, event)
    if found is None or event.notice or event.origin.sender != found.user:
        return
    _look(turn, found.user)
    if turn.may_tell(f"lead {found.user}"):
        _say(turn, found, "lead-again")


def _look(turn: Turn, user: str) -> None:
    if turn.get(CANDIDATES, user) is not None:
        turn.ask(SetTimer(keys.DEVICES(user=user), after=NO_TIME))
