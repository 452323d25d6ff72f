"""Worlds that share their random numbers: the same customers followed through the baseline and each scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.engines.board import Plans, names_with
from cxsim.files.problems import nearest, problem
from cxsim.native.records import Table
from cxsim.organisation import Organisation
from cxsim.probability.random_numbers import name_word
from cxsim.scenario import BASELINE, Scenario, timeline
from cxsim.state.lineage import Lineage, Offspring, candidates_of, lineage_named, lineage_of
from cxsim.state.plan import Names, plans_of
from cxsim.state.state import OPEN, SCHEDULED, TRACING, world_of
from cxsim.study import Settings

FIRST = Lineage(0)
"""The first candidate's own case."""


@dataclass(frozen=True)
class CaseName:
    """Who a case is, in every scenario."""

    segment: str
    reason: str
    stream: int
    """0: baseline's demand, 1: demand that a scenario adds."""
    lineage: Lineage = FIRST
    """Candidate number in its stream, and what the case is to that matter."""

    def __str__(self) -> str:
        again = f"+{self.lineage.suffix}" if self.lineage.suffix else ""
        return f"{self.segment}/{self.reason}/{self.stream}/{self.lineage.candidate}{again}"

    @property
    def of_a_sale(self) -> bool:
        """Whether it came of an over-promise made in the case of the same candidate."""
        return self.lineage.offspring == Offspring.OVER_PROMISE

    @property
    def word(self) -> int:
        """Hash of its stream, as in the trace."""
        return name_word(f"{self.segment}/{self.reason}/{self.stream}")

    @property
    def key(self) -> int:
        """Its number, as in the trace."""
        return self.lineage.number


def read_case(text: object, names: Names) -> CaseName:
    """A case as it is written, ``segment/reason/stream/number`` or ``.../number+suffix``.

    Raises `Problems` with the nearest name.
    """
    parts = str(text).strip().split("/")
    if len(parts) != 4:
        form = "segment/reason/stream/number, such as " + "/".join(map(str, names.streams[0])) + "/123"
        raise problem(("case",), f"'{text}' is not a case; write {form}")
    segment, reason, stream, number = parts
    for kind, name, known in (("segment", segment, names.segments), ("reason", reason, names.reasons)):
        if name not in known:
            raise problem(("case",), f"no {kind} '{name}' in '{text}'{nearest(name, known)}")
    number, _, suffix = number.partition("+")
    if not (stream.isdecimal() and number.isdecimal() and (suffix or "0").isdecimal()):
        raise problem(("case",), f"'{text}': stream and number are whole numbers, such as 0/123 or 0/123+1")
    if (segment, reason, int(stream)) not in names.streams:
        streams = [f"{s}/{r}/{k}" for s, r, k in names.streams if r == reason and k == 0]
        none = "; it has no demand of its own, its contacts belong to other cases" if not streams else ""
        there = f"; there is: {', '.join(streams)}" if streams else ""
        raise problem(("case",), f"no cases of '{segment}/{reason}/{stream}'{there}{none}")
    return CaseName(segment, reason, int(stream), lineage_named(int(number), int(suffix or 0)))


@dataclass
class World:
    """One scenario (or the baseline) as it is run, with its trace."""

    scenario: Scenario
    own: tuple[tuple[float, Organisation], ...]
    """What the scenario's own dates make of the organisation, from when on."""
    dated: runs.Timeline
    """The plans of that."""
    names: Names
    run: runs.Run
    begin: runs.Run
    """The same run at time 0, without its trace, to look back from."""
    engine: str

    @property
    def organisations(self) -> tuple[tuple[float, Organisation], ...]:
        """What the organisation is from when on; where a board sits, as it has decided so far."""
        return self.own if self.run.board is None else self.run.board.organisations()

    @property
    def plans(self) -> runs.Timeline:
        """Plans from when on."""
        return self.run.under(self.dated)

    def organisation_at(self, t: float) -> Organisation:
        """The organisation in force at t."""
        return [o for at, o in self.organisations if at <= t or at == self.organisations[0][0]][-1]

    def advance(self, until: float) -> None:
        """Run on to `until`."""
        if self.run.at < until:
            runs.advance(self.run, self.plans, until, self.engine)

    def over(self, case: CaseName) -> bool:
        """Whether nothing more can happen to the case."""
        state = self.run.state
        stream = self.names.streams.index((case.segment, case.reason, case.stream))
        if state.stream_state["number"][stream] <= case.lineage.candidate:
            return False
        rows = self._alive() & (state.cases["name_hash"] == np.uint64(case.word))
        numbers = state.cases["number"][rows]
        same = candidates_of(numbers) == np.uint64(case.lineage.candidate)
        return not bool(np.any(numbers[same] <= np.uint64(case.key)))

    def looked_at(self, *instants: float) -> Iterator[Any]:
        """Plan, state and tally side by side, just before each of these instants, in order.

        Instants before time 0 are shown as at time 0.
        """
        again = self.begin.copy()
        for t in instants:
            runs.advance(again, self.plans, max(t, again.at), self.engine)
            plan = [p for at, p in self.plans if at < again.at or at == self.plans[0][0]][-1]
            yield world_of(plan, again.state, again.tally)

    def _alive(self) -> Any:
        status = self.run.state.cases["status"]
        return (status == SCHEDULED) | (status == OPEN)

    def alive(self) -> set[tuple[int, int]]:
        """(word, key) of all cases that are not over."""
        rows = self.run.state.cases[self._alive()]
        return set(zip(rows["name_hash"].tolist(), rows["number"].tolist(), strict=True))

    def life(self, case: CaseName) -> Life:
        """What happened to the case until now."""
        visits, entries = (
            rows[(rows["name_hash"] == np.uint64(case.word)) & (rows["number"] == np.uint64(case.key))]
            for rows in (self.run.visits(), self.run.entries())
        )
        visits = np.sort(visits, order=["queued_at", "ended_at"])
        return Life(self, visits, entries, self.over(case))


@dataclass(frozen=True)
class Life:
    """One case in one world."""

    world: World
    visits: Table
    """Its rows of the trace, by time."""
    entries: Table
    """Its rows of the effort ledger."""
    over: bool

    @property
    def effort(self) -> float:
        """All effort in the ledger, SD units."""
        return float(self.entries["effort"].sum())

    @property
    def opened_at(self) -> float:
        """When the first contact came."""
        return float(np.minimum(self.visits["queued_at"], self.visits["ended_at"]).min())

    @property
    def closed_at(self) -> float:
        """When the last thing happened."""
        return float(max([*self.visits["ended_at"].tolist(), *self.entries["at"].tolist()]))


def worlds(organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings) -> tuple[World, ...]:
    """The baseline's world and each scenario's, at time 0 with one and the same past behind them.

    settings: a study's; all worlds are its replication 0.
    """
    wanted = [BASELINE, *(s for s in scenarios if s.name != BASELINE.name)]
    ahead = [timeline(organisation, scenario) for scenario in wanted]
    everything = [organisation, *(o for steps in ahead for _, o in steps)]
    sitting = [(s.board, [o for _, o in steps]) for s, steps in zip(wanted, ahead, strict=True) if s.board is not None]
    names = names_with(everything, sitting)
    begins = -WEEK * settings.warm_up_weeks
    steps = [((begins, organisation), *((at, o) for at, o in later if o is not organisation)) for later in ahead]
    plans = [plans_of(s, names, settings.weeks, settings.warm_up_weeks) for s in steps]
    run = runs.start(plans[0][0][1], names, settings.seed, 0, settings.weeks, settings.warm_up_weeks, trace=True)
    runs.advance(run, plans[0], 0.0, settings.engine_name)
    begin = run.copy()
    begin.trace, begin.ledger = [], []
    begin.state.counters[TRACING] = 0
    made = []
    for scenario, own, dated in zip(wanted, steps, plans, strict=True):
        here, back = run.copy(), begin.copy()
        if scenario.board is not None:
            board = Plans(scenario.board, names, own, plans[0][0][1], settings.weeks, settings.warm_up_weeks)
            here, back = here.convene(board), back.convene(board)
        made.append(World(scenario, own, dated, names, here, back, settings.engine_name))
    return tuple(made)


def differences(a: World, b: World) -> pd.DataFrame:
    """Cases that are over in both worlds and opened after they parted, by the difference of their effort.

    Columns: word, number, effort (in a), other (in b), difference (other less effort); the largest relief first.
    """
    parted = min((at for at, _ in b.organisations[1:]), default=0.0)
    both = _efforts(a, "effort").join(_efforts(b, "other"), how="outer").fillna(0.0)
    opened = _opened(a, "opened_at").join(_opened(b, "then_at"), how="inner")
    both = both.join(opened, how="inner").reset_index()
    keys = zip(both["name_hash"].tolist(), both["number"].tolist(), strict=True)
    alive = a.alive() | b.alive()
    over = pd.Series([key not in alive for key in keys], index=both.index, dtype=bool)
    both = both[over & (both["opened_at"] >= parted)]
    both = both.assign(difference=both["other"] - both["effort"])
    return both.sort_values(["difference", "name_hash", "number"], kind="stable", ignore_index=True)


def _efforts(x: World, called: str) -> pd.DataFrame:
    rows = x.run.entries()
    table = pd.DataFrame({"name_hash": rows["name_hash"], "number": rows["number"], called: rows["effort"]})
    return table.groupby(["name_hash", "number"]).sum()


def _opened(x: World, called: str) -> pd.DataFrame:
    rows = x.run.visits()
    table = pd.DataFrame({name: rows[name] for name in ("name_hash", "number")})
    table[called] = np.minimum(rows["queued_at"], rows["ended_at"])
    return table.groupby(["name_hash", "number"]).min()


def name_of(word: int, key: int, names: Names) -> CaseName:
    """A case by its row of the trace."""
    for segment, reason, stream in names.streams:
        if name_word(f"{segment}/{reason}/{stream}") == word:
            return CaseName(segment, reason, stream, lineage_of(key))
    raise KeyError(word)


def numbers_of(x: World, case: CaseName) -> list[int]:
    """Candidate numbers of all cases seen in the case's stream so far, in order."""
    rows = x.run.visits()
    return sorted(set(candidates_of(rows["number"][rows["name_hash"] == np.uint64(case.word)]).tolist()))
