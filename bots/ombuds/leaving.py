"""What leaves for the ombuds room: all of it passes here, whichever rule asks for it."""

from __future__ import annotations

import re
from dataclasses import replace

from bots.runtime.model.decision import Request, Say
from federation.model.actions import React, Redact

Said = Say | React | Redact
_CASE = re.compile(r"(?:case|undo)/(\d+)/")
"""How the names of all begin that belongs to a case."""


def case_of(request: Said) -> int | None:
    """The number of the case that it belongs to."""
    names = ("handle", "edits", "target", "thread")
    numbers = (named(getattr(request, name, None)) for name in names)
    return next((x for x in numbers if x is not None), None)


def named(handle: str | None) -> int | None:
    """The number of the case of which a handle names a part."""
    found = _CASE.match(handle or "")
    return None if found is None else int(found[1])


def in_lane(request: Said, case: int) -> Request:
    """What is said in one case keeps its order there, and holds up no other."""
    return replace(request, whose=f"case {case}")
