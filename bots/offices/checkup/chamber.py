"""The ombuds room as its homeserver has it, beside what the office knows of its team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bots.ombuds.documents.team import Office
from federation.model.ports import RawEvent


@dataclass(frozen=True, slots=True)
class Chamber:
    """The room's state as the homeserver tells it, and what the office knows of its staff."""

    account: str
    state: Mapping[tuple[str, str], RawEvent]
    office: Office

    def content(self, kind: str, key: str = "") -> Mapping[str, Any]:
        found = self.state.get((kind, key), {}).get("content")
        return found if isinstance(found, Mapping) else {}

    def members(self, *memberships: str) -> set[str]:
        """Everybody but the office with one of these memberships."""
        found = {
            key
            for kind, key in self.state
            if kind == "m.room.member" and self.content(kind, key).get("membership") in memberships
        }
        return found - {self.account}

    @property
    def staff(self) -> frozenset[str]:
        return frozenset(self.office.roster)

    @property
    def expected(self) -> frozenset[str]:
        return self.staff | frozenset(self.office.awaited)


def index(events: Iterable[RawEvent]) -> dict[tuple[str, str], RawEvent]:
    return {
        (str(event.get("type")), event["state_key"]): event
        for event in events
        if isinstance(event.get("state_key"), str)
    }
