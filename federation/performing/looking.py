"""What a homeserver shows of a message: the event, and the last edit that it found to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from federation.client.homeserver import path
from federation.model.actions import AskNow
from federation.model.errors import MatrixError, RateLimited, TokenRevoked
from federation.model.ports import RawEvent
from federation.model.shapes import events, is_text, mapping
from federation.syncing.session import Session

Decrypt = Callable[[RawEvent], RawEvent | None]


class Looking:
    """Looks messages up, with one account's keys."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._server = session.server

    async def at(self, asked: AskNow) -> dict[str, Any]:
        """As `federation.model.translate.as_edited` reads it."""
        answer = await self._server.call(
            "event", "GET", path("rooms", asked.room, "event", asked.event_id)
        )
        # An id names an event of any room; whoever named this one meant a room.
        here = answer.get("room_id", asked.room) == asked.room
        event = next(iter(events([answer] if here else [])), {})
        relations = mapping(mapping(event.get("unsigned")).get("m.relations"))
        edit = next(iter(events([relations.get("m.replace")])), {})
        decrypt = self._session.machine.decrypt
        found = await self._session.store.run(
            "look", lambda ledger: opened(event, edit, lambda x: decrypt(ledger, asked.room, x))
        )
        if asked.name and event:
            found["name"], found["room"] = await asyncio.gather(
                self._named(asked.room, "m.room.member", "displayname", event["sender"]),
                self._named(asked.room, "m.room.name", "name"),
            )
        return found

    async def _named(self, room_id: str, kind: str, field: str, state_key: str = "") -> str:
        """What somebody or something is called by a state event; empty where there is none."""
        target = path("rooms", room_id, "state", kind, state_key)
        try:
            answer = await self._server.call("membership" if state_key else "name", "GET", target)
        except (RateLimited, TokenRevoked):
            raise
        except MatrixError:
            return ""
        name = answer.get(field)
        return name if is_text(name) else ""


def opened(event: RawEvent, edit: RawEvent, decrypt: Decrypt) -> dict[str, Any]:
    """Both decrypted. An edit in clear does not count where the event came encrypted; with an edit
    that no key opens, nobody knows what its author says."""
    if not _is_sealed(event):
        return {"event": event, "edit": edit}
    read, changed = decrypt(event), decrypt(edit) if edit else None
    locked = _is_sealed(edit) and changed is None and edit["sender"] == event["sender"]
    if read is None or locked:
        return {"event": {**event, "content": {}}, "edit": edit, "locked": True}
    return {"event": read, "edit": changed or {}, "encrypted": True}


def _is_sealed(event: RawEvent) -> bool:
    return event.get("type") == "m.room.encrypted" and bool(event.get("content"))
