"""What failed for good and was set aside: the people who work with a bot are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bots.runtime.model.decision import SetAside
from bots.runtime.speech.phrases import N_, Paragraphs

KEY = "set-aside"
NETWORK: dict[str, Paragraphs] = {
    KEY: N_(
        "Something could not be done and was put aside. Please tell whoever runs the network "
        "this number: {reference}"
    ),
}


class Telling(Protocol):
    def may_tell(self, key: str) -> bool:
        """Whether this was not said lately; see `sparing.may_say`."""

    def tell(self, key: str, values: Mapping[str, object]) -> None: ...


def tell(turn: Telling, event: SetAside) -> None:
    # Sparingly: where this very sentence is what fails, it would go round for ever.
    if turn.may_tell(KEY):
        turn.tell(KEY, {"reference": event.reference})
