"""Tokens of 128 bits, derived from an office's secret: opaque, and the same after a lost store."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

LENGTH = 22
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def _digest(secret: bytes, parts: tuple[str, ...]) -> bytes:
    # Each part with its length, so that no two lists of parts are the same bytes.
    named = b"".join(
        len(raw).to_bytes(4, "big") + raw
        for raw in (part.encode("utf-8", "surrogatepass") for part in parts)
    )
    return hmac.digest(secret, named, hashlib.sha256)[:16]


def token(secret: bytes, *parts: str) -> str:
    """22 letters, digits, `-` and `_`, for a link."""
    return urlsafe_b64encode(_digest(secret, parts)).decode().rstrip("=")


def mark(secret: bytes, *parts: str) -> str:
    """32 hex digits, for a Message-ID or the fingerprint of an address."""
    return _digest(secret, parts).hex()


def is_token(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None
