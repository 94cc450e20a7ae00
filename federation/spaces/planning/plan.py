"""Declared × observed → an ordered list of changes: what `plan` prints and `apply` carries out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from federation.model.acl import denies
from federation.model.links import server_of
from federation.model.network import Key, Layout
from federation.spaces import wording
from federation.spaces.planning import diff, links
from federation.spaces.planning.matching import Matching, match
from federation.spaces.seen import Observed
from federation.spaces.state import ACL, MARK, Ids, read_mark
from federation.spaces.steps import Change, MakeAccount, MakeRoom, Remark


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is between a layout and what the homeserver has."""

    layout: Layout
    ids: Ids
    """Of every room of the layout: its id, or a handle for one that is yet to be made."""
    adopted: Mapping[Key, str]
    """The ids of spaces that initiatives run themselves, as far as they are known."""
    changes: tuple[Change, ...]
    """In an order in which they can be carried out one after another."""
    undeclared: tuple[Change, ...]
    """What takes back links to what is no longer declared; done only on request."""
    problems: tuple[Remark, ...]
    """What must be mended by hand."""
    notes: tuple[Remark, ...]
    """What stays otherwise than declared."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be changed, and nothing mended."""
        return not self.changes and not self.problems


def plan(
    layout: Layout,
    observed: Observed,
    accounts: Mapping[str, str],
    strangers: Collection[str] = (),
) -> Plan:
    """`strangers`: people who are declared, but have no account."""
    matching = match(layout, observed)
    linked = links.compare(layout, observed, matching)
    rooms, powerless = _rooms(layout, observed, matching)
    notes = [
        Remark(room.words.alias, text)
        for room in layout.rooms
        if room.key in matching.found
        for text in diff.remarks(room, matching.found[room.key])
    ]
    notes += [Remark(user, _WAITS) for user in sorted({*_waiting(layout, matching)})]
    notes += _kept_out(layout, matching)
    strange = (Remark(user, _STRANGE) for user in sorted(strangers))
    return Plan(
        layout,
        matching.ids,
        linked.adopted,
        (*_accounts(observed, accounts), *rooms, *linked.due, *linked.stale),
        tuple(linked.undeclared),
        (*matching.remarks, *powerless, *linked.lies, *strange),
        (*linked.silent, *notes),
    )


def _accounts(observed: Observed, accounts: Mapping[str, str]) -> Iterator[Change]:
    for role, user in accounts.items():
        if user in observed.missing:
            yield Change("+", user, f"account for {role}", MakeAccount(role, user))


def _rooms(
    layout: Layout, observed: Observed, matching: Matching
) -> tuple[list[Change], list[Remark]]:
    found: list[Change] = []
    powerless: list[Remark] = []
    gone = _gone(observed)
    for room in layout.rooms:
        there = matching.found.get(room.key)
        if there is None:
            text = wording.made(room) + (_AGAIN if room.key in gone else "")
            found.append(Change("+", room.words.alias, text, MakeRoom(room)))
        elif room.key not in matching.stuck:
            due = diff.changes(room, there, matching.ids, layout)
            remark = diff.powerless(room, there, due, layout)
            if remark:
                powerless.append(remark)
            else:
                found += due
    return found, powerless


def _waiting(layout: Layout, matching: Matching) -> Iterator[str]:
    """People on other servers whose power waits somewhere until they have joined."""
    for room in layout.rooms:
        there = matching.found.get(room.key)
        given = {user for user in room.afar if room.people[user]}
        yield from given if there is None else there.waiting(given)


def _kept_out(layout: Layout, matching: Matching) -> Iterator[Remark]:
    """Homeservers that a room's list denies, though people of theirs belong there."""
    denied: dict[str, list[str]] = {}
    for room in layout.rooms:
        there = matching.found.get(room.key)
        acl = there.content(ACL) if there is not None else None
        if there is None or not acl:
            continue
        inside = (user for user, x in (there.members or {}).items() if x in ("join", "invite"))
        for server in sorted({server_of(user) for user in (*room.people, *inside)}):
            if denies(acl, server):
                denied.setdefault(server, []).append(room.words.alias)
    for server, rooms in denied.items():
        yield Remark(
            server,
            f"is kept out of {', '.join(rooms)} by the list of servers there (m.room.server_acl), "
            "though people of it are in, or named in the settings: they cannot come in, and what "
            "they write does not arrive; take it off that list, or them out of the settings",
        )


_STRANGE = (
    "has no account on its server, so nobody is invited or given power under this name, which "
    "whoever takes it would have; correct the name, or have the account made, and apply again"
)
_WAITS = (
    "is on another server, where nobody here can tell whose the name is, and has not joined every "
    "room yet: power comes with the first `apply` after that"
)
_AGAIN = " — again: the one that is linked is gone"


def _gone(observed: Observed) -> set[Key]:
    """What our spaces link, but the creator account is not in: deleted, or left."""
    missing = (
        content.get(MARK)
        for seen in observed.rooms.values()
        for room_id, content in seen.children.items()
        if room_id not in observed.rooms
    )
    ours = (raw for raw in missing if isinstance(raw, Mapping) and "alias" not in raw)
    return {mark.key for raw in ours if (mark := read_mark(raw))}
