"""Links to rooms and events that every client opens (appendices, "matrix.to navigation")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

from federation.model.events import RoomView

BASE = "https://matrix.to/#/"
MODERATOR = 50
MOST = 3
_EVENT = re.compile(
    r"(?:https://matrix\.to/#/(?P<room>(?:!|%21)[^/?\s]+)/(?P<event>(?:\$|%24)[^/?\s]+)"
    r"|matrix:roomid/(?P<opaque>[^/?\s]+)/e/(?P<bare>[^/?\s]+))(?:\?\S*)?"
)

_USER = re.compile(
    r"(?:https://matrix\.to/#/(?P<id>(?:@|%40)[^/?\s]+)|matrix:u/(?P<bare>[^/?\s]+))(?:\?\S*)?",
    re.IGNORECASE,
)
LONGEST_ID = 255
_POINTER = re.compile(
    r"""(?:[a-z][a-z0-9+.-]{1,30}://|matrix:|(?<![\w./])(?:www\.)?matrix\.to/)[\w!-~]+""",
    re.IGNORECASE,
)
_TAIL = ".,;:!?)]}>\"'*_~|<"
_TARGET = re.compile(
    r"(?:#/(?:[\w.-]{1,255}/){0,6}|:///?|[/#](?=[@!#][^\s/?:]{1,255}:))"
    r"(?P<id>[@!#][^\s/?]+)(?P<rest>/\$)?"
)
_URI = re.compile(r"matrix:/{0,2}(?P<kind>[a-z]+)/[^\s/?]+(?P<rest>/e(?:vent)?/)?", re.IGNORECASE)


class Target(StrEnum):
    """What a link leads to, within Matrix."""

    PERSON = "person"
    ROOM = "room"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link in somebody's text."""

    url: str
    to: Target


def servers(room: RoomView) -> tuple[str, ...]:
    """Servers through which a room can be reached, as the specification advises: that of a most
    powerful member, then those with most members. Ids of version 12 rooms name none."""
    members = sorted(user for user in room.joined if ":" in user)
    counted = Counter(server_of(user) for user in members)
    ranked = sorted(counted, key=lambda server: (-counted[server], server))
    strongest = max(members, key=room.power, default="")
    if strongest and room.power(strongest) >= MODERATOR:
        ranked = [server_of(strongest), *ranked]
    return tuple(dict.fromkeys(ranked))[:MOST]


def server_of(name: str) -> str:
    """Of a user, or of a room where its id tells."""
    return name.partition(":")[2]


def link(room_id: str, event_id: str | None = None, via: tuple[str, ...] = ()) -> str:
    """A link to a room, or to an event in it."""
    place = quote(room_id, safe="!:") + (f"/{quote(event_id, safe='$')}" if event_id else "")
    named = "&".join(f"via={quote(server, safe=':[].')}" for server in via)
    return f"{BASE}{place}" + (f"?{named}" if named else "")


def person(user: str) -> str:
    """A link to a user, which clients show as a name."""
    return BASE + quote(user, safe="@:")


def chat(user: str, element: str | None = None) -> str:
    """A link that opens a chat with a user: at once in the Element Web of this address, which
    remembers it while somebody logs in; in other clients by a tap on the profile that it shows.

    A link to matrix.to has no query: Element Web takes it for a part of the id.
    """
    if element is None:
        return person(user)
    return f"{element.rstrip('/')}/#/user/{quote(user, safe='@:')}?action=chat"


def user_of(url: str) -> str | None:
    """The user to whom a link leads, if it is such a link."""
    found = _USER.fullmatch(url)
    if found is None:
        return None
    user = unquote(found["id"]) if found["id"] else f"@{unquote(found['bare'])}"
    return user if re.fullmatch(r"@[^\s:]*:\S+", user) and len(user) <= LONGEST_ID else None


def pointed(text: str) -> Iterator[str | Pointer]:
    """A text in its parts: what is written, and links to people, rooms and messages, whatever
    client they are made for (`https://matrix.to/#/…`, `matrix:…`, `https://app.element.io/#/…`)."""
    last = 0
    for found in _POINTER.finditer(text):
        url = found[0].rstrip(_TAIL)
        to = target(url)
        if to is not None:
            yield text[last : found.start()]
            yield Pointer(url, to)
            last = found.start() + len(url)
    yield text[last:]


def target(url: str) -> Target | None:
    """What a link leads to; None if it leads out of Matrix."""
    plain = unquote(unquote(url))
    if found := _URI.match(plain):
        kind = found["kind"].lower()
        to = Target.PERSON if kind.startswith("u") else Target.ROOM if kind[0] == "r" else None
    elif found := _TARGET.search(plain):
        to = Target.PERSON if "@" in found["id"][:2] else Target.ROOM
    else:
        return None
    return Target.MESSAGE if to is Target.ROOM and found["rest"] else to


def event_of(text: str) -> tuple[str, str] | None:
    """Room and event that a text links to, if it is such a link and nothing else."""
    found = _EVENT.fullmatch(text)
    if found is None:
        return None
    if found["room"] is not None:
        return unquote(found["room"]), unquote(found["event"])
    return f"!{unquote(found['opaque'])}", f"${unquote(found['bare'])}"
