"""Settings for a command, or the faults on the terminal and exit status 1."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from config.ombuds import OmbudsConfig


def load_or_exit(file: Path) -> OmbudsConfig:
    from config.faults import ConfigFaults
    from config.loading import load

    try:
        return load(file)
    except ConfigFaults as faults:
        click.echo(str(faults), err=True)
        raise SystemExit(1) from None


def ask_or_exit(file: Path, question: str) -> dict[str, object]:
    """Ask the running office; a sentence and exit status 1 if that fails."""
    from bots.runtime.control import NotRunning, Refused, ask

    folder = load_or_exit(file).office.state
    try:
        return ask(folder, question)
    except NotRunning as error:
        click.echo(f"{error} Start it with `buendnis run {file}`.", err=True)
    except Refused as error:
        click.echo(f"{error}", err=True)
    raise SystemExit(1)
