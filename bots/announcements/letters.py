"""What mails say: pure, rendered when the decision is committed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bots.announcements import versions
from bots.announcements.documents.mails import Round
from bots.announcements.documents.news import Announcement, Version
from bots.announcements.settings import Settings
from bots.announcements.wording import mails
from bots.runtime.speech.originals import NOT_CHECKED
from bots.runtime.speech.tongues import Texts
from bridges.email.letters import Block, Kind, Letter


class _Writer:
    """Sentences of ours in one language, as blocks."""

    def __init__(self, settings: Settings, texts: Texts, language: str) -> None:
        self.settings = settings
        self.texts = texts
        self.language = language
        self.values = {
            "network": settings.network,
            "days": settings.confirm_within.days,
        }

    def say(self, msgid: str, **values: object) -> str:
        return self.texts.text(msgid, self.language, {**self.values, **values})

    def block(self, kind: Kind, msgid: str, **values: object) -> Block:
        return self.written(kind, self.say(msgid, **values), self.language)

    def link(self, label: str, msgid: str = "", url: str = "") -> Block:
        text = self.say(msgid) if msgid else ""
        block = self.written(Kind.LINK, text, self.language)
        return replace(block, label=self.say(label), url=url)

    def imprint(self) -> Block:
        return self.link(mails.IMPRINT, url=self.settings.page("imprint"))

    def written(self, kind: Kind, text: str, language: str) -> Block:
        return Block(kind, text, language, self.texts.direction(language))


def announcement_letter(
    settings: Settings, texts: Texts, item: Announcement, circular: Round, language: str
) -> Letter:
    writer = _Writer(settings, texts, language)
    version = item.version(language) or item.original
    return Letter(
        key=circular.letter(language),
        event=circular.event,
        subject=versions.title(version.text) or writer.say(mails.NEWS),
        language=language,
        direction=texts.direction(language),
        blocks=tuple(_blocks(writer, version)),
        footer=_footer(writer),
        link=settings.page("u/"),
        follows=() if item.follows is None else (item.follows,),
    )


def _blocks(writer: _Writer, version: Version) -> list[Block]:
    text = replace(writer.written(Kind.TEXT, version.text, version.language), html=version.html)
    if version.language == writer.language:
        return [text]
    name = writer.texts.own_name(version.language)
    return [writer.block(Kind.NOTE, mails.ORIGINAL, language=name), text]


def _footer(writer: _Writer) -> tuple[Block, ...]:
    return (
        writer.block(Kind.PLAIN, mails.WHY),
        writer.link(mails.LEAVE_LINK, mails.LEAVE),
        writer.imprint(),
    )


def digest_letter(
    settings: Settings,
    texts: Texts,
    items: Sequence[Announcement],
    circular: Round,
    language: str,
) -> Letter:
    writer = _Writer(settings, texts, language)
    shown = [item.version(language) or item.original for item in items]
    blocks = [writer.block(Kind.TITLE, mails.DIGEST), *_contents(writer, shown)]
    for item, version in zip(items, shown, strict=True):
        day = datetime.fromtimestamp(item.released, settings.timezone).date()
        blocks.append(writer.block(Kind.NOTE, mails.PUBLISHED, date=day))
        blocks += _blocks(writer, version)
    return Letter(
        key=circular.letter(language),
        event=circular.event,
        subject=writer.say(mails.DIGEST),
        language=language,
        direction=texts.direction(language),
        blocks=tuple(blocks),
        footer=_footer(writer),
        link=settings.page("u/"),
    )


def _contents(writer: _Writer, found: Sequence[Version]) -> Iterator[Block]:
    """What the parts of a digest are about."""
    if len(found) > 1:
        lines = (f"– {versions.title(x.text) or writer.say(mails.NEWS)}" for x in found)
        yield writer.written(Kind.TEXT, "\n".join(lines), writer.language)


def confirm_letter(settings: Settings, texts: Texts, language: str) -> Letter:
    """Without a word of advertising; and never in an unchecked translation alone."""
    writer = _Writer(settings, texts, language)
    blocks = _asking(writer)
    checked = all(texts.reviewed(x, language) for x in mails.CONSENT)
    if language not in texts.originals and not checked:
        blocks.append(writer.written(Kind.NOTE, writer.say(NOT_CHECKED), language))
        for original in texts.originals:
            blocks += _asking(_Writer(settings, texts, original))
    return Letter(
        key=f"c/{language}",
        event="confirm",
        subject=writer.say(mails.CONFIRM),
        language=language,
        direction=texts.direction(language),
        blocks=tuple(blocks),
        footer=(writer.imprint(),),
        link=settings.page("c/"),
        listed=False,
    )


def _asking(writer: _Writer) -> list[Block]:
    return [
        writer.block(Kind.PLAIN, mails.ASKED),
        writer.link(mails.PRESS_LINK, mails.PRESS),
        writer.block(Kind.PLAIN, mails.NOT_YOU),
    ]
