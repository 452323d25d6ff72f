"""Which way branches usually go: counts that fit the source, and what is made of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from cxsim.native import branches


def test_most_counts_are_of_the_source_as_it_is() -> None:
    # else: NUMBA_DISABLE_JIT=1 python docs/build/branches.py
    known = branches.counts()
    assert len(known) > 200
    fresh = [name for name, (digest, _) in known.items() if digest == branches.hash_of(_function(name))]
    assert len(fresh) >= 0.8 * len(known)


def _function(name: str) -> Callable[..., Any]:
    module, function = name.rsplit(".", 1)
    found = getattr(importlib.import_module(module), function, test_most_counts_are_of_the_source_as_it_is)
    return getattr(found, "py_func", found)  # type: ignore[no-any-return]


def test_an_edited_function_has_no_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    name = branches.name_of(branches.weights)
    monkeypatch.setattr(branches, "counts", lambda: {name: ("another", [1, 2, 3])})
    assert branches.lines_of(branches.weights) is None
    monkeypatch.setattr(branches, "counts", lambda: {name: (branches.hash_of(branches.weights), [1, 2, 3])})
    assert branches.lines_of(branches.weights) == [1, 2, 3]


@pytest.mark.parametrize(
    ("lines", "here", "yes", "no", "expected"),
    [
        ([0, 100, 5, 0, 100], 1, 2, 4, (106, 2001)),  # if: 5 of 100 go in, and come out again
        ([0, 100, 5, 0, 100], 1, 4, 2, (2001, 106)),
        ([0, 100, 30, 70], 1, 2, 3, (858, 2001)),  # if, else
        ([0, 100, 100, 0, 20], 1, 2, 4, (2001, 1)),  # while: it is left elsewhere
        ([0, 50, 0, 10], 3, 1, 0, (2001, 1)),  # back to where it was
        ([0, 0, 0], 0, 1, 2, None),
        ([9, 9, 9], 0, 1, 1, None),
        ([9, 9, 9], 0, 1, 3, None),
    ],
)
def test_a_branch_is_weighed_by_where_it_goes(
    lines: list[int], here: int, yes: int, no: int, expected: tuple[int, int] | None
) -> None:
    assert branches.weights(lines, here, yes, no) == expected
