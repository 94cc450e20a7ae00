"""`buendnis apply FILE`: make the homeserver's spaces and rooms what FILE declares."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.offices.spaces.planning import Planning
    from federation.spaces.applying.apply import Outcome


@click.command()
@click.argument("file", metavar="[FILE]", default="network.yaml", type=click.Path(path_type=Path))
@click.option("--remove", is_flag=True, help="Take back links to what is no longer declared.")
@click.option(
    "--at-once",
    type=click.IntRange(1, 32),
    default=8,
    show_default=True,
    help="Requests under way at the same time.",
)
def command(file: Path, remove: bool, at_once: int) -> None:
    """Make accounts, spaces and rooms of the network that FILE declares, as `plan` shows them.

    Nothing is ever deleted. Stopped anywhere, it goes on from there when it is run again; when
    all is done, it changes nothing. Exit status: 1 if something could not be done, else 0.
    """
    from bots.cli.spaces import run_planning

    applied: list[Outcome] = []
    work = partial(_apply, applied=applied, remove=remove, at_once=at_once)
    status = run_planning(file, work)
    if applied:
        _tell_way_in(file)
        _tell_office(file)
    raise SystemExit(status)


def _tell_office(file: Path) -> None:
    """A running office takes up what is new; one that does not run finds it when it starts."""
    from bots.cli.loading import load_network_or_exit, tell_what_waits
    from bots.cli.saying import complain, say
    from bots.runtime.process.control import NotRunning, Refused, ask

    state = load_network_or_exit(file).network.state
    try:
        answer = ask(state, "reload")
    except NotRunning:
        return
    except Refused as error:
        complain(f"The running office goes on as before: {error}")
        return
    say("The running office has taken it up.")
    tell_what_waits(answer)


def _tell_way_in(file: Path) -> None:
    from bots.cli.loading import load_network_or_exit
    from bots.cli.saying import say
    from bots.offices.spaces.way_in import told

    say(told(load_network_or_exit(file)))


async def _apply(planning: Planning, *, applied: list[Outcome], remove: bool, at_once: int) -> int:
    from bots.cli.spaces import Screen

    screen = Screen()
    planned = await planning.plan()
    changes = len(planned.changes) + (len(planned.undeclared) if remove else 0)
    with screen.progress(changes) as told:
        outcome = await planning.apply(planned, told, remove=remove, at_once=at_once)
    applied.append(outcome)
    screen.remarks(planned, remove=remove)
    screen.applied(outcome, planning.counted)
    return 1 if outcome.failed or planned.problems else 0
