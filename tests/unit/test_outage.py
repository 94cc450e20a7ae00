"""How a homeserver that is away is asked again: at once when it is back, and never in a storm."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web

from federation.client.homeserver import Homeserver
from federation.client.outage import LOOK, PATIENCE, Outage

Answer = Callable[[], web.Response]
HOUR = 3600.0


class Server:
    """A real one, that answers as it is told and counts how often it was looked at."""

    def __init__(self) -> None:
        self.answer: Answer = versions
        self.looks = 0
        self._runner: web.AppRunner | None = None
        with socket.create_server(("127.0.0.1", 0)) as held:
            self.port = held.getsockname()[1]

    async def start(self) -> None:
        async def handle(request: web.Request) -> web.Response:
            assert request.path == "/_matrix/client/versions"
            self.looks += 1
            return self.answer()

        app = web.Application()
        app.router.add_get("/{rest:.*}", handle)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()


class Time:
    """Passes only while somebody sleeps; what is due then happens."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, Callable[[], object]]] = []
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)
        for one in [x for x in self.due if x[0] <= self.now]:
            self.due.remove(one)
            done = one[1]()
            if done is not None:
                await done  # type: ignore[misc]


def versions() -> web.Response:
    return web.json_response({"versions": ["v1.11"]})


def broken() -> web.Response:
    return web.Response(status=502, text="<html>Bad gateway</html>")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    await server.stop()


@pytest.fixture
async def homeserver(server: Server) -> AsyncIterator[Homeserver]:
    homeserver = Homeserver(f"http://127.0.0.1:{server.port}")
    yield homeserver
    await homeserver.close()


async def sat_out(outage: Outage, time: Time, until: float) -> float:
    """Attempts fail until then; when the first that could succeed was due."""
    while time.now < until:
        await outage.wait("away")
    return time.now


@pytest.mark.parametrize("away", [5.0, 20.0, 600.0, HOUR])
async def test_its_return_is_noticed_at_once_however_long_it_was_away(
    server: Server, homeserver: Homeserver, away: float
) -> None:
    time = Time()
    time.due.append((away, server.start))
    outage = Outage(homeserver, time.sleep)
    noticed = await sat_out(outage, time, away)
    assert noticed - away <= LOOK[1]
    assert len(time.pauses) <= away / LOOK[0] * 1.5 + 10, "no storm meanwhile"


@pytest.mark.parametrize("away", [20.0, HOUR])
async def test_a_proxy_that_answers_in_its_place_is_silence(
    server: Server, homeserver: Homeserver, away: float
) -> None:
    await server.start()
    server.answer = broken
    time = Time()
    time.due.append((away, lambda: setattr(server, "answer", versions)))
    outage = Outage(homeserver, time.sleep)
    assert await sat_out(outage, time, away) - away <= LOOK[1]


async def test_one_that_answers_but_does_not_do_what_is_asked_for_is_left_alone_for_longer(
    server: Server, homeserver: Homeserver
) -> None:
    await server.start()
    time = Time()
    outage = Outage(homeserver, time.sleep)
    attempts = 0
    while time.now < HOUR:
        await outage.wait("it refuses")
        attempts += 1
    assert HOUR / PATIENCE <= attempts <= 2.2 * HOUR / PATIENCE


@pytest.mark.parametrize("status", [429, 503])
async def test_it_is_left_alone_for_as_long_as_it_asks(
    server: Server, homeserver: Homeserver, status: int
) -> None:
    await server.start()
    asks = {"errcode": "M_LIMIT_EXCEEDED"}
    server.answer = lambda: web.json_response(asks, status=status, headers={"Retry-After": "40"})
    time = Time()
    outage = Outage(homeserver, time.sleep)
    for _ in range(3):
        await outage.wait("away")  # pauses grow past the first look
    while not server.looks:
        await outage.wait("away")
    assert time.pauses[-1] == 40.0
    assert server.looks == 1


async def test_what_the_failed_request_was_told_counts_too(
    server: Server, homeserver: Homeserver
) -> None:
    await server.start()
    time = Time()
    await Outage(homeserver, time.sleep).wait("away", 25.0)
    assert (time.pauses, server.looks) == ([25.0], 0)
