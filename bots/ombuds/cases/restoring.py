"""What the office has said in the staff's room and somebody else deleted: it is said again."""

from __future__ import annotations

from collections.abc import Callable

from bots.ombuds import keys
from bots.ombuds.cases import answers, held, hiding, standing, thread
from bots.ombuds.documents.cases import LATER, AnswerState, later_key
from bots.ombuds.documents.hidden import HIDDEN, HiddenState
from bots.ombuds.keys import Part
from bots.ombuds.turn import Turn

MADE_ANEW = frozenset({"header", "notice"})
"""What the office itself deletes and says again under the same name."""


def put(turn: Turn, handle: str, *, ours: bool) -> bool:
    """Whether what this names was to stay, so that it is said again. `ours`: the office may have
    deleted it itself."""
    told = keys.TAKEN.read(handle)
    if told is not None:
        return _told(turn, str(told["mark"]))
    part = keys.part(handle)
    if part is None or (ours and part.what in MADE_ANEW):
        return False
    turn.take_case(part.case)
    if not turn.has_case or not turn.is_case_here:
        return False
    return _PUT.get(part.what, _text)(turn, part)


def _told(turn: Turn, mark: str) -> bool:
    hidden = turn.get(HIDDEN, mark)
    if hidden is not None:
        turn.take_case(hidden.case)
        hiding.tell(turn, hidden)
    return hidden is not None


def _root(turn: Turn, _: Part) -> bool:
    """Its thread goes on beneath what is left of it."""
    lost = not turn.case.root_gone and not turn.case.root_lost
    if lost:
        turn.file(root_lost=True)
        _say_root(turn)
    return lost


def _header(turn: Turn, _: Part) -> bool:
    _say_root(turn)
    return True


def _say_root(turn: Turn) -> None:
    turn.tell_case(thread.root(turn), handle=keys.HEADER(case=turn.case.number))


def _notice(turn: Turn, part: Part) -> bool:
    answer = answers.find(turn, part.number)
    if answer is None or answer.state is AnswerState.CANCELLED:
        return False
    standing.put_answer(turn, answer)
    return True


def _held(turn: Turn, part: Part) -> bool:
    for hidden in held.of_case(turn):
        found = next((x for x in hidden.parts if x.number == part.number), None)
        if hidden.state is HiddenState.HELD and found is not None:
            held.put_part(turn, hidden, found)
            return True
    return False


def _text(turn: Turn, part: Part) -> bool:
    later = turn.get(LATER, later_key(part.case, part.number))
    if later is None or later.kind != part.what:
        return False
    standing.put_later(turn, later)
    return True


_PUT: dict[str, Callable[[Turn, Part], bool]] = {
    "root": _root,
    "header": _header,
    "notice": _notice,
    "held": _held,
}
