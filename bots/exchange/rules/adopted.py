"""Rooms of initiatives that run their rooms themselves.

One of an initiative's contacts asks us in. We look at the room before we serve it, and leave again
where none of its contacts vouches for it any more. What was shared from a room in which we are not
is taken back: nobody there could change or delete it.
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
"""Of those for whom one contact speaks."""


# -- whose room it is ------------------------------------------------------------------------------


def whose(turn: Turn, view: RoomView) -> Adopted | None:
    """The initiative to which a room belongs: one of its contacts moderates it, and it says that it
    lies in the initiative's space. Where it names no space that we know, it was made on the
    initiative's server or by one of its contacts."""
    if view.space or view.maker in turn.settings.accounts:
        return None
    known = turn.settings.spaces & view.parents
    found = [x for x in turn.settings.adopted if _vouches(turn, view, x)]
    found = [x for x in found if (x.space in known if known else _made(view, x))]
    return found[0] if len(found) == 1 else None


def _vouches(turn: Turn, view: RoomView, initiative: Adopted) -> bool:
    # Not with her homeserver: a list of servers is easily mistyped, and much would be taken back.
    where = (turn.settings.exchange, turn.settings.alliance)
    moderators = (x for x in initiative.contacts & view.joined if view.power(x) >= MODERATOR)
    return any(not is_banned(x, where, turn.look) for x in moderators)


def _made(view: RoomView, initiative: Adopted) -> bool:
    return server_of(view.maker) == initiative.server or view.maker in initiative.contacts


# -- our coming and going --------------------------------------------------------------------------


def is_about_us(turn: Turn, event: Membership) -> bool:
    return event.user == turn.settings.account and turn.room not in turn.settings.places


def ours(turn: Turn, event: Membership) -> None:
    """We are asked into a room that is none of the network's, have joined it, or are out."""
    if event.membership is MembershipKind.INVITE:
        _asked_in(turn, event)
    elif event.membership is MembershipKind.JOIN:
        _came(turn, event)
    elif event.membership.out:
        _out(turn, event)


def _asked_in(turn: Turn, event: Membership) -> None:
    room, sender = event.origin.room_id, event.origin.sender
    # What the creator makes is newer than our settings, and joined once they tell what it is.
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
    """In how many rooms we are by the wish of who asks us into another."""
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
    """Whether it was this initiative that had us come; nobody did, if our store was lost. `older`:
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
    """A room of theirs was upgraded. The one that comes instead is a room of its own: whoever may
    say so could name any room, one of the network's as well."""
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
    """By our own hand or another's."""
    was = turn.place.initiative
    turn.settle(joined=False, introduced=False, asked="", initiative="", heir="")
    if was:
        behind(turn, event.origin.room_id)


def behind(turn: Turn, room: str) -> None:
    """What was shared from a room in which we are not any more is taken back."""
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
    """Contacts may have changed meanwhile, in the settings or in the room."""
    for place in turn.find(PLACES, "joined"):
        view = turn.look(place.room)
        found = whose(turn, view)
        here = turn.settings.account in view.joined
        if here and (found is None or found.id != place.initiative):
            farewell(turn, place.room)


def somebody(turn: Turn, event: Membership) -> None:
    """Somebody else came or went."""
    if event.membership.out and not _still(turn, event.room):
        _not_any_more(turn, event)


def serves(turn: Turn, event: RoomEvent) -> bool:
    """Whether what is said in the room at hand counts. Who changes or deletes what she has shared
    is heard as long as we are there."""
    place = turn.place
    if not place.initiative or isinstance(event, Edit | Redaction) or _still(turn, event.room):
        return True
    _not_any_more(turn, event)
    return False


def _still(turn: Turn, view: RoomView) -> bool:
    """Whether the room at hand still belongs to the initiative that it is served for."""
    found = whose(turn, view)
    return found is not None and found.id == turn.place.initiative


def _not_any_more(turn: Turn, event: RoomEvent) -> None:
    # Its contacts may have gone to the room that comes instead of this one. What was shared from
    # here is looked after for those who are still here.
    others = event.room.joined - turn.settings.accounts
    if not (turn.place.heir and others):
        farewell(turn, event.origin.room_id)


def farewell(turn: Turn, room: str) -> None:
    """Nobody vouches for it any more."""
    turn.say(room, "farewell")
    turn.ask(Leave(room, notify=True))


def recognise(turn: Turn, event: RoomEvent) -> None:
    """Somebody uses us in a room of theirs that we don't know, since our store was lost."""
    if turn.place.initiative or not isinstance(event, Reaction | TextMessage | MediaMessage):
        return
    found = whose(turn, event.room)
    if found is not None and turn.settings.account in event.room.joined:
        turn.settle(joined=True, introduced=True, initiative=found.id)
