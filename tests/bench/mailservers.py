"""What real mail servers cost a round, in minutes by the clock: Exim, Postfix and postgrey, fetched
from Debian. Measured only where it is named, since greylisting alone takes six minutes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

from bots.lab.synapse.embedded import free_port
from bots.runtime.process.clock import SystemClock
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.mailservers import packages
from tests.mailservers.exim import exim
from tests.mailservers.offices import DAY, Jumping, Mailing, mailing
from tests.mailservers.postfix import Way, postfix, postgrey
from tests.mailservers.running import Log

PATIENCE = 900.0
AWAY = 5.0
GREY = 300
"""Seconds that postgrey asks for, as Debian sets it up."""
Server = Literal["exim", "postfix"]
Scene = Callable[[Path], Awaitable[float]]
RATE = "  defer ratelimit = 60 / 1m / leaky / per_mail\n message = sending rate limit exceeded"


def _office(
    folder: Path, port: int, readers: int, clock: SystemClock | None = None
) -> AbstractAsyncContextManager[Mailing]:
    return mailing(folder / "office", port, readers, clock or SystemClock(), patience=PATIENCE)


def _got(log: Log, number: int) -> Callable[[], bool]:
    return lambda: sum(log.mails().values()) >= number


async def _round(folder: Path, port: int, log: Log, readers: int) -> float:
    """Seconds until the server has a mail for each."""
    async with _office(folder, port, readers) as office:
        await office.announce()
        return await office.until(_got(log, readers))


# -- Exim ------------------------------------------------------------------------------------------


async def exim_two(folder: Path) -> float:
    async with exim(folder / "exim", connections=2) as server:
        return await _round(folder, server.port, server.log, 200)


async def exim_rate(folder: Path) -> float:
    async with exim(folder / "exim", at_mail=RATE) as server:
        return await _round(folder, server.port, server.log, 200)


async def exim_away(folder: Path) -> float:
    port = free_port()
    async with _office(folder, port, 50) as office:
        began = office.clock.now()
        await office.announce()
        await office.pass_time(AWAY)
        async with exim(folder / "exim", port=port) as server:
            await office.until(_got(server.log, 50))
            return office.clock.now() - began


async def exim_refused_letter(folder: Path) -> float:
    async with exim(folder / "exim") as server, _office(folder, server.port, 60) as office:
        server.dislikes("r[0-9]")
        await office.announce()
        await office.until_told("said: \u2068550")
        await office.ask_for_mails("anna@mail.example")
        return await office.until(_got(server.log, 1))


@asynccontextmanager
async def _exim_closed(folder: Path) -> AsyncIterator[tuple[int, Log]]:
    async with exim(folder / "exim") as server:
        server.refuses("relay not permitted")
        yield server.port, server.log


# -- Postfix ---------------------------------------------------------------------------------------


async def _postfix_round(folder: Path, way: Way, readers: int) -> float:
    async with postfix(folder / "postfix", {"it": way}) as server:
        return await _round(folder, server.ports["it"], server.log, readers)


async def postfix_two(folder: Path) -> float:
    return await _postfix_round(folder, {"smtpd_client_connection_count_limit": "2"}, 200)


async def postfix_rate(folder: Path) -> float:
    return await _postfix_round(folder, {"smtpd_client_message_rate_limit": "60"}, 200)


async def postfix_grey(folder: Path) -> float:
    async with postgrey(folder / "postgrey", GREY) as socket:
        asks = {"smtpd_recipient_restrictions": f"check_policy_service unix:{socket}"}
        return await _postfix_round(folder, asks, 60)


@asynccontextmanager
async def _postfix_closed(folder: Path) -> AsyncIterator[tuple[int, Log]]:
    not_ours = "check_sender_access static:{550 5.1.8 Sender address rejected: Domain not found}"
    async with postfix(folder / "postfix", {"it": {"smtpd_sender_restrictions": not_ours}}) as one:
        yield one.ports["it"], one.log


# -- a server that refuses everybody ---------------------------------------------------------------


async def _told(folder: Path, server: Server) -> float:
    """Seconds until the editors know."""
    closed = _exim_closed if server == "exim" else _postfix_closed
    async with closed(folder) as (port, _), _office(folder, port, 20) as office:
        await office.announce()
        return await office.until_told("said: \u2068550")


async def _suspended(folder: Path, server: Server) -> float:
    """Of 20, after two rounds; the day and a half between them is leapt over."""
    closed = _exim_closed if server == "exim" else _postfix_closed
    clock = Jumping()
    async with closed(folder) as (port, log), _office(folder, port, 20, clock) as office:
        await office.announce()
        await office.until_told("said: \u2068550")
        office.leap(1.5 * DAY)
        await office.announce()
        await office.until_sooner(lambda: log.text.count("reject") > 20)
        return 20 - (await office.standings())["active"]


async def exim_told(folder: Path) -> float:
    return await _told(folder, "exim")


async def postfix_told(folder: Path) -> float:
    return await _told(folder, "postfix")


async def exim_suspended(folder: Path) -> float:
    return await _suspended(folder, "exim")


async def postfix_suspended(folder: Path) -> float:
    return await _suspended(folder, "postfix")


SCENES: dict[Scene, tuple[str, str, float]] = {
    exim_two: ("s", "200 mails to Exim, which bears two connections", 60),
    postfix_two: ("s", "200 mails to Postfix, which bears two connections", 60),
    exim_rate: ("s", "200 mails to Exim, which takes 60 a minute", 240),
    postfix_rate: ("s", "200 mails to Postfix, which takes 60 a minute", 240),
    postfix_grey: ("s", f"60 mails to Postfix, with postgrey's {GREY} s", 400),
    exim_away: ("s", f"50 mails; Exim is away for the first {AWAY:.0f} s", 30),
    exim_refused_letter: ("s", "a confirmation, while Exim refuses a letter to 60", 10),
    exim_told: ("s", "until editors know that Exim relays nothing", 60),
    postfix_told: ("s", "until editors know that Postfix refuses our address", 60),
    exim_suspended: ("readers", "of 20, after two rounds that Exim does not relay", 0),
    postfix_suspended: ("readers", "of 20, after two rounds with an address Postfix refuses", 0),
}
FIGURES = tuple(
    Figure(f"mail_{scene.__name__}", unit, how, target)
    for scene, (unit, how, target) in SCENES.items()
)


async def measure(place: Place) -> dict[str, float]:
    """All of them side by side: each waits for a server nearly all the time."""
    await asyncio.to_thread(packages.fetched)
    values = await asyncio.gather(*(_one(place, scene) for scene in SCENES))
    return dict(zip((x.name for x in FIGURES), values, strict=True))


async def _one(place: Place, scene: Scene) -> float:
    value = await scene(place.part(scene.__name__))
    place.say(f"{scene.__name__}: {value:.1f}")
    return value
