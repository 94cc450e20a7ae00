"""What an installation is made of, judged by the programs that read it: docker-compose, systemd."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.kit.installation import (
    COMPOSE,
    OWNERS,
    ROOT,
    SERVICES,
    UNITS,
    initialised,
    mounts,
    services,
)
from tests.kit.programs import program


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return initialised(tmp_path_factory.mktemp("installation") / "buendnis")


def composed(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [program("docker-compose"), "--file", str(COMPOSE), *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_debians_docker_compose_takes_the_file(folder: Path) -> None:
    done = composed(folder, "--env-file", str(folder / ".env"), "config")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    understood = yaml.safe_load(done.stdout)
    assert set(understood["services"]) == SERVICES
    assert set(services()) == SERVICES
    for name, service in services().items():
        told = understood["services"][name]
        assert {mount.split(":")[1] for mount in told["volumes"]} == set(mounts(service))
        assert told["healthcheck"]["test"] == service["healthcheck"]["test"]


def test_without_init_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".env").touch()
    done = composed(tmp_path, "--env-file", str(tmp_path / ".env"), "config")
    assert done.returncode != 0
    assert "run buendnis init" in done.stderr


def test_nobody_reaches_into_anothers_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    folder = initialised(tmp_path / "buendnis")
    environment = {"PATH": os.environ["PATH"], "BUENDNIS_FOLDER": str(folder)}
    for _ in range(2):
        subprocess.run([ROOT / "scripts" / "owners"], env=environment, check=True)
    assert folder.stat().st_mode & 0o777 == 0o711
    for name, owner in OWNERS.items():
        assert (folder / name).stat().st_mode & 0o777 == 0o700
        inside = {path.lstat().st_uid for path in (folder / name).rglob("*")}
        assert inside == {int(owner)}
    for path in (".env", "answers.yaml", "dns.txt"):
        status = (folder / path).stat()
        assert (status.st_uid, status.st_mode & 0o777) == (0, 0o600)


@pytest.mark.parametrize("guide", ["install.md", "installieren.md"])
def test_the_users_are_made_as_printed(guide: str) -> None:
    """Debian's systemd looks for a path that is not absolute elsewhere."""
    printed = re.findall(r"^systemd-sysusers (/\S+)$", (ROOT / "docs" / guide).read_text(), re.M)
    [file] = [path.replace("/opt/buendnis", str(ROOT)) for path in printed]
    words = [program("systemd-sysusers"), "--dry-run", file]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_units_are_closed(tmp_path: Path) -> None:
    """As systemd itself judges them: 0 is closed, 10 is open."""
    analyze = program("systemd-analyze")
    for unit in UNITS:
        file = tmp_path / unit.name.replace("@", "@network")
        file.write_text(unit.read_text())
        words = [analyze, "security", "--offline=true", "--threshold=25", str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-200:] + done.stderr
        users = re.findall(r"^User=(.*)$", unit.read_text(), re.MULTILINE)
        assert users in (["buendnis-%i"], ["buendnis-homeserver"])
