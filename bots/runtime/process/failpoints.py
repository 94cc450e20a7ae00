"""Ends the process at a chosen point, for tests: `BUENDNIS_FAILPOINT=before:send:3` kills it before
the third call named `send`; `after:commit:sync` after the first commit named so."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping

from federation.model.ports import Probe, no_probe

VARIABLE = "BUENDNIS_FAILPOINT"


def from_environment(environment: Mapping[str, str]) -> Probe:
    """The probe that the environment asks for; by default one that does nothing."""
    wanted = environment.get(VARIABLE)
    return no_probe if not wanted else failpoint(wanted)


def failpoint(wanted: str) -> Probe:
    """`STAGE:NAME[:COUNT]`; names may hold colons themselves (`commit:sync`)."""
    stage, _, rest = wanted.partition(":")
    name, _, count = rest.rpartition(":")
    if not count.isdigit():
        name, count = rest, "1"
    left = int(count)
    lock = threading.Lock()

    def probe(reached: str, call: str) -> None:
        nonlocal left
        if (reached, call) != (stage, name):
            return
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return probe
