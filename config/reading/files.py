"""What any file of settings points to: secrets, certificates, the folder of the store."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

from config.reading.fitting import Fitted
from config.reading.places import at, text_at
from config.values.credentials import (
    Credential,
    CredentialKind,
    Environment,
    NoSuchFile,
    SecretFault,
    check_seal_key,
    read_private_file,
    read_secret,
)
from config.values.faults import Fault, Loc, escaped, spell
from config.values.fields import located

SEAL_KEY_NAME = "seal.key"
SHORTEST_RSA = 1024


@dataclass
class Found:
    """What was found, and what was wrong with it."""

    seal_key_path: Path | None = None
    faults: list[Fault] = field(default_factory=list)
    unnamed: list[Fault] = field(default_factory=list)
    """Accounts for which neither the file nor the environment names a secret to log in with."""


class Look:
    """Reads secrets and looks at files. Makes nothing.

    `head` is the section that says where the store lies.
    """

    def __init__(
        self, fitted: Fitted[Any], folder: Path, environment: Environment, head: str
    ) -> None:
        self.fitted = fitted
        self.folder = folder
        self.environment = environment
        self.head = head

    def surroundings(self, found: Found) -> None:
        """What every office has: a sealing key, certificates, a folder."""
        self._seal_key(found)
        self._certificates(found)
        self._state(found)

    # -- secrets -------------------------------------------------------------------------------

    def secret(
        self, found: Found, loc: Loc, kinds: Sequence[CredentialKind], variables: Sequence[str]
    ) -> Credential | None:
        """The one secret of the section at `loc`, from the environment or a file; None if none is
        named, or it can't be used. `variables` are the environment's names of the kinds."""
        named = list(self.named(found, loc, kinds))
        given = self.environment.given(*variables)
        if len(given) > 1:
            names = ", ".join(map(self.environment.variable, given))
            self.fault(found, loc, f"the environment sets {names}; set exactly one of them")
        elif given:
            kind = kinds[variables.index(given[0].removesuffix("_file"))]
            return self._from_environment(found, loc, kind, given[0])
        elif named:
            return self._from_file(found, loc, named[0])
        return None

    def is_named(self, loc: Loc, kinds: Sequence[str], variables: Sequence[str]) -> bool:
        """Whether the file or the environment names a secret of these kinds."""
        written = any(at(self.fitted.data, (*loc, f"{kind}_file")) is not None for kind in kinds)
        return written or bool(self.environment.given(*variables))

    def named(
        self, found: Found, loc: Loc, kinds: Sequence[CredentialKind]
    ) -> Iterator[CredentialKind]:
        """Which of these the file names, by line; more than one is a fault."""
        locs = {kind: (*loc, f"{kind}_file") for kind in kinds}
        named = [kind for kind in kinds if at(self.fitted.data, locs[kind]) is not None]
        named.sort(key=lambda kind: self.fitted.line(locs[kind]))
        for kind in named[1:]:
            first = f"{named[0]}_file (line {self.fitted.line(locs[named[0]])})"
            self.fault(found, locs[kind], f"is beside {first}; keep exactly one of them")
        yield from named

    def _from_environment(
        self, found: Found, loc: Loc, kind: CredentialKind, name: str
    ) -> Credential | None:
        try:
            return Credential(kind, self.environment.secret(name))
        except SecretFault as error:
            self.fault(found, loc, f"{self.environment.variable(name)}: {error}")
            return None

    def _from_file(self, found: Found, loc: Loc, kind: CredentialKind) -> Credential | None:
        place = (*loc, f"{kind}_file")
        path = self.path(place)
        try:
            return Credential(kind, read_secret(path, self.folder)) if path else None
        except SecretFault as error:
            self.fault(found, place, str(error))
            return None

    def _seal_key(self, found: Found) -> None:
        """A key that is not there yet is no fault: the office makes it. Nor is one that is not
        asked for."""
        loc: Loc = (self.head, "seal_key_file")
        variable = self.environment.seal_key_file
        try:
            found.seal_key_path = path = self._seal_key_path(variable)
            opened_by = text_at(self.fitted.data, self.head, "opened_by") or "file"
            if path is not None and opened_by == "file":
                with suppress(NoSuchFile):
                    check_seal_key(read_secret(path, self.folder))
        except SecretFault as error:
            told = f"the sealing key {error}"
            if variable is not None:
                loc, told = (self.head,), f"{self.environment.variable('seal_key_file')}: {error}"
            self.fault(found, loc, told)

    def _seal_key_path(self, variable: str | None) -> Path | None:
        """Raises SecretFault."""
        if variable is not None:
            return self.environment.path("seal_key_file")
        state = self.path((self.head, "state"))
        default = state / SEAL_KEY_NAME if state else None
        return self.path((self.head, "seal_key_file")) or default

    # -- mail ----------------------------------------------------------------------------------

    def smtp_password(self, found: Found, mails: Loc) -> SecretStr | None:
        """Of the mail server that the section of mails at `mails` names."""
        secret = self.secret(found, (*mails, "smtp"), ("password",), ("smtp_password",))
        return secret.value if secret else None

    def signing_key(self, found: Found, mails: Loc) -> None:
        """Whether mails can be signed with what that section names."""
        loc = (*mails, "dkim", "key_file")
        path = self.path(loc)
        if path is None:
            return
        try:
            key = load_pem_private_key(read_private_file(path, self.folder), None)
        except SecretFault as error:
            self.fault(found, loc, str(error))
            return
        except (ValueError, TypeError):
            text = (
                "holds no private key in PEM format without a password; make one with "
                "`openssl genrsa -out FILE 2048`"
            )
            self.fault(found, loc, text)
            return
        if not _signs(key):
            text = f"must be an RSA key of at least {SHORTEST_RSA} bits, or Ed25519; make another"
            self.fault(found, loc, text)

    # -- files ---------------------------------------------------------------------------------

    def _certificates(self, found: Found) -> None:
        loc = ("homeserver", "ca_file")
        path = self.path(loc)
        if path is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except FileNotFoundError:
            start = escaped(str(self.folder))
            self.fault(found, loc, f"there is no such file (relative paths start at {start})")
        except OSError:
            text = "holds no certificates that can be read; name a file in PEM format"
            self.fault(found, loc, text)

    def _state(self, found: Found) -> None:
        loc = (self.head, "state")
        path = self.path(loc)
        try:
            if path is not None and not stat.S_ISDIR(path.stat().st_mode):
                self.fault(found, loc, "is a file; name a folder")
        except FileNotFoundError:
            return
        except OSError:
            text = "can't be reached by this user; name a folder that the office may write to"
            self.fault(found, loc, text)

    # -- places --------------------------------------------------------------------------------

    def path(self, loc: Loc) -> Path | None:
        """The path at a place; None if there is none, or none that can be one."""
        try:
            return located(text_at(self.fitted.data, *loc), self.folder)
        except ValueError:
            return None

    def fault(self, found: Found, loc: Loc, text: str) -> None:
        found.faults.append(self.told(loc, text))

    def told(self, loc: Loc, text: str) -> Fault:
        return Fault(self.fitted.line(loc), spell(loc), text)


def _signs(key: object) -> bool:
    if isinstance(key, RSAPrivateKey):
        return key.key_size >= SHORTEST_RSA
    return isinstance(key, Ed25519PrivateKey)
