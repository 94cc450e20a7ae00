"""Backups of an office that runs in this process."""

from __future__ import annotations

from pathlib import Path

from bots.runtime.store.backup import make, restore
from bots.runtime.store.keys import FileKey, load_key


def back_up(folder: Path) -> Path:
    settings = folder.parent / "office.yaml"
    settings.touch()
    target = folder.parent / "backup.tar"
    make(folder, settings, target)
    return target


def lose(folder: Path) -> None:
    """The store is gone; the key and what stands beside it are not."""
    for path in folder.glob("office.db*"):
        path.unlink()


def bring_back(archive: Path, folder: Path) -> int:
    return restore(archive, folder, FileKey(load_key(folder / "seal.key"))).held
