"""What is not YAML, in plain words: which line, and what to write instead."""

from __future__ import annotations

import re

import yaml
from yaml.error import MarkedYAMLError
from yaml.tokens import ScalarToken

from config.reading.composer import TooDeep

HEAD = re.compile(r"[\"']?([A-Za-z0-9_][\w-]*)")
"""A section's first line: a key at the margin."""
KEY_WITHOUT_COLON = "a key without a colon; write it as `key: value`"
OPEN_QUOTE = (
    "a quote that opens here is not closed, or holds a backslash that means nothing; end the text "
    "with the same quote, or write it in single quotes"
)
BEHIND_QUOTE = "text goes on behind the quote that closes it; put all of it in quotes"
_BEHIND_QUOTE = re.compile(r"""[\s-]*[\w-]+:\s*(?:"[^"]*"|'[^']*')\s*[^\s#,]""")
# Part of PyYAML's problem, or of its context → sentence. The first that fits is taken.
_SENTENCES: tuple[tuple[str, str], ...] = (
    ("nested too deeply", "too many levels below each other; the settings have four at most"),
    ("quoted scalar", OPEN_QUOTE),
    ("flow sequence", "a list opens here with [ and is not closed, or lacks a comma; write [a, b]"),
    (
        "flow mapping",
        "keys open here with { and are not closed, or lack a comma; write {a: b, c: d}",
    ),
    ("could not find expected ':'", KEY_WITHOUT_COLON),
    (
        "mapping values are not allowed",
        "a colon where none can stand; put text that holds a colon in quotes, "
        "or check the indentation and the line before",
    ),
    (
        "sequence entries are not allowed",
        'a list entry where none can stand; begin it on a line of its own with "- "',
    ),
    (
        "expected <block end>",
        "this line is indented differently from those that it belongs to; "
        "keys of one section begin in the same column",
    ),
    ("block scalar", "after | or > only a line break can follow; write the text below, indented"),
    ("alias", "text that begins with * must stand in quotes"),
    ("anchor", "text that begins with & must stand in quotes"),
    ("tag", "text that begins with ! must stand in quotes"),
    ("directive", "text that begins with % must stand in quotes"),
    ("document start", "this line does not belong to any key; write it as `key: value`"),
)
_OTHER = "this is not YAML; put the text in quotes, or check the indentation and the line before"


def explained(lines: list[str], error: MarkedYAMLError) -> tuple[int, str]:
    """The row (from 0) to look at, and a sentence."""
    if (start := _open_quote(lines, error)) is not None:
        return start, OPEN_QUOTE
    said = f"{error.problem} {error.context}"
    opened = error.context is not None and "block" not in error.context
    mark = (error.context_mark if opened else None) or error.problem_mark
    row = min(mark.line if mark else 0, len(lines) - 1)
    if "expected <block end>" in said and _BEHIND_QUOTE.match(lines[row]):
        return row, BEHIND_QUOTE
    above = _without_colon(lines, row) if "mapping values" in said else None
    if above is not None:
        return above, KEY_WITHOUT_COLON
    return row, next((text for part, text in _SENTENCES if part in said), _OTHER)


def _open_quote(lines: list[str], error: MarkedYAMLError) -> int | None:
    """The row of a quote before the error that only the opening one of another section closes."""
    last = error.problem_mark.line if error.problem_mark and not isinstance(error, TooDeep) else -1
    try:
        for token in yaml.scan("\n".join(lines[: last + 1])):
            if isinstance(token, ScalarToken) and token.style in ("'", '"'):
                start, end = token.start_mark.line, token.end_mark.line
                if any(HEAD.match(line) for line in lines[start + 1 : end + 1]):
                    return int(start)
    except MarkedYAMLError:
        return None
    return None


def _without_colon(lines: list[str], row: int) -> int | None:
    """The row before `row` that says anything, if it is a lone word: a key without its colon."""
    rows = (i for i in range(row - 1, -1, -1) if not re.match(r"\s*(#|$)", lines[i]))
    above = next(rows, None)
    return above if above is not None and re.match(r"\s*[\w-]+\s*$", lines[above]) else None
