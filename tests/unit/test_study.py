"""Studies: settings, the loop, equal results whatever the workers, interrupts, precision, staffing, overload."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.files.problems import Problems
from cxsim.measures.catalogue import MEASURES
from cxsim.measures.reading import Reading
from cxsim.measures.whole import measure_all
from cxsim.organisation import Organisation, read_organisation
from cxsim.scenario import Scenario, read_scenario
from cxsim.study import Results, Settings, WorkersLostError, run_study
from cxsim.study.hold import held_to_service, smallest, staffed
from cxsim.study.overload import Overload, busy_spans, expected_visits, growing, growth, on_duty, overload
from cxsim.study.settled import settled_week
from cxsim.study.work import order_of, prepare, replicate


def tree(agents: int = 2, rate: str = "20 per hour") -> dict[str, Any]:
    """A desk that answers calls, and a back office behind it."""
    return {
        "title": "Desk",
        "calendar": {"start": "2026-01-05"},
        "segments": {"all": {"customers": 400}},
        "channels": {"phone": {"presence": "present", "patience": {"exponential": {"mean": "3 min"}}}},
        "reasons": {
            "question": {
                "arrivals": {"all": {"rate": rate}},
                "channels": {"phone": 1.0},
                "route": "question",
                "promise": {"within": "4 h", "chaser": "status"},
            },
            "status": {"kind": "failure", "route": "status"},
        },
        "routes": {
            "question": {
                "answer": {"team": "desk", "work": {"exponential": {"mean": "4 min"}}, "resolves": 0.8,
                           "next": {"look_up": 0.3}},
                "look_up": {"team": "office", "work": {"exponential": {"mean": "6 min"}}, "resolves": 0.9},
            },
            "status": {"tell": {"team": "desk", "work": "1 min"}},
        },
        "teams": {
            "desk": {"department": "service", "agents": agents, "shifts": {"all": {"hours": "always"}},
                     "standard": {"within": "30 s"}, "cost_per_hour": 30},
            "office": {"department": "office", "agents": 1, "shifts": {"all": {"hours": "always"}}},
        },
        "behaviour": {},
        "experience": {
            "ces_cuts": [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5],
            "nps_cuts": [-2.5, -2.2, -2.0, -1.8, -1.5, -1.2, -0.8, -0.3, 0.3, 1.0],
        },
        "economics": {"currency": "EUR", "price_year": 2026},
    }  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Organisation:
    """Few calls: nothing here depends on how many, and without compiled code each takes its time."""
    return read_organisation(tree(rate="2 per hour"))


def scenario(o: Organisation, name: str, *interventions: dict[str, Any], **rest: Any) -> Scenario:
    return read_scenario({"title": name, "interventions": list(interventions), **rest}, o, name)


def more(o: Organisation) -> Scenario:
    change = {
        "staff": {"team": "desk", "change": 1},
        "starts": "day 2",
        "costs": {"once": 100, "per_week": 10},
    }
    return scenario(o, "more", change)


def nothing(o: Organisation) -> Scenario:
    return scenario(o, "nothing")


QUICK = {"weeks": 1, "warm_up_weeks": 0, "replications": 3, "workers": 1}


@pytest.fixture(scope="module")
def results(desk: Organisation) -> Results:
    return run_study(desk, [more(desk), nothing(desk)], Settings(**QUICK))


# ------------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"weeks": 0}, "greater than or equal to 1"),
        ({"weeks": 4, "follow_up_weeks": 4}, "no week would be left to look at"),
        ({"replications": "many"}, "valid integer"),
        ({"precision": {"wiat": 1.0}}, "no measure 'wiat'; did you mean 'wait'?"),
        ({"precision": {"wait": 0.0}}, "greater than 0"),
        ({"worthwhile": {"cess": 1.0}}, "no measure 'cess'; did you mean 'ces'?"),
        ({"confidence": 95}, "less than 1"),
        ({"engine": "simpi"}, "'auto', 'simpy' or 'compiled'"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"warm_up": 3}, "Extra inputs are not permitted"),
    ],
)
def test_settings_refuse_nonsense(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(given)
    assert message in str(refused.value)


def test_the_follow_up_is_a_quarter_and_at_most_four_weeks() -> None:
    assert [Settings(weeks=w).follow_up for w in (1, 3, 4, 5, 6, 8, 12, 26)] == [0, 0, 1, 1, 3, 3, 3, 4]
    assert Settings(weeks=26, follow_up_weeks=0).follow_up == 0


def test_a_precision_is_looked_at_after_thirty() -> None:
    assert Settings(replications=4).first_batch == 4
    assert Settings(replications=4, precision={"wait": 1.0}).first_batch == 30
    assert Settings(replications=40, precision={"wait": 1.0}).first_batch == 40
    assert Settings(replications=4, precision={"wait": 1.0}, max_replications=12).first_batch == 12


def test_two_scenarios_of_one_name(desk: Organisation) -> None:
    with pytest.raises(Problems, match="two scenarios are called 'more'"):
        run_study(desk, [more(desk), more(desk)], Settings(**QUICK))


# ------------------------------------------------------------------------------------------------------- the loop


def test_every_scenario_replication_and_measure_has_its_row(results: Results) -> None:
    rows = results.measured
    assert len(rows) == 3 * 3 * len(MEASURES)
    assert not rows.duplicated(["scenario", "replication", "measure"]).any()
    assert list(rows.columns) == ["scenario", "replication", "measure", "value", "divisor"]
    assert results.names == ("baseline", "more", "nothing")
    assert results.replications == 3
    assert results.complete
    assert set(results.tables()) >= {"replications", "weeks", "reasons", "effort", "teams", "transitions"}


def test_a_scenario_that_changes_nothing_is_the_baseline_bit_for_bit(results: Results) -> None:
    by_name = {name: rows["value"].to_numpy() for name, rows in results.measured.groupby("scenario")}
    np.testing.assert_array_equal(by_name["nothing"], by_name["baseline"])
    assert not np.array_equal(by_name["more"], by_name["baseline"], equal_nan=True)
    moves = results.transitions[results.transitions["scenario"] == "nothing"]
    assert moves.loc[moves["before"] != moves["after"], "customers"].eq(0).all()
    for name, table in results.tables().items():
        if "difference" in table:
            assert table.loc[table["scenario"] == "nothing", "difference"].eq(0).all(), name


def test_who_moves_is_known_with_an_interval(results: Results) -> None:
    rows = results.movers.set_index(["scenario", "way"])
    moves = results.transitions[results.transitions["segment"] == "(all)"]
    rank = {"detractor": 0, "passive": 1, "promoter": 2}
    for name in ("nothing", "more"):
        own = moves[moves["scenario"] == name]
        step = own["after"].map(rank) - own["before"].map(rank)
        for way, which in (("better", step > 0), ("worse", step < 0)):
            assert rows.loc[(name, way), "customers"] == pytest.approx(own.loc[which, "customers"].sum())
            assert rows.loc[(name, way), "half_width"] >= 0.0
    assert (rows.loc["nothing", "half_width"] == 0.0).all()


def test_customers_who_move_are_all_customers(results: Results) -> None:
    moves = results.transitions
    sums = moves.groupby(["scenario", "segment"])[["customers", "share"]].sum()
    assert sums["customers"].to_numpy() == pytest.approx(400)
    assert sums["share"].to_numpy() == pytest.approx(100)


def test_costs_of_the_scenario_are_reported_once_and_a_week(results: Results) -> None:
    spent = results.spending["more"]
    assert spent.once == 100
    assert spent.per_week == 10
    assert spent.total == pytest.approx(100 + 10 * 5 / 7)  # from day 2 on
    rows = results.measured[results.measured["scenario"] == "more"]
    cost = rows.loc[rows["measure"] == "scenario_cost", "value"]
    assert cost.to_numpy() == pytest.approx(spent.total)


def equal(a: Results, b: Results) -> None:
    for name, table in a.tables().items():
        pd.testing.assert_frame_equal(table, b.tables()[name], check_exact=True)


def test_two_processes_give_what_one_gives(desk: Organisation, results: Results) -> None:
    settings = Settings(**{**QUICK, "workers": 2})
    equal(run_study(desk, [more(desk), nothing(desk)], settings), results)


class Here(Executor):
    """Runs tasks in this process; `before` is called with the number of tasks run so far."""

    def __init__(self, before: Callable[[int], None] = lambda n: None) -> None:
        self.before = before
        self.n = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.before(self.n)
        self.n += 1
        future: Future[Any] = Future()
        future.set_result(fn(*pickle.loads(pickle.dumps(args)), **kwargs))
        return future


class Backwards(Here):
    """Hands out results only when asked, the last task first."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Future[Any], Any, Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, fn, args))
        if len(self.waiting) == 3:
            for late, do, given in reversed(self.waiting):
                late.set_result(do(*given))
        return future


def test_results_do_not_depend_on_the_order_of_completion(desk: Organisation, results: Results) -> None:
    equal(run_study(desk, [more(desk), nothing(desk)], Settings(**QUICK), executor=Backwards()), results)


def test_progress_is_reported(desk: Organisation) -> None:
    reported: list[tuple[int, int | None, str]] = []
    run_study(desk, [], Settings(**QUICK), progress=lambda *news: reported.append(news), executor=Here())
    assert [(done, wanted) for done, wanted, _ in reported if done] == [(1, 3), (2, 3), (3, 3)]  # it may compile first


def test_an_interrupt_keeps_what_is_finished(desk: Organisation, results: Results) -> None:
    seen: list[int] = []

    def interrupt(done: int, wanted: int | None, what: str) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    kept = run_study(desk, [more(desk), nothing(desk)], Settings(**QUICK), progress=interrupt, executor=Here())
    assert not kept.complete
    assert kept.replications == 2
    whole, finished = results.measured, set(kept.measured["replication"])
    assert len(finished) == 2
    part = whole[whole["replication"].isin(finished)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept.measured, part, check_exact=True)


def test_an_interrupt_before_anything_is_finished(desk: Organisation) -> None:
    def at_once(n: int) -> None:
        raise KeyboardInterrupt

    kept = run_study(desk, [more(desk)], Settings(**QUICK), executor=Here(at_once))
    assert (kept.complete, kept.replications) == (False, 0)
    assert all(table.empty for table in kept.tables().values())


def test_a_worker_that_dies_is_replaced_once(desk: Organisation, results: Results) -> None:
    def die(n: int) -> None:
        if n == 1:
            raise BrokenExecutor

    again = run_study(desk, [more(desk), nothing(desk)], Settings(**QUICK), executor=Here(die))
    assert again.complete
    equal(again, results)


def test_workers_that_keep_dying_are_reported(desk: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*given: Any) -> Iterator[Any]:
        raise BrokenExecutor

    monkeypatch.setattr("cxsim.study.workers.replicate", die)
    with pytest.raises(WorkersLostError, match="died twice"):
        run_study(desk, [], Settings(**QUICK))


def test_points_are_distinguished(desk: Organisation) -> None:
    points = [({"agents": n}, read_organisation(tree(agents=n, rate="2 per hour"))) for n in (2, 3)]
    found = run_study(points, [nothing(desk)], Settings(**{**QUICK, "replications": 2}))
    assert list(found.measured.columns[:2]) == ["agents", "scenario"]
    paid = found.measured[found.measured["measure"] == "paid_fte"].groupby("agents")["value"].mean()
    assert paid[3] / paid[2] == pytest.approx(4 / 3)  # the office has one agent
    assert set(found.weeks["agents"]) == {2, 3}


@pytest.fixture
def by_turns(desk: Organisation, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of studies in which customers wait +1 and -1 second by turns, whatever else comes of a replication."""
    settings = Settings(**QUICK, engine="compiled")
    (one,) = replicate(order_of(desk, [], settings), 0)

    def alternating(order: Any, replication: int) -> list[Any]:
        return [one._replace(measured={**one.measured, "wait": (-1.0) ** replication})]

    monkeypatch.setattr("cxsim.study.workers.replicate", alternating)
    return settings


def until(half_width: float, settings: Settings, **more: int) -> int:
    """Replications that a study makes for a half-width of waits."""
    asked = settings.model_copy(update={"precision": {"wait": half_width}, **more})
    return run_study(read_organisation(tree()), [], asked).replications


def test_it_runs_until_it_is_precise(by_turns: Settings) -> None:
    assert until(1e6, by_turns) == 30
    assert until(1e-9, by_turns, max_replications=33) == 33


def test_a_precision_is_a_half_width_and_not_twice_as_much(by_turns: Settings) -> None:
    """A half-width of 0.3 at 95 %, where replications are +1 and -1.

    Of 30: sd = sqrt(30 / 29) = 1.017, half-width 2.045 x 1.017 / sqrt(30) = 0.380: not enough. As many as that sd
    needs: 2.014 x 1.017 / sqrt(46) = 0.302, 2.013 x 1.017 / sqrt(47) = 0.2986, so 47. There sd = 1.011, half-width
    0.297.
    """
    assert until(0.3, by_turns) == 47
    assert until(0.379, by_turns) > 30
    assert until(0.381, by_turns) == 30


def test_orders_are_known_by_their_content(desk: Organisation) -> None:
    settings = Settings(**QUICK)
    one, same = (order_of(desk, [more(desk)], settings) for _ in range(2))
    other = order_of(read_organisation(tree(agents=3)), [more(desk)], settings)
    assert one.key == same.key != other.key
    assert [c.changes for c in order_of(desk, [nothing(desk)], settings).paths] == [()]


def test_a_scenario_leaves_the_baseline_at_its_first_change(desk: Organisation) -> None:
    """Run on its own from the very beginning it gives the same bits."""
    order = order_of(desk, [more(desk)], Settings(**QUICK))
    assert [at for at, _ in order.paths[0].changes] == [2 * 1440.0]
    p = prepare(order)
    alone = runs.start(p.plan, p.names, order.seed, 1, order.weeks, order.warm_up_weeks)
    runs.advance(alone, p.timelines[0], order.weeks * WEEK, order.engine)
    runs.finish(alone, p.timelines[0])
    reading = Reading(alone.tally, p.names, p.timelines[0], p.horizons[0], 1, 0, 0, order.paths[0].spending, None)
    shared = replicate(order, 1)[1]
    assert shared.scenario == "more"
    np.testing.assert_equal(shared.measured, measure_all(reading))


def test_the_run_rate_begins_when_nothing_changes_any_more(desk: Organisation) -> None:
    course = {"team": "desk", "uplift": {"desk": 0.4}, "hours": "16 h", "waves": 3}
    taught = scenario(desk, "taught", {"training": course, "starts": "week 1"})
    ending = scenario(desk, "ending", {"staff": {"team": "desk", "change": 1}, "starts": "day 2", "ends": "week 6"})
    assert [settled_week(desk, s) for s in (nothing(desk), more(desk), taught, ending)] == [0, 1, 4, 6]
    settings = Settings(weeks=8, follow_up_weeks=2, warm_up_weeks=0)
    order = order_of(desk, [more(desk), taught, ending], settings)
    assert [c.settled for c in order.paths] == [1, 4, None]


# ------------------------------------------------------------------------------------------------- service level


@pytest.mark.parametrize("guess", [1, 2, 7, 30])
@pytest.mark.parametrize("answer", [1, 2, 7, 30])
def test_the_smallest_staffing_that_is_good(guess: int, answer: int) -> None:
    asked: list[int] = []

    def good(n: int) -> bool:
        asked.append(n)
        return n >= answer

    assert smallest(good, guess) == answer
    assert min(asked) >= 1
    assert len(asked) <= 12


def test_a_scenario_is_staffed_to_the_baselines_service(desk: Organisation) -> None:
    """A pilot whose service level is 10 % an agent: the scenario's three agents become the baseline's two."""

    def pilot(only: list[Scenario]) -> dict[str, float]:
        plans = [d.intervention.agents for s in only for d in s.interventions if d.kind == "staff"]
        return {"desk": 10.0 * (plans[-1] if only else 2)}

    held, (choice,) = held_to_service(desk, more(desk), pilot)
    assert (choice.team, choice.before, choice.after, choice.target) == ("desk", 3, 2, 20.0)
    assert held.interventions[-1].starts == 2 * 1440
    assert staffed(more(desk), {"desk": 5}, desk).interventions[-1].intervention.describe(desk)


def test_holding_the_service_level(desk: Organisation) -> None:
    held = scenario(desk, "held", {"staff": {"team": "desk", "change": 2}, "starts": "week 0"}, hold="service_level")
    found = run_study(desk, [held], Settings(**QUICK))
    assert [(h.before, h.after) for h in found.held] == [(4, 2)]
    by_name = {name: rows["value"].to_numpy() for name, rows in found.measured.groupby("scenario")}
    np.testing.assert_array_equal(by_name["held"], by_name["baseline"])


# ------------------------------------------------------------------------------------------------------- overload


def test_overload_names_where_when_and_by_how_much() -> None:
    assert overload(read_organisation(tree())) == {}
    found = overload(read_organisation(tree(rate="60 per hour")))["desk"]
    # a case needs 4 min at the desk; unresolved ones come back: 1 / (1 - 0.85 x (1 - 0.7 x 0.8 - 0.3 x 0.9)) = 1.1689
    assert found.endless
    assert found.by == pytest.approx(786 / 336 - 1, abs=0.002)
    assert found.text.startswith("desk: a week brings 785.5 h of work for 336 h on duty, 134 % too much")
    assert "from the start of the warm-up on" in found.text
    assert "from week 3 on" in overload(read_organisation(tree(rate="60 per hour")), 3 * 7 * 1440.0)["desk"].text


def test_overload_in_some_hours_of_the_week() -> None:
    busy = tree()
    busy["profiles"] = {"peak": {"values": [0.5] * 34 + [10.0, 10.0] + [0.5] * 132}}
    busy["reasons"]["question"]["arrives"] = "peak"
    found = overload(read_organisation(busy))["desk"]
    assert not found.endless
    assert "in a typical week, on Tue 10:00-12:00 (work for " in found.text
    assert f"2 there, {100 * found.by:.0f} % too much)" in found.text


def test_too_much_by_a_hair_is_no_overload() -> None:
    """Hours in a row of one day are one stretch, the worst first; what is 1 % too much is none."""
    duty = np.full(168, 2.0)
    live = duty.copy()
    live[[10, 11]] = 2.02
    assert busy_spans(live, duty) == []
    live[[23, 24, 25, 40]] = 2.3, 2.4, 2.5, 3.0
    assert busy_spans(live, duty) == [(40, 40), (24, 25), (23, 23)]


def test_a_scenario_is_reported_where_it_makes_overload_worse() -> None:
    baseline = Overload(False, 0.10, "")
    assert Overload(True, 0.03, "").worse_than(baseline)
    assert Overload(False, 0.20, "").worse_than(baseline)
    assert not Overload(False, 0.12, "").worse_than(baseline)
    assert not baseline.worse_than(Overload(True, 0.03, ""))


def test_overload_is_reported_before_anything_runs() -> None:
    reported: list[str] = []
    stop = Settings(weeks=1, warm_up_weeks=0, replications=1, workers=1, engine="simpy")

    def progress(done: int, wanted: int | None, what: str) -> None:
        assert reported, "the warning comes first"
        raise KeyboardInterrupt

    desk = read_organisation(tree(rate="60 per hour"))
    results = run_study(desk, [nothing(desk)], stop, progress, warn=reported.append)
    assert not results.complete
    assert list(results.warnings) == reported
    assert [text.split(":")[0] for text in reported] == ["desk", "office"]  # the scenario makes it no worse


def test_the_week_in_which_a_backlog_begins_to_grow() -> None:
    """Flat at 5 until the close of week 3, then 4 more a week: the fifth week, number 4, is the first to grow."""
    assert growth(np.array([5.0, 5.0, 5.0, 5.0, 9.0, 13.0, 17.0, 21.0])) == (4, pytest.approx(4.0))
    assert growth(np.arange(8.0)) == (0, pytest.approx(1.0))


def test_agents_on_duty_by_hour_less_breaks_and_absence() -> None:
    staffed_ = tree()
    staffed_["teams"]["desk"]["shifts"] = {
        "day": {"hours": {"mon-fri": "09:00-17:00"}, "breaks": [{"after": "4 h", "lasts": "48 min"}]}
    }
    staffed_["teams"]["desk"]["p_absent"] = 0.1
    duty = on_duty(read_organisation(staffed_), 2)["desk"]
    assert duty[8] == 0.0
    assert duty[9] == pytest.approx(2 * 0.9 * 0.9)
    assert duty.sum() == pytest.approx(5 * 8 * 2 * 0.81)


def test_expected_visits_by_the_fundamental_matrix() -> None:
    looped = tree()
    looped["routes"]["question"]["answer"]["next"] = {"answer": {"p": 0.2, "kind": "rework"}, "look_up": 0.4}
    o = read_organisation(looped)
    visits, resolved = expected_visits(o.routes["question"], "answer", "all", "phone", o)
    assert visits == pytest.approx({"answer": 1.25, "look_up": 0.5})
    assert resolved == pytest.approx(0.5 * 0.8 + 0.5 * 0.9)


def test_branches_meet_once() -> None:
    forked = tree()
    forked["routes"]["question"] = {
        "answer": {"team": "desk", "work": "4 min", "next": "split"},
        "split": {"parallel": ["a", "b"], "join": "end"},
        "a": {"team": "office", "work": "1 min", "next": "end"},
        "b": {"team": "office", "work": "1 min", "next": "end"},
        "end": {"team": "desk", "work": "1 min", "resolves": 0.7},
    }
    o = read_organisation(forked)
    visits, resolved = expected_visits(o.routes["question"], "answer", "all", "phone", o)
    assert visits == pytest.approx(dict.fromkeys(("answer", "split", "a", "b", "end"), 1.0))
    assert resolved == pytest.approx(0.7)


def test_backlogs_that_grow() -> None:
    closes = [np.array([[k * 10.0 + r, 20.0 + r] for k in range(8)]) for r in range(3)]
    (reported,) = growing(closes, ["office", "desk"])
    assert reported.startswith(
        "office: its backlog grows from the first week on, by about 10 a week, "
        "from 6 in the first quarter of the weeks to 66 in the last"
    )
