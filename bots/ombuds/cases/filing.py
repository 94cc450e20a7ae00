"""What a person writes begins a case, or continues one."""

from __future__ import annotations

from dataclasses import dataclass

from bots.ombuds import keys, known
from bots.ombuds.cases import blocks, numbering, ringing, rush, standing, thread
from bots.ombuds.documents.cases import SHELF, Case, CaseMoves, Flagged, Shelf
from bots.ombuds.turn import Turn
from bots.runtime.kit import sparing
from bots.runtime.model.decision import Phrase
from bots.runtime.understanding import texts


@dataclass(frozen=True, slots=True)
class Incoming:
    event_id: str
    text: str
    cut: bool
    encrypted: bool
    media: str | None = None
    changed: bool = False


def is_open(turn: Turn) -> bool:
    return turn.has_case and CaseMoves.written_to.may(turn.case.state)


def take(turn: Turn, incoming: Incoming) -> None:
    if blocks.is_blocked(turn):
        _keep(turn, incoming)
    elif is_open(turn) and not turn.conversation.fresh:
        go_on(turn, incoming)
    else:
        begin(turn, incoming)


def _keep(turn: Turn, incoming: Incoming) -> None:
    """The person is blocked. What they write is kept in a case of its own, until that is over."""
    current = turn.conversation.case
    turn.take_case(current, here=True)
    if not is_open(turn) or turn.case.shelf is not Shelf.BLOCKED:
        begin(turn, incoming)
    elif not blocks.is_full(turn):
        pass_on(turn, incoming)
        blocks.kept(turn)


def begin(turn: Turn, incoming: Incoming, *, flags: tuple[Flagged, ...] = ()) -> None:
    """It names no other case: it may be about other people and for other eyes."""
    first, *rest = texts.parts(incoming.text)
    number = numbering.draw(turn, incoming.event_id)
    shelf = rush.shelf_for(turn, incoming.text or " ".join(x.link for x in flags))
    turn.open(
        Case(
            number,
            conversation=turn.conversation.serial,
            opened=turn.seconds,
            language=turn.conversation.language,
            text=first,
            media=incoming.media,
            encrypted=incoming.encrypted,
            cut=incoming.cut,
            flags=flags,
            stands=turn.office.rooms if shelf is None else SHELF,
            shelf=shelf,
        )
    )
    turn.record("opened", case=number)
    turn.converse(case=number, fresh=False, acknowledged=turn.seconds)
    root = keys.ROOT(case=number)
    turn.tell(thread.root(turn), handle=root, copy_of=incoming.event_id)
    _continue(turn, incoming.event_id, rest)
    ringing.opened(turn)
    if shelf is Shelf.BLOCKED:
        blocks.kept(turn)
    else:
        # It is kept. Nobody waits for an answer until a founder has typed her code, or a lost
        # member hers.
        thread.confirm_arrival(turn, after=root if known.attended(turn) else None)


def go_on(turn: Turn, incoming: Incoming) -> None:
    pass_on(turn, incoming)
    thread.belongs_here(turn)
    thread.move(turn, CaseMoves.written_to)
    if not sparing.lately(turn.conversation.acknowledged, turn.seconds):
        turn.converse(acknowledged=turn.seconds)
        number = turn.case.number
        handle = keys.ACKNOWLEDGED(case=number, number=turn.case.texts)
        turn.say("acknowledged", {"number": number}, handle=handle)


def pass_on(turn: Turn, incoming: Incoming) -> None:
    """Pass the message on into the thread of the case at hand."""
    standing.bring(turn)
    first, *rest = texts.parts(incoming.text)
    shown, kind = _following(turn, incoming, first)
    thread.tell_text(turn, shown, incoming.event_id, kind)
    _continue(turn, incoming.event_id, rest)
    ringing.went_on(turn)


def _following(turn: Turn, incoming: Incoming, text: str) -> tuple[Phrase, str]:
    proven = not turn.has_chat or _is_proven(turn, incoming)
    if incoming.media is not None and proven:
        return thread.medium(turn, incoming.media, text), incoming.media
    marks = thread.marks(
        turn,
        encrypted=incoming.encrypted,
        cut=incoming.cut,
        changed=incoming.changed,
        proven=proven,
    )
    said = text if incoming.media is None else thread.medium(turn, incoming.media, text)
    return thread.following(turn, said, marks), incoming.media or "text"


def _is_proven(turn: Turn, incoming: Incoming) -> bool:
    """Whether the person wrote it whose chat this is."""
    talk = turn.conversation
    if not incoming.encrypted:
        return not talk.pin
    return talk.first in ("", incoming.event_id)


def _continue(turn: Turn, source: str, rest: list[str]) -> None:
    for part in rest:
        thread.tell_text(turn, turn.phrase("continued", {"text": part}), source)
