"""One declared room against the room that is there → what is to be changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from federation.model import power
from federation.model.actions import Handle, Invite, SetState
from federation.model.network import Layout, Room
from federation.spaces import wording
from federation.spaces.seen import Seen, plain
from federation.spaces.state import (
    ALIAS,
    ENCRYPTION,
    PARENT,
    POWER_LEVELS,
    Content,
    Ids,
    power_levels,
    spare,
    wanted,
)
from federation.spaces.steps import BringAlong, Change, List, PointAlias, Remark

DEFAULTS: Content = {
    "users_default": 0,
    "events_default": 0,
    "state_default": 50,
    "ban": 50,
    "kick": 50,
    "redact": 50,
    "invite": 0,
}
"""What holds where power levels say nothing (§ m.room.power_levels)."""


def changes(room: Room, there: Seen, ids: Ids, layout: Layout) -> list[Change]:
    """What makes the room that is there what was declared; invitations before the power that
    records them, so that a stop in between is made good by the next run."""
    return [
        *_invitations(room, there, layout),
        *_power(room, there, layout),
        *_state(room, there, ids, layout),
        *_spare(room, there),
        *_old_parents(room, there, ids),
        *_listing(room, there),
    ]


def remarks(room: Room, there: Seen) -> Iterator[str]:
    """What is otherwise than declared, and stays so."""
    if (ENCRYPTION, "") in there.state and not room.encrypted:
        yield "is encrypted, though it was declared without; that can't be undone"


def powerless(room: Room, there: Seen, found: list[Change], layout: Layout) -> Remark | None:
    """That the creator account lacks the power for changes, if it does."""
    has = there.level(layout.creator)
    for change in found:
        state = change.step.content if isinstance(change.step, PointAlias) else change.step
        type_ = state.type if isinstance(state, SetState) else None
        if type_ and has < power.needed(type_, there.content(POWER_LEVELS)):
            text = (
                f"the account {layout.creator} lacks the power to change this room, and "
                f"{len(found)} changes are due; somebody with more must give it 100 there"
            )
            return Remark(room.words.alias, text)
    return None


def _invitations(room: Room, there: Seen, layout: Layout) -> Iterator[Change]:
    listed = there.content(POWER_LEVELS).get("users")
    known = set(listed) if isinstance(listed, dict) else set()
    for user, level in room.people.items():
        if there.members is not None:
            due = user not in there.members
        else:
            due = level > 0 and user not in known
        if due and user != layout.creator:
            yield Change("+", room.words.alias, f"invites {user}", Invite(there.room_id, user))
    # Those who have left the new room, or were removed, are its members in that way.
    left_behind = there.carried - {*room.people, *(there.members or {}), layout.creator}
    if left_behind:
        text = f"invites {len(left_behind)} more who were in the room that it replaces"
        step = BringAlong(there.room_id, tuple(sorted(left_behind)))
        yield Change("+", room.words.alias, text, step)


def _power(room: Room, there: Seen, layout: Layout) -> Iterator[Change]:
    before = there.content(POWER_LEVELS)
    after = power_levels(room, layout.creator, there.unlimited, there.waiting(room.afar))
    if _normal({**DEFAULTS, **before}) != _normal({**before, **after}):
        text = wording.power({**DEFAULTS, **before}, after)
        step = SetState(there.room_id, POWER_LEVELS, {**before, **after})
        yield Change("~", room.words.alias, text, step)


def _normal(content: Content) -> Any:
    """Power levels without users who have no more than everybody."""
    users, default = content.get("users"), content.get("users_default")
    listed = users.items() if isinstance(users, dict) else ()
    return plain({**content, "users": {u: level for u, level in listed if level != default}})


def _state(room: Room, there: Seen, ids: Ids, layout: Layout) -> Iterator[Change]:
    for (type_, key), content in wanted(room, ids, layout.server).items():
        before = there.content(type_, key)
        if not isinstance(key, Handle) and _holds(before, content):
            continue
        text = wording.changed(type_, before, content)
        after = {**before, **content} if type_ in (ALIAS, ENCRYPTION) else content
        step = SetState(there.room_id, type_, after, key)
        if type_ == ALIAS:
            alias = str(content["alias"])
            pointed = PointAlias(there.room_id, alias, step)
            yield Change("~", room.words.alias, text, pointed)
        else:
            yield Change("~", room.words.alias, text, step)


def _spare(room: Room, there: Seen) -> Iterator[Change]:
    for (type_, key), content in spare(room).items():
        if (type_, key) not in there.state:
            text = wording.changed(type_, {}, content)
            yield Change("+", room.words.alias, text, SetState(there.room_id, type_, content, key))


def _holds(before: Content, content: Content) -> bool:
    """Whether all of `content` is there; there may be more."""
    return all(plain(before.get(key)) == plain(value) for key, value in content.items())


def _listing(room: Room, there: Seen) -> Iterator[Change]:
    if there.listed not in (None, room.listed):
        text = "shown in the public list" if room.listed else "no longer in the public list"
        yield Change("~", room.words.alias, text, List(there.room_id, room.listed))


def _old_parents(room: Room, there: Seen, ids: Ids) -> Iterator[Change]:
    """A room has one canonical parent; that of another initiative's choosing stays."""
    parent = ids[room.parent] if room.parent is not None else None
    for (type_, key), content in there.state.items():
        if type_ == PARENT and key != parent and content.get("canonical") is True:
            step = SetState(there.room_id, PARENT, {}, key)
            text = "no longer says that it is in another space"
            yield Change("~", room.words.alias, text, step)
