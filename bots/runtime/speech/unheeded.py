"""What people write and a bot does nothing with: it says so, whatever the command was."""

from __future__ import annotations

from bots.runtime.model.decision import Phrase
from bots.runtime.speech.phrases import N_, Paragraphs
from bots.runtime.understanding.answerwords import POLITE
from bots.runtime.understanding.commands import Command, Invocation, Unknown
from bots.runtime.understanding.folding import fold

_LINK = ("https", "matrix", "to", "u")
UNKNOWN: dict[str, Paragraphs] = {
    "command-unknown": (
        N_("There is no command {word}."),
        "{guess}",
        N_("{command} shows all commands."),
    ),
    "command-guess": N_("Did you mean {command}?"),
    "command-amid": N_(
        "I did not carry out {command}, because there are other signs around it. If you meant it, "
        "please write it again at the beginning of a message."
    ),
}
PARAGRAPHS: dict[str, Paragraphs] = UNKNOWN | {
    "rest-unused": N_("I only read {command}. I did nothing with the words after it."),
    "in-clear": N_(
        "This was not encrypted, so I did nothing with it: somebody else could have written it "
        "in your name. Please send it again, encrypted."
    ),
}


def is_said(rest: str, *named: str) -> bool:
    """Whether a command is followed by more than politeness, and than whom it
    names: by name, id or link."""
    heeded = {word for name in named for word in fold(name).split()}
    heeded |= set(_LINK) if named else set()
    return any(x not in POLITE and x not in heeded for x in fold(rest).split())


def values(found: Invocation) -> dict[str, object]:
    """Of `rest-unused`."""
    return {"command": found.command}


def unknown(found: Unknown, help_: Command) -> tuple[str, dict[str, object]]:
    """What is said of a command that was mistyped, or is amid something else."""
    if found.amid and found.guess is not None:
        return "command-amid", {"command": found.guess}
    return "command-unknown", {"word": found.word, "guess": guess(found), "command": help_}


def guess(found: Unknown) -> Phrase | str:
    if found.guess is None:
        return ""
    return Phrase("command-guess", "", {"command": found.guess})
