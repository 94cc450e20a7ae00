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
from bots.runtime.decision import Performed
from federation.events import Redaction, TextMessage
from federation.shapes import mapping

OPEN = (State.DRAFT, State.PENDING)


def removed(turn: Turn, event: Redaction) -> None:
    """Of a text that was released, it is removed with all that still shows it."""
    item, version = turn.state.item, _version(turn, turn.state.item)
    if item is None or version is None:
        return
    if version.edit != event.target and version.event not in item.looks:
        return  # other words have taken their place
    if item.state in OPEN:
        release.look(turn, _emptied(item, version), version.event)
    else:
        release.drop(turn, item, version)


def _version(turn: Turn, item: Announcement | None) -> Version | None:
    found = item.version(turn.state.version or "") if item is not None else None
    return found if found is not None and found.event == turn.state.source else None


def _emptied(item: Announcement, version: Version) -> Announcement:
    empty = replace(version, text="", html="", edit="")
    if version.event == item.original.event:
        return replace(item, original=empty)
    others = (empty if x.event == version.event else x for x in item.translations)
    return replace(item, translations=tuple(others))


def looked_up(turn: Turn, event: Performed) -> None:
    item, source = turn.state.item, turn.state.source
    if item is None or source is None or source not in item.looks:
        return
    at = item.looks.index(source)
    item = turn.keep(replace(item, looks=item.looks[:at] + item.looks[at + 1 :]))
    version = _version(turn, item)
    if version is None or source in item.looks or item.state not in OPEN:
        return  # it is looked up once more, or of no interest any more
    edit = str(mapping(mapping(event.found).get("edit")).get("event_id", ""))
    message = _message(turn, version)
    original = version.event == item.original.event
    _, said = versions.labelled(message, turn.texts, original=original)
    if not 0 < len(said.text) <= versions.LONGEST:
        release.drop(turn, item, version)
        return
    if edit:
        turn.put(kinds.EDIT, edit, source)
    drafts.change(turn, item, replace(version, edit=edit), message)


def _message(turn: Turn, version: Version) -> Said:
    """What its author says there; nothing if it is gone or somebody else's."""
    found = turn.state.found
    if not isinstance(found, TextMessage) or found.origin.sender != version.author:
        return Said("")
    if found.room.encrypted and not found.origin.encrypted:
        return Said("")
    return versions.said(found)
