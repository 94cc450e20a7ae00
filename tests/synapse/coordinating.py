"""Onboarding at work, and who decides there: Bilal has made the rooms, the settings name Anna."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bots.lab.people.client import Seen
from bots.lab.people.person import Person
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import Settings
from bots.runtime.office.serving import Account as Post
from bots.runtime.speech.words import Words
from federation.client.interests import Interests
from tests.conftest import Account
from tests.synapse.conftest import MakePerson, NewAccount
from tests.synapse.offices import running
from tests.synapse.rooms import ENCRYPTED, KNOCK, make_room


@dataclass
class Desk:
    settings: Settings
    anna: Account
    bilal: Person
    leyla: Person
    """Waits to be let in."""
    wish: Seen
    """What tells of her."""

    @property
    def room(self) -> str:
        return self.settings.coordination

    async def told(self, text: str, **fields: Any) -> Seen:
        return await self.bilal.wait_for(
            room_id=self.room, sender=self.settings.account, body=re.compile(text), **fields
        )

    async def is_let_in(self) -> None:
        await self.told("has let the person in", edits=self.wish.event_id)

    async def still_waits(self) -> bool:
        members = await self.bilal.homeserver.members(self.settings.space)
        return members[self.leyla.user_id] == "knock"


@dataclass
class Desks:
    new_account: NewAccount
    make_person: MakePerson
    folder: Path

    @asynccontextmanager
    async def at_work(self, span: timedelta, homeserver: str = "") -> AsyncIterator[Desk]:
        """`span`: how long unsigned devices count; `homeserver`: whom the office takes for it."""
        account, anna = await self.new_account("onboarding"), await self.new_account("anna")
        bilal, leyla = [await self.make_person(x) for x in ("bilal", "leyla")]
        bot = account.user_id
        settings = Settings(
            account=bot,
            network="Alliance",
            space=await make_room(bilal, bot, KNOCK, space=True),
            coordination=await make_room(bilal, bot, ENCRYPTED),
            languages=("en",),
            rules={"en": "Be kind."},
            rules_version="1",
            coordinators=(anna.user_id,),
            accounts=frozenset({bilal.user_id}),
            unsigned=span,
        )
        await bilal.invite(settings.coordination, anna.user_id)
        names = Interests(names=True)
        post = Post(homeserver or account.homeserver, bot, account.password, interests=names)
        async with running(self.folder, [(OnboardingBot(settings, Words()), post)]):
            path = f"/knock/{settings.space}"
            await leyla.homeserver.call("POST", path, {"reason": "Hello from Leyla"})
            wish = await bilal.wait_for(
                room_id=settings.coordination, sender=bot, body=re.compile("Hello from Leyla")
            )
            yield Desk(settings, anna, bilal, leyla, wish)
