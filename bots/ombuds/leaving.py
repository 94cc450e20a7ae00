"""What leaves for the ombuds room: all of it passes here, whichever rule asks for it."""

from __future__ import annotations

from dataclasses import replace

from bots.ombuds import keys
from bots.runtime.model.decision import Request, Say
from federation.model.actions import React, Redact

Said = Say | React | Redact


def case_of(request: Said) -> int | None:
    """The number of the case that it belongs to."""
    names = ("handle", "edits", "target", "thread")
    handles = (getattr(request, name, None) for name in names)
    parts = (keys.part(x) for x in handles if isinstance(x, str))
    return next((x.case for x in parts if x is not None), None)


def in_lane(request: Said, case: int) -> Request:
    """What is said in one case keeps its order there, and holds up no other."""
    return replace(request, whose=f"case {case}")
