"""Changes that come by degrees, and years: what never comes changes no bit; the engines agree twelve years on."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.scenario import read_scenario, timeline
from cxsim.state.plan import names_of, plans_of
from test_common_random_numbers import busy_bank
from worlds import TEN, WARM_UP_WEEKS, both_engines, crew, merged, play, tiny

Entry = dict[str, Any]
UPDATE: Entry = {"proactive_update": {"reasons": ["loan"], "every": "12 h", "reaches": 0.9}}


def run(*entries: Entry, engine: str = "simpy", weeks: int = 2, tree: Any = None) -> runs.Run:
    """Three weeks of the busy bank, the first of them warm-up, with interventions."""
    bank = read_organisation(tree or busy_bank())
    scenario = read_scenario({"title": "A test", "interventions": list(entries)}, bank, "test")
    organisations = [(-np.inf, bank), *timeline(bank, scenario)]
    names = names_of([o for _, o in organisations])
    plans = plans_of(organisations, names, weeks, 1)
    started = runs.start(plans[0][1], names, 5, 0, weeks, 1, trace=True)
    return runs.finish(runs.advance(started, plans, weeks * WEEK, engine), plans)


def same(a: runs.Run, b: runs.Run) -> bool:
    """Sums, visits and effort entries bit for bit."""
    sums = all(np.array_equal(x, y) for x, y in zip(a.tally, b.tally, strict=True))
    return sums and np.array_equal(a.visits(), b.visits()) and np.array_equal(a.entries(), b.entries())


@both_engines
def test_what_never_starts_or_is_not_tried_is_the_baseline_bit_for_bit(engine: str) -> None:
    baseline = run(engine=engine)
    assert same(run({**UPDATE, "starts": "week 2", "ramp": "4 weeks"}, engine=engine), baseline)
    assert same(run({**UPDATE, "roll_out": {"pilot": "2 weeks", "share": 0}}, engine=engine), baseline)


@both_engines
def test_whole_from_the_start_is_the_plain_change_bit_for_bit(engine: str) -> None:
    plain = run({**UPDATE, "starts": "week 1"}, engine=engine)
    assert not same(plain, run(engine=engine))
    # a pilot that tries all of it; one that tries nothing for the first week
    assert same(run({**UPDATE, "starts": "week 1", "roll_out": {"pilot": "1 week", "share": 1}}, engine=engine), plain)
    assert same(run({**UPDATE, "roll_out": {"pilot": "1 week", "share": 0}}, engine=engine), plain)


@both_engines
def test_a_ramp_goes_step_by_step(engine: str) -> None:
    # a third of full strength in each week is what three dated entries of a growing share do
    by_hand = [
        {"proactive_update": {**UPDATE["proactive_update"], "reaches": 0.9 * k / 3}, "starts": f"week {k}"}
        for k in (1, 2, 3)
    ]
    assert same(run({**UPDATE, "ramp": "3 weeks"}, engine=engine, weeks=4), run(*by_hand, engine=engine, weeks=4))


def test_both_engines_agree_twelve_years_on_through_holidays_and_clock_changes() -> None:
    # 626 weeks of a few cases a week, in a time zone with clock changes, with a ramp in the tenth year
    tree = busy_bank()
    tree["calendar"] |= {"timezone": "Europe/Berlin", "holidays": "DE-BY"}
    tree["demand"] = {**tree.get("demand", {}), "trend_per_year": 0.05, "holidays": 0.5}
    for reason in tree["reasons"].values():
        for segment in reason.get("cases", {}):
            reason["cases"][segment] *= 0.02
    entry = {**UPDATE, "starts": "year 10", "ramp": "4 weeks"}
    ours, theirs = (run(entry, engine=engine, weeks=626, tree=tree) for engine in ("compiled", "simpy"))
    assert same(ours, theirs)
    visits = ours.visits()
    assert visits["ended_at"].max() > 620 * WEEK
    late = visits[visits["queued_at"] > 574 * WEEK]
    assert len(late) > 100


@both_engines
def test_demand_for_a_reason_grows_a_year(engine: str) -> None:
    """Poisson by inversion: under growth the same candidate comes when the grown rate has summed up to as much.

    All demand grows by 10 %, reason a by 50 % on top: (1.1 x 1.5)^(days / 365.25) from the first Monday on.
    """
    rates = {name: {"arrivals": {"all": {"rate": "20 per day"}}} for name in ("a", "b")}
    tree = tiny(
        {"a": 0, "b": 0}, {"answer": {"work": "1 min"}}, reasons={"a": {"arrivals": None}, "b": {"arrivals": None}}
    )
    tree = merged(tree, {"reasons": rates, "teams": {"desk": crew(9)}})
    growing = merged(tree, {"demand": {"trend_per_year": 0.1}, "reasons": {"a": {"trend_per_year": 0.5}}})

    def arrivals(tree: Any, reason: str) -> list[float]:
        rows = play(tree, 5 * WEEK, engine).log("case", "number", "queued")
        return [at + TEN for _, at in sorted((n, at) for case, n, at in rows if case == reason)]

    def summed(t: float, growth: float) -> float:
        first = -WARM_UP_WEEKS * 7
        days = range(first, int(t // 1440.0) + 1)
        return sum(growth ** (d / 365.25) * (min(t, (d + 1) * 1440.0) - d * 1440.0) for d in days)

    for reason, growth in (("a", 1.1 * 1.5), ("b", 1.1)):
        plain, grown = arrivals(tree, reason), arrivals(growing, reason)
        many = min(len(plain), len(grown))
        assert many > 1000
        sums = [summed(t, growth) for t in grown[:many]]
        assert np.allclose(sums, np.array(plain[:many]) + WARM_UP_WEEKS * WEEK, rtol=1e-9, atol=1e-6)


@both_engines
def test_growth_of_one_reason_leaves_the_others_alone(engine: str) -> None:
    tree = busy_bank()
    grows = merged(tree, {"reasons": {"loan": {"trend_per_year": 0.5}}})
    baseline, then = (run(engine=engine, tree=t).state.stream_state for t in (tree, grows))
    loans = np.array([reason == "loan" for _, reason, _ in names_of([read_organisation(tree)]).streams])
    assert np.array_equal(baseline[~loans], then[~loans])  # candidates so far, and when the next one comes
    loans &= np.isfinite(baseline["next_at"])  # but for streams that are off
    assert loans.any()
    assert (baseline["next_at"][loans] != then["next_at"][loans]).all()
