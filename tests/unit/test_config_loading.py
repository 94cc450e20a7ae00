"""Loading `ombuds.yaml`: every fault in one answer, with its line and a remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from bots.offices.reading import check
from config.loading import load
from config.ombuds.settings import Helpline, OmbudsFile
from config.reading.sentences import sentence
from config.values.credentials import KINDS, OmbudsEnvironment
from config.values.faults import ConfigFaults
from tests.kit.looped import looped
from tests.kit.settings import EXAMPLE, VALID, fault_of, faults_of, write

variable = OmbudsEnvironment.variable


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KINDS:
        monkeypatch.delenv(variable(name), raising=False)
        monkeypatch.delenv(variable(f"{name}_file"), raising=False)
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", "geheim")


def test_a_small_file_says_all_that_is_needed(tmp_path: Path) -> None:
    path = write(tmp_path, VALID)
    config = load(path)
    assert config.path == path
    assert config.office.name == "Ombudsstelle im Bündnis"
    assert config.office.languages == ("de", "en", "ar")
    assert config.office.timezone == ZoneInfo("Europe/Berlin")
    assert config.office.state == tmp_path / "state"
    assert config.seal_key_path == tmp_path / "state/seal.key"
    assert config.opened_by == "file"
    assert config.homeserver.url == "https://matrix.example.org"
    assert config.server_name == "example.org"
    assert config.staff == ("@anna:example.org", "@bilal:example.org")
    assert (config.room.name, config.room.federate) == ("Ombudsstelle: Team", False)
    assert config.answers.undo == config.unreadable_after == timedelta(seconds=60)
    assert [line.number for line in config.helplines] == ["110", "112"]
    assert config.logging.level == "info"
    assert config.credential.kind == "password"
    assert config.credential.value.get_secret_value() == "geheim"


def test_settings_do_not_change(tmp_path: Path) -> None:
    config = load(write(tmp_path, VALID))
    with pytest.raises(ValidationError):
        config.unreadable_after = timedelta(0)
    with pytest.raises(ValidationError):
        config.office.name = "x"


def test_everything_can_be_set(tmp_path: Path) -> None:
    more = """\
room: {name: Postfach, federate: true}
answers: {undo: 2m}
unreadable_after: 1h
helplines: [{name: Ärzte, number: 116 117}, {name: Hilfetelefon, number: 116016}]
logging: {level: debug}
"""
    config = load(write(tmp_path, VALID + more))
    assert config.room.federate is True
    assert config.answers.undo == timedelta(minutes=2)
    assert config.unreadable_after == timedelta(hours=1)
    assert config.helplines[1] == Helpline(name="Hilfetelefon", number="116016")
    assert config.logging.level == "debug"


def test_the_example_has_no_fault() -> None:
    config = load(EXAMPLE)
    assert config.office.languages[:3] == ("de", "de-simple", "en")


def test_what_the_example_leaves_out_can_be_left_out() -> None:
    shown = load(EXAMPLE)
    assert shown.room == OmbudsFile.model_fields["room"].default
    assert shown.answers == OmbudsFile.model_fields["answers"].default
    assert shown.helplines == OmbudsFile.model_fields["helplines"].default
    assert shown.unreadable_after == OmbudsFile.model_fields["unreadable_after"].default


def test_the_example_works_with_every_commented_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUENDNIS_OMBUDS_PASSWORD")
    secret = tmp_path / "secrets/ombuds-password"
    secret.parent.mkdir()
    secret.touch(mode=0o600)
    secret.write_text("geheim\n", encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8")
    for key in ("seal_key_file", "server_name", "insecure", "password_file"):
        assert f"# {key}: " in text
        text = text.replace(f"# {key}: ", f"{key}: ")
    assert load(write(tmp_path, text)).account.password_file == secret


def test_all_faults_of_one_file_in_one_answer(tmp_path: Path) -> None:
    text = """\
office:
\tname: Ombudsstelle
  languages: [de, ua]
  state: ./state
homeserver:
  url: https://matrix.example.org
  adress: x
account:
  user: "@ombuds:example.org"
staff:
  - "@bilal:example.org"
  - anna
staff: []
colour: blue
"""
    assert faults_of(tmp_path, text) == [
        "2: office: a tab indents this line; YAML allows only spaces there, write two spaces for "
        "each level",
        '3: office.languages[1]: "ua" is not a known language; write "uk"',
        "7: homeserver.adress: is not a known key; remove it, or write one of: url, server_name, "
        "ca_file, insecure",
        '12: staff[1]: "anna" is not a Matrix id; write "@anna:example.org"',
        '13: staff: "staff" is here more than once, in lines 10, 13; keep one',
        "13: staff: is an empty list; write at least one entry",
        "14: colour: is not a known key; remove it, or write one of: office, homeserver, account, "
        "staff, room, answers, closed, held, alarms, bots, unreadable_after, helplines, logging",
    ]


def test_what_stands_below_a_misspelt_key_is_checked_too(tmp_path: Path) -> None:
    text = VALID.replace("homeserver:", "homserver:").replace("url: https", "ulr: xx")
    assert faults_of(tmp_path, text) == [
        '5: homserver: is not a known key; write "homeserver"',
        '6: homeserver.ulr: is not a known key; write "url"',
        '6: homeserver.url: is not an address of a homeserver; write "https://matrix.example.org"',
    ]


def test_a_section_that_can_not_be_read_is_not_missed(tmp_path: Path) -> None:
    text = VALID.replace("[de, en, ar]", "[de, en").replace("@bilal:example.org", "bilal")
    assert [fault.split(":")[0] for fault in faults_of(tmp_path, text)] == ["3", "11"]


REPLACED: Mapping[str, tuple[str, str, str]] = {
    "missing key": ("  state: ./state\n", "", "1: office.state: is missing; write `state: ./s"),
    "missing section": (
        'account:\n  user: "@ombuds:example.org"\n',
        "",
        "1: account: is missing; write `account:` and below it, indented, "
        '`user: "@ombuds:example.org"`',
    ),
    "empty key": ("./state", "", "4: office.state: has nothing behind it; write `state: ./s"),
    "empty section": (
        "  url: https://matrix.example.org\n",
        "",
        "5: homeserver: has nothing behind it; write `homeserver:` and below it",
    ),
    "section as text": (
        "homeserver:\n  url: https://matrix.example.org",
        "homeserver: https://matrix.example.org",
        "5: homeserver: must have keys below it",
    ),
    "staff as text": (
        'staff:\n  - "@anna:example.org"\n  - "@bilal:example.org"',
        'staff: "@anna:example.org"',
        "9: staff: must be a list; write [a, b]",
    ),
    "empty entry": ('- "@bilal:example.org"', "-", "11: staff[1]: has nothing behind it"),
    "nested entry": ('- "@bilal:example.org"', "- [a]", "11: staff[1]: must be one text"),
    "number as name": ("Ombudsstelle im Bündnis", "1", "2: office.name: must be a text; put it"),
    "empty name": ("Ombudsstelle im Bündnis", '" "', "2: office.name: is empty; write a name"),
    "name with a bidi mark": (
        "Ombudsstelle im Bündnis",
        '"x\\u202Ey"',
        "2: office.name: is not one plain line",
    ),
    "long name": ("Ombudsstelle im Bündnis", "x" * 101, "2: office.name: is longer than 100"),
    "lone surrogate": ("Ombudsstelle im Bündnis", '"\\uD800"', "2: office.name: is not one plain"),
    "unknown language": ("ar]", "xx]", '3: office.languages[2]: "xx" is not a known language'),
    "language twice": ("ar]", "de]", '3: office.languages[2]: "de" is listed twice, first in'),
    "user elsewhere": (
        "  url:",
        "  server_name: other.org\n  url:",
        '9: account.user: is an account of "example.org", but homeserver.server_name is "other.or',
    ),
    "staff elsewhere": (
        "@bilal:example.org",
        "@bilal:other.org",
        '11: staff[1]: "@bilal:other.org" is on another server',
    ),
    "staff twice": ("bilal", "anna", '11: staff[1]: "@anna:example.org" is listed twice'),
    "the office among its staff": ("bilal", "ombuds", "11: staff[1]: is the office's own account"),
    "plain http": ("https", "http", "6: homeserver.url: would send the office's secrets"),
    "a secret": ("account:\n", "account:\n  password: x\n", "8: account.password: secrets do not"),
    "a token": ("account:\n", "account:\n  access_token: x\n", "8: account.access_token: secrets"),
    "a key of another section": (
        "office:\n",
        "office:\n  user: x\n",
        '2: office.user: does not belong here but below "account"',
    ),
    "a section in a section": (
        "account:\n",
        "account:\n  logging: {}\n",
        "8: account.logging: does not belong here but at the margin",
    ),
    "a zone": ("  state", "  timezone: Berlin\n  state", '4: office.timezone: "Berlin" is not a'),
    "a folder of zones": (
        "  state",
        "  timezone: Europe\n  state",
        '4: office.timezone: "Europe" is not a time zone',
    ),
    "a zone outside": (
        "  state",
        "  timezone: ../../etc/passwd\n  state",
        '4: office.timezone: "../../etc/passwd" is not a time zone; write "Europe/Berlin"',
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED.values(), ids=REPLACED.keys())
def test_each_fault_has_its_line_and_its_words(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert old in VALID
    fault = fault_of(tmp_path, VALID.replace(old, new, 1))
    assert fault.startswith(expected)


ADDED: Mapping[str, tuple[str, str]] = {
    "no is no boolean": ("room: {federate: no}", "room.federate: must be true or false"),
    "no unit": ("answers: {undo: 60}", 'answers.undo: lacks a unit; write "60s"'),
    "no duration": ("unreadable_after: soon", "unreadable_after: is not a duration; write a"),
    "a long duration": ("answers: {undo: 9d}", "answers.undo: is too long; at most 1d"),
    "a list as duration": ("answers: {undo: [1]}", "answers.undo: is not a duration"),
    "no helpline": ("helplines: []", "helplines: is an empty list; write at least one entry"),
    "helpline as text": ('helplines: ["110"]', "helplines[0]: must be an entry with keys; write {"),
    "helpline in words": (
        "helplines: [{name: x, number: ruf an}]",
        'helplines[0].number: "ruf an" is not a telephone number',
    ),
    "helpline without number": (
        "helplines: [{name: x}]",
        'helplines[0].number: is missing; write `number: "110"`',
    ),
    "level": ("logging: {level: loud}", "logging.level: is not one of the known values; write deb"),
}


@pytest.mark.parametrize(("line", "expected"), ADDED.values(), ids=ADDED.keys())
def test_faults_of_what_may_be_left_out(tmp_path: Path, line: str, expected: str) -> None:
    assert fault_of(tmp_path, f"{VALID}{line}\n").startswith(f"12: {expected}")


@pytest.mark.parametrize("line", ["room:", "logging:", "helplines:", "answers: {undo: }"])
def test_an_empty_key_that_may_be_left_out_is_left_out(tmp_path: Path, line: str) -> None:
    assert load(write(tmp_path, f"{VALID}{line}\n")) == load(write(tmp_path, VALID))


def test_languages_that_look_like_booleans(tmp_path: Path) -> None:
    text = VALID.replace("[de, en, ar]", "[no]").replace("Ombudsstelle im Bündnis", "off")
    config = load(write(tmp_path, text))
    assert (config.office.languages, config.office.name) == (("no",), "off")


def test_plain_http_when_the_way_is_safe_or_the_admin_says_so(tmp_path: Path) -> None:
    url = "https://matrix.example.org"
    for other in (
        "http://127.0.0.1:8008",
        "http://synapse:8008",
        "http://a.test\n  insecure: true",
    ):
        load(write(tmp_path, VALID.replace(url, other)))


def test_staff_of_other_servers_in_a_federated_room(tmp_path: Path) -> None:
    text = VALID.replace("@bilal:example.org", "@bilal:other.org") + "room: {federate: true}\n"
    assert load(write(tmp_path, text)).staff[1] == "@bilal:other.org"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: file: is empty; begin with a copy of"),
        ("# only words\n", "1: file: is empty"),
        ("- a\n", "1: file: must consist of keys"),
        ("hello\n", "1: file: must consist of keys"),
        (
            "network:\n  name: x\n",
            "1: file: describes a network (`network:`); this needs the file of",
        ),
        ("\nservices: {}\n", "2: file: has neither `office:` (an ombuds office) nor `network:`"),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, text: str, expected: str) -> None:
    assert fault_of(tmp_path, text).startswith(expected)


def test_a_misspelt_first_key_still_tells_the_kind(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, VALID.replace("office:", "ofice:"))
    assert fault == '1: ofice: is not a known key; write "office"'


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.yaml", "there is no such file"),
        (tmp_path, "is a folder"),
        (write(tmp_path, "x") / "below", "can't be read"),
        (Path("x" * 5000), "can't be read"),
    ):
        with pytest.raises(ConfigFaults, match=words):
            load(path)


def test_a_language_without_translation_is_a_notice(tmp_path: Path) -> None:
    [notice] = check(write(tmp_path, VALID.replace("ar]", "pl]"))).notices
    assert (notice.line, notice.where) == (3, "office.languages[2]")
    assert "Polish has no translation yet" in notice.text


@looped("kind", get_args(ErrorType))
def test_every_error_of_pydantic_has_plain_words(kind: str) -> None:
    context: dict[str, Any] = {"expected": "'a' or 'b'", "error": ValueError("say so")}
    details = ErrorDetails(
        type=kind, loc=("account", "user"), msg="Input should be", input="geheim", ctx=context
    )
    words = sentence(details, OmbudsFile, lambda loc: False)
    assert not any(jargon in words for jargon in ("Input", "pydantic", "geheim", "valid"))
    assert len(words) > 3


@given(st.binary(max_size=300))
@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_bytes_give_settings_or_faults(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "any.yaml").write_bytes(raw)
    with pytest.raises(ConfigFaults):
        load(tmp_path / "any.yaml")


SNIPPETS = st.text(" \t\n:-[]{}&*!|>'\"%@`#,?~ab1\u202e\u00e9", min_size=1, max_size=8)
FULL = EXAMPLE.read_text(encoding="utf-8")


@given(st.lists(st.tuples(st.integers(0, len(FULL)), SNIPPETS, st.integers(0, 40)), max_size=4))
@example([(FULL.index("Ombudsstelle im"), '"\\uD800" #', 0)])
@settings(
    max_examples=150,
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
        load(path)
    except ConfigFaults as faults:
        last = text.count("\n") + 1
        assert all(1 <= fault.line <= last for fault in faults.faults)  # noqa: PT017
        assert all(fault.text.isprintable() for fault in faults.faults)  # noqa: PT017
