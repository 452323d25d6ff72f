"""Work that is gathered, and queues ordered by their own targets, worked out on paper.

Times are minutes after Monday 10:00, which is a whole hour after time 0.
"""

from __future__ import annotations

from cxsim.calendars.constants import WEEK
from cxsim.state.tally import StepColumn
from worlds import TEN, WARM_UP_WEEKS, Tree, both_engines, crew, play, tiny

pytestmark = both_engines


def filed(batch: str, **more: object) -> Tree:
    """a asks at 10 and b at 20, two minutes each at the desk; then their forms are filed, five minutes each."""
    return tiny(
        {"a": 10, "b": 20},
        {
            "ask": {"work": "2 min", "next": "file"},
            "file": {"team": "office", "work": "5 min", "internal_sla": "12 min", "batch": batch, **more},
        },
        teams={"office": crew(1)},
    )


def test_what_is_gathered_is_begun_together(engine: str) -> None:
    seen = play(filed("1 h"), 200.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended") == [
        ("a", "ask", 10, 10, 12),
        ("b", "ask", 20, 20, 22),
        ("a", "file", 60, 60, 65),
        ("b", "file", 60, 65, 70),
    ]
    # its own clock starts with the batch: both in time; from the customer's side it took 53 and 48 minutes
    assert seen.step("file", StepColumn.SLA_MISSED) == 0
    assert seen.step("file", StepColumn.ELAPSED) == 53 + 48
    assert seen.step("file", StepColumn.VISITS) == 2


def test_work_that_comes_at_the_very_moment_of_a_batch_goes_with_it(engine: str) -> None:
    # b is done at the desk at 60, a whole hour after time 0: its form is begun with a's, and not an hour later
    tree = filed("1 h")
    tree["reasons"]["b"]["arrivals"]["all"]["interarrival"] = f"{WARM_UP_WEEKS * WEEK + TEN + 58} min"
    finished = play(tree, 200.0, engine)
    assert [row for row in finished.log("case", "step", "queued", "began") if row[1] == "file"] == [
        ("b", "file", 60, 60),
        ("a", "file", 60, 65),
    ]


def test_batches_may_count_working_hours(engine: str) -> None:
    # an hour of Monday's work is over at 10:00, four at 13:00
    seen = play(filed("4 working hours"), 400.0, engine)
    assert [row for row in seen.log("case", "step", "began") if row[1] == "file"] == [
        ("a", "file", 180),
        ("b", "file", 185),
    ]


def test_who_is_on_the_line_is_not_gathered(engine: str) -> None:
    seen = play(tiny({"a": 10}, {"ask": {"work": "2 min", "batch": "1 h"}}), 100.0, engine)
    assert seen.log("step", "began") == [("ask", 10)]


def test_a_change_of_plan_leaves_what_is_gathered_and_ends_gathering(engine: str) -> None:
    # from 21 on nothing is gathered: a waits for its batch, b does not
    seen = play([(0.0, filed("1 h")), (21.0, filed("0 min"))], 200.0, engine)
    assert [row for row in seen.log("case", "step", "began") if row[1] == "file"] == [
        ("b", "file", 22),
        ("a", "file", 60),
    ]


def test_a_step_that_is_gone_lets_its_batch_go_on(engine: str) -> None:
    after = filed("1 h")
    after["routes"]["r"] = {"ask": {"team": "desk", "work": "2 min"}}
    seen = play([(0.0, filed("1 h")), (15.0, after)], 200.0, engine)
    assert [row for row in seen.log("case", "step") if row[1] == "file"] == []
    assert seen.run.tally.case_sums[..., 2].sum() == 2  # both resolved


def test_the_earliest_own_target_comes_first(engine: str) -> None:
    # c has the office 0-30; slow (target in 4 h) joins at 12, quick (in 1 h) at 14, other (none) at 10: none comes last
    seen = play(
        tiny(
            {"c": 0, "other": 8, "slow": 10, "quick": 12},
            {
                "ask": {"work": "2 min", "team": "desk", "next": "long"},
                "long": {"team": "office", "work": "28 min"},
                "ask_slow": {"work": "2 min", "next": "slow"},
                "slow": {"team": "office", "work": "5 min", "internal_sla": "4 h"},
                "ask_quick": {"work": "2 min", "next": "quick"},
                "quick": {"team": "office", "work": "5 min", "internal_sla": "1 h"},
                "ask_other": {"work": "2 min", "next": "other"},
                "other": {"team": "office", "work": "5 min"},
            },
            channels={n: {"presence": "present"} for n in ("c", "other", "slow", "quick")},
            reasons={
                n: {"channels": {"phone": None, n: 1}, "enters": {n: step}}
                for n, step in (("c", "ask"), ("other", "ask_other"), ("slow", "ask_slow"), ("quick", "ask_quick"))
            },
            teams={"office": crew(1, order="target")},
        ),
        200.0,
        engine,
    )
    served = [(step, began) for step, began in seen.log("step", "began") if not step.startswith("ask")]
    assert served == [("long", 2), ("quick", 30), ("slow", 35), ("other", 40)]


def test_without_an_internal_sla_the_teams_standard_is_the_target(engine: str) -> None:
    # the desk's standard is 10 min: what joins at 4 is wanted by 14, before the file of 2 with its target of an hour
    seen = play(
        tiny(
            {"a": 0, "b": 4},
            {
                "start": {"team": "other", "work": "2 min", "next": "busy"},
                "busy": {"work": "8 min", "next": "file"},
                "file": {"work": "5 min", "internal_sla": "1 h"},
                "call": {"work": "3 min"},
            },
            channels={"line": {"presence": "present"}},
            reasons={"b": {"channels": {"phone": None, "line": 1}, "enters": {"line": "call"}}},
            teams={"other": crew(1), "desk": {"order": "target", "standard": {"within": "10 min", "share": 0.8}}},
        ),
        100.0,
        engine,
    )
    assert seen.log("step", "began") == [("start", 0), ("busy", 2), ("call", 10), ("file", 13)]
