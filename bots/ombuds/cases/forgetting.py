"""Some time after all matters of a person are closed, the office forgets who it was.

The cases stay, and nobody knows whose they are. The person is told a week before, and what to do;
whatever they write until then is a matter, and the time begins anew when that is closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bots.ombuds import keys
from bots.ombuds.cases import rush
from bots.ombuds.documents.cases import CASES, Case, CaseState
from bots.ombuds.documents.chats import (
    CONVERSATIONS,
    EDITS,
    FLAGGERS,
    GONE,
    IDENTITIES,
    LEAVING,
    Conversation,
    Leaving,
    Reporter,
)
from bots.ombuds.documents.disclosures import DISCLOSURES
from bots.ombuds.documents.floods import BLOCKS, KEPT
from bots.ombuds.documents.receipts import GUESSES, RECEIPTS
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import CancelTimer, ForgetRoom, ForgetSources, Performed, SetTimer
from federation.model.actions import Leave, Redact

WARNED = timedelta(days=7)
"""So long before, the person is told; half of the time if that is short."""


def closed(turn: Turn) -> None:
    """The case at hand was closed."""
    conversation = turn.case.conversation
    turn.ask(SetTimer(keys.FORGET_PERSON(conversation=conversation), at=_warns(turn, turn.now)))


def due(turn: Turn, conversation: int) -> None:
    turn.enter_of(conversation)
    since = _since(turn, conversation)
    if since is None or not turn.has_chat:
        return
    ends = since + turn.settings.forget_after
    if turn.now < _warns(turn, since):
        _again(turn, conversation, _warns(turn, since))
    elif turn.conversation.warned < since.timestamp():
        turn.converse(warned=turn.seconds)
        ends = max(ends, turn.now + _ahead(turn))
        turn.say("forget-soon", {"date": ends.astimezone(turn.settings.timezone)})
        _again(turn, conversation, ends)
    else:
        forget(turn, conversation)


def _again(turn: Turn, conversation: int, at: datetime) -> None:
    turn.ask(SetTimer(keys.FORGET_PERSON(conversation=conversation), at=at))


def _ahead(turn: Turn) -> timedelta:
    return min(WARNED, turn.settings.forget_after / 2)


def _warns(turn: Turn, since: datetime) -> datetime:
    return since + turn.settings.forget_after - _ahead(turn)


def _since(turn: Turn, conversation: int) -> datetime | None:
    """When the last of the person's cases was closed; None while one is open."""
    found = cases(turn, conversation)
    if not found or any(x.state is not CaseState.CLOSED for x in found):
        return None
    return datetime.fromtimestamp(max(x.waiting or x.opened for x in found), UTC)


def cases(turn: Turn, conversation: int) -> list[Case]:
    found = (turn.get(CASES, x) for x in turn.keys(CASES, "conversation", str(conversation)))
    return [x for x in found if x is not None]


# -- what is forgotten -----------------------------------------------------------------------------


def forget(turn: Turn, conversation: int) -> None:
    """Whose conversation it was; the person's chat is at hand."""
    user = turn.reporter.reveal()
    for key in turn.keys(RECEIPTS, "conversation", str(conversation)):
        turn.drop(RECEIPTS, key)
    for case in cases(turn, conversation):
        forget_sources(turn, case.number)
    for chat in turn.keys(CONVERSATIONS, "serial", str(conversation)):
        found = turn.get(CONVERSATIONS, chat)
        if found is not None:
            _forget_chat(turn, found, user)
    turn.drop(IDENTITIES, str(conversation), erase=True)
    looks = (keys.PIN(conversation=conversation, number=x) for x in (1, 2))
    others = (x(conversation=conversation) for x in (keys.TELL_RECEIPT, keys.FORGET_PERSON))
    for timer in (*looks, *others):
        turn.ask(CancelTimer(timer))
    if not turn.keys(IDENTITIES, "who", user):  # no other matter of hers needs it
        _forget_person(turn, user)
    turn.record("person-forgotten")


def forget_sources(turn: Turn, case: int) -> None:
    """Which of her messages are in the case; and her name, where staff have looked it up."""
    turn.ask(ForgetSources(f"case/{case}/"))
    for key in turn.keys(KEPT, "case", str(case)):
        turn.drop(KEPT, key)
    shown = keys.DISCLOSED(case=case)
    if turn.get(DISCLOSURES, str(case)) is not None and turn.view.made(shown) is not None:
        turn.ask(Redact(turn.room, shown, whose=f"case {case}"), CancelTimer(keys.COVER(case=case)))


def _forget_chat(turn: Turn, talk: Conversation, user: str) -> None:
    turn.drop(CONVERSATIONS, talk.chat, erase=True)
    turn.ask(CancelTimer(keys.WELCOME(room=talk.room)))
    for key in turn.keys(GONE, "room", talk.room):
        turn.drop(GONE, key, erase=True)
    for key in turn.keys(EDITS, "room", talk.room):
        turn.drop(EDITS, key, erase=True)
    if not turn.keys(CONVERSATIONS, "room", talk.room):  # nobody else writes there
        turn.put(LEAVING, Leaving(talk.room, Reporter(user)))
        turn.ask(Leave(talk.room, notify=True))


def _forget_person(turn: Turn, user: str) -> None:
    turn.drop(GUESSES, user)
    turn.ask(CancelTimer(keys.GUESSED(who=user)))
    block = turn.get(BLOCKS, user)
    if block is not None:
        turn.drop(BLOCKS, user)
        turn.ask(CancelTimer(keys.UNBLOCK(case=block.case)))
    flagger = turn.get(FLAGGERS, user)
    if flagger is not None:
        rush.forget(turn, flagger.serial)
        forget_flagger(turn, user)


def forget_flagger(turn: Turn, user: str) -> None:
    """Nothing of hers is open. A flag that waits for a decision is kept for its week."""
    flagger = turn.get(FLAGGERS, user)
    if flagger is None or turn.keys(IDENTITIES, "who", user):
        return
    if flagger.flags:
        turn.put(FLAGGERS, replace(flagger, room=None, clear=""))
    else:
        turn.drop(FLAGGERS, user, erase=True)


# -- its room --------------------------------------------------------------------------------------


def left(turn: Turn, room: str) -> None:
    """We are out of a room: its keys are forgotten as well."""
    leaving = turn.get(LEAVING, room)
    turn.drop(LEAVING, room)
    turn.ask(ForgetRoom(room, leaving.who.reveal() if leaving is not None else ""))


def not_left(turn: Turn, event: Performed) -> None:
    """We were out of it before: nothing tells us that we are."""
    if event.error is not None and event.room_id and turn.get(LEAVING, event.room_id) is not None:
        left(turn, event.room_id)
