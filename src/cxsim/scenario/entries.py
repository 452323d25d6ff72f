"""The entries of a scenario file: interventions with what may stand next to them, one by one or in phases.

An entry that reaches one team after the other (`roll_out: {teams: ...}`) becomes one dated intervention for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from cxsim.calendars.constants import WEEK
from cxsim.calendars.durations import minutes
from cxsim.files.problems import Path, Problem, Problems, called, nearest, problem, unknown
from cxsim.organisation import Calendar
from cxsim.organisation.refusals import problems_of
from cxsim.organisation.sources import SOURCE, Assumption, without_sources
from cxsim.scenario.dated import Costs, Dated, Judge, Phase
from cxsim.scenario.interventions import KINDS, Intervention, comes_by_degrees, read_intervention
from cxsim.scenario.interventions.dates import at_minutes
from cxsim.scenario.interventions.learning import STARTS

AFTER, ENDS, COSTS, RAMP, ROLL_OUT = "after", "ends", "costs", "ramp", "roll_out"
STOP = "stop_unless"
ENTRY_KEYS = (STARTS, AFTER, ENDS, COSTS, RAMP, ROLL_OUT)
"""Keys that may stand next to an intervention."""
OF_PHASE = ("title", STARTS, ENDS, COSTS, "interventions")
OF_ROLL_OUT = ("pilot", "share", "teams", "every", STOP)
MOST_DEGREES = 520
"""Weeks of a ramp, of a pilot, and between one team and the next."""
LEAST_JUDGED = 4
"""Weeks of a pilot that is judged: the first and the last are not looked at."""
TEAM_FIELDS = ("team", "who")
"""Fields of interventions that name the team they are made for."""


@dataclass
class Entries:
    """What was read so far, and what is wrong with the rest."""

    calendar: Calendar
    dated: list[Dated] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    unreadable: list[Any] = field(default_factory=list)
    """Entries as written, of which nothing is made."""
    assumptions: list[Assumption] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)

    def read_list(self, given: Any, path: Path, phase: int | None = None) -> None:
        """Read a list of interventions; `phase`: of which phase they are."""
        if not isinstance(given, list | tuple):
            self.faults.append(Problem(path, f"a list belongs here, not {called(given)}"))
            return
        for i, entry in enumerate(given):
            try:
                self.dated += self._entry(entry, (*path, i), phase)
            except Problems as faults:
                self.unreadable.append(entry)
                self.faults += faults.inside(*path, i).problems

    def read_phases(self, given: Any) -> None:
        """Read the phases of a programme with their interventions."""
        if not isinstance(given, list | tuple):
            self.faults.append(Problem(("phases",), f"a list belongs here, not {called(given)}"))
            return
        for i, tree in enumerate(given):
            path: Path = ("phases", i)
            if not isinstance(tree, Mapping):
                self.faults.append(Problem(path, f"a phase is a mapping, not {called(tree)}"))
                continue
            self.faults += [Problem((*path, str(k)), unknown(k, OF_PHASE)) for k in tree if k not in OF_PHASE]
            starts, ends, found = self._dates(tree, 0.0, ())
            costs = Costs()
            try:
                costs = self.costs_of(tree[COSTS], (*path, COSTS)) if COSTS in tree else costs
            except Problems as faults:
                found += faults.inside(COSTS).problems
            if not isinstance(tree.get("title"), str) or not tree["title"].strip():
                found.append(Problem(("title",), "missing: what the phase is called"))
            self.faults += Problems(found).inside(*path).problems if found else []
            self.phases.append(Phase(title=str(tree.get("title", "")), starts=starts, ends=ends, costs=costs))
            self.read_list(tree.get("interventions", []), (*path, "interventions"), i)

    def _dates(
        self, entry: Mapping[str, Any], base: float, skip: Sequence[str]
    ) -> tuple[float, float | None, list[Problem]]:
        """Start and end of an entry; both are counted from time 0, unless `after` counts from the phase's start."""
        starts, ends = base, None
        found = []
        for key in (k for k in (STARTS, ENDS) if k in entry and k not in skip):
            try:
                at = at_minutes(entry[key], self.calendar)
                starts, ends = (at, ends) if key == STARTS else (starts, at)
            except ValueError as reason:
                found.append(Problem((key,), str(reason)))
        if ends is not None and ends <= starts and not found:
            found.append(Problem((ENDS,), f"{entry[ENDS]!r} is not after its start"))
        return starts, ends, found

    def _entry(self, entry: Any, path: Path, phase: int | None) -> list[Dated]:
        """One entry of a list: a kind with its values, and its dates, degrees and costs next to it."""
        if not isinstance(entry, Mapping):
            raise problem((), f"a mapping with one kind of intervention belongs here, not {called(entry)}")
        kinds = [str(k) for k in entry if str(k) not in ENTRY_KEYS]
        found = [
            Problem((k,), f"no kind of intervention '{k}'{nearest(k, [*KINDS, *ENTRY_KEYS])}")
            for k in kinds
            if k not in KINDS
        ]
        if not kinds:
            found.append(Problem((), "no intervention in it; write its kind first, such as 'staff: {...}'"))
        elif len(kinds) > 1 and not found:
            found.append(Problem((), f"one entry holds one intervention; here: {' and '.join(kinds)}"))
        base = 0.0 if phase is None else self.phases[phase].starts
        if AFTER in entry:
            try:
                base += minutes(entry[AFTER])
            except ValueError as reason:
                found.append(Problem((AFTER,), str(reason)))
            if STARTS in entry or phase is None:
                found.append(
                    Problem(
                        (AFTER,),
                        f"counts from the start of a phase; give '{STARTS}' or '{AFTER}', not both"
                        if phase is not None
                        else f"counts from the start of a phase; give '{STARTS}' here",
                    )
                )
        starts, ends, faults = self._dates(entry, base, ())
        found += faults
        kind = kinds[0] if len(kinds) == 1 and kinds[0] in KINDS else None
        out, faults = self._degrees(entry, kind)
        found += faults
        costs: dict[str, Costs] = {}
        if COSTS in entry:
            try:
                costs = self._costs_by_team(entry[COSTS], (*path, COSTS), out.teams)
            except Problems as refused:
                found += refused.inside(COSTS).problems
        judge = None
        try:
            judge = self._judge(entry, (*path, ROLL_OUT, STOP), starts + out.pilot, out.pilot)
        except Problems as refused:
            found += refused.inside(ROLL_OUT, STOP).problems
        made: list[Dated] = []
        for k, team in enumerate(out.teams or [None]):
            begins = starts if k == 0 else starts + out.pilot + (k - (1 if out.pilot else 0)) * out.every
            whole = out.pilot if team is None else 0.0
            if kind is not None:
                try:
                    made.append(
                        Dated(
                            intervention=self._intervention(kind, entry[kind], begins, path, team, k == 0),
                            starts=begins, ends=ends, costs=costs.get(team or "", Costs()), share=out.share,
                            pilot=whole, ramp=out.ramp, phase=phase, place=path,
                            judge=judge if k == 0 else None,
                        )
                    )  # fmt: skip
                except Problems as refused:
                    found += refused.inside(kind).problems
                    break
        if found or not made:
            raise Problems(found)
        return made

    def _degrees(self, entry: Mapping[str, Any], kind: str | None) -> tuple[RollOut, list[Problem]]:
        """Ramp and roll-out of an entry."""
        found: list[Problem] = []
        given = entry.get(ROLL_OUT, {})
        if not isinstance(given, Mapping):
            what = f"a mapping belongs here, such as {{pilot: 12 weeks, teams: [...]}}, not {called(given)}"
            return RollOut(), [Problem((ROLL_OUT,), what)]
        found += [Problem((ROLL_OUT, str(k)), unknown(k, OF_ROLL_OUT)) for k in given if k not in OF_ROLL_OUT]
        spans = {}
        for path, tree in (((RAMP,), entry), ((ROLL_OUT, "pilot"), given), ((ROLL_OUT, "every"), given)):
            if path[-1] in tree:
                try:
                    spans[path[-1]] = minutes(tree[path[-1]])
                except ValueError as reason:
                    found.append(Problem(path, str(reason)))
        ramp, pilot = spans.get(RAMP, 0.0), spans.get("pilot", 0.0)
        for path, length in (((RAMP,), ramp), ((ROLL_OUT, "pilot"), pilot), ((ROLL_OUT, "every"), spans.get("every"))):
            if length is not None and length > MOST_DEGREES * WEEK:  # a week of a ramp is an organisation of its own
                found.append(Problem(path, f"{length / WEEK:,.0f} weeks; use at most {MOST_DEGREES}, ten years"))
        if ramp % WEEK:
            found.append(Problem((RAMP,), f"{entry[RAMP]!r}: a ramp has one step a week; give whole weeks"))
        share, teams = given.get("share", 1.0), given.get("teams", [])
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 <= share <= 1.0:
            found.append(Problem((ROLL_OUT, "share"), f"a share between 0 and 1 belongs here, not {share!r}"))
            share = 1.0
        if not isinstance(teams, list) or not all(isinstance(t, str) for t in teams):
            found.append(Problem((ROLL_OUT, "teams"), f"a list of teams belongs here, not {called(teams)}"))
            teams = []
        if ROLL_OUT in entry and not found:
            if bool(teams) == ("share" in given):
                found.append(
                    Problem((ROLL_OUT,), "give 'teams', one after the other, or the 'share' that a pilot tries")
                )
            elif "share" in given and not pilot:
                found.append(Problem((ROLL_OUT, "share"), "give 'pilot' too: how long this share lasts"))
            elif len(teams) > 2 and "every" not in given:
                found.append(Problem((ROLL_OUT,), "give 'every': the time between one team and the next"))
            elif len(teams) == 2 and not spans:
                found.append(Problem((ROLL_OUT,), "give 'pilot' or 'every': when the second team follows"))
            if kind is not None and teams and not _team_field(kind):
                found.append(Problem((ROLL_OUT, "teams"), f"'{kind}' is not made for a team; give 'share'"))
        if kind is not None and (ramp or "share" in given) and not comes_by_degrees(kind):
            where: Path = (RAMP,) if ramp else (ROLL_OUT, "share")
            found.append(Problem(where, f"'{kind}' is made whole or not at all; let it start at a date"))
        every = spans.get("every", pilot)
        return RollOut(tuple(teams), pilot, every, float(share), ramp), found

    def _judge(self, entry: Mapping[str, Any], path: Path, at: float, pilot: float) -> Judge | None:
        """How the pilot of an entry is judged at its end."""
        out = entry.get(ROLL_OUT)
        if not isinstance(out, Mapping) or STOP not in out:
            return None
        given = out[STOP]
        if not isinstance(given, Mapping):
            raise problem(
                (), f"a mapping belongs here, such as {{measure: fcr_measured, rises_by: 1}}, not {called(given)}"
            )
        if pilot < LEAST_JUDGED * WEEK:
            raise problem((), f"a pilot that is judged takes at least {LEAST_JUDGED} weeks; give 'pilot'")
        plain, numbers = sourced(dict(given), path)
        self.assumptions += numbers
        try:
            return Judge.model_validate({**plain, "at": at})
        except ValidationError as error:
            raise Problems(problems_of(error, Judge)) from None

    def _intervention(
        self, kind: str, given: Any, starts: float, path: Path, team: str | None, first: bool
    ) -> Intervention:
        if isinstance(given, Mapping):
            given, numbers = sourced(dict(given), (*path, kind))
            self.assumptions += numbers if first else []
            if STARTS in KINDS[kind].model_fields:
                if STARTS in given:
                    raise problem((STARTS,), f"write '{STARTS}' next to '{kind}', not inside it")
                given[STARTS] = f"{starts!r} min"
            own = _team_field(kind)
            if team is not None and own:
                if own in given:
                    raise problem((own,), f"the teams stand in '{ROLL_OUT}'; leave '{own}' out")
                given[own] = team
        return read_intervention(kind, given)

    def _costs_by_team(self, given: Any, path: Path, teams: Sequence[str]) -> dict[str, Costs]:
        """Costs by team, "" without teams; costs that name no team are of each of them."""
        if teams and isinstance(given, Mapping) and any(k in teams for k in given):
            found = {}
            for team in (k for k in given if k != SOURCE):
                if team not in teams:
                    raise problem((str(team),), f"no team '{team}' in '{ROLL_OUT}'{nearest(str(team), teams)}")
                own = given[team]
                if isinstance(own, Mapping) and SOURCE in given:
                    own = {SOURCE: given[SOURCE], **own}
                try:
                    found[str(team)] = self.costs_of(own, (*path, str(team)))
                except Problems as faults:
                    raise faults.inside(str(team)) from None
            return found
        costs = self.costs_of(given, path)
        return dict.fromkeys(teams, costs) if teams else {"": costs}

    def costs_of(self, given: Any, path: Path) -> Costs:
        """Costs from their values, their numbers noted with `path` before them; raises `Problems` with paths inside."""
        if not isinstance(given, Mapping):
            what = f"a mapping belongs here, such as {{once: 40000, source: assumed}}, not {called(given)}"
            raise problem((), what)
        plain, numbers = sourced(dict(given), path)
        self.assumptions += numbers
        try:
            return Costs.model_validate({**plain, "source": str(given.get("source", ""))})
        except ValidationError as error:
            raise Problems(problems_of(error, Costs)) from None


@dataclass(frozen=True)
class RollOut:
    """How an entry comes in: minutes, and shares of its full strength."""

    teams: tuple[str, ...] = ()
    pilot: float = 0.0
    every: float = 0.0
    share: float = 1.0
    ramp: float = 0.0


def _team_field(kind: str) -> str:
    return next((name for name in TEAM_FIELDS if name in KINDS[kind].model_fields), "")


def sourced(given: dict[str, Any], path: Path) -> tuple[dict[str, Any], list[Assumption]]:
    """Values without their sources, and the numbers among them with paths as seen from the scenario."""
    plain, numbers = without_sources(given)
    if not isinstance(plain, dict):
        raise problem((), f"a mapping belongs here, not a number with its range ({plain!r})")
    return plain, [Assumption((*path, *n.path), n.value, n.low, n.high, n.source) for n in numbers]
