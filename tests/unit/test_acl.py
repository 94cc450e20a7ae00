"""Which homeservers a room keeps out."""

from __future__ import annotations

from typing import Any

import pytest

from federation.model.acl import denies


@pytest.mark.parametrize(
    ("acl", "server", "out"),
    [
        (None, "west.test", False),
        ({"allow": ["*"]}, "west.test", False),
        ({"allow": ["*"], "deny": ["west.test"]}, "west.test", True),
        ({"allow": ["*"], "deny": ["west.test"]}, "WEST.test:8448", True),
        ({"allow": ["*"], "deny": ["*.test"]}, "a.west.test", True),
        ({"allow": ["*"], "deny": ["wes?.test"]}, "west.test", True),
        ({"allow": ["*"], "deny": ["west.test"]}, "westxtest", False),
        ({"allow": ["sued.test"]}, "west.test", True),
        ({"allow": "*", "deny": 5}, "west.test", True),
        ({"allow": ["*"], "deny": [None, "****" * 50 + "x"]}, "west.test", False),
    ],
)
def test_who_is_kept_out(acl: dict[str, Any] | None, server: str, out: bool) -> None:
    assert denies(acl, server) is out
