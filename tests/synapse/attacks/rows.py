"""Which tests play which attack: a row for each that was once seen to succeed, and its kin.

`tests/unit/test_attacks.py` holds that every row has a test, and every attack a row. Rows that are
about a machine or its files are played where those are (`tests/store`, `tests/processes`).
"""

from __future__ import annotations

from dataclasses import dataclass

FOLDER = "tests/synapse/attacks"


@dataclass(frozen=True, slots=True)
class Row:
    attack: str
    tests: tuple[str, ...]
    """`file::test`, where no folder is named in this one."""


ROWS: dict[int, Row] = {
    1: Row(
        "A new password for staff gives the admin their word; reactions give it, too",
        (
            "test_speaking.py::test_a_new_password_gives_the_admin_no_word",
            "test_speaking.py::test_a_command_in_clear_is_nobodys",
            "test_taking_back.py::test_marks_add_nobody_to_the_team",
            "test_taking_back.py::test_marks_stop_no_answer_in_silence",
        ),
    ),
    2: Row(
        "A member's keys are replaced, left out, or were never hers",
        (
            "test_identities.py::test_replaced_keys_read_nothing",
            "test_identities.py::test_keys_that_are_left_out_read_nothing",
            "test_identities.py::test_a_query_that_fails_changes_nobody",
            "test_identities.py::test_a_lost_room_asks_in_no_ghost",
            "test_identities.py::test_two_ghosts_do_not_vouch_for_each_other",
            "test_identities.py::test_who_was_there_first_is_nobody_yet",
        ),
    ),
    3: Row(
        "Who runs the network rules the office",
        (
            "test_gate.py::test_what_faces_the_web_reaches_no_administration",
            "test_gate.py::test_people_come_through_the_gate",
            "tests/unit/test_installation.py::test_the_gate_alone_speaks_with_synapse",
            "tests/processes/test_installation_judged.py::test_nobody_reaches_into_anothers_folder",
        ),
    ),
    4: Row(
        "A forged deletion erases a complaint, and ghosts of the reporter speak",
        (
            "test_taking_back.py::test_a_forged_deletion_erases_no_complaint",
            "test_reporter.py::test_a_forged_word_erases_nothing",
            "test_reporter.py::test_a_ghost_of_the_reporter_is_not_read_as_her",
            "test_reporter.py::test_nothing_counts_before_it_is_known_who_writes",
        ),
    ),
    5: Row(
        "File names, quotes and links that are sent along name the reporter",
        ("test_exit.py::test_no_name_of_hers_goes_along",),
    ),
    6: Row(
        "A folder or a disk that is carried away opens itself",
        (
            "tests/store/test_rotation.py::test_a_folder_with_a_passphrase_shows_neither_key_nor_name",
            "tests/store/test_switched_off.py::test_a_machine_that_is_switched_off_shows_nobody_and_nothing",
        ),
    ),
    7: Row(
        "Promises without code: looking up, and a record of it",
        (
            "tests/unit/test_ombuds_identity.py::test_one_word_shows_nothing",
            "tests/unit/test_ombuds_identity.py::test_two_words_show_who_it_was_for_a_day",
            "tests/store/test_audit.py::test_the_first_wrong_entry_is_named",
        ),
    ),
    8: Row(
        "An answer goes into a chat that is not encrypted",
        ("test_in_clear.py::test_nothing_goes_into_a_chat_in_clear",),
    ),
    9: Row(
        "The homeserver moves an answer from one case to another",
        ("test_speaking.py::test_an_answer_stays_with_its_case",),
    ),
    10: Row(
        "A flood hides one complaint, and rings for ever",
        ("test_floods.py::test_one_complaint_beside_a_flood",),
    ),
    11: Row(
        "A clock that is set sends what still waits",
        ("test_taking_back.py::test_a_clock_that_is_set_sends_nothing",),
    ),
    12: Row(
        "What is deleted in the staff's room stays silent",
        (
            "test_among_staff.py::test_what_the_admin_deletes_among_staff_is_there_again",
            "test_among_staff.py::test_what_the_admin_deletes_of_staff_is_not_silent",
        ),
    ),
    13: Row(
        "Numbers of cases count, and matters of one person are linked",
        (
            "test_counting.py::test_two_complaints_count_nothing",
            "test_counting.py::test_matters_of_one_person_are_linked_by_her_word_alone",
        ),
    ),
    14: Row(
        "Somebody who has left is asked in again with a new room",
        ("test_identities.py::test_who_has_left_is_not_asked_in_again",),
    ),
    15: Row(
        "Strangers fill the store with sessions",
        ("tests/store/test_bounding.py::test_of_strangers_some_are_kept_and_of_others_all",),
    ),
    16: Row(
        "The service can do more on its machine than it needs",
        ("tests/processes/test_installation_judged.py::test_the_units_are_closed",),
    ),
}
KIN: tuple[Row, ...] = (
    Row(
        "Who runs the homeserver of a coordinator or an editor decides in the network's rooms",
        (
            "test_coordinators.py::test_a_new_password_decides_nothing_in_the_network",
            "test_coordinators.py::test_replaced_keys_decide_nothing_until_a_colleague_vouches",
            "test_coordinators.py::test_a_coordinators_keys_that_are_left_out_decide_nothing",
        ),
    ),
    Row(
        "What was said once is handed over again, later, or in another order",
        (
            "test_replays.py::test_an_old_answer_under_a_new_id_is_not_sent_again",
            "test_replays.py::test_an_old_message_under_a_new_id_is_shown_once",
            "test_replays.py::test_the_same_event_again_is_the_same_event",
            "test_replays.py::test_a_sync_the_wrong_way_round_loses_nothing",
            "test_edit_first.py::test_an_edit_that_comes_before_its_message_is_read",
            "test_replays.py::test_keys_handed_over_twice_are_handed_over_once",
            "test_replays.py::test_words_that_are_held_back_come_later_and_once",
        ),
    ),
    Row(
        "The homeserver is put back to where it was last week",
        ("test_last_week.py::test_what_is_written_to_it_then_is_read",),
    ),
    Row(
        "Words that nobody wrote, and relations that nobody chose",
        (
            "test_forgeries.py::test_plaintext_in_her_chat_is_not_hers",
            "test_forgeries.py::test_an_edit_in_clear_changes_nothing",
            "test_forgeries.py::test_a_message_does_not_become_an_edit",
            "test_forgeries.py::test_an_edit_of_one_answer_does_not_change_another",
        ),
    ),
    Row(
        "People who are invented, or read like others",
        ("test_forgeries.py::test_somebody_invented_is_nobody",),
    ),
    Row(
        "Rooms that are traps, and people who are put into them or out of sight",
        (
            "test_rooms.py::test_the_ombuds_room_is_upgraded_into_a_trap",
            "test_rooms.py::test_a_room_that_is_purged_in_silence_is_missed_within_the_hour",
            "test_rooms.py::test_her_chat_is_upgraded_into_a_trap",
            "test_rooms.py::test_a_spy_is_put_into_her_chat",
            "test_rooms.py::test_a_spy_whom_the_office_is_not_shown_reads_nothing",
            "test_rooms.py::test_a_forged_departure_of_the_reporter_loses_nothing",
            "test_rooms.py::test_a_spy_at_founding_reads_nothing",
        ),
    ),
)


def files() -> dict[str, str]:
    """Every test that is named → its attack."""
    rows = (*ROWS.values(), *KIN)
    return {_full(test): row.attack for row in rows for test in row.tests}


def _full(test: str) -> str:
    return test if test.startswith("tests/") else f"{FOLDER}/{test}"
