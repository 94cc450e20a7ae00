"""What the DNS says of a domain that sends mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import dns.exception
import dns.name
import dns.resolver
from dns.rdatatype import RdataType

PATIENCE = 10.0
PORT = 53


class Unanswered(Exception):
    """No name server has answered; the message says what was asked for."""


@dataclass(frozen=True, slots=True)
class Names:
    """Asks the system's name servers, or another one."""

    resolver: dns.resolver.Resolver = field(repr=False)

    @classmethod
    def of_system(cls) -> Names:
        """Raises Unanswered."""
        try:
            return cls(_patient(dns.resolver.Resolver()))
        except dns.resolver.NoResolverConfiguration:
            raise Unanswered("this machine names no name server") from None

    @classmethod
    def at(cls, address: str, port: int = PORT) -> Names:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [address], port
        return cls(_patient(resolver))

    def texts(self, name: str) -> list[str]:
        """Its TXT records, each put together from its pieces."""
        found = self._ask(name, RdataType.TXT)
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found]

    def exchanges(self, name: str) -> list[str]:
        """Who takes its mail; a dot means nobody (RFC 7505)."""
        return [
            record.exchange.to_text(omit_final_dot=record.exchange != dns.name.root)
            for record in self._ask(name, RdataType.MX)
        ]

    def has_address(self, name: str) -> bool:
        return bool(self._ask(name, RdataType.A) or self._ask(name, RdataType.AAAA))

    def _ask(self, name: str, kind: RdataType) -> list[Any]:
        """Empty where there is none. Raises Unanswered."""
        try:
            return list(self.resolver.resolve(f"{name}.", kind, raise_on_no_answer=False))
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(f"{name} ({type(error).__name__})") from None


def _patient(resolver: dns.resolver.Resolver) -> dns.resolver.Resolver:
    resolver.lifetime = PATIENCE
    return resolver
