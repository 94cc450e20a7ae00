"""What editors write in the room: announcements, and their translations in the thread."""

from __future__ import annotations

from dataclasses import replace

from bots.announcements import handles, kinds
from bots.announcements.models import Announcement, State, Version
from bots.announcements.rules import commands, digest, offers, release, suspending, versions
from bots.announcements.rules.turn import Turn
from bots.announcements.rules.versions import Said
from bots.runtime.speech import unheeded
from bots.runtime.speech.vocabulary import HELP, UNDO, listed
from bots.runtime.understanding.commands import Command, Invocation, Unknown
from federation.model.actions import React
from federation.model.events import Edit, MediaMessage, TextMessage

RELEASE = "✅"


def text(turn: Turn, event: TextMessage) -> None:
    said = versions.said(event)
    found = commands.KNOWN.read(event)
    if found is not None:
        _command(turn, event, found)
    elif not said.text:
        return
    elif event.thread is None:
        _begin(turn, event, said)
    elif turn.state.item is not None:
        version = Version("", event.origin.event_id, event.origin.sender, "")
        _translate(turn, turn.state.item, version, said)


def media(turn: Turn, event: MediaMessage) -> None:
    """Several in a row get one answer."""
    if turn.may_tell("text-only"):
        turn.tell("text-only", thread=event.thread or event.origin.event_id)


def _command(turn: Turn, event: TextMessage, found: Invocation | Unknown) -> None:
    item = turn.state.item
    if isinstance(found, Invocation) and unheeded.is_said(found.rest):
        turn.tell("rest-unused", unheeded.values(found), thread=event.thread)
    if isinstance(found, Unknown):
        turn.tell(*unheeded.unknown(found, HELP), thread=event.thread)
    elif found.command is HELP:
        _help(turn, event)
    elif found.command is commands.DIGEST:
        digest.ask(turn)
    elif item is None:
        _without_item(turn, event, found.command)
    elif found.command is commands.RELEASE:
        release.release(turn, item, event.origin.sender, asked=True)
    else:
        release.undo(turn, item, asked=True)


def _without_item(turn: Turn, event: TextMessage, command: Command) -> None:
    """Outside the thread of an announcement only a digest can be meant."""
    if command is UNDO and turn.state.suspended is not None:
        suspending.undo(turn, turn.state.suspended)
    elif command is UNDO and turn.desk.call is not State.DRAFT:
        digest.undo(turn)
    else:
        turn.tell("command-where", {"command": command.shown(turn.language)}, thread=event.thread)


def _help(turn: Turn, event: TextMessage) -> None:
    turn.tell(
        "help",
        {"lines": listed(commands.ALL), "example": offers.example(turn)},
        thread=event.thread,
    )


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
    item = turn.keep(
        Announcement(number, original, follows=turn.state.previous, room=origin.room_id)
    )
    _remember(turn, item, original)
    turn.tell(
        "offer",
        offers.values(turn, item),
        thread=origin.event_id,
        handle=handles.offer(number),
        copy_of=origin.event_id,
    )
    if turn.state.room is not None:
        turn.ask(React(turn.state.room, handles.offer(number), RELEASE))


def _remember(turn: Turn, item: Announcement, version: Version) -> None:
    turn.put(kinds.EVENT, version.event, [item.number, version.language])


# -- translations ----------------------------------------------------------------------------------


def _translate(turn: Turn, item: Announcement, version: Version, said: Said) -> bool:
    """Whether it is one, and was taken in."""
    language, said = versions.labelled(said, turn.texts)
    if language is None:
        return False  # editors talk to each other
    if item.state not in (State.DRAFT, State.PENDING):
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
        _remember(turn, item, version)
        release.changed(turn, _with(item, version))
        return True
    return False


def _with(item: Announcement, version: Version) -> Announcement:
    others = tuple(x for x in item.translations if x.language != version.language)
    return replace(item, translations=(*others, version))


# -- changes ---------------------------------------------------------------------------------------


def edited(turn: Turn, event: Edit) -> None:
    """Only who wrote a text may change it, whatever a server lets others send."""
    item = turn.state.item
    version = _version(turn, item, event.target)
    if item is None or version is None or version.author != event.origin.sender:
        return
    if item.state is State.RELEASED:
        turn.answer(item, "edit-late")
    elif event.medium is not None:
        turn.answer(item, "text-only")
        release.drop(turn, item, version)
    elif item.state is not State.DROPPED and version.event not in item.looks:
        turn.put(kinds.EDIT, event.origin.event_id, version.event)
        version = replace(version, edit=event.origin.event_id)
        change(turn, item, version, versions.said(event))


def _version(turn: Turn, item: Announcement | None, event_id: str) -> Version | None:
    found = item.version(turn.state.version or "") if item is not None else None
    return found if found is not None and found.event == event_id else None


def change(turn: Turn, item: Announcement, version: Version, message: Said) -> None:
    """The message says this now."""
    is_original = version.event == item.original.event
    language, said = versions.labelled(message, turn.texts, original=is_original)
    if not 0 < len(said.text) <= versions.LONGEST:
        turn.answer(item, "too-long", {"n": versions.LONGEST})
    elif is_original:
        language = language or turn.language
        changed = replace(version, text=said.text, html=said.html, language=language)
        item = offers.without(replace(item, original=changed), language)
        _remember(turn, item, changed)
        release.changed(turn, item)
    elif language == version.language:
        release.changed(turn, _with(item, replace(version, text=said.text, html=said.html)))
    else:
        item = offers.without(item, version.language)
        if not _translate(turn, item, version, message):
            release.changed(turn, item)
