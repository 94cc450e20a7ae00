"""What `network.yaml` points to: see `config.reading.files`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from config.network.settings import NetworkFile
from config.reading import files
from config.reading.files import Look
from config.reading.fitting import Fitted
from config.values.credentials import (
    Credential,
    CredentialKind,
    SecretFault,
    read_private_file,
)

OWN: tuple[CredentialKind, ...] = ("password", "token")
SECRET: tuple[CredentialKind, ...] = ("registration_secret",)
SMTP = ("email", "smtp")
DKIM = ("email", "dkim", "key_file")
SHORTEST_RSA = 1024


@dataclass
class Found(files.Found):
    credentials: dict[str, Credential] = field(default_factory=dict)
    smtp_password: SecretStr | None = None


def look(fitted: Fitted[NetworkFile], folder: Path) -> Found:
    """Read the secrets and look at the files. Makes nothing."""
    looking = Look(fitted, folder, fitted.kind.environment(), "network")
    found = Found()
    _credentials(looking, found)
    smtp = looking.secret(found, SMTP, ("password",), ("smtp_password",))
    found.smtp_password = smtp.value if smtp else None
    _signing_key(looking, found)
    looking.surroundings(found)
    return found


def _credentials(looking: Look, found: Found) -> None:
    secret = looking.secret(found, ("accounts",), SECRET, SECRET)
    made = looking.is_named(("accounts",), SECRET, SECRET) or "accounts" in looking.fitted.unread
    unnamed: list[str] = []
    for role in looking.fitted.kind.roles():
        loc, variables = ("accounts", role), [f"{role}_{kind}" for kind in OWN]
        if credential := looking.secret(found, loc, OWN, variables) or secret:
            found.credentials[role] = credential
        elif not made and not looking.is_named(loc, OWN, variables):
            unnamed.append(role)
    if unnamed:
        found.unnamed.append(looking.told(("accounts",), _unnamed(looking, unnamed)))


def _unnamed(looking: Look, roles: list[str]) -> str:
    variable = looking.environment.variable
    own = " or ".join(variable(f"{roles[0]}_{kind}") for kind in OWN)
    return (
        f"nothing to log in with is named for {', '.join(roles)}; write registration_secret_file, "
        "or below each a password_file or token_file, or set, where the office runs, "
        f"{variable('registration_secret')}, or {own} and so on"
    )


def _signing_key(looking: Look, found: Found) -> None:
    path = looking.path(DKIM)
    if path is None:
        return
    try:
        key = load_pem_private_key(read_private_file(path, looking.folder), None)
    except SecretFault as error:
        looking.fault(found, DKIM, str(error))
        return
    except (ValueError, TypeError):
        text = (
            "holds no private key in PEM format without a password; make one with "
            "`openssl genrsa -out FILE 2048`"
        )
        looking.fault(found, DKIM, text)
        return
    if isinstance(key, RSAPrivateKey) and key.key_size >= SHORTEST_RSA:
        return
    if not isinstance(key, Ed25519PrivateKey):
        text = f"must be an RSA key of at least {SHORTEST_RSA} bits, or Ed25519; make another"
        looking.fault(found, DKIM, text)
