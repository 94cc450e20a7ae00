"""What the pages make of a request: languages, forms, links, pace. Pure."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.email.addresses import normalised
from bridges.web import forms, rendering
from bridges.web.languages import choose
from bridges.web.pacing import AT_ONCE, LONGEST, PER_SECOND, VISITORS, Pace, Paces

OFFERED = ("de", "de-simple", "en", "ar", "fa", "ti")


@pytest.mark.parametrize(
    ("asked", "accepted", "given"),
    [
        (None, "", "de"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "pl, ar;q=0.3, en;q=0.8", "en"),
        (None, "pl,*;q=0.5", "de"),
        (None, "prs-AF, de;q=0.1", "fa"),
        (None, "de-AT", "de"),
        (None, "en;q=0, ar", "ar"),
        (None, "en;q=nonsense, ar;q=0.1", "ar"),
        ("ar", "en", "ar"),
        ("de-simple", "", "de-simple"),
        ("../etc", "en", "en"),
        ("", "ti", "ti"),
    ],
)
def test_a_visitor_gets_her_language(asked: str | None, accepted: str, given: str) -> None:
    assert choose(asked, accepted, OFFERED) == given


@given(st.none() | st.text(), st.text())
def test_any_header_leads_to_one_of_our_languages(asked: str | None, accepted: str) -> None:
    assert choose(asked, accepted, OFFERED) in OFFERED


def test_a_double_click_has_one_key_and_a_correction_another() -> None:
    nonce = forms.new_nonce()
    first = forms.key("subscribe", {"address": "anna@example.org"}, nonce)
    assert forms.key("subscribe", {"address": "anna@example.org"}, nonce) == first
    assert forms.key("subscribe", {"address": "anne@example.org"}, nonce) != first
    assert forms.key("confirm", {"address": "anna@example.org"}, nonce) != first


@pytest.mark.parametrize("nonce", [None, "", "short", "x" * 5000, "ä" * 22])
def test_a_nonce_that_is_none_of_ours_makes_nothing_the_same(nonce: str | None) -> None:
    assert forms.key("confirm", {}, nonce) != forms.key("confirm", {}, nonce)


@pytest.mark.parametrize(
    "address",
    ["anna@example.org", "a.b+c@sub.example.org", "jurgen@müller.example", "o'neil@example.org"],
)
def test_an_address_is_taken(address: str) -> None:
    assert normalised(address) is not None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@example",
        "anna@@example.org",
        "anna@example.org, berta@example.org",
        "Anna <anna@example.org>",
        "anna@example.org\r\nBcc: x@example.org",
        "anna @example.org",
        "anna@example.",
        "a" * 300 + "@example.org",
        "müller@example.org",
        "a..b@example.org",
        ".a@example.org",
        '"anna"@example.org',
        "anna@-example.org",
        "anna@127.0.0.1",
    ],
)
def test_what_is_no_address_is_not_taken(address: str) -> None:
    assert normalised(address) is None


def test_invisible_characters_of_a_copied_address_go() -> None:
    assert forms.cleaned(" \u2066anna@example.org\u2069\u200f\r\n") == "anna@example.org"


@given(st.text())
def test_no_line_break_survives_cleaning(text: str) -> None:
    assert not re.search(r"[\r\n\x00]", forms.cleaned(text))


def test_a_shelters_wifi_is_not_slowed() -> None:
    now = 1000.0
    pace = Pace(lambda: now)
    for _ in range(100):  # within ten minutes
        assert pace.turn() == 0.0
        now += 6.0


def test_a_flood_waits_longer_and_longer_but_never_for_ever() -> None:
    pace = Pace(lambda: 1000.0)
    waits = [pace.turn() for _ in range(5000)]
    assert waits[:AT_ONCE] == pytest.approx([0.0] * AT_ONCE, abs=1e-9)
    assert waits[AT_ONCE + 9] == pytest.approx(10 / PER_SECOND)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST


def test_one_busy_visitor_slows_nobody_else() -> None:
    paces = Paces(lambda: 1000.0)
    waits = [paces.of("192.0.2.1").turn() for _ in range(5000)]
    assert waits[-1] == LONGEST
    assert paces.of("192.0.2.2").turn() == 0.0


def test_visitors_are_kept_as_fingerprints_and_not_for_ever() -> None:
    paces = Paces(lambda: 1000.0)
    for number in range(VISITORS + 100):
        paces.of(f"2001:db8::{number:x}").turn()
    assert len(paces._paces) == VISITORS
    assert "2001:db8" not in str(paces._paces)


def test_after_a_flood_all_is_quick_again() -> None:
    now = 1000.0
    pace = Pace(lambda: now)
    for _ in range(5000):
        pace.turn()
    now += LONGEST + AT_ONCE / PER_SECOND
    assert pace.turn() == 0.0


@pytest.mark.parametrize("path", ["//evil", "/\\evil", "/\t/evil", "/\n\\evil", "/\udcff"])
@pytest.mark.parametrize("before", ["", "/alliance"])
def test_the_address_of_a_page_names_no_other_server(path: str, before: str) -> None:
    kept = rendering._within(before, path)
    assert re.fullmatch(r"/[\w%.-][\w%./-]*", kept, re.ASCII)
