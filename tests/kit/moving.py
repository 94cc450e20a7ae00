"""Whatever a decision makes of a document that has a state, its table has a line for it."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

from bots.runtime.kit.documents import Collection
from bots.runtime.kit.states import Machine


@cache
def has_state(collection: Collection[Any]) -> bool:
    """Whether there is a table for documents of a kind."""
    return any(map(_table, get_type_hints(collection.of).values()))


def check(before: Any, after: Any) -> None:
    """None: it was not there, or is not any more."""
    was, now = _states(before), _states(after)
    for name in was.keys() | now.keys():
        arrow = was.get(name), now.get(name)
        table = _table(type(arrow[0] or arrow[1]))
        assert table is None or _may(table, *arrow), f"{name} made the move {arrow}"


def _may(table: type[Machine], before: StrEnum | None, after: StrEnum | None) -> bool:
    """By a move, or by two: somebody is let in and asked for topics at once."""
    moves = table.arrows()
    by_two = ((before, x) in moves and (x, after) in moves for x in table.states)
    return before is after or (before, after) in moves or any(by_two)


def _table(kind: Any) -> type[Machine] | None:
    return next((x for x in Machine.__subclasses__() if x.states is kind), None)


def _states(document: Any) -> dict[str, StrEnum]:
    """Those of a document, and of its numbered parts, by their names."""
    found: dict[str, StrEnum] = {}
    for each in () if document is None else fields(document):
        value = getattr(document, each.name)
        if _table(type(value)):
            found[each.name] = value
        for part in value if isinstance(value, tuple) else ():
            if hasattr(part, "number"):
                inner = _states(part).items()
                found |= {f"{each.name}/{part.number}/{name}": x for name, x in inner}
    return found
