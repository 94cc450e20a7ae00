"""Every file and folder of an installation, as text."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bots.cli.installing import homeserver, proxy, settings
from bots.cli.installing.answers import Answers, Founding
from bots.cli.installing.deployment import Deployment
from bots.cli.installing.keys import (
    DKIM,
    FORM,
    MACAROON,
    POSTGRES,
    REGISTRATION,
    SIGNING,
    SMTP,
    Keys,
    of_account,
)
from bots.offices import codes

PRIVATE, PUBLIC = 0o600, 0o644
OF_OFFICE = ("ombuds/state", "ombuds/backups")
FOLDERS = (
    "network/state",
    "network/backups",
    *OF_OFFICE,
    "homeserver/media",
    "postgres/data",
    "proxy/data",
    "proxy/config",
)


@dataclass(frozen=True, slots=True)
class File:
    path: str
    """Within the installation's folder."""
    text: str = field(repr=False)
    mode: int = PRIVATE
    secret: bool = False
    """Never written anew: what is sealed or signed with it would be lost."""
    handed: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Whom something in it lets in, and the code that is handed over, which no file holds."""


def files(answers: Answers, keys: Keys, deployment: Deployment, folder: Path) -> tuple[File, ...]:
    """All but `dns.txt` and the answers themselves."""
    return (*_secrets(answers, keys), *_settings(answers, deployment, folder), *_public(answers))


def office_files(founding: Founding, password: str) -> tuple[File, ...]:
    """Of an ombuds office alone, but its answers."""
    return (
        File(of_account("ombuds"), f"{password}\n", secret=True),
        _codes(founding.staff),
        File("ombuds/ombuds.yaml", settings.founded_yaml(founding)),
    )


def _secrets(answers: Answers, keys: Keys) -> Iterator[File]:
    texts = {
        REGISTRATION: keys.registration,
        MACAROON: keys.macaroon,
        FORM: keys.form,
        SIGNING: keys.signing,
        POSTGRES: keys.postgres,
        "homeserver/secrets/pgpass": homeserver.pgpass(keys.postgres).strip(),
        DKIM: keys.dkim,
    }
    here = (user for user in keys.accounts if answers.staff or user != "ombuds")
    texts |= {of_account(user): keys.accounts[user] for user in here}
    if keys.smtp is not None:
        texts[SMTP] = keys.smtp
    for path, text in texts.items():
        yield File(path, f"{text}\n", secret=True)


def _settings(answers: Answers, deployment: Deployment, folder: Path) -> Iterator[File]:
    yield File("network/network.yaml", settings.network_yaml(answers, deployment))
    if answers.staff:
        yield _codes(answers.staff)
        yield File("ombuds/ombuds.yaml", settings.ombuds_yaml(answers, deployment))
    yield File("homeserver/homeserver.yaml", homeserver.homeserver_yaml(answers, deployment))
    yield File("homeserver/log.yaml", homeserver.log_yaml())
    yield File("proxy/Caddyfile", proxy.caddyfile(answers, deployment))
    if deployment.gated:
        yield File("gate/Caddyfile", proxy.gate())
    yield File(".env", _environment(answers, folder))


def _codes(staff: Iterable[str]) -> File:
    now = time.time()
    made = [(user, *codes.new(user, now, founder=True)) for user in staff]
    text = codes.written(given for _, _, given in made)
    handed = tuple((user, code) for user, code, _ in made)
    return File(f"ombuds/state/{codes.FILE}", text, secret=True, handed=handed)


def _environment(answers: Answers, folder: Path) -> str:
    profiles = "ombuds" if answers.staff else ""
    return (
        "# For docker-compose, by `buendnis init`.\n"
        "COMPOSE_PROJECT_NAME=buendnis\n"
        f"COMPOSE_PROFILES={profiles}\n"
        f"BUENDNIS_FOLDER={folder}\n"
    )


def _public(answers: Answers) -> Iterator[File]:
    """What anybody may read: the web serves it."""
    yield File("element/config.json", proxy.element_config(answers), PUBLIC)
    if answers.website_elsewhere:
        client = json.dumps(proxy.client_discovery(answers))
        server = json.dumps(proxy.server_discovery(answers))
        yield File("well-known/matrix/client", f"{client}\n", PUBLIC)
        yield File("well-known/matrix/server", f"{server}\n", PUBLIC)
