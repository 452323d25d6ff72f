"""Pressure on people: quotas and targets for a team, or hard terms for a supplier."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import PrivateAttr

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import Probability
from cxsim.scenario.interventions.base import Intervention, Tree, listing, percent, title, unknown


class Press(Intervention):
    """Another pressure on teams or suppliers: quotas, targets, hard terms."""

    teams: list[str] = []
    """Teams under pressure."""
    suppliers: list[str] = []
    """Or suppliers, by the name that steps give."""
    to: Probability
    """Pressure from then on: 0 none, 1 the most."""

    _part: float = PrivateAttr(default=1.0)
    """How far it has come."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        if not self.teams and not self.suppliers:
            yield Problem(("teams",), "missing: who is put under pressure? give 'teams' or 'suppliers'")
        for i, name in enumerate(self.teams):
            yield from unknown(("teams", i), "team", name, organisation.teams)
        named = {s.supplier for route in organisation.routes.values() for s in route.values() if s.supplier}
        for i, name in enumerate(self.suppliers):
            yield from unknown(("suppliers", i), "supplier", name, sorted(named))

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        for name in self.teams:
            now = organisation.teams[name].pressure
            if (pressure := self._from(now)) != now:
                tree["teams"][name]["pressure"] = pressure
        for name in self.suppliers:
            known = organisation.suppliers.get(name)
            now = known.pressure if known else 0.0
            if (pressure := self._from(now)) != now:
                tree.setdefault("suppliers", {}).setdefault(name, {})["pressure"] = pressure

    def _from(self, now: float) -> float:
        return round(now + self._part * (self.to - now), 12)

    def partly(self, degree: float, organisation: Organisation) -> Intervention:
        now = self.model_copy()
        now._part = degree
        return now

    def sentence(self, organisation: Organisation | None) -> str:
        names = [title(organisation, "teams", n) for n in self.teams] + [n.replace("_", " ") for n in self.suppliers]
        return f"the pressure on {listing(names)} goes to {percent(self.to)} of the most there could be."
