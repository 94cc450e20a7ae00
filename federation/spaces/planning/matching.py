"""Which of the rooms that are there is which of the declared ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from federation.model.actions import Handle
from federation.model.network import Key, Layout, Room
from federation.spaces.seen import Observed, Seen
from federation.spaces.state import Ids
from federation.spaces.steps import Remark
from federation.spaces.wording import harmless

_LONGEST_CHAIN = 10


@dataclass
class Matching:
    """Rooms by key. What is `stuck` was replaced by a room that is out of reach."""

    found: dict[Key, Seen] = field(default_factory=dict)
    stuck: set[Key] = field(default_factory=set)
    remarks: list[Remark] = field(default_factory=list)
    ids: Ids = field(default_factory=dict)
    """Of every room of the layout: its id, or a handle for one that is yet to be made."""


def match(layout: Layout, observed: Observed) -> Matching:
    """A room is known by its mark, and by the creator account having made it; a room that was
    upgraded is followed to the one that replaced it, if the creator account is in that."""
    matching = Matching()
    marked = _marked(layout, observed)
    for room in layout.rooms:
        candidates = marked[room.key]
        if candidates:
            _choose(room, candidates, observed, layout, matching)
    matching.ids = {
        room.key: matching.found[room.key].room_id
        if room.key in matching.found
        else Handle(room.key)
        for room in layout.rooms
    }
    return matching


def _marked(layout: Layout, observed: Observed) -> dict[Key, list[Seen]]:
    found: dict[Key, list[Seen]] = defaultdict(list)
    for seen in observed.rooms.values():
        if seen.maker == layout.creator and (mark := seen.mark):
            found[mark.key].append(seen)
    return found


def _choose(
    room: Room, candidates: list[Seen], observed: Observed, layout: Layout, matching: Matching
) -> None:
    alias = f"{room.words.alias}:{layout.server}"
    ordered = sorted(
        candidates, key=lambda s: (s.replacement is not None, s.alias != alias, s.room_id)
    )
    live = [seen for seen in ordered if seen.replacement is None]
    first, *others = live or ordered[:1]
    matching.found[room.key] = chosen = _last(first, observed)
    matching.remarks += _doubles(room, chosen, others)
    if chosen.replacement is not None:
        matching.stuck.add(room.key)
        matching.remarks.append(_replaced(room, chosen, layout))


def _last(seen: Seen, observed: Observed) -> Seen:
    for _ in range(_LONGEST_CHAIN):
        following = observed.rooms.get(seen.replacement or "")
        if following is None:
            break
        seen = following
    return seen


def _doubles(room: Room, chosen: Seen, others: list[Seen]) -> Iterator[Remark]:
    for other in others:
        text = (
            f"there are two of it, {harmless(chosen.alias)} and {harmless(other.alias)} "
            f"({other.room_id}); the first is taken and the second left alone: delete that one on "
            "the homeserver"
        )
        yield Remark(room.words.alias, text)


def _replaced(room: Room, chosen: Seen, layout: Layout) -> Remark:
    text = (
        f"was replaced by another room ({harmless(chosen.replacement or 'unnamed')}), which the "
        f"account {layout.creator} is not in; let it join there, with power 100, or, if that was "
        "a mistake, delete the old room on the homeserver, and `apply` makes it anew"
    )
    return Remark(room.words.alias, text)
