"""No, to devices that ask ours to compare emoji (§ Key verification framework).

Element offers that for every account, and its dialog would wait for ten minutes. A program has
nobody who could look at the emoji. What is asked in a chat is answered there, by the bot, with a
word that explains it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from federation.model.ports import RawEvent
from federation.model.shapes import is_text, mapping

CANCEL = "m.key.verification.cancel"
ASKING = frozenset({"m.key.verification.request", "m.key.verification.start"})
MOST = 16
"""Devices that are answered after one sync, in one request: whoever asks more often or for more is
answered later, or not at all, and keeps nobody else waiting."""
_LONGEST = 255

Send = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Refusing:
    """Keeps who asked, and tells each of them once that it is declined."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], str] = {}
        """User and device → what it calls this verification; the last counts, as it does there."""

    def take(self, event: RawEvent) -> None:
        """A to-device event, from anybody."""
        content = mapping(event.get("content"))
        user, device = _id(event.get("sender")), _id(content.get("from_device"))
        name = _id(content.get("transaction_id"))
        if event.get("type") not in ASKING or not (user and device and name):
            return
        if (user, device) in self._waiting or len(self._waiting) < MOST:
            self._waiting[user, device] = name

    async def answer(self, send: Send) -> None:
        """If that fails, it is tried again after the next sync."""
        if not self._waiting:
            return
        messages: dict[str, dict[str, Any]] = {}
        for (user, device), name in self._waiting.items():
            content = {"transaction_id": name, "code": "m.user", "reason": "A program"}
            messages.setdefault(user, {})[device] = content
        await send(CANCEL, messages)
        self._waiting.clear()


def _id(value: object) -> str:
    return value if is_text(value) and len(value) <= _LONGEST else ""
