"""Links to messages, as they are made and as people send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.links import chat, event_of, link


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
