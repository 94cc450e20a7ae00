"""The JSON Schema for editors says what the models say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bots.offices.reading import schema
from config.kinds import KINDS
from config.reading.document import read_document
from config.schema import shipped

EXAMPLES = Path(__file__).parents[2] / "config/examples"


def fields(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that the schema knows, and what it says of it."""
    if not isinstance(node, dict):
        return
    for name, inner in node.get("properties", {}).items():
        yield f"{path}.{name}", inner
    for name, inner in node.get("$defs", {}).items():
        yield from fields(inner, name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_that_ships_is_what_the_models_say(kind: Any) -> None:
    assert shipped(kind).read_text(encoding="utf-8") == schema(kind), (
        "run `python -m bots.offices.shipped`"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: Any) -> None:
    found = json.loads(schema(kind))
    silent = [
        path
        for path, inner in fields(found)
        if "description" not in inner
        and "description" not in found["$defs"].get(inner.get("$ref", "").split("/")[-1], {})
    ]
    assert silent == []


def test_defaults_are_written_as_in_the_yaml() -> None:
    properties = json.loads(schema("ombuds"))["properties"]
    assert properties["unreadable_after"]["default"] == "1m"
    assert properties["answers"]["default"] == {"undo": "1m"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_names_its_schema_and_fits_it(kind: Any) -> None:
    example = EXAMPLES / f"{kind}.yaml"
    first = example.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (EXAMPLES / named).resolve() == shipped(kind).resolve()
    found = json.loads(schema(kind))
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.Draft202012Validator(found).validate(read_document(example.read_bytes()).data)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_shows_every_key(kind: Any) -> None:
    text = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")
    names = {path.rpartition(".")[2] for path, _ in fields(json.loads(schema(kind)))}
    assert [name for name in sorted(names) if f"{name}:" not in text] == []
