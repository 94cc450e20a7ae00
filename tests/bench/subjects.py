"""Bots with a store full of documents, and events that meet them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bots.exchange import documents as shares
from bots.exchange import keys as exchange
from bots.exchange.bot import ExchangeBot
from bots.exchange.settings import Settings as ExchangeSettings
from bots.exchange.settings import Source
from bots.ombuds import keys as ombuds
from bots.ombuds.bot import OmbudsBot
from bots.ombuds.documents import cases, chats, flags, team
from bots.ombuds.settings import Settings as OmbudsSettings
from bots.onboarding import documents as welcome
from bots.onboarding import keys as onboarding
from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import Initiative
from bots.onboarding.settings import Settings as OnboardingSettings
from bots.runtime.kit.bot import KitBot
from bots.runtime.model.decision import Due, Event
from bots.runtime.model.messages import MessageNow
from bots.runtime.speech.words import Words
from bots.runtime.store.transaction import Transaction
from federation.model.events import (
    Edit,
    Membership,
    MembershipKind,
    Origin,
    Reaction,
    Redaction,
    RoomView,
    TextMessage,
)

BOT, NORTH, COMMON, STAFF = "@bot:a.example", "!north", "!exchange", "!staff"
ANNA = "@anna:a.example"
VOCABULARY = tuple(f"word{i}" for i in range(2_000))
_ids = itertools.count()


@dataclass(frozen=True, slots=True)
class Subject:
    bot: KitBot[Any, Any]
    fill: Callable[[Transaction, range], None]
    """Puts documents of these numbers in, one of each kind a number."""
    happens: Callable[[int, random.Random], Iterator[Event]]
    """What happens to those of one number."""


def _person(i: int) -> str:
    return f"@person-{i}:a.example"


def _origin(sender: str, room: str, *, encrypted: bool = True) -> Origin:
    return Origin(BOT, room, f"$event-{next(_ids)}", sender, 0, encrypted)


def _words(dice: random.Random) -> str:
    return " ".join(dice.sample(VOCABULARY, 12))


# -- the exchange ----------------------------------------------------------------------------------


def _fill_exchange(tx: Transaction, numbers: range) -> None:
    for i in numbers:
        author, mark = _person(i), shares.Mark(f"$mark-{i}", _person(i))
        shared = shares.Shared(f"$message-{i}", NORTH, shares.ShareState.SHARED, (mark,))
        about: dict[str, Any] = {"number": i + 1, "into": COMMON, "initiative": "North"}
        text = _words(random.Random(i))
        tx.keep(shares.SHARES, replace(shared, author=author, text=text, **about))
        tx.fill(exchange.COPY(number=i + 1), COMMON, f"$copy-{i}", f"{i}")
        tx.keep(shares.ANSWERS, shares.Answer(i + 1, f"$answer-{i}"))
        tx.keep(shares.PEOPLE, shares.Person(author, named=True))
        tx.keep(shares.PLACES, shares.Place(f"!room-{i}", joined=True))
        tx.keep(shares.REMOVED, shares.Removed(f"$removed-{i}"))
        tx.keep(shares.RESTLESS, shares.Restless(f"$restless-{i}", 1))
    tx.keep(shares.OFFICE, shares.Office(shares=numbers[-1] + 1))


def _in_exchange(i: int, dice: random.Random) -> Iterator[Event]:
    """A message is shared, edited, answered, looked for and taken back."""
    who, view = _person(i), RoomView()
    message, mark = _origin(who, NORTH), _origin(who, NORTH)
    said = TextMessage(message, view, _words(dice))
    yield said
    yield Reaction(mark, view, message.event_id, "📣")
    yield MessageNow(NORTH, message.event_id, exchange.SHARE(), said, who)
    yield Edit(_origin(who, NORTH), view, message.event_id, said.body + " at last")
    yield TextMessage(_origin(who, COMMON), view, "Here!", thread=f"$copy-{i}")
    yield Redaction(_origin(who, COMMON), view, f"$answer-{i}")
    yield TextMessage(_origin(who, COMMON), view, f"!find {dice.choice(VOCABULARY)}")
    yield TextMessage(_origin(who, COMMON), view, f"!find {' '.join(dice.sample(VOCABULARY, 2))}")
    yield TextMessage(_origin(who, NORTH), view, "!name off")
    yield Redaction(_origin(who, NORTH), view, f"$unknown-{i}")
    yield Redaction(_origin(who, NORTH), view, mark.event_id)
    yield Due(exchange.REST(source=message.event_id))
    yield Due(exchange.NOTE(number=i + 1))


# -- the ombuds office -----------------------------------------------------------------------------


def _fill_ombuds(tx: Transaction, numbers: range) -> None:
    for i in numbers:
        n, person, chat = i + 1, _person(i), f"!chat-{i}"
        text = _words(random.Random(i))
        tx.keep(cases.CASES, cases.Case(n, n, float(n), text=text, stands=0))
        tx.keep(cases.SEARCHES, cases.Search(n, "word1", 0))
        tx.fill(ombuds.ROOT(case=n), STAFF, f"$root-{i}", f"{i}")
        tx.note_copy(f"$said-{i}", ombuds.ROOT(case=n), STAFF)
        tx.keep(chats.IDENTITIES, chats.Identity(n, chats.Reporter(person), chat))
        told = chats.Conversation(chat, n, language="en", noticed="en", case=n)
        tx.keep(chats.CONVERSATIONS, told)
        tx.keep(chats.INVITATIONS, chats.Invitation(f"!invited-{i}"))
        tx.keep(chats.GONE, chats.Gone(f"!gone-{i}", f"$gone-{i}"))
        tx.keep(chats.EDITS, chats.Edited(f"$edit-{i}", f"$said-{i}", chat))
        tx.keep(flags.PLACES, flags.Place(f"!place-{i}", open=True, greeted=True))
        tx.keep(flags.FLAGS, flags.Flag(n, person, f"!place-{i}", (f"$flagged-{i}",)))
        tx.keep(chats.FLAGGERS, chats.Flagger(person, n, chat, flags=(n,)))
        tx.keep(flags.NOTICES, flags.Notice(n, f"!place-{i}", ()))
        tx.keep(flags.MODERATORS, flags.Moderator(f"@moderator-{i}:a.example", n))
        tx.keep(team.DEVICES, team.Devices(f"@staff-{i}:a.example", ("PHONE",)))
    tx.fill(ombuds.FIRST(), STAFF, None, "room")
    count = numbers[-1] + 1
    office = team.Office((ANNA,), founded=True, conversations=count, numbers=count)
    tx.keep(team.OFFICE, office)


def _in_ombuds(i: int, dice: random.Random) -> Iterator[Event]:
    """A person writes, corrects and takes back; staff answer, look through cases and close one."""
    who, chat, n = _person(i), f"!chat-{i}", i + 1
    private = RoomView(joined=frozenset({BOT, who}), encrypted=True, join_rule="invite")
    office = RoomView(joined=frozenset({BOT, ANNA}), encrypted=True, join_rule="invite")
    place = RoomView(joined=frozenset({BOT, who, ANNA}), encrypted=True)
    yield TextMessage(_origin(who, chat), private, _words(dice))
    yield Edit(_origin(who, chat), private, f"$said-{i}", _words(dice))
    yield TextMessage(_origin(ANNA, STAFF), office, "!answer We look at it.", thread=f"$root-{i}")
    yield Due(ombuds.GOES(case=n, number=1))
    yield TextMessage(_origin(ANNA, STAFF), office, "A note", thread=f"$root-{i}")
    yield TextMessage(_origin(ANNA, STAFF), office, "!cases")
    yield TextMessage(_origin(ANNA, STAFF), office, "!help")
    yield Reaction(_origin(who, f"!place-{i}"), place, f"$other-{i}", "🚩")
    yield TextMessage(_origin(ANNA, STAFF), office, "!close", thread=f"$root-{i}")
    yield Redaction(_origin(who, chat), private, f"$said-{i}")
    yield Redaction(_origin(who, chat), private, f"$unknown-{i}")


# -- onboarding ------------------------------------------------------------------------------------


def _fill_onboarding(tx: Transaction, numbers: range) -> None:
    for i in numbers:
        n, person, chat = i + 1, _person(i), f"!chat-{i}"
        member = welcome.Member(person, n, welcome.Stage.MEMBER, "en", chat, inside=True)
        agreed = {"shown": "1", "accepted": "1", "first": 1, "asks": 1, "approved": True}
        tx.keep(welcome.MEMBERS, replace(member, **agreed))  # type: ignore[arg-type]
        tx.keep(welcome.CHATS, welcome.Chat(chat, person))
        asks = welcome.Wish(n, f"@stranger-{i}:a.example", float(n), gathered=i % 2 == 0)
        tx.keep(welcome.WISHES, asks)
        tx.fill(onboarding.WISH(number=n), STAFF, f"$wish-{i}", f"{i}")
        tx.keep(welcome.INVITATIONS, welcome.Invitation(f"!invited-{i}"))
        tx.keep(welcome.ENTERED, welcome.Entered(f"!room-{i}"))
        tx.keep(welcome.SILENCES, welcome.Silence(f"{i}.example", 0.0))
    count = numbers[-1] + 1
    office = welcome.Office(count, count, crowd=1, crowd_at=1.0, versions=("1",))
    tx.keep(welcome.OFFICE, office)


def _in_onboarding(i: int, dice: random.Random) -> Iterator[Event]:
    """A member writes, chooses and goes; strangers ask to join; coordinators decide."""
    who, chat, stranger = _person(i), f"!chat-{i}", f"@stranger-{i}:a.example"
    private = RoomView(joined=frozenset({BOT, who}), encrypted=True, join_rule="invite")
    office = RoomView(joined=frozenset({BOT, ANNA}), encrypted=True, join_rule="invite")
    knock, out = MembershipKind.KNOCK, MembershipKind.LEAVE
    new = f"@new-{next(_ids)}:a.example"
    yield Membership(_origin(new, COMMON), RoomView(), new, knock)
    yield Due(onboarding.GATHER())
    yield Due(onboarding.RENEW())
    yield TextMessage(_origin(who, chat), private, "ja")
    yield TextMessage(_origin(who, chat), private, "!topics")
    yield TextMessage(_origin(who, chat), private, "1")
    yield TextMessage(_origin(who, chat), private, _words(dice))
    yield TextMessage(_origin(ANNA, STAFF), office, "!admit")
    yield TextMessage(_origin(ANNA, STAFF), office, f"!admit {new}")
    yield Reaction(_origin(ANNA, STAFF), office, f"$wish-{i}", "❌")
    yield Due(onboarding.WAITS(wish=stranger))
    yield Membership(_origin(who, COMMON), RoomView(), who, out, before=MembershipKind.JOIN)
    yield TextMessage(_origin(who, chat), private, "!erase")
    yield TextMessage(_origin(who, chat), private, "ja")


def _onboarding() -> OnboardingBot:
    settings = OnboardingSettings(
        BOT, "Network", COMMON, STAFF, ("en",), {"en": "Be kind."}, "1", coordinators=(ANNA,)
    )
    north = Initiative("north", "North", rooms=(NORTH,))
    return OnboardingBot(replace(settings, initiatives=(north,)), Words())


EXCHANGE = Subject(
    ExchangeBot(ExchangeSettings(BOT, COMMON, ("en",), (Source(NORTH, "North"),)), Words()),
    _fill_exchange,
    _in_exchange,
)
OMBUDS = Subject(
    OmbudsBot(OmbudsSettings(BOT, (ANNA,), ("en", "de"), ZoneInfo("Europe/Berlin")), Words()),
    _fill_ombuds,
    _in_ombuds,
)
ONBOARDING = Subject(_onboarding(), _fill_onboarding, _in_onboarding)
