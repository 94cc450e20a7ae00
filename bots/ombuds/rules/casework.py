"""Cases in staff's hands: close, reopen, take, find."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from bots.ombuds import keys
from bots.ombuds.cases.documents import CASES, Case, CaseState
from bots.ombuds.rules import commands, thread
from bots.ombuds.rules.turn import Turn
from bots.runtime import texts
from bots.runtime.decision import Phrase
from bots.runtime.words import Raw

MOST = 20
"""Cases in one list."""
READ = 500
"""Of the newest cases so many are read to look for a word."""
WAITING = (CaseState.OPEN, CaseState.ANSWERED)


def close(turn: Turn) -> None:
    already = turn.case.state is CaseState.CLOSED
    thread.set_state(turn, CaseState.CLOSED)
    _done(turn, "closed-already" if already else "closed")


def reopen(turn: Turn) -> None:
    already = turn.case.state is not CaseState.CLOSED
    if not already:
        thread.set_state(turn, CaseState.OPEN)
    _done(turn, "open-already" if already else "reopened")


def take(turn: Turn, staff: str) -> None:
    if turn.case.taken_by != staff:
        turn.file(taken_by=staff)
        thread.show(turn)
    turn.tell_case("taken", {"staff": staff, "number": turn.case.number})


def _done(turn: Turn, key: str) -> None:
    turn.tell_case(key, {"number": turn.case.number})


# -- lists -----------------------------------------------------------------------------------------


def show(turn: Turn, staff: str, word: str) -> None:
    found, count = _wanted(turn, staff, word)
    command = commands.CASES
    if not count:
        every = f"{command.shown(turn.staff_language)} {commands.ALL.word(turn.staff_language)}"
        turn.tell("cases-none", {"command": every})
        return
    more: object = ""
    if count > MOST:
        shown = commands.full(command, turn.staff_language)
        more = turn.phrase("cases-more", {"count": count - MOST, "command": shown})
    lines = tuple(_line(turn, x) for x in sorted(found, key=_urgency)[:MOST])
    turn.tell("cases", {"lines": lines, "more": more})


def _wanted(turn: Turn, staff: str, word: str) -> tuple[list[Case], int]:
    """The most urgent of those that are asked for, and how many there are."""
    if not word or commands.OPEN.is_meant(word):
        return _in_states(turn, *WAITING)
    if commands.ALL.is_meant(word):
        return _in_states(turn, *WAITING, CaseState.CLOSED)
    if commands.MINE.is_meant(word):
        return list(turn.view.find(CASES, "taken", staff)), turn.view.count(CASES, "taken", staff)
    found = _about(turn, word)
    return found, len(found)


def _in_states(turn: Turn, *states: CaseState) -> tuple[list[Case], int]:
    """Who has waited longest for an answer comes first; of what is closed, the newest."""
    found = [
        case
        for state in states
        for case in turn.view.find(
            CASES, "state", state, most=MOST, oldest=state is not CaseState.CLOSED
        )
    ]
    return found, sum(turn.view.count(CASES, "state", x) for x in states)


def _about(turn: Turn, word: str) -> list[Case]:
    """Of the newest, those in which the word stands; or the one that it names."""
    number, _ = commands.split_number(word)
    newest = turn.office.cases
    numbers = {*range(max(0, newest - READ), newest + 1), *filter(None, (number,))}
    read = (turn.get(CASES, str(x)) for x in numbers)
    return [x for x in read if x is not None and _is_about(x, word)]


def _is_about(case: Case, word: str) -> bool:
    known = f"{case.text}\n{case.place}".casefold()
    return word.casefold() in known or word.removeprefix("#") == str(case.number)


_ORDER = (*WAITING, CaseState.CLOSED)


def _urgency(case: Case) -> tuple[int, float]:
    closed = case.state is CaseState.CLOSED
    return _ORDER.index(case.state), -_since(case) if closed else _since(case)


def _since(case: Case) -> float:
    return case.waiting or case.opened


def _line(turn: Turn, case: Case) -> Phrase:
    values = {
        "number": case.number,
        "state": turn.phrase(f"state-{case.state}"),
        "age": timedelta(seconds=max(0.0, turn.seconds - _since(case))),
        "language": Raw(case.language or "–"),
        "staff": Raw(_localpart(case.taken_by)),
        "text": f"🚩 {case.place}".strip() if case.flags else texts.excerpt(case.text),
        "link": _link(turn, case),
    }
    return turn.phrase("cases-line", values)


def _localpart(user: str | None) -> str:
    """Short enough for a line of a list; the case itself names her in full."""
    return user.removeprefix("@").partition(":")[0] if user else "–"


def _link(turn: Turn, case: Case) -> str:
    """To where it stands in the room, once it does."""
    key = keys.HEADER if case.root_gone else keys.ROOT
    made = turn.view.made(key(case=case.number))
    if turn.room_id is None or made is None or made.event_id is None:
        return ""
    room, event = quote(turn.room_id, safe="!:"), quote(made.event_id, safe="$")
    return f"https://matrix.to/#/{room}/{event}"
