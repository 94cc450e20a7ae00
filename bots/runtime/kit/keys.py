"""Names with typed parts, declared once: `Timer("answer/{case:int}/{number:int}")`.

Calling one makes a name, `read` takes it apart again, so that neither is spelled twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from federation.model.actions import Handle

Values = Mapping[str, int | str]

_PART = re.compile(r"\{(\w+)(?::(int|str))?\}")
_INT, _WORD, _REST = r"\d{1,18}", r"[^/]+", r".+"


class Key:
    """`{name:int}` stands for digits, `{name}` for text without a slash; the last may have some."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._types = {name: kind or "str" for name, kind in _PART.findall(pattern)}
        expression, end = "", 0
        for found in _PART.finditer(pattern):
            expression += re.escape(pattern[end : found.start()])
            end = found.end()
            text = _REST if end == len(pattern) else _WORD
            expression += f"(?P<{found[1]}>{_INT if found[2] == 'int' else text})"
        self._expression = re.compile(expression + re.escape(pattern[end:]), re.ASCII | re.DOTALL)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pattern!r})"

    def name(self, **values: int | str) -> str:
        """Raises ValueError if the values are others than declared, or don't fit."""
        if values.keys() != self._types.keys():
            raise ValueError(f"{self!r} has the parts {', '.join(self._types)}")
        name = _PART.sub(lambda found: str(values[found[1]]), self.pattern)
        if self.read(name) != values:
            raise ValueError(f"what was given does not fit {self!r}")
        return name

    def read(self, name: str | None) -> dict[str, int | str] | None:
        """The values in a name; None if it is another's."""
        found = self._expression.fullmatch(name or "")
        if found is None:
            return None
        return {x: int(y) if self._types[x] == "int" else y for x, y in found.groupdict().items()}


class Timer(Key):
    """What a timer is set, stopped and recognised by."""

    def __call__(self, **values: int | str) -> str:
        return self.name(**values)


class Made(Key):
    """The handle of something that we make."""

    def __call__(self, **values: int | str) -> Handle:
        return Handle(self.name(**values))


class Question(Key):
    """Why a rule asked what a message says now."""

    def __call__(self, **values: int | str) -> str:
        return self.name(**values)
