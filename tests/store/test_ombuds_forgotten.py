"""Once somebody is forgotten, no row of an opened store names her: whatever it is for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bots.ombuds.bot import KEPT
from bots.ombuds.chats.digits import drawn, shown
from bots.ombuds.documents.floods import RUSH
from tests.kit.desk import Desk, desk, keys, mark
from tests.kit.ombuds import BILAL, BOT
from tests.kit.stored import documents
from tests.synapse import unsealed

HER, CHAT, GROUP = "@canary-yusra:secret.example", "!canary-chat:secret.example", "!group:x.example"
MODERATOR = "@moda:x.example"
OTHER, ELSEWHERE = "@canary-leyla:secret.example", "!canary-other:secret.example"
OF_OTHERS = {
    "ombuds/office": "the team",
    "ombuds/devices": "the team's devices",
    "ombuds/pin": "the team's keys",
    "ombuds/asked": "the team's codes",
    "ombuds/candidate": "who is to join the team, and has no keys yet",
    "ombuds/absence": "who of the team is away",
    "ombuds/trustee": "who helps a team that is alone",
    "ombuds/alarms": "a count of mails",
    "ombuds/watch": "days and heads",
    "ombuds/place": "rooms with flags",
    "ombuds/notice": "what moderators were told",
    "ombuds/moderator": "moderators",
    "ombuds/search": "a word of the team's",
    "ombuds/case": "what it is about, with no word of whose it is",
    "ombuds/later": "the same",
    "ombuds/hidden": "the same",
    "ombuds/disclosure": "who of the team asked",
    "ombuds/erasure": "the same",
    "ombuds/rush": "numbers of people, which are looked at below",
    "ombuds/leaving": "who was in a chat, for as long as we take to leave it",
    "ombuds/receipt": "a fingerprint, and the number of a conversation",
    "ombuds/invitation": "a room, until we are in it",
    "mail/letter": "a mail to the board",
    "mail/address": "the board",
    "record/entry": "what was done",
    "record/committed": "of the team",
    "record/head": "a fingerprint",
}
"""Collections that never name a person who writes to the office, and what they hold."""


def names(*events: str, user: str = HER, room: str = CHAT) -> list[str]:
    return [user, room, *keys(user), f"master-{mark(user)}", f"DEVICE{mark(user)}", *events]


async def holding(office: Desk, words: Iterable[str]) -> set[str]:
    return set(await office.look(lambda tx: unsealed.holding(tx, [*words])))


class Life:
    """All that can happen to somebody who writes."""

    def __init__(self, office: Desk) -> None:
        self.office = office
        self.seen: set[str] = set()
        """Where her names were."""
        self.events: list[str] = []
        """Ids of her messages."""

    async def look(self) -> None:
        self.seen |= await holding(self.office, names(*self.events))

    async def says(self, text: str, **more: Any) -> str:
        self.events.append(await self.office.says(CHAT, HER, text, **more))
        await self.look()
        return self.events[-1]

    async def writes(self) -> int:
        """The number of her case."""
        office = self.office
        await office.chat(HER, CHAT)
        await self.says("The guard beats us.")
        second = await self.says("He is called Meier.")
        new = {"msgtype": "m.text", "body": "He is called Maier."}
        change = {"rel_type": "m.replace", "event_id": second}
        await self.says("* x", **{"m.new_content": new, "m.relates_to": change})
        gone = {"redacts": second}
        redaction = office.raw("m.room.redaction", HER, gone) | gone
        await office.take(CHAT, redaction, sealed=False)
        self.events.append(redaction["event_id"])
        await self.says(shown(drawn(bytes(32))))
        await office.passes(timedelta(seconds=30))
        return (await office.cases())[-1].number

    async def is_answered(self, number: int) -> None:
        """Looked up, blocked, and never reached."""
        office = self.office
        await office.answers(number, "!identity Her child is in danger.")
        await office.answers(number, "!identity", BILAL)
        await office.answers(number, "!block")
        for text in ("And", "there", "is more."):
            await self.says(text)
        await office.answers(number, "!unblock")
        office.refuses = lambda x: "M_FORBIDDEN" if getattr(x, "room", "") == CHAT else ""
        await office.answers(number, "!answer It is set aside.")
        await office.passes(timedelta(minutes=2))
        office.refuses = lambda _: ""
        await office.passes(timedelta(days=2))
        await office.answers(number, "!block")
        for case in (await office.cases())[1:]:
            await office.answers(case.number, "!close")
        await self.look()


async def flags(office: Desk) -> None:
    """She flags a message, and never says what it is about."""
    for user in (MODERATOR, HER):
        await office.enters(GROUP, user)
    await office.enters(GROUP, BOT, "invite", by=MODERATOR)
    levels = {"users": {MODERATOR: 50, BOT: 50}}
    await office.state(GROUP, MODERATOR, "m.room.power_levels", levels)
    await office.enters(GROUP, BOT)
    await office.says(GROUP, MODERATOR, "!flaggen an")
    event = await office.says(GROUP, MODERATOR, "Some words.")
    about = {"rel_type": "m.annotation", "event_id": event, "key": "🚩"}
    await office.sends(GROUP, HER, {"m.relates_to": about}, "m.reaction")


async def test_no_row_names_her(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        await office.chat(OTHER, ELSEWHERE)
        await office.says(ELSEWHERE, OTHER, "Another matter.")
        theirs = await holding(office, names(user=OTHER, room=ELSEWHERE))
        life = Life(office)
        await life.is_answered(await life.writes())
        await flags(office)
        await life.look()
        await office.passes(timedelta(days=8))
        await office.enters(GROUP, BOT, "leave", by=MODERATOR)
        await office.passes(timedelta(days=23))
        assert await holding(office, names(*life.events)) == set()
        kept = await office.look(lambda tx: len(tx._sql("SELECT 1 FROM copies").fetchall()))
        assert kept == 1, "whose messages ours are copies of is known of the other matter"
        (rush,) = await office.look(lambda tx: documents(tx, RUSH))
        assert len({x.person for x in rush.lately}) <= 1, "only of the other"
        assert await holding(office, names(user=OTHER, room=ELSEWHERE)) == theirs
        assert len(await office.cases()) >= 2, "what it was about stays"
        named = {x.kind for x in KEPT} - OF_OTHERS.keys()
        assert {f"vault {x}" for x in named} <= life.seen, (
            "fill it here, or say in OF_OTHERS what it holds"
        )


async def test_no_row_holds_a_word_of_hers_once_she_wanted_it_erased(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        await office.chat(OTHER, ELSEWHERE)
        await office.says(ELSEWHERE, OTHER, "Another matter.")
        life = Life(office)
        number = await life.writes()
        await office.answers(number, "!answer We come tomorrow.")
        words = ("guard", "Meier", "Maier", "We come tomorrow")
        assert {"vault ombuds/case", "vault ombuds/hidden"} <= await holding(office, words)
        await office.says(CHAT, HER, "!erase")
        await office.says(CHAT, HER, "!erase everything")
        assert await holding(office, (*words, *names(*life.events))) == set()
        there = str([*office.shown[office.office].values()])
        assert not [x for x in words if x in there], "nor does the staff's room show one"
        assert "is erased, here too" in there
        assert "Another matter" in there
        log = (tmp_path / "erased.log").read_text()
        assert len(log.splitlines()) > 8, "no backup brings it back"


async def test_nothing_is_forgotten_that_an_open_matter_needs(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        for room in (CHAT, ELSEWHERE):
            await office.chat(HER, room)
            await office.says(room, HER, "The guard beats us.")
        first, second = await office.cases()
        await office.answers(first.number, "!close")
        await office.passes(timedelta(days=31))
        assert await holding(office, [CHAT]) == set()
        there = await holding(office, names())
        assert {"vault ombuds/identity", "vault megolm", "vault device keys"} <= there
        await office.answers(second.number, "!answer We come tomorrow.")
        await office.passes(timedelta(minutes=2))
        assert any("We come tomorrow" in str(x) for x in office.shown[ELSEWHERE].values())


async def test_a_chat_that_we_were_thrown_out_of_is_forgotten_too(tmp_path: Path) -> None:
    async with desk(tmp_path) as office:
        await office.chat(HER, CHAT)
        event = await office.says(CHAT, HER, "The guard beats us.")
        (case,) = await office.cases()
        await office.enters(CHAT, HER, "leave")
        await office.enters(CHAT, BOT, "leave", by=HER)
        office.refuses = lambda x: "M_FORBIDDEN" if getattr(x, "room", "") == CHAT else ""
        await office.answers(case.number, "!close")
        await office.passes(timedelta(days=40))
        assert await holding(office, names(event)) == set()
