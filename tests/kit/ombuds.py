"""The ombuds office in memory, with the people who write to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bots.ombuds import keys
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents.cases import CASES, Case
from bots.ombuds.documents.chats import CONVERSATIONS, Conversation
from bots.ombuds.settings import Settings
from bots.ombuds.team import founding
from bots.runtime.kit.documents import Collection
from bots.runtime.model.decision import Event, Performed, Phrase, Request, Say, SetTimer
from federation.model.actions import AskNow, CreateRoom, Handle, Redact, SetState
from federation.model.events import Edit, MediaMessage, Origin, TextMessage
from tests.kit.founders import code_of, given
from tests.kit.world import EnglishWords, Found
from tests.kit.world import World as Homeserver
from tests.kit.wrote import Wrote

D = TypeVar("D")
BOT = "@ombuds:office.example"
ANNA, BILAL, CEM = "@anna:staff.example", "@bilal:staff.example", "@cem:staff.example"
YUSRA = "@canary-yusra:secret.example"
OFFICE, CHAT = "!office", "!canary-chat"
SETTINGS = Settings(
    account=BOT,
    staff=(ANNA, BILAL),
    languages=("de", "en", "ar", "fa", "uk"),
    timezone=ZoneInfo("Europe/Berlin"),
    helplines=("110", "112"),
    room_name="Ombudsstelle",
)


class Days(Homeserver):
    def handle(self, event: Event) -> list[Request]:
        """Without the timers of what happens each day and each hour."""
        ever, asked = (keys.DAILY(), keys.LOOK()), super().handle(event)
        return [x for x in asked if not isinstance(x, SetTimer) or x.key not in ever]

    def pass_time(self, seconds: float) -> list[Request]:
        """Without the hourly look whether the room is there, which nobody notices."""
        marker = founding.OFFICE[0]
        asked = super().pass_time(seconds)
        return [x for x in asked if not isinstance(x, SetState) or x.type != marker]


class World(Days):
    """Keeps what is written, so that it can be looked up; nobody's words or names may be kept by
    the bot in the clear."""

    def __init__(self, settings: Settings = SETTINGS, errors: dict[str, str] | None = None) -> None:
        if not settings.codes:
            settings = replace(settings, codes=given(*settings.staff))
        super().__init__(OmbudsBot(settings, EnglishWords()), BOT, errors=errors or {})
        self.settings = settings
        self.wrote = Wrote()
        self.looks: list[Found] = []
        self.away = False
        """Whether nothing can be looked up for now."""

    # -- the way of an event -------------------------------------------------------------------

    def _decided(self, event: Event) -> Sequence[Request]:
        decision = self.bot.rule(self.memory, event, self.now)
        assert "canary" not in repr(decision.changes), "what is kept can be logged"
        self.memory.apply(decision.changes)
        self.records += decision.records
        return list(decision.requests)

    def _perform(self, request: Request) -> Performed | Found | None:
        done = super()._perform(request)
        if not self.away or not isinstance(done, Found):
            return done
        self.looks = [x for x in self.looks if x.asked != done.asked] + [done]
        return None

    def _room_made(self, request: CreateRoom) -> str:
        return OFFICE + str(request.handle).removeprefix("office/room")

    def at(self, request: Any) -> str:
        """No room, for what says in none, or in one that was not made."""
        room = getattr(request, "room", "")
        missing = isinstance(room, Handle) and room not in self.memory.handles
        return "" if not room or missing else super().at(request)

    # -- what a homeserver keeps ---------------------------------------------------------------

    def _found(self, asked: AskNow) -> Found:
        found = self.wrote.found(asked.event_id)
        error = self.errors.get("AskNow", None if found else "M_NOT_FOUND")
        return Found(asked, None if error else found, error)

    def back(self) -> list[Request]:
        """What was found meanwhile is told."""
        self.away = False
        looks, self.looks = self.looks, []
        return [x for found in looks for x in self.handle(self._told(found))]

    # -- what people do ------------------------------------------------------------------------

    def origin(self, room: str, sender: str, *, encrypted: bool = True) -> Origin:
        made = super().origin(room, sender, encrypted=encrypted)
        return replace(made, event_id=f"$theirs-canary-{made.event_id[-6:]}", sent_at=0)

    def found(self) -> World:
        self.start()
        for user in (BOT, *self.settings.staff):
            self.move(OFFICE, user, "join")
        for user in self.settings.staff:
            self.write(code_of(user), user, OFFICE)
        self.said.clear()
        self.pass_time(0)  # the devices of the team are looked at
        return self

    def with_chat(self) -> World:
        self.chat()
        return self

    def chat(
        self,
        person: str = YUSRA,
        room: str = CHAT,
        *,
        encrypted: bool = True,
        name: str = "",
    ) -> list[Request]:
        return super().chat(person, room, encrypted=encrypted, name=name)

    def write(
        self, body: str, sender: str = YUSRA, room: str = CHAT, **fields: Any
    ) -> tuple[str, list[Request]]:
        origin = self.origin(room, sender, encrypted=fields.pop("encrypted", True))
        event = TextMessage(origin, self.view(room), body, **fields)
        self.wrote.keep(origin, body)
        return origin.event_id, self.handle(event)

    def send_media(self, kind: str, caption: str = "") -> tuple[str, list[Request]]:
        origin = self.origin(CHAT, YUSRA)
        self.wrote.keep(origin, caption, msgtype=f"m.{kind}", filename="x")
        return origin.event_id, self.handle(MediaMessage(origin, self.view(CHAT), kind, caption))

    def staff(self, body: str, sender: str = ANNA, case: int | None = 1) -> list[Request]:
        """Write in the ombuds room, in the thread of a case or outside."""
        thread = self.event_of(keys.ROOT(case=case)) if case is not None else None
        return self.write(body, sender, OFFICE, thread=thread)[1]

    def edit(
        self, target: str, body: str, sender: str = YUSRA, room: str = CHAT, **seal: bool
    ) -> list[Request]:
        return self.change(target, body, sender, room, **seal)[1]

    def change(
        self, target: str, body: str, sender: str = YUSRA, room: str = CHAT, **seal: bool
    ) -> tuple[str, list[Request]]:
        origin = self.origin(room, sender, **seal)
        self.wrote.keep(origin, body, edits=target)
        return origin.event_id, self.handle(Edit(origin, self.view(room), target, body))

    def redact(self, target: str, sender: str = YUSRA, room: str = CHAT) -> list[Request]:
        self.wrote.erase(target)
        return super().redact(target, sender, room)

    def marks(self, handle: str, key: str, sender: str = ANNA) -> list[Request]:
        """Somebody of the team reacts to what the bot has said there."""
        return self.react(self.event_of(handle), key, sender, OFFICE)[1]

    def garble(
        self, sender: str = YUSRA, room: str = CHAT, reason: str = "undecryptable"
    ) -> list[Request]:
        return super().garble(sender, room, reason)

    # -- what there is -------------------------------------------------------------------------

    def standing(self) -> list[str]:
        """All that the ombuds room's events still say, edits included."""
        said: dict[str, list[str]] = {}
        for number, x in enumerate(self.said):
            if isinstance(x, Say) and keys.is_office(str(x.room)):
                name = str(x.handle or x.edits or number)
                said.setdefault(name, []).append(self.bot.render(x.phrase).body)
            elif isinstance(x, Redact) and keys.is_office(str(x.room)):
                said.pop(str(x.target), None)
        return [text for texts in said.values() for text in texts]

    def kept(self, collection: Collection[D], key: str) -> D:
        found = self.memory.get(collection, key)
        assert found is not None
        return found

    def case(self, number: int = 1) -> Case:
        return self.kept(CASES, str(number))

    def conversation(self, room: str = CHAT) -> Conversation:
        return self.kept(CONVERSATIONS, room)

    def office_keys(self, requests: list[Request]) -> list[str]:
        return self.keys(requests, OFFICE)

    def chat_keys(self, requests: list[Request]) -> list[str]:
        return self.keys(requests, CHAT)


def rings(say: Say) -> bool:
    """Whether it says no more than that there is something."""
    return say.phrase.key == "opened" or say.phrase.key.startswith("ring-")


def flat(phrase: Phrase) -> str:
    """A phrase as its text in English."""
    return OmbudsBot(SETTINGS, EnglishWords()).render(phrase).body
