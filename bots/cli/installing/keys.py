"""The secrets of an installation: made once, and read again from the folder ever after."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.cli.installing.answers import SERVICES

DKIM_BITS = 2048
REGISTRATION = "homeserver/secrets/registration-secret"
MACAROON = "homeserver/secrets/macaroon-secret"
FORM = "homeserver/secrets/form-secret"
SIGNING = "homeserver/secrets/signing.key"
POSTGRES = "postgres/password"
DKIM = "network/secrets/dkim.pem"
SMTP = "network/secrets/smtp-password"


def of_account(user: str) -> str:
    """Where the password of one of the network's own accounts lies, in its office's folder."""
    return f"{'ombuds' if user == 'ombuds' else 'network'}/secrets/account-{user}"


@dataclass(frozen=True, slots=True)
class Keys:
    registration: str = field(repr=False)
    macaroon: str = field(repr=False)
    form: str = field(repr=False)
    signing: str = field(repr=False)
    """A line as Synapse reads it."""
    postgres: str = field(repr=False)
    dkim: str = field(repr=False)
    """PEM."""
    accounts: Mapping[str, str] = field(repr=False)
    """The password of each account of the offices; an office holds those of its own alone."""
    smtp: str | None = field(repr=False)


def keys(folder: Path, smtp: str | None = None) -> Keys:
    """Those that lie in the folder; new ones for the others. Writes nothing. Raises OSError."""

    def kept(path: str, make: Callable[[], str]) -> str:
        file = folder / path
        return file.read_text(encoding="utf-8").strip() if file.exists() else make()

    return Keys(
        registration=kept(REGISTRATION, _random),
        macaroon=kept(MACAROON, _random),
        form=kept(FORM, _random),
        signing=kept(SIGNING, _signing_key),
        postgres=kept(POSTGRES, _random),
        dkim=kept(DKIM, _dkim_key),
        accounts={user: kept(of_account(user), _random) for user in SERVICES},
        smtp=kept(SMTP, lambda: smtp or "") or None,
    )


def password(folder: Path, user: str) -> str:
    """The one that lies in the folder, or a new one. Raises OSError."""
    file = folder / of_account(user)
    return file.read_text(encoding="utf-8").strip() if file.exists() else _random()


def _random() -> str:
    return secrets.token_urlsafe(32)


def _signing_key() -> str:
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return f"ed25519 a_{secrets.token_hex(2)} {seed}"


def _dkim_key() -> str:
    """RSA: many who receive mails can't check Ed25519 yet."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=DKIM_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip()
