"""Circumstances in which an office is killed at one point, so that together they reach every one.

Each plays a story, from an account that nobody used before, and says what was found at its end.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bots.runtime.model.requests import slot
from bots.runtime.office.serving import KEY_FILE
from bots.runtime.store import backup
from bots.runtime.store.holding import stored
from bots.runtime.store.keyring import NAME
from bots.runtime.store.keys import FileKey, load_key
from bots.runtime.store.sealing import Sealer
from bots.runtime.store.store import FILE
from federation.client.homeserver import Homeserver, path
from federation.model.actions import CreateRoom
from tests.chaos.audit import Findings
from tests.chaos.ground import Account, Ground
from tests.chaos.office import Told
from tests.chaos.olm import new_room_key
from tests.chaos.process import Keeper
from tests.chaos.proxy import Fault, Proxy, too_many, unwell
from tests.chaos.story import Story, everything, made_room
from tests.chaos.witness import Witness

CALM = 1.2
"""Seconds that an office must go on before the account is settled: what it does twice, it does
soon after its start."""
_number = 0


@dataclass(frozen=True, slots=True)
class Trial:
    ground: Ground
    person: Witness
    points: tuple[str, ...] = ()
    record: Path | None = None

    def story(self, told: Told) -> Story:
        global _number  # noqa: PLW0603
        _number += 1
        return Story(self.ground, self.person, full_id(self.ground, told), f"w{_number}")

    def watched(self, told: Told) -> Told:
        """The office of the life that is to be interrupted."""
        return told.with_(record=str(self.record)) if self.record else told

    async def judge(self, story: Story, keeper: Keeper) -> Findings:
        await keeper.steady(CALM)
        findings = await story.findings()
        findings.crashes = len(keeper.crashes)
        findings.details += [f"ended with status {status}" for status in keeper.crashes]
        faults = keeper.errors()
        findings.errors = len(faults)
        findings.details += faults
        if keeper.points:
            findings.details.append(f"never reached {keeper.points}")
        return findings


def full_id(ground: Ground, told: Told) -> str:
    user = told.user
    return user if user.startswith("@") else f"@{user}:{ground.synapse.server_name}"


async def whole_story(trial: Trial) -> Findings:
    """A first start with a password, and all that the bot can do."""
    told = (await trial.ground.told()).with_(patience=5.0)
    story = trial.story(told)
    async with trial.ground.keeper(trial.watched(told), trial.points) as keeper:
        await keeper.ready()
        await everything(story, keeper)
        return await trial.judge(story, keeper)


async def registration(trial: Trial) -> Findings:
    """An account that the office registers itself."""
    told = await trial.ground.told()
    name = f"{told.user[1:].partition(':')[0]}-own"
    told = told.with_(
        user=name,
        state=f"{told.state}-own",
        password=None,
        registration_secret=trial.ground.synapse.registration_secret,
        display_name="Busy",
    )
    async with trial.ground.keeper(trial.watched(told), trial.points) as keeper:
        await keeper.ready()
        story = trial.story(told)
        await _one_question(story)
        return await trial.judge(story, keeper)


async def gap(trial: Trial) -> Findings:
    """More was written while the office was stopped than a sync holds."""
    told = await trial.ground.told()
    story = trial.story(told)
    async with trial.ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await _two_rooms(story)
        await keeper.pause()
        for number in range(2):
            await story.ask(room, f"while away {number} {story.word}")
            await story.ask(plain, f"while away {number} {story.word}")
            await chatter(story, plain)
        keeper.go_on(trial.watched(told), trial.points)
        await story.settle()
        return await trial.judge(story, keeper)


async def lost_store(trial: Trial) -> Findings:
    """All but the sealing key was lost, with messages waiting."""
    told = (await trial.ground.told()).with_(patience=0.7)
    story = trial.story(told)
    async with trial.ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await _two_rooms(story)
        for place in (room, plain):
            await story.ask(place, f"mistake {story.word}", "gone", "redaction")
            await story.ask(place, f"later {story.word}", f"text due {story.word}")
            await story.hear(place, f"due {story.word}")
        await keeper.steady(told.mark_every * 2)
        await keeper.pause()
        lose(told)
        await story.ask(plain, f"while lost {story.word}")
        keeper.go_on(trial.watched(told), trial.points)
        await story.answered(plain, f"while lost {story.word}")
        await story.ask(room, f"found {story.word}")
        await story.settle()
        findings = await trial.judge(story, keeper)
    findings.miscounted = 0  # the count was lost as well
    return findings


async def lost_on_device(trial: Trial) -> Findings:
    """As above, with nothing but the token of the same device."""
    told = await trial.ground.told()
    token = await trial.ground.token(Account(told.user, told.password or ""))
    told = told.with_(password=None, token=token)
    story = trial.story(told)
    async with trial.ground.keeper(told) as keeper:
        await keeper.ready()
        plain = await story.plain()
        await story.ask(plain, f"hello {story.word}")
        await story.answered(plain, f"hello {story.word}")
        await keeper.pause()
        lose(told)
        await story.ask(plain, f"while lost {story.word}")
        keeper.go_on(trial.watched(told), trial.points)
        await story.settle()
        findings = await trial.judge(story, keeper)
    findings.miscounted = 0
    return findings


async def restored(trial: Trial) -> Findings:
    """A backup came back, with messages answered since, and messages waiting."""
    told = (await trial.ground.told()).with_(patience=0.7)
    story = trial.story(told)
    async with trial.ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await _two_rooms(story)
        archive = await asyncio.to_thread(_back_up, told)
        for place in (room, plain):
            await story.ask(place, f"since {story.word}")
            await story.answered(place, f"since {story.word}")
        await keeper.steady(told.mark_every * 2)
        await keeper.pause()
        new_room_key(trial.person, room)  # it waits for the old device
        for place in (room, plain):
            await story.ask(place, f"while lost {story.word}")
        await asyncio.to_thread(_restore, told, archive)
        keeper.go_on(trial.watched(told), trial.points)
        await story.answered(room, f"while lost {story.word}")
        await story.ask(room, f"back {story.word}")
        await story.settle()
        findings = await trial.judge(story, keeper)
    findings.miscounted = 0  # what the bot keeps is as old as the backup
    return findings


def _back_up(told: Told) -> Path:
    settings, archive = Path(f"{told.state}.yaml"), Path(f"{told.state}.tar")
    settings.write_text("{}\n")
    backup.make(Path(told.state), settings, archive)
    return archive


def _restore(told: Told, archive: Path) -> None:
    state = Path(told.state)
    key = FileKey(load_key(state / KEY_FILE))
    for file in state.glob(f"{FILE}*"):
        file.unlink()
    backup.restore(archive, state, key)


async def made_before(trial: Trial) -> Findings:
    """Killed when a room had been created and nobody had noted it."""
    told = await trial.ground.told()
    story = trial.story(told)
    points = ("after:createRoom", *trial.points)
    async with trial.ground.keeper(trial.watched(told), points) as keeper:
        await keeper.ready()
        await everything(story, keeper)
        return await trial.judge(story, keeper)


async def half_made(trial: Trial) -> Findings:
    """The homeserver went down while it made a room: the alias stands, the encryption is missing.

    Played by hand: the same account makes such a room under the alias that the office will want.
    """
    told = (await trial.ground.told()).with_(half_made=0.3)
    story = trial.story(told)
    async with trial.ground.keeper(told) as keeper:
        await keeper.ready()
        room = await _one_question(story)
        await keeper.pause()
        cause = await story.ask(room, f"room {story.word}", f"text made {story.word}")
        await _make_half(trial.ground, told, f"room/{story.bot}/{cause}", f"room/{story.word}")
        keeper.go_on(trial.watched(told), trial.points)
        await made_room(story)
        await story.settle()
        return await trial.judge(story, keeper)


async def _make_half(ground: Ground, told: Told, cause: str, handle: str) -> None:
    keyring = stored(Path(told.state))
    assert keyring is not None
    keys, _ = keyring.opened(FileKey(load_key(Path(told.state) / KEY_FILE)))
    alias = f"buendnis-{Sealer(keys).action_id(cause, slot(CreateRoom(handle)))}"
    server = Homeserver(ground.synapse.url)
    try:
        server.token = await ground.token(Account(told.user, told.password or ""))
        body = {"room_alias_name": alias, "preset": "private_chat"}
        await server.call("createRoom", "POST", path("createRoom"), body)
    finally:
        await server.close()


async def limited(trial: Trial) -> Findings:
    """The homeserver wants us to slow down, and then fails for a moment."""
    proxy = Proxy(trial.ground.synapse.url)
    await proxy.up()
    proxy.faults = [Fault(too_many(), "PUT .*/send/", 1), Fault(unwell(), "PUT .*/send/", 1)]
    try:
        told = (await trial.ground.told()).with_(homeserver=proxy.url)
        story = trial.story(told)
        async with trial.ground.keeper(trial.watched(told), trial.points) as keeper:
            await keeper.ready()
            await _two_rooms(story)
            await story.settle()
            return await trial.judge(story, keeper)
    finally:
        await proxy.down()


async def chatter(story: Story, room: str, number: int = 60) -> None:
    """Notices, which no bot answers."""
    content = {"msgtype": "m.notice", "body": "chatter"}
    for _ in range(number):
        await story.person.send_event(room, "m.room.message", content, plain=True)


def lose(told: Told, *, key: bool = False) -> None:
    """Lose the store, and its keys with it or not."""
    state = Path(told.state)
    kept = {} if key else {x: (state / x).read_text() for x in (KEY_FILE, NAME)}
    shutil.rmtree(state)
    if kept:
        state.mkdir(mode=0o700)
    for name, text in kept.items():
        (state / name).write_text(text)


async def _one_question(story: Story) -> str:
    room = await story.private(f"hello {story.word}")
    await story.answered(room, f"hello {story.word}")
    return room


async def _two_rooms(story: Story) -> tuple[str, str]:
    room = await _one_question(story)
    plain = await story.plain()
    await story.ask(plain, f"hello {story.word}")
    await story.answered(plain, f"hello {story.word}")
    return room, plain


Circumstance = Callable[[Trial], Awaitable[Findings]]
CIRCUMSTANCES: tuple[Circumstance, ...] = (
    whole_story,
    registration,
    gap,
    lost_store,
    lost_on_device,
    restored,
    made_before,
    half_made,
    limited,
)
