"""Staff read no more of what somebody writes, for a while.

The person is told, and told again once a day if they go on writing. It may not have been them: a
phone is shared, an account can be taken over, and whoever is not told waits for help in vain. So
what they write is kept, and staff are shown it when the block is over. Somebody who only wants to
harm learns nothing by it that silence would not tell as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bots.ombuds import commands, keys
from bots.ombuds.cases import ringing, standing
from bots.ombuds.documents.cases import CASES, Case, Shelf
from bots.ombuds.documents.chats import CONVERSATIONS, IDENTITIES
from bots.ombuds.documents.floods import BLOCKS, Block
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import CancelTimer, SetTimer

LONG = timedelta(days=14)
DAY = 86_400.0
MOST = 200
"""Messages of one person that are kept meanwhile."""


def of_person(turn: Turn) -> Block | None:
    """The block of the person of the chat at hand."""
    return turn.get(BLOCKS, turn.reporter.reveal()) if turn.has_chat else None


def is_blocked(turn: Turn) -> bool:
    return of_person(turn) is not None


def is_full(turn: Turn) -> bool:
    """Whether no more of what the person writes is kept. If so, they are told."""
    block = of_person(turn)
    if block is None or block.texts < MOST:
        return False
    _remind(turn, block, "blocked-full")
    return True


def kept(turn: Turn) -> None:
    """Another message of theirs is kept."""
    block = of_person(turn)
    if block is not None:
        turn.put(BLOCKS, block := replace(block, texts=block.texts + 1))
        _remind(turn, block, "blocked")


def _remind(turn: Turn, block: Block, key: str) -> None:
    if not sparing.lately(block.reminded, turn.seconds, DAY):
        turn.put(BLOCKS, replace(block, reminded=turn.seconds))
        helplines = ", ".join(turn.settings.helplines)
        turn.say(key, {"time": _time(turn, block.until), "helplines": helplines})


# -- commands --------------------------------------------------------------------------------------


def block(turn: Turn, staff: str) -> None:
    """`!block`, in a case: the person of that case."""
    number, before = turn.case.number, of_person(turn)
    if not turn.has_chat:
        _tell(turn, "block-nobody", {"number": number})
        return
    if before is not None:
        _tell(turn, "block-already", {"number": number, "time": _time(turn, before.until)})
        return
    until = turn.now + LONG
    made = Block(turn.reporter.reveal(), number, until.timestamp())
    turn.put(BLOCKS, made)
    turn.ask(SetTimer(keys.UNBLOCK(case=number), at=until))
    turn.record("blocked", case=number, staff=staff)
    _remind(turn, made, "blocked")
    command = commands.unblocking(number)
    shown = {"staff": staff, "number": number, "time": _time(turn, made.until), "command": command}
    _tell(turn, "block-begun", shown)


def unblock(turn: Turn, staff: str) -> None:
    found, number = of_person(turn), turn.case.number
    if found is None:
        _tell(turn, "block-none", {"number": number})
        return
    turn.ask(CancelTimer(keys.UNBLOCK(case=found.case)))
    turn.record("unblocked", case=found.case, staff=staff)
    _end(turn, found)


def over(turn: Turn, case: int) -> None:
    """Its time is over."""
    for found in turn.find(BLOCKS, "case", str(case)):
        turn.take_case(case)
        turn.record("unblocked", case=case)
        _end(turn, found)


def _end(turn: Turn, block: Block) -> None:
    turn.drop(BLOCKS, block.user)
    turn.tell("block-over", {"number": block.case})
    if turn.has_chat and not turn.conversation.left:
        turn.say("unblocked")
    for case in [*_meanwhile(turn, block.user)]:
        turn.take_case(case.number)
        standing.show(turn)
        ringing.opened(turn)


def _meanwhile(turn: Turn, user: str) -> Iterator[Case]:
    """The cases in which is kept what they wrote."""
    for identity in turn.find(IDENTITIES, "who", user):
        chat = turn.get(CONVERSATIONS, identity.room)
        found = None if chat is None else turn.get(CASES, str(chat.case))
        if found is not None and found.shelf is Shelf.BLOCKED:
            yield found


def _tell(turn: Turn, key: str, values: dict[str, object]) -> None:
    """In the thread of the case, if it has one."""
    (turn.tell_case if turn.is_case_here else turn.tell)(key, values)


def _time(turn: Turn, at: float) -> datetime:
    return datetime.fromtimestamp(at, turn.settings.timezone)
