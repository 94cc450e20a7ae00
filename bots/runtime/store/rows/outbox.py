"""What is decided and waits to be carried out."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bots.runtime.store.records import OUTBOX, Order
from bots.runtime.store.rows.vault import Vault
from bots.runtime.store.sealing import ID_HALF
from federation.model.links import server_of
from federation.model.ports import Echo

HELD = "restored"
"""Why a row waits that may have left before a backup was restored."""
SERVER = 8
"""Bytes of a party that tell the homeserver."""
ROW = "seq, id, lane, tries, not_before, party, sealed"
RESTS = 1e12
"""`not_before` of a row that waits for somebody to come, which may never happen: its lane is
neither work that is due nor a backlog."""
AWAKE = f"lane NOT IN (SELECT lane FROM outbox WHERE state = 'ready' AND not_before >= {RESTS})"  # noqa: S608


@dataclass(frozen=True, slots=True)
class OutboxRow:
    seq: int
    id: str
    lane: bytes
    tries: int
    not_before: float
    party: bytes
    """Because of whom it is done: see `Outbox.party`."""
    payload: bytes = field(repr=False)

    def order(self) -> Order:
        return OUTBOX.read(self.payload)


class Outbox(Vault):
    """Rows of actions, each in a lane. The first of a lane that is not done holds up the others."""

    def action_id(self, cause: str, slot: str, *, here: bool = False) -> str:
        return self._sealer.action_id(cause, slot, here=here)

    def party(self, account: str, user: str) -> bytes:
        """Whoever brings something about: first a fingerprint of the homeserver, zeros for our own,
        then one of the person."""
        server = server_of(user)
        where = self._sealer.mark("server", server) if server != server_of(account) else bytes(16)
        return where[:SERVER] + self._sealer.mark("whose", user)

    def append(
        self,
        action_id: str,
        lane: str,
        order: Order,
        *,
        held: bool = False,
        party: bytes | None = None,
    ) -> None:
        """`lane`: what it must keep its order in; `held`: until somebody releases it; `party`:
        because of whom, where that is known."""
        place, mark = action_id.encode(), self._sealer.mark("lane", lane)
        self.lanes[mark] = None
        self._sql(
            "INSERT INTO outbox (id, lane, party, makes, state, error, decided, sealed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                action_id,
                mark,
                bytes(SERVER) + mark if party is None else party,
                None if order.makes is None else self._sealer.mark("handle", order.makes),
                "aside" if held else "ready",
                HELD if held else None,
                self.now,
                self._sealer.seal("outbox", place, OUTBOX.write(order)),
            ),
        )

    def heads(self, without: Collection[bytes] = ()) -> list[OutboxRow]:
        """The first row of each lane, but these, that is not done and does not rest; oldest
        first."""
        firsts = self._sql("SELECT min(seq), lane FROM outbox WHERE state = 'ready' GROUP BY lane")
        found = (self._numbered(seq) for seq, lane in sorted(firsts) if lane not in without)
        return [self._opened(row) for row in found if row[4] < RESTS]

    def _numbered(self, seq: int) -> Any:
        return self._sql(f"SELECT {ROW} FROM outbox WHERE seq = ?", (seq,)).fetchone()  # noqa: S608

    def _opened(self, row: Sequence[Any]) -> OutboxRow:
        seq, id_, lane, tries, wait, party, sealed = row
        payload = self._sealer.open("outbox", id_.encode(), sealed)
        return OutboxRow(seq, id_, lane, tries, wait, party, payload)

    def head(self, lane: bytes) -> OutboxRow | None:
        found = self._rows("lane = ?", lane, most=1)
        return found[0] if found else None

    def is_coming(self, handle: str, *, ahead: bytes = b"") -> bool:
        """Whether an action that will fill this handle still waits. `ahead`: the lane whose first
        row asks. What is behind it there would wait for it in turn, and does not count."""
        place = self._sealer.mark("handle", handle)
        waiting = "SELECT 1 FROM outbox WHERE makes = ? AND lane != ? AND state = 'ready'"
        return self._sql(waiting, (place, ahead)).fetchone() is not None

    def waiting_order(self, action_id: str) -> Order | None:
        """Of an action that is not done."""
        found = self._sql(
            "SELECT sealed FROM outbox WHERE id = ? AND state = 'ready'", (action_id,)
        ).fetchone()
        if found is None:
            return None
        return OUTBOX.read(self._sealer.open("outbox", action_id.encode(), found[0]))

    def idle(self) -> bool:
        """Whether nothing that could be done waits."""
        waiting = "SELECT 1 FROM inbox WHERE state = 'ready' UNION ALL "
        waiting += f"SELECT 1 FROM outbox WHERE state = 'ready' AND {AWAKE} LIMIT 1"  # noqa: S608
        return self._sql(waiting).fetchone() is None

    def sent(self, row: OutboxRow) -> bool:
        """Mark as carried out; False if it was so already."""
        self._keep_echoes(row.id, ())
        return (
            self._sql(
                "UPDATE outbox SET state = 'done', party = NULL, sealed = NULL "
                "WHERE seq = ? AND state = 'ready'",
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

    def rest(self, seq: int) -> None:
        """Let it wait, and its lane with it, until somebody comes: see `stir`."""
        self._sql("UPDATE outbox SET not_before = ? WHERE seq = ?", (RESTS, seq))

    def stir(self, lane: str) -> None:
        """Somebody has come, or gone: what rests in this lane is tried again."""
        self._stir(self._sealer.mark("lane", lane))

    def _stir(self, mark: bytes) -> None:
        rested = self._sql(
            "UPDATE outbox SET not_before = 0 "
            "WHERE state = 'ready' AND lane = ? AND not_before >= ?",
            (mark, RESTS),
        )
        if rested.rowcount:
            self.lanes[mark] = None

    def rest_with(self, room: str, lane: bytes) -> None:
        """This lane is one of several of a room, and rests until somebody comes there."""
        known = self.get("resting", room) or []
        self.put("resting", room, sorted({*known, lane.hex()}))

    def stir_others(self, room: str) -> None:
        """As `stir`, for what is said there for single persons."""
        for lane in self.get("resting", room) or ():
            self._stir(bytes.fromhex(lane))
        self.delete("resting", room)

    def coming(self, handle: str) -> OutboxRow | None:
        """What still waits to fill this handle."""
        found = self._rows("makes = ?", self._sealer.mark("handle", handle))
        return found[0] if found else None

    def in_lane(self, lane: bytes) -> list[OutboxRow]:
        """All that waits there."""
        return self._rows("lane = ?", lane)

    def _rows(self, where: str, value: bytes, *, most: int = -1) -> list[OutboxRow]:
        found = self._sql(
            f"SELECT {ROW} FROM outbox WHERE state = 'ready' "  # noqa: S608
            f"AND {where} ORDER BY seq LIMIT {most}",
            (value,),
        ).fetchall()
        return [self._opened(row) for row in found]

    def drop(self, row: OutboxRow) -> None:
        """Nobody needs it any more. Its fingerprint stays, as of what is done."""
        self._sql(
            "UPDATE outbox SET state = 'done', party = NULL, sealed = NULL WHERE seq = ?",
            (row.seq,),
        )
        self.lanes[row.lane] = None

    def waiting(self) -> Iterator[tuple[int, Order]]:
        """All that waits to be carried out: number and order."""
        found = self._sql("SELECT seq, id, sealed FROM outbox WHERE state = 'ready'").fetchall()
        for seq, id_, sealed in found:
            yield seq, OUTBOX.read(self._sealer.open("outbox", id_.encode(), sealed))

    def release_held(self) -> int:
        """Let rows go that wait since a backup was restored; how many."""
        return self._sql(
            "UPDATE outbox SET state = 'ready', error = NULL WHERE state = 'aside' AND error = ?",
            (HELD,),
        ).rowcount

    def put_aside(self, seq: int, error: str) -> None:
        self._sql("UPDATE outbox SET state = 'aside', error = ? WHERE seq = ?", (error, seq))

    def echo(self, action_id: str, echo: Echo) -> None:
        """Several may carry one id: a homeserver can write in our name what it has seen of us."""
        done = "SELECT 1 FROM outbox WHERE id = ? AND state = 'done'"
        found = self.echoes(action_id)
        if echo not in found and self._sql(done, (action_id,)).fetchone() is None:
            self._keep_echoes(action_id, [*found, echo])

    def echoes(self, action_id: str) -> list[Echo]:
        return [Echo(*x) for x in self._echoes(action_id).get(action_id, ())]

    def answered(self, cause: str) -> bool:
        """Whether the room of this event already has something of ours that it has brought
        about, and this store does not know of."""
        return self.get("echo", self._sealer.answer_mark(cause)) is not None

    def forget_echoes(self, room_id: str) -> None:
        """What our own events in a room told."""
        for name, kept in [*self.scan("echo")]:
            left = {x: at for x, echoes in kept.items() if (at := _not_in(room_id, echoes))}
            if not left:
                self.erase("echo", name)
            elif left != kept:
                self.put("echo", name, left)

    def _echoes(self, action_id: str) -> dict[str, list[list[str]]]:
        found: dict[str, list[list[str]]] = self.get("echo", action_id[:ID_HALF]) or {}
        return found

    def _keep_echoes(self, action_id: str, echoes: Sequence[Echo]) -> None:
        """A row holds those of all ids that begin alike: see `Sealer.action_id`."""
        kept = self._echoes(action_id)
        before = kept.pop(action_id, None)
        if echoes:
            kept[action_id] = [[*dataclasses.astuple(x)] for x in echoes]
        if kept:
            self.put("echo", action_id[:ID_HALF], kept)
        elif before is not None:
            self.erase("echo", action_id[:ID_HALF])


def _not_in(room_id: str, echoes: Sequence[list[str]]) -> list[list[str]]:
    return [x for x in echoes if Echo(*x).room_id != room_id]
