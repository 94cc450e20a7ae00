"""Texts as editors write them: which language a text is in, and what its title is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bots.runtime.speech.tongues import Texts
from bots.runtime.understanding.texts import clean
from bridges.email import markup
from federation.model.events import Edit, TextMessage
from federation.model.links import Target, pointed

LONGEST = 20_000
"""Characters of a text that goes out by mail."""
TITLE = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A text as a chat shows it."""

    text: str
    html: str = ""
    """Clean HTML, where that is shown in place of the text."""


_LABEL = re.compile(r"[\s*_`#>]*([^\n:：]{1,40}?)[\s*_`]*[:：][*_`]*\s*(?=\S)")
_AHEAD = 120
"""Characters within which a label ends."""
_SCRIPTS = {
    "rtl": re.compile("[\u0590-\u08ff]"),
    "uk": re.compile("[\u0400-\u04ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ti": re.compile("[\u1200-\u139f]"),
}
_HEADING = re.compile(r"^(?:#{1,6} )?(\*\*|__|)(.+)\1$")
"""A line that somebody marked as a title in a client that shows the marks."""
_TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{22}(?![\w-])", re.ASCII)

_PERSON = "👤"
"""In whatever language the text is."""


def said(event: TextMessage | Edit) -> Said:
    """What editors see in the chat."""
    body, formatted = clean(event.body)[0], clean(event.html or "")[0]
    if not formatted:
        return Said(_nameless(body, event.people))
    parts = re.split("(<[^>]*>)", markup.shown(body, formatted))
    html = "".join(x if i % 2 else _nameless(x, event.people) for i, x in enumerate(parts))
    return Said(markup.plain(html), html)


def _nameless(text: str, people: Sequence[str]) -> str:
    """Without the ids of people whom it only links to: readers of a mail know no Matrix."""
    parts = (
        x if isinstance(x, str) else _PERSON if x.to is Target.PERSON else x.url
        for x in pointed(text)
    )
    text = "".join(parts)
    for user in people:
        text = text.replace(user, _PERSON)
    return text


def labelled(said: Said, texts: Texts, *, original: bool = False) -> tuple[str | None, Said]:
    """`العربية: …` or `ar: …` → the language and the text; without a language the text alone.

    `original`: it is no answer to a text. "Arabisch: Mittwoch, 10 Uhr" announces something, in
    German; only a tag, or the language's own name for itself, says there in what it is written.
    """
    found = _LABEL.match(said.text, 0, _AHEAD)
    language = texts.language_named(found[1]) if found is not None else None
    if found is None or language is None:
        return None, said
    rest = said.text[found.end() :].strip()
    own = {language, language.partition("-")[0], texts.own_name(language).casefold()}
    named = found[1].strip().casefold() in own
    if not named and (original or not _fits(rest, language, texts)):
        return None, said
    letters = sum(not x.isspace() for x in found[0])
    return language, Said(rest, said.html and markup.without_beginning(said.html, letters))


def _fits(text: str, language: str, texts: Texts) -> bool:
    script = _SCRIPTS.get(language) or _SCRIPTS.get(texts.direction(language))
    return script is None or script.search(text) is not None


def title(text: str) -> str:
    """The first line that says something, at most 100 characters long."""
    line = " ".join(next((x for x in text.split("\n") if any(map(str.isalnum, x))), "").split())
    line = _HEADING.sub(r"\2", line)
    if len(line) <= TITLE:
        return line
    return line[: TITLE - 1].rpartition(" ")[0].rstrip(" ,;:–-") + " …"


def token_in(text: str) -> str:
    """The token in the subject of a mail that asks to be left alone; empty if there is none."""
    found = _TOKEN.search(text[:200])
    return found[0] if found is not None else ""
