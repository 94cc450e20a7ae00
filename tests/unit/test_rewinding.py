"""From where rooms are read anew when a homeserver was put back."""

from __future__ import annotations

import pytest

from federation.syncing.rewinding import KNOWN_MS, since

NOW = 1_800_000_000_000


@pytest.mark.parametrize(
    ("mark", "known", "found"),
    [
        (None, None, None),
        (NOW, None, NOW),
        (NOW, NOW, NOW),
        (NOW - 7, NOW, NOW - 7),
        (None, NOW, NOW - KNOWN_MS),
        (1, NOW, NOW - KNOWN_MS),
    ],
)
def test_what_is_handled_again_is_what_we_still_know(
    mark: int | None, known: int | None, found: int | None
) -> None:
    assert since(mark, known) == found
