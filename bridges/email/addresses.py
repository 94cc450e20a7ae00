"""Addresses as people type them → as SMTP takes them; whatever else is refused."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

_SAFE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


def normalised(text: str) -> str | None:
    """The address in ASCII, its domain in lower case; None if it can't receive mail.

    Nothing is looked up. Non-ASCII names before the `@` need what few servers can do (RFC 6531),
    and are refused; domains are put into their ASCII form.
    """
    text = text.strip()
    if len(text) > 320:
        return None
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = found.ascii_email
    return address if address is not None and is_safe(address) else None


def is_safe(address: str) -> bool:
    """Whether it may stand in an SMTP command and a header as it is."""
    return len(address) <= 254 and _SAFE.fullmatch(address) is not None
