"""Killed at every commit of key material, the first time and each time after."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos import names
from tests.chaos.audit import Findings
from tests.chaos.failpoints import figures
from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.olm import break_session, claim, forget_sessions, new_room_key
from tests.chaos.pool import Wanted, run_all
from tests.chaos.process import Keeper
from tests.chaos.story import Story
from tests.chaos.trials import Trial
from tests.chaos.witness import Witness

MATERIAL = (
    "commit:sync",
    "commit:machine",
    "commit:unpublished",
    "commit:one-time keys",
    "commit:fallback key",
    "commit:published",
    "commit:devices",
    "commit:claimed",
    "commit:wrap",
    "commit:greet",
    "device_signing/upload",
    "signatures/upload",
    "keys/upload",
    "keys/claim",
    "sendToDevice",
)
"""Where keys are made, taken in, used, or given away."""


async def run(ground: Ground) -> list[Figure]:
    person, record = await ground.person("anna"), ground.folder / "record-keys"
    calm = await key_story(Trial(ground, person, record=record))
    counted = names.recorded(record)
    missing = [name for name in MATERIAL if name not in counted]
    if missing:
        say(f"never reached: {', '.join(missing)}")
    wanted = [Wanted(key_story, point) for point in _points(counted)]
    result = await run_all(ground, wanted)
    against = f"{result.trials} kills at {len(MATERIAL)} kinds of handling keys"
    return [
        Figure("keys_names_never_reached", len(missing), "names", f"{len(MATERIAL)} wanted"),
        # How many syncs a story takes depends on the moment; a later one may not come.
        Figure("keys_missed", result.missed, "kills", f"{result.trials} planned", None),
        *figures("keys", calm + result.findings, against),
    ]


def _points(counted: dict[str, int]) -> Iterator[str]:
    for name in MATERIAL:
        for count in range(1, counted.get(name, 0) + 1):
            yield f"before:{name}:{count}"
            yield f"after:{name}:{count}"


async def key_story(trial: Trial) -> Findings:
    """Keys are used up, replaced, lost by others, shared anew and broken; people come and go."""
    told = await trial.ground.told()
    told = told.with_(rotate_after=3, fallback_key_age=0.0, patience=5.0)
    story = trial.story(told)
    berta = await trial.ground.person("berta")
    async with trial.ground.keeper(trial.watched(told), trial.points) as keeper:
        await keeper.ready()
        room = await story.private(f"hello {story.word}")
        await story.answered(room, f"hello {story.word}")
        await _strangers(story, room, keeper)
        await _newcomer(story, room, berta)
        await _talk(story, room)
        await _both_ways(story, room, berta)
        await trial.ground.send_off(berta)
        await story.settle()
        return await trial.judge(story, keeper)


async def _strangers(story: Story, room: str, keeper: Keeper) -> None:
    """All one-time keys and the fallback key are used, by others and by us."""
    await keeper.ready()
    await claim(story.person, story.bot, 60)
    forget_sessions(story.person, story.bot)
    new_room_key(story.person, room)
    await _ask(story, room, "fallback")


async def _newcomer(story: Story, room: str, berta: Witness) -> None:
    await story.person.invite(room, berta.user_id)
    await berta.join(room)
    await _ask(story, room, "newcomer")


async def _talk(story: Story, room: str) -> None:
    """Beyond the use of one room key, with a broken session in between."""
    for number in range(2):
        await _ask(story, room, f"talk{number}")
    await break_session(story.person, story.bot)
    for number in range(2, 4):
        await _ask(story, room, f"talk{number}")


async def _both_ways(story: Story, room: str, berta: Witness) -> None:
    """New keys from everybody, for everybody."""
    forget_sessions(story.person, story.bot)
    new_room_key(story.person, room)
    await _ask(story, room, "last")
    try:
        await berta.wait_for(
            lambda seen: (seen.body or "").startswith(f"encrypted last {story.word}"),
            room_id=room,
            sender=story.bot,
            timeout=20,
        )
    except TimeoutError:
        story.lost.append("what the newcomer should have read")


async def _ask(story: Story, room: str, verb: str) -> None:
    await story.ask(room, f"{verb} {story.word}")
    await story.answered(room, f"{verb} {story.word}")
