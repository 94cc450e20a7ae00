"""Texts as editors write them: which language a text is in, and what its title is."""

from __future__ import annotations

import re

from bots.announcements.models import Texts

LONGEST = 20_000
"""Characters of a text that goes out by mail."""
TITLE = 100

_LABEL = re.compile(r"[\s*_#>`]*([^\n:：]{1,40}?)[\s*_`]*[:：][*_`]*\s*(?=\S)(.*)", re.DOTALL)
_MARKUP = re.compile(r"[*_`#>~]+")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{22}(?![\w-])", re.ASCII)


def labelled(text: str, texts: Texts) -> tuple[str | None, str]:
    """`العربية: …` or `ar: …` → the language and the text; without a language the text alone."""
    found = _LABEL.match(text)
    language = texts.language_named(found[1]) if found is not None else None
    if found is None or language is None:
        return None, text
    return language, found[2].strip()


def title(text: str) -> str:
    """The first line that says something, without its markup, at most 100 characters long."""
    lines = (_MARKUP.sub("", _LINK.sub(r"\1", line)).strip() for line in text.split("\n"))
    line = " ".join(next((x for x in lines if any(map(str.isalnum, x))), "").split())
    if len(line) <= TITLE:
        return line
    return line[: TITLE - 1].rpartition(" ")[0].rstrip(" ,;:–-") + " …"


def token_in(text: str) -> str | None:
    """The token in the subject of a mail that asks to be left alone."""
    found = _TOKEN.search(text[:200])
    return found[0] if found is not None else None
