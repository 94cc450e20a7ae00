"""An office: one process, one store, one account a bot, and the loops that join them."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bots.runtime.kit.bot import Bot
from bots.runtime.model.decision import FormSubmitted, MailReceived, Rewound, Started
from bots.runtime.model.errors import StoreError
from bots.runtime.office.deciding import Deciding, Progress
from bots.runtime.office.delivering import Delivering
from bots.runtime.office.heads import Head, appended
from bots.runtime.office.performing import AccountPerformer, Bridge, Performer
from bots.runtime.process.clock import Clock, SystemClock
from bots.runtime.store import heads, recording
from bots.runtime.store.records import Told
from bots.runtime.store.restored import RENEWED, read_restored, settle
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from bots.runtime.store.whose import check_whose
from federation.client import erasures
from federation.model.errors import FederationError
from federation.syncing.session import Session

log = logging.getLogger(__name__)

MARK_EVERY = 60.0
KEEP_DONE = 90 * 24 * 3600.0
"""Seconds that the keys of rows which are done are kept, so that replays stay harmless."""


@dataclass(frozen=True, slots=True)
class Post:
    """A bot and the session of its account."""

    bot: Bot
    session: Session


class Office:
    """Takes in, decides and delivers until it is told to stop.

    `posts`: a session and its bot each; `bridges`: by the name that a `Deliver` has.
    """

    def __init__(
        self,
        store: Store,
        posts: Sequence[Post],
        clock: Clock | None = None,
        bridges: Mapping[str, Bridge] | None = None,
    ) -> None:
        self.store = store
        self._posts = posts
        self.bridges = dict(bridges or {})
        """Performers besides the accounts, by the name that `Deliver.bridge` gives; any that are
        needed are there before `run`."""
        self._clock = clock or SystemClock()
        self._noted: erasures.Pieces = {}
        self.prepare: Callable[[], Awaitable[None]] | None = None
        """What has to be found out before bots begin, once their accounts are logged in."""
        self.rotation = Rotation(store)
        self.ready = asyncio.Event()
        """Set once every account is logged in and trusted, and the office has taken its place."""

    @property
    def posts(self) -> Sequence[Post]:
        return self._posts

    async def run(self) -> None:
        """Run until cancelled. Raises FederationError if an account can't go on, and StoreError if
        the store can't be used."""
        # What was loaded until now stays for good; a collector that looked through all of it again
        # would block the loop for 50 to 130 ms.
        gc.freeze()
        ours = [post.session.account for post in self._posts]
        await self.store.run("whose", lambda tx: check_whose(tx, ours))
        for post in self._posts:
            await post.session.open()
        self._join_up()
        await self._after_restore()
        if self.prepare is not None:
            await self.prepare()
        await self.store.run("start", self._start)
        self.ready.set()
        ended: Exception | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                for post in self._posts:
                    tasks.create_task(post.session.run())
                tasks.create_task(self._decide())
                tasks.create_task(self._mark())
                tasks.create_task(self.rotation.run())
                tasks.create_task(self._delivering.run())
        except* (FederationError, StoreError) as group:
            ended = group.exceptions[0]
        if ended is not None:
            raise ended from None

    def _join_up(self) -> None:
        """Accounts are known by their full ids only once they are logged in."""
        recent = {post.session.account: post.session.recent for post in self._posts}
        self.deciding = Deciding({post.session.account: post.bot for post in self._posts}, recent)
        self.deciding.deaf = self._deaf
        accounts = {post.session.account: AccountPerformer(post.session) for post in self._posts}
        performers: dict[str, Performer] = {**accounts, **self.bridges}
        self._delivering = Delivering(self.store, self._clock, performers, recent)
        self._delivering.caught_up.clear()
        self._inbox = self._delivering.decided
        for post in self._posts:
            post.session.came_back = partial(self._came_back, post.session)
            post.session.spoken = self._delivering.spoken
        self._until: float | None = None
        """Until when the loop of decisions waits, if nothing comes."""
        for told in ("sync", "devices"):
            self.store.follow(told, "decide", self._decide_at_once, self._decided)

    def _came_back(self, session: Session) -> None:
        self._inbox.set()
        self._delivering.came_back(session.account)

    async def _after_restore(self) -> None:
        """Where a backup was restored: forget again what was forgotten after it was made."""
        restored = await self.store.run("restored", read_restored)
        if restored is None:
            return
        self.deciding.restored_at = restored.at
        if not restored.settled:
            first = self._posts[0].session
            erased = await erasures.read(first.server, first.account)
            await self.store.run("forget", lambda tx: settle(tx, restored, erased))

    def _start(self, tx: Transaction) -> None:
        tx.prune(tx.now - KEEP_DONE)
        recording.begin(tx, heads.read(self.store.folder))
        tx.hasten_all()  # who waited for which handle was known to the last process alone
        start = int(tx.read("office", "starts") or b"0") + 1
        tx.write("office", "starts", str(start).encode())
        renewed = tx.read(*RENEWED) is not None
        tx.erase(*RENEWED)
        for post in self._posts:
            bot, event = post.bot.name, Started(post.session.account, start, renewed)
            tx.enter(Told(f"started/{bot}/{start}", bot, event))
        for window in tx.rewind():
            rewound = Rewound(window.timer)
            tx.enter(Told(f"rewound/{window.bot}/{window.timer}/{start}", window.bot, rewound))

    async def begin_again(self) -> None:
        """Tell every bot that it starts, as after a restart: its settings are others now."""
        await self.store.run("start", self._start)
        self._inbox.set()

    @property
    def _caught_up(self) -> bool:
        """What came while we were away is in the inbox once every account has synced."""
        return all(post.session.synced.is_set() for post in self._posts)

    def _deaf(self) -> frozenset[str]:
        """See `Deciding.deaf`."""
        caught_up = self._caught_up
        return frozenset(
            post.bot.name for post in self._posts if not (caught_up and post.session.reachable)
        )

    def _decide_at_once(self, tx: Transaction) -> tuple[Progress, list[Head]]:
        return self.deciding.some(tx), appended(tx)

    def _decided(self, found: tuple[Progress, list[Head]]) -> None:
        """Most of what comes is decided right behind its sync and leaves at once; the loop of
        decisions is for what is more, and for timers."""
        progress, heads = found
        self._delivering.begin(heads)
        if progress.more or _is_other(progress.next_timer, self._until):
            self._inbox.set()

    async def _decide(self) -> None:
        while True:
            self._inbox.clear()
            heard = self._caught_up
            progress = await self.store.run("decide", self.deciding.some)
            if heard and not progress.more:
                self._delivering.caught_up.set()
            if progress.appended:
                self._delivering.wake.set()
            self._until = progress.next_timer
            if not progress.more:
                await self._clock.wait(self._inbox, progress.next_timer)

    async def _mark(self) -> None:
        """Note on the homeserver, now and then, how far everything was handled."""
        marked: dict[str, float] = {}
        while True:
            await asyncio.sleep(MARK_EVERY)
            await self.mark(marked)
            await self.note_erased()

    async def mark(self, marked: dict[str, float]) -> None:
        for post in self._posts:
            session, received = post.session, post.session.received_at
            idle = await self.store.run("idle", Transaction.idle)
            if not idle or received == marked.get(session.account):
                continue
            try:
                await session.mark_handled()
            except FederationError as error:
                log.info("the mark was not written (%s)", type(error).__name__)
            else:
                marked[session.account] = received

    async def note_erased(self) -> None:
        """Note with the homeserver what was forgotten for good."""
        erased = await self.store.run("erased", Transaction.erased)
        session = self._posts[0].session
        try:
            await erasures.write(session.server, session.account, erased, self._noted)
        except FederationError as error:
            log.info("what was forgotten could not be noted (%s)", type(error).__name__)

    async def submit(self, key: str, bot: str, event: FormSubmitted | MailReceived) -> bool:
        """Commit an event that came from outside Matrix; False if its key was known already."""
        entered = await self.store.run("submit", lambda tx: tx.enter(Told(key, bot, event)))
        self._inbox.set()
        return entered

    async def status(self) -> dict[str, Any]:
        """Numbers and opaque ids, for `buendnis status`."""
        counts = await self.store.run("status", Transaction.counts)
        aside = await self.store.run("status", Transaction.aside)
        away = [post for post in self._posts if not post.session.reachable]
        return {
            "pid": os.getpid(),
            "homeserver": "away, trying again" if away else "reachable",
            "counts": counts,
            "decided": self.deciding.decided if self.ready.is_set() else {},
            "aside": aside,
        }

    async def close(self) -> None:
        """Close connections and the store; call it after `run` has ended."""
        for bridge in self.bridges.values():
            await bridge.close()
        for post in self._posts:
            await post.session.server.close()
        await self.store.close()


def _is_other(timer: float | None, awaited: float | None) -> bool:
    """Whether a timer may ring before the one that is awaited. By a clock that was set forward it
    seems to be later."""
    return timer is not None and (awaited is None or not -0.01 < timer - awaited < 1.0)
