"""Telling those who moderate a room, each in a room of her own, and never who flagged.

One room for all of them would leak more: an author among them would see that something is said
that she can't read. Nobody can write in these rooms, so nothing in them can be taken for a case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bots.ombuds import handles
from bots.ombuds.flags import Flag, Found, Item, Moderator, Notice, Place, Stage
from bots.ombuds.rules import flagging, flagwords, moderation
from bots.ombuds.rules.turn import Turn
from bots.ombuds.wording.flags import FLAGGED
from bots.runtime.decision import Performed, Phrase, Say, SetTimer, Withdraw
from bots.runtime.phrases import PerLanguage
from federation.actions import CreateRoom, Invite
from federation.links import link, servers

REMEMBERED = timedelta(days=30)
"""How long it is known that moderators were told of a message."""
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


def people(turn: Turn) -> frozenset[str]:
    """Who moderates the room at hand, as far as we know people from machines."""
    machines = turn.settings.accounts | {turn.settings.account}
    return moderation.moderators(turn.state.view) - machines


def pass_on(turn: Turn, flag: Flag) -> None:
    """All messages of a flag have been looked up."""
    known = [x for x in flag.found if x.author]
    others = [x for x in known if x.author != turn.settings.account]
    if known and not others:
        flagging.forget(turn, flag, answered=True)
        turn.reply("flag-ours")
        return
    # Whoever is alone with the author among them would be known as the one who flagged.
    reached = [x for x in others if people(turn) - {x.author, flag.user}]
    place = turn.known.desk.places.get(flag.room)
    if not reached or place is None:
        again = replace(flag, stage=Stage.ASKED, asked=turn.seconds, found=(), source="")
        turn.keep("flags", flag.number, again)
        values = {
            "accommodation": PerLanguage(flagwords.ACCOMMODATION.word),
            "nothing": PerLanguage(flagwords.NOTHING.word),
        }
        turn.reply("flag-nobody", values)
        return
    _note(turn, flag, reached, place)
    flagging.forget(turn, flag, answered=True)
    turn.reply("flag-passed")


def _note(turn: Turn, flag: Flag, reached: list[Found], place: Place) -> None:
    """One message of ours for each that was flagged; who else flags it is only counted."""
    serial = turn.flagger(flag.user).serial
    waiting = {x.event: x for x in place.waiting}
    for one in reached:
        known = turn.known.desk.flagged.get(one.event)
        notice = turn.known.desk.notices.get(str(known))
        if notice is not None:
            _count(turn, notice, one.event, serial)
        else:
            item = waiting.get(one.event) or Item(one.event, one.author, (), one.gone)
            waiting[one.event] = _counted(item, serial)
    turn.keep("places", flag.room, replace(place, waiting=tuple(waiting.values())))
    again = place.told + turn.settings.collect.total_seconds()
    if not waiting:
        return
    if turn.seconds >= again:
        tell(turn)
    elif not place.waiting:
        wait = timedelta(seconds=again - turn.seconds)
        turn.ask(SetTimer(handles.collect_timer(flag.room), turn.now + wait))


def _counted(item: Item, serial: int) -> Item:
    return item if serial in item.by else replace(item, by=(*item.by, serial))


def _count(turn: Turn, notice: Notice, event: str, serial: int) -> None:
    items = tuple(_counted(x, serial) if x.event == event else x for x in notice.items)
    if items == notice.items:
        return
    notice = replace(notice, items=items)
    turn.keep("notices", notice.number, notice)
    for user in notice.told:
        moderator = turn.known.desk.moderators.get(user)
        if moderator is not None:
            _say(turn, user, moderator, notice, edit=True)


def tell(turn: Turn) -> None:
    """Tell the moderators of the room at hand of all that waits for them."""
    room = turn.state.there
    place = turn.known.desk.places.get(room)
    if place is None or not place.waiting:
        return
    turn.keep("places", room, replace(place, waiting=(), told=turn.seconds))
    rung: dict[str, tuple[Moderator, Notice]] = {}
    for items in _chunks(place.waiting):
        told = tuple(sorted(x for x in people(turn) if any(i.author != x for i in items)))
        notice = Notice(turn.number(), room, items, told)
        turn.keep("notices", notice.number, notice)
        for item in items:
            turn.keep("flagged", item.event, notice.number)
        turn.ask(SetTimer(handles.notice_timer(notice.number), turn.now + REMEMBERED))
        for user in told:
            moderator = rung[user][0] if user in rung else _reach(turn, user)
            rung[user] = moderator, notice
            _say(turn, user, moderator, notice)
    for user, (moderator, last) in rung.items():
        _ring(turn, user, moderator, last)


def _chunks(items: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    for start in range(0, len(items), MOST):
        yield items[start : start + MOST]


def _reach(turn: Turn, user: str) -> Moderator:
    """See to it that she has a room, and is asked into it."""
    moderator = turn.known.desk.moderators.get(user)
    if moderator is None:
        moderator = Moderator(turn.number())
        turn.keep("moderators", user, moderator)
        turn.keep("rooms", moderator.serial, user)
        room = handles.moderator(moderator.serial)
        name = turn.room_name(FLAGGED, turn.settings.spoken)
        levels = POWER_LEVELS
        turn.ask(CreateRoom(room, name, invite=(user,), power_levels=levels, notify=True))
    elif user in turn.state.absent:
        turn.ask(Invite(handles.moderator(moderator.serial), user, notify=True))
    return moderator


def _say(
    turn: Turn, user: str, moderator: Moderator, notice: Notice, *, edit: bool = False
) -> None:
    via = servers(turn.state.view)
    lines = tuple(
        Phrase("moderators-line", "", {"mark": _mark(x), "link": link(notice.room, x.event, via)})
        for x in notice.items
        if x.author != user
    )
    handle = handles.told(notice.number, moderator.serial)
    turn.ask(
        Say(
            handles.moderator(moderator.serial),
            Phrase("moderators-told", turn.settings.spoken, {"lines": lines}),
            handle=None if edit else handle,
            edits=handle if edit else None,
            audience=frozenset({user}),
            notify=True,
        )
    )


def _ring(turn: Turn, user: str, moderator: Moderator, last: Notice) -> None:
    """Once, behind all that she is told: links stand on no lock screen."""
    told = handles.told(last.number, moderator.serial)
    room = handles.moderator(moderator.serial)
    ring = Phrase("ring-moderators", turn.settings.spoken)
    turn.ask(Say(room, ring, audience=frozenset({user}), after=told, notify=True))


def _mark(item: Item) -> str:
    count = f" × {len(item.by)}" if len(item.by) > 1 else ""
    return f"🚩{count}" + (" 🗑" if item.gone else "")


# -- outcomes --------------------------------------------------------------------------------------


def room_made(turn: Turn, event: Performed, number: str) -> None:
    user = turn.known.desk.rooms.get(number)
    if user is None:
        return
    turn.keep("rooms", number, None)
    if event.error is not None:  # at the next flag it is tried again
        turn.keep("moderators", user, None)


def forgotten(turn: Turn, number: str) -> None:
    notice = turn.known.desk.notices.get(number)
    if notice is not None:
        turn.keep("notices", number, None)
        for user in notice.told:
            moderator = turn.known.desk.moderators.get(user)
            if moderator is not None:  # who has not come to her room by now is not told any more
                turn.ask(Withdraw(handles.told(notice.number, moderator.serial)))
        for item in notice.items:
            turn.keep("flagged", item.event, None)
