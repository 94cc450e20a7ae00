"""What the ombuds office says: the paragraphs of each phrase, in English, for the catalogues.

A paragraph that is only a placeholder (`{text}`) holds what a person wrote, or further phrases. The
renderer leaves it out if it is empty.
"""

from __future__ import annotations

from bots.ombuds.cases.wording import ANSWERS, BLOCKED, CASES, IDENTITY, KEEPING, RUSH
from bots.ombuds.chats.wording import LONG, RECEIPTS, REPORTER, WITH_ORIGINAL
from bots.ombuds.commands import ORIGINAL
from bots.ombuds.flags.wording import MODERATORS, PRIVATE, ROOMS, STAFF
from bots.ombuds.team.awaywording import AWAY
from bots.ombuds.team.pinwording import LEADING, PINS
from bots.ombuds.team.trustwording import TRUSTEES
from bots.ombuds.team.wording import OFFICE, RECORD, TEAM
from bots.runtime.speech import declining, unheeded, vocabulary
from bots.runtime.speech.phrases import Paragraphs, Wording

PARAGRAPHS: dict[str, Paragraphs] = (
    REPORTER
    | RECEIPTS
    | declining.PARAGRAPHS
    | unheeded.PARAGRAPHS
    | vocabulary.KINDS
    | vocabulary.LISTS
    | CASES
    | KEEPING
    | ANSWERS
    | IDENTITY
    | RUSH
    | BLOCKED
    | OFFICE
    | TEAM
    | PINS
    | LEADING
    | AWAY
    | TRUSTEES
    | RECORD
    | ROOMS
    | PRIVATE
    | MODERATORS
    | STAFF
)

RINGING = frozenset(
    {
        "ring-opened",
        "ring-more",
        "ring-several",
        "rush",
        "ring-answer",
        "ring-question",
        "ring-moderators",
        "unreadable-new",
        "unsent-exposed",
        "unsent-left",
        "unsent-forgotten",
        "unsent-clear",
        "chat-clear",
        "held-reset",
        "answer-stopped",
        "deleted-restored",
        "deleted-lost",
        "unsent-error",
        "team-add-proposed",
        "team-remove-proposed",
        "team-intruder",
        "record-gap",
        "record-differs",
        "set-aside",
        "device-unsigned",
        "founding",
        "code-expected",
        "code-from-host",
        "keys-changed",
        "keys-withheld",
        "absent-cases",
        "trustee-add-proposed",
        "trustee-remove-proposed",
        "trustee-left",
        "trustee-agreed",
        "trustee-objected",
        "trustee-welcome",
        "candidate-waits",
        "lead",
        "trustee-add-asked",
        "trustee-remove-asked",
        "trustee-name-asked",
        "trustee-drop-asked",
        "team-alone",
        "team-alone-away",
        "team-alone-done-away",
        "team-two-again",
        "team-alone-done",
        "send-again-staff",
        "renewed",
        "send-again",
        "text-only",
        "not-alone",
    }
)
"""Phrases sent as `m.text`; they hold nothing that a person wrote. All others are `m.notice`, which
makes no phone ring."""

_COMMANDS = frozenset(
    {"command", "numbered", "hold", "delete", "original", "answer", "help", "team", "add", "remove"}
    | {"receipt", "noted", "link", "erase", "list", "block", "days", "until", "yes", "name"}
    | {"on", "off", "message", "accommodation", "nothing", "show", "no"}
)

WORDING = Wording(
    PARAGRAPHS,
    ringing=RINGING,
    consent=WITH_ORIGINAL,
    commands=_COMMANDS,
    links=frozenset({"link"}),
    long=LONG,
    original=ORIGINAL.shown,
)
