"""The names under which the exchange finds its copies, reactions and timers again."""

from __future__ import annotations

from bots.runtime.kit.keys import Made, Question, Timer

COPY = Made("exchange/{number:int}/copy")
SEEN = Made("exchange/{number:int}/seen")
"""Our ✅ on what was shared."""

NOTE = Timer("note/{number:int}")
"""The conversation is told of answers."""
ANEW = Timer("anew/{number:int}/{moved:int}")
"""The copy may have been on its way while the exchange room was replaced; `moved`: when, in
milliseconds."""
REST = Timer("rest/{source}")
"""Nobody marks the message any more: it is taken back."""
LOOK = Timer("look/{source}")
"""It was marked once more: it is looked up."""
CALM = Timer("calm/{source}")
"""Nobody has changed their mind about it for long."""
CLEAR = Timer("clear/{number:int}")
"""More answers to what was taken back are to be forgotten."""
BEHIND = Timer("behind/{room}")
"""More was shared from a room in which we are not any more."""
UNNAME = Timer("unname/{user}")
"""More copies bear the name of somebody who wants it taken off."""

SHARE = Question("share")
"""Why it is asked what a message says now."""
