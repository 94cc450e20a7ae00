"""`buendnis restore FILE ARCHIVE`: an office comes back from a backup."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.cli.storage import Storage
    from bots.runtime.store.backup import Result
    from bots.runtime.store.keys import Key


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("archive", metavar="ARCHIVE", type=click.Path(path_type=Path))
@click.option(
    "--former-key",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The key file of the time of the backup, if the key was changed since.",
)
@click.option(
    "--former-passphrase",
    is_flag=True,
    help="Ask for the passphrase of the time of the backup, if the key was changed since.",
)
def command(file: Path, archive: Path, former_key: Path | None, former_passphrase: bool) -> None:
    """Bring the office of FILE back from ARCHIVE, into a state folder without a store.

    If FILE does not exist, the archive's settings are written there. What the office did since the
    backup it finds out from its rooms, and does nothing twice; what was erased since stays erased;
    mails that may have left already wait until `buendnis release`. It logs in as a new device, for
    which it needs its password or the registration secret: a token alone is not enough.
    """
    from bots.cli.saying import give_up, say
    from bots.runtime.model.errors import StoreError
    from bots.runtime.store.backup import BackupError

    try:
        result = _restore(file, archive, former_key, former_passphrase)
    except (BackupError, StoreError, ValueError, OSError) as error:
        give_up(error)
    moment = datetime.fromtimestamp(result.made).astimezone().strftime("%d.%m.%Y %H:%M")
    say(f"Restored as it was on {moment}. Start it with `buendnis run {file}`.")
    if result.held:
        say(
            f"Mails that wait because they may have left already: {result.held}. If you are sure "
            f"that they did not: `buendnis release {file}`, before you start the office."
        )


def _restore(file: Path, archive: Path, former_key: Path | None, asks: bool) -> Result:
    from bots.cli.saying import say
    from bots.cli.storage import storage_or_exit
    from bots.runtime.store.backup import key_of, restore, settings_of
    from bots.runtime.store.keys import FileKey, parse_key

    settings = settings_of(archive)
    if not file.exists():
        file.write_bytes(settings)
        say(f"{file}: written from the archive.")
    elif file.read_bytes() != settings:
        say(f"{file} differs from the settings in the archive; it stays as it is.")
    storage = storage_or_exit(file)
    packed, key = key_of(archive), storage.key()
    if key is None:
        packed = _packed(storage, packed)
        result = restore(archive, storage.state, FileKey(packed))
        _keep(storage.key_path, packed)
        return result
    former: Key | None = None if packed is None else FileKey(packed)
    if former_key is not None:
        text = former_key.read_text(encoding="ascii", errors="replace")
        former = FileKey(parse_key(text, str(former_key)))
    elif asks:
        former = _asked()
    return restore(archive, storage.state, key, former=former)


def _asked() -> Key:
    from bots.cli.storage import typed
    from bots.runtime.store.keys import Passphrase

    return Passphrase(typed("Passphrase of the time of the backup", twice=False))


def _packed(storage: Storage, packed: bytes | None) -> bytes:
    """The key that the archive holds, which has to be put into its place."""
    if packed is None:
        raise ValueError(
            f"There is no sealing key in {storage.key_path}, nor in the archive. Put the copy that "
            "you kept there (chmod 600); without it a backup can't be read."
        )
    return packed


def _keep(path: Path, key: bytes) -> None:
    import os

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
