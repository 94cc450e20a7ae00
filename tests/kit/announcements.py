"""Editors and readers in memory."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bots.announcements.bot import AnnouncementsBot
from bots.announcements.documents.mails import ROUNDS, Round
from bots.announcements.documents.news import ITEMS, Announcement
from bots.announcements.rules.mails.addresses import fingerprint
from bots.announcements.settings import DigestTime, Settings
from bots.runtime.mail import documents
from bots.runtime.mail.documents import ADDRESSES, LETTERS
from bots.runtime.model.decision import (
    CancelTimer,
    Deliver,
    Due,
    Event,
    FormSubmitted,
    Performed,
    Request,
    Say,
    SetTimer,
    Started,
)
from bots.runtime.model.made import Made
from bots.runtime.model.messages import MessageNow, read_now
from bots.runtime.model.requests import slots
from bots.runtime.speech.words import Words
from bridges.email.letters import Letter
from federation.model.actions import AskNow
from federation.model.events import (
    Edit,
    Origin,
    Reaction,
    Redaction,
    RoomView,
    TextMessage,
)
from federation.syncing.recent import Recent
from tests.kit.memory import Memory
from tests.kit.world import Found, caught_up, remember
from tests.kit.wrote import Wrote

BOT = "@news:net.example"
ANNA, BILAL, STRANGER = "@anna:net.example", "@bilal:net.example", "@stranger:net.example"
ROOM = "!news"
BERLIN = ZoneInfo("Europe/Berlin")
SETTINGS = Settings(
    account=BOT,
    room=ROOM,
    network="Bündnis",
    languages=("de", "en", "ar", "uk"),
    timezone=BERLIN,
    public_url="https://net.example/",
    secret=b"s" * 32,
    digest=DigestTime(hour=17, weekday=4),
)
WORDS = Words()
TEXT = "**Treffen am Freitag**\n\nWir treffen uns um 18 Uhr im Haus am See."


@dataclass
class World:
    """A homeserver and a mail server of the simplest kind, with the bot at them."""

    settings: Settings = SETTINGS
    now: datetime = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    memory: Memory = field(default_factory=Memory)
    view: RoomView = field(
        default_factory=lambda: RoomView(power_levels={"users": {ANNA: 50, BILAL: 100}})
    )

    def __post_init__(self) -> None:
        self.bot = AnnouncementsBot(self.settings, WORDS)
        self.timers: dict[str, datetime] = {}
        self.said: list[Request] = []
        self.mails: list[tuple[str, str, Letter]] = []
        """Reader, token, letter."""
        self.waiting: deque[Deliver] = deque()
        self.answers: dict[str, list[str]] = {}
        """Reader → what the mail server says, one after the other."""
        self.held = False
        """Whether mails stay in the outbox."""
        self.ids = itertools.count(1)
        self.wrote = Wrote()
        self.looks: deque[Found] = deque()
        self.recent = Recent(0)
        self.away = False
        """Whether nothing can be looked up for now."""

    # -- the way of an event -------------------------------------------------------------------

    def handle(self, event: Event) -> list[Request]:
        remember(self.recent, event)
        asked: list[Request] = []
        queue = deque([event])
        while queue or (self.waiting and not self.held):
            event = queue.popleft() if queue else self._carry_out(self.waiting.popleft())
            decision = self.bot.rule(self.memory, event, self.now)
            self.memory.apply(decision.changes)
            slots(decision.requests, strict=True)
            asked += decision.requests
            for request in decision.requests:
                self._perform(request)
            while self.looks and not self.away:
                queue.append(self._now(self.looks.popleft()))
        self.said += asked
        return asked

    def _perform(self, request: Request) -> None:
        if isinstance(request, SetTimer):
            self.timers[request.key] = request.rings(self.now)
        elif isinstance(request, CancelTimer):
            self.timers.pop(request.key, None)
        elif isinstance(request, Deliver):
            self.waiting.append(request)
        elif isinstance(request, AskNow):
            others = (x for x in self.looks if x.asked != request)
            self.looks = deque((*others, self._look(request)))
        elif isinstance(request, Say):
            self.bot.render(request.phrase)
            if request.handle:
                made = Made(request.handle, ROOM, f"$ours-{next(self.ids)}")
                self.memory.handles[request.handle] = made

    def _carry_out(self, action: Deliver) -> Performed:
        job = action.content
        letter = self.memory.get(LETTERS, job["letter"])
        known = self.memory.get(ADDRESSES, job["reader"])
        error = None
        if letter is None or known is None:
            error = documents.GONE
        elif answers := self.answers.get(self.id(known.address)):
            error = answers.pop(0)
        else:
            self.mails.append((known.address, job["token"], letter))
        return Performed("Deliver", action.handle, None, None, error)

    def _now(self, told: Found) -> MessageNow:
        found = None if told.error else caught_up(self.recent, told, self._look)
        view = self.memory.room(BOT, told.asked.room)
        return read_now(BOT, told.asked, found, view, told.error)

    def _look(self, asked: AskNow) -> Found:
        found = self.wrote.found(asked.event_id)
        return Found(asked, found, None if found else "M_NOT_FOUND")

    def back(self) -> list[Request]:
        """What was found meanwhile is told."""
        self.away = False
        looks, self.looks = self.looks, deque()
        return [x for found in looks for x in self.handle(self._now(found))]

    def release_held(self) -> None:
        self.held = False
        if self.waiting:
            self.handle(Due("nothing"))

    def pass_time(self, span: timedelta) -> list[Request]:
        end, asked = self.now + span, []
        while due := sorted((at, key) for key, at in self.timers.items() if at <= end):
            self.now = max(self.now, due[0][0])
            del self.timers[due[0][1]]
            asked += self.handle(Due(due[0][1]))
        self.now = end
        return asked

    # -- what people do ------------------------------------------------------------------------

    def start(self) -> World:
        self.handle(Started(BOT, 1))
        return self

    def origin(self, sender: str) -> Origin:
        return Origin(BOT, ROOM, f"$theirs-{next(self.ids):06}", sender, 0, False)

    def write(self, body: str, sender: str = ANNA, **fields: Any) -> tuple[str, list[Request]]:
        origin = self.origin(sender)
        self.wrote.keep(origin, body)
        return origin.event_id, self.handle(TextMessage(origin, self.view, body, **fields))

    def edit(self, target: str, body: str, sender: str = ANNA) -> list[Request]:
        return self.change(target, body, sender)[1]

    def change(self, target: str, body: str, sender: str = ANNA) -> tuple[str, list[Request]]:
        origin = self.origin(sender)
        self.wrote.keep(origin, body, edits=target)
        return origin.event_id, self.handle(Edit(origin, self.view, target, body))

    def redact(self, target: str, sender: str = ANNA) -> list[Request]:
        self.wrote.erase(target)
        return self.handle(Redaction(self.origin(sender), self.view, target))

    def react(self, target: str, key: str, sender: str = ANNA) -> list[Request]:
        return self.handle(Reaction(self.origin(sender), self.view, target, key))

    def submit(self, form: str, **fields: str) -> list[Request]:
        return self.handle(FormSubmitted(form, fields))

    def subscribe(
        self, address: str, language: str = "de", kind: str = "immediate", consent: str = "Ja."
    ) -> str:
        """The reader's id."""
        self.submit(
            "subscribe",
            address=address,
            language=language,
            kind=kind,
            consent=consent,
            consent_language=language,
        )
        reader = self.id(address)
        _, token, _ = self.mails[-1]
        self.submit("confirm", token=token)
        return reader

    def id(self, address: str) -> str:
        known = fingerprint(self.settings, address)
        assert known is not None
        return known.id

    def send(self, text: str = TEXT, **fields: Any) -> str:
        """Write a message and release it; its event id."""
        event, _ = self.write(text, **fields)
        self.react(event, "✅", BILAL)
        self.pass_time(self.settings.undo)
        return event

    # -- what there is -------------------------------------------------------------------------

    def item(self, number: int = 1) -> Announcement:
        found = self.memory.get(ITEMS, str(number))
        assert found is not None
        return found

    def circular(self, key: str = "a/1") -> Round:
        found = self.memory.get(ROUNDS, key)
        assert found is not None
        return found

    def keys(self, requests: list[Request]) -> list[str]:
        """What was said, by the names of the phrases; edits as `~name`."""
        return [("~" if x.edits else "") + x.phrase.key for x in requests if isinstance(x, Say)]

    def news(self) -> list[tuple[str, str, Letter]]:
        """Mails but those that ask to confirm."""
        return [x for x in self.mails if x[2].listed]


def texts(letter: Letter) -> str:
    return "\n".join(block.text for block in (*letter.blocks, *letter.footer))
