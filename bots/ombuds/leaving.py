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
    handles = [x for name in names if (x := getattr(request, name, None)) is not None]
    signs = (keys.UNDO.read(x) for x in handles)
    parts = (keys.part(x) for x in handles)
    found = [x.case for x in parts if x is not None] + [int(x["case"]) for x in signs if x]
    return found[0] if found else None


def in_lane(request: Said, case: int) -> Request:
    """What is said in one case keeps its order there, and holds up no other."""
    return replace(request, whose=f"case {case}")
