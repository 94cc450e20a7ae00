"""How mails leave, in any file of settings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from config.reading.sections import Section
from config.values.fields import Domain, FilePath, Mailbox, Name, Port, Selector
from config.values.mails import domain_of

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Smtp(Section):
    """The server that takes our mails."""

    host: Domain = Field(examples=["mail.example.org"])
    """Its name."""
    port: Port | None = None
    """587 with `starttls`, 465 with `tls`, 25 with `none` if not given."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the way there is encrypted; `none` is for a server on this machine alone."""
    user: Name | None = None
    """What to log in as. Left out: without logging in."""
    password_file: FilePath | None = None
    """File with the password. In its place: BUENDNIS_NETWORK_SMTP_PASSWORD; in the ombuds office
    BUENDNIS_OMBUDS_SMTP_PASSWORD."""
    max_per_hour: int = Field(500, strict=True, ge=1)
    """How many mails leave in an hour at most."""
    connections: int = Field(5, strict=True, ge=1, le=32)
    """How many connections to it are open at once, at most. The last of several is kept for mails
    that somebody waits for. Where it bears fewer, fewer are used."""
    mails_per_connection: int = Field(100, strict=True, ge=1)
    """After how many mails a connection is made anew."""

    @property
    def way_in(self) -> int:
        """The port to use."""
        return self.port or PORTS[self.tls]


class Dkim(Section):
    """The signature on every mail."""

    domain: Domain = Field(examples=["example.org"])
    """The domain that signs: that of the sender, or one above it."""
    selector: Selector = Field(examples=["brief2025"])
    """The name under which the DNS has the public key."""
    key_file: FilePath = Field(examples=["./secrets/dkim.pem"])
    """File with the private key, in PEM format."""


class Mails(Section):
    """Who sends them, and over which server."""

    sender: Mailbox = Field(alias="from", examples=["Rundbrief <rundbrief@example.org>"])
    """Who writes."""
    bounces: Mailbox | None = Field(None, examples=["bounces@example.org"])
    """Where mail servers send what they can't deliver; to the sender if not given. SPF counts for
    its domain."""
    smtp: Smtp
    """The server that takes the mails."""
    dkim: Dkim | None = None
    """The signature on every mail. Left out where that server signs."""

    @property
    def domain(self) -> str:
        """The sender's."""
        return domain_of(self.sender)
