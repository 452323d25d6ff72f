"""Every kind of intervention, against organisations worked out by hand."""

from __future__ import annotations

import ast
import inspect
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.files.problems import Problems
from cxsim.organisation import Organisation, read_organisation
from cxsim.probability.moments import mean_of, variance_of
from cxsim.scenario import changes
from cxsim.scenario.interventions import KINDS, Intervention, kind_of, read_intervention
from organisations import small_bank
from worlds import merged

COMPLAINTS = {
    "reasons": {"complaint": {"kind": "failure", "route": "complaint"}},
    "routes": {"complaint": {"hear": {"team": "front_line", "work": "10 min"}}},
    "behaviour": {"complaint": "complaint"},
}
BANK = read_organisation(merged(small_bank(), COMPLAINTS | {"recovery": {"cause": 0.5}}))

EXAMPLES: dict[str, dict[str, Any]] = {
    "staff": {"team": "front_line", "change": 2},
    "merge_teams": {"teams": ["lending", "board"], "into": "credit"},
    "split_team": {"team": "front_line", "into": "loans", "agents": 2, "steps": {"loan": ["intake", "tell"]}},
    "move_step": {"route": "loan", "step": "approve", "to": "lending"},
    "remove_step": {"route": "loan", "step": "bureau"},
    "add_step": {"route": "loan", "name": "sign", "step": {"delay": "1 d"}, "before": "tell", "share": 0.5},
    "automate_step": {"route": "loan", "step": "check", "takes": "1 min", "p_done": 0.75},
    "speed_up": {"team": "front_line", "by": 0.25, "resolves": -0.05},
    "merge_steps": {"route": "loan", "steps": ["check", "decide"], "into": "both", "control": "replaced"},
    "decision_right": {"who": "lending", "may": "loan_decision", "share": 0.9},
    "escalation_protocol": {"route": "loan", "within": "4 working hours"},
    "routing": {"route": "loan", "step": "decide", "next": {"check": 0.02}},
    "skills": {"team": "front_line", "also": ["lending.lending"], "share": 0.5},
    "call_back": {"channel": "phone", "when_wait_over": "3 min", "p_accept": 0.4},
    "self_service": {"reasons": ["limit"], "channel": "web", "share": 0.5},
    "standard": {"team": "front_line", "within": "20 s"},
    "promise": {"reason": "loan", "within": "3 working days"},
    "proactive_update": {"route": "loan", "every": "2 working days"},
    "prevent_demand": {"reasons": ["limit"], "share": 0.3},
    "add_demand": {"reasons": ["loan"], "share": 0.1},
    "batch_work": {"route": "loan", "steps": ["check"], "every": "1 working day", "saves": 0.1},
    "own_target": {"team": "lending", "faster": 0.1, "order": "target"},
    "shared_outcome": {"teams": ["lending", "board"], "order": "due"},
    "supplier": {"supplier": "credit_bureau", "shorter": 0.3},
    "training": {"team": "front_line", "uplift": {"service": 0.4}, "hours": "16 h"},
    "cross_train": {"teams": ["front_line", "lending"], "share": 0.5, "hours": "8 h", "serve": ["lending"]},
    "pressure": {"teams": ["front_line"], "suppliers": ["credit_bureau"], "to": 0.8},
    "hiring": {"teams": ["lending"], "frozen": True, "takes": "12 weeks", "newcomer": -0.2},
    "recovery": {"cause": 0.8, "empathy": 0.7, "after_failure": 0.5, "promise": "2 working days"},
    "goodwill": {"who": "front_line", "limit": 40, "p_error": 0.02},
    "proactive_recovery": {"team": "lending", "share": 0.4},
    "closed_loop": {"team": "front_line"},
    "set": {"behaviour.p_redial": 0.6},
}
"""One of every kind."""


def applied(kind: str, organisation: Organisation = BANK, **values: Any) -> Organisation:
    return read_intervention(kind, values).apply(organisation)


def refused(kind: str, organisation: Organisation = BANK, **values: Any) -> list[str]:
    with pytest.raises(Problems) as fault:
        applied(kind, organisation, **values)
    return [str(p) for p in fault.value.problems]


def differences(organisation: Organisation) -> dict[str, tuple[Any, Any]]:
    return {c.name: (c.before, c.after) for c in changes(BANK, organisation)}


def test_there_is_an_example_of_every_kind() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_changes_the_organisation_not_its_input_and_reports_it(kind: str) -> None:
    before = deepcopy(BANK.tree)
    values = deepcopy(EXAMPLES[kind])
    intervention = read_intervention(kind, values)
    after = intervention.apply(BANK)
    assert BANK.tree == before
    assert values == EXAMPLES[kind]
    assert changes(BANK, after)
    assert read_organisation(after.tree).tree == after.tree
    for message in (intervention.describe(), intervention.describe(BANK)):
        assert message.endswith(".")
        assert "\n" not in message
        assert "_" not in message.replace("p_redial", "")
    assert kind_of(intervention) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_fields_are_refused_with_the_nearest_name(kind: str) -> None:
    if kind == "set":
        assert refused("set", **{"behaviour.p_redail": 0.6}) == [
            "behaviour.p_redail: unknown name 'p_redail' in 'behaviour'; did you mean 'p_redial'?"
        ]
        return
    field = next(iter(EXAMPLES[kind]))
    values = {**EXAMPLES[kind], field + "x": 1}
    assert any(f"did you mean '{field}'?" in text for text in refused(kind, **values))


NOTHING: dict[str, dict[str, Any]] = {
    "staff": {"team": "front_line", "agents": 6, "weights": {"early": 2}},
    "move_step": {"route": "loan", "step": "check", "to": "lending"},
    "speed_up": {"team": "front_line", "by": 0.0},
    "decision_right": {"who": "lending", "may": "loan_decision", "share": 0.5},
    "routing": {"route": "loan", "step": "decide", "next": {"tell": 0.92}},
    "skills": {"team": "front_line", "skills": ["service", "loans"]},
    "self_service": {"reasons": ["limit"], "channel": "web", "share": 0.0},
    "promise": {"reason": "loan", "within": "5 working days"},
    "batch_work": {"route": "loan", "steps": ["check", "decide"], "every": "0 min"},
    "own_target": {"team": "lending", "order": "age"},
    "shared_outcome": {"teams": ["lending", "front_line"], "order": "age"},
    "supplier": {"supplier": "credit_bureau"},
    "prevent_demand": {"reasons": ["limit"], "share": 0.0},
    "add_demand": {"reasons": ["limit"], "share": 0.0},
    "cross_train": {"teams": ["front_line", "lending"], "share": 0.0, "hours": "8 h"},
    "pressure": {"teams": ["front_line"], "suppliers": ["credit_bureau"], "to": 0.0},
    "hiring": {"teams": ["lending"], "frozen": False, "cost": 0, "newcomer": 0.0},
    "set": {"behaviour.p_redial": 0.5, "behaviour.p_recontact": 0.85, "behaviour.chasing.per_day": 0.05},
}


@pytest.mark.parametrize("kind", NOTHING)
def test_a_change_that_changes_nothing_gives_the_same_organisation(kind: str) -> None:
    assert applied(kind, **NOTHING[kind]) is BANK


def test_more_and_fewer_agents() -> None:
    assert differences(applied("staff", team="front_line", agents=9)) == {"teams.front_line.agents": (6, 9)}
    assert differences(applied("staff", team="front_line", change=-4)) == {"teams.front_line.agents": (6, 2)}
    assert refused("staff", team="board", change=-2) == ["change: team 'board' has 1 agents; 2 cannot go"]
    assert refused("staff", team="frontline", agents=3) == ["team: no team 'frontline'; did you mean 'front_line'?"]


def test_other_shifts_replace_the_baselines() -> None:
    after = applied("staff", team="board", shifts={"late": {"hours": {"mon": "12:00-20:00"}}})
    assert after.tree["teams"]["board"]["shifts"] == {"late": {"hours": {"mon": "12:00-20:00"}}}


def test_merged_teams_keep_agents_skills_rights_and_steps() -> None:
    after = applied("merge_teams", teams=["lending", "board"], into="credit")
    assert list(after.tree["teams"]) == ["front_line", "credit"]
    assert after.tree["teams"]["credit"] == {
        "department": "lending",
        "agents": 0,
        "joined": {"lending": 2, "board": 1},
        "shifts": {"day": {"hours": {"mon-fri": "09:00-17:00"}}},
        "skill_sets": {
            "lending": {"has": ["lending"], "weight": 2.0},
            "board": {"has": ["board"], "weight": 1.0},
        },
        "rights": {"loan_decision": {"share": 0.5}},
    }
    loan = after.routes["loan"]
    assert [loan[s].team for s in ("check", "decide", "approve")] == ["credit"] * 3
    assert loan["approve"].skill == "board"
    # cuts take own agents first, then those who joined last
    assert applied("staff", after, team="credit", change=-2).teams["credit"].joined == {
        "lending": 1,
        "board": 0,
    }


def test_merging_into_one_of_the_teams_weighs_shifts_by_heads() -> None:
    after = applied("merge_teams", teams=["front_line", "board"], into="front_line").teams["front_line"]
    assert (after.agents, after.joined) == (6, {"board": 1})
    assert {n: s.weight for n, s in after.shifts.items()} == {"early": 4.0, "late": 2.0, "day": 1.0}


def test_a_split_team_takes_agents_and_steps() -> None:
    after = applied(
        "split_team",
        team="front_line",
        into="loans",
        agents=2,
        skills=["loans"],
        steps={"loan": ["intake", "tell"]},
    )
    assert (after.teams["front_line"].agents, after.teams["loans"].agents) == (4, 2)
    assert after.teams["loans"].skills == ["loans"]
    assert [after.routes["loan"][s].team for s in ("intake", "tell")] == ["loans", "loans"]


def test_a_moved_step_keeps_its_skill_where_the_new_team_has_it() -> None:
    after = applied("move_step", route="loan", step="decide", to="front_line", skill="loans")
    assert differences(after) == {
        "routes.loan.decide.team": ("lending", "front_line"),
        "routes.loan.decide.skill": (None, "loans"),
    }
    assert refused("move_step", route="loan", step="decide", to="front_line", skill="loan") == [
        "skill: nobody in team 'front_line' has skill 'loan'; did you mean 'loans'?"
    ]


def test_removing_a_middle_step_multiplies_probabilities() -> None:
    tree = small_bank()
    tree["routes"]["loan"]["check"].pop("control")
    tree["routes"]["loan"]["documents"]["next"] = {"check": 0.5, "bureau": 0.25, "tell": 0.25}
    bank = read_organisation(tree)
    loan = applied("remove_step", bank, route="loan", step="check").routes["loan"]
    # documents: check 0.5 x (bureau 0.8, decide 0.2); rework from decide: 0.08 x the same
    assert {t: e.p for t, e in loan["documents"].next.items()} == pytest.approx(
        {"bureau": 0.25 + 0.5 * 0.8, "tell": 0.25, "decide": 0.5 * 0.2}
    )
    assert {t: e.p for t, e in loan["decide"].next.items()} == pytest.approx(
        {"tell": 0.92, "bureau": 0.064, "decide": 0.016}
    )


def test_removing_a_step_keeps_what_depends_on_the_segment() -> None:
    tree = small_bank()
    tree["routes"]["loan"]["intake"]["next"] = {"documents": {"p": 0.9, "by_segment": {"affluent": 0.5}}}
    bank = read_organisation(tree)
    edge = applied("remove_step", bank, route="loan", step="documents").routes["loan"]["intake"].next["check"]
    assert (edge.p, edge.by_segment) == (0.9, {"affluent": 0.5})


def test_the_last_step_leaves_its_chance_to_resolve_behind() -> None:
    tree = small_bank()
    tree["routes"]["loan"]["decide"]["escalates_to"] = "check"
    tree["routes"]["loan"]["check"]["next"] = {"bureau": 0.8, "decide": 0.1, "approve": 0.1}
    loan = applied("remove_step", read_organisation(tree), route="loan", step="tell").routes["loan"]
    assert (loan["decide"].resolves, loan["approve"].resolves) == (0.93, 0.93)
    assert {t: e.p for t, e in loan["decide"].next.items()} == {"check": 0.08}


def test_removing_the_first_step_starts_with_the_next() -> None:
    after = applied("remove_step", route="loan", step="intake")
    assert next(iter(after.routes["loan"])) == "documents"
    tree = small_bank()
    tree["routes"]["loan"]["intake"]["next"] = {"documents": 0.5, "tell": 0.5}
    message = refused("remove_step", read_organisation(tree), route="loan", step="intake")
    assert message[0].startswith("step: 'intake' is the first step of the route, but not exactly one step follows it")


def test_a_control_is_not_removed_without_its_replacement() -> None:
    assert refused("remove_step", route="loan", step="check") == [
        (
            "step: 'check' is a control: it may not be removed without its replacement; "
            "name the step that takes over with 'replaced_by'"
        )
    ]
    assert refused("remove_step", route="loan", step="check", replaced_by="decied") == [
        "replaced_by: no step 'decied'; did you mean 'decide'?"
    ]
    after = applied("remove_step", route="loan", step="check", replaced_by="decide")
    assert after.routes["loan"]["decide"].control
    assert after.moved == {"loan": {"check": "decide"}}
    slots = "slots hold for a whole study; add demand, or set 'joins', and vary this in the organisation"
    assert refused("set", **{"segments.everyday.customers": 5}) == [f"segments.everyday.customers: {slots}"]
    assert refused("set", **{"routes.loan.check.control": False}) == [
        "routes.loan.check.control: a control may not be switched off; use 'remove_step' with 'replaced_by'"
    ]
    whole = {"routes.loan.check": {"team": "lending", "work": "5 min", "next": {"bureau": 0.8, "decide": 0.2}}}
    assert refused("set", **whole) == ["route 'loan' would lose its control 'check' without a replacement"]


def test_a_step_added_for_half_of_the_cases() -> None:
    after = applied("add_step", route="loan", name="ask", step={"delay": "1 d"}, after="decide", share=0.5)
    loan = after.routes["loan"]
    assert {t: e.p for t, e in loan["decide"].next.items()} == pytest.approx({"ask": 0.5, "tell": 0.46, "check": 0.04})
    assert {t: e.p for t, e in loan["ask"].next.items()} == {"tell": 0.92, "check": 0.08}
    before = applied("add_step", route="loan", name="ask", step={"delay": "1 d"}, before="tell", share=0.5)
    loan = before.routes["loan"]
    assert {t: e.p for t, e in loan["decide"].next.items()} == {"ask": 0.46, "tell": 0.46, "check": 0.08}
    assert {t: e.p for t, e in loan["ask"].next.items()} == {"tell": 1.0}


def test_adding_and_removing_a_step_is_no_change() -> None:
    for place in ({"after": "decide"}, {"before": "tell"}, {"before": "intake"}):
        more = applied("add_step", route="loan", name="ask", step={"delay": "1 d"}, **place)
        assert changes(BANK, applied("remove_step", more, route="loan", step="ask")) == []


def test_an_added_last_step_resolves_as_the_step_before_did() -> None:
    after = applied("add_step", route="limit", name="record", step={"team": "lending", "work": "1 min"}, after="serve")
    assert after.routes["limit"]["record"].resolves == 0.9


def test_a_machine_does_a_step() -> None:
    loan = applied("automate_step", route="loan", step="check", takes="1 min").tree["routes"]["loan"]
    assert loan["check"] == {"control": True, "next": {"bureau": 0.8, "decide": 0.2}, "delay": "1 min"}
    loan = applied("automate_step", **EXAMPLES["automate_step"]).tree["routes"]["loan"]
    assert loan["documents"]["next"] == "check_automatic"
    assert loan["decide"]["next"] == {"tell": 0.92, "check_automatic": 0.08}
    assert loan["check_automatic"]["next"] == pytest.approx({"check": 0.25, "bureau": 0.6, "decide": 0.15})
    assert loan["check_automatic"]["control"]
    limit = applied("automate_step", route="limit", step="serve", takes="3 min", p_done=0.6, channel="phone")
    own = limit.routes["limit"]["serve_automatic"].self_service
    assert own is not None
    assert (own.p_done, own.falls_back_to, own.channel) == (0.6, "serve", "phone")
    assert next(iter(limit.routes["limit"])) == "serve_automatic"


def test_faster_work_costs_resolution_where_routes_end() -> None:
    after = applied("speed_up", **EXAMPLES["speed_up"])
    loan = after.routes["loan"]
    assert mean_of(loan["intake"].work) == pytest.approx(9.0)
    assert mean_of(loan["intake"].wrap_up) == 2.0
    assert mean_of(loan["check"].work) == pytest.approx(25.0)
    assert (loan["intake"].resolves, loan["tell"].resolves) == (1.0, 0.88)
    assert after.routes["limit"]["serve"].resolves == 0.85
    assert refused("speed_up", route="loan", steps=["tell"], by=0.1, resolves=0.1) == [
        "resolves: chance to resolve of 'loan.tell' would be 1.03"
    ]


def test_merged_steps_come_after_what_lay_between_them() -> None:
    after = applied("merge_steps", **EXAMPLES["merge_steps"])
    loan = after.tree["routes"]["loan"]
    assert loan["documents"]["next"] == {"bureau": 0.8, "both": 0.2}
    assert loan["bureau"]["next"] == "both"
    assert loan["both"]["next"] == {"tell": 0.92, "both": 0.08}
    assert after.routes["loan"]["both"].control
    assert after.routes["loan"]["both"].needs == "loan_decision"
    assert after.moved == {"loan": {"check": "both", "decide": "both"}}
    # mean 25 + 15; variance 25² x 1² + 0
    assert mean_of(loan["both"]["work"]) == pytest.approx(40.0)
    assert variance_of(loan["both"]["work"]) == pytest.approx(625.0)


def test_a_merged_step_sends_back_what_its_first_part_sent_back() -> None:
    tree = small_bank()
    back = {"p": 0.2, "kind": "rework"}
    tree["routes"]["loan"]["check"]["next"] = {
        "bureau": 0.6,
        "decide": 0.1,
        "documents": back,
    }  # 0.1 end: refused
    loan = applied("merge_steps", read_organisation(tree), **EXAMPLES["merge_steps"]).tree["routes"]["loan"]
    assert loan["documents"]["next"] == pytest.approx({"bureau": 6 / 7, "both": 1 / 7})
    assert loan["both"]["next"] == {
        "tell": pytest.approx(0.7 * 0.92),
        "both": pytest.approx(0.7 * 0.08),
        "documents": {"p": 0.2, "kind": "rework"},
    }
    # seven of ten need the second part: 25 + 0.7 x 15; variance 625 + 0.7 x 225 - 10.5²
    assert mean_of(loan["both"]["work"]) == pytest.approx(35.5)
    assert variance_of(loan["both"]["work"]) == pytest.approx(672.25)


def test_merged_steps_in_the_place_of_the_first() -> None:
    tree = small_bank()
    tree["routes"]["limit"] = {
        "serve": {"team": "front_line", "work": "6 min", "resolves": 0.9, "next": {"book": 0.25}},
        "book": {"team": "lending", "work": "20 min", "wrap_up": "4 min", "resolves": 0.8},
    }
    bank = read_organisation(tree)
    values = {"route": "limit", "steps": ["serve", "book"], "into": "serve"}
    assert refused("merge_steps", bank, **values) == [
        "team: missing: the steps belong to front_line, lending; who does the joined step?"
    ]
    after = applied("merge_steps", bank, **values, team="front_line")
    step = after.routes["limit"]["serve"]
    # a quarter of cases need the second part: 6 + 20/4; variance 0.25 x 20² - 5² = 75
    assert mean_of(step.work) == pytest.approx(11.0)
    assert variance_of(step.work) == pytest.approx(75.0)
    assert mean_of(step.wrap_up) == pytest.approx(1.0)
    assert (step.next, step.resolves, step.team) == ({}, 0.8, "front_line")
    assert after.moved == {"limit": {"book": "serve"}}


def test_merging_a_control_wants_a_word() -> None:
    values = {k: v for k, v in EXAMPLES["merge_steps"].items() if k != "control"}
    assert refused("merge_steps", **values) == [
        "control: 'check' is a control: write 'control: replaced' if the joined step takes over"
    ]


def test_merging_with_the_step_one_escalates_to_needs_no_right() -> None:
    after = applied("merge_steps", route="loan", steps=["decide", "approve"], into="decide", team="board")
    step = after.routes["loan"]["decide"]
    assert (step.team, step.needs, step.escalates_to) == ("board", None, None)
    assert {t: e.p for t, e in step.next.items()} == {"tell": 0.92, "check": 0.08}


def test_a_decision_right_must_be_wanted_by_a_step_of_the_team() -> None:
    after = applied("decision_right", who="lending", may="loan_decision", share=0.9, p_error=0.01, cost_per_error=900)
    assert after.tree["teams"]["lending"]["rights"] == {
        "loan_decision": {"share": 0.9, "p_error": 0.01, "cost_per_error": 900}
    }
    assert refused("decision_right", who="lending", may="loan_desicion", share=0.9) == [
        "may: no decision right 'loan_desicion'; did you mean 'loan_decision'?"
    ]
    assert "needed at loan.decide (team 'lending')" in refused(
        "decision_right", who="front_line", may="loan_decision", share=0.9
    )[0]  # fmt: skip


def test_routing_keeps_the_chance_to_end() -> None:
    tree = small_bank()
    tree["routes"]["loan"]["decide"]["next"] = {"tell": 0.6, "check": 0.1, "approve": 0.2}
    bank = read_organisation(tree)
    step = applied("routing", bank, route="loan", step="decide", next={"check": 0.3}, transfer={"tell": "warm"})
    edges = step.routes["loan"]["decide"].next
    # 0.9 go on, 0.3 of them to check; tell and approve share 0.6 as 3 to 1
    assert {t: e.p for t, e in edges.items()} == pytest.approx({"tell": 0.45, "check": 0.3, "approve": 0.15})
    assert edges["tell"].transfer == "warm"
    ends = applied("routing", bank, route="loan", step="decide", ends_here=0.55).routes["loan"]["decide"].next
    assert {t: e.p for t, e in ends.items()} == pytest.approx({"tell": 0.3, "check": 0.05, "approve": 0.1})
    assert refused("routing", bank, route="loan", step="decide", next={"check": 0.95}) == [
        "next: chances add up to more than 0.9"
    ]
    assert refused("routing", route="loan", step="decide", next={"tel": 0.5}) == [
        "next.tel: no step 'tel'; did you mean 'tell'?"
    ]


def test_cross_training_of_a_share() -> None:
    after = applied("skills", **EXAMPLES["skills"]).tree["teams"]["front_line"]
    assert after["skill_sets"] == {
        "all": {"has": ["service", "loans"], "weight": 0.5},
        "all_cross_trained": {"has": ["service", "loans", "lending.lending"], "weight": 0.5},
    }
    assert refused("skills", team="board", also=["lending.loans"]) == [
        "also[0]: no skill in team 'lending': 'loans'; there is: lending"
    ]


def test_self_service_takes_its_share_of_first_contacts() -> None:
    after = applied("self_service", **EXAMPLES["self_service"])
    assert after.reasons["limit"].channels == {"phone": 0.35, "email": 0.1, "web": 0.55}
    after = applied("self_service", **EXAMPLES["self_service"], of=["phone"])
    assert after.reasons["limit"].channels == {"phone": 0.35, "email": 0.2, "web": 0.45}
    tried = applied("self_service", **EXAMPLES["self_service"], p_done=0.7, takes="4 min", falls_back_on="phone")
    assert list(tried.routes["limit"]) == ["arrive", "try_web", "serve"]
    assert refused("self_service", reasons=["limit"], channel="phone", share=0.5) == [
        "channel: 'phone' is not a self-service channel"
    ]


def test_promises_updates_and_call_backs() -> None:
    assert differences(applied("promise", reason="loan", within="3 working days", p_told=0.9)) == {
        "reasons.loan.promise.within": ("5 working days", "3 working days"),
        "reasons.loan.promise.p_told": (None, 0.9),
    }
    assert refused("promise", reason="limit", p_told=0.9) == ["within: missing: 'limit' has no promise yet"]
    assert differences(applied("proactive_update", route="loan", every="2 d", cost_per_message=0.08)) == {
        "reasons.loan.promise.update_every": (None, "2 d"),
        "reasons.loan.promise.update_reaches": (None, 0.85),
        "reasons.loan.promise.cost_per_update": (None, 0.08),
    }
    assert refused("proactive_update", route="limit", every="2 d") == [
        "route: no reason with a promise takes route 'limit'"
    ]
    assert refused("call_back", channel="email", when_wait_over="3 min", p_accept=0.4) == [
        "channel: nobody waits on the line of 'email'"
    ]
    assert refused("call_back", channel="phone", when_wait_over=3, p_accept=0.4) == [
        "when_wait_over: '3': a duration needs a unit; write '3 min', '3 h' or '3 d'"
    ]


def test_prevented_demand_combines() -> None:
    once = applied("prevent_demand", reasons=["limit"], share=0.3)
    assert once.reasons["limit"].prevented == 0.3
    assert applied("prevent_demand", once, reasons=["limit"], share=0.5).reasons["limit"].prevented == 0.65
    more = applied("add_demand", reasons=["limit"], share=0.1)
    assert applied("add_demand", more, reasons=["limit"], share=0.2).reasons["limit"].added == 0.3
    assert refused("prevent_demand", reasons=["loan_status"], share=0.3) == [
        "reasons[0]: 'loan_status' has no demand of its own: it follows from other cases; change its cause"
    ]


def test_training_is_of_the_team() -> None:
    course = applied("training", **EXAMPLES["training"], waves=3).teams["front_line"].training["course"]
    assert (course.uplift, course.hours, course.waves, course.session) == ({"service": 0.4}, 960.0, 3, 240.0)
    assert refused("training", team="front_line", uplift={"servise": 0.4}, hours="16 h") == [
        "uplift.servise: no skill in team 'front_line': 'servise'; did you mean 'service'?"
    ]


def test_teams_learn_each_others_work() -> None:
    # half of each team; lending also serves the front line's queues, the front line only knows lending's work
    given = {"teams": ["front_line", "lending"], "share": 0.5, "hours": "10 h", "serve": ["lending"]}
    after = applied("cross_train", **given)
    front, lending = after.teams["front_line"], after.teams["lending"]
    assert {n: (g.has, g.knows, g.weight) for n, g in front.skill_sets.items()} == {
        "all": (["service", "loans"], [], 0.5),
        "all_cross_trained": (["service", "loans"], ["lending.lending"], 0.5),
    }
    assert {n: (g.has, g.knows, g.weight) for n, g in lending.skill_sets.items()} == {
        "all": (["lending"], [], 0.5),
        "all_cross_trained": (["lending", "front_line.service", "front_line.loans"], [], 0.5),
    }
    # ten hours for half the agents are five for each; nobody knows more until the training is over
    assert front.training["cross_training"].hours == 300.0
    course = read_intervention("cross_train", given)
    assert course.stages() == (0.0, 10080.0)
    begins = course.form_at(0.0).apply(BANK)
    assert not begins.teams["lending"].skill_sets
    assert begins.teams["lending"].training["cross_training"].hours == 300.0
    assert changes(after, course.form_at(10080.0).apply(BANK)) == []
    assert refused("cross_train", teams=["front_line", "lendng"], serve=["board"]) == [
        "teams[1]: no team 'lendng'; did you mean 'lending'?",
        "serve[0]: no team to be trained: 'board'; there is: front_line, lendng",
    ]


def test_pressure_comes_by_degrees() -> None:
    press = read_intervention("pressure", EXAMPLES["pressure"] | {"teams": ["front_line", "lending"]})
    before = applied("set", **{"teams.lending.pressure": 0.4})
    part = press.partly(0.25, before).apply(before)
    assert part.teams["front_line"].pressure == pytest.approx(0.2)
    assert part.teams["lending"].pressure == pytest.approx(0.4 + 0.25 * 0.4)
    assert part.suppliers["credit_bureau"].pressure == pytest.approx(0.2)
    assert press.apply(part).teams["lending"].pressure == 0.8
    assert refused("pressure", suppliers=["credit_buro"], to=1) == [
        "suppliers[0]: no supplier 'credit_buro'; did you mean 'credit_bureau'?"
    ]
    assert refused("pressure", to=1) == ["teams: missing: who is put under pressure? give 'teams' or 'suppliers'"]


def test_hiring_keeps_what_is_not_stated() -> None:
    once = applied("hiring", teams=["lending"], cost=100, takes="2 weeks")
    after = applied("hiring", once, teams=["lending"], frozen=True)
    assert (after.teams["lending"].hiring.cost, after.teams["lending"].hiring.takes) == (100.0, 20160.0)
    assert after.teams["lending"].hiring.frozen
    assert refused("hiring", teams=["lending"])[0].startswith("nothing to change")


def test_offers_survive_what_happens_to_their_teams() -> None:
    offer = {"p": 0.5, "accepts": 0.5, "margin": 9, "keeping": "lending.lending"}
    tree = deepcopy(small_bank())
    tree["routes"]["loan"]["intake"] |= {"offer": offer}
    tree["routes"]["loan"]["check"] |= {"errs": 0.1}
    tree["routes"]["loan"]["decide"] |= {"errs": 0.2}
    bank = read_organisation(tree)
    joined = applied("merge_teams", bank, teams=["lending", "board"], into="credit")
    assert joined.routes["loan"]["intake"].offer is not None
    assert joined.routes["loan"]["intake"].offer.keeping == "credit.lending"
    both = applied("merge_steps", bank, route="loan", steps=["check", "decide"], into="both", control="replaced")
    assert both.routes["loan"]["both"].errs == pytest.approx(1 - 0.9 * 0.8)
    machine = applied("automate_step", bank, route="loan", step="intake", takes="1 min")
    assert machine.routes["loan"]["intake"].offer is None


def test_any_assumption_by_path() -> None:
    after = applied("set", **{"routes.loan.check.work.lognormal.mean": "20 min", "behaviour.chasing.per_day": 0.1})
    assert differences(after) == {
        "routes.loan.check.work.lognormal.mean": ("25 min", "20 min"),
        "behaviour.chasing.per_day": (None, 0.1),
    }
    assert differences(applied("set", **{"routes.loan.decide.next.check": 0.05})) == {
        "routes.loan.decide.next.check.p": (0.08, 0.05)
    }
    assert differences(applied("set", **{"behaviour.recontact_after.exponential.mean": "1 d"})) == {
        "behaviour.recontact_after.exponential.mean": (None, "1 d")
    }
    assert refused("set", **{"teams.frnt_line.agents": 3, "behaviour.p_redial": 2}) == [
        "teams.frnt_line.agents: unknown name 'frnt_line' in 'teams'; did you mean 'front_line'?"
    ]
    assert refused("set", **{"behaviour.p_redial": 2})[0].startswith(
        "makes an impossible organisation: behaviour.p_redial: "
    )


INDEPENDENT = (
    "staff",
    "move_step",
    "call_back",
    "promise",
    "prevent_demand",
    "training",
    "set",
    "remove_step",
    "decision_right",
)


@settings(max_examples=25, deadline=None)
@given(st.permutations(INDEPENDENT))
def test_the_order_of_independent_interventions_does_not_matter(order: list[str]) -> None:
    def made(kinds: tuple[str, ...] | list[str]) -> Organisation:
        now = BANK
        for kind in kinds:
            now = applied(kind, now, **EXAMPLES[kind])
        return now

    assert changes(made(INDEPENDENT), made(order)) == []


def test_every_field_has_its_meaning() -> None:
    for model in KINDS.values():
        assert issubclass(model, Intervention)
        (body,) = (node.body for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef))
        documented = {
            field.target.id
            for field, after in pairwise(body)
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and after.value.value
        }
        for name in inspect.get_annotations(model):
            assert name in documented or name.startswith("_"), f"{model.__name__}.{name}"


def test_batches_begin_and_end() -> None:
    gathered = applied("batch_work", route="loan", steps=["check"], every="1 working day", saves=0.2)
    check = gathered.routes["loan"]["check"]
    assert check.batch is not None
    assert mean_of(check.work) == pytest.approx(20.0)  # type: ignore[arg-type]
    again = applied("batch_work", gathered, route="loan", steps=["check"], every="0 h", saves=-0.25)
    assert again.routes["loan"]["check"].batch is None
    assert mean_of(again.routes["loan"]["check"].work) == pytest.approx(25.0)  # type: ignore[arg-type]
    assert refused("batch_work", route="loan", steps=["bureau"], every="1 d") == [
        "steps[0]: 'bureau' is not work by a team"
    ]


def with_rework() -> Organisation:
    """`decide` sends 10 % back to `check`, 20 % of affluent customers, and 2 % to the wrong desk."""
    tree = deepcopy(BANK.tree)
    tree["routes"]["loan"]["decide"]["next"] = {
        "tell": {"p": 0.88, "by_segment": {"affluent": 0.78}},
        "check": {"p": 0.1, "kind": "rework", "by_segment": {"affluent": 0.2}},
        "bureau": {"p": 0.02, "kind": "misroute"},
    }
    return read_organisation(tree)


def test_a_team_with_its_own_target_hands_back() -> None:
    after = applied("own_target", with_rework(), team="lending", faster=0.2, hand_back=0.5, order="target")
    edges = after.routes["loan"]["decide"].next
    assert edges["check"].p == pytest.approx(0.1 * 0.5 + 0.5)
    assert edges["check"].by_segment["affluent"] == pytest.approx(0.2 * 0.5 + 0.5)
    assert edges["tell"].p == pytest.approx(0.44)
    assert edges["tell"].by_segment["affluent"] == pytest.approx(0.39)
    assert edges["bureau"].p == pytest.approx(0.01)
    assert mean_of(after.routes["loan"]["check"].work) == pytest.approx(20.0)  # type: ignore[arg-type]
    assert after.teams["lending"].order == "target"
    assert refused("own_target", team="board", hand_back=0.1) == [
        "hand_back: no step of team 'board' can hand back: none has rework"
    ]


def test_the_outcome_of_the_case_is_right_the_first_time() -> None:
    after = applied("shared_outcome", with_rework(), teams=["lending", "board"], right_first_time=0.5, order="due")
    edges = after.routes["loan"]["decide"].next
    assert edges["check"].p == pytest.approx(0.05)
    assert edges["check"].by_segment["affluent"] == pytest.approx(0.1)
    assert edges["bureau"].p == pytest.approx(0.01)
    assert edges["tell"].p == pytest.approx(0.88 + 0.05 + 0.01)
    assert edges["tell"].by_segment["affluent"] == pytest.approx(0.78 + 0.1 + 0.01)
    assert [after.teams[t].order for t in ("lending", "board", "front_line")] == ["due", "due", "age"]
    assert applied("shared_outcome", teams=["front_line"], resolves=0.5).routes["loan"]["tell"].resolves == 1.0


def test_a_supplier_keeps_its_mean_when_it_gets_steadier() -> None:
    tree = deepcopy(BANK.tree)
    tree["routes"]["loan"]["bureau"]["delay"] = {"lognormal": {"mean": "2 d", "cv": 1.0}}
    bank = read_organisation(tree)
    after = applied("supplier", bank, supplier="credit_bureau", shorter=0.25, steadier=0.5)
    delay = after.routes["loan"]["bureau"].delay
    assert delay is not None
    assert mean_of(delay) == pytest.approx(1.5 * 1440.0)
    assert variance_of(delay) ** 0.5 == pytest.approx(0.5 * 1.5 * 1440.0)
    assert refused("supplier", bank, supplier="credit_burau") == [
        "supplier: no supplier 'credit_burau'; did you mean 'credit_bureau'?"
    ]
    tree["routes"]["loan"]["bureau"]["delay"] = {"exponential": {"mean": "2 d"}}
    assert refused("supplier", read_organisation(tree), supplier="credit_bureau", steadier=0.5) == [
        "steadier: delay of 'loan.bureau': exponential: its spread can only be changed where it is given by mean and cv"
    ]


def test_a_standard_may_order_the_queue_towards_its_target() -> None:
    after = applied("standard", route="loan", step="check", internal_sla="4 working hours", order="target", priority=-1)
    assert after.teams["lending"].order == "target"
    assert after.routes["loan"]["check"].priority == -1
    assert refused("standard", route="loan", step="bureau", internal_sla="1 d", order="target") == [
        "step: 'bureau' is not work by a team, so it has no queue to order"
    ]
    assert refused("standard", team="lending", within="1 h", priority=1) == [
        "priority: goes with a step; a team serves by the priority of reasons and steps"
    ]


def test_recovery_is_made_where_there_is_none_and_changes_what_is_given() -> None:
    plain = read_organisation(merged(small_bank(), COMPLAINTS))
    made = applied("recovery", plain, after_failure=0.4, cause=0.8).recovery
    assert made is not None
    assert (made.complaining.after_failure, made.complaining.after_effort) == (0.4, 0.05)
    again = applied("recovery", applied("recovery", plain, cause=0.8), empathy=0.9).recovery
    assert again is not None
    assert (again.cause, again.empathy) == (0.8, 0.9)
    assert "make an entry 'recovery' first" in refused("closed_loop", plain, team="front_line")[0]
    assert "behaviour.complaint" in refused("recovery", read_organisation(small_bank()), cause=0.8)[0]


def test_a_protocol_names_who_takes_over_what_is_passed_up() -> None:
    steps = applied("escalation_protocol", route="loan", to="approve", within="2 h").routes["loan"]
    assert {s.escalates_to for s in steps.values() if s.needs is not None} == {"approve"}
    same = applied("standard", route="loan", step="approve", internal_sla="2 h").routes["loan"]["approve"]
    assert steps["approve"].internal_sla == same.internal_sla
    assert (steps["approve"].priority or 0) < 0
    assert "'check' leads back to 'decide'" in refused("escalation_protocol", route="loan", to="check")[0]
    later = applied("escalation_protocol", route="loan", within="2 h", first=False).routes["loan"]
    assert all(step.priority == BANK.routes["loan"][name].priority for name, step in later.items())
    assert "wants no decision right" in refused("escalation_protocol", route="loan", steps=["check"])[0]
    assert "no step of 'limit' wants" in refused("escalation_protocol", route="limit")[0]
    assert "no step 'boss' in route 'loan'" in refused("escalation_protocol", route="loan", to="boss")[0]
    assert "not work by a team" in refused("escalation_protocol", route="loan", to="bureau")[1]


def test_goodwill_is_a_right_with_a_limit() -> None:
    after = applied("goodwill", who="front_line", limit=40, p_due=0.3, cost_per_error=50)
    assert after.recovery is not None
    assert after.recovery.goodwill is not None
    assert after.recovery.goodwill.p_due == 0.3
    right = after.teams["front_line"].rights["goodwill"]
    assert (right.share, right.limit, right.cost_per_error) == (1.0, 40.0, 50.0)
    assert applied("goodwill", who="board").teams["board"].rights["goodwill"].limit is None
    assert "no team 'desk'" in refused("goodwill", who="desk")[0]


def test_our_own_calls_are_work_on_a_route_of_their_own() -> None:
    after = applied("proactive_recovery", team="front_line", skill="loans", share=0.4, work="12 min", tries=3)
    step = after.routes["proactive_recovery"]["call"]
    assert (step.team, step.skill, step.work) == ("front_line", "loans", "12 min")
    assert step.outbound is not None
    assert (step.outbound.p_reached, step.outbound.tries) == (0.6, 3)
    assert after.recovery is not None
    assert after.recovery.proactive is not None
    assert after.recovery.proactive.reason == "proactive_recovery"
    assert not after.reasons["proactive_recovery"].cases
    assert "nobody" not in refused("closed_loop", team="front_line", skill="mail")[0]
