"""The links from spaces to what is in them: what is to be linked, and what no longer is.

Only links that carry our mark are ever taken back. What people linked themselves stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from federation.model.actions import Handle, Ref, SetState
from federation.model.links import server_of
from federation.model.network import Child, Key, Layout, Mark, Room
from federation.spaces import wording
from federation.spaces.planning.matching import Matching
from federation.spaces.seen import Lead, Observed, Seen, plain
from federation.spaces.state import CHILD, MARK, PARENT, Content, link, read_mark
from federation.spaces.steps import Change, Remark, Unlink


@dataclass
class Links:
    due: list[Change] = field(default_factory=list)
    stale: list[Change] = field(default_factory=list)
    """Of what moved, or was replaced."""
    undeclared: list[Change] = field(default_factory=list)
    """Of what is not in the YAML any more."""
    lies: list[Remark] = field(default_factory=list)
    """Aliases of adopted spaces that lead where they must not."""
    adopted: dict[Key, str] = field(default_factory=dict)
    """Where the adopted spaces are."""
    silent: list[Remark] = field(default_factory=list)
    """Those of which nobody knows where they lead by now."""


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
        made = (id_ for id_, seen in observed.rooms.items() if seen.maker == layout.creator)
        self.ours = {*made, *map(str, matching.ids.values())}
        self.taken: set[str] = set()
        """Spaces of others that are to be linked."""

    def all(self) -> Links:
        for key in self.rooms:
            if key not in self.matching.stuck:
                children = [child for child in self.layout.children if child.parent == key]
                self._space(key, children, self.matching.found.get(key))
        return self.links

    def _space(self, key: Key, children: list[Child], there: Seen | None) -> None:
        linked = there.children if there else {}
        targets = {
            child.mark.key: target
            for child in children
            if (target := self._target(child, linked)) is not None
        }
        for child in children:
            target = targets.get(child.mark.key)
            if target is None:
                continue
            if child.alias is not None and not isinstance(target, Handle):
                self.links.adopted[child.mark.key] = str(target)
            before = linked.get(target) if not isinstance(target, Handle) else None
            if before is None or not _holds(before, link(child)):
                self.links.due.append(self._due(child, target, before))
        for room_id, content in linked.items():
            mark = read_mark(content.get(MARK))
            if mark and room_id not in targets.values():
                self._leftover(key, room_id, mark, targets.get(mark.key))

    def _target(self, child: Child, linked: Mapping[str, Content]) -> Ref | None:
        """What to link; None: nothing, though it is declared."""
        if child.alias is None:
            return self.matching.ids[child.mark.key]
        lead = self.observed.leads.get(child.alias, Lead())
        before = self._linked_by(child, linked)
        lie = lead.lie or (lead.room and self._taken(lead.room))
        if lead.silence and before:
            text = f"{lead.silence}; the space that is linked stays so"
            self.links.silent.append(Remark(child.alias, text))
        elif lie:
            text = f"{lie}, so that is not linked; ask those who run {server_of(child.alias)}"
            self.links.lies.append(Remark(child.alias, text))
        elif lead.room:
            self.taken.add(lead.room)
            return lead.room
        return before or (None if lie else Handle(child.alias))

    def _linked_by(self, child: Child, linked: Mapping[str, Content]) -> str | None:
        """What this alias led to when it was linked."""
        for room_id, content in linked.items():
            mark = content.get(MARK)
            named = mark.get("alias") if isinstance(mark, Mapping) else None
            if read_mark(mark) == child.mark and named == child.alias and room_id not in self.ours:
                return room_id
        return None

    def _taken(self, room_id: str) -> str | None:
        if room_id in self.ours:
            return "it leads to a room of the network itself"
        if room_id in self.taken:
            return "it leads to the space of another initiative"
        return None

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
