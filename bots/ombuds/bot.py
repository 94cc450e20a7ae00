"""The ombuds bot: what it keeps, which rule an event is for, and what it says."""

from __future__ import annotations

from functools import partial

from bots.ombuds import keys, private, rooms
from bots.ombuds.cases import (
    answers,
    blocks,
    casework,
    disclosing,
    erasing,
    forgetting,
    hiding,
    holding,
    retention,
    ringing,
    rush,
    standing,
)
from bots.ombuds.chats import arrival, changes, conversation, receipts, unedited, whose
from bots.ombuds.documents.absences import ABSENCES
from bots.ombuds.documents.alarms import ALARMS
from bots.ombuds.documents.candidates import CANDIDATES
from bots.ombuds.documents.cases import CASES, LATER, SEARCHES
from bots.ombuds.documents.chats import (
    CONVERSATIONS,
    EDITS,
    FLAGGERS,
    GONE,
    IDENTITIES,
    INVITATIONS,
    LEAVING,
)
from bots.ombuds.documents.disclosures import DISCLOSURES
from bots.ombuds.documents.erasures import ERASURES
from bots.ombuds.documents.flags import FLAGS, MODERATORS, NOTICES, PLACES, Stage
from bots.ombuds.documents.floods import BLOCKS, RUSH
from bots.ombuds.documents.floods import KEPT as KEPT_ASIDE
from bots.ombuds.documents.hidden import HIDDEN
from bots.ombuds.documents.pins import ASKED, PINS
from bots.ombuds.documents.receipts import GUESSES, RECEIPTS
from bots.ombuds.documents.team import DEVICES, OFFICE
from bots.ombuds.documents.trustees import TRUSTEES
from bots.ombuds.documents.watch import WATCH
from bots.ombuds.flags import decisions, flagging, looking, places, telling
from bots.ombuds.settings import Settings
from bots.ombuds.team import (
    absence,
    alarms,
    changing,
    devices,
    founding,
    guarding,
    heads,
    leading,
    moving,
    renewal,
    roster,
    secondword,
    staff,
    trustees,
)
from bots.ombuds.turn import Turn
from bots.ombuds.wording import WORDING
from bots.runtime.kit.bot import KitBot, Spec
from bots.runtime.kit.records import RECORDED
from bots.runtime.kit.routing import Router, in_room, now, on, outcome, rewound, timer
from bots.runtime.mail.documents import ADDRESSES, LETTERS
from bots.runtime.model.decision import SetAside, Started
from bots.runtime.speech.tongues import Texts
from federation.model.actions import Invite, Join, Leave, Redact, SetState
from federation.model.events import (
    ClientRequest,
    DevicesChanged,
    Edit,
    Ignored,
    MediaMessage,
    Membership,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    Shown,
    TextMessage,
    Unreadable,
)


def _is_former(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.room_id in turn.office.former


def _is_in_office(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.room_id == turn.room_id


def _is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account


def _is_ours(turn: Turn, event: RoomEvent) -> bool:
    return event.origin.sender == turn.settings.account


IN_OFFICE: Router[Turn] = Router(
    on(Membership, moving.membership),
    on(RoomReplaced, moving.replaced),
    on(Redaction, guarding.redacted, when=guarding.concerns),
    in_room(when=_is_ours),
    in_room(when=Turn.was_removed),
    in_room(when=staff.is_stranger),
    on(TextMessage, staff.said, staff.text),
    on(MediaMessage, staff.said, absence.heard, staff.media),
    on(Edit, staff.changed, staff.edited),
    on(Redaction, staff.changed, staff.redacted),
    on(Reaction, staff.marked, staff.reacted),
    on(Unreadable, staff.unreadable),
)
OF_TRUSTEE: Router[Turn] = Router(
    on(Membership, trustees.membership),
    in_room(when=_is_ours),
    on(TextMessage, secondword.text),
    on(MediaMessage, secondword.other),
    on(Unreadable, secondword.other),
)
OF_CANDIDATE: Router[Turn] = Router(on(Membership, leading.came), on(TextMessage, leading.wrote))
IN_PLACE: Router[Turn] = Router(
    on(Reaction, places.reacted, flagging.reacted, when=places.is_flag),
    on(TextMessage, places.text),
    on(Ignored, places.changed, when=places.is_of_power),
    on(RoomReplaced, places.replaced),
)
IN_PRIVATE: Router[Turn] = Router(
    in_room(rooms.grown, when=rooms.is_grown),
    on(TextMessage, conversation.replied, answers.proved, private.text),
    on(MediaMessage, answers.proved, conversation.media),
    on(ClientRequest, conversation.requested),
    on(Edit, changes.of_copies, changes.edited),
    on(Redaction, changes.of_copies, decisions.withdrawn, unedited.redacted),
    on(Reaction, answers.proved, decisions.reacted),
    on(Unreadable, conversation.unreadable),
    on(Shown, answers.shown),
)


def _in_private(turn: Turn, event: RoomEvent) -> None:
    if whose.entered(turn, event):
        IN_PRIVATE(turn, event)


MEMBERS: Router[Turn] = Router(
    on(Membership, rooms.ours, when=_is_about_us),
    on(Membership, rooms.grown, when=rooms.is_grown),
    on(Membership, arrival.membership),
)
ROUTES: Router[Turn] = Router(
    on(
        Started,
        alarms.started,
        heads.started,
        founding.started,
        moving.started,
        devices.started,
        renewal.started,
        receipts.started,
    ),
    on(SetAside, moving.set_aside),
    on(DevicesChanged, devices.changed),
    timer(keys.ALONE, changing.alone),
    timer(keys.ABSENT, absence.over),
    timer(keys.ANEW, moving.due),
    timer(keys.LOOK, moving.look),
    timer(keys.ALARM, alarms.due),
    timer(keys.MAIL_AGAIN, alarms.again),
    timer(keys.LETTER, alarms.forget),
    timer(keys.DAILY, heads.daily),
    timer(keys.SWEEP, retention.sweep),
    timer(keys.HOLD_OVER, holding.over),
    timer(keys.ERASE_PERSON, erasing.due, of=ERASURES),
    timer(keys.MOVE, standing.move),
    timer(keys.RING, ringing.due),
    timer(keys.TELL_RUSH, rush.tell),
    timer(keys.SHOW_NEXT, rush.show_next),
    timer(keys.UNBLOCK, blocks.over),
    timer(keys.SEARCH, casework.go_on, of=SEARCHES),
    timer(keys.DEVICES, changing.compared),
    timer(keys.GOES, answers.due),
    rewound(keys.GOES, answers.rewound),
    timer(keys.CONFIRM_ARRIVAL, standing.confirm_arrival),
    timer(keys.ERASE, hiding.over, of=HIDDEN),
    timer(keys.WELCOME, arrival.welcome),
    timer(keys.TELL_RECEIPT, receipts.due),
    timer(keys.FORGET_PERSON, forgetting.due),
    timer(keys.COVER, disclosing.cover),
    timer(keys.TELL_PERSON, disclosing.tell, of=DISCLOSURES),
    timer(keys.PIN, whose.due),
    now(keys.WHOSE, whose.known),
    timer(keys.GUESSED, receipts.forget_guesses),
    timer(keys.FORGET, flagging.forget, of=FLAGS),
    timer(keys.RECOUNT, flagging.recount, of=FLAGS),
    timer(keys.REMEMBERED, telling.forgotten, of=NOTICES),
    timer(keys.COLLECT, telling.tell),
    timer(keys.UNUSED, places.unused, of=PLACES),
    now(keys.SAID, unedited.now_known),
    now(keys.FLAGGED, looking.found),
    outcome(keys.FIRST, founding.made),
    outcome(keys.LATER, moving.made),
    outcome(keys.TRUSTEE, trustees.made),
    outcome(keys.LEAD, leading.made),
    outcome(keys.CHAT, flagging.chat_made),
    outcome(keys.MODERATOR, telling.room_made),
    outcome(keys.QUESTION, partial(flagging.shown, stage=Stage.ASKED), of=FLAGS),
    outcome(keys.EVIDENCE, partial(flagging.shown, stage=Stage.OFFERED), of=FLAGS),
    outcome(keys.ANSWER, answers.performed),
    outcome(keys.MAIL, alarms.performed),
    outcome(SetState, moving.probed, arrival.not_encrypted),
    outcome(Redact, places.not_removed),
    outcome(Join, places.not_entered),
    outcome(Leave, forgetting.not_left),
    outcome(Invite, roster.not_invited),
    in_room(when=_is_former),
    in_room(IN_OFFICE, when=_is_in_office),
    in_room(OF_TRUSTEE, when=trustees.is_chat),
    in_room(OF_CANDIDATE, when=leading.is_chat),
    on(Membership, arrival.entered, MEMBERS),
    in_room(when=_is_ours),
    in_room(IN_PLACE, when=places.is_place),
    in_room(_in_private),
)

KEPT = (
    *(OFFICE, DEVICES, ALARMS, WATCH, PINS, ASKED, ABSENCES, TRUSTEES, CANDIDATES),
    *(LETTERS, ADDRESSES),
    *RECORDED,
    *(CASES, LATER, SEARCHES, HIDDEN),
    *(IDENTITIES, CONVERSATIONS, INVITATIONS, LEAVING, GONE, EDITS),
    *(RECEIPTS, GUESSES, DISCLOSURES, ERASURES),
    *(RUSH, BLOCKS, KEPT_ASIDE),
    *(PLACES, FLAGS, FLAGGERS, NOTICES, MODERATORS),
)


OMBUDS = Spec("ombuds", KEPT, ROUTES, WORDING, Turn)


class OmbudsBot(KitBot[Settings, Turn]):
    def __init__(self, settings: Settings, words: Texts) -> None:
        super().__init__(OMBUDS, settings, words)
