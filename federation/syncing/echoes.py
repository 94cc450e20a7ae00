"""What an event of ours tells of the action that it came from."""

from __future__ import annotations

from federation.model import actions
from federation.model.actions import Action
from federation.model.ports import ANY, RawEvent
from federation.model.shapes import mapping

_BY_TYPE: dict[str, type[Action]] = {
    "m.room.create": actions.CreateRoom,
    "m.room.redaction": actions.Redact,
    "m.reaction": actions.React,
    "m.key.verification.cancel": actions.DeclineVerification,
}
_BY_RELATION: dict[object, type[Action]] = {
    "m.replace": actions.EditMessage,
    "m.reference": actions.DeclineVerification,
}
_SAYS = ("m.room.message", "m.room.encrypted")


def kind_of(event: RawEvent) -> str | None:
    """Name of the class of the action that makes such an event; None: no action of ours does."""
    content = mapping(event.get("content"))
    if event.get("type") in _SAYS:
        relation = mapping(content.get("m.relates_to")).get("rel_type")
        return _BY_RELATION.get(relation, actions.Send).__name__ if content else ANY
    made = _BY_TYPE.get(str(event.get("type")))
    return None if made is None else made.__name__
