"""Programs of Debian that tests run, besides Python's own packages."""

from __future__ import annotations

import os
import shutil

import pytest


def program(package: str, *names: str) -> str:
    """Where it is, by any of its names. Only where there is none, and nobody promised one, the test
    is left out."""
    found = next(filter(None, map(shutil.which, (package, *names))), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"no {package} on this machine: apt-get install {package}")
    assert found is not None, f".ci/run installs {package}"
    return found
