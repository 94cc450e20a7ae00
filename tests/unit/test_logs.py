"""A log line names nobody, whoever wrote it."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
from collections.abc import Iterator

import pytest

from bots.runtime.process.logs import Formatter, install, scrub, where
from tests.kit.looped import looped


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log wrote; the loggers are as they were afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {
        name: logging.getLogger(name).level for name in ("nio", "peewee", "aiohttp", "asyncio")
    }
    stream = io.StringIO()
    install("debug", stream)
    yield stream
    root.handlers, root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@looped(
    "secret",
    [
        "@anna:example.org",
        "@anna.b/c=d_e-f:sub.example.org:8448",
        "@änna:example.org",
        "!opaque:example.org",
        "!7qiRjCVmJgq1ncFk-SXkFJfvxlhHiEN1m5T9o8y7lmk",
        "#room:example.org",
        "$yHet3w1ZUgEWfBE6T4suJQ5dsk06uWTy7p5o0TnMmfw",
        "$1234567890123456abcdef:example.org",
        "mxc://example.org/SEsfnsuifSDFSSEF",
        "syt_YW5uYQ_AbCdEfGhIjKlMnOpQrSt_0a1B2c",
        "access_token=MDAxOGxvY2F0aW9u",
        "Bearer abcdefgh",
        "password=hunter2",
        "anna.mustermann+x@mail.example.org",
        "/_matrix/client/v3/rooms/%21opaque%3Aexample.org/send",
        "/_matrix/client/v3/user/%40anna%3Aexample.org/account_data",
        "/rooms/x/event/%24yHet3w1ZUgEWfBE6T4suJQ5dsk06uWTy7p5o0TnMmfw",
    ],
)
@looped("line", ["{}", "before {} after", "({}), '{}'", "{}, {}.", "x\n{}\ny"])
def test_names_and_secrets_are_struck_out(secret: str, line: str) -> None:
    scrubbed = scrub(line.format(secret, secret))
    assert secret not in scrubbed
    for part in ("anna", "opaque", "hunter2", "yHet3w1ZUgEW", "SEsfnsuif", "AbCdEfGh", "MDAxOGxv"):
        assert part not in scrubbed, scrubbed


@pytest.mark.parametrize(
    "line",
    [
        "in-17 failed (ValueError in rule, line 12 of dispatch.py), try 2",
        "out-0123abcd (Send) was set aside: M_FORBIDDEN",
        "No answer from the homeserver (TimeoutError). Check homeserver.url",
        "bringing the store to format 2",
        "12:30:15 took 3 s: 5 of 7 done!",
    ],
)
def test_what_an_admin_needs_stays(line: str) -> None:
    assert scrub(line) == line


def test_an_exception_is_told_by_type_and_place(log: io.StringIO) -> None:
    try:
        raise ValueError("what Anna wrote")
    except ValueError:
        logging.getLogger("x").exception("it failed")
    text = log.getvalue()
    assert "Anna" not in text
    assert "ValueError in test_an_exception_is_told_by_type_and_place, line " in text
    assert text.count("\n") == 1


def test_of_a_group_the_first_is_told() -> None:
    group = ExceptionGroup("what Anna wrote", [ExceptionGroup("x", [KeyError("Anna")])])
    assert where(group) == "KeyError"


def test_a_line_that_can_not_be_formatted_ends_nothing() -> None:
    record = logging.LogRecord("x", logging.WARNING, "x.py", 1, "%d and %s", ("Anna",), None)
    line = Formatter().format(record)
    assert "could not be formatted" in line
    assert "Anna" not in line


async def test_a_task_that_nobody_waits_for_tells_no_text(log: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError("what Anna wrote")

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    assert "never retrieved" in log.getvalue()
    assert "Anna" not in log.getvalue()


def test_libraries_are_kept_quiet(log: io.StringIO) -> None:
    logging.getLogger("nio.events.misc").warning("Error validating event: 'Anna' is not …")
    logging.getLogger("nio.crypto.olm_machine").error("Failed to parse Olm payload: Anna")
    logging.getLogger("peewee").debug("SELECT Anna")
    logging.getLogger("aiohttp.access").info("GET /Anna")
    logging.getLogger("asyncio").debug("Using selector")
    logging.getLogger("bots.x").debug("our own")
    assert log.getvalue().endswith("DEBUG bots.x: our own\n")
    assert log.getvalue().count("\n") == 1
