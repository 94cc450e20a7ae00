"""`buendnis stop FILE`: end a running office."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Stop the running office of FILE. Nothing is lost; `buendnis run` goes on from there."""
    from bots.cli.loading import ask_or_exit
    from bots.cli.saying import say

    ask_or_exit(file, "stop")
    say("The office is stopping.")
