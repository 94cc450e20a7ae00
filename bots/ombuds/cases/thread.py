"""The thread of a case in the ombuds room: its root, and what the person writes later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bots.ombuds import keys
from bots.ombuds.documents.cases import (
    LATER,
    Answer,
    Case,
    CaseState,
    Flagged,
    Later,
    later_key,
)
from bots.ombuds.turn import Turn
from bots.runtime.kit.states import Move
from bots.runtime.model.decision import Phrase
from bots.runtime.understanding import texts
from federation.model.actions import Handle

PLACE = 22
"""Characters of a room's name that fit beside the number of a case: a list shows about 40."""


# -- its root --------------------------------------------------------------------------------------


def move(turn: Turn, happens: Move[CaseState]) -> bool:
    """Move the case at hand. False if its table does not allow it."""
    before = turn.case.state
    if happens.may(before) and (after := happens(before)) is not before:
        turn.file(state=after, waiting=turn.seconds)
        show(turn)
    return happens.may(before)


def show(turn: Turn) -> None:
    """Bring the root, or the header that replaces it, up to date."""
    turn.tell(root(turn), edits=top(turn.case))


def top(case: Case) -> Handle:
    """What shows the state of a case."""
    moved = case.root_gone or case.root_lost
    return (keys.HEADER if moved else keys.ROOT)(case=case.number)


def root(turn: Turn) -> Phrase:
    case = turn.case
    key = "case-flagged" if case.place else "case-root"
    values = {
        "number": case.number,
        "state": turn.phrase(f"state-{case.state}"),
        "tag": case.language or "–",
        "language": _tongue(turn, case.language),
        "room": texts.excerpt(case.place, PLACE),
        "time": datetime.fromtimestamp(case.opened, turn.settings.timezone),
        "marks": tuple(_marks(turn, case)),
        "text": _text(turn, case),
    }
    return turn.phrase("case-header" if case.root_gone else key, values)


def first_words(case: Case) -> str:
    """Its first words, which tell it from other cases."""
    if case.flags:
        return f"🚩 {texts.excerpt(case.place, 40)}".strip()
    return texts.excerpt(case.text, 40) if case.text else "…"


def _text(turn: Turn, case: Case) -> Phrase | str:
    if case.flags:
        return flagged(turn, case.flags)
    return medium(turn, case.media, case.text) if case.media else case.text


def flagged(turn: Turn, flags: tuple[Flagged, ...]) -> Phrase:
    shown = {"lines": tuple(_flagged_line(turn, x) for x in flags), "room": flags[0].place}
    return turn.phrase("flagged-in" if flags[0].place else "flagged", shown)


def _flagged_line(turn: Turn, flag: Flagged) -> Phrase:
    notes = {
        "flagged-gone": flag.gone,
        "flagged-unread": flag.unread,
        "flagged-medium": flag.medium,
    }
    note: object = next((turn.phrase(x) for x, holds in notes.items() if holds), "")
    shown = {"author": flag.author or "–", "link": flag.link, "note": note}
    return turn.phrase("flagged-line", shown)


def _tongue(turn: Turn, language: str | None) -> str:
    return f"{turn.tongues.own_name(language)} ({language})" if language else "–"


def _marks(turn: Turn, case: Case) -> list[Phrase]:
    found = marks(turn, encrypted=case.encrypted, cut=case.cut, changed=case.changed)
    if case.refers is not None:
        found.append(turn.phrase("mark-refers", {"number": case.refers}))
    if case.taken_by is not None:
        found.append(turn.phrase("mark-taken", {"staff": case.taken_by}))
    if case.held is not None:
        until = datetime.fromtimestamp(case.held.until, turn.settings.timezone).date()
        shown = {"staff": case.held.by, "date": until, "reason": case.held.reason}
        found.append(turn.phrase("mark-held", shown))
    return found


def marks(
    turn: Turn,
    *,
    encrypted: bool = True,
    cut: bool = False,
    changed: bool = False,
    proven: bool = True,
) -> list[Phrase]:
    found = {
        "mark-unencrypted": not encrypted,
        "mark-unproven": not proven,
        "mark-cut": cut,
        "mark-changed": changed,
    }
    return [turn.phrase(x) for x, holds in found.items() if holds]


# -- what the person writes next -------------------------------------------------------------------


def medium(turn: Turn, kind: str, caption: str) -> Phrase:
    return turn.phrase("media", {"kind": turn.phrase(f"kind-{kind}"), "text": caption})


def following(turn: Turn, text: str | Phrase, found: list[Phrase]) -> Phrase:
    return turn.phrase("followup", {"time": turn.clock(), "marks": tuple(found), "text": text})


def evidence(turn: Turn, author: str, link: str, text: str) -> Phrase:
    """What somebody else wrote, and the person has shown the office."""
    if not text:
        return turn.phrase("evidence-unreadable", {"link": link})
    return turn.phrase("evidence", {"author": author, "link": link, "text": text})


def tell_text(turn: Turn, phrase: Phrase, source: str, kind: str = "text") -> None:
    """Pass on a message of the person."""
    case, number = turn.case, turn.case.texts + 1
    turn.file(texts=number)
    # Kept for the next room, if this one is lost.
    text, author, link = (phrase.values.get(x, "") for x in ("text", "author", "link"))
    if isinstance(text, str):
        continues = phrase.key == "continued"
        later = Later(case.number, number, kind, text, turn.seconds, continues)
        turn.put(LATER, replace(later, author=str(author), link=str(link)))
    handle = keys.TEXT(case=case.number, kind=kind, number=number)
    turn.tell_case(phrase, handle=handle, copy_of=source)


def amend(turn: Turn, number: int, text: str) -> None:
    """One of those messages was changed. It stays where it is even if nothing is left of it: the
    next edit may bring it back."""
    later = turn.get(LATER, later_key(turn.case.number, number))
    if later is not None:
        turn.put(LATER, replace(later, text=text))


def forget(turn: Turn, number: int) -> None:
    """One of those messages is gone."""
    turn.drop(LATER, later_key(turn.case.number, number))


# -- what goes to the person -----------------------------------------------------------------------


def confirm_arrival(turn: Turn, **fields: object) -> None:
    """Tell the person that the case at hand has arrived."""
    number = turn.case.number
    phrase = "arrived-flagged" if turn.case.flags else "arrived"
    turn.say(phrase, {"number": number}, handle=keys.ARRIVED(case=number), **fields)


def belongs_here(turn: Turn) -> None:
    """What the person writes next belongs to the case at hand, until we tell them of another
    one."""
    if turn.conversation.case != turn.case.number:
        turn.converse(case=turn.case.number, acknowledged=0.0)


def put_answer(turn: Turn, answer: Answer) -> None:
    others = tuple(x for x in turn.case.answers if x.number != answer.number)
    turn.file(answers=(*others, answer))
