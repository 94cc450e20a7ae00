"""A town in memory in which people ask to be let in."""

from __future__ import annotations

from typing import Any

from bots.onboarding.bot import OnboardingBot
from bots.onboarding.documents import MEMBERS, WISHES, Member, Wish
from bots.onboarding.settings import Initiative, Settings
from bots.runtime.model.decision import Request
from federation.model.actions import Invite
from tests.kit.world import EnglishWords, World

BOT, CREATOR = "@willkommen:a.example", "@dienst:a.example"
ANNA, BILAL = "@anna:a.example", "@bilal:a.example"
LEYLA, CEM = "@leyla:a.example", "@cem:b.example"
SPACE, COORDINATION = "!space", "!coordination"
NEWS, EXCHANGE = "!news", "!exchange"
NORTH_ROOM, NORTH_TEAM, SOUTH_ROOM = "!north", "!north-team", "!south"
CHAT = "!chat"
NORTH = Initiative(
    "nord", "Willkommen in Nord", "Nord", ("Wohnen", "Sprache"), (NORTH_ROOM,), NORTH_TEAM
)
SOUTH = Initiative("sued", "Asyl Süd", "Süd", ("Recht", "Wohnen"), (SOUTH_ROOM,))
WEST = Initiative("west", "Kunst und Kultur West", "West", ("Kunst",))
SETTINGS = Settings(
    account=BOT,
    network="Bündnis",
    space=SPACE,
    coordination=COORDINATION,
    languages=("de", "en", "ar", "uk"),
    greeting=("de", "en"),
    rules={"de": "Seid nett.", "en": "Be kind.", "ar": "كونوا لطفاء."},
    rules_version="1",
    rooms=(NEWS, EXCHANGE),
    names={NEWS: "Rundbrief", EXCHANGE: "Austausch", NORTH_ROOM: "Nord: Treffpunkt"},
    initiatives=(NORTH, SOUTH, WEST),
    coordinators=(ANNA,),
    accounts=frozenset({CREATOR}),
)


class Town(World):
    def __init__(self, settings: Settings = SETTINGS) -> None:
        super().__init__(OnboardingBot(settings, EnglishWords()), BOT)
        self.moderated(COORDINATION, BILAL)

    @property
    def settings(self) -> Settings:
        bot: Any = self.bot
        found: Settings = bot.settings
        return found

    @settings.setter
    def settings(self, settings: Settings) -> None:
        bot: Any = self.bot
        bot.settings = settings

    def member(self, user: str = LEYLA) -> Member:
        found = self.known(user)
        assert found is not None
        return found

    def known(self, user: str) -> Member | None:
        return self.memory.get(MEMBERS, user)

    def wish(self, user: str = LEYLA) -> Wish:
        found = self.memory.get(WISHES, user)
        assert found is not None
        return found

    def joins(self, user: str = LEYLA, room: str = SPACE) -> list[Request]:
        return self.move(room, user, "join")

    def knocks(self, reason: str = "", user: str = LEYLA, name: str = "Leyla") -> list[Request]:
        return self.move(SPACE, user, "knock", reason=reason, name=name)

    def says(self, body: str, user: str = LEYLA, room: str | None = None) -> list[Request]:
        """In her private chat."""
        return self.write(body, user, room or self.member(user).chat or "")[1]

    def agrees(self, user: str = LEYLA, key: str = "✅") -> list[Request]:
        member = self.member(user)
        handle = f"onboarding/{member.serial}/rules/{member.asks}"
        return self.react(self.event_of(handle), key, user, member.chat or "")[1]

    def coordinates(self, body: str, sender: str = ANNA, wish: int | None = 1) -> list[Request]:
        target = self.event_of(f"onboarding/wish/{wish}") if wish else None
        return self.write(body, sender, COORDINATION, reply_to=target)[1]

    def decides(self, key: str, sender: str = ANNA, wish: int = 1) -> list[Request]:
        target = self.event_of(f"onboarding/wish/{wish}")
        return self.react(target, key, sender, COORDINATION)[1]


def invitations(requests: list[Request], user: str = LEYLA) -> list[str]:
    return [x.room for x in requests if isinstance(x, Invite) and x.user == user]
