"""Rooms that initiatives run themselves.

One of the initiative's contacts invites us. We look at the room before we serve it, and leave when
none of its contacts vouches for it any longer. When we are out of a room, we take back what was
shared from it: nobody there could change or delete it.
"""

from __future__ import annotations

from bots.exchange import keys
from bots.exchange.documents import PLACES, SHARES, Place
from bots.exchange.rules import rooms
from bots.exchange.rules.turn import Turn
from bots.exchange.settings import Adopted
from bots.exchange.wording import UNASKED
from bots.runtime.kit.documents import MOST
from bots.runtime.kit.moves import follow
from bots.runtime.model.decision import NO_TIME, Performed, SetTimer, Started
from federation.model.actions import CROWD, Join, Leave
from federation.model.events import (
    Edit,
    MediaMessage,
    Membership,
    MembershipKind,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    RoomView,
    TextMessage,
)
from federation.model.links import MODERATOR, server_of
from federation.model.membership import is_banned

MOST_HEIRS = 20
MOST_ROOMS = 50
"""Rooms that one contact can bring us into."""


# -- whose room it is ------------------------------------------------------------------------------


def whose(turn: Turn, view: RoomView) -> Adopted | None:
    """The initiative that a room belongs to: one of its contacts moderates the room, and the room
    names the initiative's space as its parent. If it names no space we know, it must have been made
    on the initiative's server or by one of its contacts."""
    if view.space or view.maker in turn.settings.accounts:
        return None
    known = turn.settings.spaces & view.parents
    found = [x for x in turn.settings.adopted if _vouches(turn, view, x)]
    found = [x for x in found if (x.space in known if known else _made(view, x))]
    return found[0] if len(found) == 1 else None


def _vouches(turn: Turn, view: RoomView, initiative: Adopted) -> bool:
    # A denied homeserver does not count: lists of servers are easily mistyped, and much would be
    # taken back.
    where = (turn.settings.exchange, turn.settings.alliance)
    moderators = (x for x in initiative.contacts & view.joined if view.power(x) >= MODERATOR)
    return any(not is_banned(x, where, turn.look) for x in moderators)


def _made(view: RoomView, initiative: Adopted) -> bool:
    return server_of(view.maker) == initiative.server or view.maker in initiative.contacts


# -- our coming and going --------------------------------------------------------------------------


def is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account and turn.room not in turn.settings.places


def ours(turn: Turn, event: Membership) -> None:
    """We were invited into a room outside the network, have joined it, or are out of it."""
    if event.membership is MembershipKind.INVITE:
        _asked_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        _came(turn, event)
    elif event.membership.out:
        _out(turn, event)


def _asked_in(turn: Turn, event: Membership) -> None:
    room, sender = event.origin.room_id, event.origin.sender
    # A new room by the creator is not in our settings yet; we join once it is.
    if sender == turn.settings.creator:
        return
    speaks = [x.id for x in turn.settings.adopted if sender in x.contacts]
    few = _served(turn, sender, speaks) < MOST_ROOMS
    if room in turn.office.heirs or (speaks and few and not turn.is_kept_out(sender)):
        turn.settle(asked=sender)
        turn.ask(Join(room, notify=True, via=(server_of(sender),)))
    else:
        tongue = turn.settings.languages[0]
        reason = "" if speaks else turn.words.text(UNASKED, tongue)
        turn.ask(Leave(room, notify=True, reason=reason))


def _served(turn: Turn, sender: str, initiatives: list[str]) -> int:
    """How many rooms we already serve for this contact."""
    asked = turn.view.count(PLACES, "asked", sender)
    return asked + sum(turn.view.count(PLACES, "adopted", x) for x in initiatives)


def _came(turn: Turn, event: Membership) -> None:
    room, place = event.origin.room_id, turn.place
    heir, initiative, older = room in turn.office.heirs, whose(turn, event.room), turn.older
    _forget_heir(turn, room)
    if initiative is not None and _is_meant(turn, initiative, older if heir else None):
        decided = older.open if heir and place.open is None else place.open
        turn.settle(joined=True, asked="", initiative=initiative.id, open=decided)
        rooms.greet(turn, room, event.room)
    elif place.initiative:
        farewell(turn, room)
    elif heir or place.asked:
        turn.say(room, "not-theirs")
        turn.ask(Leave(room, notify=True))


def _is_meant(turn: Turn, initiative: Adopted, older: Place | None) -> bool:
    """Whether this initiative invited us. If our store was lost, we know of no invitation. `older`:
    what was decided in the room that this one replaces."""
    asked = turn.place.asked
    if older is not None and older.initiative == initiative.id:
        return True
    return asked in initiative.contacts or not (asked or older is not None)


def not_let_in(turn: Turn, event: Performed) -> None:
    room = event.room_id or ""
    turn.enter(room)
    heir, place = room in turn.office.heirs, turn.place
    if event.error is None or place.initiative or not (heir or place.asked):
        return
    names = (
        x.name
        for x in turn.settings.adopted
        if place.asked in x.contacts or x.id == turn.older.initiative
    )
    large = event.error == "crowd" and bool(place.asked)
    values = {"initiative": ", ".join(names), "most": CROWD}
    key = "too-many" if large else "shut-out"
    if turn.may_tell(key):
        turn.tell(key, values)
    if place.asked:
        turn.settle(asked="")
        turn.ask(Leave(room, notify=True))


def replaced(turn: Turn, event: RoomReplaced) -> None:
    """One of their rooms was upgraded. We treat the replacement as a new room: the tombstone could
    name any room, even one of the network's."""
    new, office = event.replacement, turn.office
    if new in turn.settings.places or new in office.moved.values() or new in office.moved:
        return
    turn.settle(heir=new)
    heirs = {**office.heirs, new: turn.room}
    turn.set_office(heirs=dict(list(heirs.items())[-MOST_HEIRS:]))
    turn.ask(follow(event))


def _forget_heir(turn: Turn, room: str) -> None:
    heirs = {x: old for x, old in turn.office.heirs.items() if x != room}
    if heirs != turn.office.heirs:
        turn.set_office(heirs=heirs)


def _out(turn: Turn, event: Membership) -> None:
    """We have left, or were removed."""
    was = turn.place.initiative
    turn.settle(joined=False, introduced=False, asked="", initiative="", heir="")
    if was:
        behind(turn, event.origin.room_id)


def behind(turn: Turn, room: str) -> None:
    """Take back what was shared from a room that we have left."""
    found = turn.find(SHARES, "room", room)
    for shared in found:
        turn.take(shared.source)
        turn.take_back(seen=False)
    if len(found) == MOST:
        turn.ask(SetTimer(keys.BEHIND(room=room), after=NO_TIME))


# -- who is left there -----------------------------------------------------------------------------


def is_there(turn: Turn, _: RoomEvent) -> bool:
    return bool(turn.place.initiative)


def started(turn: Turn, _: Started) -> None:
    """Contacts may have changed while we were down, in the settings or in the room."""
    for place in turn.find(PLACES, "joined"):
        view = turn.look(place.room)
        found = whose(turn, view)
        here = turn.settings.account in view.joined
        if here and (found is None or found.id != place.initiative):
            farewell(turn, place.room)


def somebody(turn: Turn, event: Membership) -> None:
    """Somebody else has joined or left."""
    if event.membership.out and not _still(turn, event.room):
        _not_any_more(turn, event)


def serves(turn: Turn, event: RoomEvent) -> bool:
    """Whether messages in the room at hand count. Edits and redactions of what was shared count as
    long as we are there."""
    place = turn.place
    if not place.initiative or isinstance(event, Edit | Redaction) or _still(turn, event.room):
        return True
    _not_any_more(turn, event)
    return False


def _still(turn: Turn, view: RoomView) -> bool:
    """Whether the room at hand still belongs to the initiative that we serve it for."""
    found = whose(turn, view)
    return found is not None and found.id == turn.place.initiative


def _not_any_more(turn: Turn, event: RoomEvent) -> None:
    # Its contacts may have moved to the replacement of this room. As long as others are here, we
    # stay, so that they can change and delete what they have shared.
    others = event.room.joined - turn.settings.accounts
    if not (turn.place.heir and others):
        farewell(turn, event.origin.room_id)


def farewell(turn: Turn, room: str) -> None:
    """Leave a room that no contact vouches for."""
    turn.say(room, "farewell")
    turn.ask(Leave(room, notify=True))


def recognise(turn: Turn, event: RoomEvent) -> None:
    """After losing our store, recognise a room of theirs when somebody uses us there."""
    if turn.place.initiative or not isinstance(event, Reaction | TextMessage | MediaMessage):
        return
    found = whose(turn, event.room)
    if found is not None and turn.settings.account in event.room.joined:
        turn.settle(joined=True, introduced=True, initiative=found.id)
