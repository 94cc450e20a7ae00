"""The configuration of an embedded Synapse, as a dictionary. JSON is YAML enough for Synapse.

Source: Synapse's configuration manual, "Homeserver sample config" and "Rate limiting".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INSTANCE_KEY = "org.buendnis.instance"
"""Where `/.well-known/matrix/client` says which Synapse it is that answers."""

_FREE = {"per_second": 100_000, "burst_count": 100_000}

_RATE_LIMITS: dict[str, Any] = {
    "rc_message": _FREE,
    "rc_registration": _FREE,
    "rc_registration_token_validity": _FREE,
    "rc_login": {"address": _FREE, "account": _FREE, "failed_attempts": _FREE},
    "rc_admin_redaction": _FREE,
    "rc_joins": {"local": _FREE, "remote": _FREE},
    "rc_joins_per_room": _FREE,
    "rc_key_requests": _FREE,
    "rc_3pid_validation": _FREE,
    "rc_invites": {"per_room": _FREE, "per_user": _FREE, "per_issuer": _FREE},
    "rc_third_party_invite": _FREE,
    "rc_media_create": _FREE,
    "rc_presence": {"per_user": _FREE},
    "rc_delayed_event_mgmt": _FREE,
    "rc_room_creation": _FREE,
    "rc_reports": _FREE,
    "rc_user_directory": _FREE,
    "rc_profile": _FREE,
    "rc_federation": {"sleep_limit": 100_000, "reject_limit": 100_000, "concurrent": 100},
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "disable_existing_loggers": False,
}


@dataclass(frozen=True)
class Secrets:
    """What must stay the same for as long as the directory lives."""

    registration: str
    macaroon: str
    form: str


def homeserver(
    directory: Path, *, server_name: str, port: int, secrets: Secrets, instance: str
) -> dict[str, Any]:
    """A homeserver for one machine: on loopback, on SQLite, unfederated, without rate limits."""
    return {
        "server_name": server_name,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "extra_well_known_client_content": {INSTANCE_KEY: instance},
        "listeners": [_listener(port)],
        "federation_domain_whitelist": [],
        **_files(directory),
        "registration_shared_secret": secrets.registration,
        "macaroon_secret_key": secrets.macaroon,
        "form_secret": secrets.form,
        "enable_registration": True,
        "registration_requires_token": True,
        "bcrypt_rounds": 4,
        "report_stats": False,
        "presence": {"enabled": False},
        "url_preview_enabled": False,
        "trusted_key_servers": [],
        # Without a rule `visibility: public` is silently not published.
        "room_list_publication_rules": [{"action": "allow"}],
        **_RATE_LIMITS,
    }


def _listener(port: int) -> dict[str, Any]:
    return {
        "port": port,
        "type": "http",
        "tls": False,
        "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": ["client"], "compress": False}],
    }


def _files(directory: Path) -> dict[str, Any]:
    return {
        "pid_file": str(directory / "homeserver.pid"),
        "signing_key_path": str(directory / "signing.key"),
        "media_store_path": str(directory / "media"),
        "log_config": str(directory / "logging.yaml"),
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
    }


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `over` laid on top; mappings are merged, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        known = result.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        result[key] = merged(known, value) if both else value  # type: ignore[arg-type]
    return result
