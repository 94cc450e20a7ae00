"""Which kind of file this is: told by its first-level key, `office` or `network`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from config.network.bots import models
from config.network.parts import BotEntry
from config.ombuds.settings import OmbudsFile
from config.reading.document import Document
from config.reading.sections import File
from config.reading.shape import keys
from config.values.suggest import closest

Kind = Literal["ombuds", "network"]

KINDS: tuple[Kind, ...] = get_args(Kind)
HEADS: Mapping[Kind, str] = {"ombuds": "office", "network": "network"}
BEGIN = "begin with a copy of config/examples/ombuds.yaml or config/examples/network.yaml"


def model_of(kind: Kind, bots: tuple[BotEntry, ...]) -> type[File]:
    """What a file of this kind is to be; `bots`: those of a network."""
    return OmbudsFile if kind == "ombuds" else models(bots).file


def recognise(document: Document, bots: tuple[BotEntry, ...] = ()) -> Kind:
    """The kind of file. Raises ValueError with a sentence if there is none such."""
    if document.data is None and not document.unread:
        raise ValueError(f"is empty; {BEGIN}")
    if not isinstance(document.data, dict | None):
        raise ValueError(f"must consist of keys, as `office:`; {BEGIN}")
    written = set(document.data or ()) | document.unread
    found = _by_head(written) or _by_sections(written, bots)
    if found is None:
        raise ValueError(f"has neither `office:` (an ombuds office) nor `network:`; {BEGIN}")
    return found


def _by_head(written: set[str]) -> Kind | None:
    for kind in KINDS:
        if HEADS[kind] in written:
            return kind
    return next((k for k in KINDS if _is_meant(HEADS[k], written)), None)


def _is_meant(head: str, written: set[str]) -> bool:
    return any(closest(key, (head,)) for key in written)


def _by_sections(written: set[str], bots: tuple[BotEntry, ...]) -> Kind | None:
    """The kind that knows most of the keys; the first of two that know as many."""
    fitting = {kind: len(written & set(keys(model_of(kind, bots)))) for kind in KINDS}
    best = max(KINDS, key=fitting.__getitem__)
    return best if fitting[best] else None
