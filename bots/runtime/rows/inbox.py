"""What came in and waits for its rule, or for its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from bots.runtime.rows.table import encode
from bots.runtime.rows.timers import Timers
from federation.ports import RawEvent


@dataclass(frozen=True, slots=True)
class InboxRow:
    seq: int
    key: str
    tries: int
    payload: dict[str, Any]
    received: float


class Inbox(Timers):
    def receive(self, account: str, room_id: str, event: RawEvent, encrypted: bool) -> None:
        payload = {"room": room_id, "event": event, "encrypted": encrypted}
        self.enter(room_event_key(account, event), {"account": account, **payload})

    def enter(self, key: str, payload: dict[str, Any], lock: bytes | None = None) -> bool:
        """Put a row into the inbox; False if its key is there already."""
        place = self._sealer.mark("inbox", key)
        sealed = self._sealer.seal("inbox", place, encode({"key": key, **payload}))
        cursor = self._sql(
            "INSERT INTO inbox (key, state, received, lock, sealed) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (place, "ready" if lock is None else "locked", self.now, lock, sealed),
        )
        return cursor.rowcount == 1

    def receive_locked(self, account: str, room_id: str, event: RawEvent, session_id: str) -> None:
        lock = self._sealer.mark("lock", session_id)
        key = room_event_key(account, event)
        payload = {"account": account, "room": room_id, "event": event, "encrypted": True}
        if self.enter(key, payload, lock):
            waiting = {"account": account, "locked": key, "cause": "unreadable"}
            self.set_timer(f"unreadable/{key}", self.now + self._patience, waiting)

    def unlock(
        self,
        account: str,
        sessions: Collection[str],
        decrypt: Callable[[str, RawEvent], RawEvent | None],
    ) -> None:
        for session in sessions:
            lock = self._sealer.mark("lock", session)
            found = self._sql(
                "SELECT seq, key, sealed FROM inbox WHERE lock = ? AND state = 'locked' "
                "ORDER BY seq",
                (lock,),
            ).fetchall()
            for seq, place, sealed in found:
                payload = json.loads(self._sealer.open("inbox", place, sealed))
                if payload["account"] != account:
                    continue
                event = decrypt(payload["room"], payload["event"])
                if event is not None:
                    self._open_row(seq, place, {**payload, "event": event})

    def _open_row(self, seq: int, place: bytes, payload: dict[str, Any]) -> None:
        self._sql(
            "UPDATE inbox SET state = 'ready', lock = NULL, sealed = ? WHERE seq = ?",
            (self._sealer.seal("inbox", place, encode(payload)), seq),
        )

    def locked(self, key: str) -> dict[str, Any] | None:
        """The payload of an event that still can't be read, or None."""
        place = self._sealer.mark("inbox", key)
        found = self._sql(
            "SELECT sealed FROM inbox WHERE key = ? AND state = 'locked'", (place,)
        ).fetchone()
        return None if found is None else json.loads(self._sealer.open("inbox", place, found[0]))

    def next_ready(self, after: int) -> InboxRow | None:
        found = self._sql(
            "SELECT seq, key, tries, sealed, received FROM inbox WHERE state = 'ready' "
            "AND seq > ? ORDER BY seq LIMIT 1",
            (after,),
        ).fetchone()
        if found is None:
            return None
        payload = json.loads(self._sealer.open("inbox", found[1], found[3]))
        return InboxRow(found[0], payload["key"], found[2], payload, found[4])

    def finish(self, seq: int) -> None:
        """Done: its key stays, so that a replay is harmless; its content goes."""
        self._sql("UPDATE inbox SET state = 'done', sealed = NULL WHERE seq = ?", (seq,))

    def stumble(self, seq: int, error: str, last: bool) -> None:
        self._sql(
            "UPDATE inbox SET tries = tries + 1, error = ?, state = ? WHERE seq = ?",
            (error, "aside" if last else "ready", seq),
        )

    def savepoint(self) -> None:
        self._sql("SAVEPOINT row")

    def release(self) -> None:
        self._sql("RELEASE row")

    def back(self) -> None:
        self._sql("ROLLBACK TO row")
        self._sql("RELEASE row")

    def ring(self, now: float, deaf: Collection[str] = ()) -> int:
        """Move every timer that is due, and is not for a bot in `deaf`, into the inbox; how many.

        Its key names what set the timer (`cause`): a new store that meets that again counts from
        another time, and must arrive at the same actions.
        """
        rung = [x for x in self.timers(until=now) if x.may_ring(deaf)]
        for timer in rung:
            payload = timer.payload
            key = f"due/{payload['timer']}/{payload.get('cause', repr(timer.at))}"
            self.enter(key, {"was": timer.at, **payload})
            self._sql("DELETE FROM timers WHERE key = ?", (timer.place,))
        return len(rung)


def room_event_key(account: str, event: RawEvent) -> str:
    return f"room/{account}/{event['event_id']}"
