"""What people write and a bot does nothing with: it says so, whatever the command was."""

from __future__ import annotations

from bots.runtime.answerwords import POLITE
from bots.runtime.commands import Invocation
from bots.runtime.phrases import N_, Paragraphs, PerLanguage
from bots.runtime.words import fold

_LINK = ("https", "matrix", "to", "u")
PARAGRAPHS: dict[str, Paragraphs] = {
    "rest-unused": (N_("I only heed {command}. I did nothing with the words behind it."),),
    "in-clear": (
        N_(
            "This was not encrypted, so I did nothing with it: somebody else could have written it "
            "in your name. Please send it again, encrypted."
        ),
    ),
}


def is_said(rest: str, *named: str) -> bool:
    """Whether something stands behind a command that is more than politeness, and than whom it
    names: by name, id or link."""
    heeded = {word for name in named for word in fold(name).split()}
    heeded |= set(_LINK) if named else set()
    return any(x not in POLITE and x not in heeded for x in fold(rest).split())


def values(found: Invocation) -> dict[str, object]:
    """Of `rest-unused`."""
    return {"command": PerLanguage(found.command.shown)}
