"""The announcements bot: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from bots.announcements import keys
from bots.announcements.commands import DECIDING as NAMED
from bots.announcements.documents import mails, news, people
from bots.announcements.rules import (
    asking,
    commanded,
    drafts,
    readers,
    release,
    removed,
    room,
)
from bots.announcements.rules.mails import (
    digest,
    rounds,
    suspending,
    watch,
)
from bots.announcements.rules.turn import Turn
from bots.announcements.settings import Settings
from bots.announcements.wording import WORDING
from bots.runtime.kit import deadletters
from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.kit.routing import (
    Router,
    commands,
    form,
    in_room,
    now,
    on,
    outcome,
    rewound,
    timer,
)
from bots.runtime.kit.standing import rules as standing
from bots.runtime.kit.standing.documents import ALL as KEPT
from bots.runtime.kit.undo import SIGN
from bots.runtime.model.decision import MailReceived, SetAside, Started
from bots.runtime.speech.tongues import Texts
from bots.runtime.speech.vocabulary import HELP, UNDO
from bots.runtime.understanding.commands import Invocation
from federation.model.events import (
    Edit,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    TextMessage,
    in_clear,
)


def _is_ours(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.sender == turn.settings.account


def _is_elsewhere(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.room_id != turn.room


def _counts(turn: Turn, event: RoomEvent) -> bool:
    """Whether an editor did this, and has not taken it back."""
    return turn.is_editor(event) and not removed.was_removed(turn, event)


def _is_in_clear(_: Turn, event: RoomEvent) -> bool:
    return isinstance(event, TextMessage | MediaMessage | Edit) and in_clear(event)


def _takes_back(_: Turn, event: Reaction) -> bool:
    return event.key == SIGN


def _is_editor(turn: Turn, event: TextMessage, _: Invocation) -> bool:
    return turn.is_editor(event)


DECIDING = tuple(zip(NAMED, (commanded.releases, commanded.asks_digest), strict=True))
BY_EDITOR: Router[Turn] = Router(
    on(TextMessage, when=lambda _, event: event.notice),
    in_room(drafts.in_clear, when=_is_in_clear),
    commands(
        *standing.decided(DECIDING, _is_editor),
        (UNDO, standing.stopping(commanded.undoes)),
        standing.confirming(_is_editor),
        (HELP, commanded.asks_help),
        unknown=commanded.unknown,
    ),
    on(TextMessage, drafts.text),
    on(MediaMessage, drafts.media),
    on(Edit, drafts.edited),
    on(Reaction, suspending.reacted, digest.reacted, release.undone, when=_takes_back),
    on(Reaction, release.released, when=lambda _, event: event.key == release.SIGN),
)
ROUTES: Router[Turn] = Router(
    on(Started, room.started, digest.started),
    on(SetAside, deadletters.tell),
    timer(keys.UNDO, release.due, of=news.ITEMS),
    rewound(keys.UNDO, release.rewound, of=news.ITEMS),
    timer(keys.CHUNK, rounds.chunk_due, of=mails.CHUNKS),
    timer(keys.TELLING, rounds.telling_due, of=mails.ROUNDS),
    timer(keys.MAIL_AGAIN, rounds.again),
    timer(keys.DIGEST, digest.due),
    timer(keys.CALL_UNDO, digest.call_due),
    rewound(keys.CALL_UNDO, digest.rewound),
    timer(keys.WATCH, watch.due),
    timer(keys.CONFIRMING, asking.due),
    timer(keys.CONFIRM_AGAIN, asking.again),
    timer(keys.EXPIRY, asking.drop, of=people.REQUESTS),
    outcome(keys.MAIL, rounds.performed),
    outcome(keys.CONFIRM, asking.performed),
    *standing.routes(DECIDING, _is_editor),
    now(keys.TEXT, removed.now_known, of=news.ITEMS),
    form(keys.SUBSCRIBING, asking.subscribe),
    form(keys.CONFIRMATION, readers.confirm),
    form(keys.UNSUBSCRIBING, readers.unsubscribe),
    on(MailReceived, readers.unsubscribe_by_mail),
    in_room(when=_is_ours),
    on(Redaction, removed.removed),
    in_room(when=_is_elsewhere),
    on(Membership, room.invited),
    on(RoomReplaced, room.replaced),
    in_room(BY_EDITOR, when=_counts),
)


COLLECTIONS = (*news.ALL, *mails.ALL, *people.ALL, *KEPT)
ANNOUNCEMENTS = Spec("announcements", COLLECTIONS, ROUTES, WORDING, Turn)


class AnnouncementsBot(KitBot[Settings, Turn]):
    def __init__(self, settings: Settings, words: Texts) -> None:
        super().__init__(ANNOUNCEMENTS, settings, words)
