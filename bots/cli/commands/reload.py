"""`buendnis reload FILE`: a running office reads its settings again."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Have the running office read FILE again, as SIGHUP does; faults change nothing."""
    from bots.cli.loading import ask_or_exit, tell_what_waits
    from bots.cli.saying import say

    answer = ask_or_exit(file, "reload")
    say("The office has read its settings again.")
    tell_what_waits(answer)
