"""Carries mails out: letter and reader are looked up, put together and handed to the server."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from bots.mail.documents import (
    ADDRESS,
    GONE,
    LATER,
    LETTER,
    NOBODY,
    REFUSED,
    UNKNOWN,
    letter_from,
)
from bots.mail.pacing import Paces
from bots.runtime.decision import Deliver
from bots.runtime.performing import Declined, Refused, TryLater
from bots.runtime.store import Store
from bots.runtime.transaction import Transaction
from bridges.email.composing import Composer, Prepared
from bridges.email.headers import Unsafe
from bridges.email.letters import Letter, Reader
from bridges.email.smtp import Away, InDoubt, Later, Never, Pool
from federation.perform import Outcome

DOUBT = "mail/doubt"
MOST_DOUBTS = 2
PREPARED = 32
"""Letters that are kept rendered."""
BAD_RUN = 5
"""Refusals in a row, by whichever mail, after which the server is left alone for a while."""
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 900.0


@dataclass(frozen=True, slots=True)
class Settings:
    bounces: str
    """Where the server sends what it can't deliver: the address of the envelope."""
    timezone: tzinfo = UTC
    max_per_hour: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    letter: Letter
    address: str
    doubts: int
    kept: _Kept


_Kept = tuple[Any, Any]
"""What is kept of letter and address; None for what is gone."""


class Mail:
    """`Deliver(bridge="mail", …)` with the content of `bots.mail.documents.mail`."""

    def __init__(
        self,
        store: Store,
        pool: Pool,
        composer: Composer,
        settings: Settings,
        now: Callable[[], float],
    ) -> None:
        """`now`: seconds since the epoch."""
        self.ready = asyncio.Event()
        self.ready.set()
        self._store = store
        self._pool = pool
        self._composer = composer
        self._settings = settings
        self._now = now
        self._paces = Paces(settings.max_per_hour)
        self._notes = _Notes(store, self._paces)
        self._prepared: OrderedDict[str, asyncio.Task[Prepared]] = OrderedDict()
        self._trouble = 0
        self._refusals = 0
        self._left_alone_until = 0.0

    @property
    def reachable(self) -> bool:
        """Whether the mail server took what it was last given."""
        return self._trouble == 0

    async def close(self) -> None:
        for task in self._prepared.values():
            task.cancel()
        await self._pool.close()

    async def perform(self, action: Deliver, action_id: str) -> Outcome:
        job = action.content
        if self._now() < self._left_alone_until:
            raise TryLater("pause", self._left_alone_until - self._now(), everything=True)
        found = await self._store.run("mail", lambda tx: self._look(tx, job, action_id))
        if found.doubts >= MOST_DOUBTS:
            self._notes.settled(action_id)
            raise Declined(UNKNOWN)
        wait = self._paces.take(self._now(), urgent=bool(job["urgent"]))
        if wait > 0:
            raise TryLater("pace", wait)
        await self._send(found, job, action_id)
        return Outcome("")

    def _look(self, tx: Transaction, job: Mapping[str, Any], action_id: str) -> _Found:
        self._paces.load(tx)
        kept = letter, address = _kept(tx, job)
        if letter is None or address is None:
            raise Declined(GONE)
        return _Found(letter_from(letter), address, int(tx.get(DOUBT, action_id) or 0), kept)

    async def _send(self, found: _Found, job: Mapping[str, Any], action_id: str) -> None:
        reader = Reader(job["reader"] + job["once"], found.address, job["token"])
        try:
            prepared = await self._prepare(found.letter)
            now = datetime.fromtimestamp(self._now(), self._settings.timezone)
            message = self._composer.compose(prepared, reader, now)
            await self._hand_over(
                reader, message, action_id, lambda tx: _kept(tx, job) == found.kept
            )
        except Unsafe:
            raise Refused("unsafe") from None

    async def _hand_over(
        self, reader: Reader, message: bytes, action_id: str, stands: _Stands
    ) -> None:
        async def commit() -> None:
            if not await self._notes.doubt(action_id, stands):
                raise TryLater("changed", 0.0)  # while it waited for a connection

        try:
            await self._pool.send(self._settings.bounces, reader.address, message, commit)
        except InDoubt:
            self._stumbled(1)
            raise TryLater("doubt", FIRST_PAUSE) from None
        except Away:
            self._notes.settled(action_id)
            raise TryLater("away", self._stumbled(1), everything=True) from None
        except Later:
            self._notes.settled(action_id)
            self._stumbled(BAD_RUN)
            raise Declined(LATER) from None
        except Never as error:
            self._notes.settled(action_id)
            raise Declined(self._refused(error)) from None
        self._notes.settled(action_id)
        self._trouble = self._refusals = 0

    def _refused(self, error: Never) -> str:
        """A server that has come to refuse everything must not use up a whole list."""
        if error.address:
            return NOBODY
        self._refusals += 1
        if self._refusals <= BAD_RUN:
            return REFUSED
        self._stumbled(BAD_RUN)
        return LATER

    def _stumbled(self, bearable: int) -> float:
        """Leave the server alone if it was too often in a row; for how many seconds."""
        self._trouble += 1
        grown = self._trouble - bearable
        if grown < 0:
            return 0.0
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(grown, 20))
        self._left_alone_until = self._now() + pause
        return pause

    async def _prepare(self, letter: Letter) -> Prepared:
        """Rendered once, however many readers wait for it."""
        task = self._prepared.get(letter.key)
        if task is None or (task.done() and task.result().letter != letter):
            task = asyncio.create_task(asyncio.to_thread(self._composer.prepare, letter))
            self._prepared[letter.key] = task
            while len(self._prepared) > PREPARED:
                self._prepared.popitem(last=False)
        try:
            return await asyncio.shield(task)
        except Unsafe:
            self._prepared.pop(letter.key, None)
            raise


_Stands = Callable[[Transaction], bool]
"""Whether a mail may still leave as it was put together."""


def _kept(tx: Transaction, job: Mapping[str, Any]) -> _Kept:
    return tx.get(LETTER, job["letter"]), tx.get(ADDRESS, job["reader"])


class _Notes:
    """Which mails are in doubt, on disk. Connections that are ready together share a commit."""

    def __init__(self, store: Store, paces: Paces) -> None:
        self._store = store
        self._paces = paces
        self._writing = asyncio.Lock()
        self._doubted: dict[str, _Stands] = {}
        self._settled: set[str] = set()
        self._overtaken: set[str] = set()

    async def doubt(self, action_id: str, stands: _Stands) -> bool:
        """Return once it is on disk; False, and nothing is noted, if the mail must not leave."""
        self._doubted[action_id] = stands
        async with self._writing:
            if action_id in self._doubted:  # else written along with another one
                doubted, self._doubted = self._doubted, {}
                settled, self._settled = self._settled, set()
                self._overtaken |= await self._store.run(
                    "doubt", lambda tx: self._write(tx, doubted, settled)
                )
        overtaken = action_id in self._overtaken
        self._overtaken.discard(action_id)
        return not overtaken

    def settled(self, action_id: str) -> None:
        """The server has answered. Erased with the next commit: until then it does no harm."""
        self._settled.add(action_id)

    def _write(
        self, tx: Transaction, doubted: Mapping[str, _Stands], settled: set[str]
    ) -> set[str]:
        """Those that must not leave."""
        for action_id in settled:
            tx.delete(DOUBT, action_id)
        overtaken = {action_id for action_id, stands in doubted.items() if not stands(tx)}
        for action_id in doubted.keys() - overtaken:
            tx.put(DOUBT, action_id, int(tx.get(DOUBT, action_id) or 0) + 1)
        self._paces.save(tx)
        return overtaken
