"""An action → the homeserver, so that a repetition after a crash makes nothing twice.

Messages carry a transaction id (§ Transaction identifiers; Synapse keeps it for 24 hours) and our
mark; a room is created under an alias derived from the action; invitations, state and reactions
are idempotent. Messages go out encrypted wherever encryption was ever seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from federation.client.accounts import is_nobody
from federation.client.homeserver import path, told
from federation.encryption import pins
from federation.encryption.sharing import Readers
from federation.model import actions, rooms
from federation.model.acl import denies
from federation.model.actions import Action, Text
from federation.model.errors import (
    AudienceRefused,
    Crowded,
    FederationError,
    MatrixError,
    NobodyThere,
    NotThereYet,
    PlaintextRefused,
    RateLimited,
    StillInvited,
    TokenRevoked,
    TooSoon,
)
from federation.model.links import server_of
from federation.model.ports import MARK, Ledger, RawEvent
from federation.model.rooms import Room
from federation.performing.creating import Creating
from federation.performing.looking import Looking
from federation.performing.showing import Showing
from federation.performing.undoing import edits, part_of
from federation.syncing.intake import UNDOES
from federation.syncing.intake import action_id as mark_of
from federation.syncing.session import Session

HER_SERVERS_PAUSE = 5.0
"""Seconds that the homeserver of the person who invites us has to keep the invitation."""


@dataclass(frozen=True, slots=True)
class Outcome:
    room_id: str
    event_id: str | None = None
    found: Mapping[str, Any] | None = None
    """What was looked up: see `federation.model.translate.as_edited`."""


@dataclass(frozen=True, slots=True)
class _Meant:
    """For whom a message is: as in `actions.Send`, but with ourselves in the audience."""

    audience: frozenset[str] | None = None
    identities: frozenset[str] | None = None
    strict: bool = False
    sealed: bool = False
    pins: int = 0
    """Their number when the identities were looked up."""


class Performer:
    """Carries out the actions of one account. References in actions are ids by now."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._server = session.server
        self._changes: Counter[str] = Counter()
        """Of a room: how often we have asked somebody in, or removed somebody. Sync may tell only
        after the next message, which the one must be able to read, and the other must not. After a
        restart nothing is sent before the first sync, which tells."""
        self._seen: dict[str, int] = {}
        """Rooms that we have looked at ourselves, and how many of these changes had been made."""
        self._afar: set[str] = set()
        """Leaves that were put off."""
        self._looking, self._showing = Looking(session), Showing(session.server)
        self._creating = Creating(session, self._observe, self._invite)
        self._methods: dict[type, Callable[[Any, str], Awaitable[Outcome]]] = {
            actions.Send: self._send,
            actions.EditMessage: self._edit,
            actions.Redact: self._redact,
            actions.React: self._react,
            actions.DeclineVerification: self._decline,
            actions.CreateRoom: self._create,
            actions.SetState: self._set_state,
            actions.Join: self._join,
            actions.Leave: self._leave,
            actions.Invite: self._membership,
            actions.Kick: self._membership,
            actions.AskNow: self._ask_now,
            actions.AskDevices: self._ask_devices,
        }

    @property
    def _account(self) -> str:
        return self._session.account

    async def perform(self, action: Action, action_id: str) -> Outcome:
        """Raises FederationError; see `federation.model.errors` for which may be tried again."""
        method = self._methods[type(action)]
        try:
            outcome: Outcome = await method(action, action_id)
        except (RateLimited, TokenRevoked):
            raise
        except MatrixError as error:
            passing = await self._passing(action, error) if error.status in (403, 404) else None
            raise passing or error from None
        return outcome

    async def _passing(self, action: Action, error: MatrixError) -> FederationError | None:
        """What a refusal means that may be none for good."""
        if isinstance(action, actions.Leave | actions.CreateRoom):
            return None
        store = self._session.store
        room = await store.run("room", lambda ledger: self._load(ledger, action.room))
        if room.joined:
            return None
        if room.invited and isinstance(action, actions.Join):
            return StillInvited(error.code)
        # What is asked for together with the join may be tried before it.
        return NotThereYet(error.code) if room.awaited or room.invited else None

    # -- messages ------------------------------------------------------------------------------

    async def _send(self, action: actions.Send, action_id: str) -> Outcome:
        content = _message(action.text)
        if action.picture:
            content |= await self._showing.image(action.picture)
        if action.thread is not None:
            content["m.relates_to"] = _in_thread(action.thread)
        elif action.reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": action.reply_to}}
        meant = await self._meant(action, strict=action.strict)
        return await self._message(action.room, content, action_id, meant)

    async def _edit(self, action: actions.EditMessage, action_id: str) -> Outcome:
        content = _message(Text(f"* {action.text.body}", notice=action.text.notice))
        content["m.new_content"] = _message(action.text)
        content["m.relates_to"] = {"rel_type": "m.replace", "event_id": action.target}
        meant = await self._meant(action)
        return await self._message(action.room, content, action_id, meant)

    async def _meant(
        self, action: actions.Send | actions.EditMessage, *, strict: bool = False
    ) -> _Meant:
        audience = None if action.audience is None else action.audience | {self._account}
        if action.identities is None and not action.pinned:
            return _Meant(audience, None, strict, action.sealed)
        users = action.audience or frozenset()

        def look(ledger: Ledger) -> _Meant:
            pinned = pins.of(ledger, self._account, users) if action.pinned else frozenset()
            identities = pinned | (action.identities or frozenset())
            number = pins.number(ledger, self._account)
            return _Meant(audience, identities, strict, action.sealed, number)

        return await self._session.store.run("pins", look)

    async def _decline(self, action: actions.DeclineVerification, action_id: str) -> Outcome:
        relation = {"rel_type": "m.reference", "event_id": action.target}
        content = {"code": "m.user", "reason": "A program", "m.relates_to": relation}
        return await self._message(
            action.room, content, action_id, kind="m.key.verification.cancel"
        )

    async def _message(
        self,
        room_id: str,
        content: dict[str, Any],
        action_id: str,
        meant: _Meant = _Meant(),
        *,
        kind: str = "m.room.message",
    ) -> Outcome:
        room, audience = await self._room(room_id), meant.audience
        present = frozenset(room.members)
        if audience is not None and (meant.strict or not room.encrypted) and present - audience:
            raise AudienceRefused("somebody is in the room who must not read this")
        if not room.encrypted and meant.sealed:
            raise PlaintextRefused("a message that has to be encrypted, in a room that is not")
        if not room.encrypted and meant.identities is not None:
            raise AudienceRefused("only certain identities may read this, and anybody could")
        if not room.encrypted:
            return await self._put(room, kind, content, action_id)
        readers = present if audience is None else present & audience
        # The room keeps a homeserver out, but not its people from what keys they are given.
        denied = {user for user in readers if denies(room.acl, server_of(user))}
        readers -= denied - {self._account}
        others = readers - {self._account}
        if room.only_asks(others):
            raise NobodyThere(others)
        asked = frozenset(user for user in others if room.members[user] == "invite")
        users = Readers(readers - asked, asked, meant.identities, meant.pins)
        encrypted = await self._session.sharing.encrypt(room_id, users, kind, content)
        return await self._put(room, "m.room.encrypted", encrypted, action_id)

    async def _put(
        self, room: Room, kind: str, content: Mapping[str, Any], action_id: str
    ) -> Outcome:
        if room.encrypted and kind != "m.room.encrypted":
            raise PlaintextRefused("a message without encryption for an encrypted room")
        target = path("rooms", room.room_id, "send", kind, action_id)
        answer = await self._server.call("send", "PUT", target, {**content, MARK: action_id})
        return Outcome(room.room_id, told(answer, "event_id"))

    async def _redact(self, action: actions.Redact, action_id: str) -> Outcome:
        room_id, target = action.room, action.target
        if action.made_by is not None:
            # Before the message itself: once that is known as done, all is.
            async for edit in edits(self._server, room_id, target, self._account):
                part = part_of(action_id, edit["event_id"])
                await self._take_back(room_id, edit["event_id"], part, mark_of(edit))
        return Outcome(room_id, await self._take_back(room_id, target, action_id, action.made_by))

    async def _take_back(
        self, room_id: str, event_id: str, action_id: str, made_by: str | None
    ) -> str:
        target = path("rooms", room_id, "redact", event_id, action_id)
        content = {MARK: action_id} | ({UNDOES: made_by} if made_by else {})
        return told(await self._server.call("redact", "PUT", target, content), "event_id")

    async def _react(self, action: actions.React, action_id: str) -> Outcome:
        relation = {"rel_type": "m.annotation", "event_id": action.target, "key": action.key}
        target = path("rooms", action.room, "send", "m.reaction", action_id)
        content = {"m.relates_to": relation, MARK: action_id}
        try:
            answer = await self._server.call("react", "PUT", target, content)
        except MatrixError as error:
            if error.code != "M_DUPLICATE_ANNOTATION":
                raise
            return Outcome(action.room)
        return Outcome(action.room, told(answer, "event_id"))

    async def _ask_now(self, action: actions.AskNow, action_id: str) -> Outcome:
        found = await self._looking.at(action)
        return Outcome(action.room, action.event_id, found)

    async def _ask_devices(self, action: actions.AskDevices, action_id: str) -> Outcome:
        await self._session.sharing.ask(action.user)
        return Outcome(action.room)

    # -- rooms ---------------------------------------------------------------------------------

    async def _room(self, room_id: str) -> Room:
        """The room as we know it; asked for where we do not know enough to send safely."""
        room = await self._session.store.run("room", lambda v: self._load(v, room_id))
        return await self._observe(room_id) if self._is_to_be_seen(room) else room

    def _is_to_be_seen(self, room: Room) -> bool:
        seen = self._seen.get(room.room_id, 0 if room.encrypted else None)
        return not room.members_known or seen != self._changes[room.room_id]

    def _load(self, ledger: Ledger, room_id: str) -> Room:
        return rooms.load(ledger, self._account, room_id)

    async def _observe(self, room_id: str) -> Room:
        """The room as the homeserver has it now, unless sync brings something newer meanwhile."""
        room, changes = None, self._changes[room_id]
        while room is None:
            room = await self._look_at(room_id)
        self._seen[room_id] = changes
        return room

    async def _look_at(self, room_id: str) -> Room | None:
        store = self._session.store
        before = await store.run("room", lambda ledger: self._load(ledger, room_id))
        events = await self._server.call_list("state", path("rooms", room_id, "state"))
        return await store.run("room", lambda ledger: self._take(ledger, before, events))

    def _take(self, ledger: Ledger, before: Room, events: list[RawEvent]) -> Room | None:
        room = self._load(ledger, before.room_id)
        if room != before:
            return None
        room.nobody()
        for event in events:
            room.apply(self._account, event)
        # Sync alone says since when we are in a room: it hands on what came after that.
        room.joined, room.invited = before.joined, before.invited
        room.members_known = True
        rooms.save(ledger, self._account, room, names=self._session.interests.names)
        return room

    async def _create(self, action: actions.CreateRoom, action_id: str) -> Outcome:
        return Outcome(await self._creating.create(action, action_id))

    async def _invite(self, room_id: str, user: str) -> Outcome:
        return await self._membership(actions.Invite(room_id, user), "")

    async def _join(self, action: actions.Join, action_id: str) -> Outcome:
        if action.most is not None:
            there = await self._number_in(action)
            if (there is None and not action.unseen) or (there or 0) > action.most:
                raise Crowded("more people are there than expected, or nobody tells how many")
        answer = await self._server.call("join", "POST", path("join", action.room), {})
        return Outcome(told(answer, "room_id"))

    async def _number_in(self, action: actions.Join) -> int | None:
        """How many people are in a room that we are not in (§ Room summary); None: not told."""
        target = f"/_matrix/client/v1/room_summary/{quote(str(action.room), safe='')}"
        query = {"via": action.via[0]} if action.via else {}
        try:
            answer = await self._server.call("summary", "GET", target, query=query)
        except (RateLimited, TokenRevoked):
            raise
        except MatrixError:
            return None
        found = answer.get("num_joined_members")
        return found if isinstance(found, int) else None

    async def _set_state(self, action: actions.SetState, action_id: str) -> Outcome:
        target = path("rooms", action.room, "state", action.type, action.state_key)
        answer = await self._server.call("state", "PUT", target, action.content)
        self._seen.pop(action.room, None)  # it may be encrypted from now on
        return Outcome(action.room, told(answer, "event_id"))

    async def _leave(self, action: actions.Leave, action_id: str) -> Outcome:
        if action_id not in self._afar and await self._is_asked_from_afar(action.room):
            self._afar.add(action_id)
            raise TooSoon(HER_SERVERS_PAUSE)
        self._afar.discard(action_id)
        return await self._membership(action, action_id)

    async def _is_asked_from_afar(self, room_id: str) -> bool:
        """By somebody of another homeserver. That one tells ours of the invitation before it has
        kept it itself; what declines it sooner it refuses, and goes on showing us as asked in."""
        store = self._session.store
        room = await store.run("room", lambda ledger: self._load(ledger, room_id))
        ours = server_of(self._account)
        return room.invited and any(server_of(x) != ours for x in (*room.members, room.maker) if x)

    async def _membership(
        self, action: actions.Leave | actions.Invite | actions.Kick, action_id: str
    ) -> Outcome:
        verb, user, done = _MEMBERSHIP[type(action)]
        body = {"user_id": getattr(action, user)} if user else {}
        if reason := getattr(action, "reason", ""):
            body["reason"] = reason
        target = path("rooms", action.room, verb)
        if getattr(action, "there", False) and await is_nobody(self._server, body["user_id"]):
            raise MatrixError(404, "M_NOT_FOUND")
        try:
            await self._server.call(verb, "POST", target, body)
        except MatrixError as error:
            who = body.get("user_id", self._account)
            if error.status != 403 or await self._membership_of(action.room, who) not in done:
                raise error from None
        if user:
            self._changes[action.room] += 1
        return Outcome(action.room)

    async def _membership_of(self, room_id: str, user: str) -> str:
        target = path("rooms", room_id, "state", "m.room.member", user)
        try:
            answer = await self._server.call("membership", "GET", target)
        except MatrixError as error:
            # Whoever never was there has no such state; and if we are not there, we have left.
            if error.code == "M_NOT_FOUND" or (error.status == 403 and user == self._account):
                return "leave"
            raise
        return told(answer, "membership")


_MEMBERSHIP: dict[type, tuple[str, str, tuple[str, ...]]] = {
    actions.Leave: ("leave", "", ("leave", "ban")),
    actions.Invite: ("invite", "user", ("invite", "join")),
    actions.Kick: ("kick", "user", ("leave", "ban")),
}
"""Action → endpoint, field of the user, memberships in which there is nothing left to do."""


def _message(text: Text) -> dict[str, Any]:
    content: dict[str, Any] = {
        "msgtype": "m.notice" if text.notice else "m.text",
        "body": text.body,
        "m.mentions": {},
    }
    if text.html is not None:
        content |= {"format": "org.matrix.custom.html", "formatted_body": text.html}
    return content


def _in_thread(root: str) -> dict[str, Any]:
    return {
        "rel_type": "m.thread",
        "event_id": root,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": root},
    }
