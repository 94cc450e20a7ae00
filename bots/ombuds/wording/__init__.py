"""What the ombuds office says: for each phrase its paragraphs, in English, for the catalogues.

A paragraph that is a placeholder alone (`{text}`) is no text of ours: what a person wrote, or
further phrases. The renderer leaves it out when it is empty.
"""

from __future__ import annotations

from bots.ombuds.wording.cases import ANSWERS, CASES
from bots.ombuds.wording.flags import MODERATORS, PRIVATE, ROOMS, STAFF
from bots.ombuds.wording.office import OFFICE, TEAM
from bots.ombuds.wording.reporter import REPORTER
from bots.runtime import declining, unheeded
from bots.runtime.phrases import Paragraphs

PARAGRAPHS: dict[str, Paragraphs] = (
    REPORTER
    | declining.PARAGRAPHS
    | unheeded.PARAGRAPHS
    | CASES
    | ANSWERS
    | OFFICE
    | TEAM
    | ROOMS
    | PRIVATE
    | MODERATORS
    | STAFF
)
