"""What the person edits or redacts: every copy follows.

Only the person's own edits and redactions count. Nobody else who may redact in that room can make a
complaint disappear.
"""

from __future__ import annotations

from bots.ombuds import commands, flagwords, keys
from bots.ombuds.cases import hiding, standing, thread
from bots.ombuds.cases.filing import Incoming
from bots.ombuds.chats import arrival, conversation, digits, receipts
from bots.ombuds.commands import LINK
from bots.ombuds.documents.cases import Case
from bots.ombuds.documents.hidden import mark
from bots.ombuds.keys import Part
from bots.ombuds.turn import Turn
from bots.runtime.model.decision import Phrase
from bots.runtime.speech.tongues import asked_for
from bots.runtime.understanding import texts
from bots.runtime.understanding.commands import Invocation
from federation.model.events import KNOWN_MEDIA, Edit, Redaction, in_clear

OF_PERSON = KNOWN_MEDIA | {"root", "text"}
OF_FLAG = frozenset({"flagged", "evidence"})
"""Messages that are in the thread because of a decision of the person. They are taken back with the
decision, and an edit cannot change them."""


def of_copies(turn: Turn, event: Edit | Redaction) -> None:
    """Make the case at hand the one whose thread holds a copy of the message."""
    if turn.has_chat:
        turn.take_case(keys.case_of(turn.copies), here=True)


def edited(turn: Turn, event: Edit) -> None:
    if in_clear(event) or turn.gone or turn.was_removed(event):
        return
    found = copies(turn, event)
    if found and not _is_flag(turn, found[0]):
        turn.note_edit(event.origin.event_id, event.target)
        _edit(turn, event, found)
    elif not turn.copies and turn.view.made_by_event(event.target) is None:
        _file(turn, event)


def _file(turn: Turn, event: Edit) -> None:
    """What it changes was never filed: it comes later, or could not be read. It is filed in its
    place, and a message that comes behind its edit is known already."""
    body, cut = texts.clean(event.body)
    body = _told(turn, digits.hidden(body))
    if (body or event.medium) and arrival.adopt(turn, event):
        turn.take_case(turn.conversation.case, here=True)
        turn.note_edit(event.origin.event_id, event.target)
        encrypted = event.origin.encrypted
        filed = Incoming(event.target, body, cut, encrypted, event.medium, changed=True)
        conversation.take(turn, filed)
        if event.medium is not None:
            conversation.ask_for_words(turn)


def _told(turn: Turn, body: str) -> str:
    """Of an edit, what is for the office. It commands and decides nothing."""
    found = commands.of_reporter(body)
    if isinstance(found, Invocation):
        return commands.split_number(found.rest)[1] if found.command is LINK else found.rest
    answers = flagwords.answers_something(body) or asked_for(body, turn.tongues.language_named)
    return "" if found is not None or answers else body


def _edit(turn: Turn, event: Edit, copies: list[Part]) -> None:
    standing.bring(turn)
    body, cut = receipts.clean(event.body)
    parts = texts.parts(body)
    for index, copy in enumerate(copies):
        text = parts[index] if index < len(parts) else None
        if copy.what == "root":
            turn.file(text=text or "", media=event.medium, changed=True, cut=cut)
            thread.show(turn)
        else:
            marks = thread.marks(turn, changed=True, cut=cut) if index == 0 else None
            thread.amend(turn, copy.number, text or "")
            phrase = _phrase(turn, event.medium, text, marks)
            turn.tell(phrase, edits=hiding.handle(copy))
    for part in parts[len(copies) :]:
        thread.tell_text(turn, turn.phrase("continued", {"text": part}), event.target)
    if event.medium is not None:
        conversation.ask_for_words(turn)


def _is_flag(turn: Turn, copy: Part) -> bool:
    return copy.what == "root" and bool(turn.case.flags)


def _phrase(turn: Turn, medium: str | None, text: str | None, marks: list[Phrase] | None) -> Phrase:
    if text is None:
        return turn.phrase("part-removed")
    if marks is None:
        return turn.phrase("continued", {"text": text})
    if medium is not None:
        return thread.medium(turn, medium, text)
    return thread.following(turn, text, marks)


def redacted(turn: Turn, event: Redaction) -> None:
    if turn.gone or not turn.is_reporter(event.origin.sender):
        return
    turn.lose()
    found = copies(turn, event, OF_PERSON | OF_FLAG)
    if found:
        hiding.hide(turn, found, mark(event.origin.room_id, event.origin.event_id))


def _is_hers(turn: Turn, event: Edit | Redaction) -> bool:
    """Whether the person did it, in the chat that the case at hand belongs to."""
    if not turn.has_case or not turn.is_reporter(event.origin.sender):
        return False
    return turn.case.conversation == turn.conversation.serial


def _is_struck(case: Case, copy: Part) -> bool:
    return case.root_gone if copy.what == "root" else copy.number in case.struck


def copies(turn: Turn, event: Edit | Redaction, kinds: frozenset[str] = OF_PERSON) -> list[Part]:
    """Our copies of the message at hand, in the order of its parts."""
    if not _is_hers(turn, event):
        return []
    case = turn.case
    parts = (keys.part(x.handle) for x in turn.copies)
    here = (x for x in parts if x and x.case == case.number and x.what in kinds)
    found = [x for x in here if not _is_struck(case, x)]
    return sorted(found, key=lambda x: (x.what != "root", x.number))
