"""What `buendnis init` writes fits together, and each program can read its part."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bots.cli.entry import cli
from bots.offices.reading import load_network
from bots.offices.registry import unwritten_accounts
from bridges.email.dkim import Key
from config.loading import load

ANSWERS: Mapping[str, Any] = {
    "name": 'Bündnis "Nord": #1',
    "languages": ["de", "en", "ar"],
    "domain": "verein.example",
    "coordinator": "anna",
    "contact": "kontakt@verein.example",
    "imprint": "Verein e. V.; Weg 1: Hof, 12345 Ort; Anna Muster",
    "mail": "mail.verein.example rundbrief@verein.example",
    "mail_password": "geheim: #1",
    "staff": ["bilal", "carla"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "buendnis"


def init(folder: Path, *options: str, status: int = 0, **changed: Any) -> Result:
    answers = {key: value for key, value in {**ANSWERS, **changed}.items() if value is not None}
    file = folder.parent / "given.yaml"
    file.write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8")
    arguments = ["init", str(folder), "--answers", str(file), "--language", "en", *options]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == status, result.output
    return result


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_both_offices_load_without_a_fault(folder: Path) -> None:
    init(folder, "--yes")
    network = load_network(folder / "network" / "network.yaml")
    ombuds = load(folder / "ombuds" / "ombuds.yaml")
    assert network.network.name == ANSWERS["name"]
    assert network.coordinators == ("@anna:verein.example",)
    assert network.imprint is not None
    assert network.imprint.address == "Weg 1: Hof, 12345 Ort"
    assert network.email is not None
    assert network.email.domain == "verein.example"
    assert network.smtp_password is not None
    assert network.smtp_password.get_secret_value() == "geheim: #1"
    assert set(ombuds.bots) == {network.user(role) for role in network.roles()}
    assert ombuds.staff == ("@bilal:verein.example", "@carla:verein.example")
    assert network.ombuds is not None
    assert network.ombuds.account == ombuds.account.user


def test_mail_and_ombuds_office_can_come_later(folder: Path) -> None:
    init(folder, "--yes", mail=None, mail_password=None, staff=None)
    file = folder / "network" / "network.yaml"
    assert load_network(file).email is None
    web = load_network(file).web
    assert web is not None, "Element links imprint and privacy from the first day"
    assert web.public_url == "https://buendnis.verein.example"
    assert load_network(file).ombuds is None
    assert not (folder / "ombuds" / "ombuds.yaml").exists()
    assert "COMPOSE_PROFILES=\n" in (folder / ".env").read_text()
    _take_marks_away(file)
    password = folder / "network" / "secrets" / "smtp-password"
    password.touch(mode=0o600)
    password.write_text("geheim")
    email = load_network(file).email
    assert email is not None
    assert email.smtp.host == "mail.verein.example"


def _take_marks_away(file: Path) -> None:
    head, _, rest = file.read_text().partition("# email:\n")
    marked, _, tail = rest.partition("\n\nweb:")
    bare = "\n".join(line.removeprefix("#").removeprefix(" ") for line in marked.splitlines())
    file.write_text(f"{head}email:\n{bare}\n\nweb:{tail}")


def test_a_sender_of_another_domain_is_not_signed_for(folder: Path) -> None:
    init(folder, "--yes", mail="mail.provider.example verein@provider.example")
    network = load_network(folder / "network" / "network.yaml")
    assert network.email is not None
    assert network.email.dkim is None
    assert "TXT" not in (folder / "dns.txt").read_text()


def test_everything_is_for_its_owner_alone(folder: Path) -> None:
    init(folder, "--yes", website_elsewhere="yes")
    modes = {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }
    public = {
        "element/config.json": 0o644,
        "well-known/matrix/client": 0o644,
        "well-known/matrix/server": 0o644,
    }
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == public


def test_no_secret_stands_outside_of_its_file(folder: Path) -> None:
    init(folder, "--yes")
    found = contents(folder)
    secrets = {name: text.strip() for name, text in found.items() if "/secrets/" in name}
    secrets["postgres/password"] = found["postgres/password"].strip()
    assert len(secrets) == 9 + len(unwritten_accounts())
    for name, secret in secrets.items():
        elsewhere = [x for x, text in found.items() if x not in secrets and secret in text]
        assert elsewhere == [], name


def test_the_registration_secret_stays_with_the_homeserver(folder: Path) -> None:
    init(folder, "--yes")
    found = contents(folder)
    secret = found["homeserver/secrets/registration-secret"].strip()
    assert len(secret) > 40
    assert [name for name, text in found.items() if secret in text] == [
        "homeserver/secrets/registration-secret"
    ]
    password = found["postgres/password"].strip()
    assert found["homeserver/secrets/pgpass"] == f"*:*:synapse:synapse:{password}\n"


def test_each_account_has_a_password_of_its_own_in_its_own_office(folder: Path) -> None:
    init(folder, "--yes")
    found = {x: text for x, text in contents(folder).items() if "/account-" in x}
    network = {account.user for account in unwritten_accounts().values()}
    assert network >= {"dienst", "willkommen", "austausch", "rundbrief"}
    assert set(found) == {
        *(f"network/secrets/account-{user}" for user in network),
        "ombuds/secrets/account-ombuds",
    }
    assert len(set(found.values())) == len(network) + 1
    assert all(len(text) > 40 for text in found.values())


def test_every_rate_limit_is_one_that_synapse_knows(folder: Path) -> None:
    init(folder, "--yes")
    # Found, not imported: Synapse would fill this process with its own.
    spec = find_spec("synapse")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "config" / "ratelimiting.py").read_text()
    settings = yaml.safe_load((folder / "homeserver" / "homeserver.yaml").read_text())
    limits = {key: value for key, value in settings.items() if key.startswith("rc_")}
    names = {
        key if "per_second" in value else f"{key}.{part}"
        for key, value in limits.items()
        for part in (value if "per_second" not in value else [""])
    }
    assert len(names) > 8
    assert {name for name in names if f'"{name}"' not in source} == set()


def test_the_dns_holds_what_the_mails_are_signed_with(folder: Path) -> None:
    init(folder, "--yes")
    dns = (folder / "dns.txt").read_text()
    pem = (folder / "network" / "secrets" / "dkim.pem").read_bytes()
    key = Key.load("verein.example", "buendnis", pem)
    line = next(line for line in dns.splitlines() if line.startswith(f"{key.host}.  TXT"))
    strings = re.findall(r'"([^"]*)"', line)
    assert "".join(strings) == key.record()
    assert max(map(len, strings)) <= 255
    for name in ("matrix", "chat", "buendnis"):
        assert f"{name}.verein.example.  A  " in dns
    assert "\nverein.example.  A  " in dns
    assert all(line.startswith(";") or ".  " in line or not line for line in dns.splitlines())


def test_a_website_elsewhere_keeps_the_domain(folder: Path) -> None:
    init(folder, "--yes", website_elsewhere="yes")
    assert "\nverein.example.  A  " not in (folder / "dns.txt").read_text()
    assert "https://verein.example/.well-known/" in (folder / "dns.txt").read_text()
    assert "\nverein.example {" not in (folder / "proxy" / "Caddyfile").read_text()
    client = json.loads((folder / "well-known" / "matrix" / "client").read_text())
    assert client == {"m.homeserver": {"base_url": "https://matrix.verein.example"}}
    server = json.loads((folder / "well-known" / "matrix" / "server").read_text())
    assert server == {"m.server": "matrix.verein.example:443"}


def test_clients_are_led_to_one_homeserver(folder: Path) -> None:
    init(folder, "--yes")
    caddy = (folder / "proxy" / "Caddyfile").read_text()
    element = json.loads((folder / "element" / "config.json").read_text())
    assert element["features"] == {"feature_ask_to_join": True}
    homeserver = element["default_server_config"]["m.homeserver"]
    settings = yaml.safe_load((folder / "homeserver" / "homeserver.yaml").read_text())
    assert homeserver["server_name"] == settings["server_name"] == "verein.example"
    assert f"{homeserver['base_url']}/" == settings["public_baseurl"]
    assert f'{{"m.homeserver": {{"base_url": "{homeserver["base_url"]}"}}}}' in caddy
    assert '{"m.server": "matrix.verein.example:443"}' in caddy
    assert "/_synapse/admin" not in caddy


# -- again -----------------------------------------------------------------------------------------


def test_the_same_answers_change_nothing(folder: Path) -> None:
    init(folder, "--yes")
    before = contents(folder)
    said = init(folder, "--yes", mail_password=None).output
    assert contents(folder) == before
    assert "  + " not in said
    assert "  = network/network.yaml" in said


def test_other_answers_overwrite_nothing(folder: Path) -> None:
    init(folder, "--yes")
    before = contents(folder)
    said = init(folder, "--yes", contact="neu@verein.example").output
    assert contents(folder) == before
    assert "  ≠ network/network.yaml" in said
    assert "--replace" in said


def test_replace_keeps_the_old_beside_and_every_secret(folder: Path) -> None:
    init(folder, "--yes")
    before = contents(folder)
    said = init(folder, "--yes", "--replace", contact="neu@verein.example").output
    after = contents(folder)
    assert "  ! network/network.yaml" in said
    assert "neu@verein.example" in after["network/network.yaml"]
    assert before["network/network.yaml"] in [
        text for name, text in after.items() if name.startswith("network/network.yaml.")
    ]
    secret = [x for x in before if "/secrets/" in x or x == "postgres/password"]
    assert {x: before[x] for x in secret} == {x: after[x] for x in secret}


def test_what_was_lost_is_made_again(folder: Path) -> None:
    init(folder, "--yes")
    before = contents(folder)
    for name in ("network/network.yaml", "homeserver/log.yaml"):
        (folder / name).unlink()
    init(folder, "--yes")
    assert contents(folder) == before


def test_nothing_is_written_unless_agreed(folder: Path) -> None:
    file = folder.parent / "given.yaml"
    init(folder, status=1)
    assert not folder.exists()
    arguments = ["init", str(folder), "--answers", str(file), "--language", "de"]
    refused = CliRunner().invoke(cli, arguments, input="vielleicht\nnein\n")
    assert refused.exit_code == 1
    assert "ja oder nein" in refused.output
    assert "Nichts wurde geschrieben" in refused.output
    assert not folder.exists()
    assert CliRunner().invoke(cli, arguments, input="ja\n").exit_code == 0
    assert (folder / "network" / "network.yaml").exists()


def test_wrong_answers_are_told_all_at_once(folder: Path) -> None:
    said = init(folder, "--yes", status=1, domain="localhost", mail_password=None).output
    assert "domain: " in said
    said = init(folder, "--yes", status=1, mail_password=None, imprint="X").output
    assert "mail_password: " in said
    assert "imprint: " in said
    assert not folder.exists()


def test_answers_may_stand_in_yamls_own_words(folder: Path) -> None:
    init(folder, "--yes", website_elsewhere=True, staff="~")
    assert not (folder / "ombuds" / "ombuds.yaml").exists()
    assert (folder / "well-known" / "matrix" / "server").exists()


@pytest.mark.parametrize("text", ["- a\n- b\n", "name: [", ""])
def test_a_file_of_something_else_is_told(folder: Path, text: str) -> None:
    file = folder.parent / "given.yaml"
    file.write_text(text)
    result = CliRunner().invoke(cli, ["init", str(folder), "--answers", str(file), "--yes"])
    assert result.exit_code == 1
    assert str(file) in result.output
    assert not folder.exists()


def test_a_folder_of_somebody_elses_is_told(folder: Path) -> None:
    folder.write_text("a file")
    said = init(folder, "--yes", status=1).output
    assert str(folder) in said
    assert "Traceback" not in said


# -- asked -----------------------------------------------------------------------------------------


def test_a_volunteer_answers_at_the_terminal(folder: Path) -> None:
    typed = [
        "Bündnis Nord",
        "",  # all languages
        "https://verein.example/",  # wrong
        "verein.example",
        "",  # the proposed hosts
        "",  # no website elsewhere
        "dienst",  # taken
        "anna",
        "kontakt@verein.example",
        "Verein; Weg 1; Anna Muster",
        "mail.verein.example post@verein.example",
        "",  # no ombuds office yet
        "geheim",
        "ja",
    ]
    arguments = ["init", str(folder), "--language", "de"]
    result = CliRunner().invoke(cli, arguments, input="\n".join(typed) + "\n")
    assert result.exit_code == 0, result.output
    assert "10/10" in result.output
    assert "keine Domain" in result.output
    assert "geheim" not in result.output
    network = load_network(folder / "network" / "network.yaml")
    assert len(network.network.languages) == 10
    assert network.smtp_password is not None


def test_earlier_answers_are_what_the_enter_key_takes(folder: Path) -> None:
    init(folder, "--yes")
    before = contents(folder)
    typed = "\n" * 10 + "yes\n"
    result = CliRunner().invoke(cli, ["init", str(folder), "--language", "en"], input=typed)
    assert result.exit_code == 0, result.output
    assert contents(folder) == before
