"""`python -m tests.bench [FIGURE …]`: measures, and prints one JSON object a line.

Nothing else goes to standard output; progress and a summary go to standard error. The exit status
says whether everything could be measured, not whether the targets were met.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
import traceback
from collections.abc import Collection, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.bench.figures import Measured, summary
from tests.bench.place import Place

MEASUREMENTS = (
    "case",
    "flag",
    "share",
    "storms",
    "backlog",
    "floods",
    "restart",
    "resident",
    "blocked",
    "echo_speed",
    "talk",
    "burst",
    "stopped",
    "killed",
    "server_away",
    "plan",
    "plan_apply",
    "mail",
    "busy_pages",
    "typed",
)
ON_REQUEST = ("server_away_long", "mailservers", "decisions")
"""What takes so long that it is measured only where it is named."""


def main(arguments: Sequence[str]) -> int:
    modules = [import_module(f"tests.bench.{name}") for name in MEASUREMENTS + ON_REQUEST]
    wanted = _wanted(arguments, modules)
    measured, broken = asyncio.run(_measure_all(modules, wanted))
    print(summary(measured, broken), file=sys.stderr)
    return 1 if broken else 0


def _wanted(arguments: Sequence[str], modules: Sequence[ModuleType]) -> frozenset[str]:
    known = {figure.name: module.__name__ for module in modules for figure in module.FIGURES}
    usual = [name for name, module in known.items() if not module.endswith(ON_REQUEST)]
    rest = ", ".join(name for name in known if name not in usual)
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    what = f"all if none is named: {', '.join(usual)}; only where it is named: {rest}"
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=what)
    named = parser.parse_args(arguments).figures
    unknown = [name for name in named if name not in known]
    if unknown:
        parser.error(f"no figure is called {', '.join(unknown)}; there are {', '.join(known)}")
    return frozenset(named or usual)


async def _measure_all(
    modules: Sequence[ModuleType], wanted: Collection[str]
) -> tuple[list[Measured], list[str]]:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    measured: list[Measured] = []
    broken: list[str] = []
    for module in modules:
        names = [figure.name for figure in module.FIGURES if figure.name in wanted]
        if not names:
            continue
        try:
            found = await _measure(module, names)
        except Exception:  # noqa: BLE001  (the others are still worth measuring)
            traceback.print_exc()
            broken += names
        else:
            measured += found
    return measured, broken


async def _measure(module: ModuleType, names: Collection[str]) -> list[Measured]:
    with tempfile.TemporaryDirectory(prefix="buendnis-bench-") as folder:
        place = Place(Path(folder), module.__name__.rpartition(".")[2])
        place.say("begins")
        values = await module.measure(place)
    found = [Measured(x, values[x.name]) for x in module.FIGURES if x.name in names]
    for one in found:
        print(one.figure.line(one.value), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
