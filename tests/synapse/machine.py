"""A machine on which the blocks of docs/install.md are pasted: its folders lie in one of ours, and
`systemctl` starts the services as processes. Everything else is the real thing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.synapse.postgres import Cluster, cluster

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "install.md"
PATIENCE = 300.0
SYSTEMCTL = """\
#!/bin/bash
# Starts and stops what the units say, as their users.
set -eu
declare -A owner=([buendnis@network]=10001 [buendnis@ombuds]=10002 [buendnis-synapse]=10003)
verb=$1; shift
for unit in "$@"; do
    [[ $unit != --now ]] || continue
    pid=$RUN/$unit.pid
    if [[ $verb == stop ]]; then
        [[ ! -e $pid ]] || kill "$(<"$pid")" 2>/dev/null || true
        rm --force "$pid"
    elif [[ -v owner[$unit] ]]; then
        if [[ -e $pid ]] && kill -0 "$(<"$pid")" 2>/dev/null; then continue; fi
        file=$UNITS/$unit.service
        [[ $unit != buendnis@* ]] || file=$UNITS/buendnis@.service
        line=$(sed --quiet "s/^ExecStart=//p" "$file" | sed "s/%i/${unit#*@}/g")
        line=${line//\\/opt\\/buendnis/$OPT}
        line=${line//\\/srv\\/buendnis/$BUENDNIS_FOLDER}
        setsid setpriv --reuid="${owner[$unit]}" --regid="${owner[$unit]}" --clear-groups \\
            $line >>"$RUN/$unit.log" 2>&1 </dev/null &
        echo $! >"$pid"
    fi
done
"""


@dataclass(frozen=True)
class Machine:
    root: Path
    database: Cluster

    @property
    def folder(self) -> Path:
        return self.root / "srv" / "buendnis"

    @property
    def environment(self) -> dict[str, str]:
        found = self.database.environment
        return {
            **found,
            "PATH": f"{self.root / 'bin'}:{found['PATH']}",
            "BUENDNIS_FOLDER": str(self.folder),
            "RUN": str(self.root / "run"),
            "UNITS": str(ROOT / "config" / "examples" / "systemd"),
            "OPT": str(ROOT),
            "LANG": "C.UTF-8",
        }

    def paste(
        self, block: str, typed: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """A block as it is printed; only where `/srv` and `/opt` are is another place."""
        here = block.replace("/srv/", f"{self.root}/srv/").replace("/opt/buendnis", str(ROOT))
        return subprocess.run(
            ["bash", "-c", here],
            env={**self.environment, **environment},
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def logs(self) -> str:
        return "\n".join(
            f"== {path.name}\n{path.read_text()[-3000:]}"
            for path in sorted((self.root / "run").glob("*.log"))
        )

    def stop(self) -> None:
        """All services, at once."""
        for file in (self.root / "run").glob("*.pid"):
            with suppress(ProcessLookupError, ValueError):
                os.kill(int(file.read_text()), signal.SIGKILL)
            file.unlink()


def printed(first: str) -> str:
    """The block of the guide that has a line which begins so."""
    blocks = re.findall(r"^```\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    [found] = [x for x in blocks if any(line.startswith(first) for line in x.splitlines())]
    return str(found)


def _others_run_our_programs() -> bool:
    """Whether users without rights can: not where the interpreter lies in a closed home."""
    words = [
        "setpriv",
        "--reuid=10001",
        "--regid=10001",
        "--clear-groups",
        sys.executable,
        "-c",
        "",
    ]
    return subprocess.run(words, cwd="/", capture_output=True, check=False).returncode == 0


@contextmanager
def machine() -> Iterator[Machine]:
    if os.geteuid() != 0 or not _others_run_our_programs():
        pytest.skip("services run as users of their own: this needs root, and an open interpreter")
    # Not pytest's folder, which is closed to other users.
    root = Path(tempfile.mkdtemp(prefix="buendnis-machine-"))
    root.chmod(0o711)
    for name in ("bin", "run", "srv"):
        (root / name).mkdir(mode=0o711)
    systemctl = root / "bin" / "systemctl"
    systemctl.write_text(SYSTEMCTL)
    systemctl.chmod(stat.S_IRWXU)
    try:
        with cluster(root / "postgres") as database:
            found = Machine(root, database)
            try:
                yield found
            finally:
                found.stop()
    finally:
        shutil.rmtree(root)
