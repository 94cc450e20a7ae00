"""Links to people, rooms and messages that somebody has pasted into a text, as others read them.

They hold ids, which say nothing to a reader, and tell more than their author meant: words are in
their place, as clients show a name where a mention is.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from urllib.parse import unquote

from bots.runtime.speech.words import N_
from federation.model.links import BASE, Pointer, Target, pointed

# Translators: these are in brackets, in place of a link that somebody has pasted into a text
_WORDS = {
    Target.PERSON: N_("a person"),
    Target.ROOM: N_("a room"),
    Target.MESSAGE: N_("a message"),
}


def named(text: str, words: Callable[[str], str], opens: bool) -> tuple[str, str]:
    """The text plain and as HTML; `opens`: there, it leads to rooms and messages all the same."""
    parts = [_part(x, words, opens) for x in pointed(text)]
    return "".join(plain for plain, _ in parts), "".join(shown for _, shown in parts)


def _part(part: str | Pointer, words: Callable[[str], str], opens: bool) -> tuple[str, str]:
    if isinstance(part, str):
        return part, escaped(part)
    label = f"[{words(_WORDS[part.to])}]"
    shown = escaped(label)
    return label, anchor(part.url, shown) if opens and _is_open(part) else shown


def _is_open(pointer: Pointer) -> bool:
    """Whether it may lead there: it names nobody, and clients open it."""
    ours = pointer.url.startswith((BASE, "matrix:"))
    return ours and pointer.to is not Target.PERSON and "@" not in unquote(unquote(pointer.url))


def anchor(url: str, label: str) -> str:
    return f'<a href="{html.escape(url)}">{label}</a>'


def escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
