"""What a mail says and who sends it, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Direction = Literal["ltr", "rtl"]

PERSONAL = "xLINKxxLINKxxLINKxxLIN"
"""Is put where the token of the reader goes; as long as a token, so that nothing else changes."""


class Kind(StrEnum):
    TITLE = "title"
    TEXT = "text"
    """What somebody wrote."""
    NOTE = "note"
    """A sentence of ours about what follows, set apart."""
    PLAIN = "plain"
    """A paragraph of ours."""
    LINK = "link"
    """A sentence of ours, if any, and a link beneath it."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    text: str
    language: str
    direction: Direction = "ltr"
    html: str = ""
    """Of a `TEXT`: what is shown in place of the plain text, as `markup.shown` has cleaned it."""
    label: str = ""
    """Of a `LINK`: its words, where words can be links."""
    url: str = ""
    """Of a `LINK`: where it leads, if it is not the reader's own."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The same for everyone who reads its language; what is personal is a link and some headers."""

    key: str
    """Under which it is found."""
    event: str
    """What it tells of: the Message-ID is made of it and of the reader, in whatever language."""
    subject: str
    language: str
    direction: Direction
    blocks: tuple[Block, ...]
    footer: tuple[Block, ...] = ()
    link: str = ""
    """What the reader's token is put behind, for blocks of the kind `link`."""
    listed: bool = True
    """Goes to those who subscribed, and carries what lets them leave with one click."""
    follows: tuple[str, ...] = ()
    """Events that it continues, the oldest first."""

    @property
    def personal(self) -> str:
        return self.link + PERSONAL


@dataclass(frozen=True, slots=True)
class Mailbox:
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every letter of an office bears."""

    sender: Mailbox
    list_id: str
    """`rundbrief.example.org` (RFC 2919)."""
    unsubscribe: str
    """Address of the page that the reader's token is put behind; it takes the POST of RFC 8058."""
    list_name: str = ""
    reply_to: Mailbox | None = None
    unsubscribe_mail: str | None = None
    """An address that takes unsubscriptions by mail, the token as subject."""

    @property
    def domain(self) -> str:
        return self.sender.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient. `id` is opaque; `token` opens the links that are theirs."""

    id: str
    address: str = field(repr=False)
    token: str = field(repr=False)
