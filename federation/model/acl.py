"""Which homeservers a room keeps out (§ m.room.server_acl)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def denies(acl: Mapping[str, Any] | None, server: str) -> bool:
    """Whether this homeserver is kept out. Ports don't count; a rule that is no list is empty."""
    if acl is None:
        return False
    name = re.sub(r":\d+$", "", server)
    return _named(acl.get("deny"), name) or not _named(acl.get("allow"), name)


def _named(globs: object, name: str) -> bool:
    found = globs if isinstance(globs, list) else []
    return any(_fits(glob, name) for glob in found if isinstance(glob, str))


def _fits(glob: str, name: str) -> bool:
    once = re.sub(r"\*+", "*", glob)
    parts = (".*" if x == "*" else "." if x == "?" else re.escape(x) for x in once)
    return re.fullmatch("".join(parts), name, re.IGNORECASE | re.DOTALL) is not None
