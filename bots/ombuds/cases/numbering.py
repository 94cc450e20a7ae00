"""The number of a case: what staff and the person call it, and no secret.

It is drawn, not counted: whoever sends two complaints must not learn how many others came between.
"""

from __future__ import annotations

from bots.ombuds import keys
from bots.ombuds.documents.cases import CASES
from bots.ombuds.turn import Turn

FIRST = 9_999
"""Numbers are drawn from 1 to here, and from ten times as many once half of them are taken."""


def draw(turn: Turn, source: str) -> int:
    """A number that no case ever had, always the same for the message with which a case begins."""
    most, taken = FIRST, turn.view.count(CASES, "all")
    while 2 * taken >= most:
        most = 10 * most + 9
    secret = turn.view.secret("case number", f"{turn.chat} {source}")
    number = int.from_bytes(secret, "big") % most + 1
    while _is_taken(turn, number):
        number = number % most + 1
    return number


def _is_taken(turn: Turn, number: int) -> bool:
    """Also by a case that was erased: what its handles name is still there."""
    root = keys.ROOT(case=number)
    known = turn.get(CASES, str(number)) is not None
    return known or turn.view.made(root) is not None or turn.view.is_coming(root)
