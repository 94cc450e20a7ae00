"""Actions and events of ours as JSON, for the sealed rows of inbox and outbox."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from bots.runtime.decision import (
    Deliver,
    Due,
    FormSubmitted,
    MailReceived,
    Performed,
    SetAside,
    Started,
)
from federation import actions
from federation.actions import Action, Handle

_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        actions.Text,
        actions.Send,
        actions.EditMessage,
        actions.Redact,
        actions.React,
        actions.DeclineVerification,
        actions.Join,
        actions.Leave,
        actions.Invite,
        actions.Kick,
        actions.SetState,
        actions.CreateRoom,
        actions.AskNow,
        actions.AskDevices,
        Deliver,
        Due,
        FormSubmitted,
        MailReceived,
        Performed,
        SetAside,
        Started,
    )
}


def dumps(value: Any) -> bytes:
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def loads(data: bytes) -> Any:
    return json.loads(data, object_hook=_revive)


def load_action(data: bytes) -> Action:
    action: Action = loads(data)
    return action


def _plain(value: Any) -> Any:
    if isinstance(value, Handle):
        return {"~": "Handle", "name": str(value)}
    if isinstance(value, frozenset):
        return {"~": "set", "items": sorted(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"~": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        plain = {str(key): _plain(item) for key, item in value.items()}
        return {"~": "mapping", "items": list(plain.items())} if "~" in plain else plain
    if isinstance(value, list | tuple):
        return {"~": "tuple", "items": [_plain(item) for item in value]}
    return value


def _revive(data: dict[str, Any]) -> Any:
    kind = data.pop("~", None)
    if kind is None:
        return data
    if kind == "Handle":
        return Handle(data["name"])
    if kind == "set":
        return frozenset(data["items"])
    if kind == "tuple":
        return tuple(data["items"])
    if kind == "mapping":
        return dict(data["items"])
    return _CLASSES[kind](**data)
