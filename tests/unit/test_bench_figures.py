"""What the bench prints and counts, apart from what it measures."""

from __future__ import annotations

import inspect
import json
from importlib import import_module

import pytest

from tests.bench.__main__ import MEASUREMENTS, ON_REQUEST, main
from tests.bench.echoing import Balance, balance
from tests.bench.figures import Figure, Measured, quantile, summary

LOWER = Figure("delay", "ms", "a watch", target=50)
HIGHER = Figure("rate", "×", "a bare loop", target=0.4, better="higher")
INFORMATION = Figure("size", "MB", "the same process")


def test_a_line_is_one_json_object_with_the_fields_that_are_promised() -> None:
    line = HIGHER.line(1.23456)
    assert "\n" not in line
    assert json.loads(line) == {
        "figure": "rate",
        "value": 1.235,
        "unit": "×",
        "against": "a bare loop",
        "target": 0.4,
        "better": "higher",
    }


@pytest.mark.parametrize(
    ("figure", "value", "met"),
    [
        (LOWER, 50, True),
        (LOWER, 50.1, False),
        (HIGHER, 0.4, True),
        (HIGHER, 0.39, False),
        (INFORMATION, 1e9, True),
    ],
)
def test_a_target_is_met_in_its_own_direction(figure: Figure, value: float, met: bool) -> None:
    assert figure.is_met(value) is met


def test_the_summary_names_what_was_missed_and_what_could_not_be_measured() -> None:
    measured = [Measured(LOWER, 51), Measured(HIGHER, 0.5), Measured(INFORMATION, 7)]
    assert summary(measured, ["lost"]).splitlines() == [
        "1 of 2 targets met.",
        "  missed: delay is 51 ms, at most 50",
        "  not measured: lost",
    ]


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.5, 2.0), (0.51, 3.0), (0.99, 4.0), (1.0, 4.0)]
)
def test_a_quantile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == value


def test_nothing_measured_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 0.5)


def test_what_never_came_is_lost_and_what_came_twice_is_doubled() -> None:
    assert balance(["a", "b", "c"], ["b", "c", "c", "c", "not asked"]) == Balance(1, 2)


def test_every_figure_has_a_name_of_its_own_and_is_measured() -> None:
    modules = [import_module(f"tests.bench.{name}") for name in MEASUREMENTS + ON_REQUEST]
    names = [figure.name for module in modules for figure in module.FIGURES]
    assert len(names) == len(set(names))
    assert all(inspect.iscoroutinefunction(module.measure) for module in modules)


def test_an_unknown_figure_is_refused_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["burst_lots"])
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert told.out == ""
    assert "burst_lots" in told.err
    assert "burst_lost" in told.err
