"""What pydantic finds wrong, in plain words that say what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from config.reading.sections import File
from config.reading.shape import Model, example, homes, keys, section
from config.values.credentials import KINDS
from config.values.faults import Loc, shown
from config.values.suggest import closest

SEAL_KEY, PASSPHRASE = "seal_key", "passphrase"
SECRETS = {
    **{kind: kind for kind in (*KINDS, SEAL_KEY, PASSPHRASE)},
    **dict.fromkeys(("passwort", "kennwort", "secret", "pass", "passwd"), "password"),
    **dict.fromkeys(("access_token", "accesstoken", "key"), "token"),
    **dict.fromkeys(("registration_shared_secret", "shared_secret"), "registration_secret"),
}
"""Keys under which people write a secret itself, and what it is."""

_KINDS_OF_VALUES: dict[str, str] = {
    "bool_": "must be true or false, without quotes",
    "int_": "must be a whole number, without quotes",
    "float_": "must be a number, without quotes",
}
_BOUNDS: dict[str, tuple[str, str]] = {
    "too_long": ("max_length", "has more entries than can be used; write at most {}"),
    "greater_than_equal": ("ge", "is too small; write {} or more"),
    "less_than_equal": ("le", "is too large; write {} at most"),
}
_LISTS = ("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type")
_MAPPINGS = ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type")


def sentence(error: ErrorDetails, model: Model, written: Callable[[Loc], bool]) -> str:
    """What is wrong at `error["loc"]` of `model`, and the remedy. Never the value itself.

    `written` tells whether the file has a key, even with nothing behind it.
    """
    kind, loc, value = error["type"], error["loc"], error["input"]
    if kind == "value_error":
        return str(error.get("ctx", {}).get("error", "does not fit here"))
    if kind == "missing":
        return _missing(loc, model, written)
    if kind == "extra_forbidden":
        return _unknown(loc, model)
    if kind in _MAPPINGS:
        return _wants_keys(loc, model, value)
    if kind in _LISTS:
        return 'must be a list; write [a, b], or each entry on a line of its own after "- "'
    return _wants_value(kind, error.get("ctx", {}), value)


def meant_key(loc: Loc, model: Model) -> str | None:
    """The known key that an unknown one was probably meant to be; None for a secret's name."""
    parent, word = section(model, loc[:-1]), str(loc[-1])
    if parent is None or word.casefold() in SECRETS:
        return None
    # Two letters changed places in a short word: difflib finds two thirds alike.
    cutoff = 0.75 if len(word) > 4 else 0.65
    return closest(word.replace("-", "_"), keys(parent), cutoff)


def _missing(loc: Loc, model: Model, written: Callable[[Loc], bool]) -> str:
    how = example(model, loc)
    if how is None and (inner := section(model, loc)):
        how = f"{loc[-1]}:` and below it, indented, `" + "`, `".join(_examples(inner))
    what = "has nothing behind it" if written(loc) else "is missing"
    return f"{what}; write `{how or f'{loc[-1]}: …'}`"


def _examples(model: Model) -> list[str]:
    required = [name for name, field in keys(model).items() if field.is_required()]
    return [example(model, (name,)) or f"{name}: …" for name in required]


def _unknown(loc: Loc, model: Model) -> str:
    word = str(loc[-1])
    if word.casefold() in SECRETS:
        return _secret(loc, model)
    if (meant := meant_key(loc, model)) is not None:
        return f"is not a known key; write {shown(meant)}"
    if found := homes(model, word):
        return f"does not belong here but {_place(found[0])}"
    parent = section(model, loc[:-1])
    known = ", ".join(keys(parent)) if parent else ""
    return f"is not a known key; remove it, or write one of: {known}"


def _secret(loc: Loc, model: Model) -> str:
    word, parent = str(loc[-1]).casefold(), section(model, loc[:-1])
    if word == PASSPHRASE:
        return "is never written anywhere; write `opened_by: passphrase`, and type it when asked"
    known = keys(parent) if parent else {}
    secret = word if f"{word}_file" in known else SECRETS[word]
    instead = ""
    if issubclass(model, File) and secret != SEAL_KEY:
        instead = f", or set {model.variable_for(loc[:-1], secret)}"
    return (
        f"secrets do not belong in this file; put it into a file of its own and write "
        f"`{secret}_file: PATH` in its place{instead}"
    )


def _place(path: str) -> str:
    return f"below {shown(path)}" if path else "at the margin, without indentation"


def _wants_keys(loc: Loc, model: Model, value: Any) -> str:
    inner = section(model, loc)
    known = ", ".join(f"{key}: …" for key in keys(inner)) if inner else "key: …"
    if loc and isinstance(loc[-1], int):
        return f"must be an entry with keys; write {{{known}}}"
    return f"must have keys below it, indented by two spaces; known here: {known}"


def _wants_value(kind: str, context: dict[str, Any], value: Any) -> str:
    if kind.startswith("string_"):
        return _wants_text(value)
    if kind in ("literal_error", "enum"):
        known = str(context.get("expected", "another")).replace("'", "")
        return f"is not one of the known values; write {known}"
    if kind == "too_short":
        return "is an empty list; write at least one entry"
    if (bound := _BOUNDS.get(kind)) and bound[0] in context:
        return bound[1].format(context[bound[0]])
    found = (text for start, text in _KINDS_OF_VALUES.items() if kind.startswith(start))
    return next(found, "does not fit here; see the example, or `buendnis schema`")


def _wants_text(value: Any) -> str:
    if value is None:
        return "has nothing behind it; write a text"
    if isinstance(value, list | dict):
        return "must be one text, not a list and not keys"
    return "must be a text; put it in quotes"
