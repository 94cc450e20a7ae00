"""An edit was removed: the message says again what it said before it.

Nobody tells us what that is. So the words are dropped at once, and the message is looked up.
"""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import kinds
from bots.announcements.models import Announcement, State, Version
from bots.announcements.rules import drafts, release, versions
from bots.announcements.rules.turn import Turn
from bots.announcements.rules.versions import Said
from bots.runtime.model.messages import MessageNow
from federation.model.events import Redaction, TextMessage

OPEN = (State.DRAFT, State.PENDING)


def removed(turn: Turn, event: Redaction) -> None:
    """Of a text that was released, it is removed with all that still shows it."""
    item = turn.state.item
    version = item.written_in(turn.state.source or "") if item is not None else None
    if item is None or version is None:
        return
    if version.edit != event.target:
        return  # other words have taken their place
    if item.state in OPEN:
        release.look(turn, _emptied(item, version), version.event)
    else:
        release.drop(turn, item, version)


def _emptied(item: Announcement, version: Version) -> Announcement:
    empty = replace(version, text="", html="", edit="")
    if version.event == item.original.event:
        return replace(item, original=empty)
    others = (empty if x.event == version.event else x for x in item.translations)
    return replace(item, translations=tuple(others))


def now_known(turn: Turn, now: MessageNow) -> None:
    item, source = turn.state.item, now.event_id
    if item is None or source not in item.looks:
        return
    item = turn.keep(replace(item, looks=tuple(x for x in item.looks if x != source)))
    version = item.written_in(source)
    if version is None or item.state not in OPEN:
        return
    message = _message(now, version)
    original = version.event == item.original.event
    _, said = versions.labelled(message, turn.texts, original=original)
    if not 0 < len(said.text) <= versions.LONGEST:
        release.drop(turn, item, version)
        return
    edit = now.edit.event_id if now.edit is not None else ""
    if edit:
        turn.put(kinds.EDIT, edit, source)
    drafts.change(turn, item, replace(version, edit=edit), message)


def _message(now: MessageNow, version: Version) -> Said:
    """What its author says there; nothing if it is gone or somebody else's."""
    if not isinstance(now.answer, TextMessage) or now.author != version.author:
        return Said("")
    return versions.said(now.answer)
