"""What is wrong in a file of settings, told so that an admin can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.cli.spoken import spoken

Loc = tuple[int | str, ...]
"""A place in the YAML: keys and, from 0, numbers of list entries. `("staff", 1)`."""

SHOWN_AT_MOST = 60


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault. `line` counts from 1; `where` is a spelled place (`staff[1]`) or `file`."""

    line: int
    where: str
    text: str
    """What is wrong and what to write instead, in plain words. Never holds a secret."""


class ConfigFaults(Exception):
    """Everything that is wrong in one file, sorted by line; `str()` is one fault a line."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.file = file
        self.faults = tuple(sorted(set(faults)))
        super().__init__(file, self.faults)

    def __str__(self) -> str:
        return "\n".join(printed(self.file, fault) for fault in self.faults)


def printed(file: str, fault: Fault) -> str:
    """`FILE:LINE: path: what is wrong and what to write instead`."""
    note, text = ("note: ", fault.text[6:]) if fault.text.startswith("note: ") else ("", fault.text)
    return f"{file}:{fault.line}: {fault.where}: {spoken(note + spoken(text))}"


def spell(loc: Loc) -> str:
    """`("staff", 1)` → `staff[1]`; the empty place → `file`."""
    words = ""
    for part in loc:
        if isinstance(part, int):
            words += f"[{part}]"
        else:
            words += f".{escaped(part)}" if words else escaped(part)
    return words or "file"


def shown(value: str) -> str:
    """A text from the file in quotes: cut when long, controls and bidi marks escaped."""
    cut = value if len(value) <= SHOWN_AT_MOST else value[: SHOWN_AT_MOST - 1] + "…"
    return f'"{escaped(cut)}"'


def escaped(text: str) -> str:
    """The text with everything that does not print (controls, bidi marks, lines) escaped."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
