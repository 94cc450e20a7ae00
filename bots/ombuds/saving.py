"""What a decision changes of what the office keeps."""

from __future__ import annotations

from collections.abc import Mapping

from bots.ombuds import desk, kinds
from bots.ombuds.models import to_json
from bots.ombuds.state import Knowledge, State
from bots.runtime.bot import Docs


def save(docs: Docs, state: State) -> None:
    """Write what the decision has changed."""
    now, before = state.known, state.before
    if now.office != before.office:
        docs.put(kinds.OFFICE, "office", to_json(now.office))
    if now.case is not None and now.case != before.case:
        docs.put(kinds.CASE, str(now.case.number), to_json(now.case))
    desk.save(docs, now.desk, before.desk)
    if now.gone and not before.gone and state.event is not None:
        docs.put(kinds.GONE, kinds.gone(state.where, state.event), True)
    if now.devices != before.devices:
        _save_devices(docs, now.devices)
    for edit, source in now.edits.items():
        docs.put(kinds.EDIT, edit, source)
    if state.chat is not None:
        _save_chat(docs, now, before, state.chat)


def _save_devices(docs: Docs, devices: Mapping[str, tuple[str, ...] | None]) -> None:
    for user, known in devices.items():
        docs.put(kinds.DEVICES, user, list(known)) if known is not None else docs.delete(
            kinds.DEVICES, user
        )


def _save_chat(docs: Docs, now: Knowledge, before: Knowledge, room: str) -> None:
    if now.conversation is None and before.conversation is not None:
        docs.delete(kinds.CONVERSATION, room)
        docs.delete(kinds.IDENTITY, str(before.conversation.serial))
    if now.conversation is not None and now.conversation != before.conversation:
        docs.put(kinds.CONVERSATION, room, to_json(now.conversation))
    if now.reporter is not None and now.conversation is not None and before.reporter is None:
        identity = {"user": now.reporter.reveal(), "room": room}
        docs.put(kinds.IDENTITY, str(now.conversation.serial), identity)
    if now.invited != before.invited:
        (_note if now.invited else _drop)(docs, room)


def _note(docs: Docs, room: str) -> None:
    docs.put(kinds.INVITATION, room, True)


def _drop(docs: Docs, room: str) -> None:
    docs.delete(kinds.INVITATION, room)
