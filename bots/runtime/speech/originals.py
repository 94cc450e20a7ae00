"""What is shown beside a translation that nobody has checked.

People rely on some texts: what they agree to, what they are told and asked before they complain.
A draft of such a text says that nobody has checked it. Where something is asked, there is
also one original beneath, German where nobody asked for English, whatever languages an alliance has
chosen. A long text that asks nothing would be a wall on a phone; it names the word that shows the
originals. Originals themselves are shown alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bots.runtime.speech.words import N_, ORIGINALS

NOT_CHECKED = N_("Nobody has checked this translation yet. The original text:")
# Translators: the original text is elsewhere in the same message
DRAFT = N_("Nobody has checked this translation yet.")
# Translators: {original} is a command
ON_REQUEST = N_("Nobody has checked this translation yet. To read the original, write {original}.")


@dataclass(frozen=True, slots=True)
class Part:
    """A text in one of the languages in which it is shown."""

    language: str
    mark: str = ""
    """What is said beneath it."""
    added: bool = False
    """An original in which nobody asked to be spoken to."""


def side_by_side(
    languages: Sequence[str], checked: Callable[[str], bool], *, long: bool = False
) -> list[Part]:
    """A text that people rely on, in the languages in which somebody is to read it."""
    drafts = {x for x in languages if x not in ORIGINALS and not checked(x)}
    bare = drafts and not any(x in ORIGINALS for x in languages)
    if long and bare:
        return [Part(x, ON_REQUEST if x in drafts else "") for x in languages]
    added = ORIGINALS[:1] if bare else ()
    shown = [*languages, *added]
    marks = [DRAFT if x in drafts else "" for x in shown]
    for i, following in enumerate(shown[1:]):
        if marks[i] and following in ORIGINALS:
            marks[i] = NOT_CHECKED
    return [
        Part(x, mark, added=i >= len(languages))
        for i, (x, mark) in enumerate(zip(shown, marks, strict=True))
    ]
