"""What is noticed before a study runs, though nothing is wrong: what changes nothing, and what will take long."""

from __future__ import annotations

from collections.abc import Iterator

from cxsim.calendars.constants import WEEK
from cxsim.command.jobs import Job
from cxsim.files.problems import Path, Problem
from cxsim.organisation import Organisation
from cxsim.organisation.volumes import expected_cases
from cxsim.scenario import timeline
from cxsim.scenario.interventions import same
from cxsim.study.hold import held_teams

MANY = 100_000_000
"""Expected cases of a study that are worth a word."""


def notices(job: Job) -> list[str]:
    """A line for each."""
    return [*_shocks(job), *_idle(job), *_held(job), *_large(job), *_warm_up(job)]


def _warm_up(job: Job) -> Iterator[str]:
    """A study that starts in the empty organisation."""
    if job.settings.warm_up_weeks == 0:
        yield (
            "study.warm_up_weeks=0: the first weeks are of an organisation without open cases or queues; operations "
            "settle in 3 to 4 weeks, and customers have no last case before their first"
        )


def _shocks(job: Job) -> Iterator[str]:
    """Shocks that lie outside the study."""
    for i, shock in enumerate(job.organisation.demand.shocks):
        path: Path = ("demand", "shocks", i)
        if shock.starts >= job.settings.weeks * WEEK:
            what = f"the shock starts in week {shock.starts / WEEK:g}, the study ends in week {job.settings.weeks}"
            yield str(Problem(path, f"{what}: it changes nothing", *job.document.place(path)))
        elif shock.lasts == 0.0 or shock.factor == 1.0:
            what = "the shock has no length" if shock.lasts == 0.0 else "the shock's factor is 1"
            yield str(Problem(path, f"{what}: it changes nothing", *job.document.place(path)))


def _idle(job: Job) -> Iterator[str]:
    """Scenarios, or interventions of theirs, that change nothing within the study."""
    for scenario, document in zip(job.scenarios, job.scenario_documents, strict=True):
        late = [i for i, item in enumerate(scenario.interventions) if item.starts >= job.settings.weeks * WEEK]
        for i in late:
            item = scenario.interventions[i]
            path: Path = (*item.place, "starts")
            what = f"starts in week {item.starts / WEEK:g}, the study ends in week {job.settings.weeks}"
            yield str(Problem(path, f"{what}: it changes nothing", *document.place(path)))
        if scenario.board is not None:
            if (first := scenario.board.first_at / WEEK) >= job.settings.weeks:
                path = ("board",)
                what = f"first meets in week {first:g}, the study ends in week {job.settings.weeks}: it decides nothing"
                yield str(Problem(path, what, *document.place(path)))
            continue
        if len(timeline(job.organisation, scenario)) == 1 and not late and scenario.hold is None:
            if same(job.organisation, timeline(job.organisation, scenario)[0][1]):
                path = ("interventions",)
                what = "nothing is changed; all results will be the baseline's"
                yield str(Problem(path, what, *document.place(path)))


def _held(job: Job) -> Iterator[str]:
    """Service levels that cannot be held, because no team has one."""
    for scenario, document in zip(job.scenarios, job.scenario_documents, strict=True):
        if scenario.hold is None:
            continue
        if not held_teams(job.organisation, timeline(job.organisation, scenario)[-1][1]):
            what = "no team has a 'standard' in both worlds, so that no service level is held and nobody is re-staffed"
            yield str(Problem(("hold",), what, *document.place(("hold",))))


def _large(job: Job) -> Iterator[str]:
    """A study of very many cases."""
    weeks, runs = job.settings.weeks + job.settings.warm_up_weeks, job.settings.first_batch
    worlds: list[Organisation] = [job.organisation]
    worlds += [timeline(job.organisation, scenario)[-1][1] for scenario in job.scenarios]
    cases = [expected_cases(world, weeks) for world in worlds]
    if sum(cases) * runs > MANY:
        yield (
            f"a large study: up to {max(cases):,.0f} cases are expected in each of {len(worlds) * runs:,} runs of "
            f"{weeks} weeks. Fewer weeks, replications or customers take less time."
        )
