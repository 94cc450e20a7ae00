"""What `buendnis init` writes for others' programs, read by these programs themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bots.cli.installing.deployment import BEHIND_GATE, ELEMENT, HOMESERVER, PAGES
from tests.kit.installation import initialised
from tests.kit.programs import program

WHERE = {"containers": (), "without": ("--without-containers",)}
WEBSITE = {"here": "no", "elsewhere": "yes"}
AS_SENT = '{http.request.orig_uri}.matches("^/(_matrix|_synapse/client)/")'
SUBDOMAINS = {"matrix.verein.example", "chat.verein.example", "buendnis.verein.example"}


@pytest.fixture(params=product(WHERE, WEBSITE), ids="-".join)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str, str]:
    """The folder, whether services are containers, and where the domain's website is."""
    where, website = request.param
    folder = tmp_path / "buendnis"
    initialised(folder, *WHERE[where], website_elsewhere=WEBSITE[website])
    return folder, where, website


# -- Caddy -----------------------------------------------------------------------------------------


def caddy(folder: Path, command: str, part: str = "proxy") -> subprocess.CompletedProcess[str]:
    file = str(folder / part / "Caddyfile")
    words = [program("caddy"), command, "--config", file, "--adapter", "caddyfile"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"warn"' not in done.stderr, "it would have the file written in another way"
    return done


def values(found: Any, key: str) -> list[Any]:
    """Everything that stands under a key, however deep."""
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    here = [found[key]] if isinstance(found, dict) and key in found else []
    return here + [x for one in inner for x in values(one, key)]


def test_caddy_takes_the_caddyfile(written: tuple[Path, str, str]) -> None:
    folder, where, website = written
    caddy(folder, "validate")
    routes = json.loads(caddy(folder, "adapt").stdout)["apps"]["http"]["servers"]["srv0"]["routes"]
    domain = {"verein.example"} if website == "here" else set()
    assert {x for hosts in values(routes, "host") for x in hosts} == SUBDOMAINS | domain
    inside = {f"gate:{HOMESERVER}", f"network:{PAGES}", f"element:{ELEMENT}"}
    outside = {f"127.0.0.1:{HOMESERVER}", f"127.0.0.1:{PAGES}"}
    assert set(values(routes, "dial")) == (inside if where == "containers" else outside)


def test_caddy_leads_to_the_homeserver_what_is_matrix_alone(
    written: tuple[Path, str, str],
) -> None:
    routes = json.loads(caddy(written[0], "adapt").stdout)
    matrix = [
        x["path"]
        for route in values(routes, "match")
        for x in route
        if any("_matrix" in path for path in x.get("path", ()))
    ]
    assert matrix == [["/_matrix/*", "/_synapse/client/*"]]
    assert values(routes, "expression") == [AS_SENT]


def test_the_gate_leads_to_what_is_matrix_alone(written: tuple[Path, str, str]) -> None:
    folder, where, _ = written
    assert (folder / "gate").exists() is (where == "containers")
    if where == "containers":
        caddy(folder, "validate", "gate")
        routes = json.loads(caddy(folder, "adapt", "gate").stdout)
        assert values(routes, "path") == [["/_matrix/*", "/_synapse/client/*"]]
        assert values(routes, "expression") == [AS_SENT]
        assert values(routes, "dial") == [BEHIND_GATE]
        assert values(routes, "status_code") == [404]


# -- Synapse ---------------------------------------------------------------------------------------


def test_synapse_takes_the_homeserver_yaml(written: tuple[Path, str, str]) -> None:
    folder, where, _ = written
    file = folder / "homeserver" / "homeserver.yaml"
    if where == "containers":  # what is mounted at /data there
        file.write_text(file.read_text().replace("/data/", f"{folder}/homeserver/"))
    words = ["-m", "synapse.config", "read", "server", "--config-path", str(file)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert "Config parses OK!" in done.stdout, done.stdout + done.stderr
