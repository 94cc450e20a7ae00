"""Cases in staff's hands: close, reopen, take, find."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from bots.ombuds.models import Case, CaseState
from bots.ombuds.rules import commands
from bots.ombuds.rules.turn import Turn
from bots.ombuds.state import Listed
from bots.runtime import texts
from bots.runtime.decision import Phrase
from bots.runtime.words import Raw

MOST = 20
"""Cases in one list."""


def close(turn: Turn) -> None:
    already = turn.case.state is CaseState.CLOSED
    turn.set_state(CaseState.CLOSED)
    _done(turn, "closed-already" if already else "closed")


def reopen(turn: Turn) -> None:
    already = turn.case.state is not CaseState.CLOSED
    if not already:
        turn.set_state(CaseState.OPEN)
    _done(turn, "open-already" if already else "reopened")


def take(turn: Turn, staff: str) -> None:
    if turn.case.taken_by != staff:
        turn.file(taken_by=staff)
        turn.show_case()
    turn.tell_case("taken", {"staff": staff, "number": turn.case.number})


def _done(turn: Turn, key: str) -> None:
    turn.tell_case(key, {"number": turn.case.number})


# -- lists -----------------------------------------------------------------------------------------


def show(turn: Turn, staff: str, word: str) -> None:
    found = sorted((x for x in turn.state.listed if _wanted(x.case, staff, word)), key=_urgency)
    command = commands.CASES
    if not found:
        every = f"{command.shown(turn.staff_language)} {commands.ALL.word(turn.staff_language)}"
        turn.tell("cases-none", {"command": every})
        return
    more: object = ""
    if len(found) > MOST:
        shown = commands.full(command, turn.staff_language)
        more = turn.phrase("cases-more", {"count": len(found) - MOST, "command": shown})
    lines = tuple(_line(turn, x) for x in found[:MOST])
    turn.tell("cases", {"lines": lines, "more": more})


def _wanted(case: Case, staff: str, word: str) -> bool:
    if not word or commands.OPEN.is_meant(word):
        return case.state is not CaseState.CLOSED
    if commands.MINE.is_meant(word):
        return case.taken_by == staff
    if commands.ALL.is_meant(word):
        return True
    known = f"{case.text}\n{case.place}".casefold()
    return word.casefold() in known or word.removeprefix("#") == str(case.number)


_ORDER = (CaseState.OPEN, CaseState.ANSWERED, CaseState.CLOSED)


def _urgency(listed: Listed) -> tuple[int, float]:
    """Who has waited longest for an answer comes first; of what is closed, the newest."""
    case = listed.case
    closed = case.state is CaseState.CLOSED
    return _ORDER.index(case.state), -case.number if closed else _since(case)


def _since(case: Case) -> float:
    return case.waiting or case.opened


def _line(turn: Turn, listed: Listed) -> Phrase:
    case = listed.case
    values = {
        "number": case.number,
        "state": turn.phrase(f"state-{case.state}"),
        "age": timedelta(seconds=max(0.0, turn.seconds - _since(case))),
        "language": Raw(case.language or "–"),
        "staff": Raw(_localpart(case.taken_by)),
        "text": f"🚩 {case.place}".strip() if case.flags else texts.excerpt(case.text),
        "link": _link(turn.state.room, listed.event_id),
    }
    return turn.phrase("cases-line", values)


def _localpart(user: str | None) -> str:
    """Short enough for a line of a list; the case itself names her in full."""
    return user.removeprefix("@").partition(":")[0] if user else "–"


def _link(room: str | None, event_id: str | None) -> str:
    if room is None or event_id is None:
        return ""
    return f"https://matrix.to/#/{quote(room, safe='!:')}/{quote(event_id, safe='$')}"
