"""What a pure rule takes, and what it can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bots.runtime.model.messages import MessageNow
from federation.model.actions import Action, Ref
from federation.model.events import RoomEvent


@dataclass(frozen=True, slots=True)
class Started:
    """The office has started; `account` is who it is. Comes once a start, before all else."""

    account: str
    start: int
    """How often this office has started, from 1."""
    renewed: bool = False
    """Its keys were compromised: on Matrix it is somebody new from now on."""


@dataclass(frozen=True, slots=True)
class Due:
    """A timer has run out. `key` is the name it was set under."""

    key: str


@dataclass(frozen=True, slots=True)
class Rewound:
    """The machine was started again: a window (`SetTimer.window`) has begun anew."""

    key: str


@dataclass(frozen=True, slots=True)
class Performed:
    """An action that asked for it (`notify`) was carried out, or was set aside for good."""

    action: str
    """Name of the action's class."""
    handle: str | None
    room_id: str | None
    """Where. Of what failed: where it was to be, for an `Invite`, `Join`, `Kick`, `Redact`
    or `SetState`."""
    event_id: str | None
    error: str | None = None
    """None when it was carried out; else the Matrix error code or a word of ours
    (`audience`: someone outside the audience is in the room; `clear`: it would not have been
    encrypted; `crowd`: more people than `Join` allows; `silent`: the homeserver of the
    invited does not answer)."""
    user: str | None = None
    """Whom an `Invite` or a `Kick` was about."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something failed for good and was set aside; it stops nothing else."""

    reference: str
    """An opaque id under which an admin finds it (`buendnis status`)."""
    what: str
    """`event`: a rule failed on it three times; `action`: the homeserver refused it."""
    error: str | None = None
    """Of an action: as in `Performed`; `handle` if something that it names was never made."""
    room: str | None = None
    """Of an action: the room that it named, by id or by handle."""
    handle: str | None = None
    """Of an action: what it was to fill."""


@dataclass(frozen=True, slots=True)
class FormSubmitted:
    """Somebody sent a form of the web site. The HTTP answer comes after this was committed."""

    form: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MailReceived:
    """A mail came in. SMTP's 250 comes after this was committed."""

    content: Mapping[str, Any]
    """As the mail bridge parsed it."""


Event = (
    RoomEvent
    | Started
    | Due
    | Rewound
    | Performed
    | MessageNow
    | SetAside
    | FormSubmitted
    | MailReceived
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text of the catalogues before it is rendered: which one, in which language."""

    key: str
    language: str
    values: Mapping[str, object] = field(default_factory=dict)
    """May hold further phrases; user-given strings are isolated and escaped when rendered."""


@dataclass(frozen=True, slots=True)
class Say:
    """Send a phrase (or edit one of ours, when `edits` names it). Rendered at the commit.

    Fields as in `federation.model.actions.Send`.
    """

    room: Ref
    phrase: Phrase
    handle: str | None = None
    thread: Ref | None = None
    reply_to: Ref | None = None
    edits: Ref | None = None
    audience: frozenset[str] | None = None
    identities: frozenset[str] | None = None
    pinned: bool = False
    strict: bool = False
    sealed: bool = False
    copy_of: str | None = None
    after: Ref | None = None
    notify: bool = False
    whose: str | None = None
    picture: str = ""
    about: str = ""
    """Tells it from another of the same phrase there: see `bots.runtime.model.requests`."""


NO_TIME = timedelta()
"""As soon as this decision and whatever came before are done."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Set a timer, or move it: `Due(key)` comes once `at` is reached, or `after` the office has run
    for so long. What is promised as a date, or is an hour of the day, is `at`. A pause, or the time
    that somebody is given, is `after`: it pauses while the office is down, and whoever sets
    the clock changes nothing of it."""

    key: str
    _: KW_ONLY
    at: datetime | None = None
    after: timedelta | None = None
    window: bool = False
    """`after` is counted as long as the machine is up, also while the office is down. If the
    machine is started again meanwhile, it begins anew, and the rule hears `Rewound`."""

    def __post_init__(self) -> None:
        if (self.at is None) == (self.after is None):
            raise ValueError("a timer rings either at a time or after a span")

    def rings(self, now: datetime) -> datetime:
        """When, if it is set now and nothing comes between."""
        return now + (self.after or NO_TIME) if self.at is None else self.at


@dataclass(frozen=True, slots=True)
class CancelTimer:
    key: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Do not say any more what still waits to fill this handle: a message whose readers have not
    come yet may wait for long. What names it in that room goes with it (a reaction, what comes
    `after` it). Of what was said before nothing changes."""

    handle: str


@dataclass(frozen=True, slots=True)
class SetPin:
    """From now on this identity is the user's, for what is said to pinned identities; "": none is.
    What rests in the room until somebody may read it is tried again."""

    room: Ref
    user: str
    identity: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForgetRoom:
    """Keep nothing of a room in which we are no longer: who was there, the keys of what was said,
    and what names it. Of people whom nothing else joins to us, nothing either."""

    room: str
    person: str = field(default="", repr=False)
    """Who was there, and may have left long before."""


@dataclass(frozen=True, slots=True)
class ForgetSources:
    """Keep no trace of whose messages ours are copies of: of all whose handles begin so."""

    handles: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """Hand something to a bridge, in order within its lane; the outcome is told as `Performed`."""

    bridge: str
    """Which performer carries it out, such as `mail`."""
    lane: str
    content: Mapping[str, Any]
    """Plain JSON; what it holds is the bridge's own."""
    handle: str | None = None
    notify: bool = False
    harmless: bool = False
    """Nobody minds getting it twice: it is not held where it may have left before a backup was
    restored."""


Request = (
    Action | Say | SetTimer | CancelTimer | Withdraw | SetPin | ForgetRoom | ForgetSources | Deliver
)
