"""What rooms tell us, as frozen dataclasses: the vocabulary of every rule.

Built by `federation.model.translate` from raw event JSON; see the client-server API,
"Room event format" and "Instant messaging". Times are milliseconds since the epoch as the
sending homeserver claims them (`origin_server_ts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from federation.model import power

MODERATES = 50
"""A moderator's power level, by default."""


class Doubt(StrEnum):
    """Whether a device is its owner's: she signs it with keys of her own (§ Cross-signing), which
    somebody who only learnt her password, or set a new one, does not have."""

    UNKNOWN = "unknown"
    """Her devices have to be asked for (`federation.model.actions.AskDevices`)."""
    UNSIGNED = "unsigned"
    """She was asked for, and has not signed it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event comes from: the part that every room event has."""

    account: str
    """Our own account that received it (a full Matrix id)."""
    room_id: str
    event_id: str
    sender: str
    sent_at: int
    encrypted: bool
    """Whether it reached us encrypted, from a session that belongs to `sender`. What did not, her
    homeserver or ours could have written in her name."""
    bound: bool = True
    """Whether what it relates to is inside its encryption, and nothing outside says otherwise.
    If not, a homeserver may have chosen the thread, or the message that is edited."""
    doubt: Doubt | None = None
    """What speaks against the device from which it came, of what is encrypted."""
    identity: str = field(default="", repr=False)
    """Whose that device was when the key of this event came: the public master key under which it
    was signed; of somebody who had no cross-signing, the device's own key. Empty where neither is
    certain. Whoever replaces her keys later does not become the author of what she has said."""
    device: str = field(default="", repr=False)
    """Public key (ed25519) of that device, if it is one of the sender's own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody's cross-signing keys as our account knows them now."""

    known: bool = False
    """Nothing has told that they, or her devices, are others by now; else they have to be asked
    for (`federation.model.actions.AskDevices`)."""
    master: str = field(default="", repr=False)
    """Her public master key; empty if she has none."""
    withheld: bool = False
    """She has keys, and her homeserver leaves them out."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """The room as our account knows it at the time of the event."""

    joined: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    banned: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    """Of a space: who was in it, or asked to be, and is out by her own hand or another's."""
    names: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    """User → what she calls herself there, for accounts that ask for that, in rooms of few."""
    direct: bool = False
    """Our invitation carried `is_direct`."""
    encrypted: bool = False
    """Encryption was ever seen in this room (it can't be turned off again)."""
    creators: frozenset[str] = frozenset()
    """With unlimited power: room version 12 and later."""
    power_levels: Mapping[str, Any] | None = field(default=None, hash=False, repr=False)
    """Content of `m.room.power_levels`, where the room has one."""
    join_rule: str = ""
    """Who may come in (§ m.room.join_rules); empty where that is not known."""
    space: bool = False
    maker: str = ""
    """Who made it; empty where that is not known."""
    parents: frozenset[str] = frozenset()
    """Spaces in which it says that it lies (§ m.space.parent): its moderators say so."""
    acl: Mapping[str, Any] | None = field(default=None, hash=False, repr=False)
    """Content of `m.room.server_acl`: which homeservers are kept out."""

    @property
    def closed(self) -> bool:
        """Whether nobody comes in but by an invitation, as in a private conversation."""
        return self.join_rule in ("", "invite") and not self.space

    def moderated_by(self, account: str) -> bool:
        """Whether somebody has given us a moderator's power, and did not ask for a conversation
        (where clients give it as well): she may be preparing a room for others."""
        return not self.direct and self.power(account) >= MODERATES

    def power(self, user: str) -> float:
        """The user's power level (§ m.room.power_levels); 50 is a moderator's by default."""
        return power.level(user, self.power_levels, self.creators)

    def others(self, account: str) -> frozenset[str]:
        """Everyone who is in the room or invited, but `account`."""
        return (self.joined | self.invited) - {account}


@dataclass(frozen=True, slots=True)
class TextMessage:
    """`m.room.message` of type `m.text`, `m.notice` or `m.emote` (§ m.room.message)."""

    origin: Origin
    room: RoomView
    body: str
    """What its author wrote, without the message that it answers."""
    notice: bool = False
    """`m.notice`: written by a machine; no rule answers it."""
    reply_to: str | None = None
    thread: str | None = None
    """Event id of the thread's root (§ Threading)."""
    html: str | None = None
    """What clients show in place of the body, where that differs; from anybody, not cleaned."""
    people: tuple[str, ...] = ()
    """Users whom it mentions by a link, in their order."""


@dataclass(frozen=True, slots=True)
class MediaMessage:
    """A message that carries more than text: picture, file, voice, place, poll, sticker."""

    origin: Origin
    room: RoomView
    kind: str
    """The `msgtype` or event type, one of `KNOWN_MEDIA`, else `other`."""
    caption: str = ""
    """What its author wrote beneath; never the name of a file. Of a poll: what it asks."""
    reply_to: str | None = None
    thread: str | None = None


KNOWN_MEDIA = frozenset({"image", "file", "audio", "video", "location", "sticker", "poll", "other"})


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement (`m.replace`) of an earlier message (§ Event replacements)."""

    origin: Origin
    room: RoomView
    target: str
    body: str
    """The new text; of a medium, its new caption."""
    medium: str | None = None
    """The kind of a medium, as in `MediaMessage`; None for a text."""
    html: str | None = None
    people: tuple[str, ...] = ()


class Asked(StrEnum):
    VERIFICATION = "verification"
    """To compare emoji (§ Key verification framework): its client waits for an answer."""
    CALL = "call"


@dataclass(frozen=True, slots=True)
class ClientRequest:
    """Somebody's client asks ours for something that a program can't do; nothing was said."""

    origin: Origin
    room: RoomView
    asks: Asked


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """The sender, with whom we share an encrypted room, has other devices than before (§ Device
    lists). It belongs to no room, and comes to accounts that ask for it."""

    origin: Origin
    room: RoomView


@dataclass(frozen=True, slots=True)
class Redaction:
    """`m.room.redaction` (§ Redactions); `target` is the event that was taken back."""

    origin: Origin
    room: RoomView
    target: str
    ours: bool = False
    """It looks like one that an action of ours has made."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """`m.reaction` (§ Event annotations and reactions); never encrypted, so visible to servers."""

    origin: Origin
    room: RoomView
    target: str
    key: str
    """The emoji, variation selectors removed."""


class MembershipKind(StrEnum):
    JOIN = "join"
    INVITE = "invite"
    LEAVE = "leave"
    BAN = "ban"
    KNOCK = "knock"

    @property
    def out(self) -> bool:
        """By her own hand or another's."""
        return self in (MembershipKind.LEAVE, MembershipKind.BAN)


@dataclass(frozen=True, slots=True)
class Membership:
    """`m.room.member` (§ Room membership). `user` is whose membership changed."""

    origin: Origin
    room: RoomView
    user: str
    membership: MembershipKind
    direct: bool = False
    before: MembershipKind | None = None
    """What it was before, where the homeserver tells: a join after a join is a new name."""
    reason: str = ""
    """What was given as a reason, such as what somebody who knocks writes."""
    name: str = ""
    """The display name of `user`; anybody may call themselves anything."""


@dataclass(frozen=True, slots=True)
class RoomReplaced:
    """`m.room.tombstone` (§ Room upgrades)."""

    origin: Origin
    room: RoomView
    replacement: str


@dataclass(frozen=True, slots=True)
class EncryptionEnabled:
    """`m.room.encryption` (§ Messaging algorithms)."""

    origin: Origin
    room: RoomView


@dataclass(frozen=True, slots=True)
class Shown:
    """A client of the sender has shown her these messages of ours, the newest last
    (§ Receipts): so her homeserver has them, too."""

    origin: Origin
    room: RoomView
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was meant for us and could not be read.

    `undecryptable`: the key never came within the time allowed. `malformed`: the event has not
    the shape that the specification gives its type; nothing of it is carried along.
    """

    origin: Origin
    room: RoomView
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is well formed and none of our business."""

    origin: Origin
    room: RoomView
    type: str


RoomEvent = (
    TextMessage
    | MediaMessage
    | Edit
    | ClientRequest
    | DevicesChanged
    | Redaction
    | Reaction
    | Membership
    | RoomReplaced
    | EncryptionEnabled
    | Shown
    | Unreadable
    | Ignored
)


def in_clear(event: RoomEvent) -> bool:
    """Whether it came in clear though its room is encrypted: it is nobody's word (`Origin`)."""
    return event.room.encrypted and not event.origin.encrypted
