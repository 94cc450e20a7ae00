"""One test over many cases, where each would cost more to collect and report than to run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

MOST_TOLD = 20
Test = Callable[..., None]


def looped(name: str, values: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, as one test: it tells all cases that fail at once.

    Fixtures are made once. Several of these, one above the other, take all combinations.
    """
    cases = tuple(values)
    assert cases, f"no {name} to test"

    def wrap(test: Test) -> Test:
        @wraps(test)
        def over_all(**fixtures: Any) -> None:
            faults = []
            for case in cases:
                try:
                    test(**fixtures, **{name: case})
                except Exception as error:  # noqa: BLE001  (told, with all others)
                    faults.append(f"{name}={case!r:.200}: {type(error).__name__}: {error}")
            assert not faults, _told(faults, len(cases))

        signature = inspect.signature(test)
        others = [x for x in signature.parameters.values() if x.name != name]
        assert len(others) < len(signature.parameters), f"{test.__name__} takes no {name}"
        vars(over_all)["__signature__"] = signature.replace(parameters=others)
        return over_all

    return wrap


def _told(faults: list[str], cases: int) -> str:
    more = [f"… and {len(faults) - MOST_TOLD} more"] if len(faults) > MOST_TOLD else []
    return "\n".join([f"{len(faults)} of {cases} cases fail:", *faults[:MOST_TOLD], *more])
