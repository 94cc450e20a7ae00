"""Draw docs/states.md from the tables in the code: `.venv/bin/python -m scripts.draw_states`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import bots
from bots.runtime.kit.states import Machine

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
                if isinstance(found, type) and issubclass(found, Machine) and found is not Machine:
                    yield found


def page() -> str:
    return "\n".join([HEAD, *map(_section, machines())])


def _section(machine: type[Machine]) -> str:
    arrows: dict[tuple[str, str], list[str]] = {}
    for line in machine.lines:
        for before, after in line.arrows:
            arrows.setdefault((_id(before), _id(after)), []).append(line.name)
    drawn = (f"    {x} --> {y}: {', '.join(names)}" for (x, y), names in arrows.items())
    about = inspect.cleandoc(machine.__doc__ or "")
    name, where = machine.__name__, machine.__module__.replace(".", "/")
    diagram = "\n".join(("```mermaid", "stateDiagram-v2", *drawn, "```"))
    title = name.removesuffix("Moves")
    return f"## {title}\n{about}\n\n{diagram}\n\n`{name}` in `{where}.py`.\n"


def _id(state: StrEnum | None) -> str:
    return "[*]" if state is None else state.value


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
