"""One transaction of an office's store, over all of its tables (`bots.runtime.store.rows`).

Serves three readers through narrow interfaces: a session (`federation.model.ports.Ledger`), a
bot's rule (`bots.runtime.kit.documents.View`) and the runtime itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bots.runtime.model.decision import Deliver
from bots.runtime.store.records import Order
from bots.runtime.store.rows.documents import Documents
from bots.runtime.store.rows.handles import Handles
from bots.runtime.store.rows.inbox import Inbox, InboxRow
from bots.runtime.store.rows.outbox import AWAKE, HELD, Outbox, OutboxRow
from bots.runtime.store.rows.resealing import Resealing
from bots.runtime.store.rows.table import encode
from federation.encryption.standing import devices, reaches, seen
from federation.model import rooms
from federation.model.actions import Action, CreateRoom, Handle, Ref
from federation.model.events import RoomView, Seen
from federation.model.ports import ANY, Echo

WAITING = (
    ("inbox", "inbox", "key", "UPDATE inbox SET state = 'done', party = NULL, sealed = NULL"),
    ("outbox", "outbox", "id", "UPDATE outbox SET state = 'done', party = NULL, sealed = NULL"),
    ("timers", "timer", "key", "DELETE FROM timers"),
)
"""Tables: as what their rows are sealed, by which column they are told apart, and how they end."""

__all__ = ["HELD", "InboxRow", "OutboxRow", "Standing", "Transaction"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the work of an office is, for `buendnis doctor`."""

    oldest: float | None
    """When the action that waits longest was decided."""
    slowed: int
    """Actions that a homeserver's rate limit put off."""
    unread: int
    """Events that came and could not be decrypted."""


class Transaction(Inbox, Outbox, Handles, Documents, Resealing):
    """All tables of a store inside one transaction, which the store begins and commits."""

    def echo(self, action_id: str, echo: Echo) -> None:
        """Note that it was done; its handle is filled at once, since what came with the echo may
        be an answer to it."""
        super().echo(action_id, echo)
        order = self.waiting_order(action_id)
        if order is not None:
            self.fill_known(action_id, order)

    def stands(self, action_id: str, action: Action | Deliver) -> Echo | None:
        """Where it was done before, as an event of ours tells: of its kind, in the room that it
        names."""
        kinds = (type(action).__name__, ANY)
        for echo in self.echoes(action_id):
            if echo.kind in kinds and self._is_at(getattr(action, "room", None), echo.room_id):
                return echo
        return None

    def _is_at(self, room: Ref | None, room_id: str) -> bool:
        """Where the handle's room is not known yet, another one's at least is none."""
        if not isinstance(room, Handle):
            return room in (None, room_id)
        made, other = self.made(room), self.made_by_room(room_id)
        return made.room_id == room_id if made is not None else other is None

    def fill_known(self, action_id: str, order: Order) -> None:
        """Fill the handle of what was done before. Nothing is said in a room that is half made."""
        action, known = order.action, self.stands(action_id, order.action)
        if order.makes is None or known is None:
            return
        if not isinstance(action, CreateRoom):
            self.fill(order.makes, known.room_id, known.event_id, action_id)
        elif rooms.load(self, order.by, known.room_id).encrypted or not action.encrypted:
            self.fill(order.makes, known.room_id, None, action_id)

    def view(self, account: str, room_id: str) -> RoomView:
        """A room as the account knows it now."""
        room = rooms.load(self, account, room_id)
        return room.view(account) if room.joined else RoomView()

    def devices(self, account: str, user: str) -> frozenset[str] | None:
        """The user's devices that are given keys; None where they have to be asked for."""
        return devices(self, account, user)

    def identity(self, account: str, user: str) -> Seen:
        """The user's cross-signing keys as the account knows them now."""
        return seen(self, account, user)

    def reaches(self, account: str, user: str, identity: str) -> bool | None:
        """See `bots.runtime.kit.documents.View`."""
        return reaches(self, account, user, identity)

    def secret(self, purpose: str, about: str) -> bytes:
        """See `bots.runtime.kit.documents.View`."""
        return self._sealer.derived(purpose, about)

    def forget_waiting(self, names: Collection[str]) -> None:
        """Drop what waits, or was set aside, and names any of these rooms or people. The row of
        the decision at hand may be among it."""
        wanted = [encode(x) for x in names]  # in quotes: one name may begin as another does
        for table, kind, name, ends in WAITING:
            found = self._sql(
                f"SELECT {name}, CAST({name} AS BLOB), sealed FROM {table} "  # noqa: S608
                "WHERE sealed IS NOT NULL"
            ).fetchall()
            for row, place, sealed in found:
                if any(x in self._sealer.open(kind, place, sealed) for x in wanted):
                    self._sql(f"{ends} WHERE {name} = ?", (row,))
        for name, _ in [*self.rows("question")]:
            if any(x in name.encode() for x in wanted):
                self.erase("question", name)

    def counts(self) -> dict[str, int]:
        """How many rows are where, also where there are none: for `buendnis status`."""
        result = {f"inbox_{state}": 0 for state in ("ready", "locked", "aside", "done")}
        result |= {f"outbox_{state}": 0 for state in ("ready", "aside", "done")}
        for table in ("inbox", "outbox"):
            rows = self._sql(f"SELECT state, count(*) FROM {table} GROUP BY state")  # noqa: S608
            result |= {f"{table}_{state}": number for state, number in rows}
        result["timers"] = self._sql("SELECT count(*) FROM timers").fetchone()[0]
        resting = f"SELECT count(*) FROM outbox WHERE state = 'ready' AND NOT {AWAKE}"  # noqa: S608
        if number := self._sql(resting).fetchone()[0]:
            result["outbox_ready"] -= number
            result["outbox_resting"] = number
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
        oldest = self._sql(f"SELECT min(decided) FROM outbox WHERE state = 'ready' AND {AWAKE}")  # noqa: S608
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
