"""What staff do with cases: close, reopen, take, find."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote

from bots.ombuds import commands, keys, known
from bots.ombuds.cases import forgetting, thread
from bots.ombuds.documents.cases import (
    CASES,
    SEARCHES,
    Case,
    CaseMoves,
    CaseState,
    Search,
    in_state,
)
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import NO_TIME, Phrase, SetTimer
from bots.runtime.speech.vocabulary import with_word
from bots.runtime.speech.words import Raw
from bots.runtime.understanding import texts
from federation.model.events import TextMessage

MOST = 20
"""Cases in one list."""
READ = 200
"""Cases read at a time when looking for a word."""
WAITING = (CaseState.OPEN, CaseState.ANSWERED)


def close(turn: Turn, staff: str) -> None:
    moved = thread.move(turn, CaseMoves.closed)
    key = "closed" if moved else "closed-already"
    if moved:
        turn.record("closed", case=turn.case.number, staff=staff)
        forgetting.closed(turn)
    (turn.tell_case if turn.case.shelf is None else turn.tell)(key, {"number": turn.case.number})


def put_up(turn: Turn, _: str) -> None:
    """`!show`: the case is in the room by now. Its thread is listed once it has a reply."""
    turn.tell_case("opened", {"number": turn.case.number})


def reopen(turn: Turn, staff: str) -> None:
    moved = thread.move(turn, CaseMoves.reopened)
    key = "reopened" if moved else "open-already"
    if moved:
        turn.record("reopened", case=turn.case.number, staff=staff)
    turn.tell_case(key, {"number": turn.case.number})


def take(turn: Turn, staff: str) -> None:
    if turn.case.taken_by != staff:
        turn.file(taken_by=staff)
        turn.record("taken", case=turn.case.number, staff=staff)
        thread.show(turn)
    turn.tell_case("taken", {"staff": staff, "number": turn.case.number})


# -- lists -----------------------------------------------------------------------------------------


def show(turn: Turn, event: TextMessage, word: str) -> None:
    if not word or commands.OPEN.is_meant(word):
        _tell(turn, *_in_states(turn, *WAITING))
    elif commands.ALL.is_meant(word):
        _tell(turn, *_in_states(turn, *WAITING, CaseState.CLOSED))
    elif commands.SHELF.is_meant(word):
        found = turn.find(CASES, "shelf", "", most=MOST, oldest=True)
        _tell(turn, found, turn.view.count(CASES, "shelf"), shelf=True)
    elif commands.MINE.is_meant(word):
        _tell(turn, *_in_states(turn, *WAITING, CaseState.CLOSED, taken_by=event.origin.sender))
    else:
        _search(turn, Search(0, word, turn.view.count(CASES, "all")))


def _in_states(
    turn: Turn, *states: CaseState, taken_by: str | None = None
) -> tuple[list[Case], int]:
    """Cases that have waited longest come first; of closed ones, the newest."""
    found: list[Case] = []
    count = 0
    for state in states:
        where = in_state(state, taken_by)
        oldest = state is not CaseState.CLOSED
        found += turn.find(CASES, "state", where, most=MOST, oldest=oldest)
        count += turn.view.count(CASES, "state", where)
    return found, count


def _tell(turn: Turn, found: Iterable[Case], count: int, *, shelf: bool = False) -> None:
    """Tell the most urgent of those found. `count`: how many there are in all. `shelf`: it is
    these that are not in the room."""
    shelved = 0 if shelf else turn.view.count(CASES, "shelf")
    if not count and not shelved:
        turn.tell("cases-none", {"command": with_word(commands.CASES, commands.ALL)})
        return
    more: object = ""
    if count > MOST:
        values = {"count": count - MOST, "command": commands.full(commands.CASES)}
        more = turn.phrase("cases-more", values)
    lines = tuple(_line(turn, x) for x in _most_urgent(found))
    besides: object = ""
    if shelved:
        values = {"count": shelved, "command": with_word(commands.CASES, commands.SHELF)}
        besides = turn.phrase("cases-shelf", values)
    turn.tell("cases", {"lines": lines, "more": more, "besides": besides})


def _search(turn: Turn, search: Search) -> None:
    """Read the next cases, newest first; a timer reads the rest."""
    rest = max(0, search.rest - READ)
    known = turn.keys(CASES, "all")[rest : search.rest]
    read = (turn.get(CASES, x) for x in dict.fromkeys((*map(str, search.best), *known)))
    found = [x for x in read if x is not None and _is_about(x, search.word)]
    count = search.count + len(found) - len(search.best)
    if not rest:
        _tell(turn, found, count)
        return
    number, best = search.number or turn.number(), tuple(x.number for x in _most_urgent(found))
    turn.put(SEARCHES, Search(number, search.word, rest, best, count))
    turn.ask(SetTimer(keys.SEARCH(number=number), after=NO_TIME))


def go_on(turn: Turn, search: Search) -> None:
    turn.drop(SEARCHES, str(search.number))
    _search(turn, search)


def _is_about(case: Case, word: str) -> bool:
    known = f"{case.text}\n{case.place}".casefold()
    return word.casefold() in known or word.removeprefix("#") == str(case.number)


_ORDER = (*WAITING, CaseState.CLOSED)


def _most_urgent(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=_urgency)[:MOST]


def _urgency(case: Case) -> tuple[int, float, int]:
    since, number = _since(case), case.number
    if case.state is CaseState.CLOSED:
        since, number = -since, -number
    return _ORDER.index(case.state), since, number


def _since(case: Case) -> float:
    return case.waiting or case.opened


def _line(turn: Turn, case: Case) -> Phrase:
    values = {
        "number": case.number,
        "state": _state(turn, case),
        "age": timedelta(seconds=max(0.0, turn.seconds - _since(case))),
        "language": Raw(case.language or "–"),
        "staff": _keeper(turn, case.taken_by),
        "text": f"🚩 {case.place}".strip() if case.flags else texts.excerpt(case.text),
        "link": _link(turn, case),
    }
    return turn.phrase("cases-line", values)


def _state(turn: Turn, case: Case) -> Phrase:
    if case.held is None:
        return turn.phrase(f"state-{case.state}")
    until = datetime.fromtimestamp(case.held.until, turn.settings.timezone).date()
    return turn.phrase("state-held", {"state": turn.phrase(f"state-{case.state}"), "date": until})


def _keeper(turn: Turn, user: str | None) -> object:
    """Who takes care of it, and whether she is away."""
    short = Raw(_localpart(user))
    found = known.absence(turn, user) if user else None
    if found is None:
        return short
    return turn.phrase("away-short", {"staff": short, "date": known.last_day(found)})


def _localpart(user: str | None) -> str:
    """Short enough for a line of a list; the case itself shows the full id."""
    return user.removeprefix("@").partition(":")[0] if user else "–"


def _link(turn: Turn, case: Case) -> str:
    """A link to its root in the room; empty until the root has been sent, and on the shelf."""
    made = turn.view.made(thread.top(case))
    if turn.room_id is None or made is None or made.event_id is None:
        return ""
    room, event = quote(turn.room_id, safe="!:"), quote(made.event_id, safe="$")
    return f"https://matrix.to/#/{room}/{event}"
