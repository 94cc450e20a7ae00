"""What each handle names, and which of our events are copies of whose."""

from __future__ import annotations

import json

from bots.runtime.model.made import Made
from bots.runtime.store.rows.vault import Vault


class Handles(Vault):
    """Handles that are filled, and copies of other people's events."""

    def fill(self, handle: str, room_id: str, event_id: str | None, by: str | None = None) -> None:
        place = self._sealer.mark("handle", handle)
        event = None if event_id is None else self._sealer.mark("event", event_id)
        room = self._sealer.mark("room", room_id) if event_id is None else None
        value = json.dumps([handle, room_id, event_id, by]).encode()
        self._sql(
            "INSERT INTO handles (handle, event, room, sealed) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET event = excluded.event, room = excluded.room, "
            "sealed = excluded.sealed",
            (place, event, room, self._sealer.seal("handle", place, value)),
        )

    def made(self, handle: str) -> Made | None:
        return self._made("handle", self._sealer.mark("handle", handle))

    def made_by_event(self, event_id: str) -> Made | None:
        return self._made("event", self._sealer.mark("event", event_id))

    def made_by_room(self, room_id: str) -> Made | None:
        return self._made("room", self._sealer.mark("room", room_id))

    def _made(self, column: str, value: bytes) -> Made | None:
        found = self._sql(
            f"SELECT handle, sealed FROM handles WHERE {column} = ?",  # noqa: S608
            (value,),
        ).fetchone()
        if found is None:
            return None
        return Made(*json.loads(self._sealer.open("handle", found[0], found[1])))

    def forget_handles(self, room_id: str) -> None:
        """Nothing names the room, or what we said there, any more."""
        for place, sealed in self._sql("SELECT handle, sealed FROM handles").fetchall():
            if json.loads(self._sealer.open("handle", place, sealed))[1] == room_id:
                self._sql("DELETE FROM handles WHERE handle = ?", (place,))

    def forget_sources(self, handles: str) -> None:
        """Of whose events those were copies whose handles begin so."""
        found = self._sql("SELECT seq, source, sealed FROM copies").fetchall()
        for seq, place, sealed in found:
            if json.loads(self._sealer.open("copy", place, sealed))[0].startswith(handles):
                self._sql("DELETE FROM copies WHERE seq = ?", (seq,))

    def note_copy(self, source: str, handle: str, room: str) -> None:
        """`handle` will be a copy of the event `source`; `room` is its room's id or handle."""
        place = self._sealer.mark("copy", source)
        value = json.dumps([handle, room]).encode()
        self._sql(
            "INSERT INTO copies (source, handle, sealed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (place, self._sealer.mark("handle", handle), self._sealer.seal("copy", place, value)),
        )

    def copies_of(self, event_id: str) -> tuple[Made, ...]:
        place = self._sealer.mark("copy", event_id)
        found = self._sql(
            "SELECT sealed FROM copies WHERE source = ? ORDER BY seq", (place,)
        ).fetchall()
        copies = []
        for (sealed,) in found:
            handle, room = json.loads(self._sealer.open("copy", place, sealed))
            copies.append(self.made(handle) or Made(handle, room, None))
        return tuple(copies)
