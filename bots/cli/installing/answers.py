"""What the answers come to."""

from __future__ import annotations

from dataclasses import dataclass

from bots.offices.registry import unwritten_accounts

SERVICES = (*(account.user for account in unwritten_accounts().values()), "ombuds")
"""Accounts of the network itself."""


@dataclass(frozen=True, slots=True)
class Hosts:
    matrix: str
    chat: str
    pages: str


@dataclass(frozen=True, slots=True)
class Imprint:
    name: str
    address: str
    responsible: str


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    user: str

    @property
    def tls(self) -> str:
        return "tls" if self.port == 465 else "starttls"


@dataclass(frozen=True, slots=True)
class Held:
    """In whose hands an ombuds office is."""

    machine: str
    homeserver: str
    network: bool

    @property
    def told(self) -> bool:
        """Whether people are told before they write."""
        return self.network or self.machine.casefold() == self.homeserver.casefold()


@dataclass(frozen=True, slots=True)
class Founding:
    """An ombuds office alone."""

    name: str
    languages: tuple[str, ...]
    account: str
    homeserver: str
    """Its address."""
    staff: tuple[str, ...]
    held: Held


@dataclass(frozen=True, slots=True)
class Answers:
    name: str
    languages: tuple[str, ...]
    domain: str
    hosts: Hosts
    website_elsewhere: bool
    """The domain itself leads to another machine."""
    coordinator: str
    """A whole Matrix id."""
    contact: str
    imprint: Imprint
    mail: MailServer | None
    staff: tuple[str, ...]
    """Whole Matrix ids; nobody where the ombuds office does not run here."""

    @property
    def founding(self) -> Founding:
        """Of the ombuds office on the network's own machine and homeserver."""
        held = Held(self.name, self.name, network=True)
        account = f"@ombuds:{self.domain}"
        return Founding("Ombudsstelle", self.languages, account, "", self.staff, held)

    @property
    def sender(self) -> str:
        """The address from which announcements come."""
        user = self.mail.user if self.mail else ""
        return user if "@" in user else f"rundbrief@{self.domain}"

    @property
    def signs(self) -> bool:
        """Whether the sender's domain is ours, so that a signature of ours counts."""
        domain = self.sender.rpartition("@")[2].lower()
        return domain == self.domain or domain.endswith(f".{self.domain}")
