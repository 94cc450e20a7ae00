"""One transaction of an office's store: the only place with SQL.

Serves three readers through narrow interfaces: a session (`federation.ports.Ledger`), a bot
(`bots.runtime.bot.Docs`) and the runtime itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bots.runtime.bot import Made
from bots.runtime.sealing import Sealer
from federation.ports import RawEvent

HELD = "restored"
"""Why a row waits that may have left before a backup was restored."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    seq: int
    key: str
    tries: int
    payload: dict[str, Any]
    received: float


@dataclass(frozen=True, slots=True)
class OutboxRow:
    seq: int
    id: str
    lane: bytes
    tries: int
    not_before: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """How the work of an office stands, for `buendnis doctor`."""

    oldest: float | None
    """When the action that waits longest was decided."""
    slowed: int
    """Actions that a homeserver's rate limit put off."""
    unread: int
    """Events that came and could not be decrypted."""


class Transaction:
    def __init__(
        self, connection: sqlite3.Connection, sealer: Sealer, now: float, patience: float
    ) -> None:
        self._sql = connection.execute
        self._sealer = sealer
        self._patience = patience
        self.appended = False
        """Whether something was put into the outbox."""
        self.forgotten: dict[str, float] = {}
        """What was forgotten for good, by fingerprint, and when."""
        self.now = now
        """Seconds since the epoch, by the office's clock."""

    # -- vault ---------------------------------------------------------------------------------

    def read(self, kind: str, key: str) -> bytes | None:
        place = self._sealer.mark(kind, key)
        found = self._sql(
            "SELECT sealed FROM vault WHERE kind = ? AND key = ?", (kind, place)
        ).fetchone()
        return None if found is None else self._unframe(kind, place, found[0])[1]

    def write(self, kind: str, key: str, value: bytes) -> None:
        place = self._sealer.mark(kind, key)
        name = key.encode("utf-8", "surrogatepass")
        framed = len(name).to_bytes(4, "big") + name + value
        self._sql(
            "INSERT INTO vault (kind, key, sealed) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
            (kind, place, self._sealer.seal(kind, place, framed)),
        )

    def erase(self, kind: str, key: str) -> None:
        place = self._sealer.mark(kind, key)
        self._sql("DELETE FROM vault WHERE kind = ? AND key = ?", (kind, place))

    def erase_kind(self, kind: str) -> None:
        self._sql("DELETE FROM vault WHERE kind = ?", (kind,))

    def rows(self, kind: str) -> Iterator[tuple[str, bytes]]:
        found = self._sql("SELECT key, sealed FROM vault WHERE kind = ?", (kind,)).fetchall()
        for place, sealed in found:
            yield self._unframe(kind, place, sealed)

    def _unframe(self, kind: str, place: bytes, sealed: bytes) -> tuple[str, bytes]:
        framed = self._sealer.open(kind, place, sealed)
        end = 4 + int.from_bytes(framed[:4], "big")
        return framed[4:end].decode("utf-8", "surrogatepass"), framed[end:]

    # -- documents of bots ---------------------------------------------------------------------

    def get(self, kind: str, key: str) -> Any | None:
        found = self.read(kind, key)
        return None if found is None else json.loads(found)

    def put(self, kind: str, key: str, value: Any) -> None:
        self.write(kind, key, _encode(value))

    def delete(self, kind: str, key: str) -> None:
        self.erase(kind, key)

    def scan(self, kind: str) -> Iterator[tuple[str, Any]]:
        for key, value in self.rows(kind):
            yield key, json.loads(value)

    def forget(self, kind: str, key: str) -> None:
        self.erase(kind, key)
        self._note_erased(self._sealer.mark(kind, key).hex(), self.now)

    def erased(self) -> dict[str, float]:
        """Fingerprints of all that was forgotten for good, and when."""
        return {fingerprint: float(at) for fingerprint, at in self.rows("erased")}

    def forget_again(self, erased: Mapping[str, float], since: float) -> int:
        """Take fingerprints over, and delete what a restored backup from `since` brought back of
        them; how many documents."""
        gone = 0
        for fingerprint, at in erased.items():
            if at >= since:
                place = bytes.fromhex(fingerprint)
                gone += self._sql("DELETE FROM vault WHERE key = ?", (place,)).rowcount
            self._note_erased(fingerprint, at)
        return gone

    def _note_erased(self, fingerprint: str, at: float) -> None:
        self.write("erased", fingerprint, repr(at).encode())
        self.forgotten[fingerprint] = at

    # -- inbox ---------------------------------------------------------------------------------

    def receive(self, account: str, room_id: str, event: RawEvent, encrypted: bool) -> None:
        payload = {"room": room_id, "event": event, "encrypted": encrypted}
        self.enter(room_event_key(account, event), {"account": account, **payload})

    def enter(self, key: str, payload: dict[str, Any], lock: bytes | None = None) -> bool:
        """Put a row into the inbox; False if its key is there already."""
        place = self._sealer.mark("inbox", key)
        sealed = self._sealer.seal("inbox", place, _encode({"key": key, **payload}))
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
            (self._sealer.seal("inbox", place, _encode(payload)), seq),
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

    # -- outbox --------------------------------------------------------------------------------

    def action_id(self, cause: str, ordinal: int) -> str:
        return self._sealer.action_id(cause, ordinal)

    def append(
        self, action_id: str, lane: str, makes: str | None, payload: bytes, *, held: bool = False
    ) -> None:
        """`lane`: what it must keep its order in; `makes`: the handle that it will fill; `held`:
        until somebody releases it."""
        self.appended = True
        place = action_id.encode()
        self._sql(
            "INSERT INTO outbox (id, lane, makes, state, error, decided, sealed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                action_id,
                self._sealer.mark("lane", lane),
                None if makes is None else self._sealer.mark("handle", makes),
                "aside" if held else "ready",
                HELD if held else None,
                self.now,
                self._sealer.seal("outbox", place, payload),
            ),
        )

    def heads(self) -> list[OutboxRow]:
        """The first row of each lane that is not done, oldest first."""
        found = self._sql(
            "SELECT min(seq), id, lane, tries, not_before, sealed FROM outbox "
            "WHERE state = 'ready' GROUP BY lane ORDER BY min(seq)"
        ).fetchall()
        return [
            OutboxRow(seq, id_, lane, tries, wait, self._sealer.open("outbox", id_.encode(), blob))
            for seq, id_, lane, tries, wait, blob in found
        ]

    def head(self, lane: bytes) -> OutboxRow | None:
        found = self._sql(
            "SELECT seq, id, lane, tries, not_before, sealed FROM outbox "
            "WHERE state = 'ready' AND lane = ? ORDER BY seq LIMIT 1",
            (lane,),
        ).fetchone()
        if found is None:
            return None
        seq, id_, lane, tries, wait, blob = found
        return OutboxRow(
            seq, id_, lane, tries, wait, self._sealer.open("outbox", id_.encode(), blob)
        )

    def is_coming(self, handle: str) -> bool:
        """Whether an action that will fill this handle still waits."""
        place = self._sealer.mark("handle", handle)
        found = self._sql("SELECT 1 FROM outbox WHERE makes = ? AND state = 'ready'", (place,))
        return found.fetchone() is not None

    def idle(self) -> bool:
        """Whether nothing that could be done waits."""
        waiting = "SELECT 1 FROM inbox WHERE state = 'ready' UNION ALL "
        waiting += "SELECT 1 FROM outbox WHERE state = 'ready' LIMIT 1"
        return self._sql(waiting).fetchone() is None

    def sent(self, row: OutboxRow) -> bool:
        """Mark as carried out; False if it was so already."""
        self.erase("echo", row.id)
        return (
            self._sql(
                "UPDATE outbox SET state = 'done', sealed = NULL WHERE seq = ? AND state = 'ready'",
                (row.seq,),
            ).rowcount
            == 1
        )

    def postpone(self, seq: int, until: float, error: str) -> None:
        self._sql(
            "UPDATE outbox SET tries = tries + 1, not_before = ?, error = ? WHERE seq = ?",
            (until, error, seq),
        )

    def hasten_all(self) -> None:
        """Try everything that was postponed again now."""
        self._sql("UPDATE outbox SET not_before = 0 WHERE state = 'ready'")

    def hasten(self, lane: bytes) -> None:
        """What this lane waited for has happened."""
        self._sql(
            "UPDATE outbox SET not_before = 0, tries = 0 WHERE state = 'ready' AND lane = ?",
            (lane,),
        )

    def waiting(self) -> Iterator[tuple[int, bytes]]:
        """All rows that wait to be carried out: number and payload."""
        found = self._sql("SELECT seq, id, sealed FROM outbox WHERE state = 'ready'").fetchall()
        for seq, id_, sealed in found:
            yield seq, self._sealer.open("outbox", id_.encode(), sealed)

    def release_held(self) -> int:
        """Let rows go that wait since a backup was restored; how many."""
        return self._sql(
            "UPDATE outbox SET state = 'ready', error = NULL WHERE state = 'aside' AND error = ?",
            (HELD,),
        ).rowcount

    def put_aside(self, seq: int, error: str) -> None:
        self._sql("UPDATE outbox SET state = 'aside', error = ? WHERE seq = ?", (error, seq))

    def echo(self, action_id: str, room_id: str, event_id: str) -> None:
        done = "SELECT 1 FROM outbox WHERE id = ? AND state = 'done'"
        if self._sql(done, (action_id,)).fetchone() is None:
            self.write("echo", action_id, json.dumps([room_id, event_id]).encode())

    def echoed(self, action_id: str) -> tuple[str, str] | None:
        found = self.read("echo", action_id)
        if found is None:
            return None
        room_id, event_id = json.loads(found)
        return room_id, event_id

    # -- handles and copies --------------------------------------------------------------------

    def fill(self, handle: str, room_id: str, event_id: str | None) -> None:
        place = self._sealer.mark("handle", handle)
        event = None if event_id is None else self._sealer.mark("event", event_id)
        room = self._sealer.mark("room", room_id) if event_id is None else None
        value = json.dumps([handle, room_id, event_id]).encode()
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

    # -- timers --------------------------------------------------------------------------------

    def set_timer(self, key: str, at: float, payload: dict[str, Any]) -> None:
        place = self._sealer.mark("timer", key)
        sealed = self._sealer.seal("timer", place, _encode({"timer": key, **payload}))
        self._sql(
            "INSERT INTO timers (key, at, sealed) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET at = excluded.at, sealed = excluded.sealed",
            (place, at, sealed),
        )

    def cancel_timer(self, key: str) -> None:
        self._sql("DELETE FROM timers WHERE key = ?", (self._sealer.mark("timer", key),))

    def next_timer(self) -> float | None:
        at: float | None = self._sql("SELECT min(at) FROM timers").fetchone()[0]
        return at

    def ring(self, now: float) -> int:
        """Move every timer that is due into the inbox; how many.

        Its key names what set the timer (`cause`): a new store that meets that again counts from
        another time, and must arrive at the same actions.
        """
        found = self._sql(
            "SELECT key, at, sealed FROM timers WHERE at <= ? ORDER BY at", (now,)
        ).fetchall()
        for place, at, sealed in found:
            payload = json.loads(self._sealer.open("timer", place, sealed))
            key = f"due/{payload['timer']}/{payload.get('cause', repr(at))}"
            self.enter(key, {"was": at, **payload})
            self._sql("DELETE FROM timers WHERE key = ?", (place,))
        return len(found)

    # -- upkeep --------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """How many rows stand where: for `buendnis status`."""
        result: dict[str, int] = {}
        for table in ("inbox", "outbox"):
            rows = self._sql(f"SELECT state, count(*) FROM {table} GROUP BY state")  # noqa: S608
            result |= {f"{table}_{state}": number for state, number in rows}
        result["timers"] = self._sql("SELECT count(*) FROM timers").fetchone()[0]
        held = "SELECT count(*) FROM outbox WHERE state = 'aside' AND error = ?"
        result["outbox_held"] = self._sql(held, (HELD,)).fetchone()[0]
        return result

    def aside(self) -> list[str]:
        """Opaque references of what was set aside, the newest first."""
        inbox = self._sql("SELECT seq, error FROM inbox WHERE state = 'aside' ORDER BY seq DESC")
        outbox = self._sql("SELECT id, error FROM outbox WHERE state = 'aside' ORDER BY seq DESC")
        names = [f"in-{seq} ({error})" for seq, error in inbox.fetchmany(20)]
        return names + [f"out-{id_[:8]} ({error})" for id_, error in outbox.fetchmany(20)]

    def standing(self, since: float) -> Standing:
        """Counts what came or was decided since then (seconds since the epoch)."""
        oldest = self._sql("SELECT min(decided) FROM outbox WHERE state = 'ready'")
        slowed = self._sql(
            "SELECT count(*) FROM outbox WHERE error = 'RateLimited' AND decided >= ?", (since,)
        )
        unread = self._sql(
            "SELECT count(*) FROM inbox WHERE state = 'locked' AND received >= ?", (since,)
        )
        return Standing(oldest.fetchone()[0], slowed.fetchone()[0], unread.fetchone()[0])

    def prune(self, before: float) -> None:
        """Forget rows that were done before that time (seconds since the epoch), and events for
        which no key has come since then."""
        self._sql("DELETE FROM inbox WHERE state IN ('done', 'locked') AND received < ?", (before,))
        self._sql("DELETE FROM outbox WHERE state = 'done' AND decided < ?", (before,))


def room_event_key(account: str, event: RawEvent) -> str:
    return f"room/{account}/{event['event_id']}"


def _encode(value: Any) -> bytes:
    """JSON from outside may name half a character; it must not end a transaction."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
