"""The two models, each in four ways, behind one interface: run on to a time, give the sums so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cxsim
from benchmarks import kernel
from benchmarks.contact_centre_numba import contact_centre
from benchmarks.contact_centre_simpy import ContactCentre
from benchmarks.three_departments_numba import three_departments
from benchmarks.three_departments_simpy import ThreeDepartments
from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import Organisation
from cxsim.state.plan import names_of, plans_of
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn

ORGANISATIONS = Path(__file__).parent / "organisations"
SCRIPT, SIMPY, COMPILED, BARE = "idiomatic SimPy", "cxsim engine=simpy", "cxsim engine=compiled", "bare kernel"
WARM_UP = 1
"""Weeks run first and not measured."""

Sums = Mapping[str, float]
Quantity = tuple[str, str]
"""One sum over another."""


class Simulation(Protocol):
    """A run of a model in one of the ways."""

    def run_to(self, week: float) -> None:
        """Run on to the end of a week; 0: the end of the warm-up."""

    def sums(self) -> Sums:
        """What has been counted since the beginning, warm-up included."""


Begin = Callable[[int, int], Simulation]
"""(seed of the replication, measured weeks) to the beginning of a run."""


class Script:
    """An idiomatic SimPy script."""

    def __init__(self, model: ContactCentre | ThreeDepartments) -> None:
        self.model = model

    def run_to(self, week: float) -> None:
        self.model.run((WARM_UP + week) * WEEK)

    def sums(self) -> Sums:
        return dict(self.model.sums)


class Bare:
    """The numba kernel."""

    def __init__(self, tables: kernel.Kernel, steps: tuple[str, ...]) -> None:
        self.kernel, self.steps = tables, steps

    def run_to(self, week: float) -> None:
        kernel.run(self.kernel, (WARM_UP + week) * WEEK)

    def sums(self) -> Sums:
        sums, cases = self.kernel.sums, self.kernel.cases[0]
        sums_ = {name: float(sums[name].sum()) for name in ("visits", "wait", "abandoned", "service")}
        sums_ |= {f"wait {step}": float(sums["wait"][i]) for i, step in enumerate(self.steps)}
        sums_ |= {f"served {step}": float(sums["served"][i]) for i, step in enumerate(self.steps)}
        return sums_ | {name: float(cases[name]) for name in CASES}


CASES = ("cases", "closed", "elapsed")


class Cxsim:
    """An organisation in one of the engines, with no trace."""

    def __init__(self, organisation: Organisation, engine: str, seed: int, weeks: int, warm_up: int = WARM_UP) -> None:
        self.engine, self.names = engine, names_of([organisation])
        self.timeline = plans_of(((float("-inf"), organisation),), self.names, weeks, warm_up)
        self.state = runs.start(self.timeline[0][1], self.names, seed, 0, weeks, warm_up)

    def run_to(self, week: float) -> None:
        runs.advance(self.state, self.timeline, week * WEEK, self.engine)

    def sums(self) -> Sums:
        tally = self.state.tally
        steps = tally.step_sums.sum(axis=0)
        cases = tally.case_sums.sum(axis=(0, 1, 2))
        sums_ = {
            "visits": float(steps[:, StepColumn.VISITS].sum()),
            "wait": float(steps[:, StepColumn.WAIT].sum()),
            "abandoned": float(steps[:, StepColumn.ABANDONED].sum()),
            "service": float(steps[:, StepColumn.SERVICE].sum()),
            "cases": float(tally.contact_sums[..., ContactColumn.FIRST].sum()),
            "closed": float(cases[CaseColumn.CLOSED]),
            "elapsed": float(cases[CaseColumn.END_TO_END]) * 1440.0,
        }
        for (_, step), row in zip(self.names.steps, steps, strict=True):
            sums_[f"wait {step}"] = float(row[StepColumn.WAIT])
            sums_[f"served {step}"] = float(row[StepColumn.SERVED])
        return sums_


@dataclass(frozen=True)
class Model:
    """A model in all its ways, and what they have to agree about."""

    name: str
    ways: Mapping[str, Begin]
    tables: Callable[[int, int, int], kernel.Kernel]
    """(seed, replication, how many times as large) to those of the bare kernel."""
    weeks: Mapping[str, int]
    """Measured weeks by way, so that each takes about as long."""
    quantities: Mapping[str, Quantity]


def organisation_of(name: str) -> Organisation:
    """An organisation of the benchmarks."""
    return cxsim.load_organisation(str(ORGANISATIONS / f"{name}.yaml"))


def _cxsim(name: str, engine: str) -> Begin:
    return lambda seed, weeks: Cxsim(organisation_of(name), engine, seed, weeks)


def _ways(name: str, script: Callable[[int], Any], tables: Callable[[int, int], Any], steps: tuple[str, ...]) -> Any:
    return {
        SCRIPT: lambda seed, weeks: Script(script(seed)),
        SIMPY: _cxsim(name, "simpy"),
        COMPILED: _cxsim(name, "compiled"),
        BARE: lambda seed, weeks: Bare(tables(seed, BARE_REPLICATION), steps),
    }


def larger_bare(model: Model, times: int, seed: int) -> Bare:
    """The bare kernel of a model with `times` times the agents and the arrivals; its steps are counted together."""
    return Bare(model.tables(seed, BARE_REPLICATION, times), ())


BARE_REPLICATION = 1
"""Other random numbers than the engines', whose replication is 0: equal ones would hide differences of the
models."""

MODELS: tuple[Model, ...] = (
    Model(
        "contact_centre",
        _ways("contact_centre", ContactCentre, contact_centre, ("answer",)),
        contact_centre,
        {SCRIPT: 2, SIMPY: 2, COMPILED: 60, BARE: 100},
        {
            "wait per visit (min)": ("wait", "visits"),
            "abandoned per visit": ("abandoned", "visits"),
            "visits per case": ("visits", "cases"),
            "service per visit (min)": ("service", "visits"),
        },
    ),
    Model(
        "three_departments",
        _ways("three_departments", ThreeDepartments, three_departments, ("register", "assess", "decide")),
        three_departments,
        {SCRIPT: 12, SIMPY: 12, COMPILED: 150, BARE: 300},
        {
            "wait at register (min)": ("wait register", "served register"),
            "wait at assess (min)": ("wait assess", "served assess"),
            "wait at decide (min)": ("wait decide", "served decide"),
            "visits per case": ("visits", "cases"),
            "time per case (min)": ("elapsed", "closed"),
        },
    ),
)
