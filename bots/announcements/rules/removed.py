"""A message was removed, or an edit of one; and what it says after that.

Without the edit the message says again what it said before. Nobody tells us what that is, so the
words are dropped at once and the message is looked up.
"""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import versions
from bots.announcements.documents.news import (
    GONE,
    ITEMS,
    Announcement,
    AnnouncementMoves,
    Gone,
    Version,
)
from bots.announcements.rules import drafts, release
from bots.announcements.rules.turn import Turn
from bots.announcements.versions import Said
from bots.runtime.model.messages import MessageNow
from federation.model.events import Redaction, RoomEvent, TextMessage


def was_removed(turn: Turn, event: RoomEvent) -> bool:
    """Before it could be read."""
    return turn.get(GONE, event.origin.event_id) is not None


def removed(turn: Turn, event: Redaction) -> None:
    """The homeserver lets authors and moderators take a message back: the text goes everywhere.
    What was written before the room was replaced can still be taken back there."""
    edited = turn.find(ITEMS, "edit", event.target, most=1)
    item = edited[0] if edited else turn.about(event.target)
    room = event.origin.room_id
    if room != turn.room and (item is None or item.room != room):
        return
    if item is None:
        turn.put(GONE, Gone(event.target))
    elif (version := item.edited_by(event.target)) is not None:
        _edit_removed(turn, item, version)
    elif (version := item.written_in(event.target)) is not None:
        release.drop(turn, item, version)


def _edit_removed(turn: Turn, item: Announcement, version: Version) -> None:
    """Of a text that was released, it is removed with all that still shows it."""
    if AnnouncementMoves.text_changed.may(item.state):
        release.look(turn, _emptied(item, version), version.event)
    else:
        release.drop(turn, item, version)


def _emptied(item: Announcement, version: Version) -> Announcement:
    empty = replace(version, text="", html="", edit="")
    if version.event == item.original.event:
        return replace(item, original=empty)
    others = (empty if x.event == version.event else x for x in item.translations)
    return replace(item, translations=tuple(others))


def now_known(turn: Turn, now: MessageNow, item: Announcement) -> None:
    source = now.event_id
    if source not in item.looks:
        return
    looks = tuple(x for x in item.looks if x != source)
    item = turn.put(ITEMS, replace(item, looks=looks))
    version = item.written_in(source)
    if version is None or not AnnouncementMoves.text_changed.may(item.state):
        return
    message = _message(now, version)
    original = version.event == item.original.event
    _, said = versions.labelled(message, turn.texts, original=original)
    if not 0 < len(said.text) <= versions.LONGEST:
        release.drop(turn, item, version)
        return
    edit = now.edit.event_id if now.edit is not None else ""
    drafts.change(turn, item, replace(version, edit=edit), message)


def _message(now: MessageNow, version: Version) -> Said:
    """What its author says there; nothing if it is gone or somebody else's."""
    if not isinstance(now.answer, TextMessage) or now.author != version.author:
        return Said("")
    return versions.said(now.answer)
