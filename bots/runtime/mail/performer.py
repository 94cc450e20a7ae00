"""Carries mails out: letter and reader are looked up, put together and handed to the server."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, NoReturn

from bots.runtime.mail.bearing import Bearing, Stubborn
from bots.runtime.mail.documents import (
    ADDRESSES,
    GONE,
    LATER,
    LETTERS,
    NOBODY,
    REFUSED,
    TROUBLE,
    UNKNOWN,
    Address,
    Trouble,
)
from bots.runtime.mail.pacing import Paces
from bots.runtime.model.decision import Deliver
from bots.runtime.office.performing import Declined, Refused, TryLater
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from bridges.email.composing import Composer, Prepared
from bridges.email.headers import Unsafe
from bridges.email.letters import Letter, Reader
from bridges.email.replies import Concerns
from bridges.email.smtp import Away, InDoubt, Later, Never, NotSent, Pool
from federation.performing.perform import Outcome

DOUBT = "mail/doubt"
MOST_DOUBTS = 2
PREPARED = 32
"""Letters that are kept rendered."""


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


_Kept = tuple[Letter | None, Address | None]
"""What is kept of letter and address; None for what is gone."""


@dataclass(frozen=True, slots=True)
class _Sending:
    job: Mapping[str, Any]
    kept: _Kept

    def stands(self, tx: Transaction) -> bool:
        return _kept(tx, self.job) == self.kept


class Mail:
    """`Deliver(bridge="mail", …)` with the content of `bots.runtime.mail.documents.mail`."""

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
        self._server = Bearing()
        self._first = asyncio.Lock()
        self._letters = OrderedDict[str, Bearing]()
        self._stubborn = Stubborn()
        self._noted = True
        """There may be a trouble in the store; after a start, one of before."""

    async def reachable(self) -> bool:
        """Whether no mail waits for the mail server to be itself again."""
        return await self._store.run("trouble", lambda tx: tx.document(TROUBLE, "trouble") is None)

    async def close(self) -> None:
        for task in self._prepared.values():
            task.cancel()
        await self._pool.close()

    async def perform(self, action: Deliver, action_id: str) -> Outcome:
        async with self._turn():
            return await self._perform(action.content, action_id)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """After trouble one mail goes first, and all others wait for what becomes of it."""
        if (pause := self._server.wait(self._now())) > 0:
            raise TryLater("pause", pause)
        if self._server.trouble == 0:
            yield
            return
        async with self._first:
            if (pause := self._server.wait(self._now())) > 0:
                raise TryLater("pause", pause)
            if self._server.trouble:
                yield
                return
        yield

    async def _perform(self, job: Mapping[str, Any], action_id: str) -> Outcome:
        if self._letter(job["letter"]).wait(self._now()) > 0:
            raise Declined(LATER)  # in its lane others may wait
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
        return _Found(letter, address.address, int(tx.get(DOUBT, action_id) or 0), kept)

    async def _send(self, found: _Found, job: Mapping[str, Any], action_id: str) -> None:
        reader = Reader(job["reader"], found.address, job["token"])
        try:
            prepared = await self._prepare(found.letter)
            now = datetime.fromtimestamp(self._now(), self._settings.timezone)
            message = self._composer.compose(prepared, reader, now)
            await self._hand_over(reader, message, action_id, _Sending(job, found.kept))
        except Unsafe:
            raise Refused("unsafe") from None

    async def _hand_over(
        self, reader: Reader, message: bytes, action_id: str, sending: _Sending
    ) -> None:
        urgent, letter = bool(sending.job["urgent"]), self._letter(sending.job["letter"])

        async def commit() -> None:
            if not await self._notes.doubt(action_id, sending.stands):
                raise TryLater("changed", 0.0)  # while it waited for a connection

        began = self._now()
        try:
            await self._pool.send(
                self._settings.bounces, reader.address, message, commit, urgent=urgent
            )
        except NotSent as error:
            if not isinstance(error, InDoubt):
                self._notes.settled(action_id)
                self._paces.give_back()
            await self._failed(error, began, action_id)
            await self._refused(error, letter, reader.id, began)
        else:
            self._notes.settled(action_id)
            self._server.served(reader.id, began)
            self._stubborn.served(action_id)
            letter.served(reader.id, began)
            await self._note_end()

    async def _failed(self, error: NotSent, began: float, action_id: str) -> None:
        """Charge it to whom it concerns, unless that is to be found out."""
        match error:
            case InDoubt():
                pause = self._server.lost(began, self._now())
                await self._stand(error)
                raise TryLater("doubt", pause)
            case Away() if error.concerns is Concerns.CONNECTION:
                pause = self._server.lost(began, self._now())
                await self._stand(error)
                raise TryLater("away", pause)
            case Away():
                raise TryLater("away", await self._leave_alone(error, began))
            case Later() if error.concerns is Concerns.SERVER and not self._stubborn.is_alone(
                action_id, self._now()
            ):
                raise TryLater("away", await self._leave_alone(error, began))
            case Later():
                raise Declined(f"{LATER} {error}")
            case Never(nobody=True):
                raise Declined(f"{NOBODY} {error}")

    async def _refused(
        self, error: NotSent, letter: Bearing, reader: str, began: float
    ) -> NoReturn:
        """A server that has come to refuse everything must not use up a whole list; and what it
        says of us is no reason to give up a reader's mail."""
        of_letter = error.concerns is Concerns.LETTER
        bearing = letter if of_letter else self._server
        if not bearing.refusals.are_too_many(reader):
            of_server = error.concerns is Concerns.SERVER
            raise Declined(f"{LATER if of_server else REFUSED} {error}")
        if of_letter:
            bearing.failed(began, self._now())
        else:
            await self._leave_alone(error, began)
        raise Declined(f"{LATER} {error}")

    async def _leave_alone(self, error: NotSent, began: float) -> float:
        pause = self._server.failed(began, self._now())
        await self._stand(error)
        return pause

    async def _stand(self, error: NotSent) -> None:
        """The bot tells those who wait for mails: since when, and what the server said."""
        if self._server.trouble:
            self._noted = True
            note = Trouble(self._now(), str(error))
            await self._store.run("trouble", lambda tx: _keep_trouble(tx, note))

    async def _note_end(self) -> None:
        if self._noted and not self._server.trouble:
            self._noted = False
            await self._store.run("trouble", lambda tx: tx.discard(TROUBLE, "trouble"))

    def _letter(self, key: str) -> Bearing:
        found = self._letters.setdefault(key, Bearing())
        while len(self._letters) > PREPARED:
            self._letters.popitem(last=False)
        return found

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
    return tx.document(LETTERS, job["letter"]), tx.document(ADDRESSES, job["reader"])


def _keep_trouble(tx: Transaction, note: Trouble) -> None:
    if tx.document(TROUBLE, "trouble") is None:
        tx.keep(TROUBLE, note)


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
