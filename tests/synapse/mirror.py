"""A bot for tests: joins where it is invited and says back what it was told, privately."""

from __future__ import annotations

from datetime import datetime, timedelta

from bots.runtime.kit.documents import View
from bots.runtime.kit.turn import Decision
from bots.runtime.model.decision import Due, Event, Request, SetAside, SetTimer
from federation.model.actions import Join, Send, Text
from federation.model.events import Membership, MembershipKind, TextMessage, Unreadable
from tests.kit.wordless import Wordless


class Mirror(Wordless):
    name = "mirror"

    def __init__(self) -> None:
        self.set_aside: list[str] = []

    def rule(self, view: View, event: Event, now: datetime) -> Decision:
        return Decision((), tuple(self._requests(event, now)))

    def _requests(self, event: Event, now: datetime) -> list[Request]:
        match event:
            case Membership(membership=MembershipKind.INVITE) if event.user == event.origin.account:
                return [Join(event.origin.room_id)]
            case TextMessage(notice=False):
                return self._answer(event, now)
            case Unreadable():
                return [Send(event.origin.room_id, Text(f"unreadable: {event.reason}"))]
            case Due():
                return [Send(event.key.partition(" ")[2], Text("due"))]
            case SetAside():
                self.set_aside.append(event.what)
        return []

    def _answer(self, event: TextMessage, now: datetime) -> list[Request]:
        room = event.origin.room_id
        if event.body == "fail":
            raise ValueError("as asked")
        if event.body.startswith("later "):
            seconds = float(event.body.removeprefix("later "))
            return [SetTimer(f"later {room}", at=now + timedelta(seconds=seconds))]
        seal = "encrypted" if event.origin.encrypted else "plain"
        audience = frozenset({event.origin.sender}) if event.body.startswith("secret") else None
        text = Text(f"{seal}: {event.body}", html=f"<b>{event.body}</b>")
        return [Send(room, text, thread=event.thread, audience=audience, strict=bool(audience))]
