"""How empty positions are filled: how soon, at which cost, how well prepared, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from cxsim.files.problems import Problem
from cxsim.organisation import Organisation
from cxsim.organisation.base import NonNegative
from cxsim.scenario.interventions.base import Intervention, Lasting, Tree, listing, title, unknown

HOW = ("takes", "cost", "training", "newcomer", "frozen")


class Hire(Intervention):
    """Other hiring: a freeze, slower or faster, cheaper or better prepared."""

    teams: list[str]
    """Teams whose positions are filled otherwise."""
    frozen: bool | None = None
    """Nobody is hired to fill empty positions."""
    takes: Lasting | None = None
    """Time a position stays empty."""
    cost: NonNegative | None = None
    """Finding and hiring one person, in the organisation's currency."""
    training: NonNegative | None = None
    """Bringing one newcomer to the first day of work."""
    newcomer: float | None = None
    """Added to a newcomer's proficiency, SD: less than zero where the preparation is cut short."""

    def faults(self, organisation: Organisation) -> Iterator[Problem]:
        for i, name in enumerate(self.teams):
            yield from unknown(("teams", i), "team", name, organisation.teams)
        if not self.teams:
            yield Problem(("teams",), "empty: at least one team is needed")
        if all(getattr(self, field) is None for field in HOW):
            yield Problem((), f"nothing to change: give {', '.join(repr(f) for f in HOW[:-1])} or '{HOW[-1]}'")

    def edit(self, tree: Tree, organisation: Organisation) -> None:
        stated = {f: getattr(self, f) for f in HOW if getattr(self, f) is not None}
        for name in self.teams:
            tree["teams"][name]["hiring"] = {**(tree["teams"][name].get("hiring") or {}), **stated}

    def sentence(self, organisation: Organisation | None) -> str:
        parts = []
        if self.frozen is not None:
            parts.append("nobody is hired" if self.frozen else "people are hired again")
        if self.takes is not None:
            parts.append(f"an empty position is filled after {self.takes}")
        if self.cost is not None:
            parts.append(f"finding somebody costs {self.cost:,.0f}")
        if self.training is not None:
            parts.append(f"preparing a newcomer costs {self.training:,.0f}")
        if self.newcomer is not None:
            better = "better" if self.newcomer >= 0 else "worse"
            parts.append(f"newcomers begin {abs(self.newcomer):g} SD {better} than usual")
        return f"for {listing(title(organisation, 'teams', n) for n in self.teams)}, {listing(parts)}."
