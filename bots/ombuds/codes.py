"""Codes by which the office learns whose keys are whose: handed over in person, or read out.

Whoever reads a code aloud must not have to spell it, and whoever types it may use any keyboard. A
code has 59 bits and is tried only by writing to the office, encrypted, from a signed device.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks like something else."""
LENGTH = 12
GROUP = 4
FOUNDERS = 60 * 24 * 3600.0
"""Seconds in which a founder can use hers, from when it was made."""
FROM_HOST = 24 * 3600.0
"""Seconds in which a code from the host can be used."""

_APART = re.compile(r"[\s\-_.\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2066-\u2069]+")
_ATTEMPT = re.compile(r"[0-9A-Z]{3,5}(?:[ \-\u2010-\u2015]+[0-9A-Z]{3,5}){2}")


@dataclass(frozen=True, slots=True)
class Given:
    """A code that was made on the host: only a fingerprint of it is kept."""

    user: str
    salt: str = field(repr=False)
    digest: str = field(repr=False)
    made: float
    founder: bool
    """Made when the office was set up; else because nobody of the team is known any more."""

    def fits(self, code: str) -> bool:
        return hmac.compare_digest(self.digest, digest(self.salt, code))


def read(text: str) -> str | None:
    """The code that a message consists of; also of one that is mistyped, if it looks like one."""
    spaced = "".join(_latin(x) for x in text.strip().upper())
    bare = plain(text)
    if len(bare) == LENGTH and all(x in LETTERS for x in bare):
        return bare
    return bare if _ATTEMPT.fullmatch(spaced) and any(x.isdigit() for x in bare) else None


def plain(text: str) -> str:
    """As a code is drawn, however it was typed."""
    return _APART.sub("", "".join(_latin(x) for x in text.strip().upper()))


def _latin(letter: str) -> str:
    """Digits of another script are digits."""
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def shown(code: str) -> str:
    return "-".join(code[x : x + GROUP] for x in range(0, len(code), GROUP))


def drawn(secret: bytes) -> str:
    """The code that a secret of 32 bytes makes."""
    number, digits = int.from_bytes(secret, "big"), []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(digits)


def digest(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt} {code}".encode()).hexdigest()
