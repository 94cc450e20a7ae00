"""From settings to what `buendnis doctor` is to check, in plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from bots.cli.checkup.alarming import Alarming
from bots.cli.checkup.post import Sending
from bots.cli.checkup.subject import Subject, is_there
from bots.offices.mailing import keys, server
from bots.offices.network import account
from bots.offices.ombuds import ombuds_account
from bots.offices.reading import check, load_network
from bots.offices.registry import BOTS, Bots
from bots.runtime.office.serving import KEY_FILE, Account
from bridges.email.dkim import KeyRefused
from config.loading import Checked, load
from config.network.settings import NetworkConfig, NetworkFile
from config.ombuds.settings import OmbudsConfig, OmbudsFile
from config.values.credentials import Environment, OmbudsEnvironment
from config.values.faults import ConfigFaults, Fault


@dataclass(frozen=True, slots=True)
class Described:
    """What a file of settings describes."""

    subjects: tuple[Subject, ...]
    """One for each account; what lies in files is the same in all of them."""
    notices: tuple[Fault, ...]
    """What may not be meant in the file."""
    network: NetworkConfig | None = None
    """Of a network whose secrets this environment knows."""
    sending: Sending | None = None
    chat: str | None = None
    """Where the chat in the browser is, and with it the rest that `init` sets up."""
    pages: str | None = None
    """Where readers find the web pages."""
    alarms: Alarming | None = None
    """Of an ombuds office: who is told of alarms."""


def described(file: Path, bots: Bots = BOTS) -> Described:
    """What the file describes. Raises ConfigFaults.

    An environment that names no secret to log in with is no fault here: it may not be the one in
    which the office runs.
    """
    checked = check(file, bots)
    if isinstance(checked.file, NetworkFile):
        return _network(file, checked.file, checked.notices, bots)
    assert isinstance(checked.file, OmbudsFile)  # noqa: S101  (there is no third kind)
    subject, alarms = _ombuds(file, checked.file), _alarming(file, checked)
    return Described((subject,), checked.notices, alarms=alarms)


# -- an ombuds office ------------------------------------------------------------------------------


def _ombuds(path: Path, file: OmbudsFile) -> Subject:
    try:
        config = load(path)
    except ConfigFaults:
        return _ombuds_without_secrets(path, file)
    return Subject(
        path,
        ombuds_account(config),
        config.office.state,
        config.seal_key_path,
        config.opened_by,
        _present(*_named(config), config.seal_key_path),
        staff=config.staff,
        held=config.held,
    )


def _ombuds_without_secrets(path: Path, file: OmbudsFile) -> Subject:
    ca_file = file.homeserver.ca_file
    key_path = file.office.seal_key_file or file.office.state / KEY_FILE
    account = Account(
        str(file.homeserver.url), file.account.user, ca_file=str(ca_file) if ca_file else None
    )
    files = _present(key_path)
    state, staff, held = file.office.state, file.staff, file.held
    return Subject(path, account, state, key_path, file.opened_by, files, staff=staff, held=held)


def _named(config: OmbudsConfig) -> Iterator[Path]:
    """The files that hold the secret to log in with, as the YAML and the environment name them."""
    kind = config.credential.kind
    in_file = getattr(config.account, f"{kind}_file")
    if in_file is not None:
        yield in_file
    yield from _by_environment(OmbudsEnvironment(), [kind])


def _alarming(path: Path, checked: Checked) -> Alarming:
    """Without the password where this environment knows none."""
    section, at = getattr(checked.file, "alarms", None), str(path)
    line = checked.line(("alarms",))
    if section is None:
        return Alarming(at, line)
    try:
        password = load(path).smtp_password
    except ConfigFaults:
        password = None
    boxes = enumerate(section.to)
    return Alarming(
        at,
        line,
        server(section, password),
        checked.line(("alarms", "smtp")),
        parseaddr(section.bounces or section.sender)[1],
        tuple((checked.line(("alarms", "to", x)), parseaddr(box)[1]) for x, box in boxes),
    )


# -- a network -------------------------------------------------------------------------------------


def _network(path: Path, file: NetworkFile, notices: tuple[Fault, ...], bots: Bots) -> Described:
    pages = None if file.web is None else str(file.web.public_url)
    chat = None if file.network.chat_url is None else str(file.network.chat_url)
    try:
        config = load_network(path, bots)
    except ConfigFaults:
        subjects = tuple(_network_without_secrets(path, file, role) for role in file.roles())
        return Described(subjects, notices, chat=chat, pages=pages)
    files = _present(*_network_files(config), config.seal_key_path)
    subjects = tuple(
        Subject(
            path,
            account(config, role),
            config.network.state,
            config.seal_key_path,
            config.opened_by,
            files,
            f"accounts.{role}",
        )
        for role in config.roles()
    )
    return Described(subjects, notices, config, _sending(config), chat, pages)


def _network_without_secrets(path: Path, file: NetworkFile, role: str) -> Subject:
    ca_file = file.homeserver.ca_file
    key_path = file.network.seal_key_file or file.network.state / KEY_FILE
    account = Account(
        str(file.homeserver.url), file.user(role), ca_file=str(ca_file) if ca_file else None
    )
    files = _present(key_path)
    return Subject(
        path,
        account,
        file.network.state,
        key_path,
        file.opened_by,
        files,
        f"accounts.{role}",
    )


def _network_files(config: NetworkConfig) -> Iterator[Path | None]:
    accounts = config.accounts
    yield accounts.registration_secret_file
    for entry in accounts.all.values():
        yield from (entry.password_file, entry.token_file)
    if config.email is not None:
        yield config.email.smtp.password_file
        yield None if config.email.dkim is None else config.email.dkim.key_file
    own = [f"{role}_{kind}" for role in config.roles() for kind in ("password", "token")]
    yield from _by_environment(config.environment(), ["registration_secret", "smtp_password", *own])


def _sending(config: NetworkConfig) -> Sending | None:
    email = config.email
    if email is None:
        return None
    try:
        signing = keys(email, config.path)
    except KeyRefused:
        signing = ()  # the settings' own check has looked at it
    return Sending(server(email, config.smtp_password), email.domain, next(iter(signing), None))


# -- files -----------------------------------------------------------------------------------------


def _by_environment(environment: Environment, kinds: Iterable[str]) -> Iterator[Path]:
    given = environment.given(*kinds)
    yield from (environment.path(name) for name in given if name.endswith("_file"))


def _present(*paths: Path | None) -> tuple[Path, ...]:
    there = (path for path in paths if path is not None and is_there(path))
    return tuple(dict.fromkeys(there))
