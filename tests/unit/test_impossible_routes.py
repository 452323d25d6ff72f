"""Routes that could never be walked to an end are refused before anything runs."""

from __future__ import annotations

from typing import Any

import pytest

from cxsim.files.problems import Problems
from cxsim.organisation import read_organisation
from organisations import small_bank
from worlds import tiny

HELPS = {"p_done": 0.5, "takes": "1 min", "channel": "phone"}


def refused(**steps: dict[str, Any]) -> list[str]:
    with pytest.raises(Problems) as fault:
        read_organisation(tiny({"a": 0}, steps))
    return [str(p) for p in fault.value.problems]


def test_self_service_that_falls_back_on_itself_reaches_nobody() -> None:
    describe = "routes.r.a.self_service.falls_back_to: nobody helps: self-service falls back on itself"
    assert refused(a={"self_service": {**HELPS, "falls_back_to": "a"}}) == [describe]
    both = refused(
        a={"self_service": {**HELPS, "falls_back_to": "b"}}, b={"self_service": {**HELPS, "falls_back_to": "a"}}
    )
    assert both == [describe, describe.replace("r.a", "r.b")]


def test_only_work_can_want_a_decision_right() -> None:
    found = refused(a={"delay": "1 d", "needs": "loan", "escalates_to": "b"}, b={"work": "1 min"})
    assert found == ["routes.r.a.needs: only work by a team can want a decision right"]


def test_time_that_never_passes_is_refused() -> None:
    tree = small_bank()
    tree["behaviour"] |= {"p_redial": 1, "redial_after": "0 min"}
    tree["reasons"]["limit"].pop("cases")
    tree["reasons"]["limit"]["arrivals"] = {"everyday": {"interarrival": "0 s"}}
    with pytest.raises(Problems) as fault:
        read_organisation(tree)
    assert [str(p) for p in fault.value.problems] == [
        (
            "reasons.limit.arrivals.everyday.interarrival: some time passes between two arrivals; this distribution "
            "has none"
        ),
        "behaviour.redial_after: who always tries again needs time in between, or a busy line is tried for ever",
    ]
    tree["behaviour"]["p_redial"] = 0.9
    tree["reasons"]["limit"]["arrivals"]["everyday"]["interarrival"] = "1 s"
    read_organisation(tree)
