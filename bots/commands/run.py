"""`buendnis run FILE`: an office, until it is told to stop."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from bots.ombuds.bot import OmbudsBot
    from bots.runtime.office import Office
    from config.ombuds import OmbudsConfig

log = logging.getLogger(__name__)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Run the office that FILE describes, until SIGTERM or Ctrl-C.

    SIGHUP, or `buendnis reload FILE`, reads the file again. Stopping takes less than five seconds
    and loses nothing.
    """
    import asyncio

    from bots.commands._loading import load_or_exit
    from bots.runtime.logs import install

    config = load_or_exit(file)
    install(config.logging.level)
    _leave(asyncio.new_event_loop().run_until_complete(_run(config)))


def _leave(status: int) -> NoReturn:
    """End without waiting for threads: one that asks a silent name server takes its time, and
    whoever stops us does not give it."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


async def _run(config: OmbudsConfig) -> int:
    from bots.offices import ombuds_office
    from bots.runtime.store import StoreError
    from federation.errors import FederationError

    try:
        office, bot = ombuds_office(config)
    except (StoreError, ValueError) as error:
        return _failed(config, str(error))
    except OSError as error:
        return _failed(config, _unusable(config.office.state, error))
    try:
        await _serve(office, bot, config)
    except (FederationError, StoreError) as error:
        return _failed(config, str(error))
    except Exception:
        # Its text may hold what somebody wrote: only the log's way of telling it is safe.
        log.critical("a fault in the office itself; what came in is kept", exc_info=True)
        return 1
    return 0


def _failed(config: OmbudsConfig, sentence: str) -> int:
    click.echo(f"{config.path}: {sentence}", err=True)
    return 1


def _unusable(state: Path, error: OSError) -> str:
    return (
        f"office.state: {error.filename or state} can't be used ({error.strerror}). See that the "
        "folder belongs to the user who runs the office, and that the disk is neither full nor "
        "read-only."
    )


async def _serve(office: Office, bot: OmbudsBot, config: OmbudsConfig) -> None:
    import asyncio
    import signal

    from bots.checkup.live import checking
    from bots.runtime.control import listening

    running = asyncio.create_task(office.run())
    reloading = _Reloading(office, bot, config)
    commands = {
        "status": office.status,
        "checkup": checking(office),
        "reload": reloading.command,
        "stop": _stop(running),
    }
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, running.cancel)
    loop.add_signal_handler(signal.SIGINT, running.cancel)
    loop.add_signal_handler(signal.SIGHUP, reloading.signal)
    try:
        async with listening(config.office.state, commands):
            await running
    except asyncio.CancelledError:
        log.info("stopped; everything that came in is kept")
    finally:
        await office.close()


def _stop(running: Any) -> Any:
    async def stop() -> dict[str, Any]:
        running.get_loop().call_later(0.1, running.cancel)
        return {}

    return stop


class _Reloading:
    """Reads the file again. What is wrong in it is told, and the office goes on as before."""

    def __init__(self, office: Office, bot: OmbudsBot, config: OmbudsConfig) -> None:
        self._office = office
        self._bot = bot
        self._config = config

    def signal(self) -> None:
        try:
            self._reload()
        except ValueError as error:
            log.error("the settings stay as they were:\n%s", error)

    async def command(self) -> dict[str, Any]:
        return {"restart_needed": self._reload()}

    def _reload(self) -> list[str]:
        """The settings that need a restart. Raises ValueError with all faults."""
        from bots.offices import ombuds_settings
        from bots.runtime.logs import install
        from config.faults import ConfigFaults
        from config.loading import load

        try:
            new = load(self._config.path)
        except ConfigFaults as faults:
            raise ValueError(str(faults)) from None
        waiting = _fixed(self._config, new)
        self._bot.settings = ombuds_settings(new)
        self._office.store.patience = new.unreadable_after.total_seconds()
        install(new.logging.level)
        log.info("read the settings again%s", _needs_restart(waiting))
        return waiting


def _fixed(old: OmbudsConfig, new: OmbudsConfig) -> list[str]:
    """Sections that are used only at the start, and differ."""
    pairs = {
        "office.state": (old.office.state, new.office.state),
        "homeserver": (old.homeserver, new.homeserver),
        "account": (old.account, new.account),
    }
    return [name for name, (before, after) in pairs.items() if before != after]


def _needs_restart(names: list[str]) -> str:
    return f"; restart the office for: {', '.join(names)}" if names else ""
