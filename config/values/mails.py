"""Mail addresses and domains, as far as ours need them (RFC 5322, RFC 6376)."""

from __future__ import annotations

import re
from email.utils import parseaddr

from config.values.faults import shown

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


def is_domain(text: str) -> bool:
    return len(text) <= 253 and _DOMAIN.fullmatch(text) is not None


def checked_domain(text: str) -> str:
    """`text` in small letters if it is a domain. Raises ValueError that says what to write."""
    if is_domain(text):
        return text.lower()
    raise ValueError(f'{shown(text)} is not a domain; write one such as "example.org"')


def checked_selector(text: str) -> str:
    """The name under which the DNS has a DKIM key. ValueError."""
    if is_domain(text):
        return text
    raise ValueError(f'{shown(text)} is not a DKIM selector; write one such as "brief2025"')


def checked_mailbox(text: str) -> str:
    """`Rundbrief <rundbrief@example.org>`, or the address alone. ValueError."""
    local, _, domain = parsed(text)[1].rpartition("@")
    if text.isprintable() and is_local(local) and is_domain(domain) and "." in domain:
        return text.strip()
    raise ValueError(
        f'{shown(text)} is not a mail address; write "Rundbrief <rundbrief@example.org>"'
    )


def is_local(text: str) -> bool:
    """Whether a mail address can have `text` before its @ without quotes."""
    return _LOCAL.fullmatch(text) is not None and not re.search(r"^\.|\.\.|\.$", text)


def parsed(mailbox: str) -> tuple[str, str]:
    """Name, which may be empty, and address."""
    return parseaddr(mailbox)


def domain_of(mailbox: str) -> str:
    """The domain of a `checked_mailbox`."""
    return parsed(mailbox)[1].rpartition("@")[2].lower()
