"""What `doctor` must find, in one place: each mistake, and the test that makes it.

Those with `synapse` run against a real homeserver, with an office that runs. That each finding has
a remedy is seen to below; what `check` refuses in the files is in `test_mistakes.py`.
"""

from __future__ import annotations

import ast
from functools import cache

from tests.kit.looped import looped
from tests.kit.spoken_texts import ROOT

MISTAKES = {
    # the eight that a volunteer meets first
    "no certificate": "unit/test_doctor_installed.py::test_no_certificate_at_all",
    "a wrong registration secret": "synapse/test_doctor.py::test_a_wrong_registration_secret",
    "a wrong server_name": "unit/test_doctor_installed.py::test_the_homeservers_own_name",
    "a state that was lost": "synapse/test_doctor.py::test_a_state_that_was_lost",
    "a new sealing key": "unit/test_doctor_files.py::test_a_key_that_does_not_fit",
    "legal pages that don't answer": (
        "unit/test_doctor_installed.py::test_a_legal_page_that_does_not_answer"
    ),
    "a contact who does not exist": (
        "synapse/test_doctor_network.py::test_rooms_that_are_otherwise_than_declared"
    ),
    "a backup older than a week": "unit/test_doctor_installed.py::test_the_last_backup",
    "a backup that was broken off": (
        "unit/test_doctor_installed.py::test_a_backup_that_was_broken_off"
    ),
    "the state and key of another office": (
        "unit/test_doctor_files.py::test_the_folder_of_another_office"
    ),
    # certificates and names
    "an expired certificate": "unit/test_doctor_connection.py::test_an_expired_certificate",
    "a certificate for another name": (
        "unit/test_doctor_connection.py::test_a_certificate_for_another_address"
    ),
    "a certificate that runs out soon": (
        "unit/test_doctor_installed.py::test_a_certificate_that_does_not_count"
    ),
    "a certificate of nobody's": (
        "unit/test_doctor_connection.py::test_a_certificate_of_an_unknown_authority"
    ),
    "http where https belongs": (
        "unit/test_doctor_connection.py::test_http_where_https_is_expected"
    ),
    "a homeserver that does not run": "unit/test_doctor_connection.py::test_nothing_listens",
    "a name without an address": "unit/test_doctor_connection.py::test_a_name_without_an_address",
    "a clock that is wrong": "unit/test_doctor_connection.py::test_the_clock",
    "no well-known": (
        "unit/test_doctor_installed.py::test_a_domain_that_does_not_lead_to_the_homeserver"
    ),
    "a well-known that leads elsewhere, or a closed federation": (
        "unit/test_doctor_installed.py::test_a_domain_that_leads_to_another_homeserver"
    ),
    "a public_baseurl that is wrong": (
        "unit/test_doctor_installed.py::test_where_the_homeserver_itself_sends_apps"
    ),
    # files
    "a secret that others can read": (
        "unit/test_doctor_files.py::test_a_secret_that_others_can_read"
    ),
    "a secret that is gone": "unit/test_doctor_files.py::test_a_secret_that_is_gone",
    "a folder of somebody else": "unit/test_doctor_files.py::test_a_state_folder_of_somebody_else",
    "files of somebody else": (
        "unit/test_doctor_files.py::test_files_of_somebody_else_in_the_state_folder"
    ),
    "a full disk": "unit/test_doctor_files.py::test_room_on_the_disk",
    "a disk that is read-only": "unit/test_doctor_files.py::test_a_disk_that_is_read_only",
    "a sealing key that is gone": "unit/test_doctor_files.py::test_a_key_that_is_gone",
    "a sealing key cut off": "unit/test_doctor_files.py::test_a_key_that_is_none",
    "a store that is damaged": "unit/test_doctor_files.py::test_a_store_that_is_damaged",
    # alarms
    "nobody who is told of alarms": "unit/test_doctor_mails.py::test_nobody_is_told_of_alarms",
    "a mailbox for alarms that is refused": (
        "unit/test_doctor_mails.py::test_a_mailbox_that_is_refused"
    ),
    "a mail server for alarms that is away": (
        "unit/test_doctor_mails.py::test_a_mail_server_for_alarms_that_is_away"
    ),
    # accounts, rooms, people
    "nobody in the team who is confirmed": "unit/test_doctor_room.py::test_nobody_is_confirmed",
    "the token of another account": (
        "synapse/test_doctor_network.py::test_an_account_with_the_token_of_another"
    ),
    "another device of the account": (
        "synapse/test_doctor.py::test_another_device_of_the_account_is_noticed"
    ),
    "no `apply` so far": "synapse/test_doctor_network.py::test_before_anything_was_applied",
    "a bot without its power": (
        "synapse/test_doctor_network.py::test_rooms_that_are_otherwise_than_declared"
    ),
    "an ombuds room that was tampered with": (
        "synapse/test_doctor.py::test_a_room_that_somebody_has_tampered_with"
    ),
    "staff who do not exist": "synapse/test_doctor.py::test_staff_whose_clients_never_made_keys",
    "a homeserver that is away": "synapse/test_doctor.py::test_an_office_whose_homeserver_is_away",
    # mail and pages
    "a mail server that is away": "synapse/test_doctor_network.py::test_a_mail_server_that_is_away",
    "a mail server that refuses us": (
        "unit/test_doctor_mails.py::test_a_server_that_does_not_let_us_in"
    ),
    "tls where starttls belongs": "unit/test_doctor_mails.py::test_another_protocol_than_was_said",
    "no DNS entries for mails": "unit/test_doctor_names.py::test_nothing_is_there",
    "two policies for one domain": "unit/test_doctor_names.py::test_two_policies_are_none",
    "another program on the pages' port": (
        "unit/test_doctor_mails.py::test_what_answers_there"
    ),
}  # fmt: skip


@cache
def _tests(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (x for x in tree.body if isinstance(x, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions)


def test_there_are_more_than_thirty_of_them() -> None:
    assert len(MISTAKES) > 30


@looped("mistake", MISTAKES)
def test_each_is_made_by_a_test(mistake: str) -> None:
    file, _, name = MISTAKES[mistake].partition("::")
    assert name in _tests(file)


def test_every_fault_that_doctor_tells_says_what_to_do() -> None:
    """`fault(check, found, remedy)`: none without a remedy, and none with an empty one."""
    for file in sorted((ROOT / "bots").glob("*/checkup/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fault":
                assert len(node.args) == 3, f"{file.name}:{node.lineno}"
                assert ast.unparse(node.args[2]) not in ("''", "None"), f"{file.name}:{node.lineno}"
