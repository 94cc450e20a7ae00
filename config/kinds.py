"""Which kind of file this is: told by its first-level key, `office` or `network`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from config.network.settings import NetworkFile
from config.ombuds.settings import OmbudsFile
from config.reading.document import Document
from config.reading.sections import File
from config.reading.shape import keys
from config.values.suggest import closest

Kind = Literal["ombuds", "network"]

MODELS: Mapping[Kind, type[File]] = {"ombuds": OmbudsFile, "network": NetworkFile}
HEADS: Mapping[Kind, str] = {"ombuds": "office", "network": "network"}
BEGIN = "begin with a copy of config/examples/ombuds.yaml or config/examples/network.yaml"


def recognise(document: Document) -> Kind:
    """The kind of file. Raises ValueError with a sentence if there is none such."""
    if document.data is None and not document.unread:
        raise ValueError(f"is empty; {BEGIN}")
    if not isinstance(document.data, dict | None):
        raise ValueError(f"must consist of keys, as `office:`; {BEGIN}")
    written = set(document.data or ()) | document.unread
    found = _by_head(written) or _by_sections(written)
    if found is None:
        raise ValueError(f"has neither `office:` (an ombuds office) nor `network:`; {BEGIN}")
    return found


def _by_head(written: set[str]) -> Kind | None:
    for kind in MODELS:
        if HEADS[kind] in written:
            return kind
    return next((k for k in MODELS if _is_meant(HEADS[k], written)), None)


def _is_meant(head: str, written: set[str]) -> bool:
    return any(closest(key, (head,)) for key in written)


def _by_sections(written: set[str]) -> Kind | None:
    """The kind that knows most of the keys; the first of two that know as many."""
    fitting = {kind: len(written & set(keys(MODELS[kind]))) for kind in MODELS}
    best = max(MODELS, key=fitting.__getitem__)
    return best if fitting[best] else None
