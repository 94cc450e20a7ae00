"""Whoever listens, and notes what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.runtime.model.decision import Event, Request, Started
from federation.model.actions import Join, Send, Text
from federation.model.events import Membership, MembershipKind, TextMessage
from tests.store.bots import Obedient


class Listener(Obedient):
    """Joins where it is invited, and remembers what was said where."""

    def __init__(self, enter: str | None = None, *, greets: bool = False) -> None:
        super().__init__(self._do)
        self._enter = enter
        self._greets = greets

    def _do(self, event: Event, now: datetime) -> Sequence[Request]:
        if isinstance(event, Membership) and event.user == event.origin.account:
            room, invited = event.origin.room_id, event.membership is MembershipKind.INVITE
            greeting = [Send(room, Text("welcome"))] if self._greets else []
            return [Join(room), *greeting] if invited else []
        if isinstance(event, Started) and self._enter:
            return [Join(self._enter)]
        return []

    def said(self, room: str) -> list[str]:
        return [event.body for event in self.messages(room)]

    def messages(self, room: str) -> list[TextMessage]:
        texts = [event for event in self.seen if isinstance(event, TextMessage)]
        return [event for event in texts if event.origin.room_id == room]

    def is_in(self, room: str) -> bool:
        moves = [event for event in self.seen if isinstance(event, Membership)]
        return any(
            event.origin.room_id == room
            and event.user == event.origin.account
            and event.membership is MembershipKind.JOIN
            for event in moves
        )
