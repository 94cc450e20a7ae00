"""Initiatives' rooms whose people share, and the office that passes on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bots.exchange.bot import ExchangeBot
from bots.exchange.documents import SHARES, Shared
from bots.exchange.settings import Settings, Source
from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.runtime.office.serving import Account
from bots.runtime.process.clock import Clock
from bots.runtime.speech.words import Words
from tests.kit.stored import documents
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.rooms import ENCRYPTED, make_room


@dataclass
class Market:
    """Two initiatives, and the exchange between them."""

    bot: ExchangeBot
    account: Account
    folder: Path
    leyla: Person
    """Of the north; moderates its room."""
    cem: Person
    """Of the south; reads the exchange room."""
    north: str
    exchange: str
    clock: Clock | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        bots = [(self.bot, self.account)]
        async with running(self.folder, bots, clock=self.clock) as office:
            self.office = office
            yield

    async def copied(self, text: str, **fields: Any) -> Seen:
        """A copy as it is seen in the exchange room."""
        seen = await self.cem.wait_for(
            room_id=self.exchange, sender=self.account.user, body=re.compile(text), **fields
        )
        assert seen.shield is None
        return seen

    async def told(self, text: str, **fields: Any) -> Seen:
        """What the bot says in the north."""
        return await self.leyla.wait_for(
            room_id=self.north, sender=self.account.user, body=re.compile(text), **fields
        )

    async def share(self, text: str) -> tuple[str, str, Seen]:
        """A message, its mark, and the copy."""
        event = await self.leyla.send(self.north, text)
        mark = await self.leyla.react(self.north, event, "📣\ufe0f")
        return event, mark, await self.copied(re.escape(text))

    async def kept(self) -> list[Shared]:
        return await self.office.store.run("look", lambda tx: documents(tx, SHARES))

    async def texts(self) -> dict[str, str]:
        """Of what is shared, by the message."""
        return {x.source: x.text for x in await self.kept() if x.number}

    def copies(self) -> list[Seen]:
        """What stands in the exchange room now."""
        seen = self.cem.seen(self.exchange)
        return [x for x in seen if x.sender == self.account.user and x.body and not x.redacted]

    async def settled(self) -> None:
        """Everything that was asked for before this is done."""
        probe = await self.leyla.send(self.north, "!austausch")
        before = probe
        await self.leyla.wait_until(lambda: self._answer_after(before), "an answer")

    def _answer_after(self, event_id: str) -> bool | None:
        seen = self.leyla.seen(self.north)
        place = next((i for i, x in enumerate(seen) if x.event_id == event_id), None)
        if place is None:
            return None
        later = seen[place:]
        return any(x.sender == self.account.user and x.type != "m.reaction" for x in later) or None


async def build(
    new_account: NewAccount, make_person: MakePerson, tmp_path: Path, *, sealed: bool
) -> Market:
    account = await new_account("exchange")
    leyla, cem = [await make_person(x, strict=True) for x in ("leyla", "cem")]
    bot = account.user_id
    state = (ENCRYPTED,) if sealed else ()
    north = await make_room(leyla, bot, *state, invite=(cem.user_id,))
    exchange = await make_room(cem, bot, *state)
    await cem.join(north)
    settings = Settings(
        account=bot, exchange=exchange, languages=("en",), sources=(Source(north, "North"),)
    )
    post = Account(account.homeserver, account.user_id, account.password)
    made = ExchangeBot(settings, Words())
    return Market(made, post, tmp_path / "office", leyla, cem, north, exchange)
