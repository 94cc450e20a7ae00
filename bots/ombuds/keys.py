"""The names under which the office finds its rooms, events and timers again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bots.runtime.kit.keys import Made, Question, Timer
from bots.runtime.model.bot import Made as Standing
from federation.model.actions import Handle

# -- the ombuds room -------------------------------------------------------------------------------

FIRST = Made("office/room")
LATER = Made("office/room/{number:int}")
"""Another one, each time that it was lost."""
PROPOSAL = Made("team/{number:int}")

ANEW = Timer("office/anew")
"""A lost room is followed by another one."""
MOVE = Timer("office/move")
"""More cases are put into the new room."""
SEARCH = Timer("search/{number:int}")
"""More cases are read to look for a word."""
RING = Timer("office/ring")
"""Staff hear of what has come since their phones last rang."""
DEVICES = Timer("devices/{user}")
"""It is looked on which devices somebody of the team reads."""

# -- cases -----------------------------------------------------------------------------------------

ROOT = Made("case/{case:int}/root")
HEADER = Made("case/{case:int}/header")
"""Stands in for a root that was taken back."""
RECEIPT = Made("case/{case:int}/receipt")
ACKNOWLEDGED = Made("case/{case:int}/acknowledged/{number:int}")
"""What tells the person to which case her message went, the one with that number there."""
ANSWER = Made("case/{case:int}/answer/{number:int}")
NOTICE = Made("case/{case:int}/answer/{number:int}/notice")
"""What staff see of an answer."""
TEXT = Made("case/{case:int}/{kind}/{number:int}")
"""A message of the person in the thread: text, or news of a medium of that kind."""
UNDO = Made("undo/{case:int}/{number:int}")
"""Our reaction by which an answer can be taken back."""

SAID = Question("case/{case:int}")
"""What a message of the person says now that belongs to a case."""

GOES = Timer("answer/{case:int}/{number:int}")
"""An answer goes out."""
RECEIVE = Timer("receipt/{case:int}")
"""The receipt is tried again that waits for a case to stand in the room."""

# -- private chats ---------------------------------------------------------------------------------

CHAT = Made("chat/{number:int}")
"""One that we make."""

WELCOME = Timer("welcome/{room}")

# -- flags -----------------------------------------------------------------------------------------

QUESTION = Made("flag/{number:int}/question")
EVIDENCE = Made("flag/{number:int}/evidence")
"""The question whether the office may read what was flagged."""
MODERATOR = Made("moderator/{serial:int}")
"""The room in which a moderator is told of flags."""
TOLD = Made("notice/{notice:int}/{moderator:int}")

FLAGGED = Question("flag/{number:int}")
"""What a message says now that somebody flagged."""

FORGET = Timer("flag/{number:int}")
"""The question is forgotten."""
RECOUNT = Timer("recount/{number:int}")
"""The question tells how many messages it is about."""
REMEMBERED = Timer("notice/{number:int}")
"""It is forgotten what moderators were told."""
COLLECT = Timer("collect/{room}")
"""The room's moderators are told of what has come since they last were."""
UNUSED = Timer("unused/{room}")
"""We leave a room in which flags are off."""


def office(number: int) -> Handle:
    return LATER(number=number) if number else FIRST()


def is_office(name: str | None) -> bool:
    return FIRST.read(name) is not None or LATER.read(name) is not None


@dataclass(frozen=True, slots=True)
class Part:
    """What a handle names of a case: `what` is `root`, `header`, `receipt`, `acknowledged`,
    `answer`, `notice` (of an answer), `text`, or a kind of media."""

    case: int
    what: str
    number: int = 0


_PARTS = {
    "root": ROOT,
    "header": HEADER,
    "receipt": RECEIPT,
    "acknowledged": ACKNOWLEDGED,
    "answer": ANSWER,
    "notice": NOTICE,
    "text": TEXT,
}
"""`TEXT` last: it fits others as well."""


def part(handle: str | None) -> Part | None:
    for what, key in _PARTS.items():
        if found := key.read(handle):
            kind, number = found.get("kind", what), found.get("number", 0)
            return Part(int(found["case"]), str(kind), int(number))
    return None


def case_of(made: Iterable[Standing]) -> int | None:
    """The first case of which something was made."""
    return next((x.case for y in made if (x := part(y.handle)) is not None), None)


def flag(handle: str | None) -> tuple[int, Made] | None:
    """Number of the flag that a question of ours is about, and which question it is."""
    for key in (QUESTION, EVIDENCE):
        if found := key.read(handle):
            return int(found["number"]), key
    return None
