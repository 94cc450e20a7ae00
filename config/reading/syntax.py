"""YAML text → nodes. What is no YAML, or more than settings need, is told line by line in plain
words; its section is left out, so that the others can be read at once."""

from __future__ import annotations

import re
from contextlib import suppress

import yaml
from yaml.error import MarkedYAMLError
from yaml.nodes import Node

Loader = type[yaml.SafeLoader] | type[yaml.CSafeLoader]
HEAD = re.compile(r"---|[\"']?([A-Za-z0-9_][\w-]*)")
"""A section's first line: a key at the margin."""
MAX_DEPTH = 20
KEY_WITHOUT_COLON = "a key without a colon; write it as `key: value`"
_UNUSED = {
    "AnchorToken": "anchors (&name) are not used here; remove it",
    "TagToken": "tags (!name) are not used here; remove it",
    "AliasToken": "aliases (*name) are not used here; write the value out, or text in quotes",
}
# Part of PyYAML's problem, or of its context → sentence. The first that fits is taken.
_SENTENCES = {
    "nested too deeply": "too many levels below each other; the settings have four at most",
    "'\\t'": "a tab where YAML allows only spaces; write spaces",
    "quoted scalar": "a quote that opens here is not closed, or holds a backslash that means "
    "nothing; end the text with the same quote, or write it in single quotes",
    "flow sequence": "a list opens here with [ and is not closed, or lacks a comma; write [a, b]",
    "flow mapping": "keys open here with { and are not closed, or lack a comma; write {a: b, c: d}",
    "could not find expected ':'": KEY_WITHOUT_COLON,
    "mapping values are not allowed": "a colon where none can be; put text that holds a colon "
    "in quotes, or check the indentation and the line before",
    "sequence entries are not": 'a list entry where none can be; begin a new line with "- "',
    "expected <block end>": "this line is indented differently from those that it belongs to; "
    "keys of one section begin in the same column",
    "block scalar": "after | or > only a line break can follow; write the text below, indented",
    "another document": "a second document begins here; remove this line and put all in one",
    "document start": "this line does not belong to any key; write it as `key: value`",
}
_OTHER = "this is not YAML; put the text in quotes, or check the indentation and the line before"
_BEHIND_QUOTE = re.compile(r"""[\s-]*[\w-]+:\s*(?:"[^"]*"|'[^']*')\s*[^\s#,]""")


class NotRead(Exception):
    """What could not be read: rows (from 0), each with a sentence."""

    def __init__(self, *told: tuple[int, str]) -> None:
        self.told = told


def compose(lines: list[str]) -> Node | None:
    """The document's root; None where nothing is said. Raises NotRead."""
    text = "\n".join(lines)
    # Twenty times as fast. Takes more tabs, and tells of faults in words `_SENTENCES` doesn't know.
    with suppress(MarkedYAMLError):
        if "\t" not in text:
            return _composed(text, lines, yaml.CSafeLoader)
    try:
        return _composed(text, lines, yaml.SafeLoader)
    except MarkedYAMLError as error:
        raise NotRead(_explained(lines, error)) from None


def _composed(text: str, lines: list[str], loader: Loader) -> Node | None:
    """Raises NotRead and MarkedYAMLError."""
    if unused := _unused(text, lines, loader):
        raise NotRead(*unused)
    return yaml.compose(text, Loader=loader)


def section(lines: list[str], row: int) -> tuple[int, int, str]:
    """The section of a row: where it begins, where the next does, its name (`file` above all)."""
    start = next((i for i in range(min(row, len(lines) - 1), -1, -1) if HEAD.match(lines[i])), 0)
    end = next((i for i in range(row + 1, len(lines)) if HEAD.match(lines[i])), len(lines))
    head = HEAD.match(lines[start])
    return start, end, (head and head[1]) or "file"


def _unused(text: str, lines: list[str], loader: Loader) -> list[tuple[int, str]]:
    """Rows with what YAML has and settings do not. Raises MarkedYAMLError."""
    found, depth = [], 0
    for token in yaml.scan(text, Loader=loader):
        kind, row = type(token).__name__, token.start_mark.line
        rest = lines[row + 1 : token.end_mark.line + 1]
        if getattr(token, "style", None) in ("'", '"') and any(map(HEAD.match, rest)):
            raise MarkedYAMLError(None, None, "quoted scalar", token.start_mark)
        depth += ("Start" in kind) - ("End" in kind)
        if depth > MAX_DEPTH:
            raise MarkedYAMLError(None, None, "nested too deeply", token.start_mark)
        found += [(row, _UNUSED[kind])] if kind in _UNUSED else []
    return found


def _explained(lines: list[str], error: MarkedYAMLError) -> tuple[int, str]:
    said, context = f"{error.problem} {error.context}", error.context or "block"
    mark = (
        None if re.search("block|single", context) else error.context_mark
    ) or error.problem_mark
    row, column = (min(mark.line, len(lines) - 1), mark.column) if mark else (0, 0)
    if (sign := lines[row][column : column + 1]) and sign in "@`*&!%":
        return row, f"text that begins with {sign} must be in quotes"
    if "<block end>" in said and _BEHIND_QUOTE.match(lines[row]):
        return row, "text goes on behind the quote that closes it; put all of it in quotes"
    above = next((i for i in range(row - 1, -1, -1) if not re.match(r"\s*(#|$)", lines[i])), row)
    if "mapping values" in said and re.fullmatch(r"\s*[\w-]+\s*", lines[above]):
        return above, KEY_WITHOUT_COLON
    return row, next((text for part, text in _SENTENCES.items() if part in said), _OTHER)
