"""Signatures on mail: DKIM (RFC 6376), relaxed/relaxed, with RSA or Ed25519 (RFC 8463).

The hash of a body is taken once as far as it is the same for everyone; a mail costs the rest and
one signature.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from bridges.email.headers import Field, fold

if TYPE_CHECKING:
    from hashlib import _Hash

NAME = "DKIM-Signature"
MIN_RSA_BITS = 1024

SIGNED = (
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)
"""Each is named once more than it is there, so that nobody can add another one (RFC 6376
§ 8.15)."""

_SPACES = re.compile(rb"[ \t]+")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class KeyRefused(Exception):
    """The key can't sign mail; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key, and where its public half is: `SELECTOR._domainkey.DOMAIN`."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @classmethod
    def load(cls, domain: str, selector: str, pem: bytes) -> Key:
        """Raises KeyRefused."""
        for name, value in (("domain", domain), ("selector", selector)):
            if not all(_LABEL.fullmatch(part) for part in value.split(".")):
                raise KeyRefused(f"The DKIM {name} {value!r} is no name of the DNS.")
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise KeyRefused(
                "The DKIM key is not a private key in PEM without a password. Make one: "
                "openssl genrsa -out dkim.pem 2048"
            ) from None
        if isinstance(private, RSAPrivateKey) and private.key_size >= MIN_RSA_BITS:
            return cls(domain, selector, private)
        if isinstance(private, Ed25519PrivateKey):
            return cls(domain, selector, private)
        raise KeyRefused(
            "The DKIM key is neither RSA of at least 1024 bits nor Ed25519. Make one: "
            "openssl genrsa -out dkim.pem 2048"
        )

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    @property
    def host(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    def record(self) -> str:
        """What belongs into the DNS, as a TXT record of `host`."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={b64encode(data).decode()}"
        data = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(data).decode()}"

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), SHA256())
        return self.private.sign(hashlib.sha256(data).digest())


# -- canonical forms -------------------------------------------------------------------------------


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 § 3.4.4."""
    lines = (_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    text = b"\r\n".join(lines).rstrip(b"\r\n")
    return text + b"\r\n" if text else b""


def relaxed_field(name: str, value: bytes) -> bytes:
    """RFC 6376 § 3.4.2, without the line's end."""
    unfolded = value.replace(b"\r\n", b"")
    return name.lower().encode("ascii") + b":" + _SPACES.sub(b" ", unfolded).strip(b" ")


class BodyHash:
    """The hash of a body in which a token, the same each time, is between the pieces."""

    def __init__(self, pieces: Sequence[bytes], placeholder: bytes) -> None:
        whole = relaxed_body(placeholder.join(pieces))
        canonical = whole.split(placeholder)
        if len(canonical) != len(pieces):
            raise ValueError("the placeholder is in a piece of the body")
        self._first = hashlib.sha256(canonical[0])
        self._rest = canonical[1:]

    def of(self, token: bytes) -> str:
        digest: _Hash = self._first.copy()
        for piece in self._rest:
            digest.update(token)
            digest.update(piece)
        return b64encode(digest.digest()).decode("ascii")


# -- the signature ---------------------------------------------------------------------------------


def signature(fields: Sequence[Field], body_hash: str, key: Key, now: int) -> Field:
    """The field that belongs in front of the others. `now`: seconds since the epoch."""
    present = {field.name: field for field in fields}
    names = [name for name in SIGNED for _ in range(1 + (name in present))]
    tags = [
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};",
        f"s={key.selector}; t={now};",
        *(f"{'h=' if i == 0 else ''}{x}{':' if i + 1 < len(names) else ';'}"
          for i, x in enumerate(name.lower() for name in names)),
        f"bh={body_hash};",
        "b=",
    ]  # fmt: skip
    unsigned = fold(tags)
    signed = [relaxed_field(x.name, x.value) + b"\r\n" for x in _in_order(present, names)]
    data = b"".join(signed) + relaxed_field(NAME, unsigned)
    value = b64encode(key.sign(data)).decode("ascii")
    rows = [value[i : i + 72] for i in range(0, len(value), 72)]
    return Field(NAME, unsigned + "".join(f"\r\n {row}" for row in rows).encode("ascii"))


def _in_order(present: dict[str, Field], names: Sequence[str]) -> list[Field]:
    return [present[name] for name in dict.fromkeys(names) if name in present]
