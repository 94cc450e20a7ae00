"""Answers to `/keys/query`: a signature counts only if it is the owner's, and nothing raises."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey
from nio.api import Api

from federation.encryption.identities import NOBODY, devices, identity, verify
from federation.encryption.trust import CrossSigning
from tests.store.events import ANNA, BERT
from tests.store.malformed import JSON, paths, put


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _device(user: str, device_id: str, seed: bytes = b"d") -> dict[str, Any]:
    key = SigningKey(seed.ljust(32))
    made: dict[str, Any] = {
        "user_id": user,
        "device_id": device_id,
        "algorithms": [],
        "keys": {
            f"ed25519:{device_id}": _base64(bytes(key.verify_key)),
            f"curve25519:{device_id}": _base64(bytes(key.to_curve25519_private_key().public_key)),
        },
    }
    signature = _base64(key.sign(Api.to_canonical_json(made).encode()).signature)
    made["signatures"] = {user: {f"ed25519:{device_id}": signature}}
    return made


SIGNING = CrossSigning(ANNA, lambda usage: usage.encode().ljust(32))
STRANGER = CrossSigning(ANNA, lambda usage: usage.encode().rjust(32))


def _answer() -> dict[str, Any]:
    body = SIGNING.upload_body()
    return {
        "device_keys": {
            ANNA: {"A": SIGNING.sign_device(_device(ANNA, "A")), "B": _device(ANNA, "B", b"b")}
        },
        "master_keys": {ANNA: body["master_key"]},
        "self_signing_keys": {ANNA: body["self_signing_key"]},
        "failures": {},
    }


def test_a_good_answer() -> None:
    found = identity(ANNA, _answer())
    assert found.master == SIGNING.public["master"]
    assert found.signed == {"A"}
    assert (found.trusts("A"), found.trusts("B"), found.trusts("C")) == (True, False, False)
    assert set(devices(ANNA, _answer())) == {"A", "B"}


def test_those_who_never_signed_are_trusted_with_every_device() -> None:
    answer = _answer()
    answer["master_keys"] = {}
    assert identity(ANNA, answer) == NOBODY
    assert identity(ANNA, answer).trusts("B")


def test_a_stranger_signs_for_nobody() -> None:
    answer = _answer()
    answer["device_keys"][ANNA]["A"] = STRANGER.sign_device(_device(ANNA, "A"))
    assert identity(ANNA, answer).signed == frozenset()
    answer["self_signing_keys"][ANNA] = STRANGER.upload_body()["self_signing_key"]
    assert identity(ANNA, answer).signed == frozenset()


def test_a_signature_covers_everything_but_itself_and_the_unsigned() -> None:
    answer = _answer()
    device = answer["device_keys"][ANNA]["A"]
    device["unsigned"] = {"device_display_name": "phone"}
    assert identity(ANNA, answer).signed == {"A"}
    device["algorithms"] = ["other"]
    assert identity(ANNA, answer).signed == frozenset()
    assert set(devices(ANNA, answer)) == {"B"}


def test_a_device_of_somebody_else_or_under_another_name_is_none() -> None:
    answer = {"device_keys": {ANNA: {"A": _device(BERT, "A"), "X": _device(ANNA, "B")}}}
    assert devices(ANNA, answer) == {}


def _broken(answer: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    made = deepcopy(answer)
    if path:
        put(made, path, value)
    return made


@settings(max_examples=300)
@given(st.sampled_from(paths(_answer())), JSON)
def test_one_odd_thing_never_makes_a_device_trusted(path: tuple[Any, ...], value: Any) -> None:
    answer = _broken(_answer(), path, value)
    found = identity(ANNA, answer)
    if found.master == SIGNING.public["master"]:
        assert found.signed <= {"A"}
    kept = devices(ANNA, answer)
    assert set(kept) <= {"A", "B"}
    for keys in kept.values():
        assert set(keys) == {"ed25519", "curve25519"}
        assert all(isinstance(key, str) for key in keys.values())


@given(JSON)
def test_an_answer_may_be_anything(answer: Any) -> None:
    answers = answer if isinstance(answer, dict) else {"device_keys": {ANNA: answer}}
    assert devices(ANNA, answers) == {}
    assert identity(ANNA, answers).signed == frozenset()


@given(JSON)
def test_a_signed_object_may_be_anything(signed: Any) -> None:
    signed = signed if isinstance(signed, dict) else {"signatures": signed}
    assert verify(signed, ANNA, "A", SIGNING.public["master"]) is False
    assert verify(_device(ANNA, "A"), ANNA, "A", str(signed)) is False
