"""The JSON Schema of the settings, for editors. `buendnis schema` prints it.

`python -m config.schema` writes the files that ship; a test holds them against the models.
"""

from __future__ import annotations

import json
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from config.kinds import MODELS, Kind
from config.values.durations import format_duration


class _Generator(GenerateJsonSchema):
    """Durations as the YAML has them, and no titles that only repeat the keys."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, time):
            return f"{dft:%H:%M}"
        return format_duration(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema(kind: Kind) -> str:
    """The schema of one kind of file, as JSON text with a line break at its end."""
    found = MODELS[kind].model_json_schema(schema_generator=_Generator)
    head = {"$schema": _Generator.schema_dialect}
    return json.dumps({**head, **found}, ensure_ascii=False, indent=2) + "\n"


def shipped(kind: Kind) -> Path:
    """Where the schema of a kind ships."""
    return Path(__file__).parent / f"{kind}.schema.json"


if __name__ == "__main__":
    for each in MODELS:
        shipped(each).write_text(schema(each), encoding="utf-8")
