"""Loading `network.yaml`: every fault in one answer, with its line and a remedy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from bots.cli.entry import cli
from bots.offices.reading import check, load_network
from bots.offices.registry import BOTS, described
from config.loading import load
from config.network.bots import models
from config.network.settings import INITIATIVE
from config.reading.sentences import sentence
from config.values.faults import ConfigFaults
from tests.kit.looped import looped

VALID = """\
network:
  name: Bündnis
  languages: [de, en]
  state: ./state
homeserver: {url: "https://matrix.example.org", server_name: example.org}
accounts:
  creator: "@dienst:example.org"
  onboarding: willkommen
initiatives:
  - id: willkommen-nord
    name: Willkommen in Nord
    contacts: ["@nord:example.org"]
    template: initiative
  - id: asyl-sued
    name: Asyl Süd
    contacts: ["@sued:sued.example"]
    space: "#start:sued.example"
    via: [sued.example]
rules: {de: Wir hören einander zu., en: We listen.}
"""
IMPRINT = "imprint: {name: Verein, address: Weg 1, responsible: Anna, privacy: Wir.}"
PAGES = "web: {public_url: https://a.example}"
MAIL = f"""\
email:
  from: Rundbrief <rundbrief@example.org>
  smtp: {{host: mail.example.org}}
{IMPRINT}
{PAGES}
"""
NO_IMPRINT = MAIL.replace(IMPRINT, "")
EXAMPLE = Path(__file__).parents[2] / "config/examples/network.yaml"
MODELS = models(described())
variable = MODELS.file.environment.variable


@pytest.fixture(autouse=True)
def registration_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MODELS.file.environment.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("BUENDNIS_NETWORK_REGISTRATION_SECRET", "geheim")


def write(folder: Path, text: str) -> Path:
    path = folder / "network.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    """Each fault as `LINE: path: text`."""
    path = write(folder, text)
    with pytest.raises(ConfigFaults) as caught:
        load_network(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def fault_of(folder: Path, text: str) -> str:
    [fault] = faults_of(folder, text)
    return fault


def secret(folder: Path, name: str, content: str | bytes = "geheim", mode: int = 0o600) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def test_a_small_file_says_all_that_is_needed(tmp_path: Path) -> None:
    config = load_network(write(tmp_path, VALID))
    assert config.network.name == "Bündnis"
    assert config.server_name == "example.org"
    assert [config.user(role) for role in config.roles()][:4] == [
        "@dienst:example.org",
        "@willkommen:example.org",
        "@austausch:example.org",
        "@rundbrief:example.org",
    ]
    assert config.rooms.all["exchange"].alias == "#austausch"
    assert config.rooms.version == "12"
    assert config.template("initiative") == INITIATIVE
    assert {c.kind for c in config.credentials.values()} == {"registration_secret"}
    assert config.seal_key_path == tmp_path / "state/seal.key"
    assert config.initiatives[1].space == "#start:sued.example"


def test_the_least_that_can_be_written(tmp_path: Path) -> None:
    text = (
        "network: {name: Bündnis, state: ./state}\n"
        "homeserver: {url: http://127.0.0.1:8008, server_name: localhost}\n"
    )
    config = load_network(write(tmp_path, text))
    assert config.user("creator") == "@dienst:localhost"
    assert config.initiatives == ()
    notices = [notice.where for notice in check(write(tmp_path, text)).notices]
    assert notices == ["rules"]


def test_the_server_is_told_by_an_account_too(tmp_path: Path) -> None:
    config = load_network(write(tmp_path, VALID.replace(", server_name: example.org", "")))
    assert config.server_name == "example.org"


def test_everything_can_be_set(tmp_path: Path) -> None:
    secret(tmp_path, "token")
    secret(tmp_path, "smtp", "drei Wörter\n")
    text = VALID.replace(
        "  onboarding: willkommen\n",
        "  onboarding: {user: willkommen, token_file: ./token, display_name: Hallo}\n",
    )
    text += MAIL.replace(
        "{host: mail.example.org}", "{host: mail.example.org, user: r, password_file: ./smtp}"
    )
    text = text.replace(PAGES, "")
    text += """\
rooms: {version: 11, coordination: {alias: "#rat:example.org", name: Rat, topic: Wir}}
coordinators: ["@anna:example.org"]
templates:
  - id: klein
    access: alliance
    rooms: [{id: alles, name: "Alles von {name}", encrypted: false, access: alliance, share: true}]
ombuds: {account: "@ombuds:ombuds.example"}
web: {listen: "[::1]:8080", public_url: https://buendnis.example.org/web/, metrics: "[::1]:1"}
announcements: {undo: 10m, digest_on: daily, digest_at: 7:00}
logging: {level: debug}
"""
    config = load_network(write(tmp_path, text.replace("template: initiative", "template: klein")))
    assert config.credentials["onboarding"].kind == "token"
    assert config.credentials["exchange"].kind == "registration_secret"
    assert config.display_name("onboarding") == "Hallo"
    assert config.display_name("exchange") == "Austausch-Bot"
    assert (config.rooms.version, config.rooms.coordination.alias) == ("11", "#rat")
    assert config.template("klein").rooms[0].share is True
    assert config.email is not None
    assert (config.email.domain, config.email.smtp.way_in) == ("example.org", 587)
    assert config.smtp_password is not None
    assert config.smtp_password.get_secret_value() == "drei Wörter"
    assert config.web is not None
    assert config.web.public_url == "https://buendnis.example.org/web"


def test_the_example_has_no_fault() -> None:
    config = load_network(EXAMPLE)
    assert config.templates == (INITIATIVE,)
    assert [i.id for i in config.initiatives] == ["willkommen-nord", "asyl-sued"]


def test_the_example_works_with_mail_and_web(tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    folder = tmp_path / "secrets"
    folder.mkdir()
    secret(folder, "dkim.pem", pem(key))
    secret(folder, "smtp-password")
    text = EXAMPLE.read_text(encoding="utf-8")
    head, mark, tail = text.partition("# email:")
    tail = "\n".join(line.removeprefix("# ") for line in tail.splitlines())
    tail = tail.replace("\ndebug, info", "\n# debug, info")
    config = load_network(write(tmp_path, f"{head}email:{tail}\n"))
    assert mark
    assert config.email is not None
    assert config.email.dkim is not None
    assert config.web is not None
    assert config.imprint is not None
    assert config.imprint.contact == "buero@example.org"


def pem(key: Any, protection: KeySerializationEncryption | None = None) -> bytes:
    protection = protection or NoEncryption()
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    assert isinstance(raw, bytes)
    return raw


REPLACED: Mapping[str, tuple[str, str, str]] = {
    "two of one id": (
        "id: asyl-sued",
        "id: willkommen-nord",
        '14: initiatives[1].id: "willkommen-nord" is listed twice, first in line 10; remove one',
    ),
    "an id with blanks": (
        "id: willkommen-nord",
        "id: Willkommen Süd",
        '10: initiatives[0].id: "Willkommen Süd" is not an id: small letters, digits and hyphens, '
        '60 at most; write "willkommen-sued"',
    ),
    "template and space": (
        "    via: [sued.example]",
        "    template: initiative",
        "18: initiatives[1].template: is beside space (line 17); keep `template:` to have",
    ),
    "via without space": (
        "    template: initiative",
        "    via: [a.example]",
        "13: initiatives[0].via: goes with `space:`",
    ),
    "via that is no server": (
        "via: [sued.example]",
        'via: ["https://sued.example"]',
        '18: initiatives[1].via[0]: "https://sued.example" is not a server\'s name',
    ),
    "too many via": (
        "via: [sued.example]",
        "via: [a, b, c, d]",
        "18: initiatives[1].via: has more entries than can be used; write at most 3",
    ),
    "an unknown template": (
        "template: initiative",
        "template: inititive",
        '13: initiatives[0].template: "inititive" is not among the templates; write "initiative"',
    ),
    "a space without server": (
        '"#start:sued.example"',
        '"#start"',
        '17: initiatives[1].space: "#start" is not the alias of a space; write "#start:sued.ex',
    ),
    "a space by its id": (
        '"#start:sued.example"',
        '"!abc:sued.example"',
        '17: initiatives[1].space: "!abc:sued.example" is a room\'s id; write its alias',
    ),
    "a contact who is none": (
        '["@nord:example.org"]',
        "[nord]",
        '12: initiatives[0].contacts[0]: "nord" is not a Matrix id; write "@nord:example.org"',
    ),
    "a contact twice": (
        '["@nord:example.org"]',
        '["@nord:example.org", "@nord:example.org"]',
        '12: initiatives[0].contacts[1]: "@nord:example.org" is listed twice',
    ),
    "an account as contact": (
        "@nord:example.org",
        "@willkommen:example.org",
        "12: initiatives[0].contacts[0]: is the account of onboarding; name people",
    ),
    "an account elsewhere": (
        '"@dienst:example.org"',
        '"@dienst:other.org"',
        '7: accounts.creator: is an account of "other.org", but the network is on "example.org"',
    ),
    "one account for two": (
        "onboarding: willkommen",
        "onboarding: austausch",
        "6: accounts.exchange: is the account of onboarding as well; each needs one of its own",
    ),
    "the name of an account": (
        "onboarding: willkommen",
        "onboarding: Will Kommen",
        '8: accounts.onboarding: "Will Kommen" is not the name of an account; write "will_kommen"',
    ),
    "a list as account": (
        "onboarding: willkommen",
        "onboarding: [a]",
        "8: accounts.onboarding: must have keys below it, indented by two spaces; known here: us",
    ),
    "a misspelt key of an account": (
        "onboarding: willkommen",
        "onboarding: {usr: willkommen}",
        '8: accounts.onboarding.usr: is not a known key; write "user"',
    ),
    "a kind": (
        "    template: initiative",
        "    kind: volunters",
        "13: initiatives[0].kind: is not one of the known values; write volunteers, self-organisa",
    ),
    "an unknown language": (
        "languages: [de, en]",
        "languages: [de, ua]",
        '3: network.languages[1]: "ua" is not a known language; write "uk"',
    ),
    "a language twice": (
        "languages: [de, en]",
        "languages: [de, de]",
        '3: network.languages[1]: "de" is listed twice, first in line 3; remove one',
    ),
    "rules in an unknown language": (
        "rules: {de: Wir hören einander zu., en: We listen.}",
        "rules:\n  de: Wir.\n  xx: Wir.",
        '21: rules.xx: "xx" is not a known language; write a code such as',
    ),
    "empty rules": (
        "en: We listen.",
        'en: " "',
        "19: rules.en: is empty; write a text",
    ),
    "rules as text": (
        "rules: {de: Wir hören einander zu., en: We listen.}",
        "rules: Wir.",
        "19: rules: must have keys below it",
    ),
    "no name": ("  name: Bündnis\n", "", "1: network.name: is missing; write `name: Bündnis der"),
    "plain http": (
        "https://matrix.example.org",
        "http://matrix.example.org",
        "5: homeserver.url: would send the office's secrets over the network in the clear",
    ),
    "a token": (
        "onboarding: willkommen",
        "onboarding: {user: willkommen, token: x}",
        "8: accounts.onboarding.token: secrets do not belong in this file; put it into a file of "
        "its own and write `token_file: PATH` in its place, or set "
        "BUENDNIS_NETWORK_ONBOARDING_TOKEN",
    ),
    "a registration secret": (
        "onboarding: willkommen",
        "registration_shared_secret: x",
        "8: accounts.registration_shared_secret: secrets do not belong in this file; put it into a "
        "file of its own and write `registration_secret_file: PATH` in its place, or set "
        "BUENDNIS_NETWORK_REGISTRATION_SECRET",
    ),
    "a key of another section": (
        "  state: ./state",
        "  state: ./state\n  host: x",
        '5: network.host: does not belong here but below "email.smtp"',
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED.values(), ids=REPLACED.keys())
def test_each_fault_has_its_line_and_its_words(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in VALID
    faults = faults_of(tmp_path, VALID.replace(old, new, 1))
    assert [fault for fault in faults if fault.startswith(expected)], faults
    assert len(faults) == 1


ADDED: Mapping[str, tuple[str, str]] = {
    "a local alias": (
        "rooms: {exchange: Austausch Süd}",
        'rooms.exchange: "Austausch Süd" is not an alias; write "#austausch-sued", in quotes',
    ),
    "an alias elsewhere": (
        'rooms: {exchange: "#austausch:other.org"}',
        'rooms.exchange: "#austausch:other.org" is on another server; rooms are made on example',
    ),
    "an alias of two rooms": (
        'rooms: {exchange: "#rundbrief"}',
        'rooms.announcements: rooms.announcements would have the address "#rundbrief", which '
        "rooms.exchange has (line 20); choose another",
    ),
    "an alias of an initiative": (
        'rooms: {exchange: {alias: "#willkommen-nord"}}',
        'initiatives[0].id: the space of "willkommen-nord" would have the address '
        '"#willkommen-nord", which rooms.exchange has (line 20)',
    ),
    "an alias of a room of an initiative": (
        'rooms: {exchange: "#willkommen-nord-offen"}',
        'initiatives[0].id: the room "offen" of "willkommen-nord" would have the address',
    ),
    "an unknown version": (
        "rooms: {version: 13}",
        "rooms.version: is not one of the known values; write 10, 11 or 12",
    ),
    "no rooms in a template": (
        "templates: [{id: leer, rooms: []}]",
        "templates[0].rooms: is an empty list; write at least one entry",
    ),
    "flags without an office": (
        "templates: [{id: x, rooms: [{id: a, name: a, flags: true}]}]",
        "templates[0].rooms[0].flags: needs the ombuds office; name its account under `ombuds`",
    ),
    "a room twice": (
        "templates: [{id: x, rooms: [{id: a, name: a}, {id: a, name: b}]}]",
        'templates[0].rooms[1].id: "a" is listed twice',
    ),
    "a placeholder": (
        'templates: [{id: x, rooms: [{id: a, name: "{nam}"}]}]',
        "templates[0].rooms[0].name: holds a brace that belongs to no placeholder; write {name}",
    ),
    "the ombuds office is one of ours": (
        'ombuds: {account: "@dienst:example.org"}',
        "ombuds.account: is the account of creator; the ombuds office has one of its own",
    ),
    "mail without imprint": (
        NO_IMPRINT,
        "email: needs an imprint, by law",
    ),
    "mail without pages": (
        MAIL.replace(PAGES, ""),
        "email: needs pages on which readers end their mails; write `web:` with a public_url",
    ),
    "a digest at no time": (
        "announcements: {digest_at: 24:00}",
        'announcements.digest_at: is not a time of day; write hours and minutes as "17:00"',
    ),
    "a digest on no day": (
        "announcements: {digest_on: fryday}",
        "announcements.digest_on: is not one of the known values; write monday, tuesday,",
    ),
    "a listener": (
        MAIL.replace("{public_url", "{listen: localhost, public_url"),
        'web.listen: is not an address and a port to listen on; write "127.0.0.1:8080"',
    ),
    "an address of pages": (
        MAIL.replace("https://a.example", "a.example"),
        'web.public_url: is not an address of web pages; write "https://a.example"',
    ),
}


@pytest.mark.parametrize(("line", "expected"), ADDED.values(), ids=ADDED.keys())
def test_faults_of_what_may_be_left_out(tmp_path: Path, line: str, expected: str) -> None:
    fault = fault_of(tmp_path, f"{VALID}{line}\n")
    assert fault.partition(": ")[2].startswith(expected), fault


MAILS: Mapping[str, tuple[str, str, str]] = {
    "no address": (
        "Rundbrief <rundbrief@example.org>",
        "Rundbrief",
        'email.from: "Rundbrief" is not a mail address; write "Rundbrief <rundbrief@',
    ),
    "a header": (
        "Rundbrief <rundbrief@example.org>",
        '"a@example.org\\nBcc: b@example.org"',
        "email.from: ",
    ),
    "no key": ("smtp: {host", "smtp: {hosst", 'email.smtp.hosst: is not a known key; write "host"'),
    "plain": (
        "{host: mail.example.org}",
        "{host: mail.example.org, tls: none}",
        "email.smtp.tls: would send mails over the network in the clear",
    ),
    "a port": ("example.org}", "example.org, port: 0}", "email.smtp.port: is too small"),
    "no rate": (
        "example.org}",
        "example.org, max_per_hour: 0}",
        "email.smtp.max_per_hour: is too small; write 1 or more",
    ),
    "a password": (
        "example.org}",
        "example.org, password: x}",
        "email.smtp.password: secrets do not belong in this file; put it into a file of its own "
        "and write `password_file: PATH` in its place, or set BUENDNIS_NETWORK_SMTP_PASSWORD",
    ),
    "another's signature": (
        "imprint",
        "  dkim: {domain: other.org, selector: a, key_file: ./key}\nimprint",
        "email.dkim.domain: is not that of the sender, so the signature would not count",
    ),
    "the key itself": (
        "imprint",
        "  dkim: {domain: example.org, selector: a, key_file: ./key, key: x}\nimprint",
        "email.dkim.key: secrets do not belong in this file; put it into a file of its own and "
        "write `key_file: PATH` in its place",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), MAILS.values(), ids=MAILS.keys())
def test_faults_of_mail(tmp_path: Path, old: str, new: str, expected: str) -> None:
    secret(tmp_path, "key", pem(Ed25519PrivateKey.generate()))
    assert old in MAIL
    faults = faults_of(tmp_path, VALID + MAIL.replace(old, new, 1))
    assert faults[0].partition(": ")[2].startswith(expected), faults
    assert len(faults) == 1


def test_signing_keys(tmp_path: Path) -> None:
    text = VALID + MAIL.replace(
        "imprint", "  dkim: {domain: example.org, selector: a, key_file: ./key}\nimprint"
    )
    for key in (Ed25519PrivateKey.generate(), generate_private_key(65537, 2048)):
        secret(tmp_path, "key", pem(key))
        load_network(write(tmp_path, text))
    protected = pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"x"))
    for content, words in (
        (b"geheim", "holds no private key in PEM format"),
        (protected, "holds no private key in PEM format without a password"),
    ):
        secret(tmp_path, "key", content)
        fault = fault_of(tmp_path, text)
        assert fault.startswith("23: email.dkim.key_file: ")
        assert words in fault
        assert "geheim" not in fault
    secret(tmp_path, "key", pem(Ed25519PrivateKey.generate()), 0o644)
    assert "can be read by others" in fault_of(tmp_path, text)


def test_adopted_twice(tmp_path: Path) -> None:
    text = VALID.replace("    template: initiative", '    space: "#start:sued.example"')
    assert fault_of(tmp_path, text).startswith(
        '17: initiatives[1].space: "#start:sued.example" is listed twice, first in line 13'
    )


def test_districts_that_would_share_an_address(tmp_path: Path) -> None:
    text = VALID.replace("    template: initiative", "    district: Süd")
    text = text.replace("    via: [sued.example]", "    district: Sued")
    assert fault_of(tmp_path, text) == (
        '18: initiatives[1].district: the district "Sued" would have the address "#bezirk-sued", '
        'which the district "Süd" has (line 13); choose another'
    )


def test_no_server_is_told(tmp_path: Path) -> None:
    text = VALID.replace(", server_name: example.org", "").replace('"@dienst:example.org"', "x")
    assert fault_of(tmp_path, text).startswith(
        "5: homeserver.server_name: is missing, and no account tells it"
    )


def test_all_faults_of_one_file_in_one_answer(tmp_path: Path) -> None:
    text = VALID.replace("  languages: [de, en]", "\tlanguages: [de, ua]")
    text = text.replace("id: asyl-sued", "id: willkommen-nord").replace("[sued.ex", "[sued/ex")
    text += 'rooms:\n  exchange: x y\n  exchange: "#z"\ncolour: blue\n'
    assert [fault.split(": ")[:2] for fault in faults_of(tmp_path, text)] == [
        ["3", "network"],
        ["3", "network.languages[1]"],
        ["14", "initiatives[1].id"],
        ["18", "initiatives[1].via[0]"],
        ["21", "rooms.exchange"],
        ["22", "rooms.exchange"],
        ["23", "colour"],
    ]


def test_nothing_to_log_in_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUENDNIS_NETWORK_REGISTRATION_SECRET")
    monkeypatch.setenv("BUENDNIS_NETWORK_CREATOR_PASSWORD", "x")
    fault = fault_of(tmp_path, VALID)
    bots = ", ".join(bot.name for bot in BOTS)
    assert fault.startswith(
        f"6: accounts: nothing to log in with is named for {bots}; "
        "write registration_secret_file, or below each a password_file or token_file, or set"
    )
    [notice] = check(write(tmp_path, VALID)).notices
    assert f"{notice.line}: {notice.where}: {notice.text}" == fault


def test_two_secrets_of_one_account(tmp_path: Path) -> None:
    secret(tmp_path, "secret")
    text = VALID.replace(
        "onboarding: willkommen",
        "onboarding: {user: willkommen, token_file: ./secret, password_file: ./secret}",
    )
    assert fault_of(tmp_path, text) == (
        "8: accounts.onboarding.token_file: is beside password_file (line 8); keep exactly one "
        "of them"
    )


def test_an_accounts_own_secret_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_NETWORK_EXCHANGE_TOKEN", "x")
    config = load_network(write(tmp_path, VALID))
    assert config.credentials["exchange"].kind == "token"
    assert config.credentials["creator"].kind == "registration_secret"


def test_no_secret_shows_in_the_settings(tmp_path: Path) -> None:
    config = load_network(write(tmp_path, VALID))
    for shown in (repr(config), str(config), config.model_dump_json(), str(config.model_dump())):
        assert "geheim" not in shown


def test_notices(tmp_path: Path) -> None:
    text = VALID.replace("languages: [de, en]", "languages: [de, pl, ar]")
    text = text.replace('    contacts: ["@nord:example.org"]\n', "")
    notices = check(write(tmp_path, text)).notices
    assert [(notice.line, notice.where) for notice in notices] == [
        (3, "network.languages[1]"),
        (18, "rules"),
        (10, "initiatives[0].contacts"),
    ]
    assert "no text in pl, ar" in notices[1].text


def test_crowded_districts_are_noticed(tmp_path: Path) -> None:
    many = "".join(
        f"  - {{id: i{n}, name: I, district: Nord, contacts: ['@a:b']}}\n" for n in range(60)
    )
    [notice] = check(write(tmp_path, VALID.replace("rules:", f"{many}rules:"))).notices
    assert 'the district "Nord" would hold 60 spaces and rooms' in notice.text


def test_the_commands_know_both_kinds(tmp_path: Path) -> None:
    runner = CliRunner()
    path = write(tmp_path, VALID)
    result = runner.invoke(cli, ["check", str(path)])
    assert (result.exit_code, result.output) == (
        0,
        f"{path}: nothing wrong: Bündnis, made by @dienst:example.org on "
        "https://matrix.example.org, initiatives: 2 (1 with spaces of their own), "
        "languages: de, en\n",
    )
    required = json.loads(runner.invoke(cli, ["schema", "network"]).output)["required"]
    assert required == ["network", "homeserver"]


def test_each_command_gets_its_own_kind(tmp_path: Path) -> None:
    path = write(tmp_path, VALID)
    with pytest.raises(ConfigFaults, match="describes a network"):
        load(path)
    path.write_text("office: {name: x}\n", encoding="utf-8")
    with pytest.raises(ConfigFaults, match="describes an ombuds office"):
        load_network(path)


@pytest.mark.parametrize("head", ["netwrok:", "Network:", "nework:"])
def test_a_misspelt_first_key_still_tells_the_kind(tmp_path: Path, head: str) -> None:
    fault = fault_of(tmp_path, VALID.replace("network:", head, 1))
    assert fault == f'1: {head[:-1]}: is not a known key; write "network"'


def test_without_its_first_key_the_other_sections_tell_the_kind(tmp_path: Path) -> None:
    text = VALID[VALID.index("homeserver") :]
    assert fault_of(tmp_path, text).startswith("1: network: is missing; write `network:`")


@looped("kind", get_args(ErrorType))
def test_every_error_of_pydantic_has_plain_words(kind: str) -> None:
    context: dict[str, Any] = {"expected": "'a' or 'b'", "error": ValueError("say so")}
    details = ErrorDetails(
        type=kind, loc=("accounts", "creator"), msg="Input should be", input="geheim", ctx=context
    )
    words = sentence(details, MODELS.file, lambda loc: False)
    assert not any(jargon in words for jargon in ("Input", "pydantic", "geheim", "valid"))


SNIPPETS = st.text(" \t\n:-[]{}&*!|>'\"%@`#,?~ab1\u202e\u00e9", min_size=1, max_size=8)
FULL = EXAMPLE.read_text(encoding="utf-8")


@given(st.lists(st.tuples(st.integers(0, len(FULL)), SNIPPETS, st.integers(0, 40)), max_size=4))
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_damaged_example_gives_settings_or_faults(
    tmp_path: Path, damages: list[tuple[int, str, int]]
) -> None:
    text = FULL
    for start, snippet, length in damages:
        text = text[:start] + snippet + text[start + length :]
    path = tmp_path / "damaged.yaml"
    path.write_bytes(text.encode("utf-8"))
    try:
        check(path)
    except ConfigFaults as faults:
        last = text.count("\n") + 1
        assert all(1 <= fault.line <= last for fault in faults.faults)  # noqa: PT017
        assert all(fault.text.isprintable() for fault in faults.faults)  # noqa: PT017


def test_an_imprint_that_nothing_shows_is_noticed(tmp_path: Path) -> None:
    found = check(write(tmp_path, f"{VALID}{IMPRINT}\n")).notices
    assert [(x.where, x.text) for x in found] == [
        ("imprint", "is shown nowhere; write `web:` with a public_url")
    ]
    assert check(write(tmp_path, f"{VALID}{IMPRINT}\n{PAGES}\n")).notices == ()
