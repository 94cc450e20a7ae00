"""What click itself prints, in the terminal's language: help, usage, and what it refuses."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import copy

import click

from bots.cli.saying import complain
from config.cli.spoken import spoken

HELP = ["-h", "--help"]


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, spoken(prefix or "Usage: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(spoken(heading))


class _Context(click.Context):
    formatter_class = _Formatter


def in_words(command: click.Command) -> click.Command:
    """A copy of it, with its help in the terminal's language."""
    command = copy(command)
    command.params = [copy(parameter) for parameter in command.params]
    command.context_class = _Context
    if command.help is not None:
        command.help = spoken(inspect.cleandoc(command.help))
    context = _Context(command, help_option_names=HELP)
    for parameter in command.get_params(context):  # that for `--help` is made once, and kept
        if isinstance(parameter, click.Option) and parameter.help is not None:
            parameter.help = spoken(parameter.help)
    return command


def run(command: click.Command, name: str, args: Sequence[str] | None = None) -> int:
    """Run a command line; the exit status."""
    try:
        status = command.main(args, prog_name=name, standalone_mode=False)
    except click.UsageError as error:
        if error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
            complain(f"Try '{error.ctx.command_path} --help' for help.")
        complain(f"\nError: {error.format_message()}")
        return error.exit_code
    except click.ClickException as error:
        complain(f"Error: {error.format_message()}")
        return error.exit_code
    except click.Abort:
        click.echo("", err=True)  # behind the ^C of a terminal
        complain("Stopped; nothing more was done.")
        return 1
    return status if isinstance(status, int) else 0
