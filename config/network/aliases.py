"""The addresses of all that a network has made, from plain data; and what would be too crowded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from config.network.parts import Rooms, district_alias, room_alias
from config.network.settings import INITIATIVE, NetworkFile
from config.reading.document import Plain
from config.reading.places import at, entries, text_at
from config.values.faults import Loc, shown

SEEN_FROM_AFAR = 50
"""Children of a space that other servers are told of (Synapse: `MAX_ROOMS_PER_SPACE`)."""

Named = tuple[Loc, str, str]
"""A place, the alias (`#austausch`) that follows from it, and what has it."""


def derived(data: Plain, server: str, rooms: Rooms) -> Iterator[Named]:
    """Every alias on our own server that follows from the file; `rooms`: where it says nothing."""
    yield from _common(data, rooms)
    yield from _initiatives(data)
    yield from _districts(data)
    yield from _adopted(data, server)


def _common(data: Plain, rooms: Rooms) -> Iterator[Named]:
    for common, spare in rooms.all.items():
        loc: Loc = ("rooms", common)
        if isinstance(at(data, loc), dict):
            loc = (*loc, "alias")
        alias = text_at(data, *loc) or spare.alias
        yield loc, alias.partition(":")[0], f"rooms.{common}"


def _initiatives(data: Plain) -> Iterator[Named]:
    rooms = _template_rooms(data)
    for loc, _ in entries(data, ("initiatives",)):
        id_ = text_at(data, *loc, "id")
        if not id_ or at(data, (*loc, "space")) is not None:
            continue
        yield (*loc, "id"), f"#{id_}", f"the space of {shown(id_)}"
        for room in rooms.get(text_at(data, *loc, "template") or INITIATIVE.id, ()):
            what = f"the room {shown(room)} of {shown(id_)}"
            yield (*loc, "id"), room_alias(id_, room), what


def _template_rooms(data: Plain) -> dict[str, list[str]]:
    """The ids of each template's rooms."""
    found = {INITIATIVE.id: [room.id for room in INITIATIVE.rooms]}
    for loc, _ in entries(data, ("templates",)):
        ids = [text_at(data, *room, "id") for room, _ in entries(data, (*loc, "rooms"))]
        found[text_at(data, *loc, "id")] = [id_ for id_ in ids if id_]
    return found


def _districts(data: Plain) -> Iterator[Named]:
    """One address for each district; two that differ only in writing would share one."""
    seen: set[str] = set()
    for loc, _ in entries(data, ("initiatives",)):
        district = text_at(data, *loc, "district").strip()
        if district and district not in seen:
            seen.add(district)
            yield (*loc, "district"), district_alias(district), f"the district {shown(district)}"


def _adopted(data: Plain, server: str) -> Iterator[Named]:
    for loc, _ in entries(data, ("initiatives",)):
        alias, _, where = text_at(data, *loc, "space").partition(":")
        if where and where == server:
            yield (*loc, "space"), alias, f"the adopted space {shown(alias)}"


def crowded(file: NetworkFile) -> Iterator[tuple[str, int]]:
    """Districts (and, as an empty name, the alliance's space) with more than others can see."""
    rooms = len(file.rooms.all) - 1
    if rooms + len(file.initiatives) <= SEEN_FROM_AFAR:
        return
    districts = Counter(initiative.district or "" for initiative in file.initiatives)
    top = rooms + districts.pop("", 0) + len(districts)
    yield from ((place, n) for place, n in {"": top, **districts}.items() if n > SEEN_FROM_AFAR)
