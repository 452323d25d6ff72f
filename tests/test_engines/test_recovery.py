"""What comes after a bad case: complaints, what is given back, payments, our own calls; worked out by hand.

A case with reason `bad` is never solved: effort 1 against a reference of 0.5, a loss of 0.5 SD.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cxsim.calendars.constants import WEEK
from cxsim.engines import runs
from cxsim.model.draws import Purpose
from cxsim.organisation import read_organisation
from cxsim.organisation.recovery import Goodwill
from cxsim.scenario import read_scenario, timeline
from cxsim.state.plan import Names, names_of, plans_of
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn
from random_number import of_case
from test_common_random_numbers import busy_bank
from worlds import DAY, TEN, Observed, Tree, both_engines, crew, merged, play, prepared, tiny

pytestmark = both_engines
FADE = math.log(2.0) / 525600.0
"""Of a move of the relationship, a minute."""
CASE = "all/bad/0"
COMPLAINT = 1 << 62
"""Number of the complaint about candidate 0."""
COMES_BACK = 1 << 58
"""Number of the case that comes of a symptom solved in it."""
CALL = 1 << 63


def failing(steps: Tree | None = None, **changes: Any) -> Tree:
    """One customer whose case fails at 10:10 and who complains an hour later; the answer takes 20 minutes."""
    tree = tiny({"bad": 0}, {"answer": {"work": "10 min", "resolves": 0}})
    tree = merged(
        tree,
        {
            "segments": {"all": {"customers": 1}},
            "reasons": {"complaint": {"kind": "failure", "channels": {"phone": 1}, "route": "c"}},
            "routes": {"c": steps or {"reply": {"team": "desk", "work": "20 min"}}},
            "behaviour": {"complaint": "complaint"},
            "recovery": {
                "complaining": {"after_failure": 1, "full_at": 0.5, "after": "60 min"},
                "cause": 1,
                "empathy": 0.5,
                "promise": "10 min",
            },
        },
    )
    return merged(tree, changes)


def counted(seen: Observed, column: RecoveryColumn) -> float:
    """A sum over all weeks, of cases with reason `bad`."""
    return float(seen.run.tally.recovery_sums[:, seen.names.reasons.index("bad"), column].sum())


def customer(seen: Observed) -> Any:
    return seen.run.state.customers[0]


def test_a_complaint_gives_back_part_of_the_loss(engine: str) -> None:
    seen = play(failing(), 1 * DAY, engine)
    assert seen.log("case", "kind", "step", "queued", "ended") == [
        ("bad", "first", "answer", 0.0, 10.0),
        ("complaint", "complaint", "reply", 70.0, 90.0),
    ]
    assert seen.efforts() == [(10.0, "unresolved", 1.0), (70.0, "complaint", 0.4)]
    # cause 1, empathy 0.5, answered after 20 minutes instead of 10: 0.9 x (0.45 + 0.175 + 0.1)
    share = 0.9 * 0.725
    assert counted(seen, RecoveryColumn.SHARE) == pytest.approx(share)
    assert counted(seen, RecoveryColumn.GIVEN_BACK) == pytest.approx(0.5 * share)
    parts = [RecoveryColumn.CAUSE, RecoveryColumn.EMPATHY, RecoveryColumn.SPEED]
    assert [counted(seen, part) for part in parts] == pytest.approx([1.0, 0.5, 0.5])
    # the loss moved the relationship by a quarter; it has faded for 80 minutes when part of what is left is given back
    assert customer(seen)["relationship"] == pytest.approx(-0.125 * (1.0 - share) * math.exp(-80.0 * FADE), rel=1e-12)
    assert customer(seen)["recent_satisfaction"] == pytest.approx(-0.5 * (1.0 - share))
    # the answer about the complaint: the loss, less 1.1 of the parts instead of 0.9
    assert seen.case(CaseColumn.SATISFACTION, "complaint") == pytest.approx(-0.5 * (1.0 - 1.1 * 0.725))


def test_no_paradox_but_in_what_is_answered(engine: str) -> None:
    best = {"recovery": {"most": 1, "most_said": 1.2, "empathy": 1, "promise": "1 d"}}
    seen = play(failing(**best), 1 * DAY, engine)
    assert customer(seen)["relationship"] == pytest.approx(0.0, abs=1e-15)
    assert customer(seen)["recent_satisfaction"] == 0.0
    assert seen.case(CaseColumn.SATISFACTION, "complaint") == pytest.approx(0.1)


def test_its_own_trouble_comes_on_top(engine: str) -> None:
    # nobody at the desk until the next day: a wait of 23.5 hours, perceived as 1.25 times as much
    tree = failing(teams={"desk": {"shifts": {"all": {"hours": {"mon": "09:00-10:30", "tue": "10:40-12:00"}}}}})
    seen = play(tree, 2 * DAY, engine)
    perceived = 1.25 * (1480.0 - 70.0)
    own = 0.5 - 0.4 - 0.15 * math.log1p(perceived / 2.0)
    share = 0.9 * (0.45 + 0.175 + 0.2 * 10.0 / 1430.0)
    assert customer(seen)["recent_satisfaction"] == pytest.approx(-0.5 * (1.0 - share) + own)
    # it is the same matter: its trouble weighs as the case does, though complaints are moments of truth
    heavy = merged(tree, {"reasons": {"bad": {"moment_of_truth": 3}, "complaint": {"moment_of_truth": 2}}})
    level = customer(play(heavy, 2 * DAY, engine))["relationship"]
    fades = math.exp(-1490.0 * FADE)
    assert level == pytest.approx(-3 * 0.125 * (1.0 - share) * fades + 3 * 0.25 * own, rel=1e-9)


def test_who_is_hurt_less_complains_less(engine: str) -> None:
    # a loss of 0.5 where only one of 2 counts in full: a quarter of the chance, and the customer's number is above it
    u = of_case(Purpose.COMPLAIN_AFTER, case=CASE)
    for below, complaints in ((0.999, 0.0), (1.001, 1.0)):
        complaining = {"after_failure": 1.0, "full_at": 0.5 / (u * below)}
        seen = play(failing(recovery={"complaining": complaining}), 1 * DAY, engine)
        assert counted(seen, RecoveryColumn.COMPLAINTS) == complaints
    solved = failing(routes={"r": {"answer": {"resolves": 1}}})
    assert counted(play(solved, 1 * DAY, engine), RecoveryColumn.LOSSES) == 0.0


def test_a_complaint_within_a_case(engine: str) -> None:
    # comes again at once to complain; the case ends solved: effort 0.4, plus what the wait of the day before cost
    tree = failing(
        behaviour={"p_recontact": 1, "p_complain": 1, "recontact_after": "60 min"},
        experience={"reference_effort": 0.1},
    )
    seen = play(tree, 1 * DAY, engine)
    assert seen.log("case", "kind", "ended") == [("bad", "first", 10.0), ("bad", "complaint", 90.0)]
    share = 0.9 * 0.725
    assert customer(seen)["relationship"] == pytest.approx(-0.3 * 0.25 * (1.0 - share))
    assert seen.case(CaseColumn.SATISFACTION) == pytest.approx(-0.3 * (1.0 - 1.1 * 0.725))
    assert counted(seen, RecoveryColumn.ENDED) == counted(seen, RecoveryColumn.COMPLAINTS) == 1.0


def test_a_symptom_only_answer_comes_back(engine: str) -> None:
    tree = failing(recovery={"cause": 0, "recurs": 1, "recurs_after": "120 min"})
    seen = play(tree, 400.0, engine)
    # the complaint about what came back is the fourth case, and so on: each has an address of its own
    assert seen.log("case", "number", "ended") == [
        ("bad", 0, 10.0),
        ("complaint", COMPLAINT, 90.0),
        ("bad", COMES_BACK, 220.0),
        ("complaint", COMES_BACK | COMPLAINT, 300.0),
    ]
    assert counted(seen, RecoveryColumn.SYMPTOM) == counted(seen, RecoveryColumn.RECURRED) == 2.0
    assert counted(seen, RecoveryColumn.CAUSE) == 0.0


def test_a_matter_earns_its_margin_once(engine: str) -> None:
    # solved, with a scripted answer that nobody expected: complained of, calmed, and back
    tree = failing(
        routes={"r": {"answer": {"resolves": 1, "generic": 1}}},
        reasons={"bad": {"margin": 100}},
        experience={"reference_effort": 0},
        recovery={
            "complaining": {"after_effort": 1, "full_at": 0.1},
            "cause": 0,
            "recurs": 1,
            "recurs_after": "120 min",
        },
    )
    seen = play(tree, 230.0, engine)
    assert seen.case(CaseColumn.RESOLVED, "bad") == 2.0
    assert seen.case(CaseColumn.MARGIN) == 100.0


def test_goodwill_within_the_limit_and_above_it(engine: str) -> None:
    # the desk decides up to its limit and closes the complaint; above it, whoever may pay any sum does
    u = of_case(Purpose.PAYMENT, case=CASE, number=COMPLAINT)
    due = 5.0 + 95.0 * u**3.75
    assert Goodwill().power == 3.75
    steps = {
        "hear": {"team": "desk", "work": "20 min", "needs": "goodwill", "escalates_to": "decide"},
        "decide": {"team": "boss", "work": "30 min"},
    }
    for limit, ends in ((due - 0.01, 120.0), (due + 0.01, 90.0)):
        tree = failing(
            steps,
            teams={
                "desk": {"rights": {"goodwill": {"share": 1, "limit": limit}}},
                "boss": crew(1, rights={"goodwill": {"share": 1}}),
            },
            recovery={"goodwill": {"p_due": 1, "makes_good": 0.6}, "cause": 0, "recurs": 0},
        )
        seen = play(tree, 1 * DAY, engine)
        assert seen.log("ended")[-1] == (ends,)
        assert counted(seen, RecoveryColumn.GOODWILL) == pytest.approx(due)
        assert counted(seen, RecoveryColumn.CAUSE) == 0.6  # made good, though its cause stays
        above = float(ends == 120.0)
        assert counted(seen, RecoveryColumn.PASSED_UP) == seen.step("hear", StepColumn.ESCALATIONS) == above
        assert seen.step("hear", StepColumn.DECIDED) == 1.0 - above


def test_nobody_pays_without_the_right(engine: str) -> None:
    goodwill = {"p_due": 1}
    rights = {"goodwill": {"share": 1, "limit": 4}}
    for team in ({}, {"desk": {"rights": rights}}):
        seen = play(failing(teams=team, recovery={"goodwill": goodwill}), 1 * DAY, engine)
        assert counted(seen, RecoveryColumn.PAYMENTS) == 0.0


def test_our_own_calls_pay_nothing(engine: str) -> None:
    paying = {"teams": {"desk": {"rights": {"goodwill": {"share": 1}}}}, "recovery": {"goodwill": {"p_due": 1}}}
    assert counted(play(failing(**paying), 1 * DAY, engine), RecoveryColumn.PAYMENTS) == 1.0
    assert counted(play(failing(**merged(PROACTIVE, paying)), 1 * DAY, engine), RecoveryColumn.PAYMENTS) == 0.0


CALLS = {"call": {"team": "desk", "work": "30 min", "outbound": {"p_reached": 1}}}
SILENT = {
    "reasons": {"ours": {"kind": "failure", "route": "ours"}},
    "routes": {"ours": CALLS},
    "recovery": {"complaining": {"after_failure": 0}},
}
PROACTIVE = merged(SILENT, {"recovery": {"proactive": {"reason": "ours", "share": 1, "after": "60 min"}}})


def test_we_call_who_never_complained(engine: str) -> None:
    seen = play(failing(**PROACTIVE), 1 * DAY, engine)
    assert seen.log("number", "step", "began", "ended") == [(0, "answer", 0.0, 10.0), (CALL, "call", 70.0, 100.0)]
    # answered 90 minutes after the case ended, where 10 were promised; a tenth on top, for we came first
    share = 0.9 * (0.45 + 0.175 + 0.2 / 9.0) + 0.1
    assert customer(seen)["relationship"] == pytest.approx(-0.125 * (1.0 - share) * math.exp(-90.0 * FADE))
    # what is left of the loss by then, which weighs 1/e after 90 days
    assert customer(seen)["recent_satisfaction"] == pytest.approx(-0.5 * (1.0 - share) * math.exp(-90.0 / (90.0 * DAY)))
    assert counted(seen, RecoveryColumn.PROACTIVE_REACHED) == 1.0
    # it is work, but no case and no contact of the customer's
    assert seen.case(CaseColumn.OPENED) == seen.contact(ContactColumn.ATTEMPTS) == 1.0
    assert seen.team("desk", TeamColumn.BUSY) == 40.0


def test_a_call_that_reaches_nobody_gives_nothing_back(engine: str) -> None:
    tree = failing(**merged(PROACTIVE, {"routes": {"ours": {"call": {"outbound": {"p_reached": 0, "tries": 2}}}}}))
    seen = play(tree, 1 * DAY, engine)
    assert [row[1] for row in seen.log("step", "outcome")] == ["done", "missed", "missed"]
    assert customer(seen)["relationship"] == -0.125
    assert counted(seen, RecoveryColumn.PROACTIVE) == 1.0
    assert counted(seen, RecoveryColumn.REPLIED) == 0.0


def test_who_calls_back_on_our_missed_call_is_reached(engine: str) -> None:
    missed = {
        "routes": {"ours": {"call": {"outbound": {"p_reached": 0}}}, "m": {"find": {"team": "desk", "work": "5 min"}}},
        "reasons": {"missed": {"kind": "failure", "channels": {"phone": 1}, "route": "m"}},
        "behaviour": {"missed_call": "missed", "p_return_call": 1, "return_call_after": "10 min"},
        "channels": {"phone": {"cost_per_contact": 2}},
    }
    seen = play(failing(**merged(PROACTIVE, missed)), 1 * DAY, engine)
    assert seen.case(CaseColumn.COST) == 2 * 2  # the first contact, and the call back
    assert seen.log("step", "kind", "outcome")[1:] == [("call", "first", "missed"), ("find", "return", "done")]
    # the further contact costs 0.4 SD, a quarter of which moves the relationship
    share = 0.9 * (0.45 + 0.175 + 0.2 * 10.0 / (86.0 - 10.0)) + 0.1
    assert customer(seen)["relationship"] == pytest.approx(-0.125 * (1.0 - share) - 0.1, abs=1e-4)


def test_unhappy_respondents_are_followed_up(engine: str) -> None:
    loop = {"closed_loop": {"reason": "ours", "after": "4 h", "up_to": 10}}
    for p_answer, calls in ((1.0, 1.0), (0.0, 0.0)):
        survey = {"experience": {"survey": {"p_answer": p_answer}}, "recovery": loop}
        seen = play(failing(**merged(SILENT, survey)), 1 * DAY, engine)
        for column in (RecoveryColumn.UNHAPPY, RecoveryColumn.FOLLOWED_UP, RecoveryColumn.FOLLOW_UP_REACHED):
            assert counted(seen, column) == calls
        assert seen.log("began")[-1] == ((250.0,) if calls else (0.0,))
    delighted = merged(SILENT, {"experience": {"survey": {"p_answer": 1}}, "recovery": loop})
    delighted["recovery"]["closed_loop"] |= {"up_to": 0}
    assert counted(play(failing(**delighted), 1 * DAY, engine), RecoveryColumn.UNHAPPY) == 0.0


def test_the_regulators_deadline_and_the_ombudsman(engine: str) -> None:
    terms = {"deadline": "19 min", "ombudsman": {"share": 0.1, "cost": 500}}
    seen = play(failing({"reply": {"team": "desk", "work": "20 min", "resolves": 0}}, recovery=terms), 1 * DAY, engine)
    assert counted(seen, RecoveryColumn.BREACHES) == counted(seen, RecoveryColumn.UNSOLVED) == 1.0
    assert counted(seen, RecoveryColumn.OMBUDSMAN_COST) == pytest.approx(50.0)
    # not solved, but heard: empathy and speed count
    assert counted(seen, RecoveryColumn.SHARE) == pytest.approx(0.9 * (0.175 + 0.1))
    still_open = play(failing(recovery=terms), 89.5, engine)
    assert counted(still_open, RecoveryColumn.BREACHES) == 1.0
    assert counted(still_open, RecoveryColumn.ENDED) == 0.0


def test_who_has_left_is_called_in_vain(engine: str) -> None:
    gone = {
        "segments": {"all": {"churn": 1e-9, "joins": 100}},
        "loyalty": {"churn": {"relationship": 0, "recent": 2000}},
        "recovery": {"proactive": {"after": "8 d"}},
    }
    seen = play(failing(**merged(PROACTIVE, gone)), 15 * DAY, engine)
    assert seen.log("step")[-1] == ("call",)
    assert customer(seen)["generation"] == 1  # somebody else by now
    assert customer(seen)["relationship"] == customer(seen)["long_run"]
    assert counted(seen, RecoveryColumn.REPLIED) == 0.0


ALL: list[Tree] = [
    {"recovery": {"after_failure": 0.5, "after_effort": 0.2, "cause": 0.5, "promise": "1 working day"}},
    {"goodwill": {"who": "front_line", "limit": 40, "p_error": 0.1, "cost_per_error": 50}},
    {"proactive_recovery": {"team": "lending", "share": 0.5}},
    {"closed_loop": {"team": "front_line", "up_to": 8}},
]


def test_strength_zero_is_the_baseline_bit_for_bit(engine: str) -> None:
    zero = {"after_failure": 0, "after_effort": 0, "most": 0, "most_said": 0, "recurs": 0}
    zeroed = [{"recovery": zero}, ALL[1], {"proactive_recovery": {"team": "lending", "share": 0}}]
    zeroed += [{"closed_loop": {"team": "front_line", "share": 0}}]
    before = read_organisation(busy_bank())
    scenario = read_scenario({"title": "Zero", "interventions": zeroed}, before, "zero")
    ((_, after),) = timeline(before, scenario)
    assert after.recovery is not None
    names = names_of([before, after])
    a, b = (
        _two_weeks(plans_of(o, names, 2, 1), names, engine) for o in ([(0.0, before)], [(0.0, before), (0.0, after)])
    )
    for name in a.tally._fields:
        if name != "recovery_sums":
            assert np.array_equal(getattr(a.tally, name), getattr(b.tally, name)), name
    assert np.array_equal(a.state.customers, b.state.customers)
    assert b.tally.recovery_sums[..., RecoveryColumn.LOSSES].sum() > 0.0


def test_all_of_it_can_be_undone(engine: str) -> None:
    before = read_organisation(busy_bank())
    dated = [entry | {"starts": "week 0", "ends": "week 1"} for entry in ALL]
    scenario = read_scenario({"title": "All", "interventions": dated}, before, "all")
    (_, during), (at, after) = timeline(before, scenario)
    assert at == WEEK
    assert after is before
    assert during.recovery is not None
    names, plans = prepared([(0.0, before.tree), (TEN, during.tree), (WEEK, after.tree)], 2, 1)
    run = _two_weeks(plans, names, engine)
    sums = run.tally.recovery_sums.sum(axis=1)
    for column in (RecoveryColumn.LOSSES, RecoveryColumn.REPLIED, RecoveryColumn.PROACTIVE, RecoveryColumn.FOLLOWED_UP):
        assert sums[1, column] > 0.0
        assert sums[0, column] == sums[2, column] == 0.0


def _two_weeks(plans: Any, names: Names, engine: str) -> runs.Run:
    run = runs.start(plans[0][1], names, 3, 0, 2, 1)
    return runs.finish(runs.advance(run, plans, 2 * WEEK, engine), plans)
