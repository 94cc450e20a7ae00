"""The parts of `network.yaml` about the office itself: the alliance, mail, web, imprint."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from config.reading.sections import Section
from config.values.fields import (
    Domain,
    FilePath,
    Flag,
    Language,
    Listen,
    Mailbox,
    MatrixId,
    Name,
    Port,
    Selector,
    Text,
    TimeZone,
    WebUrl,
)
from config.values.mails import domain_of

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Network(Section):
    """The alliance as people see it, and where the office keeps what it knows."""

    name: Name = Field(examples=["Bündnis der Flüchtlingsinitiativen"])
    """What the alliance is called, and its space."""
    languages: tuple[Language, ...] = Field(
        ("de", "en"), min_length=1, examples=[["de", "en", "ar"]]
    )
    """The languages that its bots speak. The first is that of the rooms for all."""
    listed: Flag = True
    """Whether people find its space in the homeserver's public list of rooms, and can ask to
    join there. A link to a chat with the onboarding account leads in as well."""
    chat_url: WebUrl | None = Field(None, examples=["https://chat.example.org"])
    """Where its Element is in the browser. Links by which people come in then lead there; else to
    matrix.to, which asks which app somebody has."""
    timezone: TimeZone = ZoneInfo("Europe/Berlin")
    """Its time zone: deadlines and times are told in it."""
    state: FilePath = Field(examples=["./state/network"])
    """The folder of its store. A relative path starts at this file's folder, as all do here."""
    seal_key_file: FilePath | None = None
    """The key that seals the store; `seal.key` in the state's folder if not given. It is made
    when it is first needed. Keep a copy elsewhere."""


class Ombuds(Section):
    """How to reach the ombuds office."""

    account: MatrixId = Field(examples=["@ombuds:ombuds.example"])
    """Its Matrix id, to which people write privately."""


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
    """File with the password. In its place: BUENDNIS_NETWORK_SMTP_PASSWORD."""
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


class Email(Section):
    """How announcements leave by mail."""

    sender: Mailbox = Field(alias="from", examples=["Rundbrief <rundbrief@example.org>"])
    """Who writes."""
    reply_to: Mailbox | None = Field(None, examples=["Büro <buero@example.org>"])
    """Where answers of readers go; to the sender if not given."""
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


class Web(Section):
    """Where the web pages are."""

    listen: Listen = "127.0.0.1:8080"
    """Address and port to take requests on."""
    public_url: WebUrl = Field(examples=["https://buendnis.example.org"])
    """How people reach it, through the proxy in front of it."""
    metrics: Listen | None = None
    """Address and port that answer Prometheus at `/metrics`: numbers about nobody. Left out:
    nowhere. Not for the world: no proxy belongs in front of it."""


class Imprint(Section):
    """Who answers for mails and pages."""

    name: Name = Field(examples=["Bündnis der Flüchtlingsinitiativen e. V."])
    """The organisation."""
    address: Text = Field(examples=["Musterweg 1, 12345 Musterstadt"])
    """Where it can be served with a letter."""
    responsible: Name = Field(examples=["Anna Muster"])
    """The person who answers for what is published."""
    contact: Text | None = None
    """Mail address or telephone number; the sender's mail address if not given."""
    privacy: Text = Field(examples=["Verantwortlich für die Daten: …"])
    """What the page on privacy says of your organisation."""
