"""`buendnis release FILE`: mails that wait since a backup was restored may leave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.runtime.store.keys import Key


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Let mails leave that the stopped office of FILE holds since a backup was restored.

    They are held because they may have left before. `buendnis status` says how many there are.
    """
    import asyncio

    from bots.cli.saying import give_up, say
    from bots.cli.storage import storage_or_exit
    from bots.runtime.model.errors import StoreError

    storage = storage_or_exit(file)
    try:
        key = storage.key()
        if key is None:
            raise ValueError(f"There is no sealing key in {storage.key_path}.")
        number = asyncio.run(_release(storage.state, key))
    except (StoreError, ValueError, OSError) as error:
        give_up(error)
    say(f"Mails that leave when the office runs: {number}.")


async def _release(state: Path, key: Key) -> int:
    from bots.runtime.store.store import FILE, Store
    from bots.runtime.store.transaction import Transaction

    if not (state / FILE).exists():
        raise ValueError(f"There is no store in {state}.")
    store = Store.open(state, key)
    try:
        return await store.run("release", Transaction.release_held)
    finally:
        await store.close()
