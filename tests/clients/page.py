"""What docs/ombuds.md lets the office say, so that a scene can show that it says so."""

from __future__ import annotations

import re
from pathlib import Path

from bots.ombuds.wording import PARAGRAPHS
from tests.clients.office import plain
from tests.clients.strict import StrictPerson

PAGE = Path(__file__).parents[2] / "docs" / "ombuds.md"
_QUOTED = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")
_HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_NAME = re.compile(r"@\w+:example\.org|\b\d+\b")
_PHRASES = "\n".join(
    " ".join(map(str, x if isinstance(x, tuple) else (x,))) for x in PARAGRAPHS.values()
)
_COMMAND = re.compile(r"`([^`]+)`")


def section(heading: str) -> str:
    """What stands under this heading, up to the next one."""
    text = PAGE.read_text()
    found = list(_HEADING.finditer(text))
    at = next(i for i, x in enumerate(found) if x[1] == heading)
    end = found[at + 1].start() if at + 1 < len(found) else len(text)
    return text[found[at].end() : end]


def quotes(text: str) -> list[str]:
    """What is set in italics there, single words aside: these are emphasised."""
    found = (" ".join(x[1].split()) for x in _QUOTED.finditer(_COMMAND.sub("", text)))
    page = PAGE.read_text()
    headings = {x[1].rstrip(".") for y in (_HEADING, _BOLD) for x in y.finditer(page)}
    return [x for x in found if " " in x and x not in headings]


def said(account: str, *people: StrictPerson) -> str:
    """All that the office said to them, with the names that the page has."""
    text = "\n".join(plain(x.body) for y in people for x in y.seen() if x.sender == account)
    for person in people:
        text = text.replace(person.user_id, f"@{person.name.partition('-')[0]}:example.org")
    return " ".join(text.replace("`", "").split())


def is_said(quote: str, told: str) -> bool:
    """Whether the office said this in the scene, or has it among its phrases for another one."""
    parts = [x.strip(" .") for x in quote.split("…")]
    return all(x in told or _is_a_phrase(x) for x in parts)


def _is_a_phrase(part: str) -> bool:
    """Names and numbers on the page stand where a phrase has a placeholder."""
    words = (re.escape(x) for x in _NAME.split(part))
    return re.search(r"\{\w+\}".join(words), _PHRASES) is not None
