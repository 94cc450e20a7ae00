"""A message is shared and edited, and edits are removed, while it is asked what it says: whatever
comes first, and however far the homeserver's answers lag behind its news."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.kit.exchange import LEYLA, NORTH, Market

LENGTH = 5


class Lagging(Market):
    """One message, of which the homeserver shows what it said some changes ago."""

    def __init__(self, lag: int) -> None:
        super().__init__()
        self.lag, self.defer = lag, True
        self.source = self.writes("text0x")
        self.standing: list[dict[str, Any]] = []
        """Its edits, the oldest first."""
        self.versions: list[dict[str, Any]] = [{}]
        self.removed: list[str] = []

    @property
    def newest(self) -> str:
        if not self.standing:
            return "text0x"
        return str(self.standing[-1]["content"]["m.new_content"]["body"])

    def show(self) -> None:
        at = max(0, len(self.versions) - 1 - self.lag)
        self.seen[self.source] = {**self.seen[self.source], "edit": self.versions[at]}

    def mark(self) -> None:
        self.marks(self.source)

    def change(self) -> None:
        before = self.seen[self.source]
        self.edits(self.source, f"text{len(self.versions)}x")
        change, self.seen[self.source] = self.seen[self.source]["edit"], before
        self.standing.append(change)
        self.versions.append(change)
        self.show()

    def remove(self) -> None:
        if self.standing:
            self.removed.append(self.newest)
            edit = self.standing.pop()["event_id"]
            self.versions.append(self.standing[-1] if self.standing else {})
            self.show()
            self.redact(edit, LEYLA, NORTH)

    def tell(self) -> None:
        self.tell_outcomes()

    def shows_removed(self) -> bool:
        """Whether a copy that stands says, or has said, what was removed."""
        return any(x in self.memory.everything() for x in self.removed)


DEEDS = {"mark": Lagging.mark, "change": Lagging.change, "remove": Lagging.remove,
         "tell": Lagging.tell}  # fmt: skip


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_the_copy_says_what_the_message_says_in_the_end(lag: int) -> None:
    for deeds in product(DEEDS, repeat=LENGTH):
        if "mark" not in deeds:
            continue
        market = Lagging(lag)
        for deed in deeds:
            DEEDS[deed](market)
            assert not market.shows_removed(), deeds
        market.lag = 0
        market.show()
        while market.outcomes:
            market.tell_outcomes()
        assert not market.shows_removed(), deeds
        shared = market.texts.get(market.source)
        if shared is None:
            assert "unreadable" in market.keys(market.said), deeds
        else:
            assert shared == market.newest, deeds
