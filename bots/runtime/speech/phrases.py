"""Phrases as people will read them: plain, and as HTML.

A bot's `Wording` names the paragraphs of each phrase. A paragraph that is a placeholder alone
(`{text}`) is no text of ours but stands for what its value holds, and is left out where that is
empty. `Phrase.language` may name several languages, which are then one below the other; a phrase
among the values that names none takes the language around it.

Each value goes into the HTML by way of a stand-in character, so that the text around it is escaped
by itself and no value can be taken for markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bots.runtime.model.decision import Phrase
from bots.runtime.speech.direction import held, written
from bots.runtime.speech.links import anchor, escaped, named
from bots.runtime.speech.originals import Part, side_by_side
from bots.runtime.speech.words import N_ as N_  # noqa: PLC0414 (from here bots have it)
from bots.runtime.speech.words import ORIGINALS, SOURCE, Direction, Raw
from bots.runtime.understanding.commands import Word
from bots.runtime.understanding.texts import called
from federation.model.actions import Text
from federation.model.links import person

RULE = "———"
"""Between languages, where there is no HTML."""
_BLOCK = re.compile(r"\{(\w+)\}")
_ABOVE = "[…]"
_FIRST_STAND_IN = 0xE000
_STAND_IN = re.compile("[\ue000-\ue0ff]")


@dataclass(frozen=True, slots=True)
class Plural:
    """A text whose form depends on the value `n`."""

    singular: str
    plural: str


Paragraph = str | Plural
Paragraphs = Paragraph | tuple[Paragraph, ...]


def each(paragraphs: Paragraphs) -> tuple[Paragraph, ...]:
    """A phrase that has only one paragraph is written without brackets."""
    return paragraphs if isinstance(paragraphs, tuple) else (paragraphs,)


def NP_(singular: str, plural: str) -> Plural:  # noqa: N802
    """Marks a text that depends on a number."""
    return Plural(singular, plural)


class Translator(Protocol):
    """`bots.runtime.speech.words.Words`, as far as rendering needs it."""

    def text(self, msgid: str, language: str, values: Mapping[str, object] | None = None) -> str:
        """The text in that language; values that people wrote are isolated from its direction."""

    def plural(
        self,
        singular: str,
        plural: str,
        n: int,
        language: str,
        values: Mapping[str, object] | None = None,
    ) -> str:
        """The form that goes with `n`."""

    def reviewed(self, msgid: str, language: str) -> bool:
        """Whether somebody who speaks the language well has checked the text."""

    def direction(self, language: str) -> Direction: ...


# -- what a value can be, besides words and numbers ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote, as a block."""

    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the settings, by language: the one that fits, else those of the originals."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PerLanguage:
    """A value of which each language has its own, as of a `Word` that people are to write."""

    in_language: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: Phrase | str


@dataclass(frozen=True, slots=True)
class Person:
    """A user, whose name leads to her; the name is not to be trusted, the id is."""

    user: str
    name: str = ""


class Exact(str):
    """A block that is shown as it was written, links to people and all."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How a bot speaks."""

    paragraphs: Mapping[str, Paragraphs]
    ringing: frozenset[str] = frozenset()
    """Phrases sent as `m.text`. All else is an `m.notice`, which makes no phone ring."""
    consent: frozenset[str] = frozenset()
    """Phrases that people rely on: never in an unchecked translation alone."""
    commands: frozenset[str] = frozenset()
    """Names of values that people are to write as they are."""
    links: frozenset[str] = frozenset()
    """Names of values that are addresses, and shown as an arrow where there is HTML."""
    long: frozenset[str] = frozenset()
    """Those of `consent` whose originals would fill another screen. They ask nothing."""
    original: Callable[[str], str] | None = None
    """How somebody asks for these, in a language."""
    opens: bool = False
    """What people wrote leads to rooms and messages, as they meant it; to people it never does."""


@dataclass(frozen=True, slots=True)
class _Shown:
    plain: str
    html: str


class Renderer:
    """Makes a `Phrase` of a bot's wording into a `Text`: plain and HTML, a notice or not."""

    def __init__(
        self, words: Translator, wording: Wording, written: Sequence[str] = ORIGINALS
    ) -> None:
        """`written`: languages in which admins write, for what they have not translated."""
        self._words = words
        self._wording = wording
        self._written_in = tuple(written)

    def render(self, phrase: Phrase) -> Text:
        languages = phrase.language.split() or [SOURCE]
        if phrase.key in self._wording.consent:
            long = phrase.key in self._wording.long
            parts = side_by_side(languages, lambda x: self._checked(phrase.key, x), long=long)
        else:
            parts = [Part(x) for x in languages]
        told = [x for part in parts if not part.added for x in self._told(phrase, part.language)]
        base = self._words.direction(parts[0].language)
        texts = [self._held(self._part(phrase, x, told), x, base) for x in parts]
        plain = f"\n\n{RULE}\n\n".join("\n\n".join(x.plain for x in text) for text in texts)
        body = "<hr>".join("".join(_paragraph(x.html) for x in text) for text in texts)
        return Text(plain, body, notice=phrase.key not in self._wording.ringing)

    def _held(self, shown: list[_Shown], part: Part, base: Direction) -> list[_Shown]:
        own = self._words.direction(part.language)
        if own == base:
            return shown
        return [_Shown(held(x.plain, own), held(x.html, own)) for x in shown]

    def _part(self, phrase: Phrase, part: Part, told: Sequence[str]) -> list[_Shown]:
        values = {name: self._value(value, part, told) for name, value in phrase.values.items()}
        shown = list(self._paragraphs(Phrase(phrase.key, part.language, values)))
        if part.mark:
            word = self._wording.original
            values = {"original": word(part.language)} if word is not None else {}
            shown.append(self._sentence(part.mark, Phrase("", part.language, values)))
        return shown

    def _value(self, value: object, part: Part, told: Sequence[str]) -> object:
        match value:
            case PerLanguage() | Word():
                return _spoken(value, part.language)
            case Written(texts) if part.added:
                # Rules are long, and a screen is small.
                again = set(self._fitting(texts, part.language)) <= set(told)
                return Written({part.language: _ABOVE}) if again else value
        return value

    def _told(self, phrase: Phrase, language: str) -> list[str]:
        """What admins wrote, as it is shown in that language."""
        written = [x.texts for x in phrase.values.values() if isinstance(x, Written)]
        return [text for texts in written for text in self._fitting(texts, language)]

    def _checked(self, key: str, language: str) -> bool:
        paragraphs = each(self._wording.paragraphs[key])
        texts = (x.singular if isinstance(x, Plural) else x for x in paragraphs)
        return all(self._words.reviewed(x, language) for x in texts if not _BLOCK.fullmatch(x))

    def _paragraphs(self, phrase: Phrase) -> Iterator[_Shown]:
        for template in each(self._wording.paragraphs[phrase.key]):
            block = None if isinstance(template, Plural) else _BLOCK.fullmatch(template)
            if block is None:
                yield self._sentence(template, phrase)
            else:
                yield from self._block(phrase.values[block[1]], phrase.language)

    def _block(self, value: object, language: str) -> Iterator[_Shown]:
        match value:
            case Phrase():
                yield from self._paragraphs(_within(value, language))
            case tuple():
                lines = [x for item in value for x in self._block(item, language)]
                if lines:
                    yield _Shown(
                        "\n".join(x.plain for x in lines), "<br>".join(x.html for x in lines)
                    )
            case Quote(text) | str(text) if text:
                exact = isinstance(value, Exact)
                text = written(text, self._words.direction(language))
                shown = _Shown(text, escaped(text)) if exact else self._said(text, language)
                yield _Shown(shown.plain, f"<blockquote>{shown.html}</blockquote>")
            case Written(texts):
                yield from self._written(texts, language)
            case Link() | Person():
                yield self._inline("", value, language)

    def _written(self, texts: Mapping[str, str], language: str) -> Iterator[_Shown]:
        around = self._words.direction(language)
        for text in self._fitting(texts, language):
            for part in re.split(r"\n\s*\n", written(text.strip(), around)):
                yield _Shown(part, escaped(part))

    def _fitting(self, texts: Mapping[str, str], language: str) -> list[str]:
        fitting = [texts[x] for x in (language, language.partition("-")[0]) if x in texts][:1]
        written = [texts[x] for x in self._written_in if x in texts]
        return fitting or written or list(texts.values())[:1]

    def _sentence(self, template: Paragraph, phrase: Phrase) -> _Shown:
        plain: dict[str, object] = {}
        marked: dict[str, object] = {}
        markup: list[str] = []
        for name, value in phrase.values.items():
            plain[name] = marked[name] = value
            if isinstance(value, str | Phrase | Link | Person):
                shown = self._inline(name, value, phrase.language)
                ours = name in self._wording.links or not isinstance(value, str | Person)
                kind = Raw if ours else str
                stand_in = chr(_FIRST_STAND_IN + len(markup))
                plain[name], marked[name] = kind(shown.plain), kind(stand_in if shown.html else "")
                markup.append(shown.html)
        body = html.escape(self._text(template, phrase.language, marked))
        body = _STAND_IN.sub(lambda x: markup[ord(x[0]) - _FIRST_STAND_IN], body)
        return _Shown(self._text(template, phrase.language, plain), body)

    def _text(self, template: Paragraph, language: str, values: Mapping[str, object]) -> str:
        if isinstance(template, str):
            return self._words.text(template, language, values)
        n = values["n"]
        assert isinstance(n, int)  # noqa: S101
        return self._words.plural(template.singular, template.plural, n, language, values)

    def _inline(self, name: str, value: str | Phrase | Link | Person, language: str) -> _Shown:
        match value:
            case Phrase():
                parts = list(self._paragraphs(_within(value, language)))
                return _Shown("\n".join(x.plain for x in parts), "<br>".join(x.html for x in parts))
            case Link(url, label):
                shown = self._label(label, language)
                plain = f"{shown.plain}: {url}" if shown.plain != url else url
                return _Shown(plain, anchor(url, shown.html))
            case Person(user, name_of):
                shown_name = called(name_of)
                plain = f"{shown_name} ({user})" if shown_name else user
                return _Shown(plain, anchor(person(user), escaped(plain)))
        if name in self._wording.links and value:
            return _Shown(value, anchor(value, "↗"))
        if name in self._wording.commands and value:
            return _Shown(value, f"<code>{escaped(value)}</code>")
        return self._said(value, language)

    def _label(self, label: Phrase | str, language: str) -> _Shown:
        if isinstance(label, Phrase):
            return self._inline("", label, language)
        return _Shown(label, escaped(label))

    def _said(self, text: str, language: str) -> _Shown:
        return _Shown(*named(text, lambda x: self._words.text(x, language), self._wording.opens))


def _within(phrase: Phrase, language: str) -> Phrase:
    language = phrase.language or language
    values = {name: _spoken(x, language) for name, x in phrase.values.items()}
    return Phrase(phrase.key, language, values)


def _spoken(value: object, language: str) -> object:
    match value:
        case PerLanguage(in_language):
            return in_language(language)
        case Word():
            return value.shown(language)
    return value


def _paragraph(body: str) -> str:
    return body if body.startswith("<blockquote>") else f"<p>{body}</p>"
