"""Studies that are too large to be run: refused with their size, before anything hangs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.volumes import expected_cases
from cxsim.scenario import BASELINE, Scenario, timeline
from cxsim.study.settings import Settings

MOST_CASES = 1_000_000_000
"""In one run."""


def size_faults(organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings) -> Iterator[Problem]:
    """What is too large about a study, by world; paths are of the settings."""
    weeks = settings.weeks + settings.warm_up_weeks
    for scenario in (BASELINE, *scenarios):
        world = timeline(organisation, scenario)[-1][1]
        cases = expected_cases(world, weeks)
        if not cases <= MOST_CASES:
            who = "" if scenario is BASELINE else f" under '{scenario.name}'"
            what = f"about {cases:,.0f} cases are expected in one run of {weeks:,} weeks{who}"
            yield Problem(("weeks",), f"{what}; at most {MOST_CASES:,} can be run: give fewer weeks or customers")
            return
