"""Draw docs/states.md from the tables in the code: `.venv/bin/python -m scripts.draw_states`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import bots
from bots.runtime.kit.states import Line, Machine

MANY = 5
"""States from which on a line that leads out of all of them is told in words."""
PAGE = Path(__file__).parents[1] / "docs" / "states.md"
HEAD = """# States

What can happen to the documents that bots keep. These diagrams are drawn from tables in the code:
`.venv/bin/python -m scripts.draw_states`. A rule changes a state only by a move of its table, and
tests fail on any other. `bots/runtime/kit/states.py` says how to write a table.
"""


def machines() -> Iterator[type[Machine]]:
    """All tables of all bots, in the order of their modules."""
    for module in walk_packages(bots.__path__, "bots."):
        if re.search(r"\.(documents|models)(\.|$)", module.name):
            for found in vars(import_module(module.name)).values():
                if isinstance(found, type) and found.__module__ == module.name:
                    yield from (found,) if issubclass(found, Machine) else ()


def page() -> str:
    return "\n".join([HEAD, *map(_section, machines())])


def _section(machine: type[Machine]) -> str:
    everywhere = [x for x in machine.lines if _is_everywhere(machine, x)]
    arrows: dict[tuple[str, str], list[str]] = {}
    for line in machine.lines:
        for before, after in line.arrows if line not in everywhere else ():
            arrows.setdefault((_id(before), _id(after)), []).append(line.name)
    drawn = (f"    {x} --> {y}: {', '.join(names)}" for (x, y), names in arrows.items())
    diagram = "\n".join(("```mermaid", "stateDiagram-v2", *drawn, "```"))
    name, where = machine.__name__, machine.__module__.replace(".", "/")
    below = (*_besides(everywhere), f"`{name}` in `{where}.py`.")
    about = inspect.cleandoc(machine.__doc__ or "")
    title = name.removesuffix("Moves")
    return "\n\n".join((f"## {title}\n{about}", diagram, *below)) + "\n"


def _is_everywhere(machine: type[Machine], line: Line[Any]) -> bool:
    """Whether it leads out of every state, and its arrows would hide the others."""
    return len(machine.states) >= MANY and {x for x, _ in line.arrows} == {*machine.states}


def _besides(lines: list[Line[Any]]) -> Iterator[str]:
    if lines:
        yield f"Also, from every state: {', '.join(f'{x.name} → {_target(x)}' for x in lines)}."


def _target(line: Line[Any]) -> str:
    targets = {x for _, x in line.arrows}
    if len(targets) > 1:
        return "as before"
    return "dropped" if targets == {None} else _id(targets.pop())


def _id(state: StrEnum | None) -> str:
    return "[*]" if state is None else state.value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
