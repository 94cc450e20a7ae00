"""A loop over cases hides none that fails."""

from __future__ import annotations

import inspect

import pytest

from tests.kit.looped import looped


def test_all_combinations_are_tried() -> None:
    seen = []

    @looped("one", "ab")
    @looped("other", [1, 2])
    def test(one: str, other: int, fixture: str) -> None:
        seen.append((one, other, fixture))

    assert list(inspect.signature(test).parameters) == ["fixture"]
    test(fixture="x")
    assert seen == [("a", 1, "x"), ("a", 2, "x"), ("b", 1, "x"), ("b", 2, "x")]


def test_all_that_fail_are_told() -> None:
    @looped("number", range(4))
    def test(number: int) -> None:
        if number == 3:
            raise KeyError(number)
        assert number != 1

    with pytest.raises(AssertionError, match=r"2 of 4 cases(.|\n)*number=1(.|\n)*number=3: KeyE"):
        test()


def test_no_case_is_no_test() -> None:
    with pytest.raises(AssertionError, match="no name to test"):
        looped("name", ())
