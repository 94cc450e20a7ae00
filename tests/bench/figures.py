"""Figures: what is measured, against what, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """What is measured. Without a target it is there for information only."""

    name: str
    unit: str
    against: str
    """What it is a ratio to, or how it was measured."""
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"

    def is_met(self, value: float) -> bool:
        if self.target is None:
            return True
        return value <= self.target if self.better == "lower" else value >= self.target

    def line(self, value: float) -> str:
        """The measured figure as one line of JSON."""
        told = {
            "figure": self.name,
            "value": round(value, 3),
            "unit": self.unit,
            "against": self.against,
            "target": self.target,
            "better": self.better,
        }
        return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Measured:
    figure: Figure
    value: float

    @property
    def is_met(self) -> bool:
        return self.figure.is_met(self.value)


def summary(measured: Sequence[Measured], broken: Iterable[str]) -> str:
    """How the targets fared, in a few lines for people."""
    aimed = [one for one in measured if one.figure.target is not None]
    missed = [one for one in aimed if not one.is_met]
    lines = [f"{len(aimed) - len(missed)} of {len(aimed)} targets met."]
    lines += [_missed(one) for one in missed]
    lines += [f"  not measured: {name}" for name in broken]
    return "\n".join(lines)


def _missed(one: Measured) -> str:
    figure = one.figure
    wanted = "at most" if figure.better == "lower" else "at least"
    return f"  missed: {figure.name} is {one.value:.3g} {figure.unit}, {wanted} {figure.target:g}"


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]
