"""What people send us, cleaned: pure functions."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence

_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")


def new_nonce() -> str:
    """Makes the sending of one page's form recognisable, should she press the button twice."""
    return secrets.token_urlsafe(16)


def key(form: str, fields: Mapping[str, str], nonce: str | None) -> str:
    """The same for the same page and the same words; what was corrected is sent anew."""
    if nonce is None or not _NONCE.fullmatch(nonce):
        nonce = new_nonce()
    whole = json.dumps([form, nonce, sorted(fields.items())])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def cleaned(text: str) -> str:
    """Without blanks around it and without invisible characters, which copying brings along."""
    kept = (c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept).strip()


def one_of(text: str, allowed: Sequence[str]) -> str:
    """A choice among a list; whoever tampers with it gets the first."""
    return text if text in allowed else allowed[0]
