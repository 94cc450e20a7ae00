"""What `network.yaml` points to: see `config.reading.files`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from config.network.settings import NetworkFile
from config.reading import files
from config.reading.files import Look
from config.reading.fitting import Fitted
from config.values.credentials import (
    Credential,
    CredentialKind,
)

OWN: tuple[CredentialKind, ...] = ("password", "token")
SECRET: tuple[CredentialKind, ...] = ("registration_secret",)
EMAIL = ("email",)


@dataclass
class Found(files.Found):
    credentials: dict[str, Credential] = field(default_factory=dict)
    smtp_password: SecretStr | None = None


def look(fitted: Fitted[NetworkFile], folder: Path) -> Found:
    """Read the secrets and look at the files. Makes nothing."""
    looking = Look(fitted, folder, fitted.kind.environment(), "network")
    found = Found()
    _credentials(looking, found)
    found.smtp_password = looking.smtp_password(found, EMAIL)
    looking.signing_key(found, EMAIL)
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
