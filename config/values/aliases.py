"""Aliases of rooms, and the ids from which they are made (specification, "Room Aliases")."""

from __future__ import annotations

import re
import unicodedata

from config.values.faults import shown
from config.values.matrix_ids import ID_BYTES, is_server_name

LONGEST_ID = 60

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LOCAL = re.compile(r"[a-z0-9][a-z0-9._=-]*")
_FOREIGN = re.compile(r"#[^\s:\x00]+")
_LINK = re.compile(r"^(?:https?://matrix\.to/#/|matrix:r/|web\+matrix:r/)", re.IGNORECASE)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def slug(text: str) -> str:
    """A text as an id: `Süd & Ost` → `sued-ost`; empty if nothing of it can be in one."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_ID].strip("-")


def is_id(text: str) -> bool:
    """Whether `text` can be part of an alias: small letters, digits and hyphens."""
    return len(text) <= LONGEST_ID and _ID.fullmatch(text) is not None


def checked_id(text: str) -> str:
    """`text` if it is an id. Raises ValueError that says what to write."""
    if is_id(text):
        return text
    proposed = slug(text) or "willkommen-nord"
    raise ValueError(
        f"{shown(text)} is not an id: small letters, digits and hyphens, {LONGEST_ID} at most; "
        f"write {shown(proposed)}"
    )


def is_local(text: str) -> bool:
    """Whether `text` is an alias on our own server without that server's name: `#austausch`."""
    return text.startswith("#") and _LOCAL.fullmatch(text[1:]) is not None and len(text) <= 100


def checked_local(text: str, server: str) -> str:
    """`#austausch`, or the same with our own server behind it → `#austausch`.

    Raises ValueError that says what to write.
    """
    bare = text.removesuffix(f":{server}")
    if is_local(bare):
        return bare
    local, _, other = _LINK.sub("", text).lstrip("#").partition(":")
    proposed = f"#{slug(local) or 'austausch'}"
    if is_server_name(other) and is_local(f"#{local}"):
        raise ValueError(
            f"{shown(text)} is on another server; rooms are made on {server}: write "
            f"{shown(proposed)}"
        )
    raise ValueError(f"{shown(text)} is not an alias; write {shown(proposed)}, in quotes")


def is_foreign(text: str) -> bool:
    """Whether `text` is a whole alias, that of another server's room: `#start:sued.example`."""
    local, _, server = text.partition(":")
    return (
        _FOREIGN.fullmatch(local) is not None
        and is_server_name(server)
        and len(text.encode()) <= ID_BYTES
    )


def checked_foreign(text: str) -> str:
    """`text` if it is a whole alias. Raises ValueError that says what to write."""
    if is_foreign(text):
        return text
    bare = _LINK.sub("", text.strip())
    if bare.startswith("!"):
        raise ValueError(
            f'{shown(text)} is a room\'s id; write its alias, as "#start:sued.example"'
        )
    proposed = bare if bare.startswith("#") else f"#{bare}"
    if not is_foreign(proposed):
        proposed = "#start:sued.example"
    raise ValueError(
        f"{shown(text)} is not the alias of a space; write {shown(proposed)}, in quotes"
    )
