"""A PostgreSQL of our own, of Debian's make: as its user, in a folder, on a port of loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.lab.synapse.embedded import free_port
from tests.kit.programs import program


@dataclass(frozen=True)
class Cluster:
    folder: Path
    port: int
    bin: Path

    @property
    def environment(self) -> dict[str, str]:
        """By which its programs find it."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PATH": f"{self.bin}:{os.environ['PATH']}",
        }

    def run(self, name: str, *arguments: str) -> None:
        """One of its programs, which nobody may run as root."""
        words = ["runuser", "--user", "postgres", "--", str(self.bin / name), *arguments]
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.folder}"
        log = str(self.folder / "log")
        self.run(
            "pg_ctl", "--pgdata", str(self.data), "--wait", "--log", log, "-o", options, "start"
        )

    def stop(self) -> None:
        self.run("pg_ctl", "--pgdata", str(self.data), "--mode=immediate", "stop")

    @property
    def data(self) -> Path:
        return self.folder / "data"


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Started; it ends with us. Skips where there is no PostgreSQL, or we are not root."""
    program("psql", "psql")
    if os.geteuid() != 0:
        pytest.skip("PostgreSQL's own user is needed, so root: .ci/run runs as root")
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert homes, "postgresql is installed without its server"
    folder.mkdir()
    shutil.chown(folder, "postgres", "postgres")
    found = Cluster(folder, free_port(), homes[-1].parent)
    found.run("initdb", "--pgdata", str(found.data), "--auth=trust", "--encoding=UTF8", "--no-sync")
    found.start()
    try:
        yield found
    finally:
        found.stop()
