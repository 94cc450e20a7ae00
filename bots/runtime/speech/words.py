"""Words of the catalogues: which languages there are, and a text with its values in its place.

Texts are written in English in the sources (`N_("…")`, `NP_("one …", "many …")`); the
catalogues under `config/locale` hold them in the other languages and are read at start as they
are, with no compile step. A text names its values in braces, `{name}`.

**Isolation.** «يوسف wrote to {name}»: a name in a script that runs the other way would drag the
words around it along. So what people have written is put between FSI and PDI (Unicode UAX #9),
line by line, since a new line ends every isolate. In right-to-left texts a command (`!undo`)
is put between LRI and PDI; else its exclamation mark would move to the wrong end. A line that
does not begin in its own script gets a mark of its direction in front: browsers guess the
direction of a message from its first letter, and look into isolates for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from gettext import c2py
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from babel.dates import format_timedelta
from babel.messages.pofile import PoFileError, read_po

from bots.runtime.model.decision import Phrase
from bots.runtime.understanding.folding import fold


def N_(msgid: str) -> str:  # noqa: N802
    """Marks a text for the catalogues, where it can't be translated yet."""
    return msgid


SOURCE = "en"
ORIGINALS = ("de", SOURCE)
"""The languages that are written, or checked, by the people who answer for the texts."""
Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    tag: str
    own_name: str
    names: tuple[str, ...]
    """How people write that they want it, besides its own name and its tag."""
    direction: Direction = "ltr"
    parent: str = SOURCE
    """Where a missing text is taken from."""


LANGUAGES = (
    Language("de", "Deutsch", ("German", "Allemand", "الألمانية", "Almanca")),
    Language(
        "de-simple",
        "Einfaches Deutsch",
        (
            "Leichtes Deutsch",
            "Einfache Sprache",
            "Leichte Sprache",
            "Deutsch einfach",
            "Deutsch leicht",
            "Easy German",
            "Simple German",
            "Plain German",
            "Easy language",
        ),
        parent="de",
    ),
    Language("en", "English", ("Englisch", "Anglais", "الإنجليزية", "انگلیسی", "İngilizce")),
    Language(
        "ar",
        "العربية",
        ("عربي", "عربية", "اللغة العربية", "بالعربي", "بالعربية", "Arabisch", "Arabic"),
        direction="rtl",
    ),
    Language(
        "fa",
        "فارسی",
        ("دری", "پارسی", "فارسی دری", "Persisch", "Persian", "Farsi", "Dari", "Parsi", "prs"),
        direction="rtl",
    ),
    Language(
        "uk",
        "Українська",
        ("українська мова", "українською", "украинский", "Ukrainisch", "Ukrainian"),
    ),
    Language(
        "ru",
        "Русский",
        ("русский язык", "по-русски", "русски", "російська", "Russisch", "Russian"),
    ),
    Language("fr", "Français", ("Französisch", "Franzoesisch", "French", "الفرنسية")),
    Language("tr", "Türkçe", ("Türkisch", "Tuerkisch", "Turkish", "التركية")),
    Language(
        "ti",
        "ትግርኛ",
        ("ቋንቋ ትግርኛ", "ትግሪኛ", "Tigrinya", "Tigrinisch", "Tigrigna", "Tigrinja", "Tigrinia"),
    ),
)


class Raw(str):
    """A value of our own making that goes in as it is: a link, markup, a line of a table.

    Links must be raw: a client takes the isolate's last character for part of the address.
    """

    __slots__ = ()


_FSI, _LRI, _PDI = "\u2068", "\u2066", "\u2069"
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_COMMAS = {"ltr": ", ", "rtl": "، "}
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_ISOLATES = re.compile("[\u2066-\u2069]")
_BREAKS = re.compile("([\n\r\x1c-\x1e\x85\u2029]+)")
_COMMAND = re.compile(r"(?<!\w)!\w+")
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")

Template = tuple[str, ...]
"""Literal text and names of values, taking turns."""


def isolate(value: str) -> str:
    """What a person has written, so that its direction stays its own affair."""
    if _BREAKS.search(value):
        return "".join(
            part if i % 2 else _isolate_line(part) for i, part in enumerate(_BREAKS.split(value))
        )
    return _isolate_line(value)


def _isolate_line(line: str) -> str:
    # An isolate of the writer's own could close ours, and so is dropped.
    return f"{_FSI}{_ISOLATES.sub('', line)}{_PDI}" if line else ""


@lru_cache(maxsize=4096)
def _template(text: str, direction: Direction, source: bool = False) -> Template:
    if source and any(x.isalpha() for part in _PLACEHOLDER.split(text)[::2] for x in part):
        direction = "ltr"  # English words, in a text of whatever language
    lines = (_steady(line, direction) for line in text.split("\n"))
    return tuple(_PLACEHOLDER.split("\n".join(lines)))


def _steady(line: str, direction: Direction) -> str:
    """A line of a text with the marks that hold it in its direction."""
    command = _COMMAND.search(line) if direction == "rtl" else None
    foreign = min((x.start() for x in (command, _PLACEHOLDER.search(line)) if x), default=None)
    strong = (_STRONG[x] for x in map(unicodedata.bidirectional, line[:foreign]) if x in _STRONG)
    first = next(strong, "none" if foreign is None else "foreign")
    if command:
        line = _COMMAND.sub(lambda found: f"{_LRI}{found[0]}{_PDI}", line)
    return line if first in (direction, "none") else _MARKS[direction] + line


@dataclass(frozen=True, slots=True)
class _Entry:
    forms: tuple[Template, ...]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class _Catalogue:
    entries: Mapping[str, _Entry]
    form: Callable[[int], int]


class Words:
    """The catalogues, read once. Every method is a look-up in memory."""

    originals = ORIGINALS

    def __init__(self, directory: Traversable | None = None) -> None:
        self._catalogues = _shipped() if directory is None else _catalogues(directory)
        present = [x for x in LANGUAGES if x.tag in self._catalogues]
        self.languages = tuple(x.tag for x in present)
        self._languages = {x.tag: x for x in present}
        self._named = {fold(n): x.tag for x in present for n in (x.tag, x.own_name, *x.names)}

    def text(self, msgid: str, language: str, values: Mapping[str, object] | None = None) -> str:
        """A text in a language, or in the nearest one that has it."""
        tag = self.nearest(language)
        entry = self._catalogues[tag].entries.get(msgid)
        template = entry.forms[0] if entry else _template(msgid, self.direction(tag), source=True)
        return self._fill(template, tag, values or {})

    def plural(
        self,
        singular: str,
        plural: str,
        n: int,
        language: str,
        values: Mapping[str, object] | None = None,
    ) -> str:
        """The form of a text that goes with a number, which stands for `{n}` too."""
        tag = self.nearest(language)
        catalogue = self._catalogues[tag]
        entry = catalogue.entries.get(singular)
        if entry is None or len(entry.forms) == 1:
            chosen = singular if abs(n) == 1 else plural
            template = _template(chosen, self.direction(tag), source=True)
        else:
            template = entry.forms[catalogue.form(abs(n))]
        return self._fill(template, tag, {"n": n, **(values or {})})

    def phrase(self, phrase: Phrase) -> str:
        return self.text(phrase.key, phrase.language, phrase.values)

    def reviewed(self, msgid: str, language: str) -> bool:
        """Whether a native speaker has read what `text` gives for this language."""
        tag = self.nearest(language)
        entry = self._catalogues[tag].entries.get(msgid)
        return entry.reviewed if entry else tag == SOURCE

    def nearest(self, language: str) -> str:
        """The language we have for a tag of any kind: `de-AT` is `de`, `pl` is `en`."""
        if language in self._languages:
            return language
        return _nearest(language, self.languages)

    def direction(self, language: str) -> Direction:
        return self._languages[self.nearest(language)].direction

    def own_name(self, language: str) -> str:
        """How the language calls itself."""
        return self._languages[self.nearest(language)].own_name

    def language_named(self, text: str) -> str | None:
        """The language that someone asks for by its name in that language, German or English,
        or by its tag; None when the text is anything else."""
        return self._named.get(fold(text))

    def _fill(self, template: Template, tag: str, values: Mapping[str, object]) -> str:
        if len(template) == 1:
            return template[0]
        return "".join(
            self._shown(values[part], tag) if i % 2 else part for i, part in enumerate(template)
        )

    def _shown(self, value: object, tag: str) -> str:
        direction = self._languages[tag].direction
        match value:
            case Phrase():
                told = self.phrase(value)
                return told if self.direction(value.language) == direction else isolate(told)
            case tuple() | list():
                return _COMMAS[direction].join(self._shown(x, tag) for x in value)
            case timedelta():
                return _span(value, tag)
            case _:
                return _plain(value)


def _plain(value: object) -> str:
    match value:
        case Raw() | int() | float():
            return str(value)
        case datetime():
            return f"{_day(value)} {_clock(value)}"
        case date():
            return _day(value)
        case time():
            return _clock(value)
        case _:
            return isolate(str(value))


def _span(value: timedelta, tag: str) -> str:
    """`3 days`: how long something has lasted."""
    return format_timedelta(value, threshold=1, locale=tag.partition("-")[0])


def _day(value: date) -> str:
    return f"{value.day:02}.{value.month:02}.{value.year}"


def _clock(value: datetime | time) -> str:
    return f"{value.hour:02}:{value.minute:02}"


@cache
def _shipped() -> Mapping[str, _Catalogue]:
    """Those of this installation: read once, however many offices and commands ask for them."""
    return _catalogues(files("config") / "locale")


def _catalogues(folder: Traversable) -> Mapping[str, _Catalogue]:
    found = {SOURCE: _Catalogue({}, lambda n: int(n != 1))}
    for language in LANGUAGES:
        path = folder / language.tag.replace("-", "@") / "LC_MESSAGES" / "buendnis.po"
        if language.tag != SOURCE and path.is_file():
            found[language.tag] = _read(path, language, found.get(language.parent))
    return found


def _read(path: Traversable, language: Language, parent: _Catalogue | None) -> _Catalogue:
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, ignore_obsolete=True, abort_invalid=True)
        form = c2py(catalogue.plural_expr)
    except (PoFileError, ValueError) as error:
        raise ValueError(
            f"{path}: {error}; `.venv/bin/python -m config.translations check` says more"
        ) from error
    entries = dict(parent.entries) if parent and language.parent != SOURCE else {}
    for message in catalogue:
        ids, texts = _all(message.id), _all(message.string)
        outdated = message.fuzzy and any(x.startswith("|") for x in message.user_comments)
        if not ids[0] or outdated or not all(x.strip() for x in texts):
            continue  # what a translation of other words says may be wrong by now
        forms = tuple(_template(x, language.direction) for x in texts)
        known = {name for x in ids for name in _PLACEHOLDER.findall(x)} | {"n"}
        if all(name in known for form_ in forms for name in form_[1::2]):
            entries[ids[0]] = _Entry(forms, reviewed=not message.fuzzy)
    return _Catalogue(entries, form)


def _all(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


@lru_cache(maxsize=256)
def _nearest(language: str, present: tuple[str, ...]) -> str:
    parts = language.replace("_", "-").replace("@", "-").lower().split("-")
    if parts[0] == "prs":  # Dari: one catalogue with Farsi
        parts[0] = "fa"
    while parts:
        if "-".join(parts) in present:
            return "-".join(parts)
        parts.pop()
    return SOURCE
