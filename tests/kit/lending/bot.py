"""What the bot keeps, and which rule an event is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bots.runtime.kit.bot import Spec
from bots.runtime.kit.documents import Collection
from bots.runtime.kit.keys import Timer
from bots.runtime.kit.routing import Router, commands, form, on, timer
from bots.runtime.kit.turn import Turn
from bots.runtime.model.decision import FormSubmitted, Phrase, Say, SetTimer, Started
from bots.runtime.understanding.commands import Command, Invocation, fold
from federation.model.actions import Join
from federation.model.events import TextMessage
from tests.kit.lending.wording import WORDING

LEND = Command("lend", "de leihe, en lend")
STILL = Timer("still/{event}")


@dataclass(frozen=True, slots=True)
class Offer:
    event: str
    room: str
    thing: str = field(repr=False)


OFFERS = Collection(
    "lending/offer",
    Offer,
    key=lambda offer: offer.event,
    indexes={"thing": lambda offer: (fold(offer.thing),)},
    erases=lambda offer: True,
)


@dataclass(frozen=True, slots=True)
class Settings:
    room: str


def entered(turn: Turn[Settings], event: Started) -> None:
    turn.ask(Join(turn.settings.room))


def lent(turn: Turn[Settings], event: TextMessage, found: Invocation) -> None:
    there = event.origin
    if found.rest:
        turn.put(OFFERS, Offer(there.event_id, there.room_id, found.rest))
        turn.ask(SetTimer(STILL(event=there.event_id), after=timedelta(days=14)))
    say(turn, "noted" if found.rest else "what", found.rest, reply_to=there.event_id)


def asked(turn: Turn[Settings], event: str) -> None:
    offer = turn.get(OFFERS, event)
    if offer is not None:
        turn.drop(OFFERS, event)
        say(turn, "still", offer.thing, reply_to=event)


def wanted(turn: Turn[Settings], event: FormSubmitted) -> None:
    thing = event.fields["thing"]
    say(turn, "wanted", thing, turn.view.count(OFFERS, "thing", fold(thing)))


def say(turn: Turn[Settings], key: str, thing: str, n: int = 0, reply_to: str = "") -> None:
    phrase = Phrase(key, "en", {"thing": thing, "n": n})
    turn.ask(Say(turn.settings.room, phrase, reply_to=reply_to or None))


ROUTES: Router[Turn[Settings]] = Router(
    on(Started, entered), commands((LEND, lent)), timer(STILL, asked), form("wanted", wanted)
)
LENDING = Spec("lending", (OFFERS,), ROUTES, WORDING, Turn[Settings])
