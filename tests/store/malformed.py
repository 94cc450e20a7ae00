"""JSON that somebody made up, and events in which some of it stands where it does not belong."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from tests.store.events import ANNA, BOT, event, member

# Others share the machine: how long an example takes says nothing.
settings.register_profile("buendnis", deadline=None)
settings.load_profile("buendnis")

CANARY = "c4n4ry"
"""In every text of the events below: content that must not be carried along."""

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(["", "\ud800", "\u202e gnp.exe", "\u2066", "a\0b", "x" * 70_000, "$e", ANNA]),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([2**53, -(2**63), 10**400]),
        st.floats(),
        TEXT,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=10,
)


def _relating(relation: dict[str, Any]) -> dict[str, Any]:
    body = f"{CANARY} body"
    return {"msgtype": "m.text", "body": body, "m.relates_to": {"event_id": "$e", **relation}}


BASES: list[dict[str, Any]] = [
    event("m.room.message", _relating({})),
    event("m.room.message", _relating({"rel_type": "m.thread", "is_falling_back": True})),
    event("m.room.message", _relating({"m.in_reply_to": {"event_id": "$e"}})),
    event(
        "m.room.message",
        {
            **_relating({"rel_type": "m.replace"}),
            "m.new_content": {"msgtype": "m.text", "body": f"{CANARY} new"},
        },
    ),
    event(
        "m.room.message",
        {"msgtype": "m.image", "body": CANARY, "filename": CANARY, "url": f"mxc://x/{CANARY}"},
    ),
    event(
        "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$e", "key": "✅"}}
    ),
    event("m.room.redaction", {"redacts": "$e", "reason": CANARY}),
    {**event("m.room.redaction", {"reason": CANARY}), "redacts": "$e"},
    member(BOT, "invite", ANNA, is_direct=True, displayname=CANARY, reason=CANARY),
    member(ANNA, "join"),
    {**event("m.room.tombstone", {"replacement_room": "!r:x", "body": CANARY}), "state_key": ""},
    {**event("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}), "state_key": ""},
    {**event("m.room.create", {"creator": ANNA, "additional_creators": [BOT]}), "state_key": ""},
    {**event("m.room.power_levels", {"users": {ANNA: 100}, "events": {}}), "state_key": ""},
    event("m.sticker", {"body": CANARY, "url": f"mxc://x/{CANARY}"}),
    event("org.matrix.msc3381.poll.start", {"org.matrix.msc1767.text": CANARY}),
    event(
        "m.room.encrypted",
        {
            "algorithm": "m.megolm.v1.aes-sha2",
            "session_id": "s",
            "ciphertext": CANARY,
            "sender_key": "k",
            "device_id": "D",
        },
    ),
    event("m.room.encrypted", {}),
    event("org.example.unknown", {"anything": CANARY}),
]


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    return [at, *(path for key, item in inner for path in paths(item, (*at, key)))]


@st.composite
def malformed_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event of any type, up to three of whose parts were replaced or taken away."""
    made: dict[str, Any] = deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(paths(made)))
        if path:
            put(made, path, draw(st.one_of(JSON, st.just(_AWAY))))
    return made


_AWAY = object()


def put(target: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        target = target[key]
    if value is _AWAY:
        del target[path[-1]]
    else:
        target[path[-1]] = value
