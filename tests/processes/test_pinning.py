"""`scripts/pin`: what was fetched stays what runs. A Docker that answers as the real one does, and
the real docker-compose, which reads what was written."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.kit.installation import ROOT, initialised, services
from tests.kit.programs import program

DOCKER = """\
#!/bin/sh
case "$1 $2" in
"pull --quiet") [ "$3" != "$BROKEN" ] ;;
"image inspect")
    echo "elsewhere.example/mirror@sha256:$(echo mirror | sha256sum | cut -d' ' -f1)"
    echo "${5%:*}@sha256:$(echo "$5 $BUILD" | sha256sum | cut -d' ' -f1)" ;;
*) exit 64 ;;
esac
"""
OTHERS = {name for name, x in services().items() if not x["image"].startswith("buendnis:")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("only root makes an installation")
    found = tmp_path / "home"
    (found / "scripts").mkdir(parents=True)
    for name in ("scripts/pin", "scripts/place.sh", "docker-compose.yml"):
        shutil.copy(ROOT / name, found / name)
    docker = tmp_path / "bin" / "docker"
    docker.parent.mkdir()
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    return found


def pinned(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{home.parent / 'bin'}:{os.environ['PATH']}"
    environment = {"PATH": path, "BUILD": "first", "BROKEN": "", **variables}
    words = [home / "scripts" / "pin"]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


def images(home: Path) -> dict[str, str]:
    """As docker-compose understands both files."""
    folder = home.parent / "buendnis"
    if not folder.exists():
        initialised(folder)
    words = [program("docker-compose"), "--env-file", str(folder / ".env"), "config"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        words, cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, str]] = yaml.safe_load(done.stdout)["services"]
    return {name: service["image"] for name, service in found.items()}


def test_what_was_fetched_is_what_runs(home: Path) -> None:
    named = images(home)
    done = pinned(home)
    assert done.returncode == 0, done.stderr
    held = images(home)
    assert {name for name in held if held[name] != named[name]} == OTHERS
    for name in OTHERS:
        repository, _, digest = held[name].partition("@sha256:")
        assert repository == named[name].partition(":")[0]
        assert len(digest) == 64


def test_another_build_is_told(home: Path) -> None:
    pinned(home)
    before = images(home)
    assert "!" not in pinned(home).stdout
    told = pinned(home, BUILD="second").stdout
    now = images(home)
    for name in OTHERS:
        assert f"! {name}: another build" in told
        assert before[name] in told
        assert now[name] in told


def test_what_can_not_be_fetched_changes_nothing(home: Path) -> None:
    pinned(home)
    before = images(home)
    done = pinned(home, BUILD="second", BROKEN=services()["element"]["image"])
    assert done.returncode == 1
    assert "nothing was changed" in done.stderr
    assert images(home) == before


def test_an_override_of_somebody_is_kept(home: Path) -> None:
    theirs = home / "docker-compose.override.yml"
    theirs.write_text("services:\n  proxy: {mem_limit: 512m}\n")
    assert pinned(home).returncode == 1
    assert "mem_limit" in theirs.read_text()
