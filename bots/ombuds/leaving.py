"""What leaves for the ombuds room: all of it passes here, whichever rule asks for it.

A phrase has values, and only those named in `WITH_IDS` may hold Matrix ids: the team's own people,
and whose a flagged message is and where. In all others, whatever a client has put into a message (a
quote, a link, the id of a room, of a message or of a file), staff read no id: of other people what
stands before their server, of the person herself nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bots.runtime.model.decision import Phrase, Request, Say
from federation.model.actions import React, Redact
from federation.model.links import Pointer, pointed

Said = Say | React | Redact
_CASE = re.compile(r"(?:case|undo)/(\d+)/")
"""How the names of all begin that belongs to a case."""

WITH_IDS = frozenset({"staff", "person", "people", "author", "link"})
LISTED = frozenset({"cases-line"})
"""Phrases about some case of many."""
GONE = "[…]"
_SERVER = r"(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost|\[[0-9a-f:.]+\])(?::\d{1,5})?"
_ID = re.compile(
    r"(?:https?://)?matrix\.to/#/\S+|\bmatrix:/{0,2}[a-z]+/\S+|\bmxc://[^\s)\]>\"]+"
    rf"|![\w.~=+/-]+:{_SERVER}|![a-z0-9_-]{{43}}\b"
    rf"|\$[\w.~=+/-]+:{_SERVER}|\$[a-z0-9_/+-]{{43}}\b"
    rf"|(?<![\w.])(?P<name>[@#][^\s:@#<>\"]+):{_SERVER}",
    re.IGNORECASE,
)


def let_out(phrase: Phrase, own: Callable[[], str]) -> Phrase:
    """As staff may read it. `own`: who wrote, which is asked only where somebody is named; empty
    where that is not known, as in a list."""
    if phrase.key in LISTED:
        own = str
    values = {name: _let_out(name, value, own) for name, value in phrase.values.items()}
    return replace(phrase, values=values)


def _let_out(name: str, value: object, own: Callable[[], str]) -> object:
    if isinstance(value, Phrase):
        return let_out(value, own)
    if isinstance(value, tuple):
        return tuple(_let_out(name, x, own) for x in value)
    # What is marked as ours, or as an answer of staff, is no plain text.
    return without_ids(value, own) if type(value) is str and name not in WITH_IDS else value


def without_ids(text: str, own: Callable[[], str]) -> str:
    """Whole links to people, rooms and messages stay: words are shown in their place
    (`bots.runtime.speech.links`)."""

    def shown(found: re.Match[str]) -> str:
        name = found["name"]
        hers = "" if name is None else own()
        return str(name) if hers and found[0].casefold() != hers.casefold() else GONE

    return "".join(x.url if isinstance(x, Pointer) else _ID.sub(shown, x) for x in pointed(text))


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
