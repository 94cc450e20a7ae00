"""Mending what is not YAML, so that the rest can be read as well.

A mended text is used only to find further faults; nothing is ever run on it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from yaml.error import MarkedYAMLError

from config.reading.composer import compose
from config.reading.syntax import HEAD, explained
from config.values.faults import Fault

TAB = "a tab indents this line; YAML allows only spaces there, write two spaces for each level"
TAB_BETWEEN = "a tab stands between words; write a space"
SECOND = "a second document begins here; remove this line and put all in one"
_WORD = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True, slots=True)
class Mended:
    """The text after one mend, what was wrong, and the section that was left out, if any."""

    lines: list[str]
    faults: tuple[Fault, ...]
    unread: str | None = None
    certain: bool = True
    """Whether this is a fault of its own, rather than what may follow from one before."""


def mend(lines: list[str], error: MarkedYAMLError) -> Mended:
    """Mend what PyYAML stumbled over: lines of the same number, and what was wrong."""
    mark = error.problem_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    here = lines[row][column : column + 1] if row < len(lines) else ""
    if here == "\t":
        return _mend_tabs(lines, row, column)
    if here and here in "@`":
        return _quote(lines, row, column)
    if error.problem == "but found another document":
        return Mended([*lines[:row], "", *lines[row + 1 :]], (_fault(lines, row, SECOND),))
    return _leave_out(lines, error)


def section_at(lines: list[str], row: int) -> tuple[int, str]:
    """Row and name of the section (a key at the margin) that row `row` belongs to.

    `(-1, "file")` above the first.
    """
    for index in range(min(row, len(lines) - 1), -1, -1):
        head = HEAD.match(lines[index])
        if head:
            return index, head[1]
    return -1, "file"


def _mend_tabs(lines: list[str], row: int, column: int) -> Mended:
    if lines[row][:column].strip(" \t-"):
        start = lines[row][:column]
        mended = [*lines[:row], start + " " + lines[row][column:].lstrip("\t "), *lines[row + 1 :]]
        return Mended(mended, (_fault(lines, row, TAB_BETWEEN),))
    rows = [i for i, line in enumerate(lines) if re.match(r"[ -]*\t[ \t]*[^\s#]", line)]
    return Mended(_without_tabs(lines), tuple(_fault(lines, i, TAB) for i in rows))


def _without_tabs(lines: list[str]) -> list[str]:
    """Indentation in spaces: as wide as makes YAML of the whole, else two spaces a tab."""
    candidates = [[_spaced(line, width) for line in lines] for width in (2, 4, 8)]
    return next((lines for lines in candidates if _composes(lines)), candidates[0])


def _spaced(line: str, width: int) -> str:
    return re.sub(r"^[ \t-]*(?=\S|$)", lambda m: m[0].replace("\t", " " * width), line)


def _composes(lines: list[str]) -> bool:
    try:
        compose("\n".join(lines))
    except MarkedYAMLError:
        return False
    return True


def _quote(lines: list[str], row: int, column: int) -> Mended:
    tail = _WORD.sub(lambda m: json.dumps(m[0]), lines[row][column:], count=1)
    sentence = (
        f"text that begins with {lines[row][column]} must stand in quotes, "
        'as in "@name:example.org"'
    )
    mended = [*lines[:row], lines[row][:column] + tail, *lines[row + 1 :]]
    return Mended(mended, (_fault(lines, row, sentence),))


def _leave_out(lines: list[str], error: MarkedYAMLError) -> Mended:
    """Blank the section with the fault; without a section, all up to the first one."""
    row, sentence = explained(lines, error)
    start, name = section_at(lines, row)
    end = next((i for i in range(row + 1, len(lines)) if HEAD.match(lines[i])), len(lines))
    kept = [*lines[: max(start, 0)], *[""] * (end - max(start, 0)), *lines[end:]]
    certain = "opens here" in sentence or "open here" in sentence
    return Mended(kept, (_fault(lines, row, sentence),), name, certain)


def _fault(lines: list[str], row: int, text: str) -> Fault:
    return Fault(row + 1, section_at(lines, row)[1], text)
