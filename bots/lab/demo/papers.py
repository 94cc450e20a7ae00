"""What the demo's admins write: network.yaml and ombuds.yaml."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.lab.people.client import Json
from bots.lab.synapse.embedded import EmbeddedSynapse
from bots.offices import codes
from bots.offices.registry import unwritten_accounts
from bridges.email.dkim import Key

OMBUDS = "ombuds"
USERS = {role: account.user for role, account in unwritten_accounts().items()}
ONBOARDING, EXCHANGE, ANNOUNCEMENTS = (
    USERS[role] for role in ("onboarding", "exchange", "announcements")
)
LANGUAGES = ["de", "en", "ar", "fa", "uk", "ru", "fr", "tr", "ti", "de-simple"]
SELECTOR, DOMAIN = "demo", "buendnis.example"
SENDER = f"rundbrief@{DOMAIN}"
UNDO = 3
"""Seconds to take an answer back, in the demo."""
NEWS_UNDO = 2
"""Seconds to take a release back."""
INITIATIVE, NAME = "willkommen-nord", "Willkommen in Nord"
RULES = {
    "de": "Wir hören einander zu. Was jemand im Vertrauen sagt, bleibt unter uns.",
    "en": "We listen to each other. What is said in confidence stays among us.",
    "ar": "نصغي بعضنا إلى بعض. وما يقال بثقة يبقى بيننا.",
}
TEMPLATE: Json = {
    "id": "initiative",
    "rooms": [
        {"id": "treffpunkt", "name": "{name}: Treffpunkt", "flags": True},
        {"id": "offen", "name": "{name}: Offene Runde", "encrypted": False, "share": True},
    ],
}


def private(path: Path, content: bytes) -> str:
    """Write a secret; how the settings beside it name it."""
    path.touch(mode=0o600)
    path.write_bytes(content)
    return f"./{path.name}"


def write(path: Path, settings: Json) -> None:
    path.write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False))


def ombuds(synapse: EmbeddedSynapse, staff: tuple[str, ...], secret: str) -> Json:
    server = synapse.server_name
    return {
        "office": {
            "name": "Ombudsstelle im Bündnis",
            "languages": LANGUAGES,
            "timezone": "Europe/Berlin",
            "state": "./state-ombuds",
        },
        "homeserver": {"url": synapse.url, "server_name": server},
        "account": {
            "user": f"@{OMBUDS}:{server}",
            "registration_secret_file": secret,
            "display_name": "Ombudsstelle",
        },
        "staff": [f"@{name}:{server}" for name in staff],
        "answers": {"undo": f"{UNDO}s"},
        "bots": [f"@{name}:{server}" for name in USERS.values()],
        "helplines": [{"name": "Polizei", "number": "110"}, {"name": "Notruf", "number": "112"}],
    }


def hand_out(state: Path, staff: list[str]) -> dict[str, str]:
    """The codes of the founders of the ombuds office, which `init` prints."""
    now = time.time()
    made = {user: codes.new(user, now, founder=True) for user in staff}
    state.mkdir(mode=0o700)
    (state / codes.FILE).write_text(codes.written(given for _, given in made.values()))
    return {user: code for user, (code, _) in made.items()}


def network(
    synapse: EmbeddedSynapse, coordinators: tuple[str, ...], contact: str, secret: str
) -> Json:
    """Without mail; see `with_mail`."""
    server = synapse.server_name
    return {
        "network": {
            "name": "Bündnis der Flüchtlingsinitiativen",
            "languages": LANGUAGES,
            "timezone": "Europe/Berlin",
            "state": "./state-network",
        },
        "homeserver": {"url": synapse.url, "server_name": server},
        "accounts": {"registration_secret_file": secret},
        "coordinators": [f"@{name}:{server}" for name in coordinators],
        "templates": [TEMPLATE],
        "initiatives": [
            {
                "id": INITIATIVE,
                "name": NAME,
                "district": "Nord",
                "topics": ["wohnen", "sprache"],
                "contacts": [f"@{contact}:{server}"],
            }
        ],
        "ombuds": {"account": f"@{OMBUDS}:{server}"},
        "rules": RULES,
    }


def with_mail(settings: Json, smtp_port: int, web_port: int, dkim_file: str) -> Json:
    return settings | {
        "email": {
            "from": f"Rundbrief <{SENDER}>",
            "smtp": {"host": "127.0.0.1", "port": smtp_port, "tls": "none"},
            "dkim": {"domain": DOMAIN, "selector": SELECTOR, "key_file": dkim_file},
        },
        "announcements": {"undo": f"{NEWS_UNDO}s"},
        "web": {
            "listen": f"127.0.0.1:{web_port}",
            "public_url": f"http://127.0.0.1:{web_port}",
        },
        "imprint": {
            "name": "Bündnis der Flüchtlingsinitiativen e. V.",
            "address": "Musterweg 1, 12345 Musterstadt",
            "responsible": "Anna Muster",
            "privacy": "Verantwortlich für die Daten ist der Verein.",
        },
    }


def adopted(alias: str, contact: str) -> Json:
    """An initiative that runs its own server."""
    return {
        "id": "asyl-sued",
        "name": "Asyl Süd",
        "kind": "self-organisation",
        "district": "Süd",
        "contacts": [contact],
        "space": alias,
        "via": [alias.partition(":")[2]],
    }


def dkim_key() -> tuple[bytes, str]:
    """A private key in PEM, and what the DNS would say of it."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, Key.load(DOMAIN, SELECTOR, pem).record()


def access_log(path: Path) -> dict[str, Any]:
    """Logging of a homeserver that also writes down who asked for what."""
    line = {"format": "%(message)s"}
    usual = {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    return {
        "version": 1,
        "formatters": {"line": line, "usual": usual},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "usual"},
            "access": {"class": "logging.FileHandler", "filename": str(path), "formatter": "line"},
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "synapse.access": {"level": "INFO", "handlers": ["access"], "propagate": False}
        },
        "disable_existing_loggers": False,
    }
