"""From an organisation to its plan: customers, demand, channels, constants; routes and teams have their own files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim.calendars.constants import DAY, WEEK, WEEKS_PER_YEAR, YEAR
from cxsim.native.records import Floats, Ints, Table
from cxsim.organisation import Organisation
from cxsim.organisation.checks import mix_of
from cxsim.probability.leaving import leaving_curve
from cxsim.probability.ordered_probit import answer_curves, curves_begin
from cxsim.probability.random_numbers import name_word
from cxsim.state.plan.customer_rows import BEHAVIOUR, CHANNEL, EXPERIENCE, REASON, SEGMENT, SHOCK, STREAM
from cxsim.state.plan.lists import Distributions, Timetables, day_factors, profiles_of, trends_of
from cxsim.state.plan.loyalty import fill_loyalty, loyalty_table
from cxsim.state.plan.names import Names, names_of
from cxsim.state.plan.people import people_tables
from cxsim.state.plan.pressure import sales_table
from cxsim.state.plan.recovery import recovery_table
from cxsim.state.plan.tables import ABSENT, PRESENT, SELF, Plan
from cxsim.state.plan.work import work_tables

PRESENCE = {"present": PRESENT, "absent": ABSENT, "self_service": SELF}


def plans_of(
    timeline: Sequence[tuple[float, Organisation]], names: Names, weeks: int, warm_up_weeks: int
) -> tuple[tuple[float, Plan], ...]:
    """Plans of a timeline; steps that no longer exist keep the definition they had last.

    A date at which nothing changes keeps the plan before it, so that nothing happens then.
    """
    plans: list[tuple[float, Plan]] = []
    for i, (at, organisation) in enumerate(timeline):
        earlier = [o for _, o in timeline[:i]]
        plan = build_plan(organisation, names, weeks, warm_up_weeks, earlier)
        if plans:
            plan = _sharing(plan, plans[-1][1])
        plans.append((at, plan))
    return tuple(plans)


def _sharing(plan: Plan, before: Plan) -> Plan:
    """The plan with the tables it has in common with the one before it; that one itself if it has all of them.

    A programme of many years has some two hundred plans, and most of a plan is its calendar.
    """
    # Those of the low-effort programme then take 5 MB.
    alike = [np.array_equal(a, b) for a, b in zip(plan, before, strict=True)]
    if all(alike):
        return before
    shared: dict[str, Any] = {f: b for f, b, same in zip(plan._fields, before, alike, strict=True) if same}
    return plan._replace(**shared)


def build_plan(
    o: Organisation,
    names: Names | None = None,
    weeks: int = 8,
    warm_up_weeks: int = 4,
    earlier: Sequence[Organisation] = (),
) -> Plan:
    """Compile an organisation.

    `names` is the index of the whole study (default: this organisation's own); `earlier` are the organisations before
    it in time, oldest first; `weeks` and `warm_up_weeks` bound the calendar.
    """
    names = names or names_of([o])
    distributions = Distributions()
    times = Timetables(o, weeks, warm_up_weeks)
    profiles, cells, profile_rows = profiles_of(o)
    work = work_tables(o, names, distributions, times, earlier)
    people = people_tables(o, names, times, earlier)
    channels = _channels(o, names, distributions, times)
    reasons = _reasons(o, names, distributions, times)
    streams = _streams(o, names, distributions, profile_rows)
    behaviour = _behaviour(o, names, distributions)
    sales = sales_table(o, names, distributions)
    recovery = recovery_table(o, names, distributions, times)
    experience, loyalty = _experience(o), loyalty_table(o)
    distribution_table, grid = distributions.tables()
    timetables, spans = times.tables()
    return Plan(
        segments=_segments(o, names),
        streams=streams,
        reasons=reasons,
        channels=channels,
        mix=_mix(o, names),
        entrances=_entrances(o, names),
        profiles=profiles,
        profile_cells=cells,
        shocks=_shocks(o, names),
        behaviour=behaviour,
        experience=experience,
        **_expected_answers(o),
        leaving_curve=leaving_curve(o.loyalty.stays_for / WEEK),
        distributions=distribution_table,
        grid=grid,
        timetables=timetables,
        spans=spans,
        days=times.days,
        day_factor=day_factors(o, times),
        loyalty=loyalty,
        sales=sales,
        recovery=recovery,
        **work,
        **people,
    )


def _segments(o: Organisation, names: Names) -> Table:
    table = np.zeros(len(names.segments), dtype=SEGMENT)
    first = 0
    for i, name in enumerate(names.segments):
        s = o.segments[name]
        row = table[i]
        row["slots"], row["first_customer"], row["name_hash"], row["patience"] = (
            s.slots,
            first,
            name_word(name),
            s.patience,
        )
        row["priority"] = s.priority
        row["mean"], row["sd"] = s.relationship.mean, s.relationship.sd
        fill_loyalty(row, s, o.loyalty)
        first += s.slots
    return table


def _streams(o: Organisation, names: Names, distributions: Distributions, profiles: dict[str, int]) -> Table:
    table = np.zeros(len(names.streams), dtype=STREAM)
    trends = trends_of(o)
    for i, (segment, name, stream) in enumerate(names.streams):
        row = table[i]
        row["name_hash"] = name_word(f"{segment}/{name}/{stream}")
        row["segment"], row["reason"] = names.segments.index(segment), names.reasons.index(name)
        row["profile"] = row["gap_distribution"] = -1
        reason = o.reasons.get(name)
        if reason is None:
            continue
        share = 1.0 if stream == 0 else reason.added
        # What is added is a share of the baseline's cases; what is prevented is of these, so neither changes the other.
        row["dropped"] = reason.prevented if stream == 0 else 0.0
        row["uneven"], row["trend"] = 1, trends[reason.trend_per_year]
        if segment in reason.cases:
            row["rate"] = share * reason.cases[segment] * o.segments[segment].slots / YEAR
        elif segment in reason.arrivals:
            arrivals = reason.arrivals[segment]
            if arrivals.rate is not None:
                row["rate"] = share * arrivals.rate
            else:
                row["rate"], row["gap_distribution"], row["uneven"] = share, distributions.row(arrivals.interarrival), 0
        if reason.arrives is not None:
            row["profile"] = profiles[reason.arrives]
    return table


def _mix(o: Organisation, names: Names) -> Floats:
    mix = np.ones((len(names.reasons), len(names.segments), len(names.channels)))
    for i, name in enumerate(names.reasons):
        reason = o.reasons.get(name)
        if reason is None or not reason.channels:
            continue
        for j, segment in enumerate(names.segments):
            shares = mix_of(reason, segment)
            if shares:
                mix[i, j] = np.cumsum([shares.get(c, 0.0) for c in names.channels])
                mix[i, j, -1] = 1.0
    return mix


def _entrances(o: Organisation, names: Names) -> Ints:
    doors = np.full((len(names.reasons), len(names.channels)), -1, dtype=np.int64)
    for i, name in enumerate(names.reasons):
        reason = o.reasons.get(name)
        if reason is not None:
            first = next(iter(o.routes[reason.route]))
            for j, channel in enumerate(names.channels):
                doors[i, j] = names.steps.index((reason.route, reason.enters.get(channel, first)))
    return doors


def _reasons(o: Organisation, names: Names, distributions: Distributions, times: Timetables) -> Table:
    table = np.zeros(len(names.reasons), dtype=REASON)
    for i, name in enumerate(names.reasons):
        row = table[i]
        row["chaser"] = row["withdrawal"] = row["comes_back_after"] = row["patience"] = -1
        row["promise_within"] = row["expected"] = row["update_every"] = math.inf
        reason = o.reasons.get(name)
        if reason is None:
            continue
        repeats_at = reason.repeats_at
        row["repeats_at"] = -1 if repeats_at is None else names.steps.index((reason.route, repeats_at))
        row["priority"], row["one_open"] = reason.priority, reason.one_open_case
        row["moment"], row["margin"] = reason.moment_of_truth, reason.margin
        row["patience"] = distributions.row(reason.patience)
        row["failure"] = reason.kind == "failure"
        if reason.promise is not None:
            p = reason.promise
            row["promised"] = 1
            row["promise_within"], row["promise_clock"] = times.target(p.within)
            row["expected"], row["expected_clock"] = times.target(p.expected or p.within)
            row["p_told"] = p.p_told
            row["chaser"] = -1 if p.chaser is None else names.reasons.index(p.chaser)
            row["update_every"] = times.interval(p.update_every)
            row["update_reaches"], row["update_cost"] = p.update_reaches, p.cost_per_update
        if reason.withdrawal is not None:
            row["withdrawal"] = distributions.row(reason.withdrawal.after)
            row["margin_lost"] = reason.withdrawal.margin_lost
        if reason.comes_back is not None:
            row["p_comes_back"], row["comes_back_after"] = (
                reason.comes_back.p,
                distributions.row(reason.comes_back.after),
            )
    return table


def _channels(o: Organisation, names: Names, distributions: Distributions, times: Timetables) -> Table:
    table = np.zeros(len(names.channels), dtype=CHANNEL)
    for i, name in enumerate(names.channels):
        c = o.channels[name]
        row = table[i]
        row["presence"], row["hours"] = PRESENCE[c.presence], times.row(c.opens)
        row["switch_to"] = -1 if c.when_closed == "wait" else names.channels.index(c.when_closed)
        row["after_opening"] = distributions.row(c.after_opening)
        row["lines"] = -1 if c.lines is None else c.lines
        row["at_once"], row["slowdown"] = c.at_once, c.load_slowdown
        row["patience"], row["p_balk"], row["perceived_per_minute"] = (
            distributions.row(c.patience),
            c.p_balk,
            c.perceived_wait,
        )
        row["pick_up"] = distributions.row(c.pick_up)
        row["offer_over"], row["cost"] = math.inf, c.cost_per_contact
        row["call_back_within"] = math.inf
        if c.call_back is not None:
            b = c.call_back
            row["offer_over"], row["p_accept"], row["p_reached"] = b.when_wait_over, b.p_accept, b.p_reached
            row["tries"], row["retry_after"] = b.tries, b.retry_after
            row["call_back_within"] = math.inf if b.within is None else b.within
    return table


def _shocks(o: Organisation, names: Names) -> Table:
    rows = []
    for shock in o.demand.shocks:
        for name in shock.reasons or [""]:
            reason = names.reasons.index(name) if name else -1
            rows.append((reason, shock.starts, shock.starts + shock.lasts, shock.factor))
    return np.array(rows or [(-2, 0.0, 0.0, 1.0)], dtype=SHOCK)


def _behaviour(o: Organisation, names: Names, distributions: Distributions) -> Table:
    b, z = o.behaviour, o.proficiency
    table = np.zeros(1, dtype=BEHAVIOUR)
    row = table[0]
    row["p_redial"], row["redial_after"] = b.p_redial, distributions.row(b.redial_after)
    row["p_recontact"], row["recontact_after"] = b.p_recontact, distributions.row(b.recontact_after)
    row["p_complain"] = b.p_complain
    row["complaint"] = -1 if b.complaint is None else names.reasons.index(b.complaint)
    row["p_return"], row["return_after"] = b.p_return_call, distributions.row(b.return_call_after)
    row["missed_call"] = -1 if b.missed_call is None else names.reasons.index(b.missed_call)
    row["chase"] = b.chasing.per_day / DAY
    row["chase_growth"] = b.chasing.per_day_since_news / DAY**2
    row["chase_from"], row["chase_missed"] = b.chasing.starts_at, b.chasing.when_missed
    row["by_agent"], row["by_process"], row["by_customer"] = (
        b.causes.agent,
        b.causes.process,
        b.causes.customer,
    )
    row["fcr_window"] = b.fcr_window
    row["speed"], row["resolution"], row["misroute"], row["courtesy"] = (
        z.speed,
        z.resolution,
        z.misroute,
        z.courtesy,
    )
    row["busyness_sd"] = o.demand.busyness_sd
    return table


def _experience(o: Organisation) -> Table:
    e = o.experience
    table = np.zeros(1, dtype=EXPERIENCE)
    row = table[0]
    for name in type(e.effort).model_fields:
        row[name] = getattr(e.effort, name)
    row["reference"], row["loss_aversion"] = e.reference_effort, e.loss_aversion
    row["carry_over"], row["fade"] = e.carry_over, math.log(2.0) / e.half_life
    survey = e.survey
    row["p_answer"] = survey.p_answer
    row["p_extreme"] = survey.p_answer if survey.p_answer_extreme is None else survey.p_answer_extreme
    row["asked"] = min(1.0, survey.relationship_a_year / WEEKS_PER_YEAR)
    row["ces_cuts"], row["nps_cuts"] = e.ces_cuts, e.nps_cuts
    row["ces_from"], row["nps_from"] = curves_begin(e.ces_cuts), curves_begin(e.nps_cuts)
    return table


def _expected_answers(o: Organisation) -> dict[str, Any]:
    """Curves of expected answers, in the order of `cxsim.probability.ordered_probit`.

    Who would answer 0 to 10 answers with a chance that is U-shaped in the score.
    """
    e, survey = o.experience, o.experience.survey
    least, most = survey.p_answer, survey.p_answer if survey.p_answer_extreme is None else survey.p_answer_extreme
    score = np.arange(11)
    detractor, promoter, response = score <= 6, score >= 9, least + (most - least) * ((score - 5) / 5.0) ** 2
    ease = np.arange(1, 8)
    values = (detractor, promoter, score >= 10, response, response * detractor, response * promoter)
    return {
        "ces_curves": answer_curves(tuple(e.ces_cuts), tuple(tuple(map(float, v)) for v in (ease, ease >= 5))),
        "nps_curves": answer_curves(tuple(e.nps_cuts), tuple(tuple(map(float, v)) for v in values)),
    }
