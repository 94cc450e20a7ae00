"""Addresses and the fingerprints that stand for them."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.announcements.models import Settings
from bridges.email import tokens
from bridges.email.addresses import normalised


@dataclass(frozen=True, slots=True)
class Known:
    id: str
    address: str = field(repr=False)


def fingerprint(settings: Settings, typed: str) -> Known | None:
    """The address as mail takes it, and what it is known by; None if it is none.

    In practice nobody tells mailboxes apart by capital letters.
    """
    address = normalised(typed)
    if address is None:
        return None
    return Known(tokens.mark(settings.secret, "reader", address.lower()), address)


def unsubscribe_token(settings: Settings, reader: str) -> str:
    return tokens.token(settings.secret, "unsubscribe", reader)


def confirm_token(settings: Settings, reader: str, asked: float) -> str:
    return tokens.token(settings.secret, "confirm", reader, repr(asked))
