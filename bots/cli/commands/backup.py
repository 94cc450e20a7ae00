"""`buendnis backup FILE DEST`: a consistent copy of an office, also while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.cli.storage import Storage


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("dest", metavar="DEST", type=click.Path(path_type=Path))
@click.option(
    "--with-key",
    is_flag=True,
    help="Put the sealing key in. Whoever has the file can then read everything in it.",
)
@click.option(
    "--with-settings",
    is_flag=True,
    help="Put FILE in as it is. Whoever has the backup can then read whom it names.",
)
def command(file: Path, dest: Path, with_key: bool, with_settings: bool) -> None:
    """Write what the office of FILE knows into one file.

    DEST is a new file, or a folder in which one is made. The office may run meanwhile. The settings
    with which it was last started are in it, sealed as all else. Passwords are not in it, nor,
    unless you ask for it, the sealing key: keep a copy of that key elsewhere, for without it a
    backup can't be read.
    """
    from bots.cli.saying import give_up, say
    from bots.cli.storage import storage_or_exit
    from bots.runtime.store.backup import BackupError, make

    storage = storage_or_exit(file)
    target = _target(dest, storage.state)
    try:
        packed = storage.packed() if with_key else None
        make(storage.state, file if with_settings else None, target, packed)
    except (BackupError, ValueError) as error:
        give_up(error)
    say(f"{target}: {target.stat().st_size:,} bytes, for your eyes alone.")
    if with_key:
        say("The sealing key is in it: keep it where nobody else finds it.")
    else:
        say(_needed(storage))


def _needed(storage: Storage) -> str:
    match storage.config.opened_by:
        case "passphrase":
            return "Restoring it needs the passphrase of today as well."
        case "credential":
            return "Restoring it needs the key of today as well, as you have kept it elsewhere."
        case _:
            return f"Restoring it needs the sealing key as well ({storage.key_path})."


def _target(dest: Path, state: Path) -> Path:
    import time

    if not dest.is_dir():
        return dest
    moment = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    return dest / f"buendnis-{state.name}-{moment}.tar"
