"""What opens an office, from its settings."""

from __future__ import annotations

import os
from pathlib import Path

from bots.runtime.store.holding import stored
from bots.runtime.store.keys import SHORTEST, FileKey, Key, Passphrase, load_key, parse_key
from config.network.settings import NetworkConfig
from config.ombuds.settings import OmbudsConfig

CREDENTIAL, PASSPHRASE = "seal.key", "seal.passphrase"
"""What a unit of systemd calls them: `LoadCredentialEncrypted=seal.key:…`."""


class PassphraseWanted(ValueError):
    """Somebody has to write it."""


def key_of(config: OmbudsConfig | NetworkConfig) -> Key:
    """The key that the settings name; a key file is made if it is missing. Raises ValueError,
    PassphraseWanted among it, and OSError."""
    match config.opened_by:
        case "passphrase":
            return Passphrase(passphrase(config))
        case "credential":
            return FileKey(_credential(), "credential")
        case _:
            return FileKey(_from_file(config))


def passphrase(config: OmbudsConfig | NetworkConfig) -> str:
    """As it was typed, or as systemd hands it over. Raises PassphraseWanted."""
    if config.passphrase is not None:
        return config.passphrase.get_secret_value()
    path = _handed_over(PASSPHRASE)
    if path is not None and path.exists():
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    raise PassphraseWanted(
        "The office is opened by a passphrase, and nobody has written it. Run the command in a "
        "terminal, or write it into the command's input."
    )


def lacks_passphrase(config: OmbudsConfig | NetworkConfig) -> bool:
    """Whether somebody has to write it."""
    try:
        return config.opened_by == "passphrase" and not passphrase(config)
    except PassphraseWanted:
        return True


def refusal(config: OmbudsConfig | NetworkConfig, text: str) -> str | None:
    """Why this passphrase does not open the office; None if it does. Of a new office, why it will
    not do. Raises StoreError, OSError."""
    keyring = stored(config.state)
    if keyring is None:
        return too_weak(text)
    if text.strip() and keyring.fits(Passphrase(text)):
        return None
    return "This passphrase does not open the office. Write it again."


def too_weak(text: str) -> str | None:
    """What is wrong with a new passphrase: whoever has the disk can guess for years."""
    if len(set(text)) >= SHORTEST // 2 and len(text.strip()) >= SHORTEST:
        return None
    return (
        f"A passphrase has at least {SHORTEST} characters. Take five words or more that have "
        "nothing to do with each other."
    )


def _from_file(config: OmbudsConfig | NetworkConfig) -> bytes:
    config.seal_key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return load_key(config.seal_key_path)


def _credential() -> bytes:
    path = _handed_over(CREDENTIAL)
    if path is None or not path.exists():
        raise ValueError(
            f"The office is opened by a credential of systemd, and there is none that is called "
            f"{CREDENTIAL}. Give it in the unit (LoadCredentialEncrypted={CREDENTIAL}), and run "
            "commands that need it by systemd-run with the same line."
        )
    return parse_key(path.read_text(encoding="ascii", errors="replace"), str(path))


def _handed_over(name: str) -> Path | None:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return None if folder is None else Path(folder) / name
