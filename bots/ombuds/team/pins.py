"""Who speaks: only words of those count whose keys the office has learnt by a code.

A homeserver can show any keys in anybody's name, and first meetings go through it. So a code is
handed over outside of it: founders are given theirs in person; a later member, or one whose keys
are others now, is given one that only these keys can read, and reads it out to somebody who is
known already. If nobody is, whoever has access to the office's machine makes one.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import codes, commands, known
from bots.ombuds.codes import Given
from bots.ombuds.documents.pins import ASKED, PINS, Asked, Hold, Pin
from bots.ombuds.known import hold, seen, team
from bots.ombuds.turn import Turn, Values
from bots.runtime.kit import sparing
from bots.runtime.model.decision import Say, SetPin
from bots.runtime.speech.vocabulary import HELP
from federation.model.actions import AskDevices
from federation.model.events import Doubt, Edit, TextMessage

VALID = 24 * 3600.0
"""Seconds in which a code that was read out can be typed."""
LED = 20.0
"""Seconds before somebody who is not known is told again what to do. Her app may not have been able
to read it the first time."""


# -- words -----------------------------------------------------------------------------------------


def counts(turn: Turn, event: TextMessage | Edit) -> bool:
    """Whether a command counts; if not, its author is told what to do. If her devices are not
    known, we ask for them first and decide again."""
    origin = event.origin
    if origin.doubt is Doubt.UNKNOWN:
        turn.ask(AskDevices(origin.room_id, origin.sender))
    if origin.doubt is Doubt.UNKNOWN or not origin.encrypted:
        return False
    pin = turn.get(PINS, origin.sender)
    if pin is None or hold(turn, origin.sender) is not Hold.FIRM:
        watch(turn, origin.sender)
        lead(turn, event)
        return False
    if origin.doubt is not None or origin.identity != pin.identity:
        _refuse(turn, origin.sender)
        return False
    return True


def _refuse(turn: Turn, staff: str) -> None:
    # Only the first refusal rings; the same fault does not ring again.
    key = "device-unsigned" if turn.may_tell("device-unsigned") else "device-again"
    turn.tell(key, {"staff": staff})


def note(turn: Turn, event: TextMessage) -> None:
    """Somebody wrote without a command. If she is not known yet, she may be waiting for us; also
    if we do not know yet that her keys are others now."""
    origin = event.origin
    if not origin.encrypted:
        return
    if origin.doubt is Doubt.UNKNOWN:
        counts(turn, event)
    elif hold(turn, origin.sender) is not Hold.FIRM:
        key, office = f"lead {origin.sender} {origin.identity}", turn.office
        if sparing.may_say(key, office.heard, turn.seconds, turn.set_office, LED):
            counts(turn, event)


def answer(turn: Turn, user: str, key: str, values: Values | None = None) -> None:
    """Tell her, whether or not she is known; nothing that only the team may know. It waits for
    nothing that is said to the others."""
    audience = frozenset({user})
    room = known.place(turn, user)
    turn.ask(Say(room, turn.phrase(key, values), audience=audience, whose=user))


def alarm(turn: Turn, key: str, user: str) -> None:
    """What everybody in the team must learn at once, also those who are not known any more."""
    turn.alarm(key, {"staff": user}, pinned=False, whose=user)


# -- how somebody becomes known --------------------------------------------------------------------


def lead(turn: Turn, event: TextMessage | Edit) -> None:
    """Tell somebody who is not known how she becomes so."""
    origin = event.origin
    user = origin.sender
    if not _has_keys(turn, event):
        return
    if any(x != user for x in team(turn)):
        _ask(turn, user, origin.identity)
    elif known.trustee(turn, user) is not None:
        answer(turn, user, "trustee-later")
    elif any(_is_open(turn, x) for x in turn.settings.codes if x.user == user):
        answer(turn, user, "code-needed")
    else:
        answer(turn, user, "code-host")


def _has_keys(turn: Turn, event: TextMessage | Edit) -> bool:
    """Whether it came from a device that its owner has signed, with the keys that she has now."""
    origin, now = event.origin, seen(turn, event.origin.sender)
    if origin.doubt is None and now.master and not now.withheld:
        return origin.identity == now.master
    answer(turn, origin.sender, "keys-unsigned" if now.master else "keys-none")
    return False


def _ask(turn: Turn, user: str, identity: str) -> None:
    """Give a code to these keys alone, and have the others wait for it."""
    asked = turn.get(ASKED, user)
    if asked is None or asked.identity != identity or not _is_fresh(turn, asked):
        number = turn.office.codes + 1
        turn.set_office(codes=number)
        asked = turn.put(ASKED, Asked(user, identity, number, turn.seconds))
        turn.tell("code-expected", {"staff": user})
    outside = known.trustee(turn, user) is not None
    key = "code-yours-outside" if outside else "code-yours"
    phrase = turn.phrase(key, {"code": codes.shown(_code(turn, asked))})
    only, room = frozenset({identity}), known.place(turn, user)
    turn.ask(Say(room, phrase, audience=frozenset({user}), identities=only, whose=user))


def _code(turn: Turn, asked: Asked) -> str:
    about = f"{asked.user} {asked.identity} {asked.number}"
    return codes.drawn(turn.view.secret("code", about))


def _is_fresh(turn: Turn, asked: Asked) -> bool:
    return 0 <= turn.seconds - asked.at <= VALID


def typed(turn: Turn, event: TextMessage, code: str) -> bool:
    """A message that is a code; False if it may be a word like any other."""
    origin = event.origin
    user = origin.sender
    waiting = [x for x in _waiting(turn) if x.user != user]
    known = hold(turn, user) is Hold.FIRM
    if known and not waiting:
        return False
    if not origin.encrypted:
        _spend(turn, user, code)
        answer(turn, user, "code-plain")
    elif known:
        if counts(turn, event):
            _vouch(turn, waiting, code)
    elif origin.doubt is Doubt.UNKNOWN:
        turn.ask(AskDevices(origin.room_id, user))
    elif _has_keys(turn, event):
        _prove(turn, user, origin.identity, code)
    return True


def _spend(turn: Turn, user: str, code: str) -> None:
    """Others could read it: it counts no more, whoever writes it next."""
    for asked in _waiting(turn):
        if _code(turn, asked) == code:
            turn.drop(ASKED, asked.user)
    spent = [x.digest for x in turn.settings.codes if x.user == user and x.fits(code)]
    turn.set_office(used=(*turn.office.used, *spent))


def _waiting(turn: Turn) -> list[Asked]:
    people = (*turn.office.roster, *(x.user for x in known.trustees(turn)))
    asked = (turn.get(ASKED, x) for x in people)
    return [x for x in asked if x is not None and _is_fresh(turn, x)]


def _vouch(turn: Turn, waiting: list[Asked], code: str) -> None:
    """Somebody who is known types what a colleague has read out."""
    found = next((x for x in waiting if _code(turn, x) == code), None)
    if found is None:
        turn.tell("code-wrong")
    elif not _is_still(turn, found):
        # Others have come in between: it has to be read out anew.
        turn.drop(ASKED, found.user)
        turn.tell("code-outdated", {"staff": found.user})
    else:
        pin(turn, found.user, found.identity)


def _is_still(turn: Turn, asked: Asked) -> bool:
    """Whether the keys to which the code was given are those that she has now."""
    now = seen(turn, asked.user)
    return now.master == asked.identity and not now.withheld


def _prove(turn: Turn, user: str, identity: str, code: str) -> None:
    """Somebody who is not known types what she was given outside of the homeserver."""
    given = next((x for x in turn.settings.codes if x.user == user and x.fits(code)), None)
    asked = turn.get(ASKED, user)
    if asked is not None and _code(turn, asked) == code:
        answer(turn, user, "code-another")
    elif given is None:
        answer(turn, user, "code-wrong")
    elif not _is_open(turn, given):
        answer(turn, user, "code-spent")
    else:
        turn.set_office(used=(*turn.office.used, given.digest))
        pin(turn, user, identity)
        if not given.founder:
            alarm(turn, "code-from-host", user)


def _is_open(turn: Turn, given: Given) -> bool:
    if given.digest in turn.office.used:
        return False
    age = turn.seconds - given.made
    if given.founder:
        return age <= codes.FOUNDERS and given.user in turn.settings.staff
    return age <= codes.FROM_HOST and not team(turn)


def pin(turn: Turn, user: str, identity: str) -> None:
    """From now on these are her keys."""
    repin(turn, user, identity)
    turn.drop(ASKED, user)
    if known.trustee(turn, user) is not None:
        turn.record("trustee-confirmed", trustee=user, identity=identity)
        turn.tell("trustee-pinned", {"person": user})
        answer(turn, user, "trustee-known")
        return
    turn.record("member-confirmed", member=user, identity=identity)
    turn.tell("pinned", {"staff": user, "help": HELP, "team": commands.TEAM})


def repin(turn: Turn, user: str, identity: str) -> None:
    turn.put(PINS, Pin(user, identity, turn.seconds))
    if known.trustee(turn, user) is None:
        turn.ask(SetPin(turn.room, user, identity))


def forget(turn: Turn, user: str) -> None:
    """She is no trustee any more."""
    turn.drop(ASKED, user)
    turn.drop(PINS, user)


def unpin(turn: Turn, user: str) -> None:
    """She does not belong to the team any more."""
    turn.drop(ASKED, user)
    if turn.get(PINS, user) is not None:
        turn.drop(PINS, user)
        turn.ask(SetPin(turn.room, user, ""))
        turn.record("member-unconfirmed", member=user)


# -- when keys change ------------------------------------------------------------------------------


def watch(turn: Turn, user: str, *, more: bool = False) -> None:
    """Look whether her keys are still those that are pinned. `more`: she has new devices."""
    pin, held = turn.get(PINS, user), hold(turn, user)
    if pin is None:
        return
    told = {Hold.CHANGED: f"changed {seen(turn, user).master}", Hold.WITHHELD: "withheld"}
    now = told.get(held, "")
    if now != pin.told:
        turn.put(PINS, replace(pin, told=now))
        _tell(turn, user, held)
    inside = known.trustee(turn, user) is None
    if inside and held is Hold.FIRM and (more or now != pin.told):
        turn.ask(SetPin(turn.room, user, pin.identity))  # what rests may be read by now


def _tell(turn: Turn, user: str, held: Hold) -> None:
    if held is Hold.FIRM:
        turn.tell("keys-back", {"staff": user})
    else:
        alarm(turn, f"keys-{held}", user)
