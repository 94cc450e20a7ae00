"""How the announcements bot speaks: `room` with editors, `mails` with readers."""

from __future__ import annotations

from bots.announcements.wording.room import ROOM
from bots.runtime.kit import deadletters
from bots.runtime.kit.standing.wording import RINGING, STANDING, VALUES
from bots.runtime.speech import unheeded, vocabulary
from bots.runtime.speech.phrases import Wording

WORDING = Wording(
    ROOM | STANDING | unheeded.PARAGRAPHS | vocabulary.LISTS | deadletters.NETWORK,
    ringing=frozenset(
        {"set-aside", "stopped", "redact-late", "held", "mail-refused", "mail-away", "suspended"}
        | RINGING
    ),
    commands=frozenset({"command", "word", "example"} | VALUES),
)
