"""What volunteers get wrong in the files that `init` wrote: each is refused, in one sentence with
its line and a remedy. What `doctor` must find besides is in `test_doctor_*.py`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bots.cli.entry import cli
from tests.kit.installation import initialised

REMEDY = re.compile(r"write|use |put|remove|choose|run|set|name a|keep|make|type|take|must|needs")
INITIATIVE = 'initiatives:\n  - {id: nord, name: Nord, contacts: ["@nora:verein.example"]}\n'
NETWORK: dict[str, tuple[str, str]] = {
    "a name that is cut off": ('  name: "Bündnis"', "  name: Bündnis #1"),
    "an alias without quotes": ("network:\n", "rooms:\n  alliance: #mein-bund\nnetwork:\n"),
    "a coordinator with a capital": ('"@anna:verein.example"', '"@Anna:verein.example"'),
    "a coordinator without a server": ('"@anna:verein.example"', "anna"),
    "a coordinator's mail address": ('"@anna:verein.example"', "anna@verein.example"),
    "a coordinator without quotes": ('"@anna:verein.example"', "@anna:verein.example"),
    "a language in words": ("languages: [de]", "languages: [deutsch]"),
    "a language with another code": ("languages: [de]", "languages: [ger]"),
    "no server": ('  server_name: "verein.example"', '  server_name: "https://verein.example"'),
    "a server with a capital": ('server_name: "verein.example"', 'server_name: "Verein.example"'),
    "a secret in the file": ("password_file: ./secrets/account-dienst", "password: geheim"),
    "a secret that is not there": ("secrets/account-dienst", "secrets/account-dients"),
    "two accounts alike": ("user: austausch", "user: willkommen"),
    "a key misspelt": ("coordinators:", "cordinators:"),
    "a tab": ("  chat_url", "\tchat_url"),
    "a missing colon": ("homeserver:\n", "homeserver\n"),
    "a quote that is not closed": ('"Bündnis"', '"Bündnis'),
    "a port in words": ("port: 587", "port: fünf"),
    "a kind of security that is not there": ("tls: starttls", "tls: ssl"),
    "pages without https": ("public_url: https:", "public_url: ftp:"),
    "no imprint": ("imprint:\n", "impressum:\n"),
    "a sender who is no address": ("rundbrief@verein.example>", "rundbrief>"),
    "an initiative's id with blanks": (
        "rules:\n", INITIATIVE.replace("nord", "der norden") + "rules:\n"
    ),
    "an initiative with a capital contact": (
        "rules:\n", INITIATIVE.replace("nora", "Nora") + "rules:\n"
    ),
    "an initiative's kind in German": (
        "rules:\n", INITIATIVE.replace("Nord,", "Nord, kind: ehrenamtlich,") + "rules:\n"
    ),
    "a contact who is a room": ("rules:\n", INITIATIVE.replace("@nora", "#nora") + "rules:\n"),
    "a template that is not there": (
        "rules:\n", INITIATIVE.replace("Nord,", "Nord, template: verein,") + "rules:\n"
    ),
    "the same initiative twice": ("rules:\n", INITIATIVE + INITIATIVE[12:] + "rules:\n"),
    "a space without quotes": (
        "rules:\n",
        "initiatives:\n  - id: nord\n    name: Nord\n    space: #start:x.example\nrules:\n",
    ),
    "a contact with a port": (
        "rules:\n", INITIATIVE.replace("verein.example", "verein.example:8448") + "rules:\n"
    ),
    "a contact with two @": ("rules:\n", INITIATIVE.replace("@nora", "@@nora") + "rules:\n"),
    "a contact by a link": (
        "rules:\n", INITIATIVE.replace("@nora", "https://matrix.to/#/@nora") + "rules:\n"
    ),
    "a contact who is nothing": (
        "rules:\n", INITIATIVE.replace('"@nora:verein.example"', "~") + "rules:\n"
    ),
    "an id that is a number": ("rules:\n", INITIATIVE.replace("nord", "1e3") + "rules:\n"),
    "a name half in quotes": (
        "rules:\n", "initiatives:\n  - id: nord\n    name: \"Nord\" Süd\nrules:\n"
    ),
    "a name with a colon": (
        "rules:\n", "initiatives:\n  - id: nord\n    name: Nord: Süd\nrules:\n"
    ),
    "a name with !": (
        "rules:\n", "initiatives:\n  - id: nord\n    name: !Nord\nrules:\n"
    ),
    "a blank that is none": (
        "rules:\n", "initiatives:\n  - id:\xa0nord\n    name: Nord\nrules:\n"
    ),
    "a tab behind a colon": (
        "rules:\n", "initiatives:\n  - id:\tnord\n    name: Nord\nrules:\n"
    ),
    "a key indented too far": (
        "rules:\n", "initiatives:\n  - id: nord\n     name: Nord\nrules:\n"
    ),
    "a key twice": ("rules:\n", "logging: {level: info}\nlogging: {level: info}\nrules:\n"),
    "yes for true": ("  state: ./state", "  listed: yes\n  state: ./state"),
    "nothing behind a key that is needed": ("  state: ./state", "  state:"),
    "a port too large": ("listen: 0.0.0.0:8080", "listen: 0.0.0.0:80800"),
    "a port alone": ("listen: 0.0.0.0:8080", "listen: 8080"),
    "a homeserver with a path": ("url: http://gate:8008", "url: http://synapse:8008/_matrix"),
    "a homeserver without https": (
        "url: http://gate:8008", "url: http://matrix.verein.example:8008"
    ),
    "a duration without its unit": ("rules:\n", "announcements:\n  undo: 10\nrules:\n"),
    "a rule that is a list": ("rules:\n  de: |", "rules:\n  de:\n    - |"),
    "a state that is a file": ("state: ./state", "state: ./network.yaml"),
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mistakes") / "buendnis"
    written = initialised(folder, languages=["de"]) / "network"
    short = Ed25519PrivateKey.generate()  # to check one of RSA takes longer than all else here
    pem = short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (written / "secrets" / "dkim.pem").write_bytes(pem)
    return written


def test_there_are_thirty_of_them() -> None:
    assert len(NETWORK) >= 30


@pytest.mark.parametrize("name", NETWORK)
def test_a_mistake_is_refused_with_a_remedy_in_german_too(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    old, new = NETWORK[name]
    folder = tmp_path / "network"
    shutil.copytree(written, folder)
    file = folder / "network.yaml"
    text = file.read_text()
    assert old in text, f"init writes something else now: {old}"
    file.write_text(text.replace(old, new, 1))
    result = CliRunner().invoke(cli, ["check", str(file)])
    told = result.output.splitlines()
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert "geheim" not in result.output.replace("password: geheim", "")
    for line in told:
        found = re.match(rf"{re.escape(str(file))}:(\d+): (\S+): (.+)", line)
        assert found, line
        assert REMEDY.search(found[3]), line
    changed = text[: text.index(old)].count("\n") + 1
    lines = [int(line.removeprefix(f"{file}:").split(":")[0]) for line in told]
    assert any(changed <= line <= changed + new.count("\n") + 1 for line in lines), told
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    german = CliRunner().invoke(cli, ["check", str(file)]).output.splitlines()
    assert len(told) == len(german)
    assert not set(told) & set(german), "not in config/cli/de.po"
