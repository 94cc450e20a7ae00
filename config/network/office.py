"""The parts of `network.yaml` about the office itself: the alliance, mail, web, imprint."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import Field

from config.reading.mails import Mails
from config.reading.sections import OpenedBy, Section
from config.values.fields import (
    FilePath,
    Flag,
    Language,
    Listen,
    Mailbox,
    MatrixId,
    Name,
    Text,
    TimeZone,
    WebUrl,
)


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
    in_words: Flag = False
    """Whether only words let people in and release announcements (`!admit`, `!release`), and ✅
    does not. Reactions are never encrypted: whoever runs the homeserver can set one in your
    name."""
    unsigned_days: int = Field(14, strict=True, ge=0, le=365)
    """How many days coordinators, contacts and editors have to verify their devices, counted from
    when the office first knows them. Until then a command counts from any device of theirs (0: from
    none); afterwards the office keeps it until they confirm it from a device that is verified."""
    timezone: TimeZone = ZoneInfo("Europe/Berlin")
    """Its time zone: deadlines and times are told in it."""
    state: FilePath = Field(examples=["./state/network"])
    """The folder of its store. A relative path starts at this file's folder, as all do here."""
    opened_by: OpenedBy = "file"
    """What opens the store: a key file; a passphrase, which somebody types after each start
    (`buendnis unlock`); or a credential of systemd, such as one that only this machine's TPM opens.
    `buendnis key rotate` changes it."""
    seal_key_file: FilePath | None = None
    """The key file; `seal.key` in the state's folder if not given. It is made when it is first
    needed. Keep a copy elsewhere."""


class Ombuds(Section):
    """How to reach the ombuds office."""

    account: MatrixId = Field(examples=["@ombuds:ombuds.example"])
    """Its Matrix id, to which people write privately."""


class Email(Mails):
    """How announcements leave by mail."""

    reply_to: Mailbox | None = Field(None, examples=["Büro <buero@example.org>"])
    """Where answers of readers go; to the sender if not given."""


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
