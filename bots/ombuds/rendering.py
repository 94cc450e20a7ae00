"""How the ombuds office speaks: what rings, what stands beside its original, what is a command."""

from __future__ import annotations

from bots.ombuds.rules import commands
from bots.ombuds.wording import PARAGRAPHS
from bots.ombuds.wording.reporter import LONG, WITH_ORIGINAL
from bots.runtime import phrases
from bots.runtime.phrases import Translator, Wording

RINGING = frozenset(
    {
        "ring-opened",
        "ring-more",
        "ring-several",
        "ring-answer",
        "ring-question",
        "ring-moderators",
        "exposed",
        "left",
        "unreadable-case",
        "unreadable-new",
        "unsent-exposed",
        "unsent-left",
        "unsent-error",
        "team-add-proposed",
        "team-remove-proposed",
        "team-intruder",
        "set-aside",
        "device-unsigned",
        "send-again-staff",
        "send-again",
        "text-only",
        "not-alone",
    }
)
"""Sent as `m.text`: nothing that a person wrote. All else is an `m.notice`, which makes no phone
ring."""

_COMMANDS = frozenset(
    {"command", "numbered", "original", "answer", "help", "team", "add", "remove"}
    | {"on", "off", "message", "accommodation", "nothing", "show", "no"}
)

WORDING = Wording(
    PARAGRAPHS,
    ringing=RINGING,
    consent=WITH_ORIGINAL,
    commands=_COMMANDS,
    links=frozenset({"link"}),
    long=LONG,
    original=commands.ORIGINAL.shown,
)


class Renderer(phrases.Renderer):
    def __init__(self, words: Translator) -> None:
        super().__init__(words, WORDING)
