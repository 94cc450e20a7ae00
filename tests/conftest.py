"""What tests of every kind share: one Synapse a session, unique names, fresh accounts.

Several processes may share a run (`make test`): each has its own session, and so its own Synapse.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.runtime.office.deciding import STRICT

MOST_PROCESSES = 8
LONGEST = {
    "tests/synapse/test_demo.py": 100,
    "tests/synapse/test_restore.py": 60,
    "tests/synapse/test_backup_network.py": 45,
    "tests/synapse/test_installation.py": 40,
    "tests/synapse/test_backup_erased.py": 35,
    "tests/synapse/test_ombuds_flags.py": 30,
    "tests/synapse/test_onboarding_kills.py": 30,
    "tests/synapse/test_ring_kills.py": 30,
    "tests/synapse/test_membership_random.py": 25,
    "tests/synapse/test_apply_hardship.py": 20,
}
"""Files with the longest tests, and about how many seconds those take."""
# No example fails by the speed of the machine. (In CI, Hypothesis takes the same ones each time.)
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
MEMORY = Path("/dev/shm")  # noqa: S108  (pytest makes a folder of its own in it)
ROOM_WANTED = 4 * 1024**3
"""Bytes, for what the tests of a run write; most of it is gone as soon as a test has passed."""
LEAN: dict[str, Any] = {"extra": {"push": {"enabled": False}}, "threads": False}
"""Nobody here is rung; what for and how often is not computed, at every event and for everybody."""
# What commands say is compared in English, whatever terminal the tests are run in.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ[STRICT] = "1"


def _has_room(place: Path) -> bool:
    """A disk in memory, from which programs may be run."""
    return (
        place.is_dir()
        and os.access(place, os.W_OK)
        and shutil.disk_usage(place).free > ROOM_WANTED
        and not os.statvfs(place).f_flag & os.ST_NOEXEC
    )


if _has_room(MEMORY):
    # Databases wait for the disk at every commit, and none of ours has to outlive the machine.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes `-n auto` makes. Half of the time a test waits for a server or a process,
    so that there may be more of them than cores; a few chosen tests are not worth any."""
    if config.option.keyword or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return 0
    cores = os.cpu_count() or 1
    return min(cores + (cores + 1) // 2, MOST_PROCESSES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: at the end no process works alone."""
    items.sort(key=lambda item: LONGEST.get(item.nodeid.partition("::")[0], 0), reverse=True)


@dataclass(frozen=True)
class Account:
    """An account on the session's Synapse; tests are kept apart by names, not by resets."""

    user_id: str
    password: str
    homeserver: str

    @property
    def localpart(self) -> str:
        """The part between `@` and the colon."""
        return self.user_id[1:].partition(":")[0]


def unique(name: str) -> str:
    """`anna` → `anna-3f9c1b02`: lower-case, usable as a localpart and as an alias."""
    return f"{name}-{secrets.token_hex(4)}"


@pytest.fixture(scope="session")
async def synapse(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedSynapse]:
    """One Synapse a session."""
    directory = tmp_path_factory.mktemp("synapse")
    async with await EmbeddedSynapse.start(directory, **LEAN) as running:
        yield running


@pytest.fixture(scope="session")
def new_account(synapse: EmbeddedSynapse) -> Callable[..., Awaitable[Account]]:
    """`await new_account("anna")` registers `@anna-3f9c1b02:…`; `admin=True` a server admin."""

    async def register(name: str = "user", *, admin: bool = False) -> Account:
        password = secrets.token_urlsafe(12)
        user_id = await synapse.register(unique(name), password, admin=admin)
        return Account(user_id, password, synapse.url)

    return register
