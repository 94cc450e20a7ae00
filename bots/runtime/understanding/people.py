"""Whom a command names: by an id, a link to somebody, or a mention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

_ID = r"@[^\s:@/?&#()\[\]<>\"']{1,200}:[A-Za-z0-9.\-\[\]]{1,200}(?::\d{1,5})?"
_ADDRESS = re.compile(_ID)
_URI = re.compile(r"matrix:u/([^\s/?#]+:[^\s/?#]+)")


def person_in(text: str, mentioned: Sequence[str] = ()) -> str | None:
    """The one whom a text names; None if it names nobody, or several people."""
    text = unquote(text)
    written = [x.rstrip(".-") for x in _ADDRESS.findall(text)]
    found = dict.fromkeys(written + [f"@{x.rstrip('.')}" for x in _URI.findall(text)])
    people = tuple(found or dict.fromkeys(mentioned))
    return people[0] if len(people) == 1 and len(people[0]) <= 255 else None
