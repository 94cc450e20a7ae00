"""`python -m tests.chaos [SCENARIO …]`: kills and outages, one JSON object a line.

Nothing else goes to standard output; progress goes to standard error. The exit status is 1 if any
figure missed its target.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.chaos.figures import Figure
from tests.chaos.ground import ground, say

SCENARIOS = ("complaint", "failpoints", "keys", "kills", "lost", "network", "outages", "trust")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], metavar="SCENARIO")
    logging.getLogger("nio").setLevel(logging.CRITICAL)  # people wait for keys without a word
    wanted = parser.parse_args(arguments).scenarios or SCENARIOS
    return asyncio.run(_run_all(wanted))


async def _run_all(wanted: Sequence[str]) -> int:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    missed = 0
    for name in wanted:
        for figure in await _run(name):
            print(figure.line(), flush=True)
            missed += not figure.is_met
    say(f"{missed} figures missed their target" if missed else "every figure met its target")
    return 1 if missed else 0


async def _run(name: str) -> list[Figure]:
    say(f"{name} begins")
    scenario = import_module(f"tests.chaos.{name}")
    with tempfile.TemporaryDirectory(prefix="buendnis-chaos-") as folder:
        async with ground(Path(folder)) as place:
            figures: list[Figure] = await scenario.run(place)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
