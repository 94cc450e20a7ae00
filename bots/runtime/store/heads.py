"""`record.head`: the newest entry of the record, kept beside the store.

A backup, or an older copy of the store, brings back an older record. By this file, which no backup
replaces, the office sees that entries were lost, and says so. It is one line of one length,
overwritten in place: a crash leaves the one or the other, and never none.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from bots.runtime.kit.records import Head

NAME = "record.head"
_LINE = re.compile(r" *(\d{1,12}) ([0-9a-f]{64})\n")


def read(folder: Path) -> Head | None:
    try:
        text = (folder / NAME).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    found = _LINE.fullmatch(text)
    return None if found is None else Head(int(found[1]), found[2])


def begin(folder: Path, head: Head | None) -> None:
    """A store that has recorded nothing yet gets its file: one that is missing later was lost."""
    if head is None and read(folder) is None:
        write(folder, Head())


def write(folder: Path, head: Head) -> None:
    """Never over a newer one: only an entry that says what was lost is newer than that."""
    before = read(folder)
    if before is not None and before.number > head.number:
        return
    descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, f"{head.number:>12} {head.digest}\n".encode("ascii"), 0)
        if before is None:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
