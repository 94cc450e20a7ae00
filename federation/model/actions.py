"""What we ask of a homeserver, as frozen dataclasses.

An action that makes something may carry a *handle*, a name of ours (`case/17/root`) under which
the ids that the homeserver gives are found again. Rooms and events are named by their ids or,
where the id is not known yet, by a `Handle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator


class Handle(str):
    """A name of ours for a room or an event that the homeserver may not have made yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Handle({str(self)!r})"


def _written(ref: str) -> str | dict[str, str]:
    """No id is ever taken for a handle, whatever somebody's homeserver calls its rooms."""
    return {"handle": str(ref)} if isinstance(ref, Handle) else ref


def _read(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("handle"), str):
        return Handle(value["handle"])
    raise ValueError("neither an id nor a handle")


Ref = Annotated[str | Handle, PlainValidator(_read), PlainSerializer(_written)]
"""A room id, an event id, or a handle that will be one."""

Audience = Annotated[frozenset[str], PlainSerializer(sorted)]
"""User ids, or identities, in an order of their own, so that equal ones are written alike."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it will be read: plain, and as HTML where that differs."""

    body: str
    html: str | None = None
    notice: bool = True
    """Sent as `m.notice`, so that other bots leave it alone."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message; the outcome is its event id."""

    room: Ref
    text: Text
    handle: str | None = None
    thread: Ref | None = None
    """Root of the thread it belongs to."""
    reply_to: Ref | None = None
    audience: Audience | None = None
    """Who may read it: keys go to these users only, and it is refused while others are present
    in an unencrypted room. None: everybody in the room."""
    identities: Audience | None = None
    """Keys go only to devices that were signed under one of these master keys, and to the devices
    that are named here themselves, of somebody without cross-signing (`Origin.identity`). None: to
    all that their owners have signed, or to all of those who sign none."""
    pinned: bool = False
    """Only to those of the audience whose identities are pinned, by what is pinned when it leaves.
    It waits while nobody is there who may read it."""
    strict: bool = False
    """Refuse, rather than withhold keys, while anyone outside `audience` is in the room."""
    sealed: bool = False
    """Refuse where it would not be encrypted."""
    copy_of: str | None = None
    """Event id that this is a copy of: edits and redactions of the source will reach it."""
    after: Ref | None = None
    """Not before this handle is filled: what it says must be true by then."""
    notify: bool = False
    """The rule wants to hear of the outcome as `Performed`."""
    whose: str | None = None
    """For whom it is said: it keeps its order among what is said for the same person in this room,
    and what is said for others never waits for it."""
    picture: str = ""
    """One of `federation.client.pictures`, which is shown; the words say what it shows."""


@dataclass(frozen=True, slots=True)
class EditMessage:
    """Replace the text of a message of ours (§ Event replacements)."""

    room: Ref
    target: Ref
    text: Text
    audience: Audience | None = None
    identities: Audience | None = None
    sealed: bool = False
    pinned: bool = False
    notify: bool = False
    whose: str | None = None
    """As in `Send`, and the same as there."""


@dataclass(frozen=True, slots=True)
class Redact:
    """Take an event back (§ Redactions)."""

    room: Ref
    target: Ref
    notify: bool = False
    made_by: str | None = None
    """The id of the action that made the target, where that is known; filled in on the way."""
    whose: str | None = None
    """As in `Send`, and the same as there."""


@dataclass(frozen=True, slots=True)
class React:
    """Annotate an event; a repetition counts as done (`M_DUPLICATE_ANNOTATION`)."""

    room: Ref
    target: Ref
    key: str
    handle: str | None = None
    notify: bool = False
    whose: str | None = None
    """As in `Send`, and the same as of its target."""


@dataclass(frozen=True, slots=True)
class DeclineVerification:
    """Answer a request to compare emoji with no, so that nobody's client waits
    (§ m.key.verification.cancel)."""

    room: Ref
    target: Ref
    notify: bool = False


CROWD = 1_000
"""No room into which others ask us, or which they put in place of one of ours, need be larger."""


@dataclass(frozen=True, slots=True)
class Join:
    """Accept an invitation, or enter what is open to us."""

    room: Ref
    notify: bool = False
    most: int | None = CROWD
    """Enter only if no more people than that are there; looked up first, since a join across
    servers brings the whole room along. None: a room that the settings name, however many."""
    via: tuple[str, ...] = ()
    """Servers that are asked about it where ours is not in it."""
    unseen: bool = True
    """Enter also where nobody tells how many are there."""


@dataclass(frozen=True, slots=True)
class Leave:
    room: Ref
    notify: bool = False
    reason: str = ""
    """What people there are shown, and who asked us in."""


@dataclass(frozen=True, slots=True)
class Invite:
    room: Ref
    user: str
    notify: bool = False
    whose: str | None = None
    """As in `Send`. An invitation is the affair of two homeservers: where hers is silent, what is
    done in the room for others must not wait for it."""
    once: bool = False
    """Where her homeserver is silent, the rule hears of it, and nothing is tried again."""
    there: bool = False
    """Not if her server says that there is no such account: `M_NOT_FOUND`."""


@dataclass(frozen=True, slots=True)
class Kick:
    """Remove somebody, take an invitation back, or decline a knock."""

    room: Ref
    user: str
    notify: bool = False
    reason: str = ""
    """What the person is shown."""
    whose: str | None = None
    """As in `Invite`."""


@dataclass(frozen=True, slots=True)
class SetState:
    """Set a state event; a repetition with the same content changes nothing."""

    room: Ref
    type: str
    content: Mapping[str, Any]
    state_key: str = ""
    notify: bool = False


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Create a room under an alias that is derived from the decision, so that a repetition after
    a crash finds the first one (`M_ROOM_IN_USE`); the outcome is its room id."""

    handle: str
    name: str = ""
    topic: str = ""
    invite: tuple[str, ...] = ()
    encrypted: bool = True
    federate: bool = True
    direct: bool = False
    preset: str = "private_chat"
    room_version: str | None = None
    power_levels: Mapping[str, Any] = field(default_factory=dict)
    """`power_level_content_override`."""
    initial_state: tuple[Mapping[str, Any], ...] = ()
    picture: str = ""
    """One of `federation.client.pictures`; a private chat shows that of the other account."""
    notify: bool = False


@dataclass(frozen=True, slots=True)
class AskNow:
    """Ask what a message says now: `bots.runtime.model.messages.MessageNow` tells it. Asked again
    about the same message with the same `why`, only the last question is answered."""

    room: str
    event_id: str
    why: str
    """What the rule needs to go on. It comes back with the answer; nothing else is kept for it."""
    name: bool = False
    """With the display names of its sender and of the room."""
    notify: bool = True


@dataclass(frozen=True, slots=True)
class AskDevices:
    """Ask for the devices of somebody; then what asked for it is decided anew, and knows whether
    it came from one of her own (`Origin.doubt`). Nothing else comes of it."""

    room: Ref
    """In which that was said."""
    user: str
    notify: bool = False


Action = (
    Send
    | EditMessage
    | Redact
    | React
    | DeclineVerification
    | Join
    | Leave
    | Invite
    | Kick
    | SetState
    | CreateRoom
    | AskNow
    | AskDevices
)
