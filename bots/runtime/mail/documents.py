"""What bots keep for mails, and the words in which they hear how a mail fared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bots.runtime.kit.documents import Collection
from bridges.email.letters import Letter

BRIDGE = "mail"

GONE = "gone"
"""The letter was taken back, or the reader has left."""
LATER = "later"
"""Refused for now: try again, with growing pauses."""
NOBODY = "nobody"
"""Nobody has this address."""
REFUSED = "refused"
"""Refused for good, whoever it is for."""
UNKNOWN = "unknown"
"""Sent, perhaps twice, and never answered."""


@dataclass(frozen=True, slots=True)
class Address:
    reader: str
    """Whose it is, as a `Deliver` names them."""
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of the mail server, which is left alone: since when, and what it said (`450 4.7.1`)."""

    since: float
    reply: str


LETTERS = Collection("mail/letter", Letter, key=lambda x: x.key)
"""Once a letter is dropped, whatever still waits to be sent of it is `GONE`."""
ADDRESSES = Collection("mail/address", Address, key=lambda x: x.reader)
TROUBLE = Collection("mail/trouble", Trouble, key=lambda _: "trouble")
"""One document, while there is any."""


def word(error: str | None) -> str | None:
    """Which of these words it is; what the server said may follow (`550 5.1.1`)."""
    return None if error is None else error.partition(" ")[0]


def reply(error: str | None) -> str:
    return (error or "").partition(" ")[2]


def mail(letter: str, reader: str, token: str, *, urgent: bool = False) -> dict[str, Any]:
    """The content of a `Deliver`. `urgent`: somebody waits for it at the screen."""
    return {
        "letter": letter,
        "reader": reader,
        "token": token,
        "urgent": urgent,
    }
