"""The names under which the office finds its rooms, events and timers again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bots.runtime.kit.keys import Question
from federation.actions import Handle

ROOM = Handle("office/room")
TEXT = Question("case/{case:int}")
"""What a message of the person says now that belongs to a case."""
FLAGGED = Question("flag/{number:int}")
"""What a message says now that somebody flagged."""

_ROOM = re.compile(r"office/room(?:/\d{1,6})?", re.ASCII)
_CASE = re.compile(r"case/(\d{1,12})/([a-z]+)(?:/(\d{1,12})(/notice)?)?", re.ASCII)
_TEAM = re.compile(r"team/(\d{1,12})", re.ASCII)
_FLAG = re.compile(r"flag/(\d{1,12})/(question|evidence)", re.ASCII)
_NUMBERED = re.compile(r"(chat|moderator|flag|recount|notice)/(\d{1,12})", re.ASCII)
_RECEIPT = re.compile(r"receipt/(\d{1,12})", re.ASCII)
_TIMER = re.compile(r"answer/(\d{1,12})/(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What a handle names: `part` is `root`, `header`, `receipt`, `acknowledged`, `text`, `answer`,
    `notice` (the notice of an answer), or a kind of media."""

    case: int
    part: str
    number: int = 0


def room(number: int) -> Handle:
    """The ombuds room; another one each time that it was lost."""
    return Handle(f"{ROOM}/{number}") if number else ROOM


def is_room(name: str | None) -> bool:
    return _ROOM.fullmatch(name or "") is not None


def receipt_timer(case: int) -> str:
    """When the receipt is tried again that waits for a case to stand in the room."""
    return f"receipt/{case}"


def receipt_due(key: str) -> int | None:
    found = _RECEIPT.fullmatch(key)
    return int(found[1]) if found else None


def root(case: int) -> Handle:
    return Handle(f"case/{case}/root")


def header(case: int) -> Handle:
    """Stands in for a root that was taken back."""
    return Handle(f"case/{case}/header")


def receipt(case: int) -> Handle:
    return Handle(f"case/{case}/receipt")


def acknowledged(case: int, number: int) -> Handle:
    """What tells the person to which case her message went, the one with that number there."""
    return Handle(f"case/{case}/acknowledged/{number}")


def text(case: int, number: int, kind: str = "text") -> Handle:
    """A message of the person in the thread: text, or news of a medium of that kind."""
    return Handle(f"case/{case}/{kind}/{number}")


def answer(case: int, number: int) -> Handle:
    return Handle(f"case/{case}/answer/{number}")


def notice(case: int, number: int) -> Handle:
    """What staff see of an answer."""
    return Handle(f"case/{case}/answer/{number}/notice")


def undo(case: int, number: int) -> Handle:
    """Our reaction by which an answer can be taken back."""
    return Handle(f"undo/{case}/{number}")


def proposal(number: int) -> Handle:
    return Handle(f"team/{number}")


def place(handle: str | None) -> Place | None:
    found = _CASE.fullmatch(handle or "")
    if found is None:
        return None
    case, part, number, noticed = found.groups()
    return Place(int(case), "notice" if noticed else part, int(number or 0))


def proposal_number(handle: str | None) -> int | None:
    found = _TEAM.fullmatch(handle or "")
    return int(found[1]) if found else None


def answer_timer(case: int, number: int) -> str:
    return f"answer/{case}/{number}"


def answer_due(key: str) -> tuple[int, int] | None:
    found = _TIMER.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


ANEW = "office/anew"
"""When a lost room is followed by another one."""
RING = "office/ring"
"""When staff hear of what has come since their phones last rang."""
WELCOME = "welcome/"
DEVICES = "devices/"
"""With somebody of the team: when it is looked on which devices she reads."""


def welcome_timer(room_id: str) -> str:
    return WELCOME + room_id


# -- flags -----------------------------------------------------------------------------------------

COLLECT = "collect/"
UNUSED = "unused/"


def chat(number: int) -> Handle:
    """A private chat that we make."""
    return Handle(f"chat/{number}")


def moderator(serial: int) -> Handle:
    """The room in which a moderator is told of flags."""
    return Handle(f"moderator/{serial}")


def question(flag: int) -> Handle:
    return Handle(f"flag/{flag}/question")


def evidence(flag: int) -> Handle:
    """The question whether the office may read what was flagged."""
    return Handle(f"flag/{flag}/evidence")


def told(notice: int, moderator: int) -> Handle:
    return Handle(f"notice/{notice}/{moderator}")


def flag_question(handle: str | None) -> tuple[int, str] | None:
    """Number of the flag, and what is asked: `question` or `evidence`."""
    found = _FLAG.fullmatch(handle or "")
    return (int(found[1]), found[2]) if found else None


def numbered(name: str | None) -> tuple[str, str] | None:
    """What stands behind `chat/3` and its like, of handles and of timers."""
    found = _NUMBERED.fullmatch(name or "")
    return (found[1], found[2]) if found else None


def flag_timer(flag: int) -> str:
    """When the question is forgotten."""
    return f"flag/{flag}"


def recount_timer(flag: int) -> str:
    """When the question tells how many messages it is about."""
    return f"recount/{flag}"


def notice_timer(notice: int) -> str:
    """When it is forgotten what moderators were told."""
    return f"notice/{notice}"


def collect_timer(room_id: str) -> str:
    """When the room's moderators are told of what has come since they last were."""
    return COLLECT + room_id


def unused_timer(room_id: str) -> str:
    """When we leave a room in which flags are off."""
    return UNUSED + room_id
