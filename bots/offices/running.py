"""What the command line needs of an office, of whichever kind."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from bots.runtime.office.office import Office
from bots.runtime.process.control import Command


class Running(Protocol):
    """An office, assembled from its settings."""

    @property
    def office(self) -> Office: ...

    @property
    def state(self) -> Path:
        """The folder of its store."""

    async def reload(self) -> list[str]:
        """Read the settings again. The names of those that only a restart takes up.

        Raises ValueError with all faults: then everything stays as it was.
        """

    def beside(self) -> AbstractAsyncContextManager[object]:
        """What else listens while the office runs. Raises OSError, CannotListen."""

    async def status(self) -> dict[str, Any]:
        """Numbers, opaque ids and what it reaches, for `buendnis status`."""

    @property
    def checkup(self) -> Command:
        """What `buendnis doctor` asks of it."""
