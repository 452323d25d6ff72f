"""Much at one instant, at a change of plan: questions calculated anew, agents called to training, contacts handed over.

More of each than any list of fixed length would hold; both engines come through it with the same events.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parents[2]))  # the benchmarks are not part of the package

from benchmarks.growth import larger

import cxsim
from cxsim.engines import runs
from cxsim.engines.order import MARGIN
from cxsim.state.plan import Names, Plan
from cxsim.state.state import CHASING, SCRATCH, SERVED, WAITING
from cxsim.state.tally import TeamColumn
from cxsim.study.work import order_of, prepare
from worlds import DAY, Tree, crew, merged, of_compiled_code, prepared, tiny

pytestmark = of_compiled_code
AGENTS = 2500


def both(names: Names, timeline: tuple[tuple[float, Plan], ...], weeks: int, until: float) -> runs.Run:
    """The run of the compiled engine, which is that of the SimPy engine."""
    ended = []
    for engine in ("compiled", "simpy"):
        run = runs.start(timeline[0][1], names, 1, 0, weeks, weeks, trace=True)
        ended.append(runs.advance(run, timeline, until, engine))
    ours, theirs = ended
    assert np.array_equal(ours.visits(), theirs.visits())
    for mine, other in ((ours.tally, theirs.tally), (ours.state, theirs.state)):
        for name in mine._fields:
            if name not in SCRATCH:
                a, b = getattr(mine, name), getattr(other, name)
                assert all(np.array_equal(a[f], b[f]) for f in a.dtype.names) if a.dtype.names else np.array_equal(a, b)
    return ours


def test_hundreds_of_questions_are_due_at_another_time() -> None:
    bank = cxsim.load_organisation("bank")
    order = order_of(
        larger(bank, 5),
        [cxsim.load_scenario("proactive_status", bank)],
        cxsim.Settings(weeks=2, warm_up_weeks=2),
    )
    study = prepare(order)
    (timeline,) = study.timelines
    before = runs.start(study.plan, study.names, 1, 0, 2, 2)
    runs.advance(before, timeline, timeline[1][0], "compiled")
    assert np.sum(before.state.visits["status"] == CHASING) > 500
    both(study.names, timeline, 2, timeline[1][0] + DAY)


def trainings(n: int) -> Tree:
    """`n` trainings of the team a, one wave each, all of which begin with the second day."""
    one = {"starts": f"{DAY} min", "uplift": {"a": 1}, "hours": "6 h", "session": "2 h", "waves": 1}
    return {f"course_{k}": one for k in range(n)}


@pytest.mark.parametrize("n", [1, 3])
def test_everybody_is_called_to_several_trainings_at_once(n: int) -> None:
    before = tiny({"q": "1 min"}, {"answer": {"team": "a", "work": "1 min"}}, teams={"desk": None, "a": crew(AGENTS)})
    after = merged(before, {"teams": {"a": {"training": trainings(n)}}})
    names, timeline = prepared([(0.0, before), (DAY, after)], 1, 1)
    run = both(names, timeline, 1, DAY + 60.0)
    assert np.sum(run.state.agents["resting"] == 2) == AGENTS
    assert run.tally.team_sums[:, 0, TeamColumn.BUSY].sum() > 0.0


@pytest.mark.parametrize("n", [0, 2])
def test_everybody_hands_over_at_once(n: int) -> None:
    """All agents of team a stay on the line until c takes over, a single person; then b may, who are as many as a."""

    def tree(team: str, training: Tree) -> Tree:
        answer = {"team": "a", "work": "1 min", "wrap_up": "1 min", "next": {"advise": {"p": 1, "transfer": "warm"}}}
        teams = {
            "desk": None,
            "a": crew(AGENTS, warm_limit="1000000 min", **({"training": training} if training else {})),
            "b": crew(AGENTS),
            "c": crew(1),
        }
        return tiny({"q": "1 min"}, {"answer": answer, "advise": {"team": team, "work": "100000 min"}}, teams=teams)

    names, timeline = prepared([(0.0, tree("c", {})), (DAY, tree("b", trainings(n)))], 1, 1)
    before = runs.start(timeline[0][1], names, 1, 0, 1, 1)
    runs.advance(before, timeline, DAY, "compiled")
    waiting = before.state.visits[before.state.visits["status"] == WAITING]
    assert np.sum(waiting["first_agent"] >= 0) > MARGIN
    run = both(names, timeline, 1, DAY + 60.0)
    advised = run.state.visits["step"] == names.steps.index(("r", "advise"))
    assert np.sum(advised & (run.state.visits["status"] == SERVED)) == AGENTS + 1
