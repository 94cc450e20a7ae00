"""An installation as `buendnis init` makes it, and the services that are written for it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from bots.cli.entry import cli

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OFFICES = ("network", "ombuds")
SERVICES = {"postgres", "synapse", "gate", *OFFICES, "element", "proxy"}
OWNERS = {
    "network": "10001",
    "ombuds": "10002",
    "homeserver": "10003",
    "postgres": "10004",
    "proxy": "10005",
    "gate": "10006",
}
"""Folder of an installation → number of the user to whom it belongs."""
UNITS = sorted((ROOT / "config" / "examples" / "systemd").glob("*.service"))
ANSWERS = {
    "name": "Bündnis",
    "domain": "verein.example",
    "coordinator": "anna",
    "contact": "kontakt@verein.example",
    "imprint": "Verein; Weg 1; Anna Muster",
    "mail": "mail.verein.example rundbrief@verein.example",
    "mail_password": "geheim",
    "staff": ["bilal", "carla"],
}


def initialised(folder: Path, *options: str, **changed: object) -> Path:
    file = folder.parent / "answers.yaml"
    file.write_text(yaml.safe_dump({**ANSWERS, **changed}))
    arguments = ["init", str(folder), "--answers", str(file), "--yes", *options]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return folder


def compose() -> dict[str, Any]:
    loaded = yaml.safe_load(COMPOSE.read_text())
    assert isinstance(loaded, dict)
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Place in the container → path below the installation's folder."""
    found = {}
    for mount in service["volumes"]:
        match = re.fullmatch(r"\$\{BUENDNIS_FOLDER(?::\?[^}]*)?\}/([^:]+):([^:]+)(:ro)?", mount)
        assert match, mount
        found[match[2]] = match[1]
    return found
