"""What the ombuds office says: for each phrase its paragraphs, in English, for the catalogues.

A paragraph that is a placeholder alone (`{text}`) is no text of ours: what a person wrote, or
further phrases. `rendering` leaves it out when it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bots.ombuds.wording.cases import ANSWERS, CASES
from bots.ombuds.wording.flags import MODERATORS, PRIVATE, ROOMS, STAFF
from bots.ombuds.wording.marks import Paragraphs
from bots.ombuds.wording.office import OFFICE, TEAM
from bots.ombuds.wording.reporter import REPORTER
from bots.runtime.words import Direction

PARAGRAPHS: dict[str, Paragraphs] = (
    REPORTER | CASES | ANSWERS | OFFICE | TEAM | ROOMS | PRIVATE | MODERATORS | STAFF
)


class Translator(Protocol):
    """What rendering needs of the catalogues."""

    def text(self, msgid: str, language: str, values: Mapping[str, object] | None = None) -> str:
        """The text in that language; values that people wrote are isolated from its direction."""

    def reviewed(self, msgid: str, language: str) -> bool:
        """Whether somebody who speaks the language well has checked the text."""

    def direction(self, language: str) -> Direction: ...
