"""One rule at work: what it knows so far, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bots.ombuds import handles
from bots.ombuds.flags import Flagger
from bots.ombuds.models import Answer, Case, CaseState, Conversation, Flagged, Later
from bots.ombuds.state import Knowledge, State
from bots.runtime import texts, turn
from bots.runtime.decision import Decision, Phrase, Say
from bots.runtime.kit import sparing
from bots.runtime.words import Raw
from federation.actions import Handle

Values = Mapping[str, object]
PLACE = 22
"""Characters of a room's name beside the number of a case: a list shows about 40."""


class Turn(turn.Turn[State]):
    def __init__(self, state: State, now: datetime) -> None:
        super().__init__(state, now)
        self.settings = state.settings
        self.known: Knowledge = state.known

    def decision(self) -> Decision[State]:
        return Decision(replace(self.state, known=self.known), tuple(self.requests))

    # -- what is known -------------------------------------------------------------------------

    @property
    def conversation(self) -> Conversation:
        assert self.known.conversation is not None  # noqa: S101
        return self.known.conversation

    @property
    def case(self) -> Case:
        assert self.known.case is not None  # noqa: S101
        return self.known.case

    @property
    def chat(self) -> str:
        assert self.state.chat is not None  # noqa: S101
        return self.state.chat

    @property
    def room(self) -> Handle:
        """The ombuds room, even if it is still to be made."""
        return handles.room(self.known.office.rooms)

    def office(self, **changes: Any) -> None:
        self.known = replace(self.known, office=replace(self.known.office, **changes))

    def converse(self, **changes: Any) -> None:
        self.known = replace(self.known, conversation=replace(self.conversation, **changes))

    def file(self, **changes: Any) -> None:
        """Change the case at hand."""
        self.known = replace(self.known, case=replace(self.case, **changes))

    def adopt_case(self, case: Case) -> None:
        self.known = replace(self.known, case=case)

    def edit(self, edit: str, source: str) -> None:
        """Note of which message it was, for the case that it is removed."""
        self.known = replace(self.known, edits={**self.known.edits, edit: source})

    def at_case(self) -> None:
        """What she writes next belongs to the case at hand, until she hears of another one. She is
        told where it went."""
        if self.conversation.case != self.case.number:
            self.converse(case=self.case.number, acknowledged=0.0)

    def put_answer(self, answer: Answer) -> None:
        others = tuple(x for x in self.case.answers if x.number != answer.number)
        self.file(answers=(*others, answer))

    def keep(self, field: str, key: object, value: Any) -> None:
        """Note something of flags, in that field of the desk; None deletes it."""
        desk = self.known.desk
        entries = {**getattr(desk, field), str(key): value}
        self.known = replace(self.known, desk=replace(desk, **{field: entries}))

    def number(self) -> int:
        """A serial number that nothing of flags has yet."""
        number = self.known.office.numbers + 1
        self.office(numbers=number)
        return number

    def flagger(self, user: str) -> Flagger:
        """Somebody who flags something or may come to do so."""
        found = self.known.desk.flaggers.get(user)
        if found is None:
            found = Flagger(self.number())
            self.keep("flaggers", user, found)
        return found

    # -- what is said --------------------------------------------------------------------------

    @property
    def staff_language(self) -> str:
        return self.settings.languages[0]

    @property
    def language(self) -> str:
        """In which the person is spoken to."""
        return self.conversation.language or self.staff_language

    @property
    def spoken(self) -> str:
        """The person's language, or several where it is not known."""
        conversation = self.known.conversation
        language = conversation.language if conversation is not None else None
        return language or self.settings.spoken

    def room_name(self, msgid: str, languages: str) -> str:
        """Of a room that we make: in the first of these languages."""
        values = {"office": Raw(self.settings.name)}
        return self.state.tongues.text(msgid, languages.split(maxsplit=1)[0], values)

    def phrase(self, key: str, values: Values | None = None) -> Phrase:
        return Phrase(key, self.staff_language, values or {})

    def may_tell(self, key: str) -> bool:
        """Whether this was not said to staff lately; it is noted then."""
        return sparing.may_say(key, self.known.office.heard, self.seconds, self.office)

    def tell(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something in the ombuds room."""
        audience = frozenset(self.known.office.roster)
        self.ask(Say(self.room, self.phrase(key, values), audience=audience, **fields))

    def tell_case(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something in the thread of the case at hand."""
        self.tell(key, values, thread=handles.root(self.case.number), **fields)

    def tell_text(self, phrase: Phrase, source: str, kind: str = "text") -> None:
        """Pass a message of the person on into the thread of the case at hand."""
        number = self.case.texts + 1
        self.file(texts=number)
        self._remember(number, phrase, kind)
        self.tell_case(
            phrase.key,
            phrase.values,
            handle=handles.text(self.case.number, number, kind),
            copy_of=source,
        )

    def _remember(self, number: int, phrase: Phrase, kind: str) -> None:
        """For another room, should this one be lost."""
        text = phrase.values.get("text", "")
        if isinstance(text, str) and kind != "evidence":
            continues = phrase.key == "continued"
            one = Later(number, kind, text, self.seconds, continues)
            self.file(sequel=(*self.case.sequel, one))

    def amend(self, number: int, text: str | None) -> None:
        """A message of the thread has other words now, or is gone."""
        kept = (x for x in self.case.sequel if x.number != number or text is not None)
        later = (replace(x, text=text or "") if x.number == number else x for x in kept)
        self.file(sequel=tuple(later))

    def retell(self, phrase: Phrase, handle: Handle) -> None:
        """Edit something that we said in the ombuds room."""
        self.tell(phrase.key, phrase.values, edits=handle)

    def may_say(self, key: str) -> bool:
        """Whether this was not said to the person lately; it is noted then."""
        return sparing.may_say(key, self.conversation.heard, self.seconds, self.converse)

    def say(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something to the person, in the private chat."""
        self._say(Phrase(key, self.language, values or {}), fields)

    def receive(self, **fields: Any) -> None:
        """Tell the person that the case at hand has arrived."""
        number = self.case.number
        key = "receipt-flagged" if self.case.flags else "receipt"
        self.say(key, {"number": number}, handle=handles.receipt(number), **fields)

    def reply(self, key: str, values: Values | None = None, **fields: Any) -> None:
        """The same, to somebody who has written nothing yet from which her language is known."""
        self.say_in(self.spoken, key, values, **fields)

    def say_in(self, language: str, key: str, values: Values | None = None, **fields: Any) -> None:
        """Say something in languages that need not be hers."""
        self._say(Phrase(key, language, values or {}), fields)

    def _say(self, phrase: Phrase, fields: Mapping[str, Any]) -> None:
        assert self.known.reporter is not None  # noqa: S101
        audience = frozenset({self.known.reporter.reveal()})
        self.ask(Say(self.chat, phrase, audience=audience, **fields))

    @property
    def closes(self) -> datetime:
        """When a window ends that is opened now, as the clock of the office shows it."""
        return (self.now + self.settings.undo).astimezone(self.settings.timezone)

    def clock(self) -> datetime:
        """Now, as the clock of the office shows it."""
        return self.now.astimezone(self.settings.timezone)

    # -- the root of a case --------------------------------------------------------------------

    def set_state(self, state: CaseState) -> None:
        if self.case.state is not state:
            self.file(state=state, waiting=self.seconds)
            self.show_case()

    def show_case(self) -> None:
        """Bring the root (or what stands in for it) up to date."""
        number = self.case.number
        edits = handles.header(number) if self.case.root_gone else handles.root(number)
        self.tell(self.case_key, self.case_values(), edits=edits)

    @property
    def case_key(self) -> str:
        if self.case.root_gone:
            return "case-header"
        return "case-flagged" if self.case.place else "case-root"

    def case_values(self) -> Values:
        case = self.case
        opened = datetime.fromtimestamp(case.opened, self.settings.timezone)
        return {
            "number": case.number,
            "state": self.phrase(f"state-{case.state}"),
            "tag": case.language or "–",
            "language": self._tongue(case.language),
            "room": texts.excerpt(case.place, PLACE),
            "time": opened,
            "marks": tuple(self._marks(case)),
            "text": self._text(case),
        }

    def _text(self, case: Case) -> Phrase | str:
        if case.flags:
            return self.flagged(case.flags)
        return self.medium(case.media, case.text) if case.media else case.text

    @property
    def words(self) -> str:
        """The first words of the case at hand, which tell it from others."""
        case = self.case
        if case.flags:
            return f"🚩 {texts.excerpt(case.place, 40)}".strip()
        return texts.excerpt(case.text, 40) if case.text else "…"

    def flagged(self, flags: tuple[Flagged, ...]) -> Phrase:
        values = {"lines": tuple(self._flagged_line(x) for x in flags), "room": flags[0].place}
        return self.phrase("flagged-in" if flags[0].place else "flagged", values)

    def _flagged_line(self, flag: Flagged) -> Phrase:
        notes = {
            "flagged-gone": flag.gone,
            "flagged-unread": flag.unread,
            "flagged-medium": flag.medium,
        }
        note: object = next((self.phrase(x) for x, holds in notes.items() if holds), "")
        values = {"author": flag.author or "–", "link": flag.link, "note": note}
        return self.phrase("flagged-line", values)

    def medium(self, kind: str, caption: str) -> Phrase:
        return self.phrase("media", {"kind": self.phrase(f"kind-{kind}"), "text": caption})

    def following(self, text: str | Phrase, marks: list[Phrase]) -> Phrase:
        values = {"time": self.clock(), "marks": tuple(marks), "text": text}
        return self.phrase("followup", values)

    def _tongue(self, language: str | None) -> str:
        return f"{self.state.tongues.own_name(language)} ({language})" if language else "–"

    def _marks(self, case: Case) -> list[Phrase]:
        marks = self.marks(encrypted=case.encrypted, cut=case.cut, changed=case.changed)
        if case.refers is not None:
            marks.append(self.phrase("mark-refers", {"number": case.refers}))
        if case.taken_by is not None:
            marks.append(self.phrase("mark-taken", {"staff": case.taken_by}))
        return marks

    def marks(
        self, *, encrypted: bool = True, cut: bool = False, changed: bool = False
    ) -> list[Phrase]:
        keys = {"mark-unencrypted": not encrypted, "mark-cut": cut, "mark-changed": changed}
        return [self.phrase(key) for key, holds in keys.items() if holds]
