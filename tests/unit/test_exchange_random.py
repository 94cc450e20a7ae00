"""Whatever happens in whatever order: nothing is shared against its author, every copy follows."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.exchange.bot import ExchangeBot
from bots.exchange.documents import ANSWERS, SHARES, ShareState
from bots.exchange.keys import SHARE
from bots.exchange.wording import WORDING
from bots.exchange.words import words
from bots.runtime.model.decision import Due, Phrase, Say
from bots.runtime.model.messages import MessageNow, Unknown
from bots.runtime.speech.phrases import Link, Plural, Quote, each
from bots.runtime.speech.words import Words
from federation.model.actions import Handle, Redact
from federation.model.events import Edit, Redaction, RoomReplaced, RoomView
from tests.kit.exchange import (
    ANNA,
    BOT,
    CEM,
    CLOSED,
    EXCHANGE,
    LEYLA,
    NORTH,
    OTHER_BOT,
    SETTINGS,
    SOUTH,
    Market,
    replacing,
)
from tests.kit.looped import looped

EVERYBODY = (LEYLA, CEM, ANNA, OTHER_BOT, BOT)
ROOMS = (NORTH, SOUTH, CLOSED, EXCHANGE, "!strange")
COMMANDS = (
    "!share", "!unshare", "!name an", "!name aus", "!austausch an", "!austausch aus", "!austausch",
    "!teilen", "!hilfe", "!find text1x", "!suche",
)  # fmt: skip


class Chaos(Market):
    """Carries random deeds out, and knows who wrote, marked and deleted what."""

    def __init__(self) -> None:
        super().__init__()
        self.authors: dict[str, tuple[str, str]] = {}
        self.marked: dict[str, tuple[str, str]] = {}
        """Mark → who, of what."""
        self.gone: set[str] = set()
        self.taken_down: set[str] = set()
        """Copies that others have redacted."""
        self.written = 0
        self.said_so: dict[str, list[tuple[str, str]]] = {}
        """Message → its author's edits, and what it says by each; first of all without any."""
        self.unsaid: set[str] = set()
        """What edits said that were removed."""
        self.late: dict[str, dict[str, Any]] | None = None
        """What the homeserver shows of messages once it has caught up; None if it has."""
        self.banned: set[str] = set()
        """Who was banned somewhere: what they edit then does not count."""

    def pick(self, a: int) -> str:
        known = [*self.authors, *self.marked]
        ours = [x.event_id for x in self.memory.handles.values() if x.event_id]
        pool = ours if a % 5 == 0 and ours else known or ["$none"]
        return pool[-1 - a % len(pool)]

    def say_something(self, a: int, b: int, noise: str) -> None:
        sender, room = EVERYBODY[a % 5], ROOMS[b % 5]
        self.written += 1
        body = f"text{self.written}x{noise}"
        raw: dict[str, Any] = {
            "msgtype": ("m.text", "m.notice", "m.image")[a % 3 if b % 4 == 0 else 0]
        }
        event_id, _ = self.write(body, sender, room, notice=raw["msgtype"] == "m.notice")
        content = {**raw, "body": body}
        event = {
            "event_id": event_id,
            "room_id": room,
            "sender": sender,
            "type": "m.room.message",
            "content": content,
        }
        self.seen[event_id] = {"event": event, "edit": {}, "encrypted": b % 3 != 0}
        self.authors[event_id] = (sender, room)

    def mark(self, a: int, b: int, noise: str) -> None:
        target = self.pick(a)
        author, room = self.authors.get(target, (LEYLA, NORTH))
        sender = author if b % 3 else EVERYBODY[a % 5]
        where = room if b % 4 else ROOMS[a % 5]
        if a % 2:
            event, _ = self.react(target, "📣", sender, where)
        else:
            event, _ = self.write("!share", sender, where, reply_to=target)
        self.marked[event] = (sender, target)

    def change(self, a: int, b: int, noise: str) -> None:
        target = self.pick(a)
        author, room = self.authors.get(target, (LEYLA, NORTH))
        sender = author if b % 3 else EVERYBODY[a % 5]
        self.written += 1
        body = f"text{self.written}x{'' if sender == author else 'FORGED'}"
        where = room if b % 4 else ROOMS[b % 5]
        sealed = self.seen.get(target, {}).get("encrypted", True)
        origin = self.origin(where, sender, encrypted=sealed)
        if sender == author and where == room and target in self.seen and target not in self.gone:
            before = self.seen[target]["event"]["content"]["body"]
            history = self.said_so.setdefault(target, [("", before)])
            history.append((origin.event_id, body))
            self._says(target)
        self.handle(Edit(origin, self.view(where), target, body))

    def _says(self, target: str) -> None:
        edit, body = self.said_so[target][-1]
        event = self.seen[target]["event"]
        at = int(self.now.timestamp() * 1000)
        change = {**event, "event_id": edit, "origin_server_ts": at}
        change["content"] = replacing(target, body)
        self._shows(target, edit=change if edit else {})

    def _shows(self, target: str, **changes: Any) -> None:
        shown = self.seen if self.late is None else self.late
        shown[target] = {**shown.get(target, self.seen[target]), **changes}

    def lag(self, a: int, b: int, noise: str) -> None:
        """The homeserver shows for a while what it showed until now."""
        if self.late is not None:
            self.catch_up()
        elif a % 2:
            self.late = {}

    def catch_up(self) -> None:
        self.seen |= self.late or {}
        self.late = None

    def unedit(self, a: int, b: int, noise: str) -> None:
        edits = [(x, y) for x, history in self.said_so.items() for y in history[1:]]
        if not edits:
            return
        target, (edit, body) = edits[-1 - a % len(edits)]
        self.said_so[target].remove((edit, body))
        self.unsaid.add(body)
        if target not in self.gone:
            self._says(target)
        author, room = self.authors[target]
        by = author if b % 2 else ANNA
        self.handle(Redaction(self.origin(room, by), self.view(room), edit))

    def delete(self, a: int, b: int, noise: str) -> None:
        target = self.pick(a + b)
        _, room = self.authors.get(target, ("", NORTH))
        if target in self.marked:
            room = self.authors.get(self.marked[target][1], ("", NORTH))[1]
        if target in self.authors and target in self.seen:
            self.gone.add(target)
            self._shows(target, event={**self.seen[target]["event"], "content": {}})
        self.marked.pop(target, None)
        ours = [x for x in self.memory.handles.values() if x.event_id == target]
        room = ours[0].room_id if ours else room
        self.taken_down |= {x.handle for x in ours}
        # What we redact ourselves does not come back to us.
        self.handle(Redaction(self.origin(room, EVERYBODY[b % 4]), self.view(room), target))

    def command(self, a: int, b: int, noise: str) -> None:
        body = COMMANDS[(a + b) % len(COMMANDS)] + noise
        reply = self.pick(a) if b % 2 else None
        self.write(body, EVERYBODY[a % 5], ROOMS[b % 5], reply_to=reply, encrypted=b % 3 != 0)

    def answer(self, a: int, b: int, noise: str) -> None:
        copies = [x.event_id for x in self.memory.handles.values() if x.handle.endswith("/copy")]
        thread = copies[a % len(copies)] if copies else "$none"
        event, _ = self.write(noise or "x", EVERYBODY[b % 5], EXCHANGE, thread=thread)
        self.authors[event] = (EVERYBODY[b % 5], EXCHANGE)

    def move_about(self, a: int, b: int, noise: str) -> None:
        to = ("invite", "join", "leave", "ban", "knock")[a % 5]
        if to == "ban":
            self.banned.add(EVERYBODY[(a + b) % 5])
        self.move(ROOMS[b % 5], EVERYBODY[(a + b) % 5], to, EVERYBODY[a % 5])

    def wait(self, a: int, b: int, noise: str) -> None:
        self.pass_time(900.0 * a)
        self.start(a)

    def trouble(self, a: int, b: int, noise: str) -> None:
        self.errors = {f"exchange/{a}/copy": "M_FORBIDDEN"} if a % 2 else {}
        self.handle(Due(f"note/{a}"))
        target = self.pick(b)
        self.handle(MessageNow(NORTH, target, SHARE(), Unknown(noise or "other")))
        self.defer = b % 2 == 0
        if not self.defer:
            self.tell_outcomes()

    def tombstone(self, a: int, b: int, noise: str) -> None:
        room = ROOMS[b % 5]
        self.handle(RoomReplaced(self.origin(room, ANNA), RoomView(), f"!new-{a}"))


DEEDS = (
    "say_something", "say_something", "say_something", "mark", "mark", "mark", "change", "change",
    "unedit", "delete", "command", "answer", "move_about", "wait", "trouble", "tombstone", "lag",
)  # fmt: skip
NOISE = st.one_of(
    st.just(""),
    st.text(st.characters(exclude_categories=()), max_size=12),
    st.sampled_from(["\u202e", "<b>&", "x" * 4_000, "> <@a:b> x\n\n", " {n}"]),
)
NUMBER_ = st.integers(0, 9)
STEPS = st.lists(st.tuples(st.sampled_from(DEEDS), NUMBER_, NUMBER_, NOISE), max_size=40)


def living(market: Chaos) -> dict[str, str]:
    """Copies that stand in the exchange room by what was asked for: handle → text."""
    copies: dict[str, str] = {}
    for request in market.said:
        if isinstance(request, Say) and request.phrase.key == "copy":
            name = str(request.handle or request.edits)
            if name in copies or request.handle:
                copies[name] = market.bot.render(request.phrase).body
        elif isinstance(request, Redact):
            copies.pop(str(request.target), None)
    return {name: text for name, text in copies.items() if name in market.memory.handles}


def shown(market: Chaos) -> str:
    """All that copies which stand say, or have said before they were edited."""
    texts: dict[str, str] = {}
    for request in market.said:
        if isinstance(request, Say) and request.phrase.key == "copy":
            name = str(request.handle or request.edits)
            texts[name] = texts.get(name, "") + market.bot.render(request.phrase).body
        elif isinstance(request, Redact):
            texts.pop(str(request.target), None)
    return "".join(text for name, text in texts.items() if name not in market.taken_down)


def check(market: Chaos) -> None:
    kept = {x.source: x for x in market.memory.all(SHARES)}
    standing = {key: x for key, x in kept.items() if x.state is ShareState.SHARED}
    for source, shared in standing.items():
        author, room = market.authors[source]
        assert shared.author == author
        assert author not in (BOT, OTHER_BOT)
        assert source not in market.gone
        assert shared.marks or f"rest/{source}" in market.timers
        assert all(x.by == author and x.event in market.marked for x in shared.marks)
        assert room in (NORTH, SOUTH, CLOSED)
        assert shared.text == "" or "text" in shared.text
    texts = living(market)
    by_copy = {str(Handle(f"exchange/{x.number}/copy")): x for x in standing.values()}
    for name, text in texts.items():
        assert "FORGED" not in text
        if name in by_copy:
            assert by_copy[name].text[:20] in text
    assert market.texts == {x.source: x.text for x in standing.values()}
    found = {word for x in standing.values() for word in words(x.text)}
    assert market.memory.listed(SHARES, "word") == found
    events = {y for x in kept.values() for y in (*x.edits, *(z.event for z in x.marks))}
    assert market.memory.listed(SHARES, "event") == events
    assert market.memory.listed(SHARES, "number") == {str(x.number) for x in standing.values()}
    answers = market.memory.all(ANSWERS)
    assert {x.number for x in answers} <= {x.number for x in standing.values()}
    for shared in kept.values():
        counted = [x for x in answers if x.number == shared.number and x.counts]
        assert len(counted) == shared.answered
    everything = shown(market) + market.memory.everything()
    assert not [x for x in market.unsaid if x in everything]
    made = Counter(x.handle for x in market.said if isinstance(x, Say) and x.handle)
    assert not [x for x, count in made.items() if count > 1]


def check_newest(market: Chaos) -> None:
    """Nothing is asked any more: each copy says what its author's last edit does."""
    for source, text in market.texts.items():
        edit, body = market.said_so.get(source, [("", "")])[-1]
        if edit and market.authors[source][0] not in market.banned:
            assert text == body


@settings(max_examples=300, deadline=None)
@example([("tombstone", 0, 0, ""), ("tombstone", 0, 1, ""), ("wait", 0, 0, "")])
@given(STEPS)
def test_no_order_of_events_breaks_a_promise(steps: list[tuple[str, int, int, str]]) -> None:
    market = Chaos()
    market.say_something(0, 0, "")
    market.mark(0, 1, "")
    for deed, a, b, noise in steps:
        getattr(market, deed)(a, b, noise)
        if not market.defer:
            check(market)
    market.defer = False
    while market.outcomes:
        market.tell_outcomes()
    check(market)
    check_newest(market)
    standing = {f"exchange/{x.number}/copy" for x in market.memory.all(SHARES) if x.number}
    assert living(market).keys() - market.taken_down == standing


# -- words -----------------------------------------------------------------------------------------


def placeholders(key: str) -> set[str]:
    texts = [
        y
        for x in each(WORDING.paragraphs[key])
        for y in ((x.singular, x.plural) if isinstance(x, Plural) else (x,))
    ]
    return {x for text in texts for x in re.findall(r"\{(\w+)\}", text)}


def test_what_is_said_of_phrases_is_about_phrases() -> None:
    assert WORDING.paragraphs.keys() >= WORDING.ringing
    assert WORDING.commands <= {x for key in WORDING.paragraphs for x in placeholders(key)}


@looped("key", sorted(WORDING.paragraphs))
@looped("language", ["de en", "ar", "ti", "uk"])
def test_every_phrase_renders_in_the_catalogues(key: str, language: str) -> None:
    evil = '<img src=x onerror="x">&amp;\n\u202e{share}'
    values: dict[str, object] = dict.fromkeys(placeholders(key), evil)
    values |= {"n": 5, "text": Quote(evil), "link": Link("https://x.example", evil)}
    values |= {"from": Phrase("from", "", {"initiative": evil}), "medium": "", "cut": ""}
    text = ExchangeBot(SETTINGS, Words()).render(Phrase(key, language, values))
    assert "<img" not in (text.html or "")
    tags = set(re.findall(r"</?(\w+)", text.html or ""))
    assert tags <= {"p", "br", "code", "blockquote", "a", "hr"}
