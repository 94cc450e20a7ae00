"""Templates, filled: everything is escaped, every text comes from the catalogues."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import quote, urlsplit

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from bridges.web import wording
from bridges.web.languages import choose
from bridges.web.models import Settings, Templates, Texts

OURS = "bridges.web"


@dataclass(frozen=True, slots=True)
class Choice:
    """One language of the visible list."""

    tag: str
    own_name: str
    direction: str
    link: str
    current: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One of several texts, chosen for a reader."""

    language: str
    direction: str
    html: str
    """Cleaned by whoever handed it over."""
    told: str
    """Why it is not in her language."""


class View:
    """What a template is given for one request: the language, and links that keep it."""

    def __init__(self, settings: Settings, texts: Texts, request: web.BaseRequest) -> None:
        self.settings = settings
        self._texts = texts
        self.prefix = prefix(settings)
        asked = request.query.get("lang")
        self.language = choose(
            asked, request.headers.get("Accept-Language", ""), settings.languages
        )
        self._kept = f"?lang={self.language}" if asked is not None else ""
        self._path = self.prefix + _within(self.prefix, request.path)

    @property
    def direction(self) -> str:
        return self._texts.direction(self.language)

    def say(self, msgid: str, **values: object) -> str:
        return self._texts.text(msgid, self.language, {"network": self.settings.name, **values})

    def link(self, path: str) -> str:
        """To another of our pages, in the same language."""
        return self.prefix + path + self._kept

    def here(self) -> str:
        return self._path + self._kept

    def originals(self, msgids: Sequence[str]) -> list[tuple[str, list[str]]]:
        """Languages and texts to show beside a translation that nobody has checked."""
        originals = self._texts.originals
        checked = all(self._texts.reviewed(x, self.language) for x in msgids)
        if self.language in originals or checked:
            return []
        values = {"network": self.settings.name}
        return [(x, [self._texts.text(y, x, values) for y in msgids]) for x in originals]

    def languages(self) -> Sequence[Choice]:
        return [
            Choice(
                tag,
                self._texts.own_name(tag),
                self._texts.direction(tag),
                f"{self._path}?lang={tag}",
                tag == self.language,
            )
            for tag in self.settings.languages
        ]

    def reading(self, texts: Sequence[tuple[str, str]]) -> Reading:
        """The text that she reads best, the original else."""
        for wanted in (self.language, self.language.partition("-")[0]):
            for language, text in texts:
                if language == wanted:
                    return Reading(language, self._texts.direction(language), text, "")
        language, text = texts[0]
        told = self.say(wording.ORIGINAL, language=self._texts.own_name(language))
        return Reading(language, self._texts.direction(language), text, told)

    def own_name(self, tag: str) -> str:
        return self._texts.own_name(tag)

    def original_direction(self) -> str:
        """Of what the settings say in the first language."""
        return self._texts.direction(self.settings.languages[0])


def prefix(settings: Settings) -> str:
    """The path of the public address, without a slash at its end."""
    return urlsplit(settings.public_url).path.rstrip("/")


def _within(before: str, path: str) -> str:
    inside = path.removeprefix(before) if path.startswith(f"{before}/") else path
    # Two slashes would begin the name of another server; browsers take a backslash for one, and
    # pass over tabs.
    return "/" + quote(inside.lstrip("/"), errors="replace")


@cache
def _templates(package: str) -> Environment:
    """Those of a package, beside ours."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, OURS))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, values: Mapping[str, object], site: Templates | None = None) -> str:
    """`site`: whose template it is; by default ours."""
    environment = _templates(OURS if site is None else site.package)
    said = site.wording if site is not None else {}
    environment.globals.setdefault("w", {**vars(wording), **said})
    return environment.get_template(template).render(values)


def page(
    template: str,
    view: View,
    status: int = 200,
    values: Mapping[str, object] | None = None,
    site: Templates | None = None,
) -> web.Response:
    """A whole page as an answer."""
    return answer(fill_page(template, view, values or {}, site), view, status)


def fill_page(
    template: str, view: View, values: Mapping[str, object], site: Templates | None = None
) -> str:
    return fill(template, {"view": view, "style": view.prefix + style_path(), **values}, site)


def answer(filled: str, view: View, status: int = 200) -> web.Response:
    response = web.Response(text=filled, status=status, content_type="text/html")
    response.headers["Content-Language"] = view.language
    response.headers["Vary"] = "Accept-Language"
    return response


@lru_cache(maxsize=8)
def asset(name: str) -> bytes:
    return (resources.files("bridges.web") / "static" / name).read_bytes()


def style_path() -> str:
    """Names the content, so that browsers may keep it for good."""
    return f"/style-{hashlib.sha256(asset('style.css')).hexdigest()[:12]}.css"
