"""What is in the rows of inbox, timers and outbox, and how it is written.

A row is one JSON object: the version of its format, and a record with the short name of its kind.
The event or the action within has such a name, too. Names stay when a class is called something
else. What each kind looks like is kept in `tests/unit/golden/rows/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema, PydanticSerializationError, core_schema

from bots.runtime.model.decision import (
    Deliver,
    FormSubmitted,
    MailReceived,
    Performed,
    Rewound,
    SetAside,
    Started,
)
from bots.runtime.model.errors import StoreError
from federation.model import actions
from federation.model.actions import Action, AskNow
from federation.model.shapes import whole

VERSION = 1

R = TypeVar("R")


class _Union:
    """Dataclasses that are told apart by short names."""

    def __init__(self, kinds: Mapping[str, type]) -> None:
        self._kinds = kinds
        self._names = {kind: name for name, kind in kinds.items()}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schemas = {name: handler.generate_schema(kind) for name, kind in self._kinds.items()}
        any_of_them = core_schema.union_schema([*schemas.values()])
        return core_schema.tagged_union_schema(
            schemas,
            discriminator="kind",
            serialization=core_schema.wrap_serializer_function_ser_schema(
                self._written, schema=any_of_them
            ),
        )

    def _written(self, value: Any, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self._names[type(value)], **handler(value)}


ACTIONS: Mapping[str, type] = {
    "send": actions.Send,
    "edit": actions.EditMessage,
    "redact": actions.Redact,
    "react": actions.React,
    "decline": actions.DeclineVerification,
    "join": actions.Join,
    "leave": actions.Leave,
    "invite": actions.Invite,
    "kick": actions.Kick,
    "state": actions.SetState,
    "create": actions.CreateRoom,
    "now": actions.AskNow,
    "devices": actions.AskDevices,
    "deliver": Deliver,
}
EVENTS: Mapping[str, type] = {
    "started": Started,
    "performed": Performed,
    "aside": SetAside,
    "form": FormSubmitted,
    "mail": MailReceived,
    "rewound": Rewound,
}
Own = Started | Performed | SetAside | FormSubmitted | MailReceived | Rewound
"""What happens to us, and in no room."""


# -- inbox and timers ------------------------------------------------------------------------------
# `key` is the one under which a record is decided: ids of actions come from it.


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a room, decrypted where it was `encrypted`."""

    key: str
    account: str
    room: str
    event: Mapping[str, Any]
    encrypted: bool
    anew: bool = False
    """It is decided once more, since the devices of its sender were asked for."""


@dataclass(frozen=True, slots=True)
class Locked:
    """An event of a room that waits for its key."""

    key: str
    account: str
    room: str
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to us, for the bot that it concerns."""

    key: str
    bot: str
    event: Annotated[Own, _Union(EVENTS)]
    was: float | None = None
    """When that happened from which it follows, if a lost store may have seen it: see `deciding`.
    Times are seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of a message about which a rule asked."""

    key: str
    account: str
    bot: str
    question: AskNow
    asked_by: str
    """The id of the action that asked."""
    found: Mapping[str, Any] | None
    error: str | None
    was: float | None = None
    anew: bool = False
    """As in `Happened`."""


@dataclass(frozen=True, slots=True)
class Rings:
    """A timer of a bot."""

    key: str
    bot: str
    timer: str
    """The name under which the bot set it."""
    was: float
    """When it was to ring, had no store been lost."""
    span: float = 0.0
    """Of a window: how long it is, in seconds."""


@dataclass(frozen=True, slots=True)
class KeyIsLate:
    """The wait for the key of an event, which the inbox has under `locked`."""

    key: str
    account: str
    locked: str
    was: float


Later = Rings | KeyIsLate
Waiting = Happened | Locked | Told | Answer | Later
WAITING: Mapping[str, type] = {
    "event": Happened,
    "locked": Locked,
    "told": Told,
    "now": Answer,
    "timer": Rings,
    "late": KeyIsLate,
}


# -- outbox ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be carried out."""

    by: str
    """The account or the bridge that does it."""
    bot: str
    """Which bot is told of the outcome."""
    action: Annotated[Action | Deliver, _Union(ACTIONS)]
    of: int | None = None
    """Number of the row in the inbox from which it came."""
    was: float | None = None
    again: Annotated[Waiting, _Union(WAITING)] | None = None
    """What is decided once more when it is done."""

    @property
    def makes(self) -> str | None:
        """The handle that it will fill."""
        return getattr(self.action, "handle", None)


# -- writing and reading ---------------------------------------------------------------------------


class Rows(Generic[R]):
    """Records of these kinds as the bytes of a row."""

    def __init__(self, kinds: Mapping[str, type]) -> None:
        self.kinds = kinds
        self._adapter: TypeAdapter[Any] = TypeAdapter(Annotated[Any, self])

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        row = _Union(self.kinds).__get_pydantic_core_schema__(source, handler)
        parts = {"v": core_schema.literal_schema([VERSION]), "row": row}
        fields = {name: core_schema.typed_dict_field(part) for name, part in parts.items()}
        return core_schema.typed_dict_schema(fields)

    def write(self, record: R) -> bytes:
        """Raises ValueError, TypeError if it could not be read again: that is a fault of whoever
        made it, and must not become one of the store."""
        data = self._written({"v": VERSION, "row": record})
        try:
            self._adapter.validate_json(data)
        except ValidationError:
            raise ValueError("this could not be read again") from None
        return data

    def _written(self, row: Mapping[str, Any]) -> bytes:
        try:
            return self._adapter.dump_json(row, warnings=False)
        except PydanticSerializationError:
            # Half a character must not end a transaction, whichever way it found in.
            plain = self._adapter.dump_python(row, warnings=False)
            text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
            return whole(text).encode()

    def read(self, data: bytes) -> R:
        """Raises StoreError."""
        try:
            record: R = self._adapter.validate_json(data)["row"]
        except ValidationError as error:
            raise _unreadable(error) from None  # its own words quote what is in the row
        return record


def _unreadable(error: ValidationError) -> StoreError:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(x["type"] in ("literal_error", "union_tag_invalid") for x in found):
        return StoreError(
            "A row of the store was written by a newer buendnis. Install that version again, or a "
            "later one."
        )
    return StoreError("A row of the store can't be understood. Restore a backup.")


INBOX = Rows[Waiting](WAITING)
OUTBOX = Rows[Order]({"order": Order})
