"""What people see and write, and how they reach their homeserver: a Matrix client of their own.

Who they are is in `bots.lab.people.person`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import markdown
from nio import AsyncClient, AsyncClientConfig
from nio.store import SqliteStore

Json = dict[str, Any]

_API = "/_matrix/client/v3"


class MatrixError(RuntimeError):
    """The homeserver refused a request."""

    def __init__(self, status: int, answer: Json) -> None:
        """`answer` is the homeserver's JSON."""
        self.status, self.code = status, str(answer.get("errcode", "M_UNKNOWN"))
        super().__init__(f"{status} {self.code}: {answer.get('error', '')}")


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as a person sees it."""

    room_id: str
    event_id: str
    sender: str
    type: str
    """Of the decrypted event; `m.room.encrypted` while it can't be read."""
    ts: int
    body: str | None = None
    """What is shown; for an edit the new text. None where nothing can be read."""
    formatted_body: str | None = None
    msgtype: str | None = None
    thread: str | None = None
    """Event id of the thread's root."""
    reply_to: str | None = None
    """None where the reply is there only for clients without threads."""
    edits: str | None = None
    """Event id of the message that this one replaces."""
    reacts_to: str | None = None
    key: str | None = None
    """Of a reaction."""
    redacts: str | None = None
    """Event id of what this redaction removes."""
    redacted: bool = False
    state_key: str | None = None
    encrypted: bool = False
    decrypted: bool = False
    """Whether it came encrypted and can be read."""
    shield: str | None = None
    """What Element would say beside it, or instead of it."""
    raw: Json = field(default_factory=dict, compare=False, repr=False)
    """The event itself, decrypted where it can be read."""

    def without_content(self) -> Seen:
        """The same event after its redaction."""
        bare = replace(self, body=None, formatted_body=None, msgtype=None, key=None, raw={})
        return replace(bare, redacted=True, decrypted=False, shield=None)

    def fits(self, wanted: Mapping[str, object]) -> bool:
        """Whether the named fields have these values; a compiled pattern is searched for."""
        return all(_fits(getattr(self, name), value) for name, value in wanted.items())


def _fits(value: object, wanted: object) -> bool:
    if isinstance(wanted, re.Pattern):
        return isinstance(value, str) and wanted.search(value) is not None
    return value == wanted


class Timeline(list[Seen]):
    """What was seen, in order within a room; an event has one place and keeps it."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        super().__init__()
        self._places: dict[str, int] = {}

    def note(self, seen: Seen) -> None:
        """Put in an event, or what is known of it by now; a redaction empties its target."""
        place = self._places.setdefault(seen.event_id, len(self))
        self[place : place + 1] = [seen]
        target = self._places.get(seen.redacts) if seen.redacts else None
        if target is not None:
            self[target] = self[target].without_content()

    def knows(self, event_id: str) -> bool:
        """Whether the event was seen."""
        return event_id in self._places


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that is open."""

    room_id: str
    sender: str
    is_direct: bool


def invitation(room_id: str, user_id: str, state: Iterable[Json]) -> Invitation:
    """The user's invitation, from the stripped state that came with it."""
    own = ("m.room.member", user_id)
    event = next(event for event in state if (event["type"], event.get("state_key")) == own)
    return Invitation(room_id, event["sender"], event["content"].get("is_direct") is True)


def read(room_id: str, wire: Json, clear: Json | None = None, shield: str | None = None) -> Seen:
    """What is to be seen of `wire`, the event as the server sent it.

    `clear` is the same event decrypted. A relation counts only where everybody can read it, in
    `wire`, as in Element (§ m.megolm.v1.aes-sha2, "m.relates_to").
    """
    event = clear or wire
    content, relation = _mapping(event, "content"), _mapping(wire, "content", "m.relates_to")
    kind, target = event["type"], _text(relation, "event_id")
    rel = relation.get("rel_type")
    shown = _mapping(content, "m.new_content") if rel == "m.replace" else content
    answered = {} if relation.get("is_falling_back") else _mapping(relation, "m.in_reply_to")
    redacts = _text(content, "redacts") or _text(wire, "redacts")
    encrypted = wire["type"] == "m.room.encrypted"
    seen = Seen(
        room_id,
        wire["event_id"],
        wire["sender"],
        kind,
        wire["origin_server_ts"],
        body=_text(shown, "body"),
        formatted_body=_text(shown, "formatted_body"),
        msgtype=_text(shown, "msgtype"),
        thread=target if rel == "m.thread" else None,
        reply_to=_text(answered, "event_id"),
        edits=target if rel == "m.replace" else None,
        reacts_to=target if (kind, rel) == ("m.reaction", "m.annotation") else None,
        key=_text(relation, "key"),
        redacts=redacts if kind == "m.room.redaction" else None,
        state_key=_text(wire, "state_key"),
        encrypted=encrypted,
        decrypted=encrypted and clear is not None,
        shield=shield,
        raw=event,
    )
    return seen.without_content() if is_redacted(wire) else seen


def is_redacted(wire: Json) -> bool:
    """Whether the server sent what a redaction left of the event."""
    return "redacted_because" in wire.get("unsigned", {})


def is_sealed(wire: Json) -> bool:
    """Whether there is something in the event to be decrypted."""
    return wire["type"] == "m.room.encrypted" and not is_redacted(wire)


def _text(value: Json, name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None


def _mapping(value: Json, *path: str) -> Json:
    for name in path:
        inner = value.get(name)
        value = inner if isinstance(inner, dict) else {}
    return value


def private_room(guest: str, *, element_like: bool, room_version: str | None) -> Json:
    """The request for a room with one guest; a plainer client's is not marked as direct."""
    encryption = {"algorithm": "m.megolm.v1.aes-sha2"}
    body: Json = {
        "preset": "trusted_private_chat" if element_like else "private_chat",
        "visibility": "private",
        "is_direct": element_like,
        "invite": [guest],
        "initial_state": [
            {"type": "m.room.guest_access", "content": {"guest_access": "can_join"}},
            {"type": "m.room.encryption", "content": encryption},
        ],
    }
    return body | ({"room_version": room_version} if room_version else {})


def message(text: str, *, thread: str | None = None, reply_to: str | None = None) -> Json:
    """The content of a message, in a thread with the fallback that Element adds."""
    relation: Json = {}
    if thread:
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply_to}
    if thread or reply_to:
        relation["m.in_reply_to"] = {"event_id": reply_to or thread}
    related = {"m.relates_to": relation} if relation else {}
    return {"msgtype": "m.text", "body": text, **related}


def formatted(text: str) -> Json:
    """What Element adds to a message whose Markdown it has turned into HTML."""
    html = markdown.markdown(text, extensions=["sane_lists"])
    return {"format": "org.matrix.custom.html", "formatted_body": html}


def replacement(event_id: str, text: str) -> Json:
    """The content of an edit."""
    relation = {"rel_type": "m.replace", "event_id": event_id}
    new = message(text)
    return {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}


def reaction(event_id: str, key: str) -> Json:
    """The content of a reaction."""
    return {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}


def room_path(room_id: str, *parts: str) -> str:
    """A path below the room, whose parts may hold anything."""
    return "/".join(["/rooms", *(quote(part, safe="") for part in (room_id, *parts))])


class Homeserver:
    """One device's way to its homeserver, by nio's connection; what is refused is raised.

    nio itself would return its errors, and lets a caller go on as if nothing had happened.
    """

    def __init__(self, url: str, directory: Path) -> None:
        """The device's encryption keys, and what `log_in` found, are kept in `directory`."""
        config = AsyncClientConfig(store=SqliteStore, store_name="keys.sqlite")
        self.nio = AsyncClient(url, store_path=str(directory), config=config)

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """A request below `/_matrix/client/v3`; waits for as long as it is told to."""
        headers = {"Content-Type": "application/json"}
        if self.nio.access_token:
            headers["Authorization"] = f"Bearer {self.nio.access_token}"
        data = None if body is None else json.dumps(body)
        while True:
            async with await self.nio.send(method, _API + path, data, headers) as response:
                text = await response.text()
            answer: Json = json.loads(text) if text.startswith("{") else {"error": text[:200]}
            if response.status < 400:
                return answer
            if response.status != 429:
                raise MatrixError(response.status, answer)
            await asyncio.sleep(answer.get("retry_after_ms", 1000) / 1000)

    async def log_in(self, user: str, password: str, device_name: str) -> Json:
        """A new device; returns what `take_up` wants."""
        who = {"type": "m.id.user", "user": user}
        body = {"type": "m.login.password", "identifier": who, "password": password}
        body["initial_device_display_name"] = device_name
        answer = await self.call("POST", "/login", body)
        return {key: answer[key] for key in ("user_id", "device_id", "access_token")}

    async def sync(self, since: str, milliseconds: int) -> Json:
        """What is new; waits so long for something. Synapse gives at most 100 events a room."""
        room = {"timeline": {"limit": 100}, "ephemeral": {"types": []}}
        wanted = json.dumps({"room": room, "presence": {"types": []}})
        query = {"timeout": milliseconds, "filter": wanted} | ({"since": since} if since else {})
        return await self.call("GET", f"/sync?{urlencode(query)}")

    async def between(self, room_id: str, since: str, before: str) -> list[Json]:
        """The room's events between two syncs, in order."""
        found: list[Json] = []
        start: str | None = before
        while start:
            query = {"dir": "b", "from": start, "to": since, "limit": 1000}
            path = f"{room_path(room_id, 'messages')}?{urlencode(query)}"
            page = await self.call("GET", path)
            found += page["chunk"]
            start = page.get("end") if page["chunk"] else None
        return found[::-1]

    async def state(self, room_id: str, kind: str, key: str = "") -> Json | None:
        """The content of a state event as it is now; None if there is none."""
        try:
            return await self.call("GET", room_path(room_id, "state", kind, key))
        except MatrixError as error:
            if error.code == "M_NOT_FOUND":
                return None
            raise

    async def members(self, room_id: str) -> dict[str, str]:
        """Everyone's membership in the room as it is now."""
        answer = await self.call("GET", room_path(room_id, "members"))
        return {event["state_key"]: event["content"]["membership"] for event in answer["chunk"]}

    async def close(self) -> None:
        """Close the connection and the store."""
        await self.nio.close()
        if self.nio.store:
            self.nio.store.database.close()
