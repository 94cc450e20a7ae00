"""What every table needs: the connection, the seal and the clock."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from bots.runtime.process.clock import UNKNOWN, Boot
from bots.runtime.store.sealing import Sealer


class Table:
    """The base of every table, inside one transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sealer: Sealer,
        now: float,
        patience: float,
        running: float = 0.0,
        boot: Boot = UNKNOWN,
    ) -> None:
        self._sql = connection.execute
        self._sealer = sealer
        self._patience = patience
        self.lanes: dict[bytes, None] = {}
        """The lanes of the outbox into which something was put."""
        self.written: set[str] = set()
        """Kinds of rows of the vault that were written or erased."""
        self.forgotten: dict[str, float] = {}
        """What was forgotten for good, by fingerprint, and when."""
        self.now = now
        """Seconds since the epoch, by the office's clock."""
        self.running = running
        """Seconds that the office has run, over all its lives."""
        self.boot = boot


def encode(value: Any) -> bytes:
    """JSON from outside may name half a character; it must not end a transaction."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")
