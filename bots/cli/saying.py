"""What a command prints: everything goes through here, in the terminal's language."""

from __future__ import annotations

from typing import NoReturn

import click

from config.cli.spoken import spoken


def say(text: str) -> None:
    click.echo(spoken(text))


def complain(text: str) -> None:
    """What went wrong, where a program that reads our output does not find it."""
    click.echo(spoken(text), err=True)


def give_up(text: object) -> NoReturn:
    """The last word of a command that could not do what it was to do."""
    complain(str(text))
    raise SystemExit(1)
