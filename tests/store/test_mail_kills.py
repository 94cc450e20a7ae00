"""An office that is killed while it mails: nobody is forgotten, nobody gets a third copy."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from tests.bench import mailoffice
from tests.bench.mailsink import DROP, STALL, Sink, sink

pytestmark = pytest.mark.chaos

CONNECTIONS = 4


# A life begins as a fork of a process that has imported everything already.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", mailoffice.__name__])


@asynccontextmanager
async def office(folder: Path, port: int, point: str = "") -> AsyncIterator[ForkServerProcess]:
    process = FORKS.Process(target=mailoffice.live, args=(folder, port, point), daemon=True)
    await asyncio.to_thread(process.start)
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


def last_said(folder: Path) -> str:
    path = folder / mailoffice.SAID
    return path.read_text().strip().rpartition("\n")[2] if path.exists() else ""


def doubted(folder: Path) -> int:
    """Of how many mails the office says that nobody knows."""
    found = re.search(r"Of (\d+) mails? nobody knows", last_said(folder))
    return int(found[1]) if found else 0


async def until(reached: Callable[[], bool], process: ForkServerProcess, seconds: float) -> None:
    """Wait for it, or for the end of the process."""
    async with asyncio.timeout(seconds):
        while not reached() and process.exitcode is None:  # noqa: ASYNC110  (of others)
            await asyncio.sleep(0.01)


async def to_the_end(folder: Path, found: Sink) -> None:
    async with office(folder, found.port) as process:
        await until(lambda: last_said(folder).startswith("Sent to"), process, 60)
        assert process.exitcode is None, (folder / mailoffice.LOG).read_text()


def copies(found: Sink) -> Counter[str]:
    # One receiver's mailbox folds what has the same Message-ID.
    of_reader = {x.recipient: x.message_id for x in found.mails}
    assert {(x.recipient, x.message_id) for x in found.mails} == set(of_reader.items())
    return Counter(x.recipient for x in found.mails)


async def test_random_kills_forget_nobody_and_send_no_third_copy(tmp_path: Path) -> None:
    readers, kills = 200, 8
    await mailoffice.seed(tmp_path, readers)
    dice = random.Random(7)
    async with sink() as found:
        for _ in range(kills):
            async with office(tmp_path, found.port) as process:
                before = found.count
                wanted = before + dice.randint(3, 20)
                await until(lambda wanted=wanted: found.count >= wanted, process, 30)  # type: ignore[misc]
                assert process.exitcode is None, (tmp_path / mailoffice.LOG).read_text()
                process.kill()
        assert found.count < readers, "the last kill was in the middle"
        await to_the_end(tmp_path, found)
    got = copies(found)
    without = {mailoffice.address(i) for i in range(readers)} - set(got)
    # Nobody knows of a mail at which two lives ended; it may have left in neither of them.
    assert len(without) <= doubted(tmp_path)
    assert max(got.values()) <= 2
    assert found.count - readers <= kills * CONNECTIONS
    assert sum(map(int, re.findall(r"\d+", last_said(tmp_path)))) == readers


@pytest.mark.parametrize("stage", ["before", "after"])
@pytest.mark.parametrize("commit", ["decide", "doubt", "performed"])
async def test_a_kill_at_any_commit_forgets_nobody(tmp_path: Path, stage: str, commit: str) -> None:
    readers = 20
    await mailoffice.seed(tmp_path, readers)
    async with sink() as found:
        async with office(tmp_path, found.port, f"{stage}:commit:{commit}:4") as process:
            await until(lambda: False, process, 30)
            assert process.exitcode == -signal.SIGKILL
        await to_the_end(tmp_path, found)
    got = copies(found)
    assert set(got) == {mailoffice.address(i) for i in range(readers)}
    assert max(got.values()) <= 2
    assert found.count - readers <= CONNECTIONS


async def test_kills_one_after_the_other_at_the_worst_moment_send_no_third_copy(
    tmp_path: Path,
) -> None:
    await mailoffice.seed(tmp_path, 1)
    running: list[ForkServerProcess] = []

    def script(verb: str, rest: str) -> str | None:
        if verb != "END":
            return None
        running[-1].kill()  # it has sent the mail, and never hears that it arrived
        return STALL

    async with sink(script) as found:
        for _ in range(2):
            async with office(tmp_path, found.port) as process:
                running.append(process)
                await until(lambda: False, process, 30)
        await to_the_end(tmp_path, found)
    assert found.count == 2
    assert len({x.message_id for x in found.mails}) == 1
    assert "nobody knows" in last_said(tmp_path)


@pytest.mark.parametrize("answer", [DROP, STALL])
async def test_a_server_that_loses_answers_gets_each_mail_twice_at_most(
    tmp_path: Path, answer: str
) -> None:
    readers = 12
    await mailoffice.seed(tmp_path, readers)
    told = [answer] * 3

    def script(verb: str, rest: str) -> str | None:
        return told.pop() if verb == "END" and told else None

    async with sink(script) as found:
        await to_the_end(tmp_path, found)
    got = copies(found)
    assert set(got) == {mailoffice.address(i) for i in range(readers)}
    assert max(got.values()) <= 2
    assert found.count <= readers + 3
