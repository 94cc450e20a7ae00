"""The onboarding bot: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from collections.abc import Callable

from bots.onboarding import commands, documents, keys
from bots.onboarding.documents import MEMBERS, WISHES, Member, Wish
from bots.onboarding.rules import (
    arrival,
    consent,
    decisions,
    gathering,
    greeting,
    outside,
    parting,
    rooms,
    talking,
    underway,
    wishes,
)
from bots.onboarding.rules.turn import Turn
from bots.onboarding.settings import Settings
from bots.onboarding.wording import WORDING
from bots.runtime.kit import deadletters
from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.kit.routing import Router, in_room, on, outcome, timer
from bots.runtime.kit.routing import commands as commanded
from bots.runtime.kit.standing import rules as standing
from bots.runtime.kit.standing.documents import ALL as KEPT
from bots.runtime.model.decision import SetAside, Started
from bots.runtime.speech.tongues import Texts
from bots.runtime.speech.vocabulary import HELP
from bots.runtime.speech.words import SOURCE
from federation.model.actions import Invite, Join, Kick
from federation.model.events import (
    ClientRequest,
    Edit,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
    Unreadable,
)


def _of(rule: Callable[[Turn], None]) -> Callable[[Turn, Member | Wish], None]:
    """With the person, or the wish, that a timer names."""

    def rings(turn: Turn, found: Member | Wish) -> None:
        turn.take(found.user, found.initiative if isinstance(found, Wish) else "")
        rule(turn)

    return rings


def _is_former(turn: Turn, event: RoomEvent) -> bool:
    """Whether people leave what was, since another room has replaced it."""
    return event.origin.room_id in turn.office.moved


def _is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account


def _is_no_person(turn: Turn, event: Membership) -> bool:
    return not turn.greets(event.user)


def _is_ours(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.sender == turn.settings.account


def _is_in_network(turn: Turn, event: RoomEvent) -> bool:
    return turn.room in turn.settings.places


def _is_at_space(turn: Turn, event: RoomEvent) -> bool:
    return turn.room == turn.settings.space


def _is_in_coordination(turn: Turn, event: RoomEvent) -> bool:
    return turn.room == turn.settings.coordination


def _nothing(turn: Turn, event: RoomEvent) -> None: ...


IN_FORMER: Router[Turn] = Router(
    on(Membership, when=_is_no_person),
    on(Membership, arrival.at_the_old_space, when=_is_at_space),
)
DECIDING = tuple((x, decisions.commanded) for x in commands.DECIDING)
IN_COORDINATION: Router[Turn] = Router(
    on(Reaction, decisions.reacted),
    commanded(
        *standing.decided(DECIDING, decisions.decides),
        standing.confirming(decisions.decides),
        (HELP, decisions.helped),
        unknown=decisions.unknown,
        clear=decisions.plain,
    ),
)
IN_PRIVATE: Router[Turn] = Router(
    on(TextMessage, talking.text),
    on(Edit, talking.edited),
    on(MediaMessage, talking.media),
    on(ClientRequest, talking.requested),
    on(Reaction, talking.reacted),
    on(Redaction, talking.redacted),
    on(Unreadable, talking.unreadable),
)
IN_NETWORK: Router[Turn] = Router(
    on(Membership, rooms.in_network, when=_is_about_us),
    on(Membership, when=_is_no_person),
    on(Membership, arrival.at_the_space, when=_is_at_space),
    on(Membership, outside.in_network),
    on(RoomReplaced, rooms.replaced),
    in_room(_nothing, when=_is_ours),
    in_room(IN_COORDINATION, when=_is_in_coordination),
)
ROUTES: Router[Turn] = Router(
    on(Started, rooms.started),
    on(SetAside, deadletters.tell),
    timer(keys.RENEW, consent.renew),
    timer(keys.GATHER, gathering.due),
    timer(keys.HELLO, _of(greeting.due), of=MEMBERS),
    timer(keys.REMIND, _of(consent.remind), of=MEMBERS),
    timer(keys.PRESS, _of(underway.press_again), of=MEMBERS),
    timer(keys.AGAIN, underway.again),
    timer(keys.LEAVE, parting.leave_chats),
    timer(keys.WAITS, _of(wishes.remind), of=WISHES),
    timer(keys.SHOW, _of(wishes.show_due), of=WISHES),
    *standing.routes(DECIDING, decisions.decides),
    outcome(keys.CHAT, greeting.chat_made),
    outcome(Join, rooms.not_let_in),
    outcome(Invite, underway.invited),
    outcome(Kick, underway.removed),
    in_room(IN_FORMER, when=_is_former),
    in_room(IN_NETWORK, when=_is_in_network),
    on(Membership, rooms.elsewhere, when=_is_about_us),
    on(Membership, arrival.in_private),
    in_room(_nothing, when=_is_ours),
    in_room(IN_PRIVATE),
)


def _written(settings: Settings) -> tuple[str, ...]:
    return tuple(dict.fromkeys((settings.languages[0], SOURCE)))


ONBOARDING = Spec("onboarding", (*documents.ALL, *KEPT), ROUTES, WORDING, Turn, _written)


class OnboardingBot(KitBot[Settings, Turn]):
    def __init__(self, settings: Settings, words: Texts) -> None:
        super().__init__(ONBOARDING, settings, words)
