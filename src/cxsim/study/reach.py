"""What a programme needs to reach a goal: which of its phases, how strong a link, and with what probability.

Three studies of one programme: its phases one after another and each left out; the carry-over of satisfaction into the
relationship at several multiples; and every number with a range drawn anew in each replication.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxsim.files.problems import Problems
from cxsim.native.records import Floats
from cxsim.organisation import Organisation
from cxsim.scenario import BASELINE, Scenario, timeline
from cxsim.scenario.interventions import read_intervention
from cxsim.study.results import Results
from cxsim.study.run import run_study
from cxsim.study.settings import Settings

LINK = "experience.carry_over"
"""The number that is swept: the share of satisfaction that moves the relationship."""
MULTIPLES = (0.4, 1.0, 2.0, 4.0)
"""Of what is assumed; the range that is thought possible ends at 0.4 and 2."""


@dataclass(frozen=True)
class Goals:
    """The goals, in points."""

    nps: float = 7.0
    """Rise of the relationship NPS over the last `years` years."""
    favourable: float = 17.0
    """Rise of the share of secure and favourable customers."""
    years: int = 4


@dataclass(frozen=True)
class Reached:
    """One way to run the programme, and what came of it in each replication, in points."""

    title: str
    nps: Floats
    """Rise over the last years."""
    nps_baseline: Floats
    """The same without the programme."""
    favourable: Floats
    favourable_baseline: Floats
    nps_whole: Floats
    """Against no programme, at the end of the last year."""
    favourable_whole: Floats

    @property
    def kinder(self) -> Floats:
        """Secure and favourable, the larger of the rise over the last years and the difference at the end."""
        # The reported "+17 points" name no time span, so the larger of the two counts; the drift of the baseline
        # stands next to it.
        larger: Floats = np.maximum(self.favourable, self.favourable_whole)
        return larger

    def share(self, goals: Goals) -> tuple[float, float, float]:
        """Share of replications that reach the NPS, the secure and favourable (in either reading), and both."""
        nps = self.nps >= goals.nps
        favourable = self.kinder >= goals.favourable
        return float(nps.mean()), float(favourable.mean()), float((nps & favourable).mean())


@dataclass(frozen=True)
class Reach:
    """All that was found out."""

    scenario: Scenario
    goals: Goals
    phases: tuple[Reached, ...]
    """All, one after another, and each left out."""
    links: tuple[tuple[float, Reached], ...]
    """By multiple of the carry-over."""
    drawn: Reached
    draws: pd.DataFrame
    replications: tuple[int, int, int]
    impossible: tuple[str, ...] = ()
    """Ways to run it that cannot be, and why."""


def reach(
    organisation: Organisation,
    scenario: Scenario,
    settings: Settings,
    goals: Goals,
    draws: int,
    progress: Callable[[int, int | None, str], None] | None = None,
    executor: Executor | None = None,
) -> Reach:
    """Run the three studies.

    settings: of the first two; draws: replications of the third.  Raises `Problems` if the scenario has no phases.
    """

    def run(o: Organisation, scenarios: Sequence[Scenario], given: Settings) -> Results:
        return run_study(o, scenarios, given, progress, executor)

    fixed = settings.model_copy(update={"vary": "nothing"})
    ways, impossible = ways_of(organisation, scenario)
    found = run(organisation, ways, fixed)
    phases = tuple(reached(found, way, goals) for way in ways)
    links = []
    for multiple in MULTIPLES:
        value = organisation.experience.carry_over * multiple
        other = organisation
        if multiple != 1.0:
            other = read_intervention("set", {LINK: value}).apply(organisation)
        links.append((multiple, reached(run(other, [scenario], fixed), scenario, goals)))
    unknown = settings.model_copy(update={"vary": "everything", "replications": draws, "runs_per_draw": 1})
    last = run(organisation, [scenario], unknown)
    many = (found.replications, found.replications, last.replications)
    return Reach(
        scenario, goals, phases, tuple(links), reached(last, scenario, goals), last.draws, many, tuple(impossible)
    )


def ways_of(organisation: Organisation, scenario: Scenario) -> tuple[list[Scenario], list[str]]:
    """The whole programme, its phases one after another, and each left out; and those ways that cannot be."""
    n = len(scenario.phases)
    chosen = {"all phases": set(range(n))}
    chosen |= {f"phases 1 to {k}" if k > 1 else "phase 1 alone": set(range(k)) for k in range(1, n)}
    chosen |= {f"all but phase {k + 1}": set(range(n)) - {k} for k in range(n - 1)}
    ways, impossible = [], []
    for title, kept in chosen.items():
        way = with_phases(scenario, kept, title)
        try:
            timeline(organisation, way)
            ways.append(way)
        except Problems as why:
            impossible.append(f"{title}: {why.problems[0]}")
    return ways, impossible


def with_phases(scenario: Scenario, kept: set[int], title: str) -> Scenario:
    """The programme with some of its phases; what belongs to no phase stays."""
    number = {old: new for new, old in enumerate(sorted(kept))}
    made = tuple(
        d if d.phase is None else d.model_copy(update={"phase": number[d.phase]})
        for d in scenario.interventions
        if d.phase is None or d.phase in kept
    )
    phases = tuple(phase for k, phase in enumerate(scenario.phases) if k in kept)
    name = scenario.name if len(kept) == len(scenario.phases) else f"{scenario.name}: {title}"
    return scenario.model_copy(update={"name": name, "title": title, "interventions": made, "phases": phases})


def reached(results: Results, scenario: Scenario, goals: Goals) -> Reached:
    """The results of one scenario of a study, replication by replication."""
    values = results.yearly.set_index(["scenario", "measure", "year"])["value"].sort_index(kind="stable")
    last = int(results.yearly["year"].max())
    before = max(1, last - goals.years)

    def at(name: str, measure: str, year: int) -> Floats:
        found: Floats = values.loc[[(name, measure, year)]].to_numpy(dtype=np.float64)
        return found

    def rise(name: str, measure: str) -> Floats:
        change: Floats = at(name, measure, last) - at(name, measure, before)
        return change

    def whole(measure: str) -> Floats:
        change: Floats = at(scenario.name, measure, last) - at(BASELINE.name, measure, last)
        return change

    nps, favourable = "nps_relationship", "favourable"
    return Reached(
        scenario.title,
        rise(scenario.name, nps),
        rise(BASELINE.name, nps),
        rise(scenario.name, favourable),
        rise(BASELINE.name, favourable),
        whole(nps),
        whole(favourable),
    )
