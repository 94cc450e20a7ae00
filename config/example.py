"""The example of `network.yaml` that ships, with what the bots add to it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from config.network.parts import BotEntry
from config.reading.shape import keys
from config.schema import plain

SHIPPED = Path(__file__).parent / "examples/network.yaml"
WIDTH = 98

ACCOUNTS = "  # The bots. Each shows under its display name."
ROOMS = "  # Of the bots."
SECTIONS = "#     key_file: ./secrets/dkim.pem"
"""The line before them."""
_BLOCK = r"^{head}\n(?:.*\n)*?(?={end})"


def example(text: str, bots: tuple[BotEntry, ...]) -> str:
    """The example's text, with the accounts, rooms and sections of these bots."""
    for head, end, lines in (
        (ACCOUNTS, r"  #", _accounts(bots)),
        (ROOMS, r"  #", _rooms(bots)),
        (SECTIONS, r"# web:", _sections(bots)),
    ):
        block = "".join(f"{line}\n" for line in (head, *lines))
        pattern = _BLOCK.format(head=re.escape(head), end=end)
        text = re.sub(pattern, lambda _, block=block: block, text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
    return text


def _accounts(bots: tuple[BotEntry, ...]) -> Iterator[str]:
    for bot in bots:
        yield f"  {bot.name}: {{user: {bot.user}, display_name: {bot.display_name}}}"


def _rooms(bots: tuple[BotEntry, ...]) -> Iterator[str]:
    for bot in bots:
        for room in bot.rooms:
            yield f'  {room.key}: {{alias: "{room.alias}", name: {room.name}}}'


def _sections(bots: tuple[BotEntry, ...]) -> Iterator[str]:
    for bot in bots:
        if bot.section is not None:
            yield ""
            yield f"# {bot.name}:"
            for key, field in keys(bot.section).items():
                yield from _told(field.description or "")
                yield f"#   {key}: {_written(field)}"
    yield ""


def _told(text: str) -> Iterator[str]:
    return (f"#   # {line}" for line in textwrap.wrap(text, WIDTH - 6))


def _written(field: FieldInfo) -> str:
    value: Any = field.examples[0] if field.examples else plain(field.default)
    return (
        value
        if isinstance(value, str) and value[:1].isalnum() and ":" not in value
        else (json.dumps(value, ensure_ascii=False))
    )
