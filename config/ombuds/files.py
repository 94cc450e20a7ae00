"""What `ombuds.yaml` points to: see `config.reading.files`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from config.ombuds.settings import OmbudsFile
from config.reading import files
from config.reading.fitting import Fitted
from config.values.credentials import KINDS, Credential, OmbudsEnvironment
from config.values.faults import Loc

ACCOUNT = ("account",)
ALARMS: Loc = ("alarms",)


@dataclass
class Found(files.Found):
    credential: Credential | None = None
    smtp_password: SecretStr | None = None


def look(fitted: Fitted[OmbudsFile], folder: Path) -> Found:
    """Read the secrets and look at the files. Makes nothing."""
    environment = OmbudsEnvironment()
    looking = files.Look(fitted, folder, environment, "office")
    found = Found()
    found.credential = looking.secret(found, ACCOUNT, KINDS, KINDS)
    if not looking.is_named(ACCOUNT, KINDS, KINDS) and "account" not in fitted.unread:
        names = ", ".join(map(environment.variable, KINDS))
        text = (
            "names nothing to log in with; write one of password_file, token_file and "
            f"registration_secret_file, or set one of {names} where the office runs"
        )
        found.unnamed.append(looking.told(ACCOUNT, text))
    found.smtp_password = looking.smtp_password(found, ALARMS)
    looking.signing_key(found, ALARMS)
    looking.surroundings(found)
    return found
