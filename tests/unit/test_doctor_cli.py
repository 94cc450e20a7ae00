"""`buendnis doctor` as a command: its lines, its JSON, its exit status."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.cli.checkup.telling import line, summary
from bots.cli.entry import cli
from bots.offices.checkup.finding import Mark, fault, from_json, note, of_error, ok
from federation.model.errors import TokenRevoked, Unreachable
from tests.kit.names import name_server
from tests.kit.settings import VALID, write

SECRET = "geheim-und-lang"
PEM = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of settings whose homeserver does not run."""
    for name in [name for name in os.environ if name.startswith("BUENDNIS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    return write(tmp_path, VALID.replace("https://matrix.example.org", f"http://127.0.0.1:{port}"))


def doctor(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["doctor", *map(str, arguments)])


def findings(result: Result) -> list[dict[str, Any]]:
    found = json.loads(result.output)["findings"]
    assert isinstance(found, list)
    return found


def test_faults_of_the_yaml_end_it(here: Path) -> None:
    here.write_text(here.read_text().replace("@bilal:example.org", "bilal") + "x: 1\n")
    result = doctor(here)
    assert result.exit_code == 1
    assert result.output == CliRunner().invoke(cli, ["check", str(here)]).output
    assert len(result.output.splitlines()) == 2


def test_faults_of_the_yaml_for_machines(here: Path) -> None:
    here.write_text(here.read_text() + "x: 1\n")
    result = doctor(here, "--json")
    assert result.exit_code == 1
    [found] = findings(result)
    assert (found["check"], found["mark"]) == ("settings", "fault")
    assert ": x: is not a known key; " in found["found"]


def test_no_file() -> None:
    result = doctor("not-there.yaml")
    assert result.exit_code == 1
    assert result.output.startswith("not-there.yaml:1: file: there is no such file")


def test_a_line_a_check_and_below_it_the_remedy(here: Path) -> None:
    result = doctor(here)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    signs = [one[:7].split() for one in lines if not one.startswith(" ")][:-2]
    assert signs[0] == ["✓", "ok"]
    assert ["✗", "fault"] in signs
    assert {tuple(sign) for sign in signs} <= {("✓", "ok"), ("!", "note"), ("✗", "fault")}
    at = next(n for n, one in enumerate(lines) if one.startswith("✗"))
    assert "nothing listens at 127.0.0.1:" in lines[at]
    assert lines[at + 1].strip().startswith("→ Start the homeserver")
    assert lines[-1].startswith("1 fault, ")
    assert SECRET not in result.output


def test_nothing_hangs_on_colour(here: Path) -> None:
    coloured = CliRunner().invoke(cli, ["doctor", str(here)], color=True).output
    assert "\x1b[31m✗ fault" in coloured
    assert "\x1b" not in doctor(here).output


def test_for_machines(here: Path) -> None:
    result = doctor(here, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["ok"] is False
    told = {one["check"]: one for one in findings(result)}
    assert list(told) == [
        "settings",
        "secrets",
        "state",
        "disk",
        "seal key",
        "in whose hands",
        "backup",
        "homeserver",
        "alarms",
        "office",
    ]
    assert told["homeserver"]["mark"] == "fault"
    assert (told["office"]["mark"], told["office"]["found"]) == ("note", "not running")
    assert SECRET not in result.output


def test_it_changes_nothing(here: Path) -> None:
    before = sorted(here.parent.rglob("*"))
    doctor(here)
    assert sorted(here.parent.rglob("*")) == before


def test_an_environment_that_names_no_secret(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUENDNIS_OMBUDS_PASSWORD")
    told = [one for one in findings(doctor(here, "--json")) if one["check"] == "settings"]
    assert [one["mark"] for one in told] == ["ok", "note"]
    assert "names nothing to log in with" in told[1]["found"]


@pytest.mark.parametrize("by_environment", [False, True])
def test_every_file_with_a_secret_is_looked_at(
    here: Path, monkeypatch: pytest.MonkeyPatch, by_environment: bool
) -> None:
    monkeypatch.delenv("BUENDNIS_OMBUDS_PASSWORD")
    folder = here.parent / "secrets"
    folder.mkdir()
    for name in ("password", "seal.key"):
        (folder / name).touch(mode=0o600)
    (folder / "password").write_text(SECRET)
    (folder / "seal.key").write_text("ab" * 32)
    folder.chmod(0o777)
    monkeypatch.setenv("BUENDNIS_OMBUDS_SEAL_KEY_FILE", str(folder / "seal.key"))
    if by_environment:
        monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD_FILE", str(folder / "password"))
    else:
        text = here.read_text()
        account = 'user: "@ombuds:example.org"'
        assert account in text
        here.write_text(text.replace(account, f"{account}\n  password_file: ./secrets/password"))
    told = [one for one in findings(doctor(here, "--json")) if one["check"] == "secrets"]
    assert [one["mark"] for one in told] == ["fault", "fault"]
    assert [one["found"].rpartition("/")[2] for one in told] == ["password", "seal.key"]


def test_findings_survive_the_control_socket() -> None:
    for finding in (ok("a", "b"), note("a", "b"), note("a", "b", "c"), fault("a", "b", "c")):
        assert from_json(json.loads(json.dumps(finding.as_json()))) == finding


def test_what_a_sentence_of_ours_says_to_do() -> None:
    found = of_error("login", TokenRevoked(401, "M_UNKNOWN_TOKEN"))
    assert found.found.startswith("The homeserver no longer accepts this account's access token")
    assert str(found.remedy).startswith("Give the account's password or a new token")
    bare = of_error("sync", Unreachable("gone"))
    assert (bare.mark, bare.found) == (Mark.FAULT, "gone")
    assert "log" in str(bare.remedy)


def test_the_last_line_counts() -> None:
    assert summary([ok("a", "b")]) == "no faults, no notes."
    assert summary([fault("a", "b", "c"), note("a", "b"), note("a", "b")]) == "1 fault, 2 notes."
    assert line(ok("a", "b")) == line(ok("a", "b")).rstrip()


# -- a network -------------------------------------------------------------------------------------


@pytest.fixture
def network(here: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The settings of a network whose servers do not run."""
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", SECRET)
    url = yaml.safe_load(here.read_text())["homeserver"]["url"]
    key = here.parent / "dkim.pem"
    key.touch(mode=0o600)
    key.write_bytes(PEM)
    dead = int(url.rpartition(":")[2])
    return {
        "network": {"name": "Bündnis", "state": "./state"},
        "homeserver": {"url": url, "server_name": "example.org"},
        "email": {
            "from": "Rundbrief <news@example.org>",
            "smtp": {"host": "127.0.0.1", "port": dead, "tls": "none"},
            "dkim": {"domain": "example.org", "selector": "s1", "key_file": "./dkim.pem"},
        },
        "web": {"public_url": f"http://127.0.0.1:{dead}"},
        "imprint": {"name": "V", "address": "W", "responsible": "A", "privacy": "P"},
    }


def of_network(here: Path, settings: dict[str, Any], *arguments: str) -> Result:
    file = here.parent / "network.yaml"
    file.write_text(yaml.safe_dump(settings))
    return doctor(file, *arguments)


def test_a_network_of_which_nothing_runs(here: Path, network: dict[str, Any]) -> None:
    with name_server({}) as port:
        result = of_network(here, network, "--json", "--name-server", f"127.0.0.1:{port}")
    assert result.exit_code == 1
    told = [(one["check"], one["mark"]) for one in findings(result) if one["check"] != "disk"]
    assert told == [
        *(("settings", "ok"), ("settings", "note")),
        *(("secrets", "ok"), ("state", "note"), ("seal key", "note"), ("backup", "ok")),
        ("homeserver", "fault"),
        *(("mail server", "fault"), ("signature", "fault"), ("spf", "note")),
        *(("dmarc", "note"), ("mx", "fault"), ("office", "note"), ("pages", "note")),
    ]
    assert SECRET not in result.output
    assert not (here.parent / "state").exists()


def test_a_network_without_mail(here: Path, network: dict[str, Any]) -> None:
    del network["email"], network["web"]
    told = {one["check"]: one for one in findings(of_network(here, network, "--json"))}
    assert told["mail server"]["mark"] == "ok"
    assert not {"signature", "pages"} & set(told)


def test_a_network_whose_secrets_are_elsewhere(
    here: Path, network: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUENDNIS_NETWORK_REGISTRATION_SECRET")
    told = findings(of_network(here, network, "--json"))
    assert [one["mark"] for one in told if one["check"] == "settings"][:2] == ["ok", "note"]
    assert "mail server" not in {one["check"] for one in told}


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:x", "::1:x", ""])
def test_a_name_server_that_is_none(here: Path, network: dict[str, Any], address: str) -> None:
    result = of_network(here, network, "--json", "--name-server", address)
    [found] = [one for one in findings(result) if one["check"] == "dns"]
    assert (found["mark"], "--name-server" in found["remedy"]) == ("note", True)
