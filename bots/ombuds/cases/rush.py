"""Very many cases at once: those of people who write once are shown, the others told of together.

The first few of any ten minutes are shown whoever writes. Then a case is shown if nobody else has
written the same, and if its person has begun no other one lately and has no more than two chats
with us; if there are very many even of these, some more are shown each minute, the newest and the
oldest in turn. All others stay on the shelf: stored, confirmed to those who wrote, listed, and
shown if staff want.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from bots.ombuds import commands, keys
from bots.ombuds.cases import blocks, ringing, standing
from bots.ombuds.documents.cases import CASES, Case, Shelf
from bots.ombuds.documents.chats import IDENTITIES
from bots.ombuds.documents.floods import RUSH, Began, Rush
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import SetTimer
from bots.runtime.speech.vocabulary import with_word

WINDOW = 600.0
"""Seconds: what "lately" means here."""
FEW = 10
"""Cases in that time that are shown whoever began them."""
SINGLES = 40
"""And of those who began one only."""
CHATS = 2
MOST = 200
"""Cases that are remembered of that time."""
GATHERED, APART = timedelta(seconds=20), timedelta(seconds=60)
"""Until staff are first told, and between two times that they are told more."""
NEXT = 10
"""Cases shown each minute of those that wait for it."""


def shelf_for(turn: Turn, words: str) -> Shelf | None:
    """Whether a case that begins now with these words is kept on the shelf."""
    if blocks.is_blocked(turn):
        return Shelf.BLOCKED
    person = turn.flagger(turn.reporter.reveal()).serial
    rush = turn.get(RUSH, "rush") or Rush()
    lately = tuple(x for x in rush.lately if sparing.lately(x.at, turn.seconds, WINDOW))[-MOST:]
    like = _fingerprint(words)
    shelf = _shelf(turn, lately, person, like)
    began = Began(turn.seconds, person, like, shelf is None)
    turn.put(RUSH, replace(rush, lately=(*lately, began)))
    if shelf is not None:
        _note(turn, person, shelf)
    return shelf


def _fingerprint(words: str) -> str:
    letters = "".join(x for x in words.casefold() if x.isalpha())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()[:16] if letters else ""


def _shelf(turn: Turn, lately: tuple[Began, ...], person: int, like: str) -> Shelf | None:
    if len(lately) < FEW:
        return None
    if any(x.person == person or x.like == like != "" for x in lately) or _is_many(turn):
        return Shelf.RUSH
    return None if sum(x.shown for x in lately) < SINGLES else Shelf.SINGLE


def _is_many(turn: Turn) -> bool:
    """Whether the person has many chats with us, and none that we know from before."""
    number = turn.conversation.case
    before = None if number is None else turn.get(CASES, str(number))
    known = before is not None and not sparing.lately(before.opened, turn.seconds, WINDOW)
    return not known and turn.view.count(IDENTITIES, "who", turn.reporter.reveal()) > CHATS


# -- what staff are told ---------------------------------------------------------------------------


def _note(turn: Turn, person: int, shelf: Shelf) -> None:
    rush = turn.get(RUSH, "rush") or Rush()
    if not sparing.lately(rush.last, turn.seconds, WINDOW):
        rush = replace(rush, number=rush.number + 1, cases=0, people=(), told=False)
    if not rush.due:
        turn.ask(SetTimer(keys.TELL_RUSH(), after=APART if rush.told else GATHERED))
    if shelf is Shelf.SINGLE and not turn.view.count(CASES, "shelf", Shelf.SINGLE):
        turn.ask(SetTimer(keys.SHOW_NEXT(), after=APART))
    people = rush.people if person in rush.people else (*rush.people, person)
    cases = rush.cases + 1
    turn.put(RUSH, replace(rush, last=turn.seconds, cases=cases, people=people, due=True))


def tell(turn: Turn) -> None:
    """One message a rush, which rings once and is kept up to date."""
    rush = turn.get(RUSH, "rush")
    if rush is None or not rush.due:
        return
    here = rush.told and rush.stands == turn.office.rooms
    if not here and (left := ringing.quiet_for(turn)):
        turn.ask(SetTimer(keys.TELL_RUSH(), after=left))
        return
    turn.put(RUSH, replace(rush, due=False, told=True, stands=turn.office.rooms))
    values = {
        "cases": rush.cases,
        "people": len(rush.people),
        "list": with_word(commands.CASES, commands.SHELF),
        "show": commands.numbered(commands.SHOW),
        "block": commands.numbered(commands.BLOCK),
    }
    if here:
        turn.tell("rush", values, edits=keys.RUSHED(number=rush.number))
    else:
        turn.tell("rush", values, handle=keys.RUSHED(number=rush.number))
        ringing.rings(turn)


# -- what is shown all the same --------------------------------------------------------------------


def show_next(turn: Turn) -> None:
    """Some more of those who wrote once."""
    newest = turn.find(CASES, "shelf", Shelf.SINGLE, most=NEXT // 2)
    oldest = turn.find(CASES, "shelf", Shelf.SINGLE, most=NEXT // 2, oldest=True)
    found: dict[int, Case] = {x.number: x for x in (*newest, *oldest)}
    for number in found:
        turn.take_case(number)
        standing.show(turn)
        ringing.opened(turn)
    if turn.view.count(CASES, "shelf", Shelf.SINGLE) > len(found):
        turn.ask(SetTimer(keys.SHOW_NEXT(), after=APART))
