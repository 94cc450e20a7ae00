"""`buendnis run FILE`: an office, until it is told to stop."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from bots.cli.saying import complain

if TYPE_CHECKING:
    import asyncio

    from bots.offices.running import Running
    from bots.runtime.process.control import Command
    from config.network.settings import NetworkConfig
    from config.ombuds.settings import OmbudsConfig

log = logging.getLogger(__name__)


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Run the office that FILE describes, until SIGTERM or Ctrl-C.

    SIGHUP, or `buendnis reload FILE`, reads the file again. Stopping takes less than five seconds
    and loses nothing.
    """
    import asyncio

    from bots.cli.loading import load_any_or_exit
    from bots.runtime.process.logs import install

    config = load_any_or_exit(file)
    install(config.logging.level)
    _leave(asyncio.new_event_loop().run_until_complete(_run(config)))


def _leave(status: int) -> NoReturn:
    """End without waiting for threads: one that asks a silent name server takes its time, and
    whoever stops us does not give it."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


async def _run(config: OmbudsConfig | NetworkConfig) -> int:
    import asyncio
    import signal

    from bots.runtime.store.store import StoreError
    from bridges.web.server import CannotListen
    from federation.model.errors import FederationError

    working = asyncio.ensure_future(_assembled_and_served(config))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        log.info("stopped; everything that came in is kept")
    except (FederationError, StoreError, CannotListen, _Unusable) as error:
        return _failed(config, str(error))
    except Exception:
        # Its text may hold what somebody wrote: only the log's way of telling it is safe.
        log.critical("a fault in the office itself; what came in is kept", exc_info=True)
        return 1
    return 0


def _failed(config: OmbudsConfig | NetworkConfig, sentence: str) -> int:
    complain(f"{config.path}: {sentence}")
    return 1


class _Unusable(Exception):
    """The office can't be assembled; the message says what to do."""


async def _assembled_and_served(config: OmbudsConfig | NetworkConfig) -> None:
    try:
        running = await _assembled(config)
    except ValueError as error:
        raise _Unusable(str(error)) from None
    except OSError as error:
        raise _Unusable(_sentence(config, error)) from None
    await _keep_settings(running, config.path)
    await _serve(running, config.path)


async def _keep_settings(running: Running, file: Path) -> None:
    """In the store, so that a backup has them, and nobody reads them there without the key."""
    import asyncio
    from functools import partial

    from bots.runtime.store.backup import keep_settings

    text = await asyncio.to_thread(file.read_bytes)
    await running.office.store.run("settings", partial(keep_settings, text))


async def _assembled(config: OmbudsConfig | NetworkConfig) -> Running:
    from bots.offices.unlocking import unlocked
    from config.network.settings import NetworkConfig

    config = await unlocked(config)

    if isinstance(config, NetworkConfig):
        from bots.offices.network import network_office

        return await network_office(config)
    from bots.offices.ombuds import OmbudsRunning

    return OmbudsRunning(config)


def _sentence(config: OmbudsConfig | NetworkConfig, error: OSError) -> str:
    return (
        f"{config.state_key}: {error.filename or config.state} can't be used ({error.strerror}). "
        "See that the folder belongs to the user who runs the office, and that the disk is neither "
        "full nor read-only."
    )


async def _serve(running: Running, file: Path) -> None:
    import asyncio
    import signal

    from bots.runtime.process.control import listening

    office = running.office
    working = asyncio.create_task(office.run())
    reloading = _Reloading(running, file)
    commands = {
        **office.rotation.commands,
        "status": running.status,
        "checkup": running.checkup,
        "reload": reloading.command,
        "stop": _stop(working),
    }
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloading.signal)
    try:
        async with running.beside(), listening(running.state, commands):
            await working
    finally:
        working.cancel()
        await asyncio.wait([working])
        await office.close()


def _stop(running: asyncio.Task[None]) -> Command:
    async def stop() -> dict[str, Any]:
        running.get_loop().call_later(0.1, running.cancel)
        return {}

    return stop


class _Reloading:
    """Reads the file again. What is wrong in it is told, and the office goes on as before."""

    def __init__(self, running: Running, file: Path) -> None:
        self._running = running
        self._file = file
        self._tasks: set[asyncio.Task[None]] = set()

    def signal(self) -> None:
        import asyncio

        task = asyncio.ensure_future(self._quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self) -> None:
        try:
            await self._reload()
        except ValueError as error:
            log.error("the settings stay as they were:\n%s", error)

    async def command(self) -> dict[str, Any]:
        return {"restart_needed": await self._reload()}

    async def _reload(self) -> list[str]:
        """The settings that need a restart. Raises ValueError with all faults."""
        waiting = await self._running.reload()
        await _keep_settings(self._running, self._file)
        log.info("read the settings again%s", _needs_restart(waiting))
        return waiting


def _needs_restart(names: list[str]) -> str:
    return f"; restart the office for: {', '.join(names)}" if names else ""
