"""Frozen dataclasses from the JSON in which they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any, ClassVar, Protocol, TypeVar


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


D = TypeVar("D", bound=_Dataclass)


def read(kind: type[D], data: Mapping[str, Any]) -> D:
    """A value of a dataclass; lists become tuples. What an older or a newer version wrote besides
    is passed over."""
    names = {field.name for field in fields(kind)}
    return kind(**{name: _fixed(value) for name, value in data.items() if name in names})


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
