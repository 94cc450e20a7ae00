"""Several embedded homeservers that talk to each other, on one machine and with nobody else.

Their names exist only among them: no DNS, no hosts file, no root. Each has a certificate of an
authority that is made with them, and whose key is never written down.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

AUTHORITY = "authority.pem"
LOOPBACK = ipaddress.ip_address("127.0.0.1")
DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Homeservers by name, and the port at which each is asked by the others."""

    folder: Path
    ports: Mapping[str, int]

    @classmethod
    def make(cls, folder: Path, names: Sequence[str], ports: Sequence[int]) -> Neighbours:
        """Certificates for all of them, in `folder`."""
        folder = folder.absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _Authority.new()
        (folder / AUTHORITY).write_bytes(authority.certificate.public_bytes(Encoding.PEM))
        for name in names:
            authority.certify(folder, name)
        return cls(folder, dict(zip(names, ports, strict=True)))

    def settings(self, name: str, client_listener: Mapping[str, object]) -> dict[str, Any]:
        """What the homeserver of this name needs in its configuration."""
        resources = [{"names": ["federation"], "compress": False}]
        asked = {**client_listener, "port": self.ports[name], "tls": True, "resources": resources}
        return {
            "listeners": [dict(client_listener), asked],
            "tls_certificate_path": str(self.folder / f"{name}.pem"),
            "tls_private_key_path": str(self.folder / f"{name}.key"),
            "federation_custom_ca_list": [str(self.folder / AUTHORITY)],
            "federation_domain_whitelist": list(self.ports),
            # By default Synapse asks no homeserver on loopback.
            "ip_range_blacklist": [],
            "allow_public_rooms_over_federation": True,
            # By default one that did not answer is left alone for ten minutes.
            "federation": {
                "destination_min_retry_interval": "1s",
                "destination_max_retry_interval": "2s",
                "max_long_retry_delay": "1s",
            },
        }


@dataclass(frozen=True, slots=True)
class _Authority:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls) -> _Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("buendnis neighbours")
        basic = x509.BasicConstraints(ca=True, path_length=0)
        builder = _builder(name, key).issuer_name(name).add_extension(basic, critical=True)
        return cls(key, builder.sign(key, hashes.SHA256()))

    def certify(self, folder: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(LOOPBACK)])
        builder = _builder(_name(name), key).issuer_name(self.certificate.subject)
        certificate = builder.add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        private = folder / f"{name}.key"
        private.touch(mode=0o600)
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + DAYS)
    )
