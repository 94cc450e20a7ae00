"""Addresses as people type them → as SMTP takes them; whatever else is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

_SAFE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


def normalised(text: str) -> str | None:
    """The address in ASCII, its domain in lower case; None if it can't receive mail.

    Nothing is looked up. Non-ASCII names before the `@` need what few servers can do (RFC 6531),
    and are refused; domains are put into their ASCII form.
    """
    text = _seen(text)
    if len(text) > 320:
        return None
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    address = found.ascii_email
    return address if address is not None and is_safe(address) else None


def _seen(text: str) -> str:
    """Without what nobody sees: keyboards and pages of languages that run to the left put marks of
    direction around an address."""
    return "".join(x for x in text if unicodedata.category(x) != "Cf").strip()


class Fault(StrEnum):
    """Why an address can't receive mail, as far as it can be told."""

    AT = "at"
    SEVERAL = "several"
    SPACE = "space"
    SIGNS = "signs"
    NAME = "name"
    DOTS = "dots"
    LETTERS = "letters"
    DOMAIN = "domain"
    LONG = "long"


def fault(text: str) -> Fault | None:
    """None if `normalised` takes it."""
    text = _seen(text)
    if normalised(text) is not None:
        return None
    return next((fault for fault, fits in _FAULTS if fits(text)), Fault.DOMAIN)


def _name(text: str) -> str:
    return text.partition("@")[0]


_SIGNS = re.compile(r"[\"<>()\[\]\\,;:„“”«»‘’]")
_FAULTS: tuple[tuple[Fault, Callable[[str], bool]], ...] = (
    (Fault.AT, lambda x: "@" not in x),
    (Fault.SEVERAL, lambda x: x.count("@") > 1),
    (Fault.SIGNS, lambda x: _SIGNS.search(x) is not None),
    (Fault.SPACE, lambda x: re.search(r"\s", x) is not None),
    (Fault.NAME, lambda x: not _name(x)),
    (Fault.DOTS, lambda x: f".{_name(x)}.".count("..") > 0),
    (Fault.LETTERS, lambda x: not _name(x).isascii()),
    (Fault.LONG, lambda x: len(_name(x)) > 64 or len(x) > 254),
)
"""The first that fits; what is left is wrong behind the @."""


def is_safe(address: str) -> bool:
    """Whether an SMTP command and a header may hold it as it is."""
    return len(address) <= 254 and _SAFE.fullmatch(address) is not None


_SAME_HOUSE = {
    "googlemail.com": "gmail.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    **dict.fromkeys(("ya.ru", "yandex.com", "yandex.ua", "yandex.by", "yandex.kz"), "yandex.ru"),
}
"""Domains that lead to the same mailboxes."""
_PASSED_OVER = {"gmail.com": ".", "proton.me": "._-", "yandex.ru": ".-"}
"""Signs that a provider does not read in the name before the `@`."""
_ENDS_NAME = re.compile(r"(?:yahoo|ymail|rocketmail|myyahoo)\.", re.ASCII)


def mailbox(address: str) -> str:
    """The same for addresses that reach the same person: what follows a `+`, capital
    letters, and what some providers pass over. For limits; mails go to the address as it is."""
    name, _, domain = address.lower().rpartition("@")
    domain = domain.rstrip(".")
    domain = _SAME_HOUSE.get(domain, domain)
    name = name.partition("+")[0] or name
    if _ENDS_NAME.match(domain):
        name = name.partition("-")[0] or name
    bare = "".join(x for x in name if x not in _PASSED_OVER.get(domain, ""))
    return f"{bare or name}@{domain}"
