"""The command line as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_help_of_all_commands_loads_nothing_slow() -> None:
    code = (
        "import sys; from bots.cli.entry import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'nio', 'aiohttp', 'pydantic', 'yaml', 'sqlite_utils'} & set(sys.modules)\n"
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
