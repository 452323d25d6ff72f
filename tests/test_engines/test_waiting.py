"""Waiting, worked out on paper: who is served when, who leaves, who is turned away, who tries again.

Times are minutes after Monday 10:00.  Unless stated otherwise the desk has one agent, and a contact's work is constant.
"""

from __future__ import annotations

import pytest

from cxsim.calendars.constants import WEEK
from cxsim.measures.reading import Reading
from cxsim.measures.standards import called_back_in_time, service_level
from cxsim.measures.sums import contact_measures, team_measures
from cxsim.organisation import read_organisation
from cxsim.state.tally import CaseColumn, ContactColumn, StepColumn, TeamColumn
from observed import Observed
from worlds import TEN, WARM_UP_WEEKS, Tree, both_engines, crew, merged, play, tiny

pytestmark = both_engines
ONE, TWO = "desk-1", "desk-2"
START = -TEN - WARM_UP_WEEKS * WEEK
"""When the run begins."""
WORK = {"answer": {"work": "10 min"}}


def test_first_come_first_served(engine: str) -> None:
    # calls at 0, 7, 14, 21; each takes 10: served 0-10, 10-20, 20-30, 30-40
    seen = play(tiny({"a": 0, "b": 7, "c": 14, "d": 21}, WORK), 35.0, engine)
    assert seen.log() == [
        ("a", "answer", ONE, 0.0, 0.0, 10.0, "done"),
        ("b", "answer", ONE, 7.0, 10.0, 20.0, "done"),
        ("c", "answer", ONE, 14.0, 20.0, 30.0, "done"),
    ]
    assert (seen.case(CaseColumn.OPENED), seen.case(CaseColumn.UNFINISHED)) == (4, 1)
    assert seen.step("answer", StepColumn.SERVED_WAIT) == 0 + 3 + 6 + 9
    assert seen.step("answer", StepColumn.SERVED_WAIT_SQUARED) == 9 + 36 + 81
    assert seen.step("answer", StepColumn.WAITED) == 3
    # somebody waits 7-10 (b), 14-20 (c), 21-30 (d); busy 0-35
    assert seen.team("desk", TeamColumn.QUEUE) == 3 + 6 + 9
    assert seen.team("desk", TeamColumn.BUSY) == 35
    assert seen.contact(ContactColumn.SERVICE) == 30


def test_an_agent_takes_a_moment_to_answer(engine: str) -> None:
    # every answer takes 1: a comes at 0 to an idle agent, waits 1, served 1-11; b comes at 5, taken at 11, served 12-22
    tree = tiny({"a": 0, "b": 5}, WORK, channels={"phone": {"pick_up": "1 min"}})
    seen = play(tree, 60.0, engine)
    assert seen.log("case", "queued", "began", "ended") == [("a", 0.0, 1.0, 11.0), ("b", 5.0, 12.0, 22.0)]
    assert seen.step("answer", StepColumn.WAITED) == 2  # a found somebody free, and waited all the same
    assert seen.step("answer", StepColumn.SERVED_WAIT) == 1 + 7
    assert seen.contact(ContactColumn.SERVICE) == 20
    assert seen.team("desk", TeamColumn.BUSY) == 22  # the agent is taken while it rings


def test_patience_runs_out(engine: str) -> None:
    # a 0-20; b comes at 5 and waits 10: gone at 15; c comes at 12, would wait until 22: served 20-40
    tree = tiny({"a": 0, "b": 5, "c": 12}, {"answer": {"work": "20 min"}}, channels={"phone": {"patience": "10 min"}})
    seen = play(tree, 60.0, engine)
    assert seen.log() == [
        ("b", "answer", None, 5.0, None, 15.0, "abandoned"),
        ("a", "answer", ONE, 0.0, 0.0, 20.0, "done"),
        ("c", "answer", ONE, 12.0, 20.0, 40.0, "done"),
    ]
    assert seen.contact(ContactColumn.ABANDONED_WAIT) == 10
    assert seen.contact(ContactColumn.WAIT) == 10 + 8
    assert seen.contact(ContactColumn.LOST) == 1
    assert seen.case(CaseColumn.GAVE_UP) == 1


def test_a_reason_has_its_own_patience_and_a_segment_its_factor(engine: str) -> None:
    # a 0-20; b waits 3 x 2 (segment): 1-7; c waits 10 x 2: 2-22, served at 20
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "20 min"}},
        channels={"phone": {"patience": "10 min"}},
        reasons={"b": {"patience": "3 min"}},
        segments={"all": {"patience": 2}},
    )
    assert play(tree, 60.0, engine).log("case", "ended", "outcome") == [
        ("b", 7.0, "abandoned"),
        ("a", 20.0, "done"),
        ("c", 40.0, "done"),
    ]


def test_patience_that_ends_as_the_agent_is_free_is_served(engine: str) -> None:
    # a 0-10; b comes at 4 with patience 6: both at 10; the end of service comes first
    tree = tiny({"a": 0, "b": 4}, WORK, channels={"phone": {"patience": "6 min"}})
    assert play(tree, 60.0, engine).log("case", "began", "outcome") == [("a", 0.0, "done"), ("b", 10.0, "done")]


def test_who_finds_everybody_busy_may_not_join(engine: str) -> None:
    # everyone balks: b (agent busy) turns away at once, c (agent idle at 10) is served
    tree = tiny({"a": 0, "b": 5, "c": 12}, WORK, channels={"phone": {"p_balk": 1}})
    seen = play(tree, 60.0, engine)
    assert seen.log() == [
        ("b", "answer", None, 5.0, None, 5.0, "balked"),
        ("a", "answer", ONE, 0.0, 0.0, 10.0, "done"),
        ("c", "answer", ONE, 12.0, 12.0, 22.0, "done"),
    ]
    assert seen.contact(ContactColumn.BALKED) == 1
    assert seen.contact(ContactColumn.QUEUED) == 2


def test_full_lines_block(engine: str) -> None:
    # two lines: a served, b waits, c (at 6) finds both taken; d (at 11) finds one free again
    tree = tiny({"a": 0, "b": 5, "c": 6, "d": 11}, WORK, channels={"phone": {"lines": 2}})
    seen = play(tree, 60.0, engine)
    assert seen.log("case", "queued", "began", "ended", "outcome") == [
        ("c", 6.0, None, 6.0, "blocked"),
        ("a", 0.0, 0.0, 10.0, "done"),
        ("b", 5.0, 10.0, 20.0, "done"),
        ("d", 11.0, 20.0, 30.0, "done"),
    ]
    assert seen.run.state.channel_load.tolist() == [0]


@pytest.mark.parametrize(("places", "turned_away"), [(0, {"b", "c"}), (1, {"c"}), (2, set())])
def test_a_team_has_places_to_wait(engine: str, places: int, turned_away: set[str]) -> None:
    tree = tiny({"a": 0, "b": 5, "c": 6}, WORK, teams={"desk": {"places": places}})
    seen = play(tree, 60.0, engine)
    assert {case for case, outcome in seen.log("case", "outcome") if outcome == "blocked"} == turned_away


def test_redial_until_given_up(engine: str) -> None:
    # a holds the only agent until 100; b: patience 5, redials 10 after each loss, for ever
    # b: 2-7 lost, 17-22 lost, 32-37 lost, ...: attempts at 2 + 15 k; the seventh (92) is lost at 97, the eighth at 107
    # finds a free agent
    tree = tiny(
        {"a": 0, "b": 2},
        {"answer": {"work": "100 min"}},
        channels={"phone": {"patience": "5 min"}},
        behaviour={"p_redial": 1, "redial_after": "10 min"},
    )
    seen = play(tree, 300.0, engine)
    assert (
        seen.log("case", "attempt", "queued", "ended", "outcome")
        == [
            *(("b", k, 2.0 + 15 * k, 7.0 + 15 * k, "abandoned") for k in range(7)),
            ("a", 0, 0.0, 100.0, "done"),
            ("b", 7, 107.0, 207.0, "done"),
        ][:9]
    )
    assert seen.contact(ContactColumn.REDIALS) == 7
    assert seen.contact(ContactColumn.ATTEMPTS) == 9
    assert seen.contact(ContactColumn.FIRST) == 2
    assert seen.case(CaseColumn.CONTACTS) == 9
    assert seen.case(CaseColumn.FIRST_RESOLVED) == 2  # the first *handled* contact resolves


def test_blocked_and_balked_redial_too(engine: str) -> None:
    # a 0-10; b at 5 finds no place, redials after 10: 15-25
    tree = tiny(
        {"a": 0, "b": 5},
        WORK,
        teams={"desk": {"places": 0}},
        behaviour={"p_redial": 1, "redial_after": "10 min"},
    )
    assert play(tree, 60.0, engine).log("case", "attempt", "queued", "began", "outcome") == [
        ("b", 0, 5.0, None, "blocked"),
        ("a", 0, 0.0, 0.0, "done"),
        ("b", 1, 15.0, 15.0, "done"),
    ]


def test_smaller_priority_number_first_then_age(engine: str) -> None:
    # a 0-10; then by priority: d (0), b (1), c (1)
    tree = tiny(
        {"a": 0, "b": 1, "c": 2, "d": 3},
        WORK,
        reasons={"a": {"priority": 1}, "b": {"priority": 1}, "c": {"priority": 1}, "d": {"priority": 0}},
    )
    assert [case for (case,) in play(tree, 60.0, engine).log("case")] == ["a", "d", "b", "c"]


def test_customers_of_a_segment_may_come_first(engine: str) -> None:
    # a 0-10; then d and e, whose segment has priority -2, d's reason 1: e (-2), d (-1), b (0), c (1)
    starts = {name: f"{WARM_UP_WEEKS * WEEK + TEN + at} min" for name, at in (("d", 3), ("e", 4))}
    dear = {name: {"arrivals": {"dear": {"interarrival": at}}} for name, at in starts.items()}
    tree = tiny({"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}, WORK, reasons={"c": {"priority": 1}, "d": {"priority": 1}})
    tree["segments"]["dear"] = {"customers": 10, "priority": -2}
    for name, of in dear.items():
        tree["reasons"][name] |= of
    assert [case for (case,) in play(tree, 80.0, engine).log("case")] == ["a", "e", "d", "b", "c"]


def test_a_step_may_have_its_own_priority(engine: str) -> None:
    # all reasons have priority 0, but cases of route r wait at `answer` with priority 5, those of `s` at `other` with 1
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "10 min", "priority": 5}},
        reasons={"c": {"route": "s"}},
        routes={"s": {"other": {"team": "desk", "work": "10 min", "priority": 1}}},
    )
    assert [case for (case,) in play(tree, 60.0, engine).log("case")] == ["a", "c", "b"]


def test_earliest_promise_first(engine: str) -> None:
    # a 0-10; b opened at 1 promised within 3 d, c at 2 within 1 d: c first
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        WORK,
        teams={"desk": {"order": "due"}},
        reasons={"b": {"promise": {"within": "3 d"}}, "c": {"promise": {"within": "1 d"}}},
    )
    assert [case for (case,) in play(tree, 60.0, engine).log("case")] == ["a", "c", "b"]


def test_call_back_keeps_its_place_and_has_no_patience(engine: str) -> None:
    # a 0-20; b at 1: predicted wait (0 waiting + 1) x 20 / 1 agent = 20 > 10, accepts; c at 2 too (40 > 10)
    # patience would end at 6 and 7; called back in the order of age at 20 and 40
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "20 min"}},
        channels={
            "phone": {
                "patience": "5 min",
                "lines": 2,
                "call_back": {"when_wait_over": "10 min", "p_accept": 1, "within": "30 min"},
            }
        },
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "queued", "began", "ended", "outcome") == [
        ("a", 0.0, 0.0, 20.0, "done"),
        ("b", 1.0, 20.0, 40.0, "done"),
        ("c", 2.0, 40.0, 60.0, "done"),
    ]  # c is not blocked: b had hung up
    assert seen.contact(ContactColumn.CALL_BACKS) == 2
    assert seen.case(CaseColumn.PERCEIVED_WAIT) == 0  # nobody waited on the line
    assert seen.contact(ContactColumn.CALLED_BACK) == 2
    assert seen.contact(ContactColumn.CALL_BACK_WAIT) == 19 + 38
    assert seen.contact(ContactColumn.CALLED_BACK_IN_TIME) == 1
    found = contact_measures(seen.run.tally.contact_sums.sum(axis=(0, 1, 2)), 1.0)
    assert (found["wait"], found["wait_all"], found["waiting_share"]) == (0.0, 0.0, 0.0)
    assert found["call_back_wait"] == pytest.approx(28.5 / 60)
    assert (found["called_back_share"], found["service_time"]) == (100.0, 20 * 60.0)
    assert seen.run.tally.wait_bins.sum() == 1  # a's


def test_no_call_back_is_offered_when_the_wait_is_short(engine: str) -> None:
    # predicted for b: 1 x 20 / 1 = 20, not over 20
    tree = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "20 min"}},
        channels={"phone": {"patience": "5 min", "call_back": {"when_wait_over": "20 min", "p_accept": 1}}},
    )
    assert play(tree, 100.0, engine).log("case", "outcome") == [("b", "abandoned"), ("a", "done")]


@pytest.mark.parametrize(("over", "outcome", "began"), [(9, "done", 20.0), (10, "abandoned", None)])
def test_the_predicted_wait_is_shared_by_the_agents_on_duty(
    engine: str, over: int, outcome: str, began: float | None
) -> None:
    # three agents, two of them on duty at 10:00 (weights 2 : 1). a 0-20, b 1-21; c at 2 is the only one waiting: its
    # predicted wait is (0 waiting + 1) x 20 / 2 = 10, and not 20 (one agent) nor 6.7 (all who are employed).
    # Over 9: called back at 20. Not over 10: no offer, and patience ends at 2 + 5
    shifts = {
        "early": {"hours": {"mon-sun": "08:00-12:00"}, "weight": 2},
        "late": {"hours": {"mon-sun": "12:00-16:00"}, "weight": 1},
    }
    offer = {"when_wait_over": f"{over} min", "p_accept": 1}
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "20 min"}},
        channels={"phone": {"patience": "5 min", "call_back": offer}},
        teams={"desk": {"agents": 3, "shifts": {"all": None, **shifts}}},
    )
    finished = play(tree, 100.0, engine)
    assert [row for row in finished.log("case", "began", "outcome") if row[0] == "c"] == [("c", began, outcome)]
    assert finished.contact(ContactColumn.CALL_BACKS) == (outcome == "done")


def test_a_call_back_that_misses_is_tried_again_then_lost(engine: str) -> None:
    # a 0-20; b accepts at 1; tries at 20-21 (nobody answers: 1 min), 30 later 51-52, then given up
    tree = tiny(
        {"a": 0, "b": 1},
        {"answer": {"work": "20 min"}},
        channels={
            "phone": {
                "call_back": {
                    "when_wait_over": "10 min",
                    "p_accept": 1,
                    "p_reached": 0,
                    "tries": 2,
                    "retry_after": "30 min",
                }
            }
        },
    )
    seen = play(tree, 100.0, engine)
    assert seen.log("case", "queued", "began", "ended", "outcome") == [
        ("a", 0.0, 0.0, 20.0, "done"),
        ("b", 1.0, 20.0, 21.0, "missed"),
        ("b", 1.0, 51.0, 52.0, "missed"),
    ]
    assert seen.case(CaseColumn.GAVE_UP) == 1
    assert seen.contact(ContactColumn.ABANDONED) == 0  # we gave up, not the customer
    assert seen.contact(ContactColumn.CALL_BACKS_MISSED) == 1
    assert contact_measures(seen.run.tally.contact_sums.sum(axis=(0, 1, 2)), 1.0)["called_back_share"] == 0.0
    assert seen.contact(ContactColumn.SERVED) == 1
    assert seen.step("answer", StepColumn.MISSED_CALLS) == 2
    assert seen.step("answer", StepColumn.SERVED) == 3  # taken by an agent three times


def test_mail_waits_without_patience(engine: str) -> None:
    # the channel is absent: patience does not count, nor do lines; both mails wait behind the call
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "60 min"}},
        channels={"mail": {"presence": "absent", "patience": "1 min", "lines": 1, "p_balk": 1}},
        reasons={"b": {"channels": {"phone": None, "mail": 1}}, "c": {"channels": {"phone": None, "mail": 1}}},
    )
    seen = play(tree, 200.0, engine)
    assert seen.log("case", "began", "ended", "outcome") == [
        ("a", 0.0, 60.0, "done"),
        ("b", 60.0, 120.0, "done"),
        ("c", 120.0, 180.0, "done"),
    ]
    assert seen.contact(ContactColumn.QUEUED) == 1  # contact waits are of customers who are there
    assert seen.step("answer", StepColumn.QUEUED) == 3
    assert seen.case(CaseColumn.PERCEIVED_WAIT) == 0


def test_chat_three_at_once_slower_by_load(engine: str) -> None:
    # one agent, three chats at once, each other chat at the start makes it a tenth longer: a 0-10, b 1-12 (x 1.1),
    # c 2-14 (x 1.2), d waits for a's end: 10-22 (two others: x 1.2)
    tree = tiny(
        {"a": 0, "b": 1, "c": 2, "d": 3},
        WORK,
        channels={"phone": {"at_once": 3, "load_slowdown": 0.1}},
    )
    seen = play(tree, 60.0, engine)
    assert seen.log("case", "began", "ended") == [
        ("a", 0.0, 10.0),
        ("b", 1.0, 12.0),
        ("c", 2.0, 14.0),
        ("d", 10.0, 22.0),
    ]
    assert seen.team("desk", TeamColumn.BUSY) == 22
    assert seen.team("desk", TeamColumn.CONTACTS_HELD) == 10 + 11 + 12 + 12


def test_chats_go_to_the_empty_agent_first_and_calls_need_one(engine: str) -> None:
    # two agents. chat a -> 1 (both idle since the start, lowest number), chat b -> 2 (empty before loaded), chat c -> 1
    # (both hold one; idle longer), call d at 3 needs an empty agent: b ends at 11, so agent 2 takes d
    tree = tiny(
        {"a": 0, "b": 1, "c": 2, "d": 3},
        WORK,
        channels={"chat": {"presence": "present", "at_once": 2}},
        reasons={name: {"channels": {"phone": None, "chat": 1}} for name in "abc"},
        teams={"desk": crew(2)},
    )
    assert play(tree, 60.0, engine).log("case", "agent", "began", "ended") == [
        ("a", ONE, 0.0, 10.0),
        ("b", TWO, 1.0, 11.0),
        ("c", ONE, 2.0, 12.0),
        ("d", TWO, 11.0, 21.0),
    ]


def test_closed_channel_waits_for_the_opening(engine: str) -> None:
    # open 12:00-14:00 (120-240): a comes at 0, is there at 120 + 5; b at 241 comes back on Tuesday 12:05
    tree = tiny(
        {"a": 0, "b": 241},
        WORK,
        channels={"phone": {"opens": {"mon-sun": "12:00-14:00"}, "after_opening": "5 min"}},
    )
    seen = play(tree, 2000.0, engine)
    assert seen.log("case", "queued", "ended") == [("a", 125.0, 135.0), ("b", 1440.0 + 125, 1440.0 + 135)]
    assert seen.case(CaseColumn.END_TO_END) == pytest.approx(20 / 1440)  # a case counts from its first contact on


@pytest.mark.parametrize(("after", "comes"), [(150, 1440.0 + 150), (120, 1440.0 + 120), (500, 4 * 1440.0 + 140)])
def test_who_does_not_manage_before_closing_goes_on_at_the_next_opening(engine: str, after: int, comes: float) -> None:
    # open 12:00-14:00, two hours a day: `after` counts in opening hours
    hours = {"opens": {"mon-sun": "12:00-14:00"}, "after_opening": f"{after} min"}
    assert play(tiny({"a": 0}, WORK, channels={"phone": hours}), 9000.0, engine).log("queued") == [(comes,)]


def test_closed_channel_switches(engine: str) -> None:
    # the phone is closed: the customer writes instead, which costs effort
    tree = tiny(
        {"a": 0},
        WORK,
        channels={
            "phone": {"opens": {"mon-sun": "12:00-14:00"}, "when_closed": "mail"},
            "mail": {"presence": "absent"},
        },
    )
    seen = play(tree, 60.0, engine)
    assert seen.log("channel", "queued", "ended") == [("mail", 0.0, 10.0)]
    assert seen.efforts() == [(0.0, "channel_switch", 0.20)]


def test_who_wants_a_closed_channel_when_the_other_is_closed_too_waits(engine: str) -> None:
    tree = tiny(
        {"a": 0},
        WORK,
        channels={
            "phone": {"opens": {"mon-sun": "12:00-14:00"}, "when_closed": "mail"},
            "mail": {"presence": "absent", "opens": {"mon-sun": "13:00-14:00"}},
        },
    )
    assert play(tree, 600.0, engine).log("channel", "queued") == [("phone", 120.0)]


def test_a_call_that_got_in_before_closing_is_served_after_it(engine: str) -> None:
    # closes at 11:00 (60): a 55-65
    tree = tiny({"a": 55}, WORK, channels={"phone": {"opens": {"mon": "10:00-11:00"}}})
    assert play(tree, 600.0, engine).log("began", "ended") == [(55.0, 65.0)]


def test_one_customer_one_open_case(engine: str) -> None:
    # a segment of one customer: candidates every 7 minutes, but no new case while one is open: 7-17, 21-31, 35-45
    # (14 and 28 are dropped, but counted: case numbers 0, 2, 4)
    tree = tiny({"a": "7 min"}, WORK, segments={"all": {"customers": 1}}, reasons={"a": {"one_open_case": True}})
    seen = play(tree, START + 50, engine)
    assert seen.log("number", "queued", "ended") == [
        (0, START + 7, START + 17),
        (2, START + 21, START + 31),
        (4, START + 35, START + 45),
    ]


def test_extra_demand_follows_the_distribution_of_gaps(engine: str) -> None:
    # one every 12 h, and half as many on top: one every 24 h, counted from the start of the warm-up, a whole number of
    # days before Monday 00:00
    tree = tiny({"a": "720 min"}, {"answer": {"work": "1 min"}}, teams={"desk": crew(2)}, reasons={"a": {"added": 0.5}})
    queued = [at for (at,) in play(tree, 1000.0, engine).log("queued") if at >= -TEN]
    assert queued == [-TEN, -TEN, 120.0, 840.0, 840.0]
    without = merged(tree, {"reasons": {"a": {"added": None}}})
    assert [at for (at,) in play(without, 1000.0, engine).log("queued") if at >= -TEN] == [-TEN, 120.0, 840.0]


def reading(seen: Observed, tree: Tree) -> Reading:
    """The week of time 0 as measures read it."""
    return Reading(seen.run.tally, seen.names, seen.timeline, read_organisation(tree), 1, WARM_UP_WEEKS)


@pytest.mark.parametrize(("rule", "level", "met"), [("counted", 200 / 3, 1), ("left_out", 100.0, 2), ("met", 100.0, 2)])
def test_who_abandons_within_the_standard_counts_as_it_states(engine: str, rule: str, level: float, met: int) -> None:
    # a 0-20; b comes at 5 and leaves at 6, within the standard of 2; c at 40 is answered at once.  Half-hours:
    # 10:00 has a and b, 10:30 has c
    standard = {"within": "2 min", "share": 0.8, "short_abandons": rule}
    tree = tiny(
        {"a": 0, "b": 5, "c": 40},
        {"answer": {"work": "20 min"}},
        channels={"phone": {"patience": "1 min"}},
        teams={"desk": {"standard": standard}},
    )
    seen = play(tree, WEEK - TEN, engine)
    served, asked = service_level(reading(seen, tree)).sum(axis=(0, 1))
    assert 100.0 * served / asked == pytest.approx(level)
    assert (seen.team("desk", TeamColumn.INTERVALS), seen.team("desk", TeamColumn.INTERVALS_MET)) == (2, met)
    assert seen.contact(ContactColumn.ABANDONED_IN_STANDARD) == 1
    found = team_measures(seen.run.tally.team_sums.sum(axis=(0, 1)), 1.0, 40.0)
    assert found["intervals_met"] == 50.0 * met


@pytest.mark.parametrize(("blocked", "level", "met"), [(False, 100.0, 2), (True, 200 / 3, 1)])
def test_who_is_turned_away_counts_where_the_standard_states_it(
    engine: str, blocked: bool, level: float, met: int
) -> None:
    # a 0-20; b comes at 5 and finds no place to wait; c comes at 40
    standard = {"within": "2 min", "blocked": blocked}
    tree = tiny(
        {"a": 0, "b": 5, "c": 40}, {"answer": {"work": "20 min"}}, teams={"desk": {"places": 0, "standard": standard}}
    )
    seen = play(tree, WEEK - TEN, engine)
    served, asked = service_level(reading(seen, tree)).sum(axis=(0, 1))
    assert 100.0 * served / asked == pytest.approx(level)
    assert (seen.team("desk", TeamColumn.INTERVALS), seen.team("desk", TeamColumn.INTERVALS_MET)) == (2, met)


def test_half_hours_are_those_in_which_the_wait_ends(engine: str) -> None:
    # a 0-40; b waits from 20 to 40, longer than 10 minutes, and is of the half-hour 10:30; c at 95 is of 11:30
    tree = tiny(
        {"a": 0, "b": 20, "c": 95}, {"answer": {"work": "40 min"}}, teams={"desk": {"standard": {"within": "10 min"}}}
    )
    seen = play(tree, WEEK - TEN, engine)
    assert (seen.team("desk", TeamColumn.INTERVALS), seen.team("desk", TeamColumn.INTERVALS_MET)) == (3, 2)


def test_call_backs_are_in_no_service_level_but_have_a_promise(engine: str) -> None:
    # a 0-20; b and c are called back after 19 and 38 minutes: half of them within half an hour
    offer = {"when_wait_over": "10 min", "p_accept": 1, "within": "30 min"}
    tree = tiny(
        {"a": 0, "b": 1, "c": 2},
        {"answer": {"work": "20 min"}},
        channels={"phone": {"call_back": offer}},
        teams={"desk": {"standard": {"within": "1 min"}}},
    )
    seen = play(tree, WEEK - TEN, engine)
    assert service_level(reading(seen, tree)).sum(axis=(0, 1)).tolist() == [1.0, 1.0]
    assert called_back_in_time(reading(seen, tree)) == (1.0, 2.0)
    del offer["within"]
    assert called_back_in_time(reading(play(tree, WEEK - TEN, engine), tree)) == (0.0, 0.0)  # nothing is promised
