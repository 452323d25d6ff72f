"""A finished run with the names of its rows: what a test asks of its tally, trace and ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.engines import runs
from cxsim.state.plan import Names, Plan
from cxsim.state.state import OUTCOMES
from cxsim.state.tally import CaseColumn, Cause, ContactColumn, Kind, StepColumn, TeamColumn

TEN = 600.0
"""Monday 10:00, the zero of every log here."""


@dataclass
class Observed:
    """A finished run with the names of its rows."""

    names: Names
    run: runs.Run
    timeline: tuple[tuple[float, Plan], ...]

    @property
    def proficiency(self) -> Any:
        """[agent, skill] at the end, SD."""
        return self.run.state.skill_state["proficiency"]

    def log(self, *columns: str) -> list[tuple[Any, ...]]:
        """The trace, one tuple per ended visit, in the order of their ends.

        Default columns: case reason, step, agent (None if none), queued, began (None if never), ended, outcome.
        """
        columns = columns or ("case", "step", "agent", "queued", "began", "ended", "outcome")
        return [tuple(self._cell(row, c) for c in columns) for row in self.run.visits()]

    def _cell(self, row: Any, column: str) -> Any:
        names = self.names
        agents = names.agent_names()
        read = {
            "case": lambda: names.reasons[row["reason"]],
            "number": lambda: int(row["number"]),
            "reason": lambda: names.reasons[row["contact_reason"]],
            "kind": lambda: Kind(row["kind"]).name.lower(),
            "ordinal": lambda: int(row["ordinal"]),
            "attempt": lambda: int(row["attempt"]),
            "channel": lambda: names.channels[row["channel"]],
            "step": lambda: names.steps[row["step"]][1],
            "agent": lambda: agents[row["agent"]] if row["agent"] >= 0 else None,
            "queued": lambda: float(row["queued_at"]) - TEN,
            "began": lambda: float(row["began_at"]) - TEN if np.isfinite(row["began_at"]) else None,
            "ended": lambda: float(row["ended_at"]) - TEN,
            "outcome": lambda: OUTCOMES[row["outcome"]],
        }
        return read[column]()

    def efforts(self) -> list[tuple[float, str, float]]:
        """The effort ledger: (when, cause, effort)."""
        return [(float(e["at"]) - TEN, Cause(e["cause"]).name.lower(), float(e["effort"])) for e in self.run.entries()]

    def case(self, column: CaseColumn, reason: str | None = None) -> float:
        """A case sum over all weeks and segments."""
        sums = self.run.tally.case_sums.sum(axis=(0, 2))
        return float(sums[self.names.reasons.index(reason), column] if reason else sums[:, column].sum())

    def contact(self, column: ContactColumn, reason: str | None = None) -> float:
        """A contact sum over all weeks and channels."""
        sums = self.run.tally.contact_sums.sum(axis=(0, 2))
        return float(sums[self.names.reasons.index(reason), column] if reason else sums[:, column].sum())

    def step(self, name: str, column: StepColumn) -> float:
        """A step sum over all weeks."""
        i = [step for _, step in self.names.steps].index(name)
        return float(self.run.tally.step_sums[:, i, column].sum())

    def team(self, name: str, column: TeamColumn) -> float:
        """A team sum over all weeks."""
        return float(self.run.tally.team_sums[:, self.names.teams.index(name), column].sum())
