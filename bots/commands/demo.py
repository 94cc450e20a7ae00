"""`buendnis demo`: the whole thing on this machine, for whoever wants to see it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bots.demo.stage import Stage


@click.command()
@click.option("--story", "story_only", is_flag=True, help="Play the story and end.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep everything here instead of in a folder that is deleted at the end.",
)
def command(story_only: bool, folder: Path | None) -> None:
    """Start a homeserver and an ombuds office on loopback and play a story with real clients.

    Afterwards it stays up, so that you can log in with Element, until Ctrl-C. Exit status 0 only
    if every step was observed from outside.
    """
    import asyncio

    place = folder or Path(tempfile.mkdtemp(prefix="buendnis-demo-"))
    try:
        raise SystemExit(asyncio.run(_play(place, story_only)))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    finally:
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


async def _play(place: Path, story_only: bool) -> int:
    from bots.demo.screen import Screen
    from bots.demo.stage import OfficeFailed, Stage
    from bots.demo.story import GUEST_STAFF, STAFF, UNDO, NotSeen, Story
    from federation.embedded import SynapseFailed

    screen = Screen()
    screen.opening()
    try:
        stage = await Stage.set(place, (*STAFF, GUEST_STAFF), f"{UNDO}s")
    except SynapseFailed as error:
        screen.failed(str(error))
        return 1
    async with stage:
        story = Story(stage, screen.step)
        try:
            await story.play()
        except (NotSeen, TimeoutError, OfficeFailed) as error:
            screen.failed(str(error))
            return 1
        screen.played()
        if not story_only:
            await _stay(stage, screen)
    return 0


async def _stay(stage: Stage, screen: object) -> None:
    import asyncio
    import signal

    from bots.demo.screen import Screen

    if isinstance(screen, Screen):
        screen.where_to_look(stage)
    leaving = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leaving.set)
    await leaving.wait()
