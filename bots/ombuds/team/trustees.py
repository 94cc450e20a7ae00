"""A trustee: somebody outside of the office who can be the second where two decide.

She is in a chat of her own with the office, never in the staff's room, and reads no case. There she
is confirmed by a code, like a member, and gets nothing but the question whether the team may be
changed. She can't be the second for `!identity`: people who write are told that it takes two of the
team.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import codes, commands, known
from bots.ombuds.documents.pins import PINS
from bots.ombuds.documents.team import Proposal
from bots.ombuds.documents.trustees import TRUSTEES, Trustee
from bots.ombuds.team import devices, pins
from bots.ombuds.turn import Turn
from bots.runtime.kit import chats
from bots.runtime.model.decision import Performed, Phrase, Say
from bots.runtime.speech.phrases import N_, PerLanguage
from bots.runtime.speech.vocabulary import NO, YES, with_word
from bots.runtime.understanding.commands import Word
from federation.model.actions import Kick, Leave
from federation.model.events import Membership, MembershipKind, RoomEvent

# Translators: the name of a chat with somebody outside of the office, asked where two decide
CHAT = N_("{office}: for trustees")
NAMING = with_word(commands.TEAM, commands.TRUSTEE, " @name:example.org")
CODE = 6
"""Characters that bind an answer to its question."""
ASKING = {
    (True, False): "trustee-add-asked",
    (False, False): "trustee-remove-asked",
    (True, True): "trustee-name-asked",
    (False, True): "trustee-drop-asked",
}


# -- who it is -------------------------------------------------------------------------------------


def name(turn: Turn, person: str) -> None:
    number = turn.number()
    turn.put(TRUSTEES, Trustee(person, number))
    turn.record("trustee-named", trustee=person)
    chat = turn.room_name(CHAT, turn.settings.spoken)
    turn.ask(chats.make(known.place(turn, person), chat, person))
    turn.tell("trustee-named", {"person": person})


def made(turn: Turn, event: Performed, number: int) -> None:
    found = next((x for x in known.trustees(turn) if x.number == number), None)
    if found is None:
        return
    if event.error is not None:
        turn.drop(TRUSTEES, found.user)
        turn.tell("trustee-failed", {"person": found.user, "command": NAMING})
        return
    pins.answer(turn, found.user, "trustee-welcome")


def drop(turn: Turn, person: str) -> None:
    found = known.trustee(turn, person)
    if found is None:
        return
    pins.answer(turn, person, "trustee-over")
    made_ = turn.view.made(known.place(turn, person))
    if made_ is not None:
        turn.ask(Kick(made_.room_id, person, whose=person), Leave(made_.room_id))
    pins.forget(turn, person)
    turn.drop(TRUSTEES, person)
    turn.record("trustee-removed", trustee=person)
    turn.tell("trustee-removed", {"person": person})


def told(turn: Turn) -> tuple[Phrase, ...]:
    """For `!team`."""
    able = {x.user for x in known.seconds(turn)}
    return tuple(
        turn.phrase("trustee" if x.user in able else "trustee-unable", {"person": x.user})
        for x in known.trustees(turn)
    )


# -- the chat --------------------------------------------------------------------------------------


def of(turn: Turn, room: str) -> Trustee | None:
    """The one whose chat a room is."""
    for found in known.trustees(turn):
        made_ = turn.view.made(known.place(turn, found.user))
        if made_ is not None and made_.room_id == room:
            return found
    return None


def is_chat(turn: Turn, event: RoomEvent) -> bool:
    return of(turn, event.origin.room_id) is not None


def membership(turn: Turn, event: Membership) -> None:
    """Nobody else has anything to do there; nothing that is said there goes to others."""
    found = of(turn, event.origin.room_id)
    if found is None:
        return
    inside = event.membership in (MembershipKind.JOIN, MembershipKind.INVITE)
    if event.user == found.user and event.membership is MembershipKind.JOIN:
        if not found.here:
            turn.put(TRUSTEES, replace(found, here=True))
        devices.look(turn, found.user)
    elif event.user in (found.user, turn.settings.account) and event.membership.out:
        turn.put(TRUSTEES, replace(found, here=False))
        turn.record("trustee-left", trustee=found.user)
        turn.tell("trustee-left", {"person": found.user})
    elif event.user not in (found.user, turn.settings.account) and inside:
        turn.ask(Kick(event.origin.room_id, event.user, whose=event.user))


# -- the question ----------------------------------------------------------------------------------


def able(turn: Turn, proposal: Proposal) -> list[Trustee]:
    return [x for x in known.seconds(turn) if x.user != proposal.person]


def ask(turn: Turn, proposal: Proposal) -> list[str]:
    """Ask for the second word, once; who can give it."""
    asked = able(turn, proposal)
    for trustee in asked if not proposal.asked else ():
        code = code_of(turn, trustee.user, proposal)
        values = {"staff": proposal.proposer, "person": proposal.person}
        values |= {"office": turn.settings.name}
        answers = {"yes": _said(YES, code), "no": _said(NO, code)}
        say(turn, trustee, ASKING[proposal.adds, proposal.trust], {**values, **answers})
    return [x.user for x in asked]


def code_of(turn: Turn, user: str, proposal: Proposal) -> str:
    """By which an answer names its question: no server can move it to another one."""
    return codes.drawn(turn.view.secret("trustee", f"{user} {proposal.number}"))[:CODE]


def _said(word: Word, code: str) -> PerLanguage:
    return PerLanguage(lambda language: f"{word.shown(language)} {code}")


def say(turn: Turn, trustee: Trustee, key: str, values: dict[str, object] | None = None) -> None:
    """To the keys alone that are known to be hers."""
    pin = turn.get(PINS, trustee.user)
    only = frozenset({pin.identity}) if pin is not None else frozenset()
    room, phrase = known.place(turn, trustee.user), turn.phrase(key, values)
    audience = frozenset({trustee.user})
    about = str((values or {}).get("person", ""))
    turn.ask(
        Say(
            room,
            phrase,
            audience=audience,
            identities=only,
            sealed=True,
            whose=trustee.user,
            about=about,
        )
    )
