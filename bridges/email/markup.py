"""What people wrote in a chat → HTML that a mail or a page may hold, and the same as plain text.

A chat shows either the HTML that its client made of what was typed, or the typed text as it is. So
do we: nothing is read as Markdown that nobody saw as such. Nothing is fetched by the result: no
pictures, no styles, no scripts; so nothing can tell who has read it.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3

LONGEST = 40_000
"""Characters of HTML that are looked at; of a longer one its plain text is shown."""

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"),
    *("code", "strong", "em", "b", "i", "u", "s", "del", "sub", "sup", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_DROPPED = {"script", "style", "mx-reply", "iframe", "object", "svg", "math", "template"}
"""With all that is in them."""


def _kept(tag: str, name: str, value: str) -> str | None:
    # A person's name stays, and leads readers of a mail nowhere.
    return None if name == "href" and value.startswith("https://matrix.to/#/@") else value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED,
    attributes={"a": {"href"}, "ol": {"start"}},
    attribute_filter=_kept,
    url_schemes={"https", "http", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
_EMOJI = re.compile(r"<img\b[^<>]{0,500}?\balt=\"([^\"<>]{1,40})\"[^<>]{0,500}>", re.IGNORECASE)
_STAR = re.compile(r"(?<=\w)<(em|i)>((?:(?!</?\1>).)*)</\1>(?=\w)", re.DOTALL)
_URL = re.compile(r"https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]+")
_TAIL = ".,;:!?'*"


def shown(text: str, formatted: str | None = None) -> str:
    """The clean HTML of a message with this body, and with this HTML if its client sent one."""
    if not formatted or len(formatted) > LONGEST or formatted.count("<") > LONGEST // 20:
        return _as_typed(text)
    clean: str = _CLEANER.clean(_EMOJI.sub(r"\1", formatted))
    # "Helfer*innen und Freund*innen": what an editor meant by these stars was no emphasis.
    clean = _STAR.sub(r"*\2*", clean)
    return (
        clean
        if re.match(r"\s*<(?:p|h\d|ul|ol|pre|blockquote|table|hr)\b", clean)
        else (f"<p>{clean}</p>")
    )


def _as_typed(text: str) -> str:
    paragraphs = (x.strip() for x in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{_linked(x).replace(chr(10), '<br>')}</p>" for x in paragraphs if x)


def _linked(text: str) -> str:
    result, last = [], 0
    for found in _URL.finditer(text):
        url = _whole(found[0])
        href = html.escape(url)
        result += [html.escape(text[last : found.start()]), f'<a href="{href}">{href}</a>']
        last = found.start() + len(url)
    return "".join([*result, html.escape(text[last:])])


def _whole(url: str) -> str:
    """Without the signs of the sentence behind it."""
    while url[-1] in _TAIL or (url[-1] in ")]" and url.count(url[-1]) > url.count(_OPEN[url[-1]])):
        url = url[:-1]
    return url


_OPEN = {")": "(", "]": "["}


def without_beginning(clean: str, letters: int) -> str:
    """Without so many of the first characters that show, blanks not counted."""
    parts = re.split(r"(<[^>]*>|&[^;\s]{1,10};|\s)", clean)
    for index, part in enumerate(parts):
        if letters == 0:
            break
        if part.startswith("<") or not part.strip():
            continue
        if part.startswith("&"):
            parts[index], letters = "", letters - 1
        else:
            parts[index], letters = part[letters:], max(0, letters - len(part))
    return re.sub(r"<(\w+)>\s*</\1>", "", "".join(parts))


# -- as plain text ---------------------------------------------------------------------------------


def plain(clean: str) -> str:
    """What clean HTML says, as plain text."""
    reader = _Plain()
    reader.feed(clean)
    reader.close()
    return reader.text()


class _Plain(HTMLParser):
    _ENDS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        self._lists: list[int | None] = []
        """The next number of each list around, None for one with bullets."""
        self._links: list[tuple[str, int]] = []
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._links.append((given.get("href") or "", len(self._said)))
        elif tag in ("ul", "ol"):
            start = given.get("start") or "1"
            number = int(start) if start.isdecimal() and len(start) < 10 else 1
            self._lists.append(number if tag == "ol" else None)
        else:
            self._begin(tag)

    def _begin(self, tag: str) -> None:
        self._pre += tag == "pre"
        if tag == "li":
            self._said.append("\n" + "  " * (len(self._lists) - 1) + self._bullet())
        elif tag in ("br", "hr", "tr"):
            self._said.append({"hr": "\n\n- - -\n\n"}.get(tag, "\n"))
        elif tag in ("td", "th"):
            self._said.append(" ")
        elif tag == "blockquote" or (tag in self._ENDS and not self._lists):
            self._said.append("\n\n")

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "– "
        self._lists[-1] = number + 1
        return f"{number}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        self._pre -= tag == "pre"
        if tag == "blockquote" or (tag in self._ENDS and not self._lists):
            self._said.append("\n\n")

    def _end_link(self, href: str, begun: int) -> None:
        label = "".join(self._said[begun:]).strip()
        if href and href not in (label, f"mailto:{label}", f"tel:{label}"):
            self._said.append(f" ({href.removeprefix('mailto:').removeprefix('tel:')})")

    def handle_data(self, data: str) -> None:
        self._said.append(data if self._pre else re.sub(r"\s+", " ", data))

    def text(self) -> str:
        lines = [x.strip(" ") if not x.startswith("  ") else x.rstrip() for x in self._lines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _lines(self) -> list[str]:
        return "".join(self._said).split("\n")
