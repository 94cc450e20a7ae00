"""The demo as somebody starts it: the whole story at once, and nothing left of it afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.synapse.waiting import until

pytestmark = [pytest.mark.synapse, pytest.mark.timeout(240)]

STEPS = 39
SECONDS = 180
README = Path(__file__).parents[2] / "README.md"


async def start(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """`buendnis demo` on a German machine, with `folder` for whatever is temporary."""
    with (folder / "told").open("wb") as told:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bots",
            "demo",
            *arguments,
            env={**os.environ, "TMPDIR": str(folder), "COLUMNS": "80", "LC_ALL": "de_DE.UTF-8"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=told,
            stderr=told,
        )


def told(folder: Path) -> str:
    return (folder / "told").read_text()


def story(text: str) -> list[str]:
    """The lines of a story, from the first act to the number of its steps, without times."""
    lines = [re.sub(r"(\s+\d+\.\d\d|, \d+) s$", "", line).rstrip() for line in text.splitlines()]
    begin = lines.index(" The network, from network.yaml")
    end = next(i for i, line in enumerate(lines) if "observed from outside" in line and i > begin)
    return lines[begin : end + 1]


def left(folder: Path) -> list[str]:
    """Processes and folders that still have to do with it."""
    processes = (" ".join(x.info["cmdline"] or ()) for x in psutil.process_iter(["cmdline"]))
    running = [line for line in processes if str(folder) in line]
    return running + [x.name for x in folder.iterdir() if x.name != "told"]


async def test_the_whole_story_is_observed(tmp_path: Path) -> None:
    demo = await start(tmp_path, "--story")
    async with asyncio.timeout(SECONDS):
        status = await demo.wait()
    assert status == 0, told(tmp_path)
    assert len(re.findall("^ *✓", told(tmp_path), re.MULTILINE)) == STEPS
    assert f"{STEPS} steps, all observed from outside" in told(tmp_path)
    assert story(README.read_text()) == story(told(tmp_path))
    await until(lambda: not left(tmp_path), lambda: f"an end of {left(tmp_path)}")


async def test_what_was_not_observed_is_no_success(tmp_path: Path) -> None:
    demo = await start(tmp_path, "--story")
    await until(lambda: "Leyla asks to join" in told(tmp_path), "the newcomer", 90)
    homeserver = next(x for x in psutil.process_iter(["cmdline"]) if is_homeserver(x, tmp_path))
    homeserver.kill()
    async with asyncio.timeout(SECONDS):
        status = await demo.wait()
    assert status == 1
    assert "This was not observed" in told(tmp_path)
    assert "Traceback" not in told(tmp_path)
    assert "all observed" not in told(tmp_path)
    assert left(tmp_path) == []


def is_homeserver(process: psutil.Process, folder: Path) -> bool:
    """Whether it is the one of the network."""
    line = " ".join(process.info["cmdline"] or ())
    return "lab/synapse/launcher" in line and str(folder) in line and "/buendnis.test" in line


async def test_it_can_be_stopped_in_the_middle(tmp_path: Path) -> None:
    demo = await start(tmp_path)
    await until(lambda: "0 writing requests" in told(tmp_path), "the start of the offices", 60)
    assert left(tmp_path)
    demo.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        status = await demo.wait()
    assert status == 130
    assert "Traceback" not in told(tmp_path)
    assert left(tmp_path) == []


async def test_a_killed_one_leaves_no_process(tmp_path: Path) -> None:
    demo = await start(tmp_path, "--folder", str(tmp_path / "demo"))
    await until(lambda: "0 writing requests" in told(tmp_path), "the start of the offices", 60)
    demo.kill()
    await demo.wait()
    await until(lambda: left(tmp_path) == ["demo"], lambda: f"an end of {left(tmp_path)}", 30)
