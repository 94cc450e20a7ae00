"""Runs command lines as a user who owns nothing; JSON in and out.

Everything is imported first, since that user may not even read the interpreter's own files.
"""

from __future__ import annotations

import encodings.idna
import encodings.latin_1
import encodings.utf_8_sig  # noqa: F401  (Python reads them when they are needed)
import json
import os
import sys
import tempfile
from typing import IO

from bots.cli.entry import main
from config.cli.spoken import spoken
from tests.kit.forks import import_all

NOBODY = 54_321


def tried(arguments: list[str]) -> tuple[int, str]:
    """Exit status and output, of a process of its own."""
    with tempfile.TemporaryFile("w+") as output:
        child = os.fork()
        if child == 0:
            _become_nobody(arguments, output)
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read()


def _become_nobody(arguments: list[str], output: IO[str]) -> None:
    for descriptor in (1, 2):
        os.dup2(output.fileno(), descriptor)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.argv = ["buendnis", *arguments]
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 99)
    os._exit(98)  # a traceback, which `main` lets nobody see


if __name__ == "__main__":
    import_all()
    spoken("")  # reads the catalogue
    json.dump([tried(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
