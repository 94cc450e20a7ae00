"""Who moderates a room, and whether we can remove reactions there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from federation.model import power
from federation.model.events import RoomView

REDACTION = "m.room.redaction"


def moderates(view: RoomView, user: str) -> bool:
    """Whether somebody may remove messages and people, and not everybody may."""
    level = view.power(user)
    needed = max(power.to_act("redact", view.power_levels), power.to_act("kick", view.power_levels))
    return level >= needed and level > _everybodys(view)


def moderators(view: RoomView) -> frozenset[str]:
    """Moderators who are in the room."""
    levels: Mapping[str, Any] = view.power_levels or {}
    named = levels.get("users")
    candidates = view.creators | frozenset(named if isinstance(named, Mapping) else ())
    return frozenset(x for x in candidates & view.joined if moderates(view, x))


def needed(view: RoomView) -> float:
    """The power level needed to remove somebody else's reaction."""
    levels = view.power_levels
    return max(power.to_act("redact", levels), power.to_send(REDACTION, levels))


def may_remove(view: RoomView, account: str) -> bool:
    return view.power(account) >= needed(view)


def _everybodys(view: RoomView) -> float:
    return power.level("", view.power_levels, frozenset())
