"""Killed at any point of a change of the key, an office is opened by the key that is in its place,
has everything that it ever committed, and goes on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bots.cli.rotating import rotate
from bots.cli.storage import Storage
from bots.runtime.store import keys
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.rotation import Rotation
from bots.runtime.store.store import Store
from bots.runtime.store.transaction import Transaction
from config.loading import load
from tests.kit.settings import VALID, write
from tests.store.canaried import sealed_by

ROWS = 250
KEY_FILE = "seal.key"


class Deadly:
    """Kills the process when something was begun or done on the disk so many times."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., None]) -> Callable[..., None]:
        def deadly(*arguments: object) -> None:
            self()
            call(*arguments)
            self()

        return deadly


def in_child(work: Callable[[], object]) -> bool:
    """Whether it came to its end."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.waitstatus_to_exitcode(status) == 0
    return True


async def decide(store: Store, noted: int) -> int:
    """What an office does meanwhile: it takes in, changes, and notes how far it is."""
    number = noted
    while True:
        number += 1

        def step(tx: Transaction, number: int = number) -> None:
            tx.put("kind", str(number % ROWS), number)
            tx.put("noted", "", number)
            tx.forget("gone", str(number))

        await store.run("decide", step)
        os.write(noted_at, number.to_bytes(4, "big"))


noted_at = -1


async def change_while_deciding(state: Path, deadly: Deadly) -> None:
    """As the running office and the command line do it together."""
    draft = state / f"{KEY_FILE}.new"
    store = Store.open(state, FileKey(load_key(state / KEY_FILE)), probe=deadly)
    rotation = Rotation(store)
    noted = await store.run("noted", lambda tx: tx.get("noted", "") or 0)
    deciding = asyncio.create_task(decide(store, noted))
    await rotation.reseal()
    if not draft.exists():
        keys.write_new(draft, f"{os.urandom(32).hex()}\n")
    await rotation.begin(FileKey(load_key(draft)))
    draft.replace(state / KEY_FILE)
    deadly()
    await rotation.switch()
    await rotation.reseal()
    deciding.cancel()
    await asyncio.wait([deciding])
    await store.close()


def seed(state: Path) -> None:
    state.mkdir()

    async def work() -> None:
        store = Store.open(state, FileKey(load_key(state / KEY_FILE)))

        def fill(tx: Transaction) -> None:
            for number in range(ROWS):
                tx.put("kind", str(number), 0)

        await store.run("fill", fill)
        await store.close()

    asyncio.run(work())


def look(state: Path) -> tuple[int, int]:
    """How many rows there are, and how far it was noted; by the key that is in its place."""

    async def work() -> tuple[int, int]:
        store = Store.open(state, FileKey(load_key(state / KEY_FILE)))
        rows = await store.run("rows", lambda tx: len(list(tx.scan("kind"))))
        noted = await store.run("noted", lambda tx: tx.get("noted", "") or 0)
        await store.close()
        return rows, noted

    return asyncio.run(work())


@pytest.mark.parametrize("turn", range(12))
def test_killed_while_it_decides(tmp_path: Path, turn: int) -> None:
    global noted_at
    state, chance, kills = tmp_path / "state", random.Random(turn), 0
    seed(state)
    reader, noted_at = os.pipe()
    ended = False
    while not ended:
        # The first lives are short, so that each step is killed; then it may come to its end.
        left = chance.randint(1, 40) if kills < 6 else 10**9

        def life(left: int = left) -> None:
            deadly = Deadly(left)
            os.fsync = deadly.around(os.fsync)
            asyncio.run(change_while_deciding(state, deadly))

        ended = in_child(life)
        kills += not ended
        told = os.read(reader, 2**20) if _waits(reader) else b""
        rows, noted = look(state)
        assert rows == ROWS
        if told:
            assert noted >= int.from_bytes(told[-4:], "big"), "what was committed is there"
    assert len(sealed_by(state)) == 1
    assert not (state / f"{KEY_FILE}.new").exists()
    for end in (reader, noted_at):
        os.close(end)


def _waits(reader: int) -> bool:
    import select

    return bool(select.select([reader], [], [], 0)[0])


def test_killed_at_each_step_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a stopped office: whenever the command is killed, the file in its place opens the office,
    and run again it ends with one key."""
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "secret")
    file = write(tmp_path, VALID)
    state = tmp_path / "state"
    seed(state)
    before, left, ended = (state / KEY_FILE).read_text(), 0, False
    while not ended:
        left += 1

        def run(left: int = left) -> None:
            deadly = Deadly(left)
            os.fsync = deadly.around(os.fsync)
            os.replace = deadly.around(os.replace)
            asyncio.run(rotate(Storage(load(file)), "file", compromised=False))

        ended = in_child(run)
        assert look(state) == (ROWS, 0)
    assert left > 5
    assert (state / KEY_FILE).read_text() != before
    assert len(sealed_by(state)) == 1
