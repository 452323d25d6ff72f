"""What is impossible about recovery, reported with where and what."""

from __future__ import annotations

from typing import Any

import pytest

from cxsim.files.problems import Problems
from cxsim.organisation import read_organisation
from cxsim.organisation.recovery import Goodwill
from organisations import small_bank
from worlds import merged

COMPLAINTS: dict[str, Any] = {
    "reasons": {"complaint": {"kind": "failure", "route": "status"}},
    "behaviour": {"complaint": "complaint"},
    "recovery": {"cause": 0.5},
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"behaviour": {"complaint": None}}, "behaviour.complaint: missing: 'recovery' needs the contact reason"),
        ({"recovery": {"parts": {"cause": 0.6}}}, "recovery.parts: the three parts have to add up to 1"),
        ({"recovery": {"most_said": 0.5}}, "recovery.most_said: 0.5 is less than 'most' (0.9)"),
        ({"recovery": {"most": 1.2}}, "recovery.most: should be less than or equal to 1"),
        (
            {"recovery": {"goodwill": {"mean": 120}}},
            "recovery.goodwill.mean: 120 is not between least (5) and most (100)",
        ),
        (
            {"recovery": {"proactive": {"reason": "complain", "share": 1}}},
            "recovery.proactive.reason: no reason 'complain'; did you mean 'complaint'?",
        ),
        (
            {"teams": {"lending": {"rights": {"loan_decision": {"limit": 40}}}}},
            "only the right to pay goodwill has a limit (recovery.goodwill.right: none here)",
        ),
    ],
)
def test_what_is_impossible_is_refused(changes: dict[str, Any], message: str) -> None:
    read_organisation(merged(small_bank(), COMPLAINTS))
    with pytest.raises(Problems) as refused:
        read_organisation(merged(merged(small_bank(), COMPLAINTS), changes))
    assert any(message in str(problem) for problem in refused.value.problems), refused.value.problems


@pytest.mark.parametrize(
    ("limit", "within"),
    [(0.0, 0.5), (5.0, 0.5), (100.0, 1.0), (500.0, 1.0), (40.0, 0.5 + 0.5 * (35.0 / 95.0) ** (1.0 / 3.75))],
)
def test_the_share_of_payments_within_a_limit(limit: float, within: float) -> None:
    assert Goodwill().p_within(limit) == pytest.approx(within)


def test_a_payment_that_is_always_the_same() -> None:
    same = Goodwill(mean=20.0, least=20.0, most=20.0, p_due=1.0)
    assert [same.p_within(x) for x in (19.0, 20.0)] == [0.0, 1.0]
    assert Goodwill(mean=100.0, p_due=1.0).p_within(99.0) == 0.0  # all of them are the largest


def test_routes_count_on_the_limit() -> None:
    from cxsim.organisation.visits import expected_visits

    route = {
        "hear": {"team": "front_line", "work": "5 min", "needs": "goodwill", "escalates_to": "decide"},
        "decide": {"team": "board", "work": "5 min"},
    }
    rights = {"front_line": {"rights": {"goodwill": {"share": 1, "limit": 40}}}}
    tree = merged(small_bank(), COMPLAINTS | {"routes": {"complaint": route}, "teams": rights})
    tree = merged(tree, {"reasons": {"complaint": {"route": "complaint"}}, "recovery": {"goodwill": {}}})
    o = read_organisation(tree)
    visits, _ = expected_visits(o.routes["complaint"], "hear", None, None, o)
    assert visits["decide"] == pytest.approx(0.5 * (1.0 - (35.0 / 95.0) ** (1.0 / 3.75)))
