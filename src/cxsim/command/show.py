"""do=show: what would run, before it runs; what one case, or each step, goes through when it does."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from cxsim.calendars.constants import WEEK
from cxsim.calendars.durations import duration_text
from cxsim.command.configuration import Request
from cxsim.command.output import answer, tell
from cxsim.files.problems import Path, Problem, Problems, dotted, nearest
from cxsim.files.yaml_positions import Document
from cxsim.measures.catalogue import MEASURES, matters
from cxsim.organisation import Organisation, Route
from cxsim.organisation.checks import followers
from cxsim.organisation.loading import load_organisation
from cxsim.organisation.recovery import Recovery
from cxsim.organisation.sources import Assumption
from cxsim.organisation.work import Edge
from cxsim.scenario import Costs, Scenario
from cxsim.scenario.board import Board, places_text
from cxsim.scenario.dated import Dated
from cxsim.scenario.interventions.base import listing, percent
from cxsim.scenario.loading import load_together


def show(requests: Sequence[Request]) -> int:
    """Print one of `SUBJECTS`. Returns the exit code."""
    (request,) = requests
    subject = request["what"]
    if subject not in SUBJECTS:
        what = f"nothing called '{subject}' to show{nearest(str(subject), SUBJECTS)}"
        raise request.configuration.located(Problems([Problem(("what",), what)]))
    return answer(SUBJECTS[subject](request).rstrip())


WIDEST = 44
"""Characters of a column that is not the last; longer texts are cut."""


def columns(rows: Iterable[Sequence[object]], indent: str = "  ") -> str:
    """Rows as aligned text; the last column is left as long as it is."""
    cells = [[*(_cut(str(cell)) for cell in row[:-1]), str(row[-1])] for row in rows]
    widths = [max(len(row[i]) for row in cells if i < len(row)) for i in range(max(map(len, cells), default=0))]
    lines = []
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        lines.append((indent + "  ".join([*padded, row[-1]])).rstrip())
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _organisation(request: Request) -> str:
    organisation, document = load_organisation(request["organisation"], request.edits)
    return organisation_text(organisation, document)


def organisation_text(o: Organisation, document: Document) -> str:
    """Who, why, how, by whom: the organisation on a page or two."""
    parts = [f"{o.title}  ({document.source})", *([o.note] if o.note else [])]
    segments = [
        (n, f"{s.customers:,} customers", f"margin {s.margin:,.0f} a year", leaving(s.churn))
        for n, s in o.segments.items()
    ]
    parts += ["\nSegments", columns(segments)]
    channels = [(n, c.presence.replace("_", " "), f"open {_hours(c.opens)}") for n, c in o.channels.items()]
    parts += ["\nChannels", columns(channels)]
    parts += ["\nReasons", columns(_reason_rows(o))]
    parts += ["\nRoutes"]
    for name, route in o.routes.items():
        parts += [f"  {name}", columns(_step_rows(route), "    ")]
    teams = [
        (
            n,
            t.department,
            f"{t.agents + sum(t.joined.values())} agents",
            ", ".join(t.skills) or ", ".join(t.skill_sets),
        )
        for n, t in o.teams.items()
    ]
    parts += ["\nTeams", columns(teams)]
    if o.recovery is not None:
        parts += ["\nAfter a bad case", columns(_recovery_rows(o, o.recovery))]
    parts += [f"\n{len(o.assumptions)} assumptions: do=show what=assumptions"]
    return "\n".join(parts)


def _recovery_rows(o: Organisation, r: Recovery) -> Iterator[Sequence[str]]:
    """Who complains, how that is answered, who may pay, whom we call."""
    after = r.complaining
    yield "complain", f"{after.after_failure:.0%} of those never helped, {after.after_effort:.0%} of others with a loss"
    yield "answers", f"remove the cause in {r.cause:.0%}, with {r.empathy:.0%} of the empathy there can be"
    yield "promise", f"{duration_text(r.promise)}; the regulator's deadline is {duration_text(r.deadline)}"
    if r.goodwill is not None:
        held = {name: t.rights[r.goodwill.right] for name, t in o.teams.items() if r.goodwill.right in t.rights}
        who = [
            f"{name} {'any sum' if h.limit is None else f'up to {h.limit:g}'}" for name, h in held.items() if h.share
        ]
        yield "payments", f"due in {r.goodwill.p_due:.0%}, {r.goodwill.mean:g} on average; {', '.join(who) or 'nobody'}"
    for calls, whom in ((r.proactive, "those never helped who are silent"), (r.closed_loop, "unhappy respondents")):
        if calls is not None:
            yield "we call", f"{calls.share:.0%} of {whom}, as {calls.reason}"


def leaving(churn: float) -> str:
    """How many leave a year; nothing where nobody does."""
    return f"{churn:.1%} leave a year" if churn else ""


def _hours(opens: object) -> str:
    if not isinstance(opens, dict):
        return str(opens)
    return ", ".join(f"{days} {hours}" for days, hours in opens.items())


def _reason_rows(o: Organisation) -> Sequence[Sequence[str]]:
    rows = []
    for name, reason in o.reasons.items():
        year = sum(rate * o.segments[s].customers for s, rate in reason.cases.items() if s in o.segments)
        volume = f"{year:,.0f} cases a year" if reason.cases else "arrivals" if reason.arrivals else "emerges"
        rows.append((name, reason.kind, volume, f"route {reason.route}"))
    return rows


def _step_rows(route: Route) -> Sequence[Sequence[str]]:
    rows = []
    for name, step in route.items():
        who = step.team or step.supplier or ("customer" if step.customer else "")
        who = who or ("self-service" if step.self_service else "branches" if step.parallel else "delay")
        after = [_edge(to, edge) for to, edge in step.next.items()]
        others = [to for to in followers(step) if to not in step.next]
        control = (
            "control" if step.control else f"in batches, {duration_text(step.batch)}" if step.batch is not None else ""
        )
        rows.append((name, who, control, "→ " + ", ".join([*after, *others]) if after or others else "→ end"))
    return rows


def _edge(to: str, edge: Edge) -> str:
    text = [f"{edge.p:.3g}"] if 0 < edge.p < 1 else []
    text += [name if p == 1 else f"{name} {p:.3g}" for name, p in (edge.by_channel | edge.by_segment).items()]
    text += [edge.kind] if edge.kind != "normal" else []
    return f"{to} ({', '.join(text)})" if text else to


def _scenario(request: Request) -> str:
    if faults := request.scenario_faults():
        raise Problems(faults)
    organisation, _, scenarios = load_together(request["organisation"], request.edits, request.scenarios())
    parts = []
    for scenario, document in scenarios:
        parts += [scenario_text(organisation, scenario, document.source), ""]
    return "\n".join(parts)


def scenario_text(organisation: Organisation, scenario: Scenario, source: str) -> str:
    """What a scenario is for, what it does when, and what that changes."""
    from cxsim.scenario import timeline
    from cxsim.scenario.differences_text import difference_lines
    from cxsim.scenario.interventions import same

    parts = [f"{scenario.title}  ({source or 'nothing changes'})"]
    words = (("because", scenario.because), ("source", scenario.source), ("not covered", scenario.cannot_say))
    parts += [_paragraph(f"{word:10}  {' '.join(text.split())}", 12) for word, text in words if text]
    steps = timeline(organisation, scenario)
    if scenario.interventions:
        parts += ["", "What is done"]
    for dated, phase in phased(scenario):
        parts += [phase] if phase else []
        now = [o for at, o in steps if at < dated.starts] or [organisation]
        until = f" until week {dated.ends / WEEK:g}" if dated.ends is not None else ""
        costs = [
            f"{cost:,.0f} {organisation.economics.currency} {when}" for cost, when in _costs_of(dated.costs) if cost
        ]
        spent = f" It costs {' and '.join(costs)}." if costs else ""
        description = dated.intervention.describe(now[-1])
        parts += [_paragraph(f"from week {dated.starts / WEEK:g}{until}{_degrees(dated)}: {description}{spent}", 4)]
    before = organisation
    whole = {0.0} | {t for d in scenario.interventions for t in (d.starts, d.starts + d.pilot + d.ramp, d.ends)}
    for at, after in steps:
        if at not in whole:
            continue
        lines = difference_lines(before, after)
        if lines:
            parts += ["", f"What changes in week {at / WEEK:g}   (+ new, - gone, ~ different; a run leaves the exact "]
            parts[-1] += "numbers in changes.csv)"
            parts += [f"  {line}" for line in lines]
        before = after
    if scenario.board is not None:
        parts += ["", *_board_lines(scenario.board, organisation)]
    elif source and len(steps) == 1 and same(organisation, steps[0][1]):
        parts += ["", "  Nothing is changed: all results will be the baseline's."]
    return "\n".join(parts)


def phased(scenario: Scenario) -> Iterator[tuple[Dated, str]]:
    """The interventions, each with the line that goes before it where a phase begins."""
    begun: set[int] = set()
    for dated in scenario.interventions:
        line = ""
        if dated.phase is not None and dated.phase not in begun:
            begun.add(dated.phase)
            phase = scenario.phases[dated.phase]
            until = f" to {_when(phase.ends)}" if phase.ends is not None else " on"
            line = f"\n  {phase.title}, from {_when(phase.starts)}{until}"
        yield dated, line


def _when(at: float) -> str:
    return f"week {at / WEEK:g}"


def _degrees(dated: Dated) -> str:
    """How it comes in, where it does not at once."""
    text = f", for {dated.pilot / WEEK:g} weeks {percent(dated.share)} of it" if dated.pilot else ""
    return text + (f", growing over {dated.ramp / WEEK:g} weeks" if dated.ramp else "")


def _board_lines(board: Board, organisation: Organisation) -> list[str]:
    """What a board may do."""
    currency = organisation.economics.currency
    budget = "without a limit" if board.budget is None else f"within {board.budget:,.0f} {currency}"
    every, first, back, after = (
        f"{x / WEEK:g}" for x in (board.every, board.first_at, board.looks_back, board.judges_after)
    )
    effort = " and serves most for its money" if board.by_effort else ""
    text = (
        f"It meets every {every} weeks, from week {first} on, on metrics and on projects by turns. It reads "
        f"{listing(board.reads)} of the last {back} weeks, ranks pain points, and starts what fits the "
        f"{board.nominates} worst{effort}, up to {board.capacity} projects at a time, {budget}. Projects are judged "
        f"after {after} weeks in force, and kept or stopped."
    )
    lines = ["What the board may do", _paragraph(text, 0), "", "Its backlog"]
    for item in board.backlog:
        costs = [f"{cost:,.0f} {currency} {when}" for cost, when in _costs_of(item.costs) if cost]
        spent = f" Costs {' and '.join(costs)}." if costs else ""
        done = " ".join(intervention.describe(organisation) for intervention in item.interventions)
        lead = f" In force {item.lead_time / WEEK:g} weeks after it is decided." if item.lead_time else ""
        lines += [_paragraph(f"{item.title} (for {places_text(item, organisation)}). {done}{lead}{spent}", 4)]
    return lines


def _costs_of(costs: Costs) -> tuple[tuple[float, str], ...]:
    return ((costs.once, "once"), (costs.per_week, "a week"))


def _paragraph(text: str, hanging: int) -> str:
    return textwrap.fill(text, 110, initial_indent="  ", subsequent_indent="  " + " " * hanging)


def _assumptions(request: Request) -> str:
    organisation, document = load_organisation(request["organisation"], request.edits)
    rows = [_assumption_row(list(alike)) for _, alike in groupby(organisation.assumptions, _without_place)]
    unsourced = sum(not a.source for a in organisation.assumptions)
    head = f"{len(organisation.assumptions)} assumptions of {document.source}, {unsourced} without a source\n"
    return head + columns([("assumption", "value", "range", "source"), *rows])


def _without_place(assumption: Assumption) -> Path:
    """The path of a number; of the list, where it is a number of a list."""
    return assumption.path[:-1] if isinstance(assumption.path[-1], int) else assumption.path


def _assumption_row(alike: Sequence[Assumption]) -> tuple[str, ...]:
    first = alike[0]
    value = str(first.value) if len(alike) == 1 else f"{first.value} … {alike[-1].value} ({len(alike)})"
    known = f"[{first.low}, {first.high}]" if first.low is not None else ""
    return dotted(_without_place(first)), value, known, first.source or "no source stated"


def _measures(request: Request) -> str:
    head = ("measure", "unit", "better", "smallest worthwhile difference", "basis", "formula")
    rows = [(m.name, m.unit, m.better, matters(m), m.basis, m.formula) for m in MEASURES]
    return columns([head, *rows], "")


def _hot_spots(request: Request) -> str:
    from cxsim.command.jobs import prepare
    from cxsim.command.progress import Shown
    from cxsim.report.text.hot_spots import MEANING, hot_spots_text
    from cxsim.study import run_study
    from cxsim.study.workers import pool

    (job,) = prepare([request])
    scenarios = () if request.defaulted("scenario") else job.scenarios
    with Shown() as shown, pool(job.settings) as executor:
        results = run_study(job.organisation, scenarios, job.settings, shown, executor)
    return f"{hot_spots_text(results)}\n{textwrap.fill(MEANING, 110)}"


def _case(request: Request) -> str:
    from cxsim.command.jobs import prepare
    from cxsim.report.story import story

    (job,) = prepare([request])
    try:
        return str(story(job.organisation, job.scenarios, job.settings, request["case"]))
    except Problems as faults:
        raise request.configuration.located(faults) from None


def _minutes(request: Request) -> str:
    from cxsim.command.jobs import prepare
    from cxsim.engines.compile_ahead import make_ready
    from cxsim.study.work import minutes_of_boards, order_of
    from cxsim.study.work import prepare as planned

    (job,) = prepare([request])
    sitting = [scenario for scenario in job.scenarios if scenario.board is not None]
    if not sitting:
        what = "no board in it, so there are no minutes; scenario=cx_board has one"
        raise request.configuration.located(Problems([Problem(("scenario",), what)]))
    baseline = planned(order_of(job.organisation, [], job.settings))
    make_ready(baseline.plan, baseline.names, lambda text: tell(f"cxsim: {text}"))
    return "\n".join(minutes_of_boards(job.organisation, sitting, job.settings))


SUBJECTS: dict[str, Callable[[Request], str]] = {
    "organisation": _organisation,
    "scenario": _scenario,
    "assumptions": _assumptions,
    "measures": _measures,
    "hot_spots": _hot_spots,
    "case": _case,
    "minutes": _minutes,
}
"""What can be shown."""
