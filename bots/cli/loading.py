"""Settings for a command, or the faults on the terminal and exit status 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bots.cli.saying import complain, say

if TYPE_CHECKING:
    from config.network.settings import NetworkConfig
    from config.ombuds.settings import OmbudsConfig

T = TypeVar("T")


def load_network_or_exit(file: Path) -> NetworkConfig:
    from bots.offices.reading import load_network

    return _loaded(load_network, file)


def load_any_or_exit(file: Path) -> OmbudsConfig | NetworkConfig:
    """The settings of either kind of office."""
    from bots.offices.reading import load_any

    return _loaded(load_any, file)


def _loaded(load: Callable[[Path], T], file: Path) -> T:
    from config.values.faults import ConfigFaults

    try:
        return load(file)
    except ConfigFaults as faults:
        click.echo(str(faults), err=True)
        raise SystemExit(1) from None


def ask_or_exit(file: Path, question: str) -> dict[str, object]:
    """Ask the running office; a sentence and exit status 1 if that fails. Needs no secret."""
    from bots.offices.reading import check
    from bots.runtime.process.control import NotRunning, Refused, ask

    try:
        return ask(_loaded(check, file).file.state, question)
    except NotRunning as error:
        complain(f"{error} Start it with `buendnis run {file}`.")
    except Refused as error:
        complain(str(error))
    raise SystemExit(1)


def tell_what_waits(answer: Mapping[str, object]) -> None:
    """Of a running office's answer to `reload`."""
    waiting = answer["restart_needed"]
    if isinstance(waiting, list) and waiting:
        say(f"Changed, but only a restart takes it up: {', '.join(waiting)}.")
