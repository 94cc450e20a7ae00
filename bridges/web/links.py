"""The addresses that mails carry. Short: a header with a longer one would be folded, and one-click
unsubscribing with it."""

from __future__ import annotations

import re

TOKEN = r"[A-Za-z0-9_-]{8,64}"  # noqa: S105  (a pattern)
_TOKEN = re.compile(TOKEN)


def confirm(public_url: str, token: str, language: str | None = None) -> str:
    """The page whose button confirms a subscription."""
    return _link(public_url, "c", token, language)


def unsubscribe(public_url: str, token: str, language: str | None = None) -> str:
    """The page whose button ends it; without a language also the address for
    `List-Unsubscribe` with `List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058)."""
    return _link(public_url, "u", token, language)


def _link(public_url: str, page: str, token: str, language: str | None) -> str:
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"a token has 8 to 64 letters, digits, - or _; this one has {len(token)}")
    return f"{public_url.rstrip('/')}/{page}/{token}" + (f"?lang={language}" if language else "")
