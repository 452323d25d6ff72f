"""Plans of what a board has in force: made when they are needed, and kept for all replications of a process.

What can come about is too much to be made beforehand, but all names in it are known from the backlog.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from cxsim.files.problems import Problems
from cxsim.native.records import Table
from cxsim.organisation import Organisation
from cxsim.scenario.board import Board, Item
from cxsim.scenario.interventions import Intervention
from cxsim.scenario.interventions.learning import STARTS
from cxsim.state.plan import Names, Plan, build_plan, names_of

Active = tuple[tuple[int, float], ...]
"""Items in force in the order of the backlog; with their start (minutes) where they have dates of their own, else 0."""
Stage = tuple[int, Active]
"""What holds at a time: how many of the scenario's own dates have passed, and what the board has in force."""
BASELINE_STAGE: Stage = (0, ())
Timeline = tuple[tuple[float, Plan], ...]


def starting(intervention: Intervention, at: float) -> Intervention:
    """The same intervention, starting at another time (minutes after time 0) where it has dates of its own."""
    if STARTS not in type(intervention).model_fields:
        return intervention
    return intervention.model_copy(update={STARTS: f"{at!r} min"})


def made(organisation: Organisation, item: Item, at: float) -> Organisation | None:
    """The organisation with an item that starts at a time (minutes); None where it cannot be made of it."""
    try:
        for intervention in item.interventions:
            organisation = starting(intervention, at).apply(organisation)
    except Problems:
        return None
    return organisation


def names_with(organisations: Sequence[Organisation], boards: Sequence[tuple[Board, Sequence[Organisation]]]) -> Names:
    """The index of names of a study: of its organisations, the baseline's first, and of all that its boards could make.

    boards: each with what its scenario's own dates make of the organisation.
    """
    brought = [o for board, own in boards for stage in own for o in _brought(board, stage)]
    names = names_of([*organisations, *brought])
    most = _positions(names)
    for board, own in boards:
        for stage in own:
            now = _positions(names_of([stage]))
            together = dict(now)
            for after in (made(stage, item, 0.0) for item in board.backlog):
                for home, n in _positions(names_of([after])).items() if after is not None else ():
                    together[home] = together.get(home, 0) + max(0, n - now.get(home, 0))
            most = {home: max(n, together.get(home, 0)) for home, n in most.items()}
    return replace(names, agents=tuple((home, k) for home, n in most.items() for k in range(n)))


def _brought(board: Board, stage: Organisation) -> Iterator[Organisation]:
    """Each item by itself, and all of them one after the other."""
    together = stage
    for item in board.backlog:
        alone, both = made(stage, item, 0.0), made(together, item, 0.0)
        yield from (o for o in (alone, both) if o is not None)
        together = both or together


def _positions(names: Names) -> dict[str, int]:
    """Positions by the team they were made for."""
    positions: dict[str, int] = {}
    for home, _ in names.agents:
        positions[home] = positions.get(home, 0) + 1
    return positions


class Plans:
    """Plans by what is, and was, in force; threads may share it.  What it gives depends on what it is asked alone."""

    def __init__(
        self,
        board: Board,
        names: Names,
        own: Sequence[tuple[float, Organisation]],
        first: Plan,
        weeks: int,
        warm_up_weeks: int,
    ) -> None:
        """own: the baseline's organisation, and what the scenario's own dates make of it (minutes); first: its plan."""
        self.board, self.names, self.own, self.first = board, names, tuple(own), first
        self._weeks, self._warm_up_weeks = weeks, warm_up_weeks
        self._dated = [any(STARTS in type(x).model_fields for x in item.interventions) for item in board.backlog]
        self._organisations: dict[Stage, Organisation | None] = {
            (k, ()): organisation for k, (_, organisation) in enumerate(self.own)
        }
        self._plans: dict[tuple[Stage, ...], Plan] = {(BASELINE_STAGE,): first}
        self._known = set(_all(names))
        self._lock = threading.RLock()

    def stages(self, items: Table) -> list[tuple[float, Stage]]:
        """What holds from when on, given when items of the backlog start and end; the first entry is the baseline's."""
        own = [at for at, _ in self.own[1:]]
        times = {*own, *items["starts_at"].tolist(), *items["ends_at"].tolist()} - {np.inf}
        found: list[tuple[float, Stage]] = [(-np.inf, BASELINE_STAGE)]
        for t in sorted(times):
            stage = (sum(at <= t for at in own), self._active(items, t))
            if stage != found[-1][1]:
                found.append((t, stage))
        return found

    def _active(self, items: Table, t: float) -> Active:
        # In the order of the backlog, whenever they start: what holds then depends on what is in force and not on how
        # it came about.
        on = (items["starts_at"] <= t) & (t < items["ends_at"])
        return tuple((int(i), float(items["starts_at"][i]) if self._dated[i] else 0.0) for i in np.flatnonzero(on))

    def organisation(self, stage: Stage) -> Organisation | None:
        """The organisation of a stage; None where its items do not go together."""
        with self._lock:
            if stage not in self._organisations:
                k, active = stage
                before = self.organisation((k, active[:-1]))
                i, at = active[-1]
                after = None if before is None else made(before, self.board.backlog[i], at)
                known = after is not None and self._known.issuperset(_all(names_of([after])))
                self._organisations[stage] = after if known else None
            return self._organisations[stage]

    def possible(self, items: Table) -> bool:
        """Whether all that would hold at some time can be made."""
        return all(self.organisation(stage) is not None for _, stage in self.stages(items))

    def timeline(self, items: Table) -> Timeline:
        """Plans by the minute they start; dates at which nothing changes keep the plan before, so nothing happens."""
        stages = self.stages(items)
        plans: list[tuple[float, Plan]] = []
        for (at, _), past in zip(stages, accumulate(((stage,) for _, stage in stages), _then), strict=True):
            plan = self._plan(past)
            plans.append((at, plans[-1][1] if plans and _alike(plan, plans[-1][1]) else plan))
        return tuple(plans)

    def _plan(self, past: tuple[Stage, ...]) -> Plan:
        """The plan of the last of these stages; what is gone in it keeps the definition it had last before it."""
        with self._lock:
            if past not in self._plans:
                baseline, *others, now = (self._there(stage) for stage in (BASELINE_STAGE, *past))
                plan = build_plan(now, self.names, self._weeks, self._warm_up_weeks, [baseline, *others])
                first = self._plans[(BASELINE_STAGE,)]
                self._plans[past] = first if _alike(plan, first) else plan
            return self._plans[past]

    def _there(self, stage: Stage) -> Organisation:
        organisation = self.organisation(stage)
        assert organisation is not None
        return organisation

    def organisations(self, items: Table) -> tuple[tuple[float, Organisation], ...]:
        """What the organisation is from when on (minutes); the first entry is the baseline's."""
        return tuple((at, self._there(stage)) for at, stage in self.stages(items))


def _then(past: tuple[Stage, ...], stage: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """History with one more stage: earlier times of the same stage add nothing."""
    return (*(s for s in past if s != stage[0]), *stage)


def _alike(a: Plan, b: Plan) -> bool:
    return a is b or all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def _all(names: Names) -> Iterator[tuple[str, object]]:
    return ((kind, name) for kind, known in vars(names).items() for name in known)
