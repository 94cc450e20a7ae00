"""Plain data into a model of the settings, with every fault and its line.

A key that is misspelt is taken for the one that was meant, and a fault, so that what is below
it is checked as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.reading.document import Document, Plain
from config.reading.sentences import meant_key, sentence
from config.values.faults import Fault, Loc, spell
from config.values.fields import Surroundings

M = TypeVar("M", bound=BaseModel)

MAX_LEVELS = 6


@dataclass(frozen=True)
class Fitted(Generic[M]):
    """What came of it: a model only if pydantic found nothing wrong."""

    kind: type[M]
    """What it is to be."""
    model: M | None
    faults: tuple[Fault, ...]
    data: dict[str, Plain]
    """With misspelt keys put right."""
    lines: Mapping[Loc, int]
    unread: frozenset[str]
    """Sections that could not be read, as in the document."""

    def line(self, loc: Loc) -> int:
        """The line of a key or entry, or of the nearest one around it."""
        return _line(self.lines, loc)


def fit(document: Document, model: type[M], surroundings: Surroundings) -> Fitted[M]:
    """Validate a document; no data counts as no keys."""
    data: dict[str, Plain] = document.data if isinstance(document.data, dict) else {}
    lines, misspelt = dict(document.lines), list[Fault]()
    found: M | None = None
    faults: list[Fault] = []
    for _ in range(MAX_LEVELS):
        found, details = _validated(data, model, surroundings)
        details = [detail for detail in details if _is_telling(detail, document.unread)]
        meant = {d["loc"]: name for d in details if (name := _meant(d, model))}
        faults = [_fault(detail, model, lines) for detail in details]
        if not meant:
            break
        misspelt += [_fault(detail, model, lines) for detail in details if detail["loc"] in meant]
        for loc, name in meant.items():
            data = _moved(data, loc, name)
            lines |= _copied(lines, loc, name)
    return Fitted(model, found, (*misspelt, *faults), data, lines, document.unread)


def _validated(
    data: dict[str, Plain], model: type[M], surroundings: Surroundings
) -> tuple[M | None, list[ErrorDetails]]:
    try:
        return model.model_validate(data, context=surroundings), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _is_telling(detail: ErrorDetails, unread: frozenset[str]) -> bool:
    """Not about a section that could not be read, nor the length of a list with bad entries."""
    if unread.intersection(map(str, detail["loc"][:1])):
        return False
    return detail["type"] != "too_short" or not detail["input"]


def _meant(detail: ErrorDetails, model: type[M]) -> str | None:
    return meant_key(detail["loc"], model) if detail["type"] == "extra_forbidden" else None


def _fault(detail: ErrorDetails, model: type[M], lines: Mapping[Loc, int]) -> Fault:
    loc = detail["loc"]
    where = spell(loc if detail["type"] == "missing" else _written(lines, loc))
    return Fault(_line(lines, loc), where, sentence(detail, model, lines.__contains__))


def _written(lines: Mapping[Loc, int], loc: Loc) -> Loc:
    """The place in the file: where a text stands for keys, pydantic tells of a key below it."""
    while loc and loc not in lines:
        loc = loc[:-1]
    return loc


def _line(lines: Mapping[Loc, int], loc: Loc) -> int:
    return lines.get(_written(lines, loc), 1)


def _copied(lines: Mapping[Loc, int], loc: Loc, name: str) -> dict[Loc, int]:
    """The lines of a key and of all below it, under the key's right name."""
    right, depth = (*loc[:-1], name), len(loc)
    return {(*right, *k[depth:]): line for k, line in lines.items() if k[:depth] == loc}


def _moved(data: Any, loc: Loc, name: str) -> Any:
    """A copy in which the key at `loc` is called `name`; dropped if there is one already."""
    head, rest = loc[0], loc[1:]
    if isinstance(data, list):
        return [_moved(v, rest, name) if i == head else v for i, v in enumerate(data)]
    if rest:
        return {k: _moved(v, rest, name) if k == head else v for k, v in data.items()}
    moved = {k: v for k, v in data.items() if k != head}
    return moved if moved.get(name) is not None else {**moved, name: data[head]}
