"""What the models of the settings know of themselves: sections, keys and examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.values.faults import Loc

Model = type[BaseModel]


def keys(model: Model) -> dict[str, FieldInfo]:
    """The fields by the keys that stand for them in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def section(model: Model, loc: Loc) -> Model | None:
    """The model at a place of `model`; None where a plain value is."""
    found: Model | None = model
    for part in loc:
        if isinstance(part, int):
            continue
        field = keys(found).get(part) if found else None
        found = _model_in(field.annotation) if field else None
    return found


def known_field(model: Model, loc: Loc) -> FieldInfo | None:
    """The field at a place of `model`; for a list's entry, the list's field."""
    while loc and isinstance(loc[-1], int):
        loc = loc[:-1]
    parent = section(model, loc[:-1]) if loc else None
    return keys(parent).get(str(loc[-1])) if parent else None


def homes(model: Model, key: str) -> list[str]:
    """The sections, spelled with dots, that know a key."""
    return [".".join(path) for path, found in _sections(model, ()) if key in keys(found)]


def example(model: Model, loc: Loc) -> str | None:
    """How to write the key at a place, as YAML; None when its field has no example."""
    field = known_field(model, loc)
    values = field.examples if field else None
    return f"{loc[-1]}: {_written(values[0])}" if values else None


def _sections(model: Model, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Model]]:
    yield path, model
    for name, field in keys(model).items():
        if (inner := _model_in(field.annotation)) is not None:
            yield from _sections(inner, (*path, name))


def _model_in(annotation: Any) -> Model | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    plain = isinstance(value, str) and (value[:1].isalpha() or value[:1] == ".")
    return str(value) if plain else json.dumps(value, ensure_ascii=False)
