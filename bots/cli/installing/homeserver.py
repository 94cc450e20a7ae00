"""Synapse's configuration: closed registration, PostgreSQL, behind a proxy, federated.

Source: Synapse's configuration manual.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from bots.cli.installing.answers import Answers
from bots.cli.installing.deployment import HOMESERVER, Deployment

UPLOAD = "50M"

LOGGING: Mapping[str, Any] = {
    "version": 1,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "line",
                            "stream": "ext://sys.stdout"}},
    "root": {"level": "WARNING", "handlers": ["stdout"]},
    "disable_existing_loggers": False,
}  # fmt: skip


def _limit(per_second: float, burst: int) -> dict[str, float]:
    return {"per_second": per_second, "burst_count": burst}


_LIMITS: Mapping[str, Any] = {
    "rc_message": _limit(20, 500),
    "rc_room_creation": _limit(20, 1000),
    "rc_invites": {
        "per_room": _limit(20, 1000),
        "per_user": _limit(1, 200),
        "per_issuer": _limit(20, 1000),
    },
    "rc_joins": {"local": _limit(20, 500), "remote": _limit(1, 100)},
    "rc_joins_per_room": _limit(20, 500),
    "rc_login": {
        "address": _limit(1, 50),
        "account": _limit(0.1, 20),
        "failed_attempts": _limit(0.1, 10),
    },
    "rc_profile": _limit(20, 500),
}


def homeserver_yaml(answers: Answers, deployment: Deployment) -> str:
    folder = deployment.synapse_folder
    parts: list[tuple[str, Mapping[str, Any]]] = [
        (
            "The part after the colon of every Matrix id. It can never be changed.",
            {"server_name": answers.domain},
        ),
        (
            "How clients reach it, through the proxy.",
            {
                "public_baseurl": f"https://{answers.hosts.matrix}/",
                "listeners": [_listener(deployment)],
            },
        ),
        ("PostgreSQL; its password is in the passfile.", {"database": _database(deployment)}),
        (
            "Files.",
            {
                "media_store_path": f"{folder}/media",
                "log_config": f"{folder}/log.yaml",
                "pid_file": "/tmp/homeserver.pid",  # noqa: S108  (nobody reads it)
                "max_upload_size": UPLOAD,
            },
        ),
        (
            "Secrets. The signing key is the server's identity: keep a copy elsewhere.",
            {
                "signing_key_path": f"{folder}/secrets/signing.key",
                "registration_shared_secret_path": f"{folder}/secrets/registration-secret",
                "macaroon_secret_key_path": f"{folder}/secrets/macaroon-secret",
                "form_secret_path": f"{folder}/secrets/form-secret",
            },
        ),
        (
            "Only admins make accounts: see docs/install.md.",
            {"enable_registration": False, "allow_guest_access": False},
        ),
        (
            "What others may know of this server, and what it asks of others.",
            {
                "report_stats": False,
                "trusted_key_servers": [{"server_name": "matrix.org"}],
                "suppress_key_server_warning": True,
                "url_preview_enabled": False,
                "presence": {"enabled": False},
                "forget_rooms_on_leave": True,
                # Without a rule `visibility: public` is silently not published.
                "room_list_publication_rules": [{"action": "allow"}],
            },
        ),
        (
            "Higher than Synapse's own: the network's bots make rooms and invite people in one go, "
            "and nobody has an account here whom nobody knows.",
            _LIMITS,
        ),
    ]
    head = "# Synapse's configuration, by `buendnis init`. It is yours now: change what you like.\n"
    return head + "".join(f"\n{_comment(text)}\n{_dumped(values)}" for text, values in parts)


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in textwrap.wrap(text, 98))


def _listener(deployment: Deployment) -> dict[str, Any]:
    return {
        "port": HOMESERVER,
        "type": "http",
        "tls": False,
        "bind_addresses": [deployment.synapse_binds],
        "x_forwarded": True,
        "resources": [{"names": ["client", "federation"], "compress": False}],
    }


def _database(deployment: Deployment) -> dict[str, Any]:
    return {
        "name": "psycopg2",
        "args": {
            "host": deployment.postgres,
            "port": 5432,
            "user": "synapse",
            "dbname": "synapse",
            "passfile": f"{deployment.synapse_folder}/secrets/pgpass",
            "cp_min": 5,
            "cp_max": 10,
        },
    }


def log_yaml() -> str:
    return _dumped(LOGGING)


def _dumped(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True)


def pgpass(password: str) -> str:
    return f"*:*:synapse:synapse:{password}\n"
