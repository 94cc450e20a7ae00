"""Whatever a person reads comes from the catalogues: nothing stands in a template as it is."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

import bots
import bridges
from bots.runtime.speech.phrases import Plural
from config.translations import ROOT, TEMPLATE
from tests.kit.looped import looped

TEMPLATES = sorted(
    path
    for kind in ("html", "jinja", "jinja2", "j2")
    for folder in ("bots", "bridges", "config", "federation")
    for path in (ROOT / folder).rglob(f"*.{kind}")
)
SPOKEN = frozenset({"alt", "title", "aria-label", "aria-description", "placeholder", "label"})
"""Attributes that are read to people."""
DEMO = frozenset({"mail.html", "mailbox.html"})
"""For whoever plays the demo on her own machine; like the demo's other output in English."""
VALUE = "\ufffc"
"""Stands for whatever a template fills in."""


class Texts(HTMLParser):
    """Collects what a person would read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("style", "script")
        named = dict(attrs)
        spoken = SPOKEN | ({"value"} if named.get("type") in ("submit", "button") else set())
        self.found += [value for name, value in attrs if name in spoken and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def literals(source: str) -> list[str]:
    """What a template says in words of its own."""
    kept, strings, depth = [], [], 0
    for _, kind, text in Environment().lex(source):  # noqa: S701
        if kind == "variable_begin":
            kept.append(VALUE)
            depth = 1
        elif kind == "variable_end":
            depth = 0
        elif kind == "data":
            kept.append(text)
        elif kind == "string" and depth:
            strings.append(text[1:-1])
    page = Texts()
    page.feed("".join(kept))
    page.close()
    told = [x for x in strings if not re.match(r"/|[^\s@]+@", x)]
    return [x.strip() for x in (*page.found, *told) if any(y.isalpha() for y in x)]


@looped("path", TEMPLATES)
def test_no_template_speaks_for_itself(path: Path) -> None:
    assert bool(literals(path.read_text(encoding="utf-8"))) == (path.name in DEMO)


def test_every_template_is_looked_at() -> None:
    names = {x.name for x in TEMPLATES}
    assert names >= {"base.html", "subscribe.html", "mailbox.html", "letter.html"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{{ x }}</p>", []),
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% if x %}Yes{% endif %}</p>", ["Yes"]),
        ('<p>{{ x or "(none)" }}</p>', ["(none)"]),
        ("<a href=\"{{ link('/news') }}\" title='News'>→</a>", ["News"]),
        ('<img alt="" src="/a.svg"><style>p { margin: 0 }</style>', []),
        ('<input type="submit" value="Send"><input type="hidden" value="send">', ["Send"]),
        ("{# for us #}{{ say(w.A, example='a@b.example') }}", []),
    ],
)
def test_what_a_template_says_is_found(source: str, found: list[str]) -> None:
    assert literals(source) == found


# -- tables of texts -------------------------------------------------------------------------------


def modules() -> Iterator[ModuleType]:
    for package in (bots, bridges):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "wording" in found.name.split("."):
                yield import_module(found.name)


WORDINGS = sorted(modules(), key=lambda x: x.__name__)


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Plural(singular, plural):
            yield from (singular, plural)
        case tuple() | list():
            for x in value:
                yield from texts(x)
        case Mapping():
            yield from texts(list(value.values()))


@looped("module", WORDINGS)
def test_every_text_of_a_table_is_in_the_catalogues(module: ModuleType) -> None:
    with (ROOT / TEMPLATE).open("rb") as file:
        template = read_po(file)
    known = {y for x in template for y in ((x.id,) if isinstance(x.id, str) else x.id)}
    tables = [value for name, value in vars(module).items() if name.lstrip("_").isupper()]
    said = {x for value in tables for x in texts(value)}
    bare = {x for x in said if any(y.isalpha() for y in re.sub(r"\{\w+\}", "", x))}
    assert bare <= known


def test_the_tables_are_found() -> None:
    names = {x.__name__ for x in WORDINGS}
    assert names >= {
        "bots.ombuds.chats.wording",
        "bots.onboarding.wording.people",
        "bots.exchange.wording.rooms",
        "bots.announcements.wording.mails",
        "bots.announcements.wording.site",
        "bridges.web.wording",
    }
