"""What the person changes or takes back: every copy follows.

Only the person's own edits and redactions count. Somebody else who may redact in that room must
not be able to make a complaint disappear.
"""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import handles
from bots.ombuds.handles import Place
from bots.ombuds.models import Case, Reporter
from bots.ombuds.rules import conversation, decisions
from bots.ombuds.rules.turn import Turn
from bots.runtime import texts
from bots.runtime.decision import Phrase
from federation.actions import AskNow, Handle, Redact
from federation.events import KNOWN_MEDIA, Edit, Redaction, in_clear

OF_PERSON = KNOWN_MEDIA | {"root", "text"}
OF_FLAG = frozenset({"flagged", "evidence"})
"""What a decision of the person brought into the thread; it is taken back with the decision, and
no other words can be given to it."""


def edited(turn: Turn, event: Edit) -> None:
    if in_clear(event) or turn.known.gone:
        return
    found = copies(turn, event)
    if found and not _is_flag(turn, found[0]):
        turn.edit(event.origin.event_id, event.target)
        _edit(turn, event, found)
    elif is_awaited(turn, event, event.target):
        turn.edit(event.origin.event_id, event.target)
        look(turn, event.target)


def _edit(turn: Turn, event: Edit, copies: list[Place]) -> None:
    body, cut = texts.clean(event.body)
    parts = texts.parts(body)
    for index, copy in enumerate(copies):
        text = parts[index] if index < len(parts) else None
        if copy.part == "root":
            turn.file(text=text or "", media=event.medium, changed=True, cut=cut)
            turn.show_case()
        else:
            marks = turn.marks(changed=True, cut=cut) if index == 0 else None
            turn.amend(copy.number, text)
            phrase = _phrase(turn, event.medium, text, marks)
            turn.retell(phrase, handles.text(copy.case, copy.number, copy.part))
    for part in parts[len(copies) :]:
        turn.tell_text(turn.phrase("continued", {"text": part}), event.target)
    if event.medium is not None:
        conversation.ask_for_words(turn)


def _is_flag(turn: Turn, copy: Place) -> bool:
    return copy.part == "root" and bool(turn.case.flags)


def _phrase(turn: Turn, medium: str | None, text: str | None, marks: list[Phrase] | None) -> Phrase:
    if text is None:
        return turn.phrase("part-removed")
    if marks is None:
        return turn.phrase("continued", {"text": text})
    if medium is not None:
        return turn.medium(medium, text)
    return turn.following(text, marks)


def redacted(turn: Turn, event: Redaction) -> None:
    if turn.known.gone or Reporter(event.origin.sender) != turn.known.reporter:
        return
    turn.known = replace(turn.known, gone=True)
    decisions.withdrawn(turn, event.target)
    found = copies(turn, event, OF_PERSON | OF_FLAG)
    if found:
        strike(turn, found)
    awaited = not found and is_awaited(turn, event, event.target)
    if awaited or (found and found[0].part != "root"):
        turn.tell_case("taken-back")


def strike(turn: Turn, copies: list[Place]) -> None:
    """Delete them, with all that they ever said."""
    for copy in copies:
        turn.ask(Redact(turn.room, _handle(copy)))
        turn.amend(copy.number, None)
    numbers = tuple(x.number for x in copies if x.part != "root")
    turn.file(struck=(*turn.case.struck, *numbers))
    if copies[0].part == "root":
        number = turn.case.number
        turn.file(root_gone=True, text="", flags=())
        turn.tell_case(turn.case_key, turn.case_values(), handle=handles.header(number))


def look(turn: Turn, source: str) -> None:
    """Ask what a message of the person says now."""
    if source not in turn.case.looks:
        turn.file(looks=(*turn.case.looks, source))
    turn.ask(AskNow(turn.chat, source, handles.TEXT(case=turn.case.number)))


def is_awaited(turn: Turn, event: Edit | Redaction, source: str) -> bool:
    """Whether it is being asked what this message of hers says."""
    return _is_hers(turn, event) and source in turn.case.looks


def _handle(copy: Place) -> Handle:
    if copy.part == "root":
        return handles.root(copy.case)
    return handles.text(copy.case, copy.number, copy.part)


def _is_hers(turn: Turn, event: Edit | Redaction) -> bool:
    """Whether the person herself did it, in the chat to which the case at hand belongs."""
    case = turn.known.case
    conversation = turn.known.conversation
    if case is None or conversation is None or case.conversation != conversation.serial:
        return False
    return Reporter(event.origin.sender) == turn.known.reporter


def _is_struck(case: Case, copy: Place) -> bool:
    return case.root_gone if copy.part == "root" else copy.number in case.struck


def copies(turn: Turn, event: Edit | Redaction, kinds: frozenset[str] = OF_PERSON) -> list[Place]:
    """Our copies of a message of this person in this chat, in the order of its parts."""
    if not _is_hers(turn, event):
        return []
    case = turn.case
    places = (handles.place(x.handle) for x in turn.state.copies)
    here = (x for x in places if x and x.case == case.number and x.part in kinds)
    found = [x for x in here if not _is_struck(case, x)]
    return sorted(found, key=lambda x: (x.part != "root", x.number))
