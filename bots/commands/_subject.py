"""From settings to what `buendnis doctor` is to check, in plain values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bots.checkup.subject import Subject
from bots.offices.ombuds import ombuds_account
from bots.runtime.sealing import parse_key
from bots.runtime.serving import KEY_FILE, Account
from config.credentials import OmbudsEnvironment
from config.faults import ConfigFaults, Fault
from config.loading import check, load
from config.ombuds import OmbudsConfig, OmbudsFile


def described(file: Path) -> tuple[Subject, tuple[Fault, ...]]:
    """What the file describes, and what may not be meant in it. Raises ConfigFaults.

    An environment that names no secret to log in with is no fault here: it may not be the one in
    which the office runs.
    """
    checked = check(file)
    try:
        config = load(file)
    except ConfigFaults:
        if not isinstance(checked.file, OmbudsFile):
            raise
        return _without_secrets(file, checked.file), checked.notices
    return _with_secrets(file, config), checked.notices


def _without_secrets(path: Path, file: OmbudsFile) -> Subject:
    ca_file = file.homeserver.ca_file
    key_path = file.office.seal_key_file or file.office.state / KEY_FILE
    account = Account(
        str(file.homeserver.url), file.account.user, ca_file=str(ca_file) if ca_file else None
    )
    return Subject(path, account, file.office.state, key_path, None, _present(key_path))


def _with_secrets(path: Path, config: OmbudsConfig) -> Subject:
    given = config.seal_key
    key = None if given is None else parse_key(given.get_secret_value(), "the environment")
    files = _present(*_named(config), None if key else config.seal_key_path)
    account = ombuds_account(config)
    return Subject(path, account, config.office.state, config.seal_key_path, key, files)


def _named(config: OmbudsConfig) -> Iterator[Path]:
    """The files that hold the secret to log in with, as the YAML and the environment name them."""
    environment, kind = OmbudsEnvironment(), config.credential.kind
    in_file = getattr(config.account, f"{kind}_file")
    if in_file is not None:
        yield in_file
    yield from (environment.path(n) for n in environment.given(kind) if n.endswith("_file"))


def _present(*paths: Path | None) -> tuple[Path, ...]:
    return tuple(path for path in paths if path is not None and path.exists())
