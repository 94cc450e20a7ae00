"""The exchange bot: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from bots.exchange import documents, keys
from bots.exchange.rules import (
    adopted,
    answering,
    commands,
    finding,
    following,
    helping,
    marking,
    rooms,
)
from bots.exchange.rules.turn import Turn
from bots.exchange.settings import Settings
from bots.exchange.wording import WORDING
from bots.runtime.commands import Invocation
from bots.runtime.decision import SetAside, Started
from bots.runtime.kit import deadletters
from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.kit.routing import Commanded, Router, Typed, in_room, now, on, outcome, timer
from bots.runtime.kit.routing import commands as commanded
from bots.runtime.phrases import Translator
from bots.runtime.vocabulary import HELP
from federation.actions import Join
from federation.events import (
    Edit,
    EncryptionEnabled,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
)


def _answers(rule: Commanded[Turn]) -> Commanded[Turn]:
    """What is said for who commands something holds up nobody else."""

    def answered(turn: Turn, event: TextMessage, invocation: Invocation) -> None:
        turn.asker = event.origin.sender
        rule(turn, event, invocation)

    return answered


COMMANDS = (
    (commands.SHARE, _answers(marking.asked)),
    (commands.UNSHARE, _answers(following.unshared)),
    (commands.EXCHANGE, _answers(rooms.switched)),
    (commands.NAME, _answers(rooms.named)),
    (commands.FIND, finding.asked),
    (HELP, helping.asked),
)


def _is_for_all(turn: Turn, event: TextMessage, found: Typed) -> bool:
    """Whether a command is meant for the exchange room, too."""
    command = found.command if isinstance(found, Invocation) else found.guess
    return command in commands.EVERYWHERE


IN_EXCHANGE: Router[Turn] = Router(
    commanded(*COMMANDS, unknown=helping.unknown, clear=helping.in_clear, when=_is_for_all),
    on(TextMessage, answering.answered),
    on(MediaMessage, answering.answered),
    on(Redaction, following.removed),
)
IN_SOURCE: Router[Turn] = Router(
    on(Reaction, marking.reacted, when=lambda _, event: event.key in commands.SHARE_KEYS),
    on(Redaction, following.redacted),
    on(Edit, following.edited),
    on(EncryptionEnabled, rooms.encrypted),
    commanded(*COMMANDS, unknown=helping.unknown, clear=helping.in_clear),
)


def _said(turn: Turn, event: RoomEvent) -> None:
    if turn.room == turn.settings.exchange:
        IN_EXCHANGE(turn, event)
        return
    if turn.room not in turn.settings.places:
        adopted.recognise(turn, event)
    if turn.source is not None and adopted.serves(turn, event):
        IN_SOURCE(turn, event)


def _is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account


def _is_adopted(turn: Turn, event: RoomEvent) -> bool:
    return bool(turn.place.initiative)


def _is_ours(turn: Turn, event: RoomEvent) -> bool:
    return turn.room in turn.settings.places


ROUTES: Router[Turn] = Router(
    on(Started, rooms.started, adopted.started),
    on(SetAside, deadletters.tell),
    timer(keys.NOTE, answering.due),
    timer(keys.CLEAR, Turn.forget_answers),
    timer(keys.ANEW, following.left_behind),
    timer(keys.REST, following.rested),
    timer(keys.LOOK, marking.look_due),
    timer(keys.CALM, marking.calmed),
    timer(keys.UNNAME, rooms.unnamed),
    timer(keys.BEHIND, adopted.behind),
    now(keys.SHARE, marking.found),
    outcome(Join, rooms.not_let_in, adopted.not_let_in),
    outcome(keys.COPY, following.sent),
    on(Membership, rooms.ours, when=lambda x, y: _is_about_us(x, y) and _is_ours(x, y)),
    on(Membership, adopted.ours, when=_is_about_us),
    on(Membership, adopted.somebody, when=_is_adopted),
    on(Membership),
    on(RoomReplaced, adopted.replaced, when=_is_adopted),
    on(RoomReplaced, rooms.replaced),
    in_room(_said, when=lambda turn, event: event.origin.sender != turn.settings.account),
)

EXCHANGE = Spec("exchange", documents.ALL, ROUTES, WORDING, Turn)


class ExchangeBot(KitBot[Settings, Turn]):
    def __init__(self, settings: Settings, words: Translator) -> None:
        if not settings.languages:
            raise ValueError("The network needs at least one language, its rooms' own, as first")
        super().__init__(EXCHANGE, settings, words)
