"""Figures: what was counted, and what it should have been."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    figure: str
    value: float
    unit: str
    against: str
    """Out of what, or in what circumstances."""
    target: float | None = 0
    """None: told for information."""
    better: Literal["lower", "higher"] = "lower"

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        return self.value <= self.target if self.better == "lower" else self.value >= self.target

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)
