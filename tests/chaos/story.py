"""A story that makes an office do all that it can, and what must stand in the rooms after it.

The bot is `tests.chaos.bot.Busy`; the person is somebody else's client, a strict one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.chaos.audit import Findings, in_order, transcript
from tests.chaos.ground import Ground, say
from tests.chaos.olm import break_session
from tests.chaos.process import Keeper
from tests.chaos.witness import Witness

PATIENCE = 60.0
"""Seconds that anything may take, ends and new starts of the office included."""


@dataclass(slots=True)
class Story:
    ground: Ground
    person: Witness
    bot: str
    """The bot's full Matrix id."""
    word: str
    """Stands in everything that this story says."""
    wanted: dict[str, list[str]] = field(default_factory=dict)
    """Room → what the bot must have said and done there."""
    abandoned: set[str] = field(default_factory=set)
    """Rooms that the bot has left again."""
    asked: dict[str, list[str]] = field(default_factory=dict)
    """Room → what was asked there, in order."""
    lost: list[str] = field(default_factory=list)
    """What was waited for in vain."""

    def want(self, room: str, *keys: str) -> None:
        self.wanted.setdefault(room, []).extend(keys)

    async def ask(self, room: str, text: str, *keys: str) -> str:
        """Write something that wants these answers beside the usual one; its event id."""
        self.asked.setdefault(room, []).append(text)
        event_id = await self.person.send(room, text)
        seal = "encrypted" if self.person._encrypted[room] else "plain"
        self.want(room, f"text {seal} {text}", *keys)
        return event_id

    async def hear(self, room: str, body: str) -> bool:
        """Wait for a text of the bot's."""
        try:
            await self.person.wait_for(room_id=room, body=body, sender=self.bot, timeout=PATIENCE)
        except TimeoutError:
            self.lost.append(body)
            return False
        return True

    async def answered(self, room: str, text: str) -> bool:
        """Wait for the usual answer, whatever its number is."""
        seal = "encrypted" if self.person._encrypted.get(room) else "plain"
        prefix = f"{seal} {text} #"
        try:
            await self.person.wait_for(
                lambda seen: (seen.body or "").startswith(prefix),
                room_id=room,
                sender=self.bot,
                timeout=PATIENCE,
            )
        except TimeoutError:
            self.lost.append(text)
            return False
        return True

    async def private(self, text: str) -> str:
        """Open an encrypted conversation; its room."""
        room, _ = await self.person.write_privately(self.bot, text)
        self.want(room, f"member {self.bot} join", f"text encrypted {text}")
        return room

    async def plain(self) -> str:
        """A room without encryption, with the bot invited."""
        body = {"preset": "private_chat", "invite": [self.bot]}
        answer = await self.person.homeserver.call("POST", "/createRoom", body)
        room = str(answer["room_id"])
        self.want(room, f"member {self.bot} join")
        return room

    async def settle(self, seconds: float = 30.0) -> None:
        """Wait until nothing is missing any more, or for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not await self.missing():
                return
            await asyncio.sleep(0.2)

    async def missing(self) -> list[str]:
        found: list[str] = []
        for room, keys in self.wanted.items():
            found += (await transcript(self.person, room, self.bot)).missing(keys)
        if self.abandoned:
            found += self.abandoned & set(await self.ground.rooms_of(self.bot))
        return found

    async def findings(self, beside: Collection[str] = ()) -> Findings:
        """`beside`: rooms of other stories that the same bot plays in."""
        total = Findings(details=[f"never heard {text}" for text in self.lost])
        for room, keys in self.wanted.items():
            found = await transcript(self.person, room, self.bot)
            total += found.findings(keys)
            if not in_order(self.asked.get(room, []), found.answers):
                total += Findings(disordered=1, details=[f"out of order: {found.answers}"])
        theirs = set(await self.ground.rooms_of(self.bot))
        ours = (self.wanted.keys() | set(beside)) - self.abandoned
        total.rooms_doubled += len(theirs - ours)
        total.details += [f"a room too much: {room}" for room in theirs - ours]
        return total


async def everything(story: Story, keeper: Keeper) -> None:
    """All commands of the bot, with people who join, edit, react and take back."""
    word = story.word
    room = await story.private(f"hello {word}")
    plain = await story.plain()
    await story.ask(plain, f"one {word}")
    await story.ask(plain, f"two {word}")
    if not await story.answered(room, f"hello {word}"):
        return
    await _ask_for_all(story, room)
    made = await made_room(story)
    if made is None:
        return
    await _copies(story, room)
    await break_session(story.person, story.bot)
    story.want(room, f"text form {word}")
    await keeper.submit(f"form {word}", room=room, text=f"form {word}")
    await story.ask(plain, f"three {word}")
    await story.ask(room, f"again {word}")
    if await story.answered(room, f"again {word}") and await story.answered(made, f"in {word}"):
        await _end(story, room, made)
    await story.ask(room, f"bye {word}")
    await story.answered(room, f"bye {word}")
    await story.settle()


async def _ask_for_all(story: Story, room: str) -> None:
    word = story.word
    await story.ask(room, f"room {word}", f"text made {word}")
    await story.ask(room, f"draft {word}", f"text draft {word}", f"edit final {word}")
    await story.ask(room, f"mistake {word}", "gone", "redaction")
    await story.ask(room, f"react {word}", "reaction 👍")
    await story.ask(room, f"look {word}", f"text found look {word}")
    await story.ask(room, f"nowhere {word}", f"text failed {word} handle")
    await story.ask(room, f"later {word}", f"text due {word}")


async def made_room(story: Story) -> str | None:
    """Come into the room that the bot made for us."""
    person, bot = story.person, story.bot
    try:
        made = await person.wait_until(lambda: _invited_by(person, bot), timeout=PATIENCE)
    except TimeoutError:
        story.lost.append("the invitation")
        return None
    invited, topic = f"member {person.user_id} invite", f"topic {story.word}"
    story.want(made, f"member {bot} join", invited, topic, "state m.room.encryption")
    story.want(made, f"text welcome {story.word}", f"text performed {story.word}")
    await person.join(made)
    await person.wait_until(lambda: made if made in person.joined_rooms else None)
    await story.ask(made, f"in {story.word}")
    return made


def _invited_by(person: Witness, user: str) -> str | None:
    rooms = (x.room_id for x in person.invited_rooms.values() if x.sender == user)
    return next(rooms, None)


async def _copies(story: Story, room: str) -> None:
    """A message whose copy follows it, edited and taken back."""
    word, person = story.word, story.person
    # Its edit is taken back along with it.
    source = await story.ask(room, f"copy {word}", *("gone", "redaction") * 2)
    await story.answered(room, f"copy {word}")
    await person.edit(room, source, f"new {word}")
    await story.hear(room, f"edited new {word}")
    story.want(room, "text saw 🚩")
    await person.react(room, source, "🚩")
    await story.hear(room, "saw 🚩")
    await person.redact(room, source)


async def _end(story: Story, room: str, made: str) -> None:
    """The bot puts us out of its room, twice, and leaves it."""
    await story.hear(made, f"performed {story.word}")
    await story.ask(room, f"out {story.word}")
    story.want(made, f"member {story.person.user_id} leave")
    story.abandoned.add(made)


async def audit(stories: Collection[Story]) -> Findings:
    total = Findings()
    rooms = {room for story in stories for room in story.wanted}
    for story in stories:
        total += await story.findings(rooms)
    for detail in total.details:
        say(f"  {detail}")
    return total
