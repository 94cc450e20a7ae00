"""Messages as people's clients send them, one file for each: `recorded/CLIENT-KIND.json`.

A file says which client sends it, what it is about, what its author said (`says`), and the events
themselves. In the events `$0` is the first of them, `$target` the message that is answered,
`$thread` the beginning of a thread, `$account` the bot's account. Whatever contains "canary", and
whatever is listed in `never`, belongs to others, is a file's name, or was taken back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recorded"
KINDS = {
    "words": "somebody says something",
    "medium": "more than text, perhaps with words beneath",
    "burst": "several media in a row",
    "replaced": "words that an edit replaces by a medium",
    "command": "an answer of staff to a case",
    "verification": "a client asks for a verification",
    "call": "a client calls",
    "nothing": "nobody says anything to anybody",
    "unreadable": "it has not the shape of a message",
}
"""What a shape is."""


@dataclass(frozen=True)
class Shape:
    name: str
    client: str
    about: str
    kind: str
    says: str | None
    shown: str | None
    """What its HTML says, where that is something else; announcements go out as they are shown."""
    never: tuple[str, ...]
    """What must be shown nowhere; "canary" never is."""
    events: str
    """As JSON, with placeholders."""

    def played(self, **ids: str) -> list[dict[str, Any]]:
        """The events, with the ids of the place where they are sent."""
        whole = self.events
        for name, value in ids.items():
            whole = whole.replace(f'"${name}"', json.dumps(value))
        found: list[dict[str, Any]] = json.loads(whole)
        for number, raw in enumerate(found):
            raw["event_id"] = f"$shape-{number}"
        return found


def read(path: Path) -> Shape:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["is"] in KINDS, f"{path.name}: `is` must be one of {', '.join(KINDS)}"
    events = json.dumps(data["events"])
    for number in range(len(data["events"])):
        events = events.replace(f'"${number}"', f'"$shape-{number}"')
    never = ("canary", *data.get("never", ()))
    about, says = data["about"], data["says"]
    shown = data.get("shown", says)
    return Shape(path.stem, data["client"], about, data["is"], says, shown, never, events)


SHAPES = [read(path) for path in sorted(FOLDER.glob("*.json"))]
