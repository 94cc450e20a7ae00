"""Messages and edits as a homeserver keeps them."""

from __future__ import annotations

from typing import Any

from federation.model.events import Origin


class Wrote:
    def __init__(self) -> None:
        self.events: dict[str, dict[str, Any]] = {}

    def keep(self, origin: Origin, body: str, edits: str = "", **content: Any) -> None:
        content = {"msgtype": "m.text", "body": body, **content}
        if edits:
            relation = {"rel_type": "m.replace", "event_id": edits}
            content |= {"m.new_content": dict(content), "m.relates_to": relation}
        self.events[origin.event_id] = {
            "event_id": origin.event_id,
            "type": "m.room.message",
            "sender": origin.sender,
            "content": content,
            "edits": edits,
            "sealed": origin.encrypted,
        }

    def erase(self, event_id: str) -> None:
        """What a redaction leaves."""
        if event_id in self.events:
            self.events[event_id] |= {"content": {}, "edits": ""}

    def found(self, event_id: str) -> dict[str, Any] | None:
        """What looking it up finds: the message, and its last edit, of its author and not
        removed."""
        event = self.events.get(event_id)
        if event is None:
            return None
        edits = [
            x
            for x in self.events.values()
            if x["edits"] == event_id and x["sender"] == event["sender"]
        ]
        edit = edits[-1] if edits else {}
        return {"event": {**event}, "edit": {**edit}, "encrypted": event["sealed"]}
