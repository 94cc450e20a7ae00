"""Secrets: from files that only their owner can read, or from the environment. Never printed."""

from __future__ import annotations

import re
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.values.faults import escaped
from config.values.fields import located

CredentialKind = Literal["password", "token", "registration_secret"]
KINDS: tuple[CredentialKind, ...] = get_args(CredentialKind)
MAX_SECRET_BYTES = 10_000
OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Credential:
    """What an account logs in with."""

    kind: CredentialKind
    value: SecretStr


class SecretFault(Exception):
    """A secret that can't be used; the text says why and what to do, without the secret."""


class NoSuchFile(SecretFault):
    """The file that should hold the secret does not exist."""


class Environment(BaseSettings):
    """The secrets of an office that the environment gives, or names files for.

    Each is a field `NAME` and a field `NAME_file`. Paths are relative to the working directory.
    """

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    seal_key_file: str | None = None
    """The only way in which an environment tells of the sealing key: it holds none itself."""

    @classmethod
    def prefix(cls) -> str:
        """How its variables begin."""
        return cls.model_config["env_prefix"]

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a field: `password` → `BUENDNIS_OMBUDS_PASSWORD`."""
        return cls.prefix() + name.upper()

    def given(self, *kinds: str) -> list[str]:
        """Which of these secrets the environment gives, itself or as a file: names of fields."""
        fields = [name for kind in kinds for name in (kind, f"{kind}_file")]
        return [name for name in fields if getattr(self, name) is not None]

    def secret(self, name: str) -> SecretStr:
        """The secret that the field `name`, one of `given`, holds or points to. SecretFault."""
        value = getattr(self, name)
        if isinstance(value, SecretStr):
            return _text_only(value)
        return read_secret(self.path(name), Path.cwd())

    def path(self, name: str) -> Path:
        """The absolute path that the field `name` holds. Raises SecretFault."""
        try:
            return located(getattr(self, name), Path.cwd())
        except ValueError as error:
            raise SecretFault(str(error)) from None


class OmbudsEnvironment(Environment):
    """The secrets of the ombuds office."""

    model_config = SettingsConfigDict(env_prefix="BUENDNIS_OMBUDS_")

    password: SecretStr | None = None
    password_file: str | None = None
    token: SecretStr | None = None
    token_file: str | None = None
    registration_secret: SecretStr | None = None
    registration_secret_file: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: str | None = None


class NetworkEnvironment(Environment):
    """The secrets of a network; `config.network.bots` adds those of its bots' accounts."""

    model_config = SettingsConfigDict(env_prefix="BUENDNIS_NETWORK_")

    registration_secret: SecretStr | None = None
    registration_secret_file: str | None = None
    creator_password: SecretStr | None = None
    creator_password_file: str | None = None
    creator_token: SecretStr | None = None
    creator_token_file: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: str | None = None


def _text_only(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise SecretFault("holds something else than text; set it anew") from None
    return secret


def read_secret(path: Path, base: Path) -> SecretStr:
    """The one line that a file holds. Raises SecretFault, NoSuchFile among it.

    `base` is where relative paths start, to be told. A path that leads nowhere is not repeated:
    it may be a secret, written in the wrong place.
    """
    return SecretStr(_only_line(read_private_file(path, base)))


def read_private_file(path: Path, base: Path) -> bytes:
    """What a file holds that only its owner can read, cut when long. See `read_secret`."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise SecretFault("is not a file; name a file that holds the secret")
        with path.open("rb") as file:
            raw = file.read(MAX_SECRET_BYTES + 1)
    except FileNotFoundError:
        raise NoSuchFile(
            f"there is no such file (relative paths start at {escaped(str(base))}); make it, with "
            "the secret as its only line, and run `chmod 600` on it"
        ) from None
    except (OSError, ValueError):
        raise SecretFault(
            "can't be read; it must be a file that belongs to the user who runs the office"
        ) from None
    if mode & OTHERS:
        raise SecretFault(
            f"can be read by others on this machine; run `chmod 600 {shlex.quote(str(path))}`"
        )
    return raw


def _only_line(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretFault("holds something else than text; write the secret into it") from None
    if not text.strip():
        raise SecretFault("is empty; write the secret into it")
    if "\n" in text or "\r" in text or len(raw) > MAX_SECRET_BYTES:
        raise SecretFault("holds more than one line; write nothing but the secret into it")
    return text


def check_seal_key(key: SecretStr) -> None:
    """Raises SecretFault unless this is 64 hex digits."""
    if not re.fullmatch(r"[0-9A-Fa-f]{64}", key.get_secret_value().strip()):
        raise SecretFault(
            "is not a sealing key, which has 64 hex digits; put the right one back, for without "
            "it the office's store can't be read"
        )
