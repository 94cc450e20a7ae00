"""A person who remembers what she could not read when it came."""

from __future__ import annotations

from bots.lab.people.client import Json
from bots.lab.people.person import Person


class Witness(Person):
    def _see(self, room_id: str, wire: Json) -> None:
        super()._see(room_id, wire)
        if wire["event_id"] in self._doubtful:
            self.puzzled.add(wire["event_id"])

    @property
    def puzzled(self) -> set[str]:
        """Events that came before their keys, or from a device that she can't trust."""
        found: set[str] = self.__dict__.setdefault("_puzzled", set())
        return found
