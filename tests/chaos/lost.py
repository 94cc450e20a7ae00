"""The store is lost, and an office begins again with what is left of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.chaos.audit import Findings
from tests.chaos.failpoints import figures
from tests.chaos.figures import Figure
from tests.chaos.ground import Account, Ground, say
from tests.chaos.office import Told
from tests.chaos.olm import new_room_key
from tests.chaos.process import Keeper
from tests.chaos.story import Story, audit
from tests.chaos.trials import chatter, full_id, lose
from tests.chaos.witness import Witness


@dataclass(frozen=True, slots=True)
class Scene:
    ground: Ground
    person: Witness

    def story(self, told: Told, word: str) -> Story:
        return Story(self.ground, self.person, full_id(self.ground, told), word)

    async def judge(self, story: Story, keeper: Keeper) -> Findings:
        await story.settle()
        await keeper.steady(1.5)
        found = await audit([story])
        found.miscounted = 0  # the count was lost as well
        found.crashes, found.errors = len(keeper.crashes), len(keeper.errors())
        found.details += keeper.errors()
        return found


async def same_device(scene: Scene) -> Findings:
    """A given token and plain rooms: the device stays, its store and its keys are gone."""
    told = await _with_token(scene.ground)
    story = scene.story(told, "token")
    async with scene.ground.keeper(told) as keeper:
        await keeper.ready()
        rooms = [await story.plain() for _ in range(2)]
        for room in rooms:
            await _talk(story, room, "before")
        await keeper.steady(told.mark_every * 2)
        for room in rooms:  # answered, and noted nowhere but in the rooms
            await _talk(story, room, "unmarked")
        await keeper.pause()
        lose(told)
        for room in rooms:
            await story.ask(room, f"lost {story.word}")
            await chatter(story, room, 110)
            await story.ask(room, f"later {story.word}", f"text due {story.word}")
        keeper.go_on()
        for room in rooms:
            await story.answered(room, f"later {story.word}")
        return await scene.judge(story, keeper)


async def new_device(scene: Scene) -> Findings:
    """A password: a new device under the same identity; a strict client reads on."""
    told = (await scene.ground.told()).with_(patience=1.0)
    story = scene.story(told, "password")
    async with scene.ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await _both(story)
        await keeper.steady(told.mark_every * 2)
        for place in (room, plain):
            await _talk(story, place, "unmarked")
        await keeper.pause()
        lose(told)
        await story.ask(plain, f"lost {story.word}")
        # Written to a device that is gone: its sender is asked to write again.
        new_room_key(scene.person, room)
        unreadable = await scene.person.send(room, f"lost {story.word}")
        story.want(room, f"text unreadable {unreadable}")
        keeper.go_on()
        await story.answered(plain, f"lost {story.word}")
        await story.ask(room, f"found {story.word}")
        return await scene.judge(story, keeper)


async def twice(scene: Scene) -> Findings:
    """Lost, and lost again as soon as it is back."""
    told = (await scene.ground.told()).with_(patience=0.5)
    story = scene.story(told, "twice")
    async with scene.ground.keeper(told) as keeper:
        await keeper.ready()
        room, plain = await _both(story)
        for time in ("once", "twice"):
            await keeper.steady(told.mark_every * 2)
            await keeper.pause()
            lose(told)
            await story.ask(plain, f"{time} {story.word}")
            keeper.go_on()
            await story.answered(plain, f"{time} {story.word}")
            await story.ask(room, f"{time} {story.word}")
            await story.answered(room, f"{time} {story.word}")
        return await scene.judge(story, keeper)


async def _with_token(ground: Ground) -> Told:
    told = await ground.told()
    token = await ground.token(Account(told.user, told.password or ""))
    return told.with_(password=None, token=token)


async def _both(story: Story) -> tuple[str, str]:
    room = await story.private(f"hello {story.word}")
    await story.answered(room, f"hello {story.word}")
    plain = await story.plain()
    await _talk(story, plain, "hello")
    return room, plain


async def _talk(story: Story, room: str, verb: str) -> None:
    """Things of which a repetition would be seen."""
    word = f"{verb}-{story.word}"
    await story.ask(room, f"say {word}")
    await story.ask(room, f"draft {word}", f"text draft {word}", f"edit final {word}")
    await story.ask(room, f"mistake {word}", "gone", "redaction")
    await story.ask(room, f"react {word}", "reaction 👍")
    await story.ask(room, f"later {word}", f"text due {word}")
    await story.hear(room, f"due {word}")


async def key_lost(scene: Scene) -> Findings:
    """The sealing key went with the store. What holds then: the office comes back under another
    identity and answers. What does not: it can't tell what it had answered in the minutes before,
    and strict clients do not believe it before people accept the new identity."""
    told = (await scene.ground.told()).with_(patience=1.0)
    story = scene.story(told, "keyless")
    async with scene.ground.keeper(told) as keeper:
        await keeper.ready()
        plain = await story.plain()
        await story.ask(plain, f"before {story.word}")
        await story.answered(plain, f"before {story.word}")
        await keeper.pause()
        lose(told, key=True)
        await story.ask(plain, f"lost {story.word}")
        keeper.go_on()
        await story.answered(plain, f"lost {story.word}")
        return await scene.judge(story, keeper)


async def key_lost_with_token(scene: Scene) -> Findings:
    """As above, with a token alone: nobody can replace the identity, and the office says so."""
    told = await _with_token(scene.ground)
    story = scene.story(told, "stranded")
    async with scene.ground.keeper(told) as keeper:
        await keeper.ready()
        plain = await story.plain()
        await story.ask(plain, f"before {story.word}")
        await story.answered(plain, f"before {story.word}")
        await keeper.pause()
        lose(told, key=True)
        keeper.go_on()
        await keeper.given_up()
        return Findings(crashes=len(keeper.crashes), details=keeper.last_words())


Played = Callable[[Scene], Awaitable[Findings]]
BACK: tuple[Played, ...] = (same_device, new_device, twice)


async def run(ground: Ground) -> list[Figure]:
    scene = Scene(ground, await ground.person("anna"))
    total = Findings()
    for played in BACK:
        total += await _play(scene, played)
    return [
        *figures("lost", total, "a store lost on the same device, on a new one, and twice"),
        *_without_key(await _play(scene, key_lost)),
        _told_why(await _play(scene, key_lost_with_token)),
    ]


async def _play(scene: Scene, played: Played) -> Findings:
    found = await played(scene)
    name = played.__name__
    say("\n  ".join([f"{name} {'is clean' if found.clean else 'is not'}", *found.details]))
    return found


def _without_key(found: Findings) -> list[Figure]:
    against = "the store and its sealing key lost, a password left"
    return [
        Figure("lost_key_unhandled", found.unhandled, "events", against),
        Figure("lost_key_ended_by_itself", found.crashes, "times", against),
        # Without the key nothing tells which of our events answered what.
        Figure("lost_key_events_doubled", found.doubled, "events", against, None),
    ]


def _told_why(found: Findings) -> Figure:
    words = " ".join(found.details)
    silent = "Traceback" in words or "Restore the office's backup" not in words
    against = "the store and its sealing key lost, a token left: it ends and says what to do"
    return Figure("lost_key_ended_without_a_word", int(silent), "times", against)
