"""Tells each moderator, in a private room, what was flagged, never by whom.

One room for all moderators would leak more: an author among them would see messages that they can't
read. Nobody can write in these rooms, so nothing in them can be taken for a case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bots.ombuds import flagwords, keys
from bots.ombuds.documents.flags import (
    FLAGS,
    MODERATORS,
    NOTICES,
    PLACES,
    Flag,
    FlagMoves,
    Found,
    Item,
    Moderator,
    Notice,
    Place,
)
from bots.ombuds.flags import flagging, moderation
from bots.ombuds.flags.wording import FLAGGED
from bots.ombuds.turn import Turn, Values
from bots.runtime.kit import sparing
from bots.runtime.model.decision import Performed, Phrase, Say, SetTimer, Withdraw
from federation.model.actions import CreateRoom, Invite
from federation.model.links import link, servers

REMEMBERED = timedelta(days=30)
"""How long we remember that moderators were told about a message."""
MOST = 20
"""Messages in one notice."""
POWER_LEVELS = {
    "users_default": 0,
    "events_default": 100,
    "state_default": 100,
    "invite": 100,
    "kick": 100,
    "ban": 100,
    "redact": 100,
}


def people(turn: Turn, room: str) -> frozenset[str]:
    """A room's moderators, without bots as far as we know them."""
    machines = turn.settings.accounts | {turn.settings.account}
    return moderation.moderators(turn.look(room)) - machines


def pass_on(turn: Turn, flag: Flag) -> None:
    """All messages of a flag have been looked up."""
    known = [x for x in flag.found if x.author]
    others = [x for x in known if x.author != turn.settings.account]
    if known and not others:
        flagging.forget(turn, flag, answered=True)
        turn.reply("flag-ours")
        return
    # If the author and one other person are the only moderators, the author knows who flagged.
    reached = [x for x in others if people(turn, flag.room) - {x.author, flag.user}]
    place = turn.get(PLACES, flag.room)
    if not reached or place is None:
        stage = FlagMoves.nobody_to_tell(flag.stage)
        turn.put(FLAGS, replace(flag, stage=stage, asked=turn.seconds, found=(), source=""))
        turn.reply("flag-nobody", flagwords.SHOWN)
        return
    _note(turn, flag, reached, place)
    flagging.forget(turn, flag, answered=True)
    turn.reply("flag-passed")


def _note(turn: Turn, flag: Flag, reached: list[Found], place: Place) -> None:
    """Moderators are told about each message once; further flags are only counted."""
    serial = turn.flagger(flag.user).serial
    waiting = {x.event: x for x in place.waiting}
    again: dict[int, set[str]] = {}
    for one in reached:
        told = turn.find(NOTICES, "event", one.event, most=1)
        if told:
            again.setdefault(told[0].number, set()).add(one.event)
        else:
            item = waiting.get(one.event) or Item(one.event, one.author, (), one.gone)
            waiting[one.event] = _counted(item, serial)
    for number, events in again.items():
        _count(turn, number, events, serial)
    turn.put(PLACES, replace(place, waiting=tuple(waiting.values())))
    left = sparing.left(place.told, turn.seconds, turn.settings.collect.total_seconds())
    if not waiting:
        return
    if not left:
        tell(turn, flag.room)
    elif not place.waiting:
        turn.ask(SetTimer(keys.COLLECT(room=flag.room), after=left))


def _counted(item: Item, serial: int) -> Item:
    return item if serial in item.by else replace(item, by=(*item.by, serial))


def _count(turn: Turn, number: int, events: set[str], serial: int) -> None:
    """Update a notice some of whose messages were flagged again."""
    notice = turn.get(NOTICES, str(number))
    if notice is None:
        return
    items = tuple(_counted(x, serial) if x.event in events else x for x in notice.items)
    if items == notice.items:
        return
    notice = replace(notice, items=items)
    turn.put(NOTICES, notice)
    for moderator in _told(turn, notice):
        _say(turn, moderator, notice, edit=True)


def _told(turn: Turn, notice: Notice) -> list[Moderator]:
    found = (turn.get(MODERATORS, x) for x in notice.told)
    return [x for x in found if x is not None]


def tell(turn: Turn, room: str) -> None:
    """Tell the moderators of a room about everything that waits for them."""
    place = turn.get(PLACES, room)
    if place is None or not place.waiting:
        return
    turn.put(PLACES, replace(place, waiting=(), told=turn.seconds))
    rung: dict[str, tuple[Moderator, Notice]] = {}
    for items in _chunks(place.waiting):
        told = tuple(sorted(x for x in people(turn, room) if any(i.author != x for i in items)))
        notice = Notice(turn.number(), room, items, told)
        turn.put(NOTICES, notice)
        turn.ask(SetTimer(keys.REMEMBERED(number=notice.number), at=turn.now + REMEMBERED))
        for user in told:
            moderator = rung[user][0] if user in rung else _reach(turn, user)
            rung[user] = moderator, notice
            _say(turn, moderator, notice)
    for moderator, last in rung.values():
        _ring(turn, moderator, last)


def _chunks(items: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    for start in range(0, len(items), MOST):
        yield items[start : start + MOST]


def _reach(turn: Turn, user: str) -> Moderator:
    """Make sure this moderator has a room and is invited to it."""
    moderator = turn.get(MODERATORS, user)
    if moderator is None:
        moderator = turn.put(MODERATORS, Moderator(user, turn.number()))
        room = keys.MODERATOR(serial=moderator.serial)
        name = turn.room_name(FLAGGED, turn.settings.spoken)
        levels = POWER_LEVELS
        turn.ask(CreateRoom(room, name, invite=(user,), power_levels=levels, notify=True))
    elif _is_absent(turn, moderator):
        turn.ask(Invite(keys.MODERATOR(serial=moderator.serial), user, notify=True))
    return moderator


def _is_absent(turn: Turn, moderator: Moderator) -> bool:
    """Whether the moderator has left the room that we made for them."""
    made = turn.view.made(keys.MODERATOR(serial=moderator.serial))
    if made is None:
        return False
    view = turn.look(made.room_id)
    return turn.settings.account in view.joined and moderator.user not in view.joined | view.invited


def _say(turn: Turn, moderator: Moderator, notice: Notice, *, edit: bool = False) -> None:
    via = servers(turn.look(notice.room))
    lines = tuple(
        Phrase("moderators-line", "", {"mark": _mark(x), "link": link(notice.room, x.event, via)})
        for x in notice.items
        if x.author != moderator.user
    )
    told = keys.TOLD(notice=notice.number, moderator=moderator.serial)
    how = {"edits" if edit else "handle": told}
    _send(turn, moderator, "moderators-told", {"lines": lines}, **how)


def _ring(turn: Turn, moderator: Moderator, last: Notice) -> None:
    """Ring once, after the notices: a lock screen shows no links."""
    told = keys.TOLD(notice=last.number, moderator=moderator.serial)
    _send(turn, moderator, "ring-moderators", {}, after=told)


def _send(turn: Turn, to: Moderator, key: str, values: Values, **fields: Any) -> None:
    room, phrase = keys.MODERATOR(serial=to.serial), Phrase(key, turn.settings.spoken, values)
    turn.ask(Say(room, phrase, audience=frozenset({to.user}), notify=True, sealed=True, **fields))


def _mark(item: Item) -> str:
    count = f" × {len(item.by)}" if len(item.by) > 1 else ""
    return f"🚩{count}" + (" 🗑" if item.gone else "")


# -- outcomes --------------------------------------------------------------------------------------


def room_made(turn: Turn, event: Performed, serial: int) -> None:
    if event.error is not None:  # the next flag tries again
        for moderator in turn.find(MODERATORS, "serial", str(serial), most=1):
            turn.drop(MODERATORS, moderator.user)


def forgotten(turn: Turn, notice: Notice) -> None:
    turn.drop(NOTICES, str(notice.number))
    for moderator in _told(turn, notice):
        # Moderators who have not joined their room by now are no longer told.
        turn.ask(Withdraw(keys.TOLD(notice=notice.number, moderator=moderator.serial)))
