"""What editors write in the room: announcements, and their translations in the thread."""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import keys, versions
from bots.announcements.documents.news import (
    ITEMS,
    Announcement,
    AnnouncementMoves,
    State,
    Version,
)
from bots.announcements.rules import offers, release
from bots.announcements.rules.turn import Turn
from bots.announcements.versions import Said
from federation.model.actions import React
from federation.model.events import Edit, MediaMessage, RoomEvent, TextMessage


def in_clear(turn: Turn, event: RoomEvent) -> None:
    turn.tell("in-clear", thread=getattr(event, "thread", None))


def text(turn: Turn, event: TextMessage) -> None:
    said = versions.said(event)
    if not said.text:
        return
    if event.thread is None:
        _begin(turn, event, said)
    elif (item := turn.about(event.thread)) is not None:
        version = Version("", event.origin.event_id, event.origin.sender, "")
        _translate(turn, item, version, said)


def media(turn: Turn, event: MediaMessage) -> None:
    """Several in a row get one answer."""
    if event.thread is not None and turn.about(event.thread) is None:
        return
    if turn.may_tell("text-only"):
        turn.tell("text-only", thread=event.thread or event.origin.event_id)


# -- announcements ---------------------------------------------------------------------------------


def _begin(turn: Turn, event: TextMessage, said: Said) -> None:
    language, said = versions.labelled(said, turn.texts, original=True)
    origin = event.origin
    if len(said.text) > versions.LONGEST:
        turn.tell("too-long", {"n": versions.LONGEST}, thread=origin.event_id)
        return
    number = turn.desk.announcements + 1
    turn.note(announcements=number)
    original = Version(
        language or turn.language, origin.event_id, origin.sender, said.text, said.html
    )
    before = turn.about(event.reply_to)
    follows = None if before is None else before.original.event
    item = Announcement(number, original, follows=follows, room=origin.room_id)
    turn.put(ITEMS, item)
    offer = keys.OFFER(number=number)
    turn.tell(
        "offer",
        offers.values(turn, item),
        thread=origin.event_id,
        handle=offer,
        copy_of=origin.event_id,
    )
    if not turn.settings.in_words:
        turn.ask(React(turn.room, offer, release.SIGN))


# -- translations ----------------------------------------------------------------------------------


def _translate(turn: Turn, item: Announcement, version: Version, said: Said) -> bool:
    """Whether it is one, and was taken in."""
    language, said = versions.labelled(said, turn.texts)
    if language is None:
        return False  # editors talk to each other
    if not AnnouncementMoves.text_changed.may(item.state):
        turn.answer(item, "translation-late")
    elif language == item.original.language:
        turn.answer(item, "translation-same", {"language": turn.texts.own_name(language)})
    elif language not in turn.settings.languages:
        values = {
            "language": turn.texts.own_name(language),
            "languages": offers.named(turn, turn.settings.languages),
        }
        turn.answer(item, "translation-unknown", values)
    elif len(said.text) > versions.LONGEST:
        turn.answer(item, "too-long", {"n": versions.LONGEST})
    else:
        version = replace(version, language=language, text=said.text, html=said.html)
        release.changed(turn, item.with_translation(version))
        return True
    return False


# -- changes ---------------------------------------------------------------------------------------


def edited(turn: Turn, event: Edit) -> None:
    """Only who wrote a text may change it, whatever a server lets others send."""
    item = turn.about(event.target)
    version = None if item is None else item.written_in(event.target)
    if item is None or version is None or version.author != event.origin.sender:
        return
    if item.state is State.RELEASED:
        turn.answer(item, "edit-late")
    elif event.medium is not None:
        turn.answer(item, "text-only")
        release.drop(turn, item, version)
    elif AnnouncementMoves.text_changed.may(item.state) and version.event not in item.looks:
        version = replace(version, edit=event.origin.event_id)
        change(turn, item, version, versions.said(event))


def change(turn: Turn, item: Announcement, version: Version, message: Said) -> None:
    """The message says this now."""
    is_original = version.event == item.original.event
    language, said = versions.labelled(message, turn.texts, original=is_original)
    if not 0 < len(said.text) <= versions.LONGEST:
        turn.answer(item, "too-long", {"n": versions.LONGEST})
    elif is_original:
        language = language or turn.language
        changed = replace(version, text=said.text, html=said.html, language=language)
        release.changed(turn, replace(item, original=changed).without(language))
    elif language == version.language:
        changed = replace(version, text=said.text, html=said.html)
        release.changed(turn, item.with_translation(changed))
    else:
        item = item.without(version.language)
        if not _translate(turn, item, version, message):
            release.changed(turn, item)
