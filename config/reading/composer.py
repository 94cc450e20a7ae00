"""YAML text → nodes, by PyYAML's composer, without what settings have no use for."""

from __future__ import annotations

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.events import AliasEvent, CollectionStartEvent, Event, ScalarEvent
from yaml.nodes import Node, ScalarNode

MAX_DEPTH = 20


class TooDeep(MarkedYAMLError):
    """More levels of keys and lists than settings can have."""


class Composer(yaml.SafeLoader):
    """Composes one document. Anchors, aliases and tags are left out and noted in `oddities`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.oddities: list[tuple[int, str]] = []
        """Line from 1, and a sentence."""
        self._depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: Event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent):
            return self._without_alias(event)
        if isinstance(event, ScalarEvent | CollectionStartEvent):
            self._strip(event)
        if self._depth >= MAX_DEPTH:
            raise TooDeep("", None, "nested too deeply", _mark(event))
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def _strip(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor is not None:
            self._note(event, "anchors (&name) are not used here; remove it")
            event.anchor = None
        if event.tag not in (None, "!"):
            self._note(event, "tags (!name) are not used here; remove it")
            event.tag = None

    def _without_alias(self, event: AliasEvent) -> Node:
        self.get_event()  # type: ignore[no-untyped-call]
        self._note(
            event,
            "aliases (*name) are not used here; write the value out, "
            "and text that begins with * in quotes",
        )
        return ScalarNode("", "", _mark(event), _mark(event))

    def _note(self, event: Event, text: str) -> None:
        self.oddities.append((_mark(event).line + 1, text))


def _mark(event: Event) -> Mark:
    mark = event.start_mark
    return mark if isinstance(mark, Mark) else Mark("", 0, 0, 0, None, 0)


def compose(text: str) -> tuple[Node | None, list[tuple[int, str]]]:
    """The document's root (None when empty) and its oddities (line, sentence).

    Raises yaml.MarkedYAMLError on what is not YAML.
    """
    composer = Composer(text)
    try:
        return composer.get_single_node(), composer.oddities
    finally:
        composer.dispose()
