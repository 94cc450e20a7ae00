"""The log: what happened, never to whom.

Whatever a library or a mistake of ours would write, Matrix ids, addresses and tokens are struck
out before a line leaves, and exceptions are told by type and place, without their text.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TextIO

_STRUCK = "…"
_SECRETS = re.compile(
    r"""
      \b(?:syt|mct|mat)_[A-Za-z0-9_=-]+            # access tokens
    | (?i:access_token|password|token)=\S+
    | (?i:bearer)\s+\S+
    | mxc://\S+
    | [@!\#][^\s:@!\#"']+:[A-Za-z0-9.\-\[\]:]+     # users, rooms, aliases
    | ![A-Za-z0-9_-]{43}                           # rooms from version 12 on
    | \$[A-Za-z0-9_/+-]{20,}(?::\S+)?              # events
    | %(?:40|21|24)[^\s/?]+                        # the same inside addresses of requests
    | [\w.+-]+@[\w-]+\.[\w.-]+                     # e-mail addresses
    """,
    re.VERBOSE,
)
_TALKATIVE = {
    "nio": logging.CRITICAL,  # its warnings quote what was wrong in an event, and whose it was
    "peewee": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
}


def scrub(text: str) -> str:
    """The text without anything that names a person, a room, an event or a secret."""
    return _SECRETS.sub(_STRUCK, text)


class Formatter(logging.Formatter):
    """One line a record: time, level, place, text; an exception's type and place behind it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {_message(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f" [{where(record.exc_info[1])}]"
        return scrub(line)


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except Exception:  # noqa: BLE001  (a broken line of somebody else's must not end anything)
        return "(a line that could not be formatted)"
    # What follows asyncio's first line is the task, with the text of its exception.
    return text.partition("\n")[0] if record.name == "asyncio" else text


def where(error: BaseException) -> str:
    """`ValueError in rule, line 12 of dispatch.py`: never the error's text. A group's first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    file = last.filename.rpartition("/")[2]
    return f"{type(error).__name__} in {last.name}, line {last.lineno} of {file}"


def install(level: str = "info", stream: TextIO | None = None) -> None:
    """Make the root logger write so, in place of whatever it did."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(least)
