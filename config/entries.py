"""An entry of a catalogue: its texts, and what it said before its English changed.

Then the entry keeps its translation, for whoever translates it anew, and gets `#|` lines with the
English that the translation follows. Babel reads these as comments, and would break them in lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import normalize

ALIKE = 0.6
"""From 0 to 1: how much of a text is in a vanished one that it may have come from."""


def texts(catalogue: Catalog) -> list[Message]:
    return [x for x in catalogue if x.id]


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings(message: Message) -> tuple[str, ...]:
    text = message.string
    return (text,) if isinstance(text, str) else tuple(text or ())


def waits(message: Message) -> bool:
    """Whether it is shown in another language until somebody translates it."""
    return bool(former(message)) or not any(strings(message))


def complete(message: Message) -> bool:
    return bool(strings(message)) and all(x.strip() for x in strings(message))


def short(message: Message) -> str:
    first = ids(message)[0].replace("\n", " ")
    return f"“{first}”" if len(first) <= 50 else f"“{first[:49]}…”"


def head(message: Message) -> str:
    """The line with which a text begins in its file, and what tells it from a longer text."""
    return f"\nmsgid {normalize(ids(message)[0], width=0)}\nmsg"


def former(message: Message) -> list[str]:
    """Lines with the English that the translation follows, if it is not this one."""
    return [x for x in message.user_comments if x.startswith("|")] if message.fuzzy else []


def taken_former(message: Message) -> list[str]:
    lines = former(message)
    message.user_comments = _notes(message)
    return lines


def _notes(message: Message) -> list[str]:
    return [x for x in message.user_comments if not x.startswith("|")]


def keep_former(
    catalogue: Catalog, before: Sequence[Message], fits: Callable[[Message, Message], bool]
) -> None:
    """Give what has no translation that of the vanished text which it most likely was."""
    known, now = ({ids(x) for x in some} for some in (before, texts(catalogue)))
    vanished = [x for x in before if ids(x) not in now and complete(x)]
    for message in texts(catalogue):
        if ids(message) in known and any(strings(message)):
            continue
        message.string = ""  # if only its plural has changed, babel has kept all
        alike = {_likeness(x, message): x for x in vanished if fits(x, message)}
        nearest = max(alike, default=0.0)
        if nearest >= ALIKE:
            _follow(message, alike[nearest])


def _follow(message: Message, old: Message) -> None:
    message.string = old.string
    message.flags.add("fuzzy")
    message.user_comments = [*_notes(old), *(former(old) or _as_former(old))]


def _likeness(old: Message, new: Message) -> float:
    compared = SequenceMatcher(None, ids(old)[0], ids(new)[0], autojunk=False)
    return compared.ratio() if compared.quick_ratio() >= ALIKE else 0.0


def _as_former(message: Message) -> list[str]:
    named = zip(("msgid", "msgid_plural"), ids(message), strict=False)
    lines = "\n".join(f"{name} {normalize(text, width=0)}" for name, text in named)
    return [f"| {x}" for x in lines.split("\n")]
