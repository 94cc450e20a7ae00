"""A YAML file → plain data, the line of every key and entry, and every fault at once.

As in YAML 1.2, only `true` and `false` are booleans: `no`, `off` and `yes` stay text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import Reader

from config.reading.comments import put_back
from config.reading.syntax import NotRead, compose, section
from config.values.faults import Fault, Loc, shown, spell

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

MAX_BYTES = 1_000_000
TAB = "a tab indents this line; YAML allows only spaces there, write two spaces for each level"
READS = 20
READ_AGAIN_UP_TO = 50_000
"""Longer texts (in characters) are read once only: what follows a fault takes another look."""

_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BREAKS = "\x85\u2028\u2029"
_HIDDEN = re.compile(f"(?:{Reader.NON_PRINTABLE.pattern})|[{_BREAKS}\ufeff]")
_WIDE_AFTER_KEY = re.compile(r"([ -]*[\w-]+:)[\xa0\u2000-\u200b\u202f\u3000]+")
_TAB_INDENT = re.compile(r"\t[ \t]*(?=[^\s#])")
_WIDE_INDENT = re.compile(r"[ \t]*[\xa0\u2000-\u200b\u202f\u3000][\s\u200b]*")


@dataclass(frozen=True)
class Document:
    """What a file says."""

    data: Plain
    lines: Mapping[Loc, int]
    """Line from 1 of every key and list entry; `()` is the first line with anything on it."""
    faults: tuple[Fault, ...] = ()
    empty: frozenset[Loc] = frozenset()
    """Keys with nothing behind them."""
    unread: frozenset[str] = frozenset()
    """Sections that could not be read; nothing can be said about what is missing in them."""


@dataclass
class _Reading:
    wanted: int = 0
    """0: of a key that is there twice, the first; -1: the last."""
    lines: dict[Loc, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    empty: set[Loc] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)


def read_document(raw: bytes, *, last: bool = False) -> Document:
    """Read YAML. Never raises: the document's faults tell what is wrong.

    Of a key that is there twice, which is a fault, `data` has the first value or the `last`.
    """
    if len(raw) > MAX_BYTES:
        return _unreadable(1, "is larger than 1 MB; this is not a file of settings")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _unreadable(line, "holds a character that is not UTF-8; save the file as UTF-8")
    reading = _Reading(-1 if last else 0)
    root = _composed(_cleaned(text, reading), reading)
    data = None if root is None else _plain(root, (), reading)
    reading.lines[()] = 1 if root is None else _line(root)
    return Document(
        data,
        reading.lines,
        tuple(reading.faults),
        frozenset(reading.empty),
        frozenset(reading.unread),
    )


def _unreadable(line: int, text: str) -> Document:
    return Document(None, {(): 1}, (Fault(line, "file", text),))


def _cleaned(text: str, reading: _Reading) -> list[str]:
    """Lines without hidden characters, and indented by nothing but spaces."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in range(len(lines)):
        if found := _HIDDEN.search(lines[row]):
            code = f"U+{ord(found[0]):04X}"
            lines[row] = _HIDDEN.sub(" ", lines[row])
            _note(reading, lines, row, f"holds a hidden character ({code}); type the line anew")
        if tab := _TAB_INDENT.match(lines[row]):
            lines[row] = tab[0].replace("\t", "  ") + lines[row][tab.end() :]
            _note(reading, lines, row, TAB)
        if wide := _WIDE_INDENT.match(lines[row]):
            lines[row] = " " * wide.end() + lines[row][wide.end() :]
            _note(reading, lines, row, "is indented by other blanks than spaces; use spaces")
        if wide := _WIDE_AFTER_KEY.match(lines[row]):
            lines[row] = f"{wide[1]} {lines[row][wide.end() :]}"
            _note(reading, lines, row, "has another blank than a space behind a colon; use a space")
    return lines


def _note(reading: _Reading, lines: list[str], row: int, text: str) -> None:
    reading.faults.append(Fault(row + 1, section(lines, row)[2], text))


def _composed(lines: list[str], reading: _Reading) -> Node | None:
    """The root node of all sections that can be read; None when nothing is left."""
    size = sum(map(len, lines))
    for _ in range(READS if size <= READ_AGAIN_UP_TO else 1):
        try:
            root = compose(lines)
        except NotRead as error:
            lines = _left_out(lines, error, reading)
        else:
            if root is not None:
                put_back(root, lines, _is_text, partial(_note, reading, lines))
            return root
    reading.unread.add("file")
    return None


def _left_out(lines: list[str], error: NotRead, reading: _Reading) -> list[str]:
    """Without the sections that have these faults. Of one that was told of before, nothing more is
    said: it would only follow from that."""
    told = {fault.where for fault in reading.faults}
    kept = list(lines)
    for row, text in error.told:
        start, end, name = section(lines, row)
        kept[start:end] = [""] * (end - start)
        reading.unread.add(name)
        if name not in told:
            reading.faults.append(Fault(row + 1, name, text))
    return kept


def _plain(node: Node, loc: Loc, reading: _Reading) -> Plain:
    if isinstance(node, SequenceNode):
        for index, entry in enumerate(node.value):
            reading.lines[(*loc, index)] = _line(entry)
        return [_plain(entry, (*loc, i), reading) for i, entry in enumerate(node.value)]
    if isinstance(node, MappingNode):
        chosen = _keys(node, loc, reading)
        return {key: _plain(value, (*loc, key), reading) for key, value in chosen.items()}
    if isinstance(node, ScalarNode) and not node.style and not node.value:
        reading.empty.add(loc)
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _keys(node: MappingNode, loc: Loc, reading: _Reading) -> dict[str, Node]:
    """The value of each key; of a key that is there twice, the first or last, as is wanted."""
    found: dict[str, list[tuple[int, Node]]] = {}
    for key, value in node.value:
        if isinstance(key, ScalarNode):
            found.setdefault(key.value, []).append((_line(key), value))
        else:
            text = "a key must be a plain word; put text that begins with [ or { in quotes"
            reading.faults.append(Fault(_line(key), spell(loc), text))
    for name, places in found.items():
        path = (*loc, name)
        reading.lines[path] = places[reading.wanted][0]
        if len(places) > 1:
            lines = ", ".join(str(line) for line, _ in places)
            text = f"{shown(name)} is here more than once, in lines {lines}; keep one"
            reading.faults.append(Fault(places[-1][0], spell(path), text))
    return {name: places[reading.wanted][1] for name, places in found.items()}


def _line(node: Node) -> int:
    return (node.start_mark.line if node.start_mark else 0) + 1


def _is_text(node: ScalarNode) -> bool:
    return not node.value or isinstance(_scalar(node), str)


def _scalar(node: ScalarNode) -> Plain:
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
