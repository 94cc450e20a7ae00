"""What people hold to open an office: a key in a file, or a passphrase. It seals no row itself, it
wraps the keys that do (`bots.runtime.store.keyring`)."""

from __future__ import annotations

import hashlib
import os
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
COST = 2**17
"""scrypt's N (RFC 7914): with r = 8, 128 MiB and about half a second for each guess."""
MOST_COST = 2**20
SHORTEST = 16
"""Characters of a passphrase: whoever has the disk can guess as long as they like."""

Kind = Literal["file", "passphrase", "credential"]


class Key(Protocol):
    """Whatever gives 32 bytes for a salt. Never shown."""

    @property
    def kind(self) -> Kind: ...

    @property
    def cost(self) -> int:
        """With how much work it is stretched; 0: not at all."""

    @property
    def typed(self) -> str:
        """As text, to be handed over the control socket."""

    def stretched(self, salt: bytes, cost: int) -> bytes:
        """32 bytes, others for each salt."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """32 random bytes, from a file or a credential. Raises ValueError if it has another size."""

    secret: bytes = field(repr=False)
    kind: Kind = "file"
    cost: int = 0

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(
                f"a sealing key has {KEY_BYTES} bytes, this one has {len(self.secret)}"
            )

    @property
    def typed(self) -> str:
        return self.secret.hex()

    def stretched(self, salt: bytes, cost: int) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"buendnis key").derive(self.secret)


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Something that a person knows. Raises ValueError if there is nothing."""

    text: str = field(repr=False)
    kind: Kind = "passphrase"
    cost: int = COST

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("the passphrase is empty")

    @property
    def typed(self) -> str:
        return self.text

    def stretched(self, salt: bytes, cost: int) -> bytes:
        # The same letters are typed differently on different keyboards.
        typed = unicodedata.normalize("NFKC", self.text).encode("utf-8", "surrogatepass")
        room = 128 * 8 * (cost + 2) + 2**20
        return hashlib.scrypt(typed, salt=salt, n=cost, r=8, p=1, maxmem=room, dklen=KEY_BYTES)


# -- key files -------------------------------------------------------------------------------------


def load_key(path: Path) -> bytes:
    """Read the sealing key from a file of 64 hex digits, or make the file (mode 0600).

    Raises ValueError with the remedy if the file holds something else.
    """
    if not path.exists():
        write_new(path, f"{os.urandom(KEY_BYTES).hex()}\n")
    return parse_key(path.read_text(encoding="ascii", errors="replace"), str(path))


def write_new(path: Path, text: str) -> None:
    """Whole or not at all, and never over a file that is there: one that a kill left empty would
    keep the office out for good."""
    draft = _draft(path, text)
    try:
        with suppress(FileExistsError):  # another process was quicker
            os.link(draft, path)
    finally:
        draft.unlink()
    _see_on_disk(path.parent)


def write_over(path: Path, text: str) -> None:
    """In place of what is there: the old or the new, and nothing in between."""
    _draft(path, text).replace(path)
    _see_on_disk(path.parent)


def _draft(path: Path, text: str) -> Path:
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(draft)


def _see_on_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def parse_key(text: str, where: str) -> bytes:
    """64 hex digits → 32 bytes."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{where}: a sealing key is {2 * KEY_BYTES} hex digits. Put the right file back; "
            "without it the office's store can't be read."
        )
    return key
