"""The kinds of values in settings: what is taken, and what the refusal says to write instead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.values.durations import format_duration, parse_duration
from config.values.faults import escaped, shown, spell
from config.values.fields import located
from config.values.languages import LANGUAGES, checked_language
from config.values.matrix_ids import (
    checked_matrix_id,
    checked_server_name,
    is_matrix_id,
    is_server_name,
    proposed_matrix_id,
    server_of,
)
from config.values.urls import checked_url, is_exposed
from tests.kit.looped import looped


@pytest.mark.parametrize(
    "text",
    [
        "@anna:example.org",
        "@a.b_c=d-e/f+g:example.org:8448",
        "@what!~ever|{}:example.org",
        "@1:192.0.2.1",
        "@1:[2001:db8::1]:8448",
        "@ombuds:localhost",
    ],
)
def test_matrix_ids(text: str) -> None:
    assert checked_matrix_id(text, "example.org") == text


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("anna", "@anna:example.org"),
        ("@anna", "@anna:example.org"),
        ("anna:other.org", "@anna:other.org"),
        ("anna@other.org", "@anna:other.org"),
        ("Anna Müller", "@name:example.org"),
        ("Anna M", "@anna_m:example.org"),
        ("“@anna:other.org”", "@anna:other.org"),
        ("https://matrix.to/#/@anna:other.org", "@anna:other.org"),
        ("matrix:u/anna:other.org", "@anna:other.org"),
        ("@anna:", "@anna:example.org"),
        ("@:other.org", "@name:other.org"),
        ("@anna:other org", "@anna:example.org"),
        ("@anna:other.org/x", "@anna:example.org"),
        ("", "@name:example.org"),
        ("a" * 300, "@name:example.org"),
    ],
)
def test_what_is_no_matrix_id_gets_a_proposal(text: str, proposed: str) -> None:
    with pytest.raises(ValueError, match="is not a Matrix id; write ") as caught:
        checked_matrix_id(text, "example.org")
    assert str(caught.value).endswith(f'write "{proposed}"')


def test_the_sentence_for_a_bare_name() -> None:
    with pytest.raises(ValueError, match="Matrix id") as caught:
        checked_matrix_id("anna", "example.org")
    assert str(caught.value) == '"anna" is not a Matrix id; write "@anna:example.org"'


@pytest.mark.parametrize("text", ["#room:example.org", "!abc:example.org"])
def test_a_room_is_no_person(text: str) -> None:
    with pytest.raises(ValueError, match="is a room, not a person"):
        checked_matrix_id(text, "example.org")


@given(st.text(max_size=60))
def test_every_proposal_is_a_matrix_id(text: str) -> None:
    assert is_matrix_id(proposed_matrix_id(text, "example.org"))


@given(st.text(max_size=300))
def test_a_matrix_id_has_a_server(text: str) -> None:
    if is_matrix_id(text):
        assert is_server_name(server_of(text))


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("https://matrix.example.net/x", "matrix.example.net"),
        ("@anna:example.net", "example.net"),
        ("exa mple", "example.org"),
        ("", "example.org"),
    ],
)
def test_server_names(text: str, proposed: str) -> None:
    with pytest.raises(ValueError, match=f'as "{proposed}"$'):
        checked_server_name(text)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("https://matrix.example.org", "https://matrix.example.org"),
        ("https://matrix.example.org/", "https://matrix.example.org"),
        ("HTTPS://Matrix.example.org:8448", "https://matrix.example.org:8448"),
        ("http://[::1]:8008", "http://[::1]:8008"),
        ("http://synapse:8008", "http://synapse:8008"),
    ],
)
def test_urls(text: str, taken: str) -> None:
    assert checked_url(text) == taken


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("matrix.example.net", "https://matrix.example.net"),
        ("ftp://matrix.example.net", "https://matrix.example.net"),
        ("https://matrix.example.net/_matrix/client", "https://matrix.example.net"),
        ("https://matrix.example.net?a=b", "https://matrix.example.net"),
        ("https://matrix.example.net/#x", "https://matrix.example.net"),
        ("https://anna:geheim@matrix.example.net", "https://matrix.example.net"),
        ("anna:geheim@matrix.example.net", "https://matrix.example.org"),
        ("https://", "https://matrix.example.org"),
        ("https://a b", "https://matrix.example.org"),
        ("https://x:99999", "https://matrix.example.org"),
        ("https://[::1", "https://matrix.example.org"),
        ("", "https://matrix.example.org"),
    ],
)
def test_other_urls_get_a_proposal(text: str, proposed: str) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        checked_url(text)
    assert str(caught.value).endswith(f'write "{proposed}"')
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://matrix.example.org", True),
        ("http://192.0.2.7:8008", True),
        ("https://matrix.example.org", False),
        ("http://127.0.0.1:8008", False),
        ("http://127.8.9.1:8008", False),
        ("http://[::1]:8008", False),
        ("http://localhost:8008", False),
        ("http://matrix.localhost", False),
        ("http://synapse:8008", False),
        ("http://[::1", False),
    ],
)
def test_plain_http_is_for_ways_that_do_not_leave_the_machine(url: str, exposed: bool) -> None:
    assert is_exposed(url) is exposed


@given(st.text(max_size=60))
def test_urls_never_fail_otherwise(text: str) -> None:
    is_exposed(text)
    try:
        checked_url(text)
    except ValueError as error:
        assert "write" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("60s", 60), ("10m", 600), ("24h", 86400), ("3d", 259200)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "60", "s", "-1s", "1.5h", "1w", "60 sec", "٣s", "9" * 99])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r'write a number and a unit .*"60s"'):
        parse_duration(text)


@given(st.integers(0, 10**6))
def test_durations_are_written_as_they_are_read(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))).total_seconds() == seconds


@looped("code", LANGUAGES)
def test_every_known_language(code: str) -> None:
    assert checked_language(code) == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("DE", "de"),
        ("de_DE", "de"),
        ("de-AT", "de"),
        ("Deutsch", "de"),
        ("deutch", "de"),
        ("Leichte Sprache", "de-simple"),
        ("de-simpel", "de-simple"),
        ("ua", "uk"),
        ("farsi", "fa"),
        ("dari", "prs"),
        ("Tigrinja", "ti"),
        ("العربية", "ar"),
    ],
)
def test_other_ways_to_write_a_language(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f'; write "{meant}"$'):
        checked_language(text)


@pytest.mark.parametrize("text", ["", "xx", "klingonisch", "x" * 10_000])
def test_unknown_languages(text: str) -> None:
    with pytest.raises(ValueError, match="is not a known language; write a code such as"):
        checked_language(text)


def test_every_other_name_of_a_language_means_one() -> None:
    others = [name for names in LANGUAGES.values() for name in names]
    assert len(others) == len(set(others))
    assert not set(others) & set(LANGUAGES)


def test_paths_start_at_the_folder(tmp_path: Path) -> None:
    assert located("./a/b", tmp_path) == tmp_path / "a/b"
    assert located("/a/b", tmp_path) == Path("/a/b")
    assert located("~/a", tmp_path) == Path.home() / "a"


@pytest.mark.parametrize("text", ["", " ", "a\x00b", "a\nb", "~nobody-of-this-name/x"])
def test_what_is_no_path(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="write"):
        located(text, tmp_path)


def test_what_is_shown_of_a_file_is_harmless_on_a_terminal() -> None:
    assert shown("\u202egro.elpmaxe\x1b[31m\n") == '"\\u202egro.elpmaxe\\x1b[31m\\n"'
    assert shown("\ud800") == '"\\ud800"'
    assert shown("Büro في المدينة") == '"Büro في المدينة"'
    assert len(shown("x" * 1000)) < 70


@given(st.text())
def test_escaped_text_prints_and_encodes(text: str) -> None:
    assert escaped(text).isprintable()
    escaped(text).encode()


def test_places_are_spelled_as_in_python() -> None:
    assert spell(("staff", 1)) == "staff[1]"
    assert spell(("helplines", 0, "number")) == "helplines[0].number"
    assert spell(()) == "file"
