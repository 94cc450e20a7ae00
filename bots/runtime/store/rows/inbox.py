"""What came in and waits for its rule, or for its key.

Who waits is told apart by *party*: whoever wrote it, or the room in which something of ours was
done. While rows wait, they can be counted by room and party, both fingerprints."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bots.runtime.model.decision import Performed
from bots.runtime.store.records import INBOX, Answer, Happened, KeyIsLate, Locked, Told, Waiting
from bots.runtime.store.rows.timers import Timers
from federation.model.ports import RawEvent


@dataclass(frozen=True, slots=True)
class InboxRow:
    seq: int
    tries: int
    record: Waiting
    received: float


class Inbox(Timers):
    """Rows that came in, in their order. A key that was there once is never taken in again."""

    def receive(self, account: str, room_id: str, event: RawEvent, encrypted: bool) -> None:
        key = room_event_key(account, event)
        self.enter(Happened(key, account, room_id, event, encrypted))

    def enter(
        self, record: Waiting, *, under: str | None = None, lock: bytes | None = None
    ) -> bool:
        """Put a row into the inbox, `under` a key that may not be its own; False if that is there
        already."""
        place = self._sealer.mark("inbox", record.key if under is None else under)
        sealed = self._sealer.seal("inbox", place, INBOX.write(record))
        state = "ready" if lock is None else "locked"
        cursor = self._sql(
            "INSERT INTO inbox (key, state, received, lock, room, party, sealed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (place, state, self.now, lock, *self._whose(record), sealed),
        )
        return cursor.rowcount == 1

    def receive_locked(self, account: str, room_id: str, event: RawEvent, session_id: str) -> None:
        lock = self._sealer.mark("lock", session_id)
        key = room_event_key(account, event)
        if self.enter(Locked(key, account, room_id, event), lock=lock):
            name, was = f"unreadable/{key}", self.now + self._patience
            self.set_span(name, self._patience, KeyIsLate(name, account, key, was))

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
                row = INBOX.read(self._sealer.open("inbox", place, sealed))
                if not isinstance(row, Locked) or row.account != account:
                    continue
                event = decrypt(row.room, row.event)
                if event is not None:
                    opened = Happened(row.key, account, row.room, event, encrypted=True)
                    self._open_row(seq, place, opened)

    def _open_row(self, seq: int, place: bytes, opened: Happened) -> None:
        self._sql(
            "UPDATE inbox SET state = 'ready', lock = NULL, sealed = ? WHERE seq = ?",
            (self._sealer.seal("inbox", place, INBOX.write(opened)), seq),
        )

    def locked(self, key: str) -> Waiting | None:
        """The event of this key, as long as it can't be read."""
        place = self._sealer.mark("inbox", key)
        found = self._sql(
            "SELECT sealed FROM inbox WHERE key = ? AND state = 'locked'", (place,)
        ).fetchone()
        return None if found is None else INBOX.read(self._sealer.open("inbox", place, found[0]))

    def next_ready(self, after: int) -> InboxRow | None:
        found = self._sql(
            "SELECT seq, key, tries, sealed, received FROM inbox WHERE state = 'ready' "
            "AND seq > ? ORDER BY seq LIMIT 1",
            (after,),
        ).fetchone()
        if found is None:
            return None
        record = INBOX.read(self._sealer.open("inbox", found[1], found[3]))
        return InboxRow(found[0], found[2], record, found[4])

    def _whose(self, record: Waiting) -> tuple[bytes | None, bytes | None]:
        """In which room it happened, and by whom: what has either in common keeps its order."""
        room, party = _whose(record)
        marks = (self._sealer.mark("room", room), self._sealer.mark("party", party))
        return marks[0] if room else None, marks[1] if party else None

    def firsts(self, without: Collection[int] = ()) -> list[tuple[int, bytes | None]]:
        """The first ready row of each party, except these."""
        left_out = ", ".join(map(str, without))
        return self._sql(
            "SELECT min(seq), party FROM inbox WHERE state = 'ready' "  # noqa: S608
            f"AND seq NOT IN ({left_out}) GROUP BY party"
        ).fetchall()

    def is_behind(self, seq: int, without: Collection[int] = ()) -> bool:
        """Whether something that happened before in the same room waits, except these."""
        left_out = ", ".join(map(str, without))
        found = self._sql(
            "SELECT 1 FROM inbox WHERE state = 'ready' AND seq < ? AND room = "  # noqa: S608
            f"(SELECT room FROM inbox WHERE seq = ?) AND seq NOT IN ({left_out}) LIMIT 1",
            (seq, seq),
        )
        return found.fetchone() is not None

    def finish(self, seq: int) -> None:
        """Done: its key stays, so that a replay is harmless; its content goes."""
        self._sql(
            "UPDATE inbox SET state = 'done', room = NULL, party = NULL, sealed = NULL "
            "WHERE seq = ?",
            (seq,),
        )

    def stumble(self, seq: int, error: str, last: bool) -> None:
        self._sql(
            "UPDATE inbox SET tries = tries + 1, error = ?, state = ? WHERE seq = ?",
            (error, "aside" if last else "ready", seq),
        )

    def savepoint(self) -> None:
        self._sql("SAVEPOINT row")
        self._forgotten = {**self.forgotten}

    def release(self) -> None:
        self._sql("RELEASE row")

    def back(self) -> None:
        self._sql("ROLLBACK TO row")
        self._sql("RELEASE row")
        self.forgotten = self._forgotten  # else a backup would lose what nobody has erased

    def ring(self, deaf: Collection[str] = ()) -> int:
        """Move into the inbox what is due and for no bot in `deaf`; how many."""
        rung = [x for x in self.due() if x.may_ring(deaf)]
        for timer in rung:
            self.enter(timer.record)
            self._sql("DELETE FROM timers WHERE key = ?", (timer.place,))
        return len(rung)


def room_event_key(account: str, event: RawEvent) -> str:
    return f"room/{account}/{event['event_id']}"


def _whose(record: Waiting) -> tuple[str, str]:
    """Room and sender; what comes of something that we did in a room is nobody's but the room's."""
    match record:
        case Happened() | Locked():
            return record.room, str(record.event.get("sender", ""))
        case Answer():
            return record.question.room, record.question.room
        case Told(event=Performed(room_id=str(room))):
            return room, room
    return "", ""
