"""The names under which the exchange finds its copies, reactions and timers again."""

from __future__ import annotations

import re

from federation.actions import Handle

NOTE, ANEW = "note/", "anew/"
REST, LOOK, CALM = "rest/", "look/", "calm/"
"""Timers of a message, by its event id: nobody marks it any more, and it is taken back; it was
marked once more, and is looked up; nobody has changed their mind about it for long."""
_COPY = re.compile(r"exchange/(\d{1,12})/copy", re.ASCII)


def copy(number: int) -> Handle:
    return Handle(f"exchange/{number}/copy")


def seen(number: int) -> Handle:
    """Our ✅ on what was shared."""
    return Handle(f"exchange/{number}/seen")


def copy_number(handle: str | None) -> int | None:
    found = _COPY.fullmatch(handle or "")
    return int(found[1]) if found else None


def anew_timer(number: int, moved: int) -> str:
    """`moved`: when the exchange room was replaced, in milliseconds."""
    return f"{ANEW}{number}/{moved}"


def note_timer(number: int) -> str:
    return f"{NOTE}{number}"
