"""The links from spaces to what is in them: what is to be linked, and what no longer is.

Only links that carry our mark are ever taken back. What people linked themselves stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from federation.actions import Handle, Ref, SetState
from federation.spaces import wording
from federation.spaces.matching import Matching
from federation.spaces.network import Child, Key, Layout, Mark, Room
from federation.spaces.seen import Observed, Seen, plain
from federation.spaces.state import CHILD, MARK, PARENT, Content, link, read_mark
from federation.spaces.steps import Change, Unlink


@dataclass
class Links:
    due: list[Change] = field(default_factory=list)
    stale: list[Change] = field(default_factory=list)
    """Of what moved, or was replaced."""
    undeclared: list[Change] = field(default_factory=list)
    """Of what is not in the YAML any more."""


def compare(layout: Layout, observed: Observed, matching: Matching) -> Links:
    return _Comparing(layout, observed, matching).all()


class _Comparing:
    def __init__(self, layout: Layout, observed: Observed, matching: Matching) -> None:
        self.layout = layout
        self.observed = observed
        self.matching = matching
        self.rooms: Mapping[Key, Room] = {room.key: room for room in layout.rooms}
        self.declared = {child.mark.key for child in layout.children}
        self.links = Links()

    def all(self) -> Links:
        for key in self.rooms:
            if key not in self.matching.stuck:
                children = [child for child in self.layout.children if child.parent == key]
                self._space(key, children, self.matching.found.get(key))
        return self.links

    def _space(self, key: Key, children: list[Child], there: Seen | None) -> None:
        linked = there.children if there else {}
        targets = {child.mark.key: self._target(child, linked) for child in children}
        for child in children:
            target = targets[child.mark.key]
            before = linked.get(target) if not isinstance(target, Handle) else None
            if before is None or not _holds(before, link(child)):
                self.links.due.append(self._due(child, target, before))
        for room_id, content in linked.items():
            mark = read_mark(content.get(MARK))
            if mark and room_id not in targets.values():
                self._leftover(key, room_id, mark, targets.get(mark.key))

    def _target(self, child: Child, linked: Mapping[str, Content]) -> Ref:
        """What to link: an adopted space that is linked by this alias need not be looked up."""
        if child.alias is None:
            return self.matching.ids[child.mark.key]
        for room_id, content in linked.items():
            mark = content.get(MARK)
            named = mark.get("alias") if isinstance(mark, Mapping) else None
            if read_mark(mark) == child.mark and named == child.alias:
                return room_id
        return Handle(child.alias)

    def _due(self, child: Child, target: Ref, before: Content | None) -> Change:
        room = self.rooms[child.parent]
        step = SetState(self.matching.ids[child.parent], CHILD, link(child), target)
        named = child.alias or self.rooms[child.mark.key].words.alias
        if before:
            return Change("~", room.words.alias, f"links {named} anew", step)
        made = child.alias is None and isinstance(target, Handle)
        return Change("+", room.words.alias, f"links {named}", step, implied=made)

    def _leftover(self, key: Key, room_id: str, mark: Mark, instead: Ref | None) -> None:
        room = self.rooms[key]
        step = SetState(self.matching.ids[key], CHILD, {}, room_id)
        there = self.observed.rooms.get(room_id)
        named = wording.harmless(there.alias if there else room_id)
        if mark.key in self.declared:
            text = f"no longer links {named}"
            change = Change("-", room.words.alias, text, Unlink(step, instead))
            self.links.stale.append(change)
            return
        text = f"links {named}, which is no longer declared"
        self.links.undeclared.append(Change("-", room.words.alias, text, Unlink(step)))
        self.links.undeclared += self._forgets_parent(there, room, self.matching.ids[key])

    def _forgets_parent(self, there: Seen | None, parent: Room, parent_id: Ref) -> Iterator[Change]:
        if there and there.content(PARENT, parent_id).get("via"):
            step = SetState(there.room_id, PARENT, {}, parent_id)
            text = f"says that it is in {parent.words.alias}"
            yield Change("-", wording.harmless(there.alias), text, step)


def _holds(before: Content, content: Content) -> bool:
    return all(plain(before.get(key)) == plain(value) for key, value in content.items())
