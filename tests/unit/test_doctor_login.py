"""`buendnis doctor`: whether Matrix is spoken, and the way in that fits the secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bots.cli.checkup.login import matrix
from bots.cli.checkup.subject import Subject
from bots.offices.checkup.finding import Finding, Mark
from bots.runtime.office.serving import Account
from bots.runtime.store.store import FILE
from tests.kit.answering import Homeserver

USER = "@ombuds:example.org"
VERSIONS, LOGIN = "/_matrix/client/versions", "/_matrix/client/v3/login"
WHOAMI, REGISTER = "/_matrix/client/v3/account/whoami", "/_synapse/admin/v1/register"
NEW_METADATA = "/_matrix/client/v1/auth_metadata"
OLD_METADATA = "/_matrix/client/unstable/org.matrix.msc2965/auth_metadata"

SPEAKS = {VERSIONS: {"versions": ["v1.4", "v1.15"]}}
PASSWORDS = {LOGIN: {"flows": [{"type": "m.login.password"}, {"type": "m.login.sso"}]}}
SINGLE_SIGN_ON = {LOGIN: {"flows": [{"type": "m.login.sso"}]}}
NONCE = {REGISTER: {"nonce": "abc"}}
ISSUER = {"issuer": "https://auth.example.org/"}


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    account = Account("", USER, password="geheim")
    return Subject(tmp_path / "o.yaml", account, tmp_path, tmp_path / "seal.key")


def with_secret(subject: Subject, **secret: Any) -> Subject:
    return replace(subject, account=replace(subject.account, password=None, **secret))


async def examined(subject: Subject, *answers: Mapping[str, Any]) -> list[Finding]:
    homeserver = Homeserver(*answers)
    async with homeserver.running() as url:
        account = replace(subject.account, homeserver=url)
        found = await matrix(replace(subject, account=account))
    assert {asked.partition(" ")[0] for asked in homeserver.asked} == {"GET"}
    assert "geheim" not in json.dumps([finding.as_json() for finding in found])
    return found


async def login(subject: Subject, *answers: Mapping[str, Any]) -> list[Finding]:
    """What is found of the login, on a homeserver that is one."""
    spoken, *found = await examined(subject, SPEAKS, *answers)
    assert (spoken.mark, spoken.found) == (Mark.OK, "speaks Matrix up to v1.15")
    assert {finding.check for finding in found} == {"login"}
    return found


# -- Matrix ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "words", "remedy"),
    [
        ({VERSIONS: "<!doctype html>Welcome"}, "not a Matrix homeserver", "reverse proxy"),
        ({VERSIONS: {"versions": ["r0.6.1", "v1.3"]}}, "only up to v1.3", "update it"),
        ({VERSIONS: {"hello": "world"}}, "not a Matrix homeserver", "homeserver.url"),
        ({}, "not as a Matrix homeserver", "without a path"),
        ({VERSIONS: {"status": 502}}, "a fault of its own", "tries again"),
    ],
)
async def test_what_is_no_homeserver_to_us(
    subject: Subject, answers: Mapping[str, Any], words: str, remedy: str
) -> None:
    [found] = await examined(subject, answers)
    assert (found.check, found.mark) == ("homeserver", Mark.FAULT)
    assert words in found.found
    assert remedy in found.found + str(found.remedy)


# -- by password -----------------------------------------------------------------------------------


async def test_passwords_are_taken(subject: Subject) -> None:
    [found] = await login(subject, PASSWORDS)
    assert (found.mark, found.found) == (Mark.OK, "the homeserver takes passwords; none was tried")


async def test_passwords_are_not_taken(subject: Subject) -> None:
    [found] = await login(subject, SINGLE_SIGN_ON)
    assert found.mark is Mark.FAULT
    assert found.found == "the homeserver takes no passwords; it offers: m.login.sso"
    assert "account.token_file" in str(found.remedy)


@pytest.mark.parametrize("metadata", [NEW_METADATA, OLD_METADATA])
async def test_an_authentication_service_takes_them_instead(
    subject: Subject, metadata: str
) -> None:
    [found] = await login(subject, SINGLE_SIGN_ON, {metadata: ISSUER})
    assert found.mark is Mark.FAULT
    assert found.found.endswith("an external authentication service does")
    assert "mas-cli manage issue-compatibility-token" in str(found.remedy)


@pytest.mark.parametrize("flows", [None, "all", [1, "m.login.password"], {}])
async def test_flows_that_are_malformed(subject: Subject, flows: Any) -> None:
    [found] = await login(subject, {LOGIN: {"flows": flows}})
    assert (found.mark, found.found) == (
        Mark.FAULT,
        "the homeserver takes no passwords; it offers: nothing",
    )


# -- by the registration secret --------------------------------------------------------------------


async def test_a_secret_can_register(subject: Subject) -> None:
    registers = with_secret(subject, registration_secret="geheim")
    found = await login(registers, PASSWORDS, NONCE)
    assert [finding.mark for finding in found] == [Mark.OK, Mark.OK]


async def test_the_way_to_register_is_closed(subject: Subject) -> None:
    registers = with_secret(subject, registration_secret="geheim")
    closed, passwords = await login(registers, PASSWORDS)
    assert (closed.mark, closed.found) == (Mark.FAULT, f"{REGISTER} does not answer")
    assert "reverse proxy" in str(closed.remedy)
    assert passwords.mark is Mark.OK


async def test_an_authentication_service_registers_nobody(subject: Subject) -> None:
    registers = with_secret(subject, registration_secret="geheim")
    answers = (SINGLE_SIGN_ON, NONCE, {NEW_METADATA: ISSUER})
    found = await login(registers, *answers)
    assert [finding.mark for finding in found] == [Mark.FAULT, Mark.FAULT]


async def test_an_office_that_has_its_account_need_not_register(subject: Subject) -> None:
    (subject.state / FILE).touch()
    registers = with_secret(subject, registration_secret="geheim")
    found = await login(registers, PASSWORDS)
    assert [finding.mark for finding in found] == [Mark.NOTE, Mark.OK]


# -- by token --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "mark", "words"),
    [
        ({"user_id": USER, "device_id": "D"}, Mark.OK, f"is that of {USER}"),
        ({"user_id": "@else:example.org", "device_id": "D"}, Mark.FAULT, "another account"),
        ({"user_id": USER}, Mark.FAULT, "no device"),
        ({"errcode": "M_UNKNOWN_TOKEN", "status": 401}, Mark.FAULT, "no longer accepts"),
        ({"errcode": "M_FORBIDDEN", "status": 403}, Mark.FAULT, "M_FORBIDDEN"),
    ],
)
async def test_whose_token_it_is(
    subject: Subject, answer: Mapping[str, Any], mark: Mark, words: str
) -> None:
    [found] = await login(with_secret(subject, token="geheim"), {WHOAMI: answer})
    assert found.mark is mark
    assert words in found.found


async def test_an_environment_without_the_secret(subject: Subject) -> None:
    [found] = await login(with_secret(subject))
    assert (found.mark, found.found) == (
        Mark.NOTE,
        "this environment names nothing to log in with",
    )
