"""Very many cases at once: those of people who write once are shown, the others told of together.

A rush is ten cases of five people within ten minutes. While it lasts, somebody who had written
before goes on being shown. Of the others a case is shown if nobody else has written the same, and
if its person has no more than two chats with us, nor begun another one just before, or several
lately; if there are very many even of these, some more are shown each minute, the newest and the
oldest in turn. What is not shown stays on the shelf: stored, confirmed to those who wrote, listed,
and shown if staff want.
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
FEW, PEOPLE = 10, 5
"""Cases, and people who began them, that make no rush yet."""
OF_ONE = 50
"""Cases of one person that are shown in that time if there is no rush."""
OF_KNOWN = 15
"""And in a rush, of somebody who had written before it."""
BEFORE = 60.0
"""Seconds before its first case."""
OF_NEW, BURST, CHATS = 3, 20.0, 2
"""Of others: cases, seconds in which one is shown, and chats with us."""
SINGLES = 40
"""All that are shown in that time, as long as they come."""
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
    shelf = _shelf(turn, rush, lately, Began(turn.seconds, person, like))
    began = Began(turn.seconds, person, like, shelf is None)
    turn.put(RUSH, replace(rush, lately=(*lately, began)))
    if shelf is not None:
        _note(turn, person, shelf)
    return shelf


def _fingerprint(words: str) -> str:
    letters = "".join(x for x in words.casefold() if x.isalpha())
    return hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest()[:16] if letters else ""


def _shelf(turn: Turn, rush: Rush, lately: tuple[Began, ...], new: Began) -> Shelf | None:
    mine = [x for x in lately if x.person == new.person]
    if len(lately) < FEW or len({x.person for x in lately}) < PEOPLE:
        return Shelf.RUSH if len(mine) >= OF_ONE else None
    if _is_known(turn, rush):
        return Shelf.RUSH if len(mine) >= OF_KNOWN else None
    same = any(x.like == new.like and x.person != new.person for x in lately if x.like)
    if same or _is_many(turn, mine):
        return Shelf.RUSH
    return None if sum(x.shown for x in lately) < SINGLES else Shelf.SINGLE


def _is_known(turn: Turn, rush: Rush) -> bool:
    """Whether the person had begun a case in this chat before the rush."""
    serial = str(turn.conversation.serial)
    first = next(iter(turn.find(CASES, "conversation", serial, most=1, oldest=True)), None)
    since = rush.since if sparing.lately(rush.last, turn.seconds, WINDOW) else turn.seconds
    return first is not None and first.opened < since - BEFORE


def _is_many(turn: Turn, mine: list[Began]) -> bool:
    just = any(sparing.lately(x.at, turn.seconds, BURST) for x in mine)
    chats = turn.view.count(IDENTITIES, "who", turn.reporter.reveal())
    return just or len(mine) >= OF_NEW or chats > CHATS


def forget(turn: Turn, person: int) -> None:
    """Nothing tells any more that this person (`Flagger.serial`) was in it."""
    rush = turn.get(RUSH, "rush")
    if rush is not None:
        lately = tuple(x for x in rush.lately if x.person != person)
        people = tuple(x for x in rush.people if x != person)
        turn.put(RUSH, replace(rush, lately=lately, people=people))


# -- what staff are told ---------------------------------------------------------------------------


def _note(turn: Turn, person: int, shelf: Shelf) -> None:
    rush = turn.get(RUSH, "rush") or Rush()
    if not sparing.lately(rush.last, turn.seconds, WINDOW):
        rush = Rush(rush.lately, rush.number + 1, turn.seconds)
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
