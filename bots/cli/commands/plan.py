"""`buendnis plan FILE`: what `apply` would change on the homeserver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.offices.spaces.planning import Planning


@click.command()
@click.argument("file", metavar="[FILE]", default="network.yaml", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Compare the network that FILE declares with what the homeserver has.

    Prints what `apply` would make (+), change (~) and take back (-), and what must be mended by
    hand (!). Changes nothing. Exit status: 1 if something must be mended or could not be found
    out, else 0.
    """
    from bots.cli.spaces import run_planning

    raise SystemExit(run_planning(file, _plan))


async def _plan(planning: Planning) -> int:
    from bots.cli.spaces import Screen

    planned = await planning.plan()
    screen = Screen()
    screen.diff(planned, remove=False)
    screen.summary(planned, planning.counted)
    return 1 if planned.problems else 0
