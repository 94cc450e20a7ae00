"""Links to messages, as they are made and as people send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.model.links import Pointer, Target, chat, event_of, link, pointed


def test_a_link_that_opens_a_chat() -> None:
    user = "@willkommen:example.org"
    assert chat(user) == "https://matrix.to/#/@willkommen:example.org"
    opened = chat(user, "https://chat.example.org/")
    assert opened == "https://chat.example.org/#/user/@willkommen:example.org?action=chat"


NAME = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=30)


@given(NAME, NAME, st.lists(st.sampled_from(["a.example", "b.example:8448"]), max_size=2))
def test_what_is_linked_is_found(room: str, event: str, via: list[str]) -> None:
    found = event_of(link(f"!{room}", f"${event}", tuple(via)))
    assert found == (f"!{room}", f"${event}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://matrix.to/#/!a:x.org/$b", ("!a:x.org", "$b")),
        ("https://matrix.to/#/!a:x.org/$b?via=x.org&via=y.org", ("!a:x.org", "$b")),
        ("https://matrix.to/#/%21a%3Ax.org/%24b", ("!a:x.org", "$b")),
        ("matrix:roomid/a:x.org/e/b?via=x.org", ("!a:x.org", "$b")),
        ("https://matrix.to/#/!a:x.org", None),
        ("https://matrix.to/#/#alias:x.org/$b", None),
        ("https://matrix.to/#/@anna:x.org", None),
        ("see https://matrix.to/#/!a:x.org/$b", None),
        ("https://matrix.to/#/!a:x.org/$b and more", None),
        ("https://example.org/#/!a:x.org/$b", None),
        ("", None),
    ],
)
def test_only_a_link_to_a_message_is_one(text: str, found: tuple[str, str] | None) -> None:
    assert event_of(text) == found


PERSON, ROOM_, MESSAGE = Target.PERSON, Target.ROOM, Target.MESSAGE


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("https://matrix.to/#/@anna:x.org", PERSON),
        ("https://matrix.to/#/%40anna%3Ax.org?via=x.org", PERSON),
        ("https://matrix.to/#@anna:x.org", PERSON),
        ("HTTPS://MATRIX.TO/#/@ANNA:X.ORG", PERSON),
        ("matrix.to/#/@anna:x.org", PERSON),
        ("matrix:u/anna:x.org?action=chat", PERSON),
        ("matrix:user/anna:x.org", PERSON),
        ("https://app.element.io/#/user/@anna:x.org", PERSON),
        ("https://chat.example.org/#/user/@anna:x.org?action=chat", PERSON),
        ("element://vector/webapp/#/user/@anna:x.org", PERSON),
        ("im.fluffychat://@anna:x.org", PERSON),
        ("https://example.org/?to=https%3A%2F%2Fmatrix.to%2F%23%2F%40anna%3Ax.org", PERSON),
        ("https://matrix.to/#/@ann", PERSON),
        ("https://matrix.to/#/#north:x.org", ROOM_),
        ("https://matrix.to/#/!opaque?via=x.org", ROOM_),
        ("matrix:r/north:x.org", ROOM_),
        ("matrix:roomid/opaque:x.org", ROOM_),
        ("https://app.element.io/#/room/#north:x.org", ROOM_),
        ("https://hydrogen.element.io/#/session/123/room/!opaque:x.org", ROOM_),
        ("https://app.cinny.in/home/!opaque:x.org/", ROOM_),
        ("https://matrix.to/#/!opaque/$event?via=x.org", MESSAGE),
        ("matrix:roomid/opaque:x.org/e/event", MESSAGE),
        ("https://app.element.io/#/room/!opaque:x.org/$event", MESSAGE),
    ],
)
def test_a_link_is_found_in_a_text(url: str, to: Target) -> None:
    for before, after in (("", ""), ("siehe ", ". Danke"), ("(", ")"), ("<", ">"), ("", "، شكرا")):
        parts = [x for x in pointed(before + url + after) if x]
        assert parts == [x for x in (before, Pointer(url, to), after) if x]


@pytest.mark.parametrize(
    "text",
    [
        "@anna:x.org",
        "anna@x.org, mailto:anna@x.org",
        "https://mastodon.example/@anna and https://mastodon.example/@anna@other.example",
        "https://example.org:8448/path#part",
        "https://example.org/#!hash/bang",
        "https://unpkg.com/@types/node",
        "matrix: das ist ein Chat",
        "https://matrix.to/",
    ],
)
def test_what_leads_out_of_matrix_stays(text: str) -> None:
    assert list(pointed(text)) == [text]


@pytest.mark.parametrize(
    "text", ["https://" + "#@" * 30_000, "#/a/" * 15_000, "a" * 60_000, "http://" + "/@a" * 20_000]
)
def test_no_text_takes_long_to_search(text: str) -> None:
    assert "".join(x if isinstance(x, str) else x.url for x in pointed(text)) == text


@given(st.text(st.sampled_from("a@#!$/:.?% \nmatrixo"), max_size=80))
def test_no_letter_is_lost(text: str) -> None:
    text = f"https://matrix.to/#/{text} {text}"
    assert "".join(x if isinstance(x, str) else x.url for x in pointed(text)) == text
