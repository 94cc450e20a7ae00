"""Names by which the exchange finds its copies, reactions and timers."""

from __future__ import annotations

from bots.runtime.kit.keys import Made, Question, Timer

COPY = Made("exchange/{number:int}/copy")
SEEN = Made("exchange/{number:int}/seen")
"""Our ✅ on what was shared."""

NOTE = Timer("note/{number:int}")
"""Tell the room that a message comes from about answers."""
ANEW = Timer("anew/{number:int}/{moved:int}")
"""The exchange room was replaced at `moved` (milliseconds) and may have missed this copy."""
REST = Timer("rest/{source}")
"""The last 📣 is gone: take the message back."""
LOOK = Timer("look/{source}")
"""The pause is over: look the message up."""
CALM = Timer("calm/{source}")
"""Nobody has taken it back for a while: forget how often they did."""
CLEAR = Timer("clear/{number:int}")
"""Forget the next answers to a message that was taken back."""
BEHIND = Timer("behind/{room}")
"""Take back the next messages from a room that we have left."""
UNNAME = Timer("unname/{user}")
"""Take somebody's name off their next copies."""

SHARE = Question("share")
"""We ask what a message says because somebody has marked it."""
