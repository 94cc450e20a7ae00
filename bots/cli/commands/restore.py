"""`buendnis restore FILE ARCHIVE`: an office comes back from a backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
    "--key",
    "kept",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The copy of the key file that you have kept, where the key is not in its place yet.",
)
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
def command(
    file: Path,
    archive: Path,
    kept: Path | None,
    former_key: Path | None,
    former_passphrase: bool,
) -> None:
    """Bring the office of FILE back from ARCHIVE, into a state folder without a store.

    If FILE does not exist, the settings are written there with which the office was last started
    before the backup. What the office did since the backup it finds out from its rooms, and does
    nothing twice; what was erased since stays erased; mails that may have left already wait until
    `buendnis release`. It logs in as a new device, for which it needs its password or the
    registration secret: a token alone is not enough.
    """
    from bots.cli.saying import give_up, say
    from bots.runtime.model.errors import StoreError
    from bots.runtime.store.backup import BackupError

    try:
        result = _restore(file, archive, _Given(kept, former_key, former_passphrase))
    except (BackupError, StoreError, ValueError, OSError) as error:
        give_up(error)
    moment = datetime.fromtimestamp(result.made).astimezone().strftime("%d.%m.%Y %H:%M")
    say(f"Restored as it was on {moment}. Start it with `buendnis run {file}`.")
    if result.head:
        say(
            f"The record ends with {result.head}. If the team's room or the mails know a newer "
            "number, the entries in between are lost; the office says so when it runs."
        )
    if result.held:
        say(
            f"Mails that wait because they may have left already: {result.held}. If you are sure "
            f"that they did not: `buendnis release {file}`, before you start the office."
        )


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command was given to open with."""

    kept: Path | None
    former: Path | None
    asks_former: bool

    @property
    def changed(self) -> bool:
        """Whether the key was changed since the backup."""
        return self.asks_former or self.former is not None


def _restore(file: Path, archive: Path, given: _Given) -> Result:
    from bots.cli.storage import storage_or_exit
    from bots.runtime.store.backup import key_of, restore
    from bots.runtime.store.keys import FileKey

    packed = key_of(archive) if given.kept is None else _read(given.kept)
    found = _settings(file, archive, packed)
    storage = storage_or_exit(file)
    key = _today(storage, given, packed) if found is None else found
    if key is None:
        packed = _packed(storage, packed)
        key = FileKey(packed)
    former = _former(given, packed)
    result = restore(archive, storage.state, key, former=former)
    if packed is not None and storage.config.opened_by == "file":
        _keep(storage.key_path, packed)
    return result


def _settings(file: Path, archive: Path, packed: bytes | None) -> Key | None:
    """Have the settings in their place; the key, if that has opened them."""
    from bots.cli.saying import say
    from bots.runtime.store.backup import BackupError, sealed_settings, settings_of

    clear = settings_of(archive)
    if file.exists():
        if clear not in (None, file.read_bytes()):
            say(f"{file} differs from the settings in the archive; it stays as it is.")
        return None
    if clear is not None:
        _write(file, clear)
        return None
    sealed, key = sealed_settings(archive, partial(_opening, file, packed))
    if sealed is None:
        raise BackupError(f"The archive holds no settings. Write {file} anew, then go on.")
    _write(file, sealed)
    return key


def _write(file: Path, text: bytes) -> None:
    from bots.cli.saying import say

    file.write_bytes(text)
    file.chmod(0o600)
    say(f"{file}: written from the archive.")


def _opening(file: Path, packed: bytes | None, kind: str) -> Key:
    """What opens the archive, where no settings say yet what does."""
    from bots.runtime.store.keys import FileKey

    if kind == "passphrase":
        return _asked("Passphrase")
    if packed is None:
        raise ValueError(
            f"{file} is not there, and only the key opens the settings in the archive. Give the "
            "copy of the key that you have kept: --key FILE."
        )
    return FileKey(packed)


def _today(storage: Storage, given: _Given, packed: bytes | None) -> Key | None:
    """What opens the office now; None if that is a key file which is not in its place. Raises
    ValueError."""
    from bots.runtime.store.holding import stored
    from bots.runtime.store.keys import FileKey

    match storage.config.opened_by:
        case "passphrase" if stored(storage.state) is None and not given.changed:
            return _asked("Passphrase")  # it was thought of long ago
        case "credential" if packed is not None:
            return FileKey(packed, "credential")
        case "credential":
            return _credential(storage)
    return storage.key()


def _credential(storage: Storage) -> Key | None:
    try:
        return storage.key()
    except ValueError as error:
        raise ValueError(
            f"{error} On a new machine, give the copy of the key that you have kept: --key FILE; "
            "then let `systemd-creds encrypt --name=seal.key` keep it there."
        ) from None


def _former(given: _Given, packed: bytes | None) -> Key | None:
    from bots.runtime.store.keys import FileKey

    if given.former is not None:
        return FileKey(_read(given.former))
    if given.asks_former:
        return _asked("Passphrase of the time of the backup")
    return None if packed is None else FileKey(packed)


def _read(path: Path) -> bytes:
    from bots.runtime.store.keys import parse_key

    return parse_key(path.read_text(encoding="ascii", errors="replace"), str(path))


def _asked(prompt: str) -> Key:
    from bots.cli.storage import typed
    from bots.runtime.store.keys import Passphrase

    return Passphrase(typed(prompt, twice=False))


def _packed(storage: Storage, packed: bytes | None) -> bytes:
    """The key that the archive holds, which has to be put into its place."""
    if packed is None:
        raise ValueError(
            f"There is no sealing key in {storage.key_path}, nor in the archive. Put the copy that "
            "you kept there (chmod 600), or give it: --key FILE. Without it a backup can't be read."
        )
    return packed


def _keep(path: Path, key: bytes) -> None:
    import os

    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
