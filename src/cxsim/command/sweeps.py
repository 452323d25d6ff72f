"""Sweeps in Hydra's grammar: the values of a comma list, a range or a pattern, counted before they are made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hydra.core.override_parser.types import ChoiceSweep, Glob, Override, QuotedString, RangeSweep

from cxsim.files.problems import Problem, Problems
from cxsim.files.search_path import names, scenario_folders
from cxsim.files.yaml_positions import COMMAND_LINE
from cxsim.organisation.loading import organisation_folders

MOST_POINTS = 1_000
"""Of a sweep: each point is a study of its own."""


def plain_value(value: Any) -> Any:
    """A value of Hydra's grammar as plain data."""
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(plain_value(key)): plain_value(item) for key, item in value.items()}
    return value


def swept_values(override: Override, multirun: bool) -> list[Any]:
    """The values that an argument sweeps through; raises `Problems` if they are none, or more than can be run."""
    key, text = override.key_or_group, (override.input_line or "").partition("=")[2]
    if key == "do":
        raise Problems([Problem((key,), f"'{text}': one verb at a time", COMMAND_LINE)])
    if not multirun:
        one = f", or write '{key}=[{text}]' for one list" if key == "scenario" else ""
        what = f"'{text}' is a sweep: add -m to run each{one}"
        raise Problems([Problem((key,), what, COMMAND_LINE)])
    value = override.value()
    points = _count(value)
    if points == 0:
        raise Problems([Problem((key,), f"'{text}' gives no value", COMMAND_LINE)])
    if math.isinf(points):
        raise Problems([Problem((key,), f"'{text}' has no end; give a step other than 0", COMMAND_LINE)])
    if points > MOST_POINTS:
        what = f"'{text}' gives {points:,.0f} values; at most {MOST_POINTS:,} can be run in one go: take a wider step"
        raise Problems([Problem((key,), what, COMMAND_LINE)])
    if isinstance(value, Glob):
        folders = {"scenario": scenario_folders(), "organisation": organisation_folders()}
        found = value.filter(names(folders.get(key, ())))
        if not found:
            raise Problems([Problem((key,), f"'{text}' matches nothing", COMMAND_LINE)])
        return found
    if override.is_interval_sweep():
        raise Problems([Problem((key,), f"'{text}': give the values to try, not an interval", COMMAND_LINE)])
    values = [plain_value(item) for item in override.sweep_iterator()]
    twice = [value for i, value in enumerate(values) if value in values[:i]]
    if twice:
        raise Problems([Problem((key,), f"'{text}' gives {twice[0]!r} twice; once is enough", COMMAND_LINE)])
    return values


def _count(value: Any) -> float:
    """How many values a sweep gives, without making them."""
    if isinstance(value, RangeSweep):
        start, stop, step = (float(x or 0.0) for x in (value.start, value.stop, value.step))
        points = (stop - start) / step if step else math.inf
        return max(0.0, float(math.ceil(points))) if math.isfinite(points) else math.inf
    return len(value.list) if isinstance(value, ChoiceSweep) else 1


def too_many_points(values: Mapping[str, int]) -> Problem | None:
    """What is wrong with a sweep of so many values by key, if they make more points than can be run."""
    points = math.prod(values.values())
    if points <= MOST_POINTS:
        return None
    parts = " x ".join(f"{n:,} of {key}" for key, n in values.items() if n > 1)
    what = f"a sweep of {points:,} points ({parts}); at most {MOST_POINTS:,} can be run in one go"
    return Problem((), what, COMMAND_LINE)
