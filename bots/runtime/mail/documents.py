"""What bots keep for mails, and the words in which they hear how a mail fared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bridges.email.letters import Block, Kind, Letter

BRIDGE = "mail"
LETTER = "mail/letter"
ADDRESS = "mail/address"
TROUBLE = "mail/trouble"
"""Since when the mail server is left alone, and what it said."""

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


def word(error: str | None) -> str | None:
    """Which of these words it is; behind it may stand what the server said (`550 5.1.1`)."""
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


def letter_data(letter: Letter) -> dict[str, Any]:
    """What is kept under its key, as `LETTER`. Once it is dropped, whatever still waits to be sent
    of it is `GONE`."""
    return asdict(letter)


def letter_from(data: Mapping[str, Any]) -> Letter:
    blocks = {name: tuple(_block(x) for x in data[name]) for name in ("blocks", "footer")}
    return Letter(**{**data, **blocks, "follows": tuple(data["follows"])})


def _block(data: Mapping[str, Any]) -> Block:
    return Block(**{**data, "kind": Kind(data["kind"])})
