"""Secrets come from files of their own or the environment, and are never printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bots.offices.reading import check
from config.loading import load
from config.values.credentials import KINDS, OmbudsEnvironment
from config.values.faults import ConfigFaults
from tests.kit.settings import VALID, fault_of, faults_of, write

variable = OmbudsEnvironment.variable
SECRET = "correct horse battery staple"
KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KINDS, "seal_key"):
        monkeypatch.delenv(variable(name), raising=False)
        monkeypatch.delenv(variable(f"{name}_file"), raising=False)


def secret_file(folder: Path, content: str | bytes = SECRET, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def with_account(*lines: str) -> str:
    return VALID.replace("account:\n", "account:\n" + "".join(f"  {line}\n" for line in lines))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_from_a_file_beside_the_yaml(tmp_path: Path, kind: str, end: str) -> None:
    secret_file(tmp_path, SECRET + end)
    config = load(write(tmp_path, with_account(f"{kind}_file: ./secret")))
    assert config.credential.kind == kind
    assert config.credential.value.get_secret_value() == SECRET


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_environment(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(kind), SECRET)
    config = load(write(tmp_path, VALID))
    assert config.credential.kind == kind
    assert config.credential.value.get_secret_value() == SECRET


@pytest.mark.parametrize("kind", KINDS)
def test_from_a_file_that_the_environment_names(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable(f"{kind}_file"), "secret")
    config = load(write(tmp_path, VALID))
    assert config.credential.kind == kind
    assert config.credential.value.get_secret_value() == SECRET


def test_the_environment_comes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_TOKEN", "other")
    config = load(write(tmp_path, with_account("password_file: ./not-there")))
    assert config.credential.kind == "token"


def test_an_empty_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_file(tmp_path)
    monkeypatch.setenv("BUENDNIS_OMBUDS_TOKEN", "")
    config = load(write(tmp_path, with_account("password_file: ./secret")))
    assert config.credential.kind == "password"


def test_nothing_to_log_in_with_stops_a_run_and_is_a_notice_to_check(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, VALID)
    assert fault.startswith("7: account: names nothing to log in with; write one of password_file")
    assert "BUENDNIS_OMBUDS_PASSWORD" in fault
    [notice] = check(write(tmp_path, VALID)).notices
    assert f"{notice.line}: {notice.where}: {notice.text}" == fault


def test_two_in_the_file(tmp_path: Path) -> None:
    secret_file(tmp_path)
    text = with_account("token_file: ./secret", "password_file: ./secret")
    assert fault_of(tmp_path, text) == (
        "9: account.password_file: is beside token_file (line 8); keep exactly one of them"
    )


def test_two_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD_FILE", SECRET)
    fault = fault_of(tmp_path, VALID)
    assert fault == (
        "7: account: the environment sets BUENDNIS_OMBUDS_PASSWORD, "
        "BUENDNIS_OMBUDS_PASSWORD_FILE; set exactly one of them"
    )


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610])
def test_a_file_that_others_can_read(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, mode=mode)
    assert fault_of(tmp_path, with_account("password_file: ./secret")) == (
        f"8: account.password_file: can be read by others on this machine; run `chmod 600 {path}`"
    )


def test_the_remedy_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    path = secret_file(tmp_path, mode=0o644).rename(tmp_path / "my secret")
    fault = fault_of(tmp_path, with_account("password_file: my secret"))
    assert f"`chmod 600 '{path}'`" in fault


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, with_account("password_file: ./not-there"))
    assert fault.startswith("8: account.password_file: there is no such file (relative paths start")
    assert str(tmp_path) in fault
    assert "chmod 600" in fault


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n", "is empty"),
        (f"{SECRET}\n{SECRET}\n", "more than one line"),
        (SECRET.encode() + b"\xff", "something else than text"),
        (SECRET * 1000, "more than one line"),
    ],
)
def test_a_file_that_holds_no_secret(tmp_path: Path, content: str | bytes, words: str) -> None:
    secret_file(tmp_path, content)
    fault = fault_of(tmp_path, with_account("password_file: ./secret"))
    assert fault.startswith("8: account.password_file: ")
    assert words in fault
    assert SECRET not in fault


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    assert "is not a file" in fault_of(tmp_path, with_account("password_file: ."))


def test_a_variable_that_names_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD_FILE", SECRET)
    fault = fault_of(tmp_path, VALID)
    assert fault.startswith("7: account: BUENDNIS_OMBUDS_PASSWORD_FILE: there is no such file")
    assert SECRET not in fault


def test_a_variable_that_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD_FILE", f"{SECRET}\udcff")
    fault = fault_of(tmp_path, VALID)
    assert "BUENDNIS_OMBUDS_PASSWORD_FILE: is not a path" in fault
    assert SECRET not in fault


def test_a_variable_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", f"{SECRET}\udcff")
    fault = fault_of(tmp_path, VALID)
    assert "BUENDNIS_OMBUDS_PASSWORD: holds something else than text" in fault
    assert SECRET not in fault


def test_the_sealing_key_lies_in_the_state_if_nothing_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    assert load(write(tmp_path, VALID)).seal_key_path == tmp_path / "state/seal.key"
    other = VALID.replace("  state:", "  seal_key_file: ./keys/key\n  state:")
    assert load(write(tmp_path, other)).seal_key_path == tmp_path / "keys/key"


def test_a_sealing_key_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    """Where it lies, and never the key itself: others could read that there."""
    monkeypatch.setenv("BUENDNIS_OMBUDS_SEAL_KEY", KEY)
    assert load(write(tmp_path, VALID)).seal_key_path == tmp_path / "state/seal.key"
    monkeypatch.setenv("BUENDNIS_OMBUDS_SEAL_KEY_FILE", str(tmp_path / "key"))
    assert load(write(tmp_path, VALID)).seal_key_path == tmp_path / "key"


def test_a_sealing_key_that_can_not_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    text = VALID.replace("  state:", "  seal_key_file: ./secret\n  state:")
    secret_file(tmp_path)
    assert fault_of(tmp_path, text).startswith(
        "4: office.seal_key_file: the sealing key is not a sealing key, which has 64 hex digits"
    )
    secret_file(tmp_path, KEY, mode=0o644)
    assert "can be read by others" in fault_of(tmp_path, text)
    other = text.replace("  state:", "  opened_by: passphrase\n  state:")
    assert load(write(tmp_path, other)).opened_by == "passphrase", "it asks for no file"
    monkeypatch.setenv("BUENDNIS_OMBUDS_SEAL_KEY_FILE", str(secret_file(tmp_path)))
    fault = fault_of(tmp_path, VALID)
    assert fault.startswith("1: office: BUENDNIS_OMBUDS_SEAL_KEY_FILE: is not a sealing key")
    assert SECRET not in fault


def test_a_passphrase_is_never_written_into_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    fault = fault_of(tmp_path, VALID.replace("  state:", f"  passphrase: {SECRET}\n  state:"))
    assert "opened_by: passphrase" in fault
    assert SECRET not in fault


def test_a_sealing_key_that_others_can_read_where_it_lies_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    key = tmp_path / "state/seal.key"
    key.parent.mkdir()
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o644)
    assert f"chmod 600 {key}" in fault_of(tmp_path, VALID)
    key.chmod(0o600)
    load(write(tmp_path, VALID))


def test_certificates_and_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    secret_file(tmp_path)
    text = VALID.replace("homeserver:\n", "homeserver:\n  ca_file: ./secret\n")
    assert "6: homeserver.ca_file: holds no certificates" in fault_of(tmp_path, text)
    assert "6: homeserver.ca_file: there is no such file" in fault_of(
        tmp_path, text.replace("./secret", "./not-there")
    )
    state = VALID.replace("./state", "./secret")
    assert "4: office.state: is a file; name a folder" in faults_of(tmp_path, state)


def test_no_secret_shows_in_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUENDNIS_OMBUDS_PASSWORD", SECRET)
    config = load(write(tmp_path, VALID)).opened(SecretStr(KEY))
    for shown in (repr(config), str(config), config.model_dump_json(), str(config.model_dump())):
        assert SECRET not in shown
        assert KEY not in shown
    assert SECRET not in repr(config.credential)


PLACES = (
    "account:\n  password: {}\n",
    "account:\n  passwort: {}\n",
    "account:\n  password:\n    - {}\n",
    "account:\n  password_file: {}\n",
    "account:\n  password_file: [{}]\n",
    "account:\n  password_file: {{{}: }}\n",
    "account:\n  pasword_file: {}\n",
    "account:\n  token: @{}\n",
    "account:\n  token: '{}\n",
    "account:\n  token: *{}\n",
    "account:\n  token: !{}\n",
    "account:\n  token: &{}\n",
    "account:\n  token: [{}\n",
    "account:\n\ttoken: {}\n",
    "account:\n  token:\t{}\n",
    "account:\n  token: a: {}\n",
    "account:\n  token: 1\n  token: {}\n",
    "homeserver:\n  url: https://anna:{}@matrix.example.org\n",
    "office:\n  seal_key: {}\n",
)


@pytest.mark.parametrize("place", PLACES)
@given(letters=st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=16, max_size=64))
@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(
    tmp_path: Path, place: str, letters: str
) -> None:
    path = write(tmp_path, VALID + place.format(letters))
    with pytest.raises(ConfigFaults) as caught:
        load(path)
    alone = write(tmp_path, place.format(letters))
    with pytest.raises(ConfigFaults) as also:
        load(alone)
    for fault in (*caught.value.faults, *also.value.faults):
        assert letters not in fault.text
        assert letters not in fault.where
