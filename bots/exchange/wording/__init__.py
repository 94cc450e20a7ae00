"""What the exchange says: for each phrase its paragraphs, in English, for the catalogues."""

from __future__ import annotations

from bots.exchange.wording.rooms import PARAGRAPHS, UNASKED
from bots.runtime.kit import deadletters
from bots.runtime.kit.standing.wording import RINGING, STANDING, VALUES
from bots.runtime.speech import unheeded, vocabulary
from bots.runtime.speech.phrases import Wording

__all__ = ["PARAGRAPHS", "UNASKED", "WORDING"]

WORDING = Wording(
    PARAGRAPHS | STANDING | unheeded.PARAGRAPHS | vocabulary.KINDS | deadletters.NETWORK,
    ringing=frozenset(
        {"copy", "hello", "hello-encrypted", "encrypted", "failed", "set-aside"}
        | {"exchange-moved", "farewell", "not-theirs", "shut-out", "too-many"}
        | RINGING
    ),
    commands=frozenset({"command", "find", "named", "off", "on", "share", "unnamed"} | VALUES),
    opens=True,
)
