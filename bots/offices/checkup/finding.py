"""What a check has found, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

LOOK = "Look into the office's log, and into that of the homeserver."


class Mark(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Worth knowing, or not to be told yet; nothing is broken."""
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    """What was looked at, in a word."""
    mark: Mark
    found: str
    remedy: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ok(check: str, found: str) -> Finding:
    return Finding(check, Mark.OK, found)


def note(check: str, found: str, remedy: str | None = None) -> Finding:
    return Finding(check, Mark.NOTE, found, remedy)


def fault(check: str, found: str, remedy: str) -> Finding:
    return Finding(check, Mark.FAULT, found, remedy)


def of_error(check: str, error: Exception) -> Finding:
    """Our errors say what is wrong in a first sentence, and what to do in those after it."""
    found, _, remedy = str(error).partition(". ")
    return fault(check, found.rstrip("."), remedy or LOOK)


def from_json(data: Mapping[str, Any]) -> Finding:
    """Raises ValueError, KeyError where that is none."""
    remedy = data["remedy"]
    found = str(data["found"])
    mark = Mark(data["mark"])
    return Finding(str(data["check"]), mark, found, None if remedy is None else str(remedy))


def has_fault(findings: Iterable[Finding]) -> bool:
    return any(finding.mark is Mark.FAULT for finding in findings)
