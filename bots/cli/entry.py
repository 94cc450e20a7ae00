"""The command line `buendnis`: finds its commands in `bots.cli.commands`, imports what it runs."""

from __future__ import annotations

import os
import sys
from importlib import import_module, metadata
from io import TextIOWrapper
from pkgutil import iter_modules
from typing import NoReturn

import click

from bots.cli import commands
from bots.cli.saying import give_up
from bots.cli.terminal import HELP, in_words, run
from bots.runtime.process.logs import where
from config.values.suggest import closest

TRACEBACK = "BUENDNIS_TRACEBACK"


class Commands(click.Group):
    """A group whose commands are the modules of `bots.cli.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = iter_modules(commands.__path__)
        return sorted(m.name.replace("_", "-") for m in modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        found = module.command
        if not isinstance(found, click.Command):
            raise TypeError(f"{module.__name__}.command is not a click.Command")
        return in_words(found)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's; a command that does not exist is answered with one that does."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            known = self.list_commands(ctx)
            meant = closest(args[0], known)
            hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}."
            raise click.UsageError(f"{error.message} {hint}", ctx) from None


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    try:
        click.echo(f"buendnis {metadata.version('buendnis')}")
    except metadata.PackageNotFoundError:
        click.echo("buendnis, not installed (run from its sources)")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": HELP})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Print the version.",
)
def cli() -> None:
    """A federated network on Matrix for alliances of initiatives."""


def main() -> None:
    """Run the command line; ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = run(in_words(cli), "buendnis")
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        if isinstance(error, OSError) and error.filename is not None:
            _unusable(error)
        _failed(where(error))
    raise SystemExit(status)


def _unusable(error: OSError) -> NoReturn:
    """A file or folder that this user may not use: nothing of ours is broken."""
    give_up(
        f"{error.filename} can't be used ({error.strerror}). See that it is there and belongs to "
        "you, and that the disk is neither full nor read-only."
    )


def _failed(place: str) -> NoReturn:
    """A fault of ours; its own text may hold what somebody wrote."""
    give_up(
        f"A fault in buendnis itself ({place}). Please report it; with {TRACEBACK}=1 in front the "
        "command shows where it arose."
    )
