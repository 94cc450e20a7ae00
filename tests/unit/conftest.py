"""What is pure starts no process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def _no_process() -> Iterator[None]:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a test that starts a process belongs in tests/processes")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", refused)
        yield
