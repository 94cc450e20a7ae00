"""From a sync to the inbox, inside one transaction: what is new, what must wait, what is ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from federation.client.interests import STATE_TYPES, Interests
from federation.client.sync import JoinedRoom, events_of
from federation.encryption.machine import Machine
from federation.model import rooms
from federation.model.ports import ANY, DEVICES, MARK, SHOWN, Echo, Ledger, RawEvent
from federation.model.shapes import is_text, listing, mapping
from federation.syncing.echoes import kind_of
from federation.syncing.recent import Recent

UNDOES = "org.buendnis.undoes"
"""In a redaction of ours: the mark of the message that it took back, which lost it thereby."""

BY_OTHERS = ("m.room.member", "m.room.tombstone")
"""What we want to know of even if it comes in our name: a homeserver's admin can do that."""


FEW = 4
"""Members of a room in which receipts are heard of: a private chat, not a crowd."""
LAST = 20
"""Messages of ours whose order is known."""


class Intake:
    """Puts one account's syncs into the inbox. Each call is part of the caller's transaction."""

    def __init__(
        self,
        account: str,
        machine: Machine,
        recent: Recent,
        interests: Interests | None = None,
        came: Callable[[str, str], None] = lambda room, user: None,
    ) -> None:
        """`came(room, user)`: somebody has joined."""
        self._account = account
        self._machine = machine
        self._recent = recent
        self._interests = interests or Interests()
        self._came = came

    def keys(self, ledger: Ledger, answer: Mapping[str, Any]) -> None:
        """Key material first: it opens what waits, and what comes with it."""
        arrived = self._machine.take(ledger, answer)
        ledger.unlock(self._account, arrived, lambda room, raw: self._open(ledger, room, raw))
        changed = listing(mapping(answer.get("device_lists")).get("changed"))
        for user in filter(is_text, changed) if self._interests.devices else ():
            event = {"type": DEVICES, "event_id": f"devices {user} {answer['next_batch']}"}
            ledger.receive(self._account, "", {**event, "sender": user, "content": {}}, False)

    def _open(self, ledger: Ledger, room_id: str, raw: RawEvent) -> RawEvent | None:
        return self._machine.decrypt(ledger, room_id, raw)

    def first(self, ledger: Ledger, answer: Mapping[str, Any], whole: Iterable[JoinedRoom]) -> None:
        """What can be taken in before the rest of a sync was fetched."""
        self.keys(ledger, answer)
        for room in whole:
            self.joined(ledger, room)

    def joined(self, ledger: Ledger, room: JoinedRoom) -> None:
        known = rooms.load(ledger, self._account, room.room_id)
        before = repr(known)
        known.joined = True
        for event in room.state:
            known.apply(self._account, event)
        # Whoever asked meanwhile knows it as it is later: with those whom we have asked in since.
        if room.members is not None and not known.members_known:
            known.set_members(room.members, self._account)
        for event in room.timeline:
            known.apply(self._account, event)
        known.invited, known.awaited = False, False
        if repr(known) != before:
            rooms.save(ledger, self._account, known, names=self._interests.names)
        self._replaced(ledger, (*room.state, *room.timeline))
        self._made(ledger, room)
        self.timeline(ledger, room.room_id, room.timeline)
        if self._interests.receipts and len(known.members) <= FEW:
            for content in room.receipts:
                self._read(ledger, room.room_id, content)

    def _read(self, ledger: Ledger, room_id: str, content: Mapping[str, Any]) -> None:
        """Receipts for messages of ours; of what others wrote they tell us nothing new."""
        said = self._said(ledger, room_id)
        for event_id in content.keys() & {*said}:
            events = said[: said.index(event_id) + 1]
            for user, receipt in mapping(mapping(content[event_id]).get("m.read")).items():
                if not is_text(user) or user == self._account:
                    continue
                event = {
                    "type": SHOWN,
                    "event_id": f"shown {user} {event_id}",
                    "sender": user,
                    "origin_server_ts": mapping(receipt).get("ts"),
                    "content": {"events": events},
                }
                ledger.receive(self._account, room_id, event, encrypted=False)

    def _said(self, ledger: Ledger, room_id: str) -> list[str]:
        """The last messages of ours in the room, the newest last."""
        found = ledger.read("said", f"{self._account} {room_id}")
        kept: list[str] = json.loads(found) if found is not None else []
        return kept

    def _note_said(self, ledger: Ledger, room_id: str, event: RawEvent) -> None:
        if self._interests.receipts and "state_key" not in event:
            said = [*self._said(ledger, room_id)[1 - LAST :], event["event_id"]]
            ledger.write("said", f"{self._account} {room_id}", json.dumps(said).encode())

    def gap(self, ledger: Ledger, room_id: str, events: Iterable[RawEvent]) -> None:
        """A page of what lay between our token and a timeline, oldest first."""
        events = list(events)
        known = rooms.load(ledger, self._account, room_id)
        before = repr(known)
        for event in events:
            known.apply(self._account, event)
        if repr(known) != before:
            rooms.save(ledger, self._account, known, names=self._interests.names)
        self._replaced(ledger, events)
        self.timeline(ledger, room_id, events)

    def _replaced(self, ledger: Ledger, events: Iterable[RawEvent]) -> None:
        """Note that a room is to come in place of this one: what is done there waits for us."""
        for event in events:
            new = mapping(event.get("content")).get("replacement_room")
            if event.get("type") != "m.room.tombstone" or not is_text(new):
                continue
            following = rooms.load(ledger, self._account, new)
            if not following.joined and not following.awaited:
                following.awaited = True
                rooms.save(ledger, self._account, following)

    def timeline(self, ledger: Ledger, room_id: str, events: Iterable[RawEvent]) -> None:
        for event in events:
            if mapping(event.get("content")).get("membership") == "join":
                self._came(room_id, str(event.get("state_key")))
            if event.get("event_id"):
                self._event(ledger, room_id, event)

    def _event(self, ledger: Ledger, room_id: str, event: RawEvent) -> None:
        if event["sender"] == self._account:
            self._own(ledger, room_id, event)
        elif event.get("type") not in STATE_TYPES and room_id in self._interests.overheard():
            return
        elif event.get("type") == "m.room.encrypted":
            self._encrypted(ledger, room_id, event)
        else:
            self._recent.take(room_id, event, encrypted=False)
            ledger.receive(self._account, room_id, event, encrypted=False)

    def _encrypted(self, ledger: Ledger, room_id: str, event: RawEvent) -> None:
        opened = self._machine.decrypt(ledger, room_id, event)
        session_id = mapping(event.get("content")).get("session_id")
        self._recent.take(room_id, opened or event, encrypted=opened is not None)
        if opened is not None:
            ledger.receive(self._account, room_id, opened, encrypted=True)
        elif is_text(session_id):
            ledger.receive_locked(self._account, room_id, event, session_id)
        else:
            ledger.receive(self._account, room_id, event, encrypted=False)

    def _own(self, ledger: Ledger, room_id: str, event: RawEvent) -> None:
        mark = action_id(event)
        if mark is not None:
            self._echo(ledger, mark, room_id, event)
            self._note_said(ledger, room_id, event)
            self._undone(ledger, room_id, event)
        if self._may_be_theirs(event, mark):
            ledger.receive(self._account, room_id, event, encrypted=False)

    def _may_be_theirs(self, event: RawEvent, mark: str | None) -> bool:
        """Whether somebody who rules a homeserver may have done it in our name. They know the marks
        of what we sent, so with a redaction a mark proves nothing."""
        if event.get("type") == "m.room.redaction":
            return self._interests.undone
        return mark is None and event.get("type") in BY_OTHERS

    def _echo(self, ledger: Ledger, mark: str, room_id: str, event: RawEvent) -> None:
        kind = kind_of(event)
        if kind is not None:
            ledger.echo(mark, Echo(room_id, event["event_id"], kind))

    def _made(self, ledger: Ledger, room: JoinedRoom) -> None:
        """Of a room of ours that a store was lost of, the state alone tells that we made it."""
        for event in room.state:
            mark = mapping(event.get("content")).get(MARK)
            if event.get("type") == "m.room.create" and is_text(mark):
                self._echo(ledger, mark, room.room_id, event)

    def _undone(self, ledger: Ledger, room_id: str, event: RawEvent) -> None:
        """What we took back was done, and must not be done again by a store that was lost."""
        content = mapping(event.get("content"))
        undone, target = content.get(UNDOES), content.get("redacts", event.get("redacts"))
        if event.get("type") == "m.room.redaction" and is_text(undone) and is_text(target):
            ledger.echo(undone, Echo(room_id, target, ANY))

    def invited(self, ledger: Ledger, room_id: str, room: Mapping[str, Any], since: str) -> None:
        """An invitation: stripped state, of which only our own membership counts (§ Invites)."""
        events = events_of(room, "invite_state")
        known = rooms.load(ledger, self._account, room_id)
        for event in events:
            known.apply(self._account, event)
        rooms.save(ledger, self._account, known, names=self._interests.names)
        for event in events:
            if event.get("type") == "m.room.member" and event.get("state_key") == self._account:
                ledger.receive(
                    self._account,
                    room_id,
                    {"event_id": f"invitation {room_id} {since}", **event},
                    encrypted=False,
                )

    def left(self, ledger: Ledger, room_id: str, room: Mapping[str, Any]) -> None:
        known = rooms.load(ledger, self._account, room_id)
        was_joined = known.joined
        known.joined, known.invited = False, False
        known.nobody()
        known.members_known = False
        self._recent.leave(room_id)
        rooms.save(ledger, self._account, known, names=self._interests.names)
        for event in events_of(room, "timeline"):
            own = event.get("type") == "m.room.member" and event.get("state_key") == self._account
            if own or was_joined:
                self.timeline(ledger, room_id, [event])


def action_id(event: RawEvent) -> str | None:
    """The id of our action that this event of ours came from."""
    mark = mapping(event.get("content")).get(MARK)
    if isinstance(mark, str):
        return mark
    transaction = mapping(event.get("unsigned")).get("transaction_id")
    return transaction if isinstance(transaction, str) else None
