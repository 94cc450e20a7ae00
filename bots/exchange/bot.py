"""The exchange bot: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from bots.exchange import commands, documents, keys
from bots.exchange.rules import (
    adopted,
    answering,
    finding,
    following,
    helping,
    marking,
    rooms,
)
from bots.exchange.rules.turn import Turn
from bots.exchange.settings import Settings
from bots.exchange.wording import WORDING
from bots.runtime.kit import deadletters
from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.kit.routing import Router, in_room, now, on, outcome, timer
from bots.runtime.kit.routing import commands as commanded
from bots.runtime.kit.standing import rules as standing
from bots.runtime.kit.standing.documents import ALL as KEPT
from bots.runtime.model.decision import SetAside, Started
from bots.runtime.speech.tongues import Texts
from bots.runtime.speech.vocabulary import HELP
from federation.model.actions import Join
from federation.model.events import (
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

DECIDING = tuple((x, rooms.switched) for x in commands.DECIDING)
COMMANDS = (
    (commands.SHARE, marking.asked),
    (commands.UNSHARE, following.unshared),
    *standing.decided(DECIDING, rooms.opens),
    standing.confirming(rooms.moderates),
    (commands.NAME, rooms.named),
    (commands.FIND, finding.asked),
    (HELP, helping.asked),
)


IN_EXCHANGE: Router[Turn] = Router(
    commanded(*COMMANDS, unknown=helping.unknown, clear=helping.in_clear, when=commands.is_for_all),
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
    *standing.routes(DECIDING, rooms.moderates),
    now(keys.SHARE, marking.found),
    outcome(Join, rooms.not_let_in, adopted.not_let_in),
    outcome(keys.COPY, following.sent),
    on(Membership, rooms.ours, when=rooms.is_about_us),
    on(Membership, adopted.ours, when=adopted.is_about_us),
    on(Membership, adopted.somebody, when=adopted.is_there),
    on(Membership),
    on(RoomReplaced, adopted.replaced, when=adopted.is_there),
    on(RoomReplaced, rooms.replaced),
    in_room(_said, when=lambda turn, event: event.origin.sender != turn.settings.account),
)

EXCHANGE = Spec("exchange", (*documents.ALL, *KEPT), ROUTES, WORDING, Turn)


class ExchangeBot(KitBot[Settings, Turn]):
    def __init__(self, settings: Settings, words: Texts) -> None:
        super().__init__(EXCHANGE, settings, words)
