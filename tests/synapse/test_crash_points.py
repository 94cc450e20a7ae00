"""Offices that are killed in the nastiest moments; `make chaos` tries all the others."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.store.keys import KEY_BYTES, load_key
from tests.chaos.ground import Ground
from tests.chaos.trials import Trial, half_made, lost_on_device, lost_store, whole_story

pytestmark = [pytest.mark.synapse, pytest.mark.chaos]


@pytest.fixture
async def ground(synapse: EmbeddedSynapse, tmp_path: Path) -> AsyncIterator[Ground]:
    place = Ground(synapse, tmp_path)
    yield place
    await place.close()


@pytest.mark.parametrize(
    "points",
    [
        # One kill a life. Keys uploaded and not noted; a sync taken in, and nothing answered yet;
        # a room key given away, and no message.
        ("after:keys/upload", "after:commit:sync:3", "after:sendToDevice"),
        # Sent, and not noted; carried out, and not noted; a room made, and nobody knows it.
        ("after:send", "before:commit:performed:2", "after:createRoom"),
    ],
)
async def test_a_kill_loses_nothing_and_doubles_nothing(
    ground: Ground, points: tuple[str, ...]
) -> None:
    found = await whole_story(Trial(ground, await ground.person("anna"), points))
    assert found.clean, found


async def test_a_lost_store_answers_what_is_new_and_nothing_again(ground: Ground) -> None:
    found = await lost_store(Trial(ground, await ground.person("anna")))
    assert found.clean, found


async def test_a_lost_store_on_the_same_device_is_killed_as_it_comes_back(ground: Ground) -> None:
    points = ("after:keys/upload", "before:commit:sync")
    found = await lost_on_device(Trial(ground, await ground.person("anna"), points))
    assert found.clean, found


async def test_a_room_that_was_made_by_half_is_given_up_for_another(ground: Ground) -> None:
    found = await half_made(Trial(ground, await ground.person("anna")))
    assert found.clean, found


def test_a_kill_while_the_sealing_key_is_made_keeps_nobody_out(tmp_path: Path) -> None:
    dying = (
        "import os, pathlib, signal, sys\n"
        "from bots.runtime.store import keys\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "keys.load_key(pathlib.Path(sys.argv[1]))\n"
    )
    key = tmp_path / "seal.key"
    ended = subprocess.run([sys.executable, "-c", dying, str(key)], check=False, cwd=Path.cwd())
    assert ended.returncode == -signal.SIGKILL
    assert len(load_key(key)) == KEY_BYTES
