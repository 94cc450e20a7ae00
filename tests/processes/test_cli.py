"""The command line as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("command", "does_without"),
    [
        ("--help", {"nio", "aiohttp", "pydantic", "yaml", "sqlite_utils"}),
        ("check not-there.yaml", {"nio", "aiohttp", "sqlite_utils"}),
        ("schema network", {"nio", "aiohttp", "sqlite_utils"}),
    ],
)
def test_what_only_tells_or_reads_loads_nothing_slow(command: str, does_without: set[str]) -> None:
    code = (
        "import sys; from bots.cli.entry import cli\n"
        f"try: cli({command.split()})\n"
        "except SystemExit: pass\n"
        f"slow = {does_without} & set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bots", "check", "not-there.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("not-there.yaml:1: file: there is no such file")
    assert done.stderr == ""
