"""Addresses: the homeserver's, https or http where nobody can listen in; and those of the web."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

EXAMPLE = "https://matrix.example.org"
WEB_EXAMPLE = "https://buendnis.example.org"


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


def checked_web_url(text: str) -> str:
    """The address of web pages, without a slash at its end; it may have a path.

    Raises ValueError that says what to write.
    """
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'is not an address of web pages; write "{_proposed(text, WEB_EXAMPLE)}"')
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise ValueError(f'has more than a server and a path; write "{base(text)}"')
    return base(text) + parts.path.rstrip("/")


def checked_listen(text: str) -> str:
    """`127.0.0.1:8080` or `[::1]:8080`: where to take requests. ValueError."""
    host, _, port = text.rpartition(":")
    address = host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(address)
        good = 1 <= int(port) <= 65535 and (":" not in address or host.startswith("["))
    except ValueError:
        good = False
    if not good or not port.isascii():
        raise ValueError('is not an address and a port to listen on; write "127.0.0.1:8080"')
    return f"{host}:{int(port)}"


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


def _proposed(text: str, example: str = EXAMPLE) -> str:
    """`matrix.example.org` → `https://matrix.example.org`; the example if nothing is clear."""
    parts = _split("https://" + text.partition("://")[2] if "://" in text else "https://" + text)
    if parts is None or not parts.hostname or "@" in text or "." not in parts.hostname:
        return example
    return base(parts.geturl())
