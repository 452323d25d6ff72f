"""What generated organisations found, worked out on paper: calls missed twice over, and work whose step changes hands.

Times are minutes after Monday 10:00; plans change at 15.
"""

from __future__ import annotations

from cxsim.engines import runs
from cxsim.engines.order import MARGIN
from cxsim.state.state import WAITING
from cxsim.state.tally import CaseColumn, HourColumn
from test_state import small
from worlds import Observed, both_engines, crew, merged, play, prepared, tiny

pytestmark = both_engines
MACHINE = {"team": None, "work": None, "delay": "1 min"}


def service(seen: Observed, team: str) -> float:
    """Service minutes of a team, over all hours of the week."""
    return float(seen.run.tally.hour_sums[:, :, seen.names.teams.index(team), HourColumn.SERVICE].sum())


def test_who_calls_back_and_is_missed_again_waits_for_our_next_try(engine: str) -> None:
    # we call at 1 and miss the customer, who writes at 7; the answer to that is a call, and misses them at 7.  It was
    # the second try of the two, so the matter goes on without: it is resolved at 8
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "1 min", "next": "call"},
            "call": {"work": "1 min", "outbound": {"p_reached": 0, "attempt": "1 min", "tries": 5}},
        },
        channels={"mail": {"presence": "absent"}},
        reasons={"missed": {"kind": "failure", "channels": {"mail": 1}, "route": "q"}},
        routes={"q": {"tell": {"team": "desk", "work": "1 min", "outbound": {"p_reached": 0, "tries": 2}}}},
        behaviour={"missed_call": "missed", "p_return_call": 1, "return_call_after": "5 min"},
    )
    seen = play(tree, 600.0, engine)
    assert seen.log("step", "kind", "began", "ended", "outcome") == [
        ("answer", "first", 0.0, 1.0, "done"),
        ("call", "first", 1.0, 2.0, "missed"),
        ("tell", "return", 7.0, 8.0, "missed"),
    ]
    assert seen.case(CaseColumn.RESOLVED) == 1


def test_service_counts_for_the_team_that_gave_it_though_a_machine_does_the_step_by_now(engine: str) -> None:
    # a is served by the desk from 10 to 30; from 15 on a machine does the step
    before = tiny({"a": 10}, {"answer": {"work": "20 min"}}, teams={"other": crew(1)})
    seen = play([(0.0, before), (15.0, merged(before, {"routes": {"r": {"answer": MACHINE}}}))], 600.0, engine)
    assert seen.log("step", "began", "ended") == [("answer", 10.0, 30.0)]
    assert (service(seen, "desk"), service(seen, "other")) == (20.0, 0.0)


def test_the_first_agent_of_a_warm_transfer_leaves_at_once_where_a_machine_does_that_step_by_now(engine: str) -> None:
    # a: desk 10-30, handed on to the back office, which is busy with b until 60; the desk would have stayed until 35,
    # but nobody there works on the step any more
    before = tiny(
        {"a": 10, "b": 0},
        {
            "answer": {"work": "20 min", "next": {"check": {"p": 1, "transfer": "warm"}}},
            "check": {"team": "back", "work": "60 min"},
        },
        teams={"back": crew(1)},
        reasons={"b": {"enters": {"phone": "check"}}},
    )
    after = merged(before, {"routes": {"r": {"answer": MACHINE}}})
    seen = play([(0.0, before), (15.0, after)], 33.0, engine, finish=False)
    assert seen.run.state.agents["load"].tolist() == [0, 1]
    assert seen.run.state.visits["first_agent"][seen.run.state.visits["status"] == WAITING].tolist() == [-1]


def test_a_removed_step_of_a_team_that_is_merged_away_keeps_its_queue(engine: str) -> None:
    # a waits at a step that goes, in a team with skills of its own that goes too: it is taken to be answered at 15
    steps = {"answer": {"work": "10 min", "next": "check"}, "check": {"team": "back", "work": "60 min"}}
    before = tiny({"a": 0, "b": 1}, steps, teams={"back": crew(1, skills=["post", "files"])})
    after = merged(before, {"routes": {"r": {"answer": {"next": None}, "check": None}}, "teams": {"back": None}})
    seen = play([(0.0, before), (15.0, after)], 100.0, engine)
    assert seen.log("case", "step", "ended") == [("a", "answer", 10.0), ("b", "answer", 20.0), ("a", "check", 70.0)]


def test_tables_are_as_large_in_either_engine_when_the_last_event_fills_them(engine: str) -> None:
    # nobody is ever served: each case keeps a row; the fifth one leaves fewer rows free than are to be kept free
    tree = tiny({"a": "10 min"}, {"answer": {"work": "9 d"}})
    names, timeline = prepared([(0.0, tree)], 1, 0)
    run = runs.start(timeline[0][1], names, 1, 0, 1, 0, trace=True)
    run.state = small(run.state, MARGIN + 4)
    runs.advance(run, timeline, 55.0, engine)
    assert len(run.state.visits) == 2 * (MARGIN + 4)
    assert (run.state.visits["status"] == WAITING).sum() == 4
