"""Files into the folder: what lies there is never lost."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bots.cli.installing.files import FOLDERS, PRIVATE, File

FOLDER_MODE = 0o700


class Mark(StrEnum):
    NEW = "+"
    KEPT = "="
    DIFFERS = "≠"
    REPLACED = "!"


@dataclass(frozen=True, slots=True)
class Writing:
    mark: Mark
    file: File

    @property
    def due(self) -> bool:
        return self.mark in (Mark.NEW, Mark.REPLACED)


def compared(folder: Path, files: Iterable[File], *, replace: bool) -> list[Writing]:
    """What would become of each file. Raises OSError."""
    return [Writing(_mark(folder / file.path, file, replace=replace), file) for file in files]


def _mark(path: Path, file: File, *, replace: bool) -> Mark:
    if not path.exists():
        return Mark.NEW
    if file.secret or path.read_text(encoding="utf-8", errors="replace") == file.text:
        return Mark.KEPT
    return Mark.REPLACED if replace else Mark.DIFFERS


def write(folder: Path, writings: Iterable[Writing], folders: Iterable[str] = FOLDERS) -> None:
    """Folders and files, each whole or not at all. Raises OSError."""
    for path in _folders(folder, folders):
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for writing in writings:
        if writing.due:
            _write(folder, writing)


def _folders(folder: Path, folders: Iterable[str]) -> Iterator[Path]:
    yield folder
    for name in folders:
        # One by one: `parents` would make those above with another mode.
        for part in (*reversed(Path(name).parents[:-1]), Path(name)):
            yield folder / part


def _write(folder: Path, writing: Writing) -> None:
    path, file = folder / writing.file.path, writing.file
    for part in (*reversed(Path(file.path).parents[:-1]),):
        (folder / part).mkdir(mode=FOLDER_MODE, exist_ok=True)
    if writing.mark is Mark.REPLACED:
        path.replace(path.with_name(f"{path.name}.{time.strftime('%Y%m%dT%H%M%S')}"))
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(file.text)
        opened.flush()
        os.fsync(opened.fileno())
    draft.chmod(file.mode)
    draft.replace(path)
