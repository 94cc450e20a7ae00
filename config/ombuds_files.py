"""What `ombuds.yaml` points to: the secrets, the certificates, the folder of the store."""

from __future__ import annotations

import ssl
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from config.credentials import (
    KINDS,
    Credential,
    CredentialKind,
    Environment,
    NoSuchFile,
    SecretFault,
    check_seal_key,
    read_secret,
    variable,
)
from config.faults import Fault, Loc, spell
from config.fields import located
from config.fitting import Fitted
from config.ombuds import OmbudsFile
from config.ombuds_checks import at, text_at

SEAL_KEY_NAME = "seal.key"


@dataclass
class Found:
    """What was found, and what was wrong with it."""

    credential: Credential | None = None
    seal_key: SecretStr | None = None
    seal_key_path: Path | None = None
    faults: list[Fault] = field(default_factory=list)
    nothing_named: Fault | None = None
    """Set when neither the file nor the environment names a secret to log in with."""


def look(fitted: Fitted[OmbudsFile], folder: Path, environment: Environment) -> Found:
    """Read the secrets and look at the files. Makes nothing."""
    return _Look(fitted, folder, environment).all()


class _Look:
    def __init__(self, fitted: Fitted[OmbudsFile], folder: Path, environment: Environment) -> None:
        self.fitted = fitted
        self.folder = folder
        self.environment = environment
        self.found = Found()

    def all(self) -> Found:
        self._credential()
        self._seal_key()
        self._certificates()
        self._state()
        return self.found

    def _credential(self) -> None:
        named = list(self._named_in_file())
        given = self.environment.given(*KINDS)
        if len(given) > 1:
            names = " and ".join(map(variable, given))
            self._fault(("account",), f"the environment sets {names}; set exactly one of them")
        elif given:
            self._from_environment(given[0])
        elif named:
            self._from_file(named[0])
        elif "account" not in self.fitted.unread:
            names = ", ".join(map(variable, KINDS))
            text = (
                "names nothing to log in with; write one of password_file, token_file and "
                f"registration_secret_file, or set one of {names} where the office runs"
            )
            self.found.nothing_named = self._told(("account",), text)

    def _named_in_file(self) -> Iterator[CredentialKind]:
        """Which of the three the file names, by line; more than one is a fault."""
        locs = {kind: ("account", f"{kind}_file") for kind in KINDS}
        named = [kind for kind in KINDS if at(self.fitted.data, locs[kind]) is not None]
        named.sort(key=lambda kind: self.fitted.line(locs[kind]))
        for kind in named[1:]:
            first = f"{named[0]}_file (line {self.fitted.line(locs[named[0]])})"
            self._fault(locs[kind], f"stands beside {first}; keep exactly one of them")
        yield from named

    def _from_environment(self, name: str) -> None:
        kind = cast(CredentialKind, name.removesuffix("_file"))
        try:
            self.found.credential = Credential(kind, self.environment.secret(name))
        except SecretFault as error:
            self._fault(("account",), f"{variable(name)}: {error}")

    def _from_file(self, kind: CredentialKind) -> None:
        loc = ("account", f"{kind}_file")
        path = self._path(loc)
        try:
            if path is not None:
                self.found.credential = Credential(kind, read_secret(path, self.folder))
        except SecretFault as error:
            self._fault(loc, str(error))

    def _seal_key(self) -> None:
        given = self.environment.given("seal_key")
        if len(given) > 1:
            names = " and ".join(map(variable, given))
            self._fault(("office",), f"the environment sets {names}; set only one of them")
            return
        try:
            self._check_seal_key(given)
        except SecretFault as error:
            told = f"{variable(given[0])}: {error}" if given else f"the sealing key {error}"
            self._fault(("office",) if given else ("office", "seal_key_file"), told)

    def _check_seal_key(self, given: list[str]) -> None:
        """A key that is not there yet is no fault: the office makes it. Raises SecretFault."""
        self.found.seal_key_path = path = self._seal_key_path(given)
        if given == ["seal_key"]:
            self.found.seal_key = self.environment.secret("seal_key")
            check_seal_key(self.found.seal_key)
        elif path is not None:
            with suppress(NoSuchFile):
                check_seal_key(read_secret(path, self.folder))

    def _seal_key_path(self, given: list[str]) -> Path | None:
        if given == ["seal_key_file"]:
            return self.environment.path("seal_key_file")
        state = self._path(("office", "state"))
        default = state / SEAL_KEY_NAME if state else None
        return self._path(("office", "seal_key_file")) or default

    def _certificates(self) -> None:
        loc = ("homeserver", "ca_file")
        path = self._path(loc)
        if path is None:
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except FileNotFoundError:
            self._fault(loc, f"there is no such file (relative paths start at {self.folder})")
        except OSError:
            self._fault(loc, "holds no certificates that can be read; name a file in PEM format")

    def _state(self) -> None:
        path = self._path(("office", "state"))
        try:
            if path is not None and not stat.S_ISDIR(path.stat().st_mode):
                self._fault(("office", "state"), "is a file; name a folder")
        except FileNotFoundError:
            return
        except OSError:
            text = "can't be reached by this user; name a folder that the office may write to"
            self._fault(("office", "state"), text)

    def _path(self, loc: Loc) -> Path | None:
        """The path that stands at a place; None if none does, or none that can be one."""
        try:
            return located(text_at(self.fitted.data, *loc), self.folder)
        except ValueError:
            return None

    def _fault(self, loc: Loc, text: str) -> None:
        self.found.faults.append(self._told(loc, text))

    def _told(self, loc: Loc, text: str) -> Fault:
        return Fault(self.fitted.line(loc), spell(loc), text)
