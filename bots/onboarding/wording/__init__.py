"""What onboarding says: for each phrase its paragraphs, in English, for the catalogues."""

from __future__ import annotations

from bots.onboarding.wording.coordination import COORDINATION
from bots.onboarding.wording.people import AS_WISHED, CHAT, DECLINED, JOIN_FIRST, OUTSIDE, PEOPLE
from bots.runtime.kit.standing.wording import RINGING, STANDING, VALUES
from bots.runtime.speech import declining, unheeded, vocabulary
from bots.runtime.speech.phrases import Paragraphs, Wording

__all__ = ["AS_WISHED", "CHAT", "DECLINED", "JOIN_FIRST", "OUTSIDE", "PARAGRAPHS", "WORDING"]

PARAGRAPHS: dict[str, Paragraphs] = (
    PEOPLE | STANDING | declining.PARAGRAPHS | unheeded.PARAGRAPHS | vocabulary.LISTS | COORDINATION
)

WORDING = Wording(
    PARAGRAPHS,
    ringing=frozenset(
        {
            "hello",
            "rules",
            "rules-changed",
            "accepted",
            "waiting",
            "declined",
            "gone",
            "removed",
            "banned",
            "ban",
            "out-of-initiative",
            "choose",
            "reminder",
            "send-again",
            "text-only",
            "leave-ask",
            "erase-ask",
            "knock",
            "knock-silent",
            "request",
            "door",
            "let-in",
            "not-let-in",
            "wish-reminder",
            "newcomer",
            "interested",
            "greeting-failed",
            "invite-failed",
            "removal-failed",
            "renewed",
            "room-moved",
            "set-aside",
        }
        | RINGING
    ),
    consent=frozenset(
        {"rules", "rules-none", "rules-changed", "rules-open", "refused", "reminder"}
        | {"leave-ask", "leave-open", "erase-ask", "erase-open"}
    ),
    commands=frozenset(
        {
            "admit",
            "command",
            "decline",
            "erase",
            "help",
            "later",
            "leave",
            "named",
            "no",
            "topics",
            "yes",
        }
        | VALUES
    ),
)
