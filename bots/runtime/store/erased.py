"""`erased.log`: fingerprints of what was forgotten for good, kept beside the store.

A backup brings back what was deleted after it was made. So what somebody wanted gone leaves a
fingerprint in three places: in the store, in this file, which no backup replaces, and in the
account's private data on the homeserver, for when the disk is lost too. It tells nothing to
whoever lacks the sealing key. Each line: seconds since the epoch, fingerprint in hex.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

NAME = "erased.log"
_LINE = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) ([0-9a-f]{32})")


def read(folder: Path) -> dict[str, float]:
    """What the file of a state folder says; a line that was cut off by a crash says nothing."""
    try:
        text = (folder / NAME).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return {}
    found = (_LINE.fullmatch(line) for line in text.splitlines())
    return {match[2]: float(match[1]) for match in found if match is not None}


def append(folder: Path, erased: Mapping[str, float]) -> None:
    """Add to the file, and see it on the disk."""
    if not erased:
        return
    lines = "".join(f"{at:.6f} {fingerprint}\n" for fingerprint, at in erased.items())
    descriptor = os.open(folder / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"\n{lines}".encode())  # on a line of its own, whatever a crash left
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def catch_up(folder: Path, erased: Mapping[str, float]) -> None:
    """Add what a crash between the store's commit and the file has left out."""
    known = read(folder)
    append(folder, {name: at for name, at in erased.items() if name not in known})
