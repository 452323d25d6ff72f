"""One name, one row: the same index for segments, steps, agents and the rest in every plan of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxsim.organisation import Organisation
from cxsim.organisation.checks import skills_of
from cxsim.organisation.work import Team

Pair = tuple[str, str]


@dataclass(frozen=True)
class Names:
    """Row numbers by name; the index in each tuple is the row."""

    segments: tuple[str, ...]
    reasons: tuple[str, ...]
    channels: tuple[str, ...]
    routes: tuple[str, ...]
    steps: tuple[Pair, ...]
    """(route, step)."""
    teams: tuple[str, ...]
    departments: tuple[str, ...]
    skills: tuple[Pair, ...]
    """(team, skill)."""
    agents: tuple[tuple[str, int], ...]
    """(home team, number)."""
    streams: tuple[tuple[str, str, int], ...]
    """(segment, reason, stream)."""
    rights: tuple[str, ...]
    trainings: tuple[Pair, ...]
    """(team, training)."""

    def step_names(self) -> tuple[str, ...]:
        """``route.step`` for tables."""
        return tuple(f"{route}.{step}" for route, step in self.steps)

    def agent_names(self) -> tuple[str, ...]:
        """``team-3`` for tables; numbers start at 1."""
        return tuple(f"{team}-{number + 1}" for team, number in self.agents)


def heads(name: str, team: Team) -> dict[str, int]:
    """Agents of a team by the team they were hired into."""
    own = max((n for day in team.headcount.values() for n in day.values()), default=0) if team.headcount else 0
    return {name: max(team.agents, int(own)), **team.joined}


def names_of(organisations: Sequence[Organisation]) -> Names:
    """The names of all organisations of a study, those of the first one first."""

    def unique(items: Iterable[object]) -> tuple[object, ...]:
        return tuple(dict.fromkeys(items))

    def over(block: str) -> tuple[str, ...]:
        return tuple(str(n) for n in unique(n for o in organisations for n in getattr(o, block)))

    most: dict[str, int] = {}
    for o in organisations:
        for name, team in o.teams.items():
            for home, n in heads(name, team).items():
                most[home] = max(most.get(home, 0), n)
    departments = [t.department for o in organisations for t in o.teams.values()]
    departments += [s.supplier for o in organisations for r in o.routes.values() for s in r.values() if s.supplier]
    return Names(
        segments=over("segments"),
        reasons=over("reasons"),
        channels=over("channels"),
        routes=over("routes"),
        steps=tuple(dict.fromkeys((r, s) for o in organisations for r, route in o.routes.items() for s in route)),
        teams=over("teams"),
        departments=tuple(dict.fromkeys([*departments, "customer"])),
        skills=tuple(
            dict.fromkeys((t, s) for o in organisations for t, team in o.teams.items() for s in skills_of(t, team))
        ),
        agents=tuple((home, k) for home, n in most.items() for k in range(n)),
        streams=tuple(
            dict.fromkeys(
                (segment, reason, stream)
                for o in organisations
                for reason, spec in o.reasons.items()
                for segment in (*spec.cases, *spec.arrivals)
                for stream in (0, 1)
            )
        ),
        rights=tuple(
            dict.fromkeys(
                [s.needs for o in organisations for r in o.routes.values() for s in r.values() if s.needs]
                + [right for o in organisations for t in o.teams.values() for right in t.rights]
            )
        ),
        trainings=tuple(
            dict.fromkeys((t, k) for o in organisations for t, team in o.teams.items() for k in team.training)
        ),
    )
