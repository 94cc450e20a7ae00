"""`buendnis key rotate FILE`: another key for an office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from config.reading.sections import OpenedBy


@click.command()
@click.argument("what", metavar="rotate", type=click.Choice(["rotate"]))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Choice(["file", "passphrase", "credential"]),
    help="What opens the office from now on; as before if not given.",
)
@click.option(
    "--compromised",
    is_flag=True,
    help="Somebody may have the key: the stopped office becomes somebody new, and says so.",
)
def command(what: str, file: Path, to: OpenedBy | None, compromised: bool) -> None:
    """Change the key that opens the office of FILE, and seal everything anew.

    The office may run meanwhile, and nothing is sent twice. It can be broken off anywhere and run
    again. With `--to passphrase` a passphrase is asked for, twice; with `--to credential` the new
    key is written to the output, for `systemd-creds encrypt --name=seal.key`. Older backups go on
    needing the older key.
    """
    import asyncio

    from bots.cli.rotating import rotate
    from bots.cli.saying import give_up
    from bots.cli.storage import storage_or_exit
    from bots.runtime.model.errors import StoreError
    from bots.runtime.process.control import Refused

    storage = storage_or_exit(file)
    try:
        asyncio.run(rotate(storage, to or storage.config.opened_by, compromised=compromised))
    except (Refused, StoreError, ValueError, OSError) as error:
        give_up(error)
