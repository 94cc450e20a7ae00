"""The name of a request within its decision.

An action's id is made of its cause and this name. So a decision that is made again, by a store that
was lost and maybe by a newer version, which asks for more, for less or in another order, finds what
was done already. A name is never a place in a list: it tells what is asked for, where, and what it
is about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bots.runtime.model.decision import (
    CancelTimer,
    Deliver,
    ForgetRoom,
    ForgetSources,
    Request,
    Say,
    SetPin,
    SetTimer,
    Withdraw,
)
from federation.model.actions import (
    AskDevices,
    AskNow,
    CreateRoom,
    DeclineVerification,
    EditMessage,
    Invite,
    Join,
    Kick,
    Leave,
    React,
    Redact,
    Ref,
    Send,
    SetState,
)

RoomName = Callable[[Ref], str]
"""The name of a room in slots, whether the rule named it by its id or by a handle."""


class Doublet(Exception):
    """Two requests of one decision have the same name: a rule has to tell them apart (`about`)."""


def slots(
    requests: Sequence[Request], room_name: RoomName = str, *, strict: bool = False
) -> list[str]:
    """A name for each. Those that a rule did not tell apart are numbered, or raise Doublet."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for request in requests:
        name = slot(request, room_name)
        number = seen[name] = seen.get(name, 0) + 1
        if number > 1 and strict and not isinstance(request, CancelTimer | Withdraw):
            raise Doublet(f"two of {name}")
        found.append(name if number == 1 else f"{name}#{number}")
    return found


def is_doublet(name: str) -> bool:
    return not name.endswith("]")


def slot(request: Request, room_name: RoomName = str) -> str:
    kind, about = _named(request)
    room = getattr(request, "room", None)
    parts = (kind, None if room is None else room_name(room), *about)
    return json.dumps(parts, separators=(",", ":"))


_ABOUT: dict[type[Request], tuple[str, ...]] = {
    EditMessage: ("target",),
    Redact: ("target",),
    React: ("target", "key"),
    DeclineVerification: ("target",),
    Join: (),
    Leave: (),
    Invite: ("user",),
    Kick: ("user",),
    SetState: ("type", "state_key"),
    CreateRoom: ("handle",),
    AskNow: ("event_id", "why", "name"),
    AskDevices: ("user",),
    SetTimer: ("key",),
    CancelTimer: ("key",),
    Withdraw: ("handle",),
    SetPin: ("user",),
    ForgetRoom: (),
    ForgetSources: ("handles",),
    Deliver: ("bridge", "lane", "handle"),
}
_OF_MESSAGE = ("thread", "reply_to", "copy_of", "whose")


def _named(request: Request) -> tuple[str, tuple[object, ...]]:
    """Of what class it is once it is rendered, and what it is about."""
    if isinstance(request, Say) and request.edits is not None:
        return EditMessage.__name__, (request.edits, request.about)
    if isinstance(request, Say | Send):
        said = ("",) if isinstance(request, Send) else (request.phrase.key, request.about)
        told = (request.handle,) if request.handle else (*said, *_values(request, _OF_MESSAGE))
        return Send.__name__, told
    return type(request).__name__, _values(request, _ABOUT[type(request)])


def _values(request: Request, fields: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(request, name) for name in fields)
