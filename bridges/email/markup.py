"""Markdown as people type it in a chat → HTML that a mail may hold.

Nothing is fetched by it: no pictures, no styles, no scripts; so nothing can tell who has read it.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.inlinepatterns import InlineProcessor

LONGEST = 40_000
"""Characters that are looked at as Markdown; a longer text is shown as it was typed."""

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "b", "i", "u", "s", "del", "sub", "sup", "a", "bdi", "div", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_DROPPED = {"script", "style", "mx-reply", "iframe", "object", "svg", "math", "template"}
"""With all that is in them."""
_DIRECTED = ("p", "h1", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "th")
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={"a": {"href"}, "*": {"dir", "lang"}},
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
_UNDIRECTED = re.compile(rf"<({'|'.join(_DIRECTED)})((?:\s(?!dir=)[^<>]*)?)>")
_ADDRESS = r"(https?://[^\s<>\"'\u2066-\u2069]*[^\s<>\"'.,;:!?)\]\u2066-\u2069])"


class _Links(InlineProcessor):
    """Addresses that stand there as they are."""

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[Element, int, int]:
        link = Element("a", {"href": m[1]})
        link.text = m[1]
        return link, m.start(0), m.end(0)


def _parser() -> markdown.Markdown:
    parser = markdown.Markdown(extensions=["nl2br", "sane_lists", "tables"])
    parser.inlinePatterns.register(_Links(_ADDRESS, parser), "addresses", 70)
    return parser


def to_html(text: str) -> str:
    """Each block finds its own direction, since people mix languages."""
    cleaned = _CLEANER.clean(_converted(text))
    return _UNDIRECTED.sub(r'<\1 dir="auto"\2>', cleaned)


def _converted(text: str) -> str:
    if len(text) > LONGEST:
        return _as_typed(text)
    try:
        return _parser().convert(text)
    except (RecursionError, ValueError, AssertionError, IndexError, AttributeError):
        return _as_typed(text)  # no text of an editor may stop a mail


def _as_typed(text: str) -> str:
    paragraphs = (x for x in re.split(r"\n\s*\n", text) if x.strip())
    return "".join(f"<p>{html.escape(x.strip()).replace(chr(10), '<br>')}</p>" for x in paragraphs)
