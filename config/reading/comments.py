"""What YAML takes for a comment though it was meant: `alliance: #mein-bund`, `name: Nord #1`.

The text is put back, as if it were in quotes, so that it is checked as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.values.faults import shown

_COMMENT = re.compile(r"\s+(#[^\s#].*?)\s*$")
"""A sign right before a word: in a comment a blank is between them."""

Tell = Callable[[int, str], None]
"""Row from 0, and a sentence."""


def put_back(
    node: Node, lines: Sequence[str], is_text: Callable[[ScalarNode], bool], tell: Tell
) -> None:
    """Give every text of the tree back what follows it as a comment, and tell of it."""
    if isinstance(node, MappingNode):
        for _, value in node.value:
            put_back(value, lines, is_text, tell)
    elif isinstance(node, SequenceNode):
        for entry in node.value:
            put_back(entry, lines, is_text, tell)
    elif isinstance(node, ScalarNode):
        _put_back(node, lines, is_text, tell)


def _put_back(
    node: ScalarNode, lines: Sequence[str], is_text: Callable[[ScalarNode], bool], tell: Tell
) -> None:
    mark = node.end_mark
    if node.style or mark is None or mark.line >= len(lines) or not is_text(node):
        return
    found = _COMMENT.fullmatch(lines[mark.line][mark.column :])
    if found is None:
        return
    node.value = f"{node.value} {found[1]}".strip()
    node.style = '"'
    cut = "to YAML everything from # on is a comment; put the text in quotes"
    tell(mark.line, f"{cut}: {shown(node.value)}, or a blank behind the #")
