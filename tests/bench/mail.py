"""A round of mails from the release to the last one: two languages, signed, each noted on disk
before and after it leaves; against the same connections with nothing to do but send."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bridges.email import tokens
from bridges.email.composing import Composer
from bridges.email.dkim import Key
from bridges.email.letters import Block, Kind, Letter, Reader
from bridges.email.smtp import Pool, Server
from tests.bench import mailoffice
from tests.bench.figures import Figure
from tests.bench.place import Place

READERS = 2_000
CONNECTIONS = 16
RATE = Figure(
    "mails_per_second",
    "mails/s",
    "a sink in Python, 16 connections, synchronous=FULL, RSA-2048",
    better="higher",
)
SHARE = Figure(
    "mails_share_of_bare",
    "×",
    "the same bytes over the same connections, prepared beforehand and noted nowhere",
    better="higher",
)
COMPOSE = Figure(
    "mail_compose_ms", "ms", "headers spliced in, signed (RSA-2048) and looked at", better="lower"
)
FIGURES = (RATE, SHARE, COMPOSE)


async def measure(place: Place) -> dict[str, float]:
    folder = place.part("office")
    await mailoffice.seed(folder, READERS)
    place.say(f"{READERS} mails, nothing but sending")
    async with _sink() as sink:
        bare = await _bare(folder, sink.port)
    place.say(f"{READERS} mails, the whole way")
    async with _sink() as sink:
        whole = await _whole(folder, sink)
    return {RATE.name: whole, SHARE.name: whole / bare, COMPOSE.name: _composing(folder) * 1_000}


class _Sink:
    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port

    async def count(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"count\n")
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def _sink() -> AsyncIterator[_Sink]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.mailsink",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        yield _Sink(process, int(await process.stdout.readline()))
    finally:
        process.kill()
        await process.wait()


def _prepared(folder: Path) -> tuple[Composer, Letter]:
    key = Key.load("net.example", "s1", (folder / "dkim.pem").read_bytes())
    text = Block(Kind.TEXT, mailoffice.TEXT["en"], "en")
    letter = Letter("a/1/en", "$1", "Meeting", "en", "ltr", (text,), link="https://net.example/u/")
    return Composer(mailoffice.HEAD, mailoffice.SECRET, (key,)), letter


def _composed(folder: Path, i: int = 0) -> bytes:
    composer, letter = _prepared(folder)
    token = tokens.token(mailoffice.SECRET, str(i))
    reader = Reader(mailoffice.reader_id(i), mailoffice.address(i), token)
    return composer.compose(composer.prepare(letter), reader, datetime.now(UTC))


def _composing(folder: Path) -> float:
    """Seconds a mail."""
    composer, letter = _prepared(folder)
    prepared = composer.prepare(letter)
    reader = Reader("r", "r@mail.example", tokens.token(mailoffice.SECRET, "r"))
    now = datetime.now(UTC)
    began = time.perf_counter()
    for _ in range(500):
        composer.compose(prepared, reader, now)
    return (time.perf_counter() - began) / 500


async def _bare(folder: Path, port: int) -> float:
    """Mails a second."""
    message = _composed(folder)
    server = Server("127.0.0.1", port, "none", name="localhost", connections=CONNECTIONS)

    async def nothing() -> None:
        return None

    async with Pool(server) as pool:
        began = time.perf_counter()

        async def send(first: int) -> None:
            for i in range(first, READERS, CONNECTIONS):
                await pool.send("bounces@net.example", mailoffice.address(i), message, nothing)

        await asyncio.gather(*(send(i) for i in range(CONNECTIONS)))
        return READERS / (time.perf_counter() - began)


async def _whole(folder: Path, sink: _Sink) -> float:
    office = mailoffice.office(folder, sink.port, CONNECTIONS)
    began = time.perf_counter()
    running = asyncio.create_task(office.run())
    while await sink.count() < READERS:
        if running.done():
            running.result()
        await asyncio.sleep(0.02)
    taken = time.perf_counter() - began
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await office.store.close()
    return READERS / taken
