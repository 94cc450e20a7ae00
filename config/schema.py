"""The JSON Schema of the settings, for editors. `buendnis schema` prints it."""

from __future__ import annotations

import json
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from config.kinds import Kind, model_of
from config.network.parts import BotEntry
from config.values.durations import format_duration


def plain(value: Any) -> Any:
    """Times and durations as the YAML has them; all else as it is."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return format_duration(value) if isinstance(value, timedelta) else value


class _Generator(GenerateJsonSchema):
    """Durations as the YAML has them, and no titles that only repeat the keys."""

    def encode_default(self, dft: Any) -> Any:
        found = plain(dft)
        return super().encode_default(dft) if found is dft else found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema(kind: Kind, bots: tuple[BotEntry, ...]) -> str:
    """The schema of one kind of file, as JSON text with a line break at its end."""
    found = model_of(kind, bots).model_json_schema(schema_generator=_Generator)
    head = {"$schema": _Generator.schema_dialect}
    return json.dumps({**head, **found}, ensure_ascii=False, indent=2) + "\n"


def shipped(kind: Kind) -> Path:
    """Where the schema of a kind ships."""
    return Path(__file__).parent / f"{kind}.schema.json"
