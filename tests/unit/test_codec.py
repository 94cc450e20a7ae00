"""Actions and events of ours go into a row and come out as they were."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime import codec
from bots.runtime.decision import Due, Performed, SetAside, Started
from federation.actions import (
    CreateRoom,
    EditMessage,
    Handle,
    Invite,
    Join,
    Kick,
    Leave,
    React,
    Redact,
    Send,
    SetState,
    Text,
)
from tests.store.events import ANNA, BERT, ROOM
from tests.store.malformed import TEXT

WORDS: list[Any] = [
    Send(ROOM, Text("hello", html="<b>hello</b>", notice=False)),
    Send(
        Handle("case/1/room"),
        Text("مرحبا"),
        handle="case/1/root",
        thread=Handle("case/1/root"),
        reply_to="$e",
        audience=frozenset({ANNA, BERT}),
        strict=True,
        copy_of="$s",
        notify=True,
    ),
    EditMessage(ROOM, Handle("x"), Text("new"), audience=frozenset()),
    Redact(ROOM, "$e"),
    React(ROOM, "$e", "✅", handle="x"),
    Join(ROOM),
    Leave(ROOM, notify=True),
    Invite(ROOM, ANNA),
    Kick(ROOM, BERT),
    SetState(ROOM, "m.room.name", {"name": "x", "~": "Send", "list": [1, [2]]}),
    CreateRoom(
        "case/1/room",
        invite=(ANNA, BERT),
        power_levels={"users": {ANNA: 100}},
        initial_state=({"type": "m.x", "content": {"~": 5}},),
    ),
    Started(ANNA, 3),
    Due("x"),
    Performed("Send", "case/1", ROOM, "$e"),
    SetAside("in-1", "event"),
]


@pytest.mark.parametrize("value", WORDS, ids=lambda value: type(value).__name__)
def test_everything_comes_back_as_it_was(value: Any) -> None:
    found = codec.loads(codec.dumps(value))
    assert type(found) is type(value)
    if not isinstance(value, SetState | CreateRoom):
        assert found == value
    for name in getattr(value, "__slots__", ()):
        assert type(getattr(found, name)) is type(getattr(value, name)), name


def test_a_handle_stays_a_handle_and_an_id_an_id() -> None:
    found = codec.loads(codec.dumps(Send(Handle("a"), Text("x"), reply_to="a")))
    assert isinstance(found.room, Handle)
    assert not isinstance(found.reply_to, Handle)


def test_contents_come_back_as_they_were_even_if_they_look_like_ours() -> None:
    content = {"~": "Send", "inner": {"~": "nothing", "x": {"~": 1}}, "plain": {"a": None}}
    assert codec.loads(codec.dumps(SetState(ROOM, "x", content))).content == content


@given(TEXT, st.frozensets(TEXT, max_size=3))
def test_any_text_comes_back(text: str, audience: frozenset[str]) -> None:
    value = Send(ROOM, Text(text), audience=audience, thread=text)
    assert codec.loads(codec.dumps(value)) == value


def test_what_is_not_ours_is_refused() -> None:
    with pytest.raises(TypeError):
        codec.dumps(object())
    with pytest.raises(KeyError):
        codec.loads(b'{"~": "Exec"}')
