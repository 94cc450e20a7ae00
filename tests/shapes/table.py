"""The table of what people see: `python -m tests.shapes.table` prints its rows anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.shapes.places import PLACES, Place, Seen
from tests.shapes.recorded import SHAPES, Shape

TABLE = Path(__file__).parent / "TABLE.md"
HEAD = "| shape | what it is | it says |"
SILENT = "–"
WORDS = "✎"
LONGEST = 40


def cell(shape: Shape, seen: Iterable[Seen]) -> str:
    """Who sees what, in one line."""
    readers: dict[str, list[str]] = {}
    for one in seen:
        words = (plain(x)[:LONGEST] for x in (shape.says, shape.shown) if x is not None)
        said = any(x in plain(one.text) for x in words)
        readers.setdefault(one.by, []).append(one.key + (f" {WORDS}" if said else ""))
    lines = (f"{reader}: {', '.join(_counted(keys))}" for reader, keys in sorted(readers.items()))
    return " · ".join(lines) or SILENT


def _counted(keys: list[str]) -> Iterable[str]:
    for key in dict.fromkeys(keys):
        count = keys.count(key)
        yield key if count == 1 else f"{key} ×{count}"


def plain(text: str) -> str:
    """As it is read: without marks of direction, signs of Markdown, and spaces that nobody sees."""
    text = re.sub("[\u200e\u200f\u2066-\u2069\\\\>*]", "", text)
    return " ".join(text.split())


def row(shape: Shape, places: Iterable[type[Place]] = PLACES) -> str:
    says = plain(shape.says or SILENT).replace("|", "\\|")
    says = says if len(says) <= LONGEST else says[: LONGEST - 1] + "…"
    cells = (cell(shape, place().play(shape)) for place in places)
    return " | ".join((f"| `{shape.name}`", shape.about.replace("|", "\\|"), says, *cells)) + " |"


def written() -> dict[str, list[str]]:
    """Name of a shape → its cells, as they stand in the table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = (re.split(r"(?<!\\)\|", x)[1:-1] for x in lines if x.startswith("| `"))
    return {x[0].strip().strip("`"): [y.strip() for y in x[3:]] for x in rows}


if __name__ == "__main__":
    sys.stdout.writelines(f"{row(each)}\n" for each in SHAPES)
