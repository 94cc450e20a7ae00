"""State machines as tables: what may happen to a document, and from which state into which.

A table is a class. Its docstring says what it is about; each line is named by what happens, in the
words of the field:

    class DoorMoves(Machine):
        "A door is either open or shut."

        built = Begin(Door.SHUT)
        opened = Move(Door.SHUT, to=Door.OPEN)
        removed = End(*Door)

A rule asks `DoorMoves.opened.may(door.state)` where the answer is not certain, and takes the new
state from `DoorMoves.opened(door.state)`; it writes down no state itself. `docs/states.md` is drawn
from these tables.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
Arrow = tuple[StrEnum | None, StrEnum | None]
"""From a state into one. None: before the document exists, or when it is gone."""


class Undeclared(Exception):
    """A rule makes a move that its table does not have. It should have asked `may`."""


class Line(Generic[S]):
    def __init__(self, *arrows: Arrow) -> None:
        self.arrows = arrows
        self.name = ""

    def __set_name__(self, _: type, name: str) -> None:
        self.name = name.replace("_", " ")


class Begin(Line[S]):
    def __init__(self, *states: S) -> None:
        super().__init__(*((None, x) for x in states))


class End(Line[S]):
    def __init__(self, *states: S) -> None:
        super().__init__(*((x, None) for x in states))
        self._from = states

    def may(self, state: S) -> bool:
        return state in self._from


class Move(Line[S]):
    """One thing that can happen: from which states, and into which."""

    def __init__(self, *states: S, to: S | None = None) -> None:
        """Without `to` the document stays in the state in which it is."""
        self._table = {x: x if to is None else to for x in states}
        super().__init__(*self._table.items())

    def may(self, state: S) -> bool:
        return state in self._table

    def __call__(self, state: S) -> S:
        """The new state. Raises Undeclared if the table has none."""
        if state not in self._table:
            raise Undeclared(f"{self.name!r} cannot happen to what is {state.value!r}")
        return self._table[state]


class Machine:
    """A table of lines."""

    lines: ClassVar[tuple[Line[Any], ...]] = ()
    states: ClassVar[type[StrEnum]] = StrEnum

    def __init_subclass__(cls) -> None:
        cls.lines = tuple(x for x in vars(cls).values() if isinstance(x, Line))
        cls.states = next(type(x) for arrow in cls.arrows() for x in arrow if x is not None)

    @classmethod
    def arrows(cls) -> set[Arrow]:
        return {x for line in cls.lines for x in line.arrows}
