"""Names by which the office finds its rooms, events and timers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bots.runtime.kit.keys import Made, Question, Timer
from bots.runtime.model.made import Made as Standing
from federation.model.actions import Handle

# -- the ombuds room -------------------------------------------------------------------------------

FIRST = Made("office/room")
LATER = Made("office/room/{number:int}")
"""The next ombuds room, each time that one is lost."""
PROPOSAL = Made("team/{number:int}")

TRUSTEE = Made("trustee/{number:int}")
"""The chat with somebody outside of the office who can be the second."""

LEAD = Made("lead/{number:int}")
"""The chat with somebody who is to join the team, and has no keys of her own yet."""

ALONE = Timer("team/{number:int}/alone")
"""Carry out what the only confirmed member has proposed."""
ABSENT = Timer("team/absent/{user}")
"""The last day on which a member is away has passed."""
ANEW = Timer("office/anew")
"""Make a new room in place of a lost one."""
LOOK = Timer("office/look")
"""Look whether the room is still there."""
MOVE = Timer("office/move")
"""Send the next cases into the new room."""
SEARCH = Timer("search/{number:int}")
"""Search the next cases for a word."""
RUSHED = Made("rush/{number:int}")
"""Tells staff of the cases that came all at once."""
TELL_RUSH = Timer("rush/tell")
SHOW_NEXT = Timer("rush/next")
"""Show the next of them."""
UNBLOCK = Timer("block/{case:int}")
RING = Timer("office/ring")
"""Ring staff's phones for what has come since the last sound."""
DEVICES = Timer("devices/{user}")
"""Check which devices a member of the team reads on."""

# -- mails about alarms ----------------------------------------------------------------------------

ALARM = Timer("alarm/{key}")
"""The next mail about an alarm that has come again."""
LETTER = Timer("letter/{number:int}")
"""What a mail says; once the timer rings, it is forgotten."""
MAIL = Made("mail/{letter:int}/{to:int}/{attempt:int}")
MAIL_AGAIN = Timer(MAIL.pattern)
HOLD_OVER = Timer("hold/{case:int}")
"""Staff keep a case no longer from being erased."""
ERASE_PERSON = Timer("erasure/{case:int}")
"""Erase all of the person of this case, as two of the team were asked to."""
SWEEP = Timer("cases/sweep")
"""The next closed cases are erased."""
DAILY = Timer("record/daily")
"""The head of the record is told."""

# -- cases -----------------------------------------------------------------------------------------

ROOT = Made("case/{case:int}/root")
HEADER = Made("case/{case:int}/header")
"""Replaces a root that was taken back."""
ARRIVED = Made("case/{case:int}/arrived")
ACKNOWLEDGED = Made("case/{case:int}/acknowledged/{number:int}")
"""Tells the person which case their message went to; `number`: of the message there."""
ANSWER = Made("case/{case:int}/answer/{number:int}")
NOTICE = Made("case/{case:int}/answer/{number:int}/notice")
"""The notice of an answer that staff see."""
HELD = Made("case/{case:int}/held/{number:int}")
"""What was taken back and staff hold; `number`: of the message there, 0 of the root."""
TAKEN = Made("taken/{mark}")
"""Tells staff that something was taken back."""
TEXT = Made("case/{case:int}/{kind}/{number:int}")
"""A message of the person in the thread: text, or a note about an attachment of that kind."""
UNDO = Made("undo/{case:int}/{number:int}")
"""Our reaction that staff press to take an answer back."""

SAID = Question("case/{case:int}")
"""What a message of the case's person says now."""

GOES = Timer("answer/{case:int}/{number:int}")
"""Send an answer."""
CONFIRM_ARRIVAL = Timer("arrived/{case:int}")
"""Try again to say that it has arrived, which waits for the root of its case."""
ERASE = Timer("erase/{mark}")
"""Erase what was taken back."""

# -- private chats ---------------------------------------------------------------------------------

CHAT = Made("chat/{number:int}")
"""A chat that we make."""

WELCOME = Timer("welcome/{room}")

RECEIPT = Made("receipt/{conversation:int}/{number:int}")
"""The message that tells a person her receipt; `number`: of those that she was told."""
TELL_RECEIPT = Timer("receipt/{conversation:int}")
PIN = Timer("pin/{conversation:int}/{number:int}")
WHOSE = Question("pin/{conversation:int}/{number:int}")
"""From which identity the first message of a chat came."""
DISCLOSED = Made("disclosed/{case:int}")
"""The message that shows staff who brought a case."""
COVER = Timer("disclosed/{case:int}")
TELL_PERSON = Timer("disclosure/{case:int}")
"""Tell the person that staff looked up who they are."""
FORGET_PERSON = Timer("forget/{conversation:int}")
"""Forget whose conversation it was, or tell the person that we soon will."""
GUESSED = Timer("guessed/{who}")
"""Forget wrong receipts that somebody has typed."""

# -- flags -----------------------------------------------------------------------------------------

QUESTION = Made("flag/{number:int}/question")
EVIDENCE = Made("flag/{number:int}/evidence")
"""Asks whether the office may read what was flagged."""
MODERATOR = Made("moderator/{serial:int}")
"""The room in which we tell a moderator about flags."""
TOLD = Made("notice/{notice:int}/{moderator:int}")

FLAGGED = Question("flag/{number:int}")
"""What a flagged message says now."""

FORGET = Timer("flag/{number:int}")
"""Forget a question."""
RECOUNT = Timer("recount/{number:int}")
"""Update the number of messages in a question."""
REMEMBERED = Timer("notice/{number:int}")
"""Forget what moderators were told."""
COLLECT = Timer("collect/{room}")
"""Tell the room's moderators what has come since they were last told."""
UNUSED = Timer("unused/{room}")
"""Leave a room in which flags are off."""


def office(number: int) -> Handle:
    return LATER(number=number) if number else FIRST()


def reader(number: int) -> str:
    """The name of an address that gets mails about alarms."""
    return f"alarms/{number}"


def is_office(name: str | None) -> bool:
    return FIRST.read(name) is not None or LATER.read(name) is not None


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a case that a handle names. `what` is `root`, `header`, `arrived`,
    `acknowledged`, `answer`, `notice` (of an answer), `held`, `text`, or a kind of media."""

    case: int
    what: str
    number: int = 0


_PARTS = {
    "root": ROOT,
    "header": HEADER,
    "arrived": ARRIVED,
    "acknowledged": ACKNOWLEDGED,
    "answer": ANSWER,
    "notice": NOTICE,
    "held": HELD,
    "text": TEXT,
}
"""`TEXT` comes last, because its pattern also fits others."""


def part(handle: str | None) -> Part | None:
    for what, key in _PARTS.items():
        if found := key.read(handle):
            kind, number = found.get("kind", what), found.get("number", 0)
            return Part(int(found["case"]), str(kind), int(number))
    return None


def case_of(made: Iterable[Standing]) -> int | None:
    """The first case that one of these is part of."""
    return next((x.case for y in made if (x := part(y.handle)) is not None), None)


def flag(handle: str | None) -> tuple[int, Made] | None:
    """The flag that one of our questions is about, and which question it is."""
    for key in (QUESTION, EVIDENCE):
        if found := key.read(handle):
            return int(found["number"]), key
    return None
