"""JSON of others: it may name half a character, and nothing of ours ever holds one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.model.shapes import is_text, parse
from tests.store.malformed import JSON


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (r'"\ud800"', "\ufffd"),
        (r'"\uDFFF"', "\ufffd"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\n\ude00"', "\ufffd\n\ufffd"),
        (r'"\\ud800"', r"\ud800"),
        (r'"\\\ud800"', "\\\ufffd"),
        (r'{"\ud800": ["\ud800\u0041"]}', {"\ufffd": ["\ufffdA"]}),
    ],
)
def test_half_a_character_is_none(said: str, read: Any) -> None:
    assert parse(said) == parse(said.encode()) == read


def test_half_a_character_in_bytes_is_none() -> None:
    assert parse(b'["a\xed\xa0\x80b", "\xed\x95\x9c"]') == ["a\ufffdb", "한"]
    with pytest.raises(ValueError, match="decode"):
        parse(b'"\xff"')


PIECES = st.sampled_from(
    [
        r"\ud800",
        r"\uDBFF",
        r"\udc00",
        r"\uDFFF",
        r"\ud83d\ude00",
        r"\u0041",
        r"\\",
        r"\n",
        "ud800",
        "a",
    ]
)


@given(st.lists(PIECES, max_size=8))
def test_nothing_else_is_read_otherwise(pieces: list[str]) -> None:
    said = f'"{"".join(pieces)}"'
    assert parse(said) == re.sub("[\ud800-\udfff]", "\ufffd", json.loads(said))


@given(JSON, st.booleans())
def test_what_is_read_can_be_written(value: Any, escaped: bool) -> None:
    said = json.dumps(value, ensure_ascii=escaped)
    read = parse(said.encode("utf-8", "surrogatepass"))
    assert is_text(json.dumps(read, ensure_ascii=False))
    if is_text(json.dumps(value, ensure_ascii=False)):
        assert repr(read) == repr(json.loads(said))
