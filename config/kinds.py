"""Which kind of file this is: told by its first-level key, `office` or `network`."""

from __future__ import annotations

from typing import Literal

from config.document import Document
from config.ombuds import OmbudsFile
from config.suggest import closest

Kind = Literal["ombuds"]

BEGIN = "begin with a copy of config/examples/ombuds.yaml"


def recognise(document: Document) -> Kind:
    """The kind of file. Raises ValueError with a sentence if there is none such."""
    if document.data is None and not document.unread:
        raise ValueError(f"is empty; {BEGIN}")
    if not isinstance(document.data, dict | None):
        raise ValueError(f"must consist of keys, as `office:`; {BEGIN}")
    keys = set(document.data or ()) | document.unread
    if keys & {"office"} or any(closest(key, ("office",)) for key in keys):
        return "ombuds"
    if "network" in keys:
        raise ValueError(
            "describes a network; this version reads ombuds offices alone (`office:`), so "
            "update buendnis, or give it the office's file"
        )
    if keys & set(OmbudsFile.model_fields):
        return "ombuds"
    raise ValueError(f"has neither `office:` (an ombuds office) nor `network:`; {BEGIN}")
