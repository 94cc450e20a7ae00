"""`buendnis demo`: the whole thing on this machine, for whoever wants to see it."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.lab.demo.screen import Screen


@click.command()
@click.option("--story", "story_only", is_flag=True, help="Play the story and end.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything here instead of in a folder that is deleted at the end.",
)
def command(story_only: bool, folder: Path | None) -> None:
    """Start two homeservers and both offices on loopback, and play a story with real clients.

    Afterwards it stays up, so that you can log in with Element, until Ctrl-C. Exit status 0 only
    if every step was observed from outside.
    """
    import asyncio

    place = folder or Path(tempfile.mkdtemp(prefix="buendnis-demo-"))
    try:
        raise SystemExit(asyncio.run(_until_told(place, story_only)))
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


async def _until_told(place: Path, story_only: bool) -> int:
    """Ctrl-C, a closed terminal and SIGTERM end it alike: nothing stays behind."""
    import asyncio
    import signal

    playing = asyncio.ensure_future(_play(place, story_only))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        return 130


async def _play(place: Path, story_only: bool) -> int:
    import logging

    from aiohttp import ClientError

    from bots.lab.demo.screen import Screen
    from bots.lab.demo.telling import NotSeen
    from bots.lab.synapse.embedded import SynapseFailed

    # A phone may have a message before its key; its library would tell of it between the steps.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    screen = Screen()
    screen.opening()
    try:
        await _on_stage(place, screen, story_only)
    except (NotSeen, TimeoutError, SynapseFailed, ClientError, RuntimeError) as error:
        screen.failed(str(error) or type(error).__name__)
        return 1
    return 0


async def _on_stage(place: Path, screen: Screen, story_only: bool) -> None:
    import asyncio

    from bots.lab.demo.stage import stage
    from bots.lab.demo.story import play
    from bots.lab.demo.telling import CONTACT, COORDINATOR, GUEST_COORDINATOR, GUEST_STAFF, STAFF

    staff, coordinators = (*STAFF, GUEST_STAFF), (COORDINATOR, GUEST_COORDINATOR)
    async with stage(place, staff, coordinators, CONTACT) as found:
        await play(found, screen)
        screen.played()
        if not story_only:
            screen.where_to_look(found)
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
