"""A phrase as people will read it: plain, and as HTML.

Each value goes into the HTML by way of a stand-in character, so that the text around it is
escaped by itself and no value can be taken for markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bots.ombuds.rules import commands
from bots.ombuds.wording import PARAGRAPHS, Translator
from bots.ombuds.wording.marks import PerLanguage
from bots.ombuds.wording.reporter import LONG, WITH_ORIGINAL
from bots.runtime.decision import Phrase
from bots.runtime.direction import held, written
from bots.runtime.originals import Part, side_by_side
from bots.runtime.phrases import RULE
from bots.runtime.words import SOURCE, Direction, Raw
from federation.actions import Text

RINGING = frozenset(
    {
        "case-root",
        "followup",
        "media",
        "exposed",
        "left",
        "unreadable-case",
        "unreadable-new",
        "unsent-exposed",
        "unsent-left",
        "unsent-error",
        "team-add-proposed",
        "team-remove-proposed",
        "team-intruder",
        "set-aside",
        "device-unsigned",
        "send-again-staff",
        "answer",
        "send-again",
        "text-only",
        "not-alone",
        "flag-question",
        "flag-questions",
        "flag-nobody",
        "evidence-ask",
        "evidence",
        "evidence-unreadable",
        "moderators-told",
    }
)
"""Sent as `m.text`. All else is an `m.notice`, which makes no phone ring."""

_COMMANDS = frozenset(
    {"command", "numbered", "original", "answer", "help", "team", "add", "remove"}
    | {"on", "off", "message", "accommodation", "nothing", "yes"}
)
_LINK = "link"
_BLOCK = re.compile(r"\{(\w+)\}")
_FIRST_STAND_IN = 0xE000
_STAND_IN = re.compile("[\ue000-\ue0ff]")


@dataclass(frozen=True, slots=True)
class Shown:
    plain: str
    html: str


class Renderer:
    def __init__(self, words: Translator) -> None:
        self._words = words

    def render(self, phrase: Phrase) -> Text:
        languages = phrase.language.split() or [SOURCE]
        if phrase.key in WITH_ORIGINAL:
            long = phrase.key in LONG
            parts = side_by_side(languages, lambda x: self._checked(phrase.key, x), long=long)
        else:
            parts = [Part(x) for x in languages]
        base = self._words.direction(parts[0].language)
        texts = [self._held(self._part(phrase, x), x, base) for x in parts]
        plain = f"\n\n{RULE}\n\n".join("\n\n".join(x.plain for x in text) for text in texts)
        body = "<hr>".join("".join(_paragraph(x.html) for x in text) for text in texts)
        return Text(plain, body, notice=phrase.key not in RINGING)

    def _held(self, shown: list[Shown], part: Part, base: Direction) -> list[Shown]:
        own = self._words.direction(part.language)
        if own == base:
            return shown
        return [Shown(held(x.plain, own), held(x.html, own)) for x in shown]

    def _part(self, phrase: Phrase, part: Part) -> list[Shown]:
        shown = list(self._paragraphs(_in_language(phrase, part.language)))
        if part.mark:
            original = {"original": commands.ORIGINAL.word(part.language)}
            shown.append(self._sentence(part.mark, Phrase("", part.language, original)))
        return shown

    def _checked(self, key: str, language: str) -> bool:
        texts = (x for x in PARAGRAPHS[key] if not _BLOCK.fullmatch(x))
        return all(self._words.reviewed(x, language) for x in texts)

    def _paragraphs(self, phrase: Phrase) -> Iterator[Shown]:
        for template in PARAGRAPHS[phrase.key]:
            block = _BLOCK.fullmatch(template)
            if block is None:
                yield self._sentence(template, phrase)
            else:
                yield from self._block(phrase.values[block[1]], phrase.language)

    def _block(self, value: object, language: str) -> Iterator[Shown]:
        """What stands by itself: a text that a person wrote, or further phrases."""
        if isinstance(value, Phrase):
            yield from self._paragraphs(value)
        elif isinstance(value, tuple):
            lines = [x for phrase in value for x in self._paragraphs(phrase)]
            if lines:
                plain = "\n".join(x.plain for x in lines)
                yield Shown(plain, "<br>".join(x.html for x in lines))
        elif value:
            text = written(str(value), self._words.direction(language))
            yield Shown(text, f"<blockquote>{_escaped(text)}</blockquote>")

    def _sentence(self, template: str, phrase: Phrase) -> Shown:
        plain: dict[str, object] = {}
        marked: dict[str, object] = {}
        markup: list[str] = []
        for name, value in phrase.values.items():
            plain[name] = marked[name] = value
            if isinstance(value, str | Phrase):
                text = self._flat(value)
                ours = isinstance(value, Phrase) or name == _LINK
                kind = Raw if ours else str
                stand_in = chr(_FIRST_STAND_IN + len(markup))
                plain[name], marked[name] = kind(text), kind(stand_in if text else "")
                markup.append(_markup(name, text))
        body = html.escape(self._words.text(template, phrase.language, marked))
        body = _STAND_IN.sub(lambda x: markup[ord(x[0]) - _FIRST_STAND_IN], body)
        return Shown(self._words.text(template, phrase.language, plain), body)

    def _flat(self, value: str | Phrase) -> str:
        if isinstance(value, str):
            return value
        return "\n".join(x.plain for x in self._paragraphs(value))


def _in_language(phrase: Phrase, language: str) -> Phrase:
    values = {
        name: x.in_language(language) if isinstance(x, PerLanguage) else x
        for name, x in phrase.values.items()
    }
    return Phrase(phrase.key, language, values)


def _markup(name: str, text: str) -> str:
    if name in _COMMANDS:
        return f"<code>{_escaped(text)}</code>"
    if name == _LINK and text:
        return f'<a href="{html.escape(text)}">↗</a>'
    return _escaped(text)


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _paragraph(body: str) -> str:
    return body if body.startswith("<blockquote>") else f"<p>{body}</p>"
