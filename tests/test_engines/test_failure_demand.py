"""Failure demand traced to the step that caused it, worked out on paper.

Agents cost 60 an hour, one a minute; a contact on the phone 0.5.  A further contact costs 0.40, a cold transfer as
0.25, repeating it 0.15.  That everything sums to what is counted elsewhere is looked at after every run
(`conservation.failures_traced`).  Times are minutes after Monday 10:00.
"""

from __future__ import annotations

import math

import pytest

from cxsim.state.origins import Origin
from cxsim.state.tally import Cause
from worlds import DAY, Observed, Tree, both_engines, crew, merged, play, tiny

pytestmark = both_engines


def world(steps: Tree, **changes: object) -> Tree:
    """One case at 0, agents who cost one a minute."""
    base = {"teams": {"desk": {"cost_per_hour": 60}}, "channels": {"phone": {"cost_per_contact": 0.5}}}
    return tiny({"a": 0}, steps, **merged(base, changes))


def caused(seen: Observed) -> dict[tuple[str, str], list[float]]:
    """By step and kind: contacts, minutes, pay, charges, effort; only what is not nothing."""
    sums = seen.run.tally.cause_sums.sum(axis=(0, 1))
    steps = [step for _, step in seen.names.steps]
    return {
        (steps[s], origin.name.lower()): [pytest.approx(x) for x in sums[s, origin]]
        for s in range(len(steps))
        for origin in Origin
        if sums[s, origin].any()
    }


def effort_by_cause(seen: Observed) -> dict[tuple[str, str], float]:
    """By step and entry of the ledger: effort."""
    sums = seen.run.tally.effort_sums.sum(axis=(0, 1))
    steps = [step for _, step in seen.names.steps]
    return {
        (steps[s], cause.name.lower()): pytest.approx(sums[s, cause])
        for s in range(len(steps))
        for cause in Cause
        if sums[s, cause]
    }


def test_a_repeat_is_caused_by_the_step_whose_work_failed(engine: str) -> None:
    # ask 0-10, look 10-14: not resolved; again at 74: ask 74-84 (wrap-up 2), look 84-88; the next would come at 148
    steps = {"ask": {"work": "10 min", "wrap_up": "2 min", "next": "look"}, "look": {"work": "4 min", "resolves": 0}}
    seen = play(world(steps, behaviour={"p_recontact": 1, "recontact_after": "60 min"}), 100.0, engine)
    assert caused(seen) == {("look", "repeat"): [1, 10 + 2 + 4, 16, 0.5, 0.40]}
    assert effort_by_cause(seen) == {("look", "repeat"): 0.40}


def test_a_complaint_is_caused_like_a_repeat(engine: str) -> None:
    steps = {"ask": {"work": "10 min", "resolves": 0}, "listen": {"work": "7 min"}}
    seen = play(
        world(
            steps,
            reasons={
                "sorry": {"kind": "failure", "route": "r", "channels": {"phone": 1}, "enters": {"phone": "listen"}}
            },
            behaviour={"p_recontact": 1, "recontact_after": "60 min", "p_complain": 1, "complaint": "sorry"},
        ),
        100.0,
        engine,
    )
    assert caused(seen) == {("ask", "complaint"): [1, 7, 7, 0.5, 0.40]}


def test_a_redial_is_caused_by_the_queue_that_was_left(engine: str) -> None:
    # b has the desk 0-20; a waits 2-10 (patience 8), redials at 40, served 40-45: the service was wanted anyway
    tree = tiny(
        {"a": 2, "b": 0},
        {"ask": {"work": "5 min"}, "long": {"work": "20 min"}},
        channels={
            "phone": {"patience": "8 min", "cost_per_contact": 0.5, "perceived_wait": 1},
            "desk": {"presence": "present"},
        },
        reasons={"b": {"channels": {"phone": None, "desk": 1}, "enters": {"desk": "long"}}},
        behaviour={"p_redial": 1, "redial_after": "30 min"},
    )
    seen = play(tree, 100.0, engine)
    assert caused(seen) == {("ask", "redial"): [1, 0, 0, 0.5, 0.40]}
    assert effort_by_cause(seen) == {("ask", "redial"): 0.40, ("ask", "wait"): 0.15 * math.log(1 + 8 / 2)}


def test_a_misroute_costs_what_the_wrong_desk_costs(engine: str) -> None:
    # sent on at 2, not theirs 2-5 and repeated there, sent back at 5: two transfers, and the work at the right desk
    # is no part of it
    steps = {
        "ask": {"work": "2 min", "next": {"wrong": {"p": 1, "kind": "misroute", "transfer": "cold"}}},
        "wrong": {
            "team": "others",
            "work": "3 min",
            "asks_again": True,
            "next": {"right": {"p": 1, "transfer": "cold"}},
        },
        "right": {"work": "6 min"},
    }
    seen = play(world(steps, teams={"others": crew(1, cost_per_hour=120)}), 100.0, engine)
    assert caused(seen) == {("ask", "misroute"): [1, 3, 6, 0, 0.25 + 0.15 + 0.25]}
    assert effort_by_cause(seen) == {
        ("ask", "transfer"): 0.25,
        ("wrong", "information"): 0.15,
        ("wrong", "transfer"): 0.25,
    }


def test_a_call_back_on_a_missed_call_is_caused_by_the_step_that_called(engine: str) -> None:
    # work 0-10, then our call 10-11 reaches nobody; the customer calls at 71: 71-74, and the case goes on to `file`
    steps = {
        "work": {"work": "10 min", "next": "tell"},
        "tell": {"work": "5 min", "outbound": {"p_reached": 0, "attempt": "1 min"}, "next": "file"},
        "file": {"work": "4 min"},
        "say": {"work": "3 min"},
    }
    seen = play(
        world(
            steps,
            reasons={"you": {"kind": "failure", "route": "r", "channels": {"phone": 1}, "enters": {"phone": "say"}}},
            behaviour={"p_return_call": 1, "return_call_after": "60 min", "missed_call": "you"},
        ),
        100.0,
        engine,
    )
    assert caused(seen) == {("tell", "return"): [1, 3, 3, 0.5, 0.40]}


def test_a_case_that_comes_back_is_caused_by_the_step_that_solved_the_symptom(engine: str) -> None:
    steps = {"ask": {"work": "10 min"}}
    seen = play(world(steps, reasons={"a": {"comes_back": {"p": 1, "after": "1 d"}}}), 1.5 * DAY, engine)
    assert caused(seen) == {("ask", "recurrence"): [1, 10, 10, 0.5, 0]}


def promised(steps: Tree, **changes: object) -> Tree:
    """A promise of two days, and who asks is answered in 3 minutes."""
    base: Tree = {
        "reasons": {
            "a": {"promise": {"within": "2 d", "chaser": "how_far"}},
            "how_far": {"route": "q", "channels": {"phone": 1}},
        },
        "routes": {"q": {"say": {"team": "desk", "work": "3 min"}}},
    }
    return world(steps, **merged(base, changes))


def test_a_chaser_is_caused_by_the_branch_that_is_not_back(engine: str) -> None:
    steps = {
        "both": {"parallel": ["quick", "slow"], "join": "end"},
        "quick": {"delay": "1 h", "next": "end"},
        "slow": {"delay": "30 d", "next": "end"},
        "end": {"work": "5 min"},
    }
    seen = play(promised(steps), 20 * DAY, engine)
    asked = caused(seen)[("slow", "chaser")][0].expected
    assert asked >= 3
    assert caused(seen) == {("slow", "chaser"): [asked, 3 * asked, 3 * asked, 0.5 * asked, 0.40 * asked]}


def test_days_late_are_of_the_step_at_which_the_promise_was_missed(engine: str) -> None:
    # the first delay ends in time, the second is where the promise is missed, two days late in the end
    steps = {
        "post": {"delay": "1 d", "next": "bureau"},
        "bureau": {"delay": "2 d", "next": "committee"},
        "committee": {"delay": "1 d", "next": "done"},
        "done": {"work": "0 min"},
    }
    seen = play(promised(steps, behaviour={"chasing": {"per_day": 0, "per_day_since_news": 0}}), 10 * DAY, engine)
    assert effort_by_cause(seen) == {("bureau", "late"): 0.20 * math.log(1 + 2)}


def test_who_is_never_helped_is_lost_at_the_step_that_failed(engine: str) -> None:
    steps = {"ask": {"work": "10 min", "next": "look"}, "look": {"work": "4 min", "resolves": 0}}
    seen = play(world(steps), 100.0, engine)
    assert effort_by_cause(seen) == {("look", "unresolved"): 1.0}
    assert caused(seen) == {}


def test_a_reason_that_is_a_failure_by_itself_has_no_step_to_blame(engine: str) -> None:
    seen = play(world({"ask": {"work": "10 min"}}, reasons={"a": {"kind": "failure"}}), 100.0, engine)
    sums = seen.run.tally.cause_sums.sum(axis=(0, 1))
    assert sums[-1, Origin.FAILURE].tolist() == [1, 10, 10, 0.5, 0]
    assert caused(seen) == {}
