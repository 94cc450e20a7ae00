"""Which of our languages a visitor gets: pure functions over what her browser says."""

from __future__ import annotations

from collections.abc import Sequence

_ALSO = {"prs": "fa"}
"""Dari is read as Farsi."""


def choose(asked: str | None, accepted: str, offered: Sequence[str]) -> str:
    """`asked`: what she chose on the page; `accepted`: the header `Accept-Language` (RFC 9110,
    section 12.5.4)."""
    for wanted in ((asked or ""), *_wanted(accepted)):
        found = _offered(wanted, offered)
        if found is not None:
            return found
    return offered[0]


def _wanted(accepted: str) -> list[str]:
    """The tags of the header, the dearest first."""
    weighed = [_weighed(part) for part in accepted[:1000].split(",")]
    return [tag for tag, weight in sorted(weighed, key=lambda x: -x[1]) if weight > 0]


def _weighed(part: str) -> tuple[str, float]:
    tag, _, rest = part.partition(";")
    name, _, value = rest.strip().partition("=")
    if name.strip().lower() != "q":
        return tag.strip(), 1.0
    try:
        return tag.strip(), min(max(float(value), 0.0), 1.0)
    except ValueError:
        return tag.strip(), 0.0


def _offered(tag: str, offered: Sequence[str]) -> str | None:
    """The offered language that is nearest to a tag: itself, else the same without its variant."""
    tag = tag.replace("_", "-").lower()
    first = tag.partition("-")[0]
    for candidate in (tag, first, _ALSO.get(first)):
        if candidate in offered:
            return candidate
    return None
