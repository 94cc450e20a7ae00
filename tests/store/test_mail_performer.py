"""Mails on their way out of a real store: looked up late, noted in time, at a bearable pace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bots.runtime.kit.documents import Collection
from bots.runtime.mail import documents
from bots.runtime.mail.bearing import BAD_RUN
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
from bots.runtime.mail.performer import DOUBT, Mail, Settings
from bots.runtime.model.decision import Deliver
from bots.runtime.office.performing import Declined, Refused, TryLater
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import Store
from bridges.email import tokens
from bridges.email.composing import Composer
from bridges.email.letters import Block, Kind, Letter, Letterhead, Mailbox
from bridges.email.smtp import Hook, Pool, Server
from tests.bench.mailsink import DROP, STALL, Script, Sink, sink

D = TypeVar("D")
SECRET = b"s" * 32
LETTERHEAD = Letterhead(Mailbox("news@net.example"), "news.net.example", "https://net.example/u/")
NOW = 1_800_000_000.0


def letter(text: str = "Hallo", key: str = "a/1/de") -> Letter:
    return Letter(key, "$1", "Betreff", "de", "ltr", (Block(Kind.TEXT, text, "de"),))


@dataclass
class Post:
    store: Store
    sink: Sink
    mail: Mail
    now: list[float]
    settings: Settings
    server: Server
    tries: dict[str, int] = field(default_factory=dict)

    async def put(self, collection: Collection[D], document: D) -> None:
        await self.store.run("test", lambda tx: tx.keep(collection, document))

    async def drop(self, collection: Collection[Any], key: str) -> None:
        await self.store.run("test", lambda tx: tx.discard(collection, key))

    async def add(self, *readers: str) -> None:
        for reader in readers:
            await self.put(ADDRESSES, Address(reader, f"{reader}@mail.example"))

    async def trouble(self) -> Trouble | None:
        return await self.store.run("test", lambda tx: tx.document(TROUBLE, "trouble"))

    def action(self, reader: str, key: str = "a/1/de", **fields: Any) -> Deliver:
        token = tokens.token(SECRET, reader)
        content = documents.mail(key, reader, token, **fields)
        return Deliver(documents.BRIDGE, "1", content)

    async def send(self, reader: str, action_id: str = "", **fields: Any) -> str | None:
        """What it came to: nothing, a word, or the reason why it is to be tried later."""
        action = self.action(reader, **fields)
        try:
            await self.mail.perform(action, action_id or f"id-{reader}")
        except (Declined, Refused) as error:
            return documents.word(error.code)
        except TryLater as error:
            return f"try later: {error}"
        return None

    def reopened(self) -> Mail:
        """As after a kill: whatever was in memory is gone."""
        return _mail(self.store, self.server, self.settings, lambda: self.now[0])


def _mail(store: Store, server: Server, settings: Settings, now: Callable[[], float]) -> Mail:
    return Mail(store, Pool(server), Composer(LETTERHEAD, SECRET), settings, now)


@pytest.fixture
def post(tmp_path: Path) -> Any:
    @asynccontextmanager
    async def open_post(script: Script | None = None, **fields: Any) -> AsyncIterator[Post]:
        store = Store.open(tmp_path / "office", Sealer(b"k" * 32))
        now = [NOW]
        settings = Settings("bounces@net.example", **fields)
        async with sink(script) as found:
            server = Server(
                "127.0.0.1",
                found.port,
                "none",
                name="localhost",
                timeout=30.0,
                content_timeout=2.0,
            )
            mail = _mail(store, server, settings, lambda: now[0])
            post = Post(store, found, mail, now, settings, server)
            await post.put(LETTERS, letter())
            try:
                yield post
            finally:
                await mail.close()
                await store.close()

    return open_post


def first(verb: str, answer: str, times: int = 1) -> Script:
    told = [answer] * times

    def script(found: str, rest: str) -> str | None:
        return told.pop() if found == verb and told else None

    return script


async def test_a_letter_reaches_its_reader(post: Any) -> None:
    async with post() as p:
        await p.add("anna")
        assert await p.send("anna") is None
    (mail,) = p.sink.mails
    assert (mail.sender, mail.recipient) == ("bounces@net.example", "anna@mail.example")
    assert tokens.token(SECRET, "anna").encode() in mail.content


async def test_a_letter_that_was_taken_back_is_not_sent(post: Any) -> None:
    async with post() as p:
        await p.add("anna", "bilal")
        assert await p.send("anna") is None
        await p.drop(LETTERS, "a/1/de")
        assert await p.send("bilal") == GONE
    assert p.sink.count == 1


async def test_a_reader_who_has_left_gets_nothing(post: Any) -> None:
    async with post() as p:
        assert await p.send("anna") == GONE
    assert p.sink.connections == 0


async def test_a_letter_that_was_changed_leaves_as_it_is_now(post: Any) -> None:
    async with post() as p:
        await p.add("anna", "bilal")
        await p.send("anna")
        await p.put(LETTERS, letter("Anderes"))
        await p.send("bilal")
    assert b"Hallo" in p.sink.mails[0].content
    assert b"Anderes" in p.sink.mails[1].content


async def test_a_letter_that_must_not_leave_is_an_admins_affair(post: Any) -> None:
    async with post() as p:
        await p.put(ADDRESSES, Address("evil", "a@b.example\r\nBcc: x@y.example"))
        assert await p.send("evil") == "unsafe"
    assert p.sink.count == 0


@pytest.mark.parametrize(
    ("verb", "answer", "word"),
    [
        ("RCPT", "450 4.2.1 greylisted", LATER),
        ("RCPT", "550 5.1.1 nobody", NOBODY),
        ("RCPT", "554 5.7.1 blocked", LATER),
        ("END", "451 later", LATER),
        ("END", "554 no", REFUSED),
        ("MAIL", "451 later", "try later: away"),
        ("CONNECT", "421 later", "try later: away"),
        ("END", "421 closing", "try later: away"),
        ("END", DROP, "try later: doubt"),
        ("END", STALL, "try later: doubt"),
    ],
)
async def test_what_servers_say_becomes_a_word(
    post: Any, verb: str, answer: str, word: str
) -> None:
    async with post(first(verb, answer)) as p:
        await p.add("anna")
        assert await p.send("anna") == word


# -- doubt -----------------------------------------------------------------------------------------


async def test_a_mail_whose_answer_was_lost_is_sent_once_more_and_no_third_time(post: Any) -> None:
    async with post(first("END", DROP, 5)) as p:
        await p.add("anna")
        said = []
        for _ in range(4):
            said.append(await p.send("anna"))
            p.now[0] += 3_600
    assert said == ["try later: doubt", "try later: doubt", UNKNOWN, UNKNOWN]
    assert p.sink.count == 2
    assert len({x.message_id for x in p.sink.mails}) == 1


async def test_doubt_outlives_the_process(post: Any) -> None:
    async with post(first("END", DROP, 5)) as p:
        await p.add("anna")
        for _ in range(4):
            p.mail = p.reopened()
            await p.send("anna")
    assert p.sink.count == 2


async def test_an_answer_ends_the_doubt(post: Any) -> None:
    async with post() as p:
        await p.add("anna", "bilal")
        await p.send("anna")
        await p.send("bilal")
        left = await p.store.run("test", lambda tx: dict(tx.scan(DOUBT)))
    assert left == {"id-bilal": 1}


async def test_a_refusal_is_no_doubt(post: Any) -> None:
    told = ["451 later"] * 4

    def script(verb: str, rest: str) -> str | None:
        return told.pop() if verb == "END" and "anna" in rest and told else None

    async with post(script) as p:
        await p.add("anna", "bilal")
        for _ in range(4):
            assert await p.send("anna") == LATER
            await p.send("bilal", "other")
        assert await p.send("anna") is None


async def test_a_server_that_hangs_up_again_and_again_costs_no_mail(post: Any) -> None:
    async with post(first("END", "421 too much", 3)) as p:
        await p.add("anna")
        said = []
        for _ in range(4):
            said.append(await p.send("anna"))
            p.now[0] += 3_600
    assert said == ["try later: away"] * 3 + [None]


class Crowded(Pool):
    """Counts who wants to hand a mail over."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.changed = asyncio.Condition()
        self.asked = 0

    async def send(
        self, sender: str, recipient: str, message: bytes, commit: Hook, *, urgent: bool = False
    ) -> None:
        async with self.changed:
            self.asked += 1
            self.changed.notify_all()
        await super().send(sender, recipient, message, commit, urgent=urgent)


@pytest.mark.parametrize("kept", [LETTERS, ADDRESSES])
async def test_what_is_taken_back_while_a_mail_waits_for_a_connection_does_not_leave(
    post: Any, kept: Collection[Any]
) -> None:
    stalled = asyncio.Event()

    def stall(verb: str, rest: str) -> str | None:
        if verb != "DATA" or stalled.is_set():
            return None
        stalled.set()
        return STALL

    async with post(stall) as p:
        pool = Crowded(replace(p.server, connections=1, timeout=1.0))
        p.mail = Mail(p.store, pool, Composer(LETTERHEAD, SECRET), p.settings, lambda: p.now[0])
        await p.add("anna", "bilal")
        first_one = asyncio.create_task(p.send("anna"))
        await asyncio.wait_for(stalled.wait(), 60)
        second = asyncio.create_task(p.send("bilal"))
        async with asyncio.timeout(60), pool.changed:
            await pool.changed.wait_for(lambda: pool.asked == 2)
        await p.drop(kept, "bilal" if kept is ADDRESSES else "a/1/de")
        assert [await first_one, await second] == ["try later: away", "try later: changed"]
        p.now[0] += 3_600
        assert await p.send("bilal") == GONE
        assert await p.store.run("test", lambda tx: dict(tx.scan(DOUBT))) == {}
        await p.mail.close()
    assert p.sink.count == 0


async def test_mails_that_are_ready_together_share_a_commit(post: Any) -> None:
    async with post() as p:
        readers = [f"r{i}" for i in range(12)]
        await p.add(*readers)
        commits = []
        run = p.store.run

        async def counted(name: str, work: Any) -> Any:
            if name == "doubt":
                commits.append(name)
            return await run(name, work)

        p.store.run = counted
        await asyncio.gather(*(p.send(reader) for reader in readers))
    assert p.sink.count == 12
    assert len(commits) < 12


# -- pace ------------------------------------------------------------------------------------------


async def test_no_more_than_so_many_leave_in_an_hour(post: Any) -> None:
    async with post(max_per_hour=100) as p:
        await p.add("anna")
        sent: list[float] = []
        for i in range(2_000):
            if await p.send("anna", f"id-{i}") is None:
                sent.append(p.now[0])
            p.now[0] += 10.0
    most = max(sum(at <= x < at + 3_600 for x in sent) for at in sent)
    assert 80 <= most <= 100


async def test_the_pace_outlives_the_process(post: Any) -> None:
    async with post(max_per_hour=100) as p:
        await p.add("anna")
        said = []
        for i in range(30):
            p.mail = p.reopened()
            said.append(await p.send("anna", f"id-{i}"))
    assert said.count(None) == 5


async def test_what_somebody_waits_for_overtakes_a_round(post: Any) -> None:
    async with post(max_per_hour=100) as p:
        await p.add("anna")
        while await p.send("anna", f"id-{p.sink.count}") is None:
            pass
        for i in range(5):
            assert await p.send("anna", f"urgent-{i}", urgent=True) is None
        assert await p.send("anna", "urgent-5", urgent=True) is not None


# -- a server in trouble ---------------------------------------------------------------------------


async def test_a_server_that_is_away_is_asked_more_and_more_rarely(post: Any) -> None:
    async with post(lambda verb, rest: "421 later" if verb == "CONNECT" else None) as p:
        await p.add("anna")
        asked: list[float] = []
        while p.now[0] < NOW + 7_200:
            before = p.sink.connections
            await p.send("anna")
            if p.sink.connections > before:
                asked.append(p.now[0])
            p.now[0] += 1.0
        assert not await p.mail.reachable()
        pauses = [b - a for a, b in pairwise(asked)]
        assert pauses == sorted(pauses)
        assert pauses[0] <= 3
        assert 850 <= pauses[-1] <= 901
        p.sink.script = None
        p.now[0] += 1_000
        assert await p.send("anna") is None
        assert await p.mail.reachable()


async def test_a_server_that_refuses_everybody_does_not_use_up_a_list(post: Any) -> None:
    def script(verb: str, rest: str) -> str | None:
        return "554 5.7.1 your address is on a list" if verb == "RCPT" else None

    async with post(script) as p:
        said = []
        for i in range(40):
            await p.add(f"r{i}")
            said.append(await p.send(f"r{i}"))
            p.now[0] += 1_000
            assert await p.mail.reachable() == (i < BAD_RUN)
    assert set(said) == {LATER}


def refusing(*readers: str) -> Script:
    def script(verb: str, rest: str) -> str | None:
        refused = verb == "RCPT" and any(f"<{x}@" in rest for x in readers)
        return "550 5.7.1 not wanted here" if refused else None

    return script


async def test_one_reader_who_is_refused_time_and_again_is_no_trouble_of_the_server(
    post: Any,
) -> None:
    names = [f"r{i}" for i in range(20)]
    async with post(refusing("r3")) as p:
        await p.add(*names)
        assert [await p.send(x) for x in names].count(None) == 19
        for attempt in range(2, 12):
            p.now[0] += 3_600
            assert await p.send("r3", f"attempt-{attempt}") == LATER
            assert await p.mail.reachable()
            assert await p.trouble() is None


async def test_nor_are_some_who_were_refused_while_others_were_served(post: Any) -> None:
    odd = [f"r{i}" for i in range(BAD_RUN + 2)]
    async with post(refusing(*odd)) as p:
        await p.add(*odd, "anna")
        for name in odd:
            await p.send(name)
            assert await p.send("anna", f"beside-{name}") is None
        for attempt in range(2, 9):
            p.now[0] += 3_600
            assert {await p.send(x, f"{attempt}-{x}") for x in odd} == {LATER}
            assert await p.trouble() is None


async def test_a_server_that_comes_to_refuse_everybody_is_in_trouble(post: Any) -> None:
    names = [f"r{i}" for i in range(20)]
    async with post() as p:
        await p.add(*names)
        assert await p.send("r0") is None
        p.sink.script = refusing(*names)
        for name in names[1:]:
            await p.send(name)
            p.now[0] += 1_000
        assert not await p.mail.reachable()
        p.sink.script = None
        assert await p.send("r1", "again") is None
        assert await p.mail.reachable()


async def test_one_full_mailbox_holds_up_nobody(post: Any) -> None:
    def script(verb: str, rest: str) -> str | None:
        return "452 4.2.2 full" if verb == "RCPT" and "full" in rest else None

    async with post(script) as p:
        await p.add("full", "anna")
        for i in range(20):
            assert await p.send("full", f"full-{i}") == LATER
            assert await p.send("anna", f"anna-{i}") is None


def crowd(p: Any) -> Any:
    async def all_of(names: list[str]) -> list[str | None]:
        return list(await asyncio.gather(*(p.send(x) for x in names)))

    return all_of


async def test_a_mail_that_alone_is_refused_holds_up_its_lane_for_minutes_only(post: Any) -> None:
    def script(verb: str, rest: str) -> str | None:
        return "450 4.7.1 rate limit" if verb == "RCPT" and "odd" in rest else None

    async with post(script) as p:
        await p.add("odd", "anna")
        said = []
        for i in range(40):
            said.append(await p.send("odd"))
            p.now[0] += 10
            assert await p.send("anna", f"anna-{i}") is None
    assert said[:30] == ["try later: away"] * 30
    assert said[30] == LATER


async def test_after_trouble_one_mail_goes_first(post: Any) -> None:
    asked: list[str] = []

    def script(verb: str, rest: str) -> str | None:
        if verb == "MAIL":
            asked.append(verb)
        return "451 4.3.0 later" if verb == "MAIL" else None

    async with post(script) as p:
        names = [f"r{i}" for i in range(12)]
        await p.add(*names)
        await p.send("r0")
        asked.clear()
        p.now[0] += 10
        said = await asyncio.gather(*(p.send(x) for x in names))
        assert len(asked) == 1
        assert sorted(set(said)) == ["try later: away", "try later: pause"]
        p.sink.script = None
        p.now[0] += 10
        assert set(await asyncio.gather(*(p.send(x) for x in names))) == {None}


async def test_a_refused_letter_holds_up_nothing_else(post: Any) -> None:
    def picky(verb: str, rest: str) -> str | None:
        return "554 5.7.1 spam" if verb == "END" and rest.startswith("r") else None

    async with post(picky) as p:
        await p.put(LETTERS, letter("Bitte", "c/de"))
        names = [f"r{i}" for i in range(20)]
        await p.add("anna", *names)
        said = [await p.send(x) for x in names]
        assert set(said) == {REFUSED, LATER}
        assert await p.send("anna", key="c/de", urgent=True) is None


async def test_the_reason_of_a_pause_is_kept_for_the_bot_until_it_is_over(post: Any) -> None:
    async with post(first("MAIL", "451 4.3.0 later")) as p:
        await p.add("anna")
        await p.send("anna")
        assert await p.trouble() == Trouble(NOW, "451 4.3.0")
        p.now[0] += 10
        assert await p.send("anna") is None
        assert await p.trouble() is None


async def test_trouble_that_a_bot_has_closed_is_noted_again_if_it_goes_on(post: Any) -> None:
    async with post(first("MAIL", "451 4.3.0 later", 2)) as p:
        await p.add("anna")
        await p.send("anna")
        await p.drop(TROUBLE, "trouble")
        assert await p.mail.reachable()
        p.now[0] += 10
        await p.send("anna")
        assert await p.trouble() == Trouble(NOW + 10, "451 4.3.0")
        p.mail = p.reopened()
        assert not await p.mail.reachable()
        assert await p.send("anna") is None
        assert await p.mail.reachable()
