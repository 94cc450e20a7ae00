"""Looks at a record that was written out: whether its entries follow one another, and fit the heads
that people were told on the way. Needs neither the office nor its key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from bots.runtime.kit.records import (
    BEGINNING,
    GAP,
    GROUP,
    GROUPS,
    Committed,
    Entry,
    Head,
    commitment,
    short,
)

Opened = dict[str, tuple[str, str]]
"""Name → salt and value."""
_ENTRY, _OPENED = TypeAdapter(Entry), TypeAdapter(Opened)
_FIELDS = {"open", *(x.name for x in fields(Entry))}
_DIGITS = rf"[0-9a-f]{{{GROUP}}}"
_TOLD = re.compile(
    rf"(?<!\d)(\d{{1,12}})[\s:]+({_DIGITS}(?:-{_DIGITS}){{{GROUPS - 1}}})(?![0-9a-f-])"
)


class Wrong(StrEnum):
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    """It is another entry than the one that got this digest."""
    ORDER = "order"
    """It is twice, or before one that it follows."""
    MISSING = "missing"
    """Those before it."""
    APART = "apart"
    """It follows another entry than the one before it."""
    OPENED = "opened"
    """What is told beside it is not what it commits to."""
    REWRITTEN = "rewritten"
    """People were told another one with this number."""
    CUT = "cut"
    """It is missing at the end."""


@dataclass(frozen=True, slots=True)
class Fault:
    wrong: Wrong
    number: int
    """Of the first wrong entry."""
    until: int = 0
    """Of the last, where several are missing, or one of several was rewritten."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries that the record itself says were lost."""

    first: int
    last: int
    known: bool
    """Whether so many are known to have been there."""


@dataclass(frozen=True, slots=True)
class Verified:
    entries: int
    head: Head
    gaps: tuple[Gap, ...]
    confirmed: int
    """Number of the newest entry that a head confirms; 0: none does."""
    lost: tuple[int, ...]
    """Heads of entries that lie in a gap: nobody can tell."""
    fault: Fault | None


def told_in(text: str) -> list[tuple[int, str]]:
    """All heads that a text tells, such as a mail or a message in the room."""
    return [(int(x[1]), x[2]) for x in _TOLD.finditer(text.lower())]


def line(entry: Entry, opened: Iterable[Committed] = ()) -> str:
    """An entry as it is written out; `opened`: what it commits to, if that is to be told."""
    told: dict[str, Any] = asdict(entry)
    told |= {"open": {x.name: [x.salt, x.value] for x in opened}} if opened else {}
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def verify(lines: Iterable[str], heads: Sequence[tuple[int, str]] = ()) -> Verified:
    looking = _Looking(heads)
    for number, text in enumerate(lines, 1):
        if text.strip():
            fault = looking.take(text, number)
            if fault is not None:
                return looking.done(fault)
    return looking.done(looking.cut())


def _read(text: str) -> tuple[Entry, Opened]:
    """Raises ValueError."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.keys() - _FIELDS:
        raise ValueError("no entry")
    opened = _OPENED.validate_python(data.pop("open", {}))
    return _ENTRY.validate_json(json.dumps(data), strict=True), opened


class _Looking:
    """From one entry to the next."""

    def __init__(self, heads: Sequence[tuple[int, str]]) -> None:
        self.heads = heads
        self.entries = 0
        self.number, self.digest = 0, BEGINNING
        self.gaps: list[Gap] = []
        self.confirmed = 0

    def take(self, text: str, line: int) -> Fault | None:
        try:
            entry, opened = _read(text)
        except ValueError:
            return Fault(Wrong.UNREADABLE, self.number + 1, line=line)
        wrong = self._follows(entry) or self._is_itself(entry, opened) or self._is_told(entry)
        if wrong is not None:
            return Fault(wrong.wrong, wrong.number, wrong.until, line)
        self.entries += 1
        self.number, self.digest = entry.number, entry.digest
        return None

    def _follows(self, entry: Entry) -> Fault | None:
        after = self._gap(entry)
        if entry.number <= self.number:
            return Fault(Wrong.ORDER, entry.number)
        if entry.number > after + 1:
            return Fault(Wrong.MISSING, after + 1, entry.number - 1)
        if entry.before != self.digest:
            return Fault(Wrong.APART, entry.number)
        return None

    def _gap(self, entry: Entry) -> int:
        """The number that it has to follow."""
        first, last = (entry.facts.get(x) for x in ("lost_from", "lost_to"))
        said = entry.what == GAP and isinstance(first, int) and isinstance(last, int)
        if not said or first != self.number + 1 or entry.digest != entry.sealed().digest:
            return self.number
        assert isinstance(first, int)  # noqa: S101
        assert isinstance(last, int)  # noqa: S101
        self.gaps.append(Gap(first, last, bool(entry.facts.get("known"))))
        return max(last, self.number)

    def _is_itself(self, entry: Entry, opened: Opened) -> Fault | None:
        if entry.sealed().digest != entry.digest:
            return Fault(Wrong.CHANGED, entry.number)
        for name, (salt, value) in opened.items():
            if commitment(salt, name, value) != entry.hidden.get(name):
                return Fault(Wrong.OPENED, entry.number)
        return None

    def _is_told(self, entry: Entry) -> Fault | None:
        told = {digest for number, digest in self.heads if number == entry.number}
        if told - {short(entry.digest)}:
            return Fault(Wrong.REWRITTEN, self.confirmed + 1, entry.number)
        if told:
            self.confirmed = entry.number
        return None

    def cut(self) -> Fault | None:
        last = max((number for number, _ in self.heads), default=0)
        return Fault(Wrong.CUT, self.number + 1, last) if last > self.number else None

    def done(self, fault: Fault | None) -> Verified:
        lost = {n for n, _ in self.heads if any(x.first <= n <= x.last for x in self.gaps)}
        head, gaps = Head(self.number, self.digest), tuple(self.gaps)
        return Verified(self.entries, head, gaps, self.confirmed, tuple(sorted(lost)), fault)
