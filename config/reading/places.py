"""Looking at places of plain data, which may hold anything."""

from __future__ import annotations

from collections.abc import Iterator

from config.reading.document import Plain
from config.values.faults import Loc


def at(data: Plain, loc: Loc) -> Plain:
    """What is at a place; None if nothing is."""
    for part in loc:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def text_at(data: Plain, *loc: int | str) -> str:
    """The text at a place; empty if there is none."""
    found = at(data, loc)
    return found if isinstance(found, str) else ""


def entries(data: Plain, loc: Loc) -> Iterator[tuple[Loc, Plain]]:
    """The places and values of a list's entries; nothing if there is no list."""
    found = at(data, loc)
    for index, entry in enumerate(found if isinstance(found, list) else []):
        yield (*loc, index), entry


def texts(data: Plain, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """The places and values of those entries of a list that are texts."""
    for place, entry in entries(data, loc):
        if isinstance(entry, str):
            yield place, entry
