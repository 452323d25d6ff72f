"""Recovery against closed forms: how many complain, what is given back on average, how often a matter comes back.

Every simulated number is held to four standard errors of its own; each error is small next to the effect looked for.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import pytest
from scipy.special import exp1

from cxsim.organisation.recovery import Goodwill
from cxsim.state.recovery_sums import RecoveryColumn
from worlds import DAY, Observed, Tree, crew, merged, play, tiny

WEEKS = 2
PROMISE, WORK = 20.0, 30.0
FAILS, COMPLAINS, SOLVES, CAUSE, RECURS = 0.6, 0.7, 0.9, 0.4, 0.8


def failing(**changes: Any) -> Tree:
    """A case a minute, so many agents that nobody waits; whom we fail has lost 0.5 SD, everybody else nothing."""
    tree = tiny(
        {"bad": {"exponential": {"mean": "1 min"}}},
        {"answer": {"work": "1 min", "resolves": 1.0 - FAILS}},
        segments={"all": {"customers": 50_000}},
        teams={"desk": crew(200)},
    )
    terms = {
        "reasons": {"complaint": {"kind": "failure", "channels": {"phone": 1}, "route": "c"}},
        "routes": {
            "c": {"reply": {"team": "desk", "work": {"exponential": {"mean": f"{WORK} min"}}, "resolves": SOLVES}}
        },
        "behaviour": {"complaint": "complaint"},
        "recovery": {
            "complaining": {"after_failure": COMPLAINS, "after_effort": 1, "full_at": 0.5, "after": "5 min"},
            "cause": CAUSE,
            "empathy": 0.3,
            "promise": f"{PROMISE} min",
            "recurs": RECURS,
            "recurs_after": "60 min",
        },
    }
    return merged(merged(tree, terms), changes)


@cache
def seen() -> Observed:
    return play(failing(), WEEKS * 7 * DAY, "compiled")


def total(run: Observed, column: RecoveryColumn) -> float:
    return float(run.run.tally.recovery_sums[..., column].sum())


def share(run: Observed, some: RecoveryColumn, of: RecoveryColumn) -> tuple[float, float]:
    """A share, and how many it was taken of."""
    n = total(run, of)
    return total(run, some) / n, n


@pytest.mark.parametrize(
    ("some", "of", "expected"),
    [
        (RecoveryColumn.COMPLAINTS, RecoveryColumn.LOSSES, COMPLAINS),
        (RecoveryColumn.SOLVED, RecoveryColumn.REPLIED, SOLVES),
        (RecoveryColumn.SYMPTOM, RecoveryColumn.SOLVED, 1.0 - CAUSE),
        (RecoveryColumn.RECURRED, RecoveryColumn.SYMPTOM, RECURS),
        (RecoveryColumn.UNSOLVED, RecoveryColumn.ENDED, 1.0 - SOLVES),
    ],
)
def test_shares(some: RecoveryColumn, of: RecoveryColumn, expected: float) -> None:
    found, n = share(seen(), some, of)
    assert n > 10_000
    assert abs(found - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / n)


def test_smaller_losses_are_complained_of_in_proportion() -> None:
    run = play(failing(recovery={"complaining": {"full_at": 1.25}}), WEEKS * 7 * DAY, "compiled")
    found, n = share(run, RecoveryColumn.COMPLAINTS, RecoveryColumn.LOSSES)
    p = COMPLAINS * 0.5 / 1.25
    assert abs(found - p) < 4.0 * math.sqrt(p * (1.0 - p) / n)


def test_mean_recovery() -> None:
    # speed: E min(1, a / X) = 1 - e^(-a/m) + (a/m) E1(a/m) for an exponential time X with mean m
    a = PROMISE / WORK
    speed = 1.0 - math.exp(-a) + a * float(exp1(a))
    square = 1.0 - math.exp(-a) + a * (math.exp(-a) - a * float(exp1(a)))  # E min(1, a / X)^2
    cause = SOLVES * CAUSE
    expected = 0.9 * (0.45 * cause + 0.35 * 0.3 + 0.20 * speed)
    variance = 0.81 * (0.45**2 * cause * (1.0 - cause) + 0.04 * (square - speed**2))
    found, n = share(seen(), RecoveryColumn.SHARE, RecoveryColumn.REPLIED)
    assert abs(found - expected) < 4.0 * math.sqrt(variance / n)
    assert math.sqrt(variance / n) < 0.01 * expected


def test_the_chain_of_returns() -> None:
    # a case fails, is complained of, its symptom solved, and comes back with chance k: 1 / (1 - k) cases a candidate
    k = FAILS * COMPLAINS * SOLVES * (1.0 - CAUSE) * RECURS
    candidates = float(seen().run.state.stream_state["number"].sum())
    opened = float(seen().run.tally.case_sums[:, seen().names.reasons.index("bad"), :, 0].sum())
    error = math.sqrt(k / (1.0 - k) ** 2 / candidates)
    assert abs(opened / candidates - 1.0 / (1.0 - k)) < 4.0 * error
    assert 1.0 / (1.0 - k) - 1.0 > 50.0 * error
    cascade = play(failing(recovery={"recurs": 0}), WEEKS * 7 * DAY, "compiled")
    assert cascade.run.tally.case_sums[:, 0, :, 0].sum() == cascade.run.state.stream_state["number"].sum()


def test_payments() -> None:
    # least + range x u^k with k = 3.75: mean 25; within a limit of 40 a share of (35 / 95)^(1 / 3.75)
    goodwill = Goodwill()
    limit = 40.0
    changes = {
        "routes": {
            "c": {
                "reply": {"needs": "goodwill", "escalates_to": "decide"},
                "decide": {"team": "boss", "work": "5 min"},
            }
        },
        "teams": {
            "desk": {"rights": {"goodwill": {"share": 1, "limit": limit}}},
            "boss": crew(50, rights={"goodwill": {"share": 1}}),
        },
        "recovery": {"goodwill": {"p_due": 0.5}},
    }
    run = play(failing(**changes), WEEKS * 7 * DAY, "compiled")
    paid, n = share(run, RecoveryColumn.GOODWILL, RecoveryColumn.PAYMENTS)
    k = goodwill.power
    variance = 95.0**2 * (1.0 / (2.0 * k + 1.0) - 1.0 / (k + 1.0) ** 2)
    assert abs(paid - 25.0) < 4.0 * math.sqrt(variance / n)
    above, n = share(run, RecoveryColumn.PASSED_UP, RecoveryColumn.ENDED)
    p = 0.5 * (1.0 - (35.0 / 95.0) ** (1.0 / 3.75))
    assert 1.0 - goodwill.p_within(limit) == pytest.approx(p)
    assert abs(above - p) < 4.0 * math.sqrt(p * (1.0 - p) / n)
