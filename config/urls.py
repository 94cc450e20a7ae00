"""The homeserver's address: https, or http where nobody can listen in."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

EXAMPLE = "https://matrix.example.org"


def checked_url(text: str) -> str:
    """The address as `scheme://host[:port]`, no slash at its end.

    Raises ValueError that says what to write; a name or password in the text is not repeated.
    """
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'is not an address of a homeserver; write "{_proposed(text)}"')
    if "@" in parts.netloc:
        raise ValueError(f'a name or password does not belong in the address; write "{base(text)}"')
    if parts.path not in ("", "/") or "?" in text or "#" in text:
        raise ValueError(f'has more than a server and a port; write "{base(text)}"')
    return base(text)


def base(text: str) -> str:
    """`scheme://host[:port]` of an address that splits."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def is_exposed(url: str) -> bool:
    """Whether the way to this address is unencrypted and may leave the machine.

    http to loopback, `*.localhost` or a name without a dot (a container's) does not.
    """
    parts = _split(url)
    if parts is None or parts.scheme != "http":
        return False
    host = parts.hostname or ""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." in host and not host.endswith(".localhost")


def _split(text: str) -> SplitResult | None:
    """The parts; None when the text holds blanks, or a port or address that can't be."""
    if any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts


def _proposed(text: str) -> str:
    """`matrix.example.org` → `https://matrix.example.org`; the example if nothing is clear."""
    parts = _split("https://" + text.partition("://")[2] if "://" in text else "https://" + text)
    if parts is None or not parts.hostname or "@" in text or "." not in parts.hostname:
        return EXAMPLE
    return base(parts.geturl())
