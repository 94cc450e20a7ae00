"""Addresses and the fingerprints that stand for them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from bots.announcements.documents.people import Wish
from bots.announcements.settings import Settings
from bridges.email import tokens
from bridges.email.addresses import mailbox, normalised


@dataclass(frozen=True, slots=True)
class Known:
    id: str
    address: str = field(repr=False)
    mailbox: str
    """Whom it reaches, as far as one can tell: for limits only."""
    domain: str


def fingerprint(settings: Settings, typed: str) -> Known | None:
    """The address as mail takes it, and what it is known by; None if it is none.

    In practice nobody tells mailboxes apart by capital letters.
    """
    address = normalised(typed)
    if address is None:
        return None
    reached = mailbox(address)

    def mark(what: str, text: str) -> str:
        return tokens.mark(settings.secret, what, text)

    return Known(
        mark("reader", address.lower()),
        address,
        mark("mailbox", reached),
        mark("domain", reached.rpartition("@")[2]),
    )


def unsubscribe_token(settings: Settings, reader: str) -> str:
    return tokens.token(settings.secret, "unsubscribe", reader)


def request_id(settings: Settings, known: Known, wish: Wish) -> str:
    """Another one for whatever was asked otherwise, though it be in the same moment."""
    asked = map(str, asdict(wish).values())
    return tokens.mark(settings.secret, "request", known.address, *asked)


def confirm_token(settings: Settings, request: str) -> str:
    return tokens.token(settings.secret, "confirm", request)
