"""Words as they are compared: what a keyboard or a habit adds is left out."""

from __future__ import annotations

import unicodedata

_ALIKE = str.maketrans(
    {"ı": "i", "አ": "ኣ", "ٱ": "ا", "ك": "ک"}
    | dict.fromkeys("يىے", "ی")
    | dict.fromkeys("ةەہھ", "ه")
    | dict.fromkeys("'’‘ʼʹ`´′\u0640\u115f\u1160")  # «ім'я», «d'accord», and what shows nothing
)


def fold(text: str) -> str:
    """Without case, accents, vowel signs, marks of direction and punctuation."""
    spread = unicodedata.normalize("NFKD", text[:200].casefold()).translate(_ALIKE)
    kept = (x for x in spread if unicodedata.category(x) not in ("Mn", "Cf"))
    return " ".join("".join(x if x.isalnum() else " " for x in kept).split())
