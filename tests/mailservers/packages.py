"""Debian's mail servers, fetched once into the checkout: unpacked, never installed. So two that
exclude each other stand side by side, and nothing is started on the machine.

None needs root. Their users exist in files of the test alone (`libnss-wrapper`), and what only root
may do they are told that they did (`libuid-wrapper`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / ".mailservers"
CALLS = (
    ("exim4-daemon-light",),
    ("postfix",),  # not along with exim4, which it excludes
    ("postgrey", "libnss-wrapper", "libuid-wrapper"),
)
APT = ("apt-get", "-qq", "-y", "-o", "Debug::NoLocking=1", "-o", "Dpkg::Use-Pty=0")
PATIENCE = 300.0
IDS = {"root": 0, "Debian-exim": 5001, "postfix": 5002, "postdrop": 5003, "nobody": 5004}
"""Users and groups that servers find, and no two may be one."""
_missing: list[str] = []
"""Why they could not be fetched; so that this is tried once a process."""


class NotFetchedError(Exception):
    """apt-get or dpkg could not do it; the message is what they said."""


def root() -> Path:
    """Where they are. Only where they can't be fetched, and nobody promised them, a test is left
    out."""
    try:
        if _missing:
            raise NotFetchedError(_missing[0])
        return fetched()
    except NotFetchedError as error:
        _missing[:] = [str(error)]
        text = f"no mail servers in {ROOT}, and apt-get could not fetch them: {error}"
        if not os.environ.get("CI"):
            pytest.skip(text)
        pytest.fail(text)


def environment(folder: Path, *, fake_root: bool) -> dict[str, str]:
    """For a server whose files are in the folder. `fake_root`: it is told that it is root."""
    (folder / "passwd").write_text(
        "".join(f"{x}:x:{n}:{n}::/:/bin/false\n" for x, n in IDS.items())
    )
    (folder / "group").write_text("".join(f"{x}:x:{n}:\n" for x, n in IDS.items()))
    names = ["libnss_wrapper.so", "libuid_wrapper.so"][: 1 + fake_root]
    libraries = [str(x) for x in root().glob("usr/lib/*-linux-gnu")]
    return {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "LD_LIBRARY_PATH": ":".join([*libraries, str(root() / "usr/lib/postfix")]),
        "LD_PRELOAD": " ".join(str(next(root().glob(f"usr/lib/*/{x}"))) for x in names),
        "NSS_WRAPPER_PASSWD": str(folder / "passwd"),
        "NSS_WRAPPER_GROUP": str(folder / "group"),
        **({"UID_WRAPPER": "1", "UID_WRAPPER_ROOT": "1"} if fake_root else {}),
    }


def fetched() -> Path:
    """Raises NotFetchedError."""
    ready = ROOT / ".ready"
    wanted = repr(CALLS)
    ROOT.mkdir(exist_ok=True)
    with (ROOT / ".lock").open("w") as lock:  # several processes may want it at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists() or ready.read_text() != wanted:
            with tempfile.TemporaryDirectory(dir=ROOT) as packages:
                _fetch(Path(packages))
            ready.write_text(wanted)
    return ROOT


def _fetch(packages: Path) -> None:
    for number, names in enumerate(CALLS):
        folder = packages / str(number)
        (folder / "partial").mkdir(parents=True)
        where = ("-o", f"Dir::Cache::archives={folder}")
        how = ("--no-install-recommends", "--reinstall", "--download-only", "install")
        _run([*APT, *where, *how, *names])
        for package in folder.glob("*.deb"):
            _run(["dpkg", "-x", str(package), str(ROOT)])
    for path in (ROOT / "usr").rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o6000:
            path.chmod(0o755)  # nothing here has its owner's power


def _run(command: Sequence[str]) -> None:
    if shutil.which(command[0]) is None:
        raise NotFetchedError(f"there is no {command[0]}")
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise NotFetchedError(f"{command[0]} took too long") from None
    if done.returncode:
        raise NotFetchedError(f"{done.stderr.strip()[-300:]}")
