"""Servers that misbehave as they are told, and an office whose clock jumps: what each costs in the
office's time, whatever this machine is busy with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.bench.mailsink import Sink, sink
from tests.mailservers.offices import DAY, Idling, Mailing, mailing

NOW = 1_800_000_000.0
HOUR = 3600.0
Open = Callable[[int], AbstractAsyncContextManager[tuple[Mailing, Sink]]]


@pytest.fixture
def scene(tmp_path: Path) -> Open:
    @asynccontextmanager
    async def opened(readers: int) -> AsyncIterator[tuple[Mailing, Sink]]:
        clock = Idling(NOW)
        async with (
            sink() as server,
            mailing(tmp_path / "office", server.port, readers, clock) as office,
        ):
            yield office, server

    return opened


def always(verb: str, answer: str, *, to: str = "") -> Callable[[str, str], str | None]:
    """To each command of this kind that holds `to`."""
    return lambda found, rest: answer if found == verb and to in rest else None


MISCONFIGURED = [
    "550 relay not permitted",
    "550 5.1.8 <news@net.example>: Sender address rejected: Domain not found",
    "550 Domain net.example has exceeded the max emails per hour (500/500 (100%)) allowed",
    "550 5.1.1 User unknown in local recipient table",
    "554 5.7.1 <r@mail.example>: Relay access denied",
    "450 4.1.8 <news@net.example>: Sender address rejected: Domain not found",
    "550-5.7.26 Your email has been blocked\r\n550 5.7.26 because the sender is unauthenticated",
    "550 5.1.1 Absender unbekannt, Versand nicht erlaubt",
    "503 5.5.1 Authentifizierung erforderlich",
    "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]",
]


@pytest.mark.parametrize(
    ("verb", "answer"),
    [*(("RCPT", x) for x in MISCONFIGURED), *(("MAIL", x) for x in MISCONFIGURED[:2])],
)
async def test_a_misconfigured_server_suspends_nobody_and_is_told_of(
    scene: Open, verb: str, answer: str
) -> None:
    async with scene(20) as (office, server):
        server.script = always(verb, answer)
        await office.announce()
        assert await office.until_told(f"said: \u2068{answer[:3]}") <= 60
        office.leap(1.5 * DAY)
        await office.announce()
        await office.pass_time(HOUR)
        server.script = None
        await office.until(lambda: server.count == 40)
        await office.until_told("Sent to 20", 2)
        assert await office.standings() == {"active": 20}


async def test_a_server_that_refuses_all_for_now_and_does_not_say_why_is_told_of(
    scene: Open,
) -> None:
    """At first it looks like greylisting."""
    async with scene(20) as (office, server):
        server.script = always("RCPT", "451 Temporary local problem - please try later")
        await office.announce()
        assert await office.until_told("said: \u2068451") <= 400
        server.script = None
        await office.until_told("Sent to 20")
        assert server.count == 20


async def test_two_in_twenty_who_are_refused_again_and_again_are_no_fault_of_the_server(
    scene: Open,
) -> None:
    async with scene(20) as (office, server):
        server.script = lambda verb, rest: (
            "550 5.7.1 not wanted here" if verb == "RCPT" and rest[4:7] in ("r3@", "r7@") else None
        )
        await office.announce()
        await office.pass_time(3 * HOUR)
        server.script = None
        await office.until_told("Sent to 20")
        assert not office.told("mails were refused")()


async def test_who_does_not_exist_is_suspended_told_and_brought_back(scene: Open) -> None:
    async with scene(20) as (office, server):
        server.script = always("RCPT", "550 5.1.1 No such user", to="<r3@")
        await office.announce()
        await office.until_told("Sent to 19")
        assert await office.standings() == {"active": 20}
        office.leap(1.5 * DAY)
        await office.announce()
        await office.until_told("1 address gets no mails")
        assert await office.standings() == {"active": 19, "suspended": 1}
        await office.bring_back()
        await office.until_told("1 address gets mails again")
        assert await office.standings() == {"active": 20}


async def test_an_outage_of_seconds_is_over_in_seconds(scene: Open) -> None:
    async with scene(50) as (office, server):
        server.script = always("CONNECT", "421 4.3.2 away")
        began = office.clock.now()
        await office.announce()
        await office.pass_time(5)
        server.script = None
        await office.until(lambda: server.count == 50)
        assert office.clock.now() - began <= 30


async def test_two_connections_are_enough(scene: Open) -> None:
    async with scene(200) as (office, server):
        server.script = lambda verb, _: (
            "421 4.7.0 too many connections" if verb == "CONNECT" and server.open > 2 else None
        )
        await office.announce()
        assert await office.until(lambda: server.count == 200) <= 60


@pytest.mark.parametrize(("verb", "strict"), [("MAIL", False), ("RCPT", True), ("END", False)])
async def test_sixty_a_minute_are_used_up(scene: Open, verb: str, strict: bool) -> None:
    async with scene(200) as (office, server):
        taken: list[float] = []

        def limited(found: str, _: str) -> str | None:
            if found != verb:
                return None
            now = office.clock.now()
            full = sum(now - x < 60 for x in taken) >= 60
            if strict or not full:
                taken.append(now)
            return "450 4.7.1 Error: too much mail from 127.0.0.1" if full else None

        server.script = limited
        await office.announce()
        assert await office.until(lambda: server.count == 200) <= 240


async def test_one_mail_a_second_is_used_up(scene: Open) -> None:
    """As limits are that are refilled drop by drop (Exim's)."""
    async with scene(100) as (office, server):
        bucket = [NOW, 60.0]

        def limited(verb: str, _: str) -> str | None:
            if verb != "MAIL":
                return None
            now = office.clock.now()
            bucket[:] = [now, min(60.0, bucket[1] + now - bucket[0])]
            if bucket[1] < 1:
                return "451 Temporarily deferred: sending rate limit exceeded"
            bucket[1] -= 1
            return None

        server.script = limited
        await office.announce()
        assert await office.until(lambda: server.count == 100) <= 120


async def test_greylisting_costs_one_pause(scene: Open) -> None:
    async with scene(60) as (office, server):
        first: dict[str, float] = {}

        def grey(verb: str, rest: str) -> str | None:
            now = office.clock.now()
            early = verb == "RCPT" and now - first.setdefault(rest, now) < 300
            return "450 4.2.0 Recipient address rejected: Greylisted" if early else None

        server.script = grey
        await office.announce()
        assert await office.until(lambda: server.count == 60) <= 400


async def test_a_refused_letter_holds_up_no_confirmation(scene: Open) -> None:
    async with scene(60) as (office, server):
        server.script = always("END", "554 5.7.1 classified as spam", to="r")
        await office.announce()
        await office.until_told("said: ")
        await office.ask_for_mails("anna@mail.example")
        assert await office.until(lambda: server.count == 1) <= 10
        assert server.mails[0].recipient == "anna@mail.example"
