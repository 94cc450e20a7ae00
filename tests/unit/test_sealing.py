"""The key file, and what is derived from the key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.model.errors import SealBroken
from bots.runtime.store.keys import load_key, parse_key
from bots.runtime.store.sealing import Sealer
from tests.store.malformed import TEXT

SEALER = Sealer(bytes(range(32)))


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "seal.key"
    key = load_key(file)
    assert len(key) == 32
    assert load_key(file) == key
    assert load_key(tmp_path / "other.key") != key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "abc", "0" * 63, "0" * 66, "g" * 64, "\x80" * 64])
def test_a_broken_key_file_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "seal.key"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match="64 hex digits"):
        load_key(file)
    assert file.read_bytes() == text.encode("latin-1")


def test_a_key_may_end_with_a_line() -> None:
    assert parse_key(" " + "0f" * 32 + "\r\n", "here") == b"\x0f" * 32


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(length))


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_opens_in_its_place_alone(value: bytes, place: bytes) -> None:
    sealed = SEALER.seal("kind", place, value)
    assert SEALER.open("kind", place, sealed) == value
    for kind, where, box in (
        ("other", place, sealed),
        ("kind", place + b"x", sealed),
        ("kind", place, sealed[:-1]),
        ("kind", place, sealed + b"x"),
        ("kind", place, b""),
        ("kind", place, bytes([sealed[0] ^ 1]) + sealed[1:]),
    ):
        with pytest.raises(SealBroken):
            SEALER.open(kind, where, box)


@given(TEXT, TEXT)
def test_fingerprints_tell_texts_and_kinds_apart(one: str, two: str) -> None:
    assert (SEALER.mark("kind", one) == SEALER.mark("kind", two)) == (one == two)
    assert SEALER.mark("kind", one) != SEALER.mark("other", one)
    assert len(SEALER.mark("kind", one)) == 16


@given(TEXT, TEXT, st.booleans())
def test_ids_of_actions_are_128_bits_of_cause_and_name(cause: str, slot: str, here: bool) -> None:
    made = SEALER.action_id(cause, slot, here=here)
    assert int(made, 16) < 2**128
    assert len(made) == 32
    assert made == Sealer(bytes(range(32))).action_id(cause, slot, here=here)
    assert made != SEALER.action_id(cause, f"{slot}+", here=here)
    assert made != SEALER.action_id(f"{cause}+", slot, here=here)
    assert made != Sealer(bytes(32)).action_id(cause, slot, here=here)


@given(TEXT, TEXT, TEXT)
def test_only_in_the_room_of_its_cause_an_id_tells_of_it(cause: str, one: str, two: str) -> None:
    here = [SEALER.action_id(cause, slot, here=True) for slot in (one, two)]
    mark = SEALER.answer_mark(cause)
    assert all(x.startswith(mark) for x in here)
    assert (here[0] == here[1]) == (one == two)
    elsewhere = {SEALER.action_id(cause, slot) for slot in (one, two)}
    halves = {x[i : i + 16] for x in elsewhere for i in (0, 16)}
    assert mark not in halves
    assert len(halves) == 2 * len({one, two})


def test_secrets_for_different_purposes_have_nothing_in_common() -> None:
    found = {SEALER.secret(purpose) for purpose in ("a", "b", "fingerprint", "action id")}
    assert len(found) == 4
    assert all(len(secret) == 32 for secret in found)


def test_a_sealer_does_not_show_its_key() -> None:
    assert "0001" not in repr(SEALER)
    assert str(bytes(range(32))) not in repr(SEALER)
