"""Raw event JSON → our events. Total: whatever comes in, an event comes out, and nothing raises.

What has not the shape that the specification gives its type becomes `Unreadable("malformed")`;
nothing of its content is carried along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from federation.model import said
from federation.model.events import (
    Asked,
    ClientRequest,
    DevicesChanged,
    Edit,
    EncryptionEnabled,
    Ignored,
    MediaMessage,
    Membership,
    MembershipKind,
    Origin,
    Reaction,
    Redaction,
    RoomEvent,
    RoomReplaced,
    RoomView,
    Shown,
    TextMessage,
    Unreadable,
)
from federation.model.ports import BOUND, DEVICES, MARK, SHOWN, RawEvent
from federation.model.shapes import is_text, mapping, number

_MAX_ID = 255
_MAX_TIME = 2**53 - 1
"""Canonical JSON knows no larger number (appendices, "Canonical JSON")."""
_VARIATION_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")


class _Malformed(Exception):
    pass


def translate(
    account: str, room_id: str, raw: RawEvent, view: RoomView, encrypted: bool
) -> RoomEvent:
    """`raw` is decrypted already where `encrypted`; it has a string `event_id` and `sender`."""
    origin = Origin(
        account=account,
        room_id=room_id,
        event_id=_id(raw.get("event_id")) or "",
        sender=_id(raw.get("sender")) or "",
        sent_at=_time(raw.get("origin_server_ts")),
        encrypted=encrypted,
        bound=not encrypted or raw.get(BOUND) is not False,
    )
    kind = _id(raw.get("type"))
    try:
        if kind is None:
            raise _Malformed
        reader = _READERS.get(kind)
        if reader is None:
            return Ignored(origin, view, kind)
        return reader(origin, view, raw, _mapping(raw, "content"))
    except _Malformed:
        return Unreadable(origin, view, "malformed")


def as_edited(
    account: str, room_id: str, found: Mapping[str, Any], view: RoomView
) -> tuple[RoomEvent, Edit | None]:
    """What was found of an event: as its author's last edit left it, and that edit."""
    raw, encrypted = mapping(found.get("event")), found.get("encrypted") is True
    if found.get("locked"):
        return undecryptable(account, room_id, raw, view), None
    event = translate(account, room_id, raw, view, encrypted)
    edit = translate(account, room_id, mapping(found.get("edit")), view, encrypted)
    if not isinstance(event, TextMessage | MediaMessage) or not isinstance(edit, Edit):
        return event, None
    own = edit.origin.sender == event.origin.sender and edit.target == event.origin.event_id
    return (edited(event, edit), edit) if own else (event, None)


def edited(event: TextMessage | MediaMessage, edit: Edit) -> TextMessage | MediaMessage:
    """The message as it is after an edit; whether it counts is for others to say."""
    where = {"reply_to": event.reply_to, "thread": event.thread}
    if edit.medium is not None:
        return MediaMessage(event.origin, event.room, edit.medium, edit.body, **where)
    notice = isinstance(event, TextMessage) and event.notice
    said: dict[str, Any] = {"html": edit.html, "people": edit.people, **where}
    return TextMessage(event.origin, event.room, edit.body, notice, **said)


def undecryptable(account: str, room_id: str, raw: RawEvent, view: RoomView) -> Unreadable:
    event = translate(account, room_id, raw, view, encrypted=False)
    return Unreadable(event.origin, view, "undecryptable")


def _message(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    if not content:
        return Ignored(origin, view, "m.room.message")  # redacted before we saw it
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, Mapping) else {}
    if relation.get("rel_type") == "m.replace":
        return _edit(origin, view, content, relation)
    msgtype = _string(content, "msgtype")
    if msgtype in _MACHINES:
        return _MACHINES[msgtype](origin, view)
    _string(content, "body")
    answers = isinstance(relation.get("m.in_reply_to"), Mapping)
    medium = said.medium(content)
    if medium is not None:
        return MediaMessage(
            origin,
            view,
            medium,
            said.caption(content, answers=answers, account=origin.account),
            reply_to=_reply(relation),
            thread=_thread(relation),
        )
    return TextMessage(
        origin,
        view,
        said.words(content, answers=answers, account=origin.account),
        notice=msgtype == "m.notice",
        reply_to=_reply(relation),
        thread=_thread(relation),
        html=said.formatted(content),
        people=said.people(content),
    )


def _edit(
    origin: Origin, view: RoomView, content: Mapping[str, Any], relation: Mapping[str, Any]
) -> RoomEvent:
    """Nobody says whether what it replaces is an answer, so it is read as if it were."""
    new, target = _mapping(content, "m.new_content"), _string(relation, "event_id")
    if _string(new, "msgtype") in _MACHINES:
        return Ignored(origin, view, "m.replace")
    _string(new, "body")
    medium = said.medium(new)
    if medium is not None:
        caption = said.caption(new, answers=True, account=origin.account)
        return Edit(origin, view, target, caption, medium)
    body = said.words(new, answers=True, account=origin.account)
    return Edit(origin, view, target, body, None, said.formatted(new), said.people(new))


def _notice(origin: Origin, view: RoomView) -> RoomEvent:
    return Ignored(origin, view, "m.server_notice")


def _verification(origin: Origin, view: RoomView) -> RoomEvent:
    return ClientRequest(origin, view, Asked.VERIFICATION)


_MACHINES: dict[str, Callable[[Origin, RoomView], RoomEvent]] = {
    "m.server_notice": _notice,
    "m.key.verification.request": _verification,
}
"""Types of messages in which nobody says anything."""


def _call(origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]) -> RoomEvent:
    if not content:
        return Ignored(origin, view, str(raw["type"]))
    return ClientRequest(origin, view, Asked.CALL)


def _devices(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    return DevicesChanged(origin, view)


def _shown(origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]) -> RoomEvent:
    found = content.get("events")
    ids = filter(None, map(_id, found if isinstance(found, list) else ()))
    return Shown(origin, view, tuple(ids))


def _reaction(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    if not content:
        return Ignored(origin, view, "m.reaction")
    relation = _mapping(content, "m.relates_to")
    if relation.get("rel_type") != "m.annotation":
        raise _Malformed
    key = _string(relation, "key").translate(_VARIATION_SELECTORS)
    return Reaction(origin, view, _string(relation, "event_id"), key)


def _redaction(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    # Room version 11 moved `redacts` into the content (§ m.room.redaction).
    target = _id(content.get("redacts", raw.get("redacts")))
    if target is None:
        raise _Malformed
    return Redaction(origin, view, target, ours=MARK in content)


def _member(origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]) -> RoomEvent:
    try:
        membership = MembershipKind(_string(content, "membership"))
    except ValueError:
        raise _Malformed from None
    return Membership(
        origin,
        view,
        _string(raw, "state_key"),
        membership,
        direct=content.get("is_direct") is True,
        before=_before(raw),
        reason=_optional(content, "reason"),
        name=_optional(content, "displayname"),
    )


def _before(raw: RawEvent) -> MembershipKind | None:
    unsigned = mapping(raw.get("unsigned"))
    try:
        return MembershipKind(str(mapping(unsigned.get("prev_content")).get("membership")))
    except ValueError:
        return None


def _tombstone(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    _string(raw, "state_key")
    return RoomReplaced(origin, view, _string(content, "replacement_room"))


def _encryption(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    _string(raw, "state_key")
    return EncryptionEnabled(origin, view)


def _encrypted(
    origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
) -> RoomEvent:
    """One that names no session, so that no key can ever open it."""
    if content:
        raise _Malformed
    return Ignored(origin, view, "m.room.encrypted")  # redacted before we saw it


def _beacon(origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]) -> RoomEvent:
    """A place that goes on (MSC3489, MSC3672). Where it is comes in events of its own, unread; and
    that it has ended is no news."""
    if content.get("live") is not True:
        return Ignored(origin, view, str(raw["type"]))
    return MediaMessage(origin, view, "location")


def _media(kind: str) -> Callable[[Origin, RoomView, RawEvent, Mapping[str, Any]], RoomEvent]:
    def read(
        origin: Origin, view: RoomView, raw: RawEvent, content: Mapping[str, Any]
    ) -> RoomEvent:
        if not content:
            return Ignored(origin, view, str(raw["type"]))
        relation = mapping(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            new = mapping(content.get("m.new_content"))
            target = _string(relation, "event_id")
            return Edit(origin, view, target, said.question(new), kind)
        return MediaMessage(
            origin,
            view,
            kind,
            said.question(content),
            reply_to=_reply(relation),
            thread=_thread(relation),
        )

    return read


_Reader = Callable[[Origin, RoomView, RawEvent, Mapping[str, Any]], RoomEvent]
_READERS: dict[str, _Reader] = {
    "m.room.message": _message,
    DEVICES: _devices,
    SHOWN: _shown,
    "m.reaction": _reaction,
    "m.room.redaction": _redaction,
    "m.room.member": _member,
    "m.room.tombstone": _tombstone,
    "m.room.encryption": _encryption,
    "m.room.encrypted": _encrypted,
    "m.sticker": _media("sticker"),
    "m.poll.start": _media("poll"),
    "org.matrix.msc3381.poll.start": _media("poll"),
    "m.beacon_info": _beacon,
    "org.matrix.msc3489.beacon_info": _beacon,
    "org.matrix.msc3672.beacon_info": _beacon,
    "m.call.invite": _call,
    "m.call.notify": _call,
    "m.rtc.notification": _call,
    "org.matrix.msc4075.call.notify": _call,
    "org.matrix.msc4075.rtc.notification": _call,
}


SAID = (
    "m.room.message",
    "m.room.encrypted",
    "m.reaction",
    "m.room.redaction",
    *(x for x in _READERS if not x.startswith(("m.room.", "m.reaction")) and x != DEVICES),
)
"""Types of events in which somebody says or does something, encrypted or in clear."""


def _thread(relation: Mapping[str, Any]) -> str | None:
    if relation.get("rel_type") != "m.thread":
        return None
    return _id(relation.get("event_id"))


def _reply(relation: Mapping[str, Any]) -> str | None:
    if relation.get("is_falling_back") is True:
        return None
    reply = relation.get("m.in_reply_to")
    return _id(reply.get("event_id")) if isinstance(reply, Mapping) else None


def _id(value: object) -> str | None:
    """An id or a type; None if it is too long to be one or has half a character."""
    return value if is_text(value) and len(value) <= _MAX_ID else None


def _time(value: object) -> int:
    found = number(value, 0)
    return found if 0 <= found <= _MAX_TIME else 0


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if not isinstance(value, Mapping):
        raise _Malformed
    return value


def _optional(data: Mapping[str, Any], key: str) -> str:
    try:
        return _string(data, key)
    except _Malformed:
        return ""


def _string(data: Mapping[str, Any], key: str) -> str:
    value = said.text(data, key)
    if value is None:
        raise _Malformed
    return value
