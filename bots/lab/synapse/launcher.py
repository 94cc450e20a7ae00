"""Runs Synapse in this process, and ends it when the process that asked for it is gone.

Started by `embedded.py` as a file of its own, never imported: Synapse has its own licence and its
own event loop. Arguments: the parent's process id, the directory to run in, how many seconds to
wait for a predecessor that is still ending there, as JSON the ports of the homeservers that are its
neighbours on this machine, by name, and whether threads of their own ask its database.

The parent holds the other end of our standard input. A pipe rather than `PR_SET_PDEATHSIG`,
because that signal comes when the *thread* that forked ends, not the process. Where the pipe was
inherited by a fork of the parent, the change of our parent's id tells.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

GRACE_SECONDS = 5.0
PARENT_CHECK_SECONDS = 1.0


def _parent_is_gone(parent: int) -> bool:
    if os.getppid() != parent:
        return True
    readable, _, _ = select.select([sys.stdin], [], [], PARENT_CHECK_SECONDS)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) == b""


def _end_with(parent: int) -> None:
    while not _parent_is_gone(parent):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _lock(directory: Path, patience: float) -> TextIO:
    """Two Synapses on one SQLite file would damage it; a dying predecessor is waited for."""
    lock = (directory / "lock").open("w")
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                sys.exit(f"Another Synapse is running in {directory}. Stop it first.")
            time.sleep(0.05)
        else:
            return lock


def _know(neighbours: dict[str, int]) -> None:
    """Find the neighbours here, without asking any name server; nobody else is asked for."""
    from synapse.http.federation import srv_resolver, well_known_resolver

    getaddrinfo = socket.getaddrinfo

    def here(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return getaddrinfo("127.0.0.1" if name in neighbours else host, *args, **kwargs)

    async def no_record(_self: object, _service: bytes) -> list[Any]:
        return []

    async def delegated(_self: object, server: bytes) -> Any:
        port = neighbours.get(server.decode())
        found = None if port is None else b"%s:%d" % (server, port)
        return well_known_resolver.WellKnownLookupResult(delegated_server=found)

    socket.getaddrinfo = here
    for kind, name, instead in (
        (srv_resolver.SrvResolver, "resolve_service", no_record),
        (well_known_resolver.WellKnownResolver, "get_well_known", delegated),
    ):
        setattr(kind, name, instead)


def _ask_in_turn() -> None:
    """Do in the main thread, in its next round, what else a thread is woken for, and waited for:
    dozens of times in a request, and for less than a millisecond each. Not at once: who asks goes
    on before there is an answer. Files are sent from threads of their own, which wait for their
    reader."""
    from synapse.logging import context
    from twisted.enterprise.adbapi import ConnectionPool
    from twisted.internet import reactor
    from twisted.internet.task import deferLater

    later: Any = reactor
    in_thread = context.defer_to_threadpool

    def connected(pool: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        return deferLater(later, 0, pool._runWithConnection, function, *args, **kwargs)

    def done(where: Any, pool: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
        if pool is not later.getThreadPool():
            return in_thread(where, pool, function, *args, **kwargs)
        return context.make_deferred_yieldable(deferLater(later, 0, function, *args, **kwargs))

    for kind, name, instead in (
        (ConnectionPool, "runWithConnection", connected),
        (context, "defer_to_threadpool", done),
    ):
        setattr(kind, name, instead)


def main() -> None:
    """Take the directory's lock, watch the parent, and hand over to Synapse."""
    parent, directory, patience = int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    neighbours, threads = json.loads(sys.argv[4]), json.loads(sys.argv[5])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    lock = _lock(directory, patience)
    sys.argv = ["synapse", "--config-path", str(directory / "homeserver.yaml")]
    if neighbours:
        _know(neighbours)
    if not threads:
        _ask_in_turn()
    from synapse.app.homeserver import main as synapse_main

    synapse_main()
    lock.close()


if __name__ == "__main__":
    main()
