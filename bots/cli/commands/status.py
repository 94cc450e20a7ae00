"""`buendnis status FILE`: how a running office is."""

from __future__ import annotations

from pathlib import Path

import click

_LINES = (
    ("inbox_ready", "events that wait for their turn"),
    ("inbox_locked", "events whose key has not come"),
    ("inbox_aside", "events set aside after three failures"),
    ("outbox_ready", "actions under way"),
    ("outbox_aside", "actions set aside"),
    ("outbox_held", "of them mails, held since a backup was restored (`buendnis release`)"),
    ("timers", "timers set"),
)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(file: Path, as_json: bool) -> None:
    """Say how the running office of FILE is. Shows numbers and opaque ids only."""
    import json

    from bots.cli.loading import ask_or_exit
    from bots.cli.saying import say
    from config.cli.spoken import spoken

    answer = ask_or_exit(file, "status")
    if as_json:
        click.echo(json.dumps(answer))
        return
    mail = f"; mail server: {answer['mail']}" if "mail" in answer else ""
    reached = f"homeserver: {answer['homeserver']}{mail}"
    say(f"The office runs (process {answer['pid']}); {reached}.")
    counts = answer["counts"]
    for key, words in _LINES:
        number = counts.get(key, 0) if isinstance(counts, dict) else 0
        click.echo(f"{number:>7}  {spoken(words)}")
    references = answer.get("aside")
    if isinstance(references, list) and references:
        say(f"Set aside: {', '.join(str(name) for name in references)}")
