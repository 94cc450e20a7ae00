"""How the announcements bot speaks: `room` with editors, `mails` with readers."""

from __future__ import annotations

from bots.announcements.wording.room import ROOM
from bots.runtime import unheeded
from bots.runtime.phrases import Wording

WORDING = Wording(
    ROOM | unheeded.PARAGRAPHS,
    ringing=frozenset(
        {"set-aside", "stopped", "redact-late", "held", "mail-refused", "mail-away", "suspended"}
    ),
    commands=frozenset({"command", "word", "example"}),
)
