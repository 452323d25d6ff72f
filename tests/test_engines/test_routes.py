"""Routes, worked out on paper: steps, transfers, branches, delays, rights, outbound calls, self-service, repeats.

Times are minutes after Monday 10:00.
"""

from __future__ import annotations

import pytest

import random_number
from cxsim.model.draws import Purpose
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn
from worlds import DAY, both_engines, crew, play, tiny

pytestmark = both_engines
ONE = "desk-1"
A = "all/a/0"
"""The case of reason a."""


def test_a_back_office_gets_the_case_without_the_customer(engine: str) -> None:
    # a: desk 0-10, back office 10-40; b: desk 10-20, waits for the back office 20-40 without patience
    tree = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "10 min", "next": "check"}, "check": {"team": "back", "work": "30 min"}},
        channels={"phone": {"patience": "15 min", "lines": 2}},
        teams={"back": crew(1)},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended") == [
        ("a", "answer", 0.0, 0.0, 10.0),
        ("b", "answer", 1.0, 10.0, 20.0),
        ("a", "check", 10.0, 10.0, 40.0),
        ("b", "check", 20.0, 40.0, 70.0),
    ]
    assert seen.case(CaseColumn.PERCEIVED_WAIT) == 9 * 1.25


def test_cold_transfer(engine: str) -> None:
    # a: desk 0-10, transferred: waits for the adviser (busy with c until 30) 10-30, advised 30-35.
    # the first agent is free at 10 and takes b: 10-20, whose transfer at 20 runs out of patience (12) at 32
    tree = tiny(
        {"a": 0, "b": 5, "c": 0},
        {
            "answer": {"work": "10 min", "next": {"advise": {"p": 1, "transfer": "cold"}}},
            "advise": {"team": "advice", "work": "5 min", "asks_again": True},
        },
        channels={"phone": {"patience": "12 min"}},
        reasons={"a": {"patience": "40 min"}, "c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "30 min"}}},
        teams={"advice": crew(1)},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended", "outcome") == [
        ("a", "answer", 0.0, 0.0, 10.0, "done"),
        ("b", "answer", 5.0, 10.0, 20.0, "done"),
        ("c", "long", 0.0, 0.0, 30.0, "done"),
        ("b", "advise", 20.0, None, 32.0, "abandoned"),
        ("a", "advise", 10.0, 30.0, 35.0, "done"),
    ]
    assert seen.case(CaseColumn.TRANSFERS) == 2
    # a: transfer at 10, repeats it at 30; b: transfer at 20, gone before anybody asked again
    assert [(t, cause) for t, cause, _ in seen.efforts() if cause in ("transfer", "information")] == [
        (10.0, "transfer"),
        (20.0, "transfer"),
        (30.0, "information"),
    ]


WARM = {
    "answer": {"work": "10 min", "wrap_up": "2 min", "next": {"advise": {"p": 1, "transfer": "warm"}}},
    "advise": {"team": "advice", "work": "5 min"},
}


def test_warm_transfer_holds_the_first_agent(engine: str) -> None:
    # adviser busy with c 0-13. a: desk 0-10, both wait until 13; then the desk wraps up 13-15 and takes b 15-25.
    # b goes over at once (adviser free since 18): wrap-up 25-27
    tree = tiny(
        {"a": 0, "b": 5, "c": 0},
        WARM,
        reasons={"c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "13 min"}}},
        teams={"advice": crew(1)},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "step", "began", "ended") == [
        ("a", "answer", 0.0, 10.0),
        ("c", "long", 0.0, 13.0),
        ("a", "advise", 13.0, 18.0),
        ("b", "answer", 15.0, 25.0),
        ("b", "advise", 25.0, 30.0),
    ]
    assert seen.team("desk", TeamColumn.BUSY) == 27
    assert [(t, e) for t, cause, e in seen.efforts() if cause == "transfer"] == [(10.0, 0.125), (25.0, 0.125)]


def test_a_warm_transfer_turns_cold_at_the_limit(engine: str) -> None:
    # adviser busy until 30; the desk stays 5 minutes on the line (10-15), wraps up 15-17, takes b at 17
    tree = tiny(
        {"a": 0, "b": 5, "c": 0},
        WARM,
        reasons={"c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "30 min"}}},
        teams={"advice": crew(1), "desk": {"warm_limit": "5 min"}},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "step", "began", "ended")[:2] == [("a", "answer", 0.0, 10.0), ("b", "answer", 17.0, 27.0)]
    # b's own first agent stays 27-32 and wraps up until 34
    assert seen.team("desk", TeamColumn.BUSY) == 34


def test_who_hangs_up_in_a_warm_transfer_frees_the_first_agent(engine: str) -> None:
    # patience 2: a is gone at 12, the desk wraps up until 14 and takes b, who had 20 minutes
    tree = tiny(
        {"a": 0, "b": 5, "c": 0},
        WARM,
        channels={"phone": {"patience": "2 min"}},
        reasons={"b": {"patience": "20 min"}, "c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "30 min"}}},
        teams={"advice": crew(1)},
    )
    seen = play(tree, 26.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended") == [
        ("a", "answer", 0.0, 0.0, 10.0),
        ("a", "advise", 10.0, None, 12.0),
        ("b", "answer", 5.0, 14.0, 24.0),
    ]


def test_who_is_turned_away_in_a_warm_transfer_frees_the_first_agent(engine: str) -> None:
    tree = tiny(
        {"a": 0, "b": 5, "c": 0},
        WARM,
        reasons={"c": {"route": "s"}},
        routes={"s": {"long": {"team": "advice", "work": "30 min"}}},
        teams={"advice": crew(1, places=0)},
    )
    seen = play(tree, 23.0, engine)
    assert seen.log("case", "step", "began", "ended", "outcome") == [
        ("a", "answer", 0.0, 10.0, "done"),
        ("a", "advise", None, 10.0, "blocked"),
        ("b", "answer", 12.0, 22.0, "done"),
        ("b", "advise", None, 22.0, "blocked"),
    ]


def test_rework_passes_have_independent_random_numbers(engine: str) -> None:
    # the check fails with probability 0.6, pass by pass; work is uniform on 0-60 min by its own uniform number
    tree = tiny(
        {"a": 0},
        {
            "check": {
                "work": {"uniform": {"low": "0 min", "high": "60 min"}},
                "next": {"check": {"p": 0.6, "kind": "rework"}},
            }
        },
    )
    expected, at, k = [], 0.0, 0
    while True:
        work = 60.0 * random_number.at_step(Purpose.WORK, "r.check", k, case=A)
        expected.append((at, at + work))
        at += work
        if random_number.at_step(Purpose.NEXT, "r.check", k, case=A) >= 0.6:
            break
        k += 1
    seen = play(tree, 1000.0, engine)
    assert seen.log("began", "ended") == [pytest.approx(row, abs=1e-9) for row in expected]
    assert seen.step("check", StepColumn.REWORK) == k


def test_branches_run_side_by_side_and_the_last_one_opens_the_join(engine: str) -> None:
    # desk 0-10; then 10-40 at the other bank (no team), 10-22 + 22-25 at the back office; joined at 40: 40-45
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": "look"},
            "look": {"parallel": ["trace", "account"], "join": "settle"},
            "trace": {"delay": "30 min", "supplier": "bank", "next": "settle"},
            "account": {"team": "back", "work": "12 min", "next": "second"},
            "second": {"team": "back", "work": "3 min", "next": "settle"},
            "settle": {"team": "back", "work": "5 min"},
        },
        teams={"back": crew(2)},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("step", "queued", "ended") == [
        ("answer", 0.0, 10.0),
        ("account", 10.0, 22.0),
        ("second", 22.0, 25.0),
        ("trace", 10.0, 40.0),
        ("settle", 40.0, 45.0),
    ]
    assert seen.case(CaseColumn.RESOLVED) == 1
    assert seen.case(CaseColumn.END_TO_END) == 45 / DAY
    assert seen.case(CaseColumn.HANDLED) == 1
    # from the desk to the back office in the branch, and once more when the case goes on after the join
    assert seen.step("account", StepColumn.HANDOFFS) == 1
    assert seen.step("second", StepColumn.HANDOFFS) == 0
    assert seen.step("settle", StepColumn.HANDOFFS) == 1


def test_branches_that_end_at_the_same_instant_join_once(engine: str) -> None:
    tree = tiny(
        {"a": 0},
        {
            "look": {"parallel": ["x", "y"], "join": "settle"},
            "x": {"delay": "30 min", "next": "settle"},
            "y": {"delay": "30 min", "next": "settle"},
            "settle": {"work": "5 min"},
        },
    )
    assert play(tree, 100.0, engine).log("step", "began", "ended") == [
        ("x", 0.0, 30.0),
        ("y", 0.0, 30.0),
        ("settle", 30.0, 35.0),
    ]


def test_a_working_time_delay_runs_over_night_weekend_and_holiday(engine: str) -> None:
    # 10 working hours of 9-17: from Thursday 16:00, 1 h on Thursday; Friday a holiday; weekend; Monday 8 h;
    # Tuesday 1 h: 10:00
    thursday = 3 * DAY + 360
    tree = tiny(
        {"a": thursday},
        {"check": {"delay": "600 min", "clock": "working", "next": "tell"}, "tell": {"work": "1 min"}},
        calendar={"extra_holidays": ["2026-01-09"], "working": {"mon-fri": "09:00-17:00"}},
    )
    assert play(tree, 10 * DAY, engine).log("step", "began") == [("check", thursday), ("tell", 8 * DAY)]


def test_decision_right_or_escalation(engine: str) -> None:
    # the desk holds the right for a share: a case decides by its own uniform number
    steps = {
        "answer": {"work": "10 min", "needs": "credit", "escalates_to": "boss", "next": "tell"},
        "boss": {"team": "board", "work": "5 min", "next": "tell"},
        "tell": {"work": "1 min"},
    }
    u = random_number.at_step(Purpose.RIGHT, "r.answer", case=A)
    for share, decided in [(0.0, False), (u - 1e-6, False), (u + 1e-6, True), (1.0, True)]:
        rights = {"credit": {"share": share, "p_error": 1, "cost_per_error": 100}} if share else {}
        tree = tiny({"a": 0}, steps, teams={"board": crew(1), "desk": {"rights": rights}})
        seen = play(tree, 100.0, engine)
        steps_taken = [step for (step,) in seen.log("step")]
        assert steps_taken == (["answer", "tell"] if decided else ["answer", "boss", "tell"])
        assert seen.step("answer", StepColumn.DECIDED) == decided
        assert seen.step("answer", StepColumn.ESCALATIONS) == (not decided)
        assert seen.case(CaseColumn.WRONG_DECISIONS) == decided
        assert seen.case(CaseColumn.COST) == (100.0 if decided else 0.0)
        assert seen.case(CaseColumn.RESOLVED) == (not decided)  # a wrong decision resolves nothing


def test_outbound_miss_brings_a_call_back(engine: str) -> None:
    # the adviser calls at 10 and misses (1 min); the customer calls 30 min later about it: desk 41-46;
    # then the case goes on behind the step that missed them: filed 46-48
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": "tell"},
            "tell": {"team": "advice", "work": "5 min", "outbound": {"p_reached": 0, "tries": 3}, "next": "file"},
            "file": {"team": "advice", "work": "2 min"},
        },
        reasons={"missed": {"route": "m", "channels": {"phone": 1}}},
        routes={"m": {"who": {"team": "desk", "work": "5 min"}}},
        teams={"advice": crew(1)},
        behaviour={"p_return_call": 1, "return_call_after": "30 min", "missed_call": "missed"},
    )
    seen = play(tree, 400.0, engine)
    assert seen.log("reason", "kind", "step", "began", "ended", "outcome") == [
        ("a", "first", "answer", 0.0, 10.0, "done"),
        ("a", "first", "tell", 10.0, 11.0, "missed"),
        ("missed", "return", "who", 41.0, 46.0, "done"),
        ("a", "first", "file", 46.0, 48.0, "done"),
    ]
    assert seen.contact(ContactColumn.RETURN, "missed") == 1
    assert seen.contact(ContactColumn.HANDLED, "missed") == 1
    assert seen.case(CaseColumn.CONTACTS) == 2
    assert seen.efforts() == [(41.0, "missed_call", 0.40)]
    assert seen.step("tell", StepColumn.MISSED_CALLS) == 1
    assert seen.step("tell", StepColumn.SERVED) == 1


def test_outbound_is_tried_again_and_then_goes_on_without(engine: str) -> None:
    # tries at 0-2 and 62-64 (an hour after the miss), both in vain; then the letter
    outbound = {"p_reached": 0, "tries": 2, "retry_after": "1 h", "attempt": "2 min"}
    tree = tiny(
        {"a": 0},
        {"tell": {"work": "5 min", "outbound": outbound, "next": "letter"}, "letter": {"work": "3 min"}},
        channels={"mail": {"presence": "absent"}},
        reasons={"a": {"channels": {"phone": None, "mail": 1}}},
    )
    assert play(tree, 400.0, engine).log("step", "began", "ended", "outcome") == [
        ("tell", 0.0, 2.0, "missed"),
        ("tell", 62.0, 64.0, "missed"),
        ("letter", 64.0, 67.0, "done"),
    ]


def test_a_missed_customer_who_gives_up_calling_back_is_tried_again(engine: str) -> None:
    # returned call at 11 + 30 = 41 finds the desk busy (b 40-140) and waits 5: 46 gives up; we call again an hour later
    tree = tiny(
        {"a": 0, "b": 40},
        {
            "tell": {"team": "advice", "work": "5 min", "outbound": {"p_reached": 0, "tries": 3, "retry_after": "1 h"}},
            "busy": {"work": "100 min"},
        },
        channels={"phone": {"patience": "5 min"}, "mail": {"presence": "absent"}},
        reasons={
            "a": {"channels": {"phone": None, "mail": 1}},
            "b": {"enters": {"phone": "busy"}},
            "missed": {"route": "m", "channels": {"phone": 1}},
        },
        routes={"m": {"who": {"team": "desk", "work": "5 min"}}},
        teams={"advice": crew(1)},
        behaviour={"p_return_call": 1, "return_call_after": "40 min", "missed_call": "missed"},
    )
    seen = play(tree, 140.0, engine)
    assert seen.log("kind", "step", "queued", "ended", "outcome") == [
        ("first", "tell", 0.0, 1.0, "missed"),
        ("return", "who", 41.0, 46.0, "abandoned"),
        ("first", "tell", 106.0, 107.0, "missed"),
    ]


def test_a_missed_call_inside_a_branch_goes_on_inside_it(engine: str) -> None:
    # branch x: missed at 0-1, returned 31-36, filed 36-38; branch y: 0-20; joined at 38
    tree = tiny(
        {"a": 0},
        {
            "look": {"parallel": ["x", "y"], "join": "settle"},
            "x": {"team": "advice", "work": "5 min", "outbound": {"p_reached": 0}, "next": "file"},
            "file": {"team": "advice", "work": "2 min", "next": "settle"},
            "y": {"delay": "20 min", "next": "settle"},
            "settle": {"work": "5 min"},
        },
        reasons={"missed": {"route": "m", "channels": {"phone": 1}}},
        routes={"m": {"who": {"team": "desk", "work": "5 min"}}},
        teams={"advice": crew(1)},
        behaviour={"p_return_call": 1, "return_call_after": "30 min", "missed_call": "missed"},
    )
    # the customer is on the line when the case opens: x is a call to them all the same once the fork hangs up
    seen = play(tree, 140.0, engine)
    assert seen.log("step", "began", "ended", "outcome") == [
        ("x", 0.0, 1.0, "missed"),
        ("y", 0.0, 20.0, "done"),
        ("who", 31.0, 36.0, "done"),
        ("file", 36.0, 38.0, "done"),
        ("settle", 38.0, 43.0, "done"),
    ]


SELF = {
    "web": {"self_service": {"p_done": 0.5, "takes": "4 min", "falls_back_to": "answer", "channel": "phone"}},
    "answer": {"work": "10 min", "asks_again": True},
}


def test_self_service_succeeds_or_falls_back(engine: str) -> None:
    u = random_number.at_step(Purpose.SELF_SERVICE, "r.web", case=A)
    for p, done in [(u + 1e-6, True), (u - 1e-6, False)]:
        web = {"web": {**SELF["web"], "self_service": {**SELF["web"]["self_service"], "p_done": p}}}
        tree = tiny(
            {"a": 0},
            {**SELF, **web},
            channels={"site": {"presence": "self_service"}},
            reasons={"a": {"channels": {"phone": None, "site": 1}}},
        )
        seen = play(tree, 100.0, engine)
        assert seen.case(CaseColumn.RESOLVED) == 1
        if done:
            assert seen.log() == [("a", "web", None, 0.0, 0.0, 4.0, "done")]
            assert seen.case(CaseColumn.END_TO_END) == 4 / DAY
            assert seen.efforts() == []
        else:
            assert seen.log("channel", "step", "queued", "ended", "outcome") == [
                ("site", "web", 0.0, 4.0, "not_done"),
                ("phone", "answer", 4.0, 14.0, "done"),
            ]
            assert seen.efforts() == [(4.0, "channel_switch", 0.20), (4.0, "information", 0.15)]


def test_who_calls_passes_by_the_self_service(engine: str) -> None:
    tree = tiny({"a": 0}, SELF, channels={"site": {"presence": "self_service"}})
    assert play(tree, 100.0, engine).log("step", "queued") == [("answer", 0.0)]


def test_unresolved_comes_again_and_then_gives_up(engine: str) -> None:
    # nothing is ever resolved; the customer comes back while the uniform number of the n-th failure is below 0.7
    back = [random_number.of_case(Purpose.RECONTACT, n, case=A) < 0.7 for n in range(20)]
    n = back.index(False)
    tree = tiny(
        {"a": 0},
        {"answer": {"work": "10 min", "resolves": 0}},
        behaviour={"p_recontact": 0.7, "recontact_after": "60 min"},
    )
    seen = play(tree, 70.0 * 20, engine)
    assert seen.log("kind", "ordinal", "began", "ended") == [
        ("first", 0, 0.0, 10.0),
        *(("repeat", k, 70.0 * (k + 1), 70.0 * (k + 1) + 10) for k in range(n)),
    ]
    assert seen.case(CaseColumn.GAVE_UP) == 1
    assert seen.contact(ContactColumn.REPEAT) == n
    causes = (StepColumn.FAILED_AGENT, StepColumn.FAILED_PROCESS, StepColumn.FAILED_CUSTOMER)
    u = [random_number.of_case(Purpose.RESOLVE, k, case=A) for k in range(n + 1)]
    assert [seen.step("answer", c) for c in causes] == [
        sum(x < 0.38 for x in u),
        sum(0.38 <= x < 0.86 for x in u),
        sum(x >= 0.86 for x in u),
    ]


def test_a_repeat_may_enter_elsewhere_and_a_complaint_has_its_own_route(engine: str) -> None:
    steps = {"answer": {"work": "10 min", "resolves": 0}, "expert": {"work": "5 min"}}
    behaviour = {"p_recontact": 1, "recontact_after": "60 min"}
    tree = tiny({"a": 0}, steps, behaviour=behaviour, reasons={"a": {"repeats_at": "expert"}})
    assert play(tree, 200.0, engine).log("kind", "step", "began") == [
        ("first", "answer", 0.0),
        ("repeat", "expert", 70.0),
    ]
    tree = tiny(
        {"a": 0},
        {"answer": steps["answer"]},
        behaviour={**behaviour, "p_complain": 1, "complaint": "grief"},
        reasons={"grief": {"route": "g", "channels": {"phone": 1}}},
        routes={"g": {"listen": {"team": "desk", "work": "20 min"}}},
    )
    seen = play(tree, 200.0, engine)
    assert seen.log("case", "reason", "kind", "step", "began", "ended") == [
        ("a", "a", "first", "answer", 0.0, 10.0),
        ("a", "grief", "complaint", "listen", 70.0, 90.0),
    ]
    assert seen.efforts() == [(70.0, "complaint", 0.40)]
    assert seen.contact(ContactColumn.COMPLAINT, "grief") == 1


def test_withdrawal(engine: str) -> None:
    # after 100 min the customer leaves: the case is at the supplier (10-1000)
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": "wait"},
            "wait": {"delay": "1000 min", "next": "tell"},
            "tell": {"work": "1 min"},
        },
        reasons={"a": {"withdrawal": {"after": "100 min", "margin_lost": 50}, "margin": 80}},
    )
    seen = play(tree, 2000.0, engine)
    assert seen.log("step", "outcome") == [("answer", "done")]
    assert seen.case(CaseColumn.WITHDRAWN) == 1
    assert seen.case(CaseColumn.MARGIN_LOST) == 50
    assert seen.case(CaseColumn.MARGIN) == 0
    assert seen.case(CaseColumn.END_TO_END) == 100 / DAY
    assert seen.efforts() == [(100.0, "unresolved", 1.0)]


def test_a_withdrawal_waits_while_somebody_is_on_it_and_takes_a_queued_visit_along(engine: str) -> None:
    # at 5 the desk is on it: the customer looks again at 65, when it waits for the back office (busy with b 0-500)
    tree = tiny(
        {"b": 0, "a": 0},
        {"answer": {"work": "10 min", "next": "check"}, "check": {"team": "back", "work": "500 min"}},
        reasons={"a": {"withdrawal": {"after": "5 min"}}, "b": {"enters": {"phone": "check"}}},
        teams={"back": crew(1)},
    )
    seen = play(tree, 600.0, engine)
    assert seen.log("case", "step", "queued", "began", "ended", "outcome") == [
        ("a", "answer", 0.0, 0.0, 10.0, "done"),
        ("a", "check", 10.0, None, 65.0, "withdrawn"),
        ("b", "check", 0.0, 0.0, 500.0, "done"),
    ]


def test_a_symptom_only_solution_comes_back_as_a_new_case(engine: str) -> None:
    # comes back 100 min after each resolution while its own number is below the chance; the number keeps its origin
    tree = tiny(
        {"a": 0},
        {"answer": {"work": "10 min"}},
        reasons={"a": {"comes_back": {"p": 0.6, "after": "100 min"}}},
    )
    seen = play(tree, 110.0 * 20, engine)
    n, again = 0, []
    while random_number.of_case(Purpose.COMES_BACK, case=A, number=n << 48) < 0.6:
        n += 1
        again.append((n << 48, 110.0 * n))
    assert seen.log("number", "began") == [(0, 0.0), *again]
    assert seen.case(CaseColumn.CAME_BACK) == n
    assert seen.case(CaseColumn.OPENED) == n + 1


def test_misroute_and_back(engine: str) -> None:
    # misrouted to advice (1 min), transferred back: three transfers would be two here
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": {"wrong": {"p": 1, "kind": "misroute", "transfer": "cold"}}},
            "wrong": {"team": "advice", "work": "1 min", "next": {"right": {"p": 1, "transfer": "cold"}}},
            "right": {"work": "5 min"},
        },
        teams={"advice": crew(1)},
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("step", "began", "ended") == [("answer", 0.0, 10.0), ("wrong", 10.0, 11.0), ("right", 11.0, 16.0)]
    assert seen.step("answer", StepColumn.MISROUTES) == 1
    assert seen.contact(ContactColumn.MISROUTED) == 1
    assert seen.case(CaseColumn.TRANSFERS) == 2
    assert (seen.step("wrong", StepColumn.HANDOFFS), seen.step("right", StepColumn.HANDOFFS)) == (1, 1)


def test_back_to_the_same_team_after_a_delay_is_no_handoff(engine: str) -> None:
    tree = tiny(
        {"a": 0},
        {
            "answer": {"work": "10 min", "next": "wait"},
            "wait": {"delay": "1 h", "next": "tell"},
            "tell": {"work": "5 min"},
        },
    )
    seen = play(tree, 100.0, engine)
    assert seen.step("tell", StepColumn.HANDOFFS) == 0


def test_internal_sla_counts_from_the_queue_to_the_end_of_the_step(engine: str) -> None:
    # 30 minutes of internal SLA: a 0-20 keeps it, b 1-40 misses it
    tree = tiny({"a": 0, "b": 1}, {"answer": {"work": "20 min", "internal_sla": "30 min"}})
    assert play(tree, 100.0, engine).step("answer", StepColumn.SLA_MISSED) == 1


def test_shares_may_depend_on_segment_and_channel(engine: str) -> None:
    steps = {
        "answer": {
            "work": "1 min",
            "next": {"x": {"p": 0, "by_channel": {"phone": 1}}, "y": {"p": 1, "by_channel": {"phone": 0}}},
        },
        "x": {"work": "1 min"},
        "y": {"work": "1 min"},
    }
    tree = tiny(
        {"a": 0, "b": 5},
        steps,
        channels={"mail": {"presence": "absent"}},
        reasons={"b": {"channels": {"phone": None, "mail": 1}}},
    )
    assert play(tree, 100.0, engine).log("case", "step") == [("a", "answer"), ("a", "x"), ("b", "answer"), ("b", "y")]
