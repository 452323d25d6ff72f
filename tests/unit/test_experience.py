"""From effort to satisfaction, answers and relationship, each formula by hand with `math.erf`."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cxsim.model import clock, experience
from cxsim.model.accounting import customers, failure
from cxsim.organisation import read_organisation
from cxsim.probability import ordered_probit
from cxsim.probability.ordered_probit import answer_curves, curves_begin
from cxsim.state.plan.customer_rows import EXPERIENCE
from cxsim.state.plan.loyalty import LOYALTY
from cxsim.state.records import CASE, CUSTOMER, MOMENT
from cxsim.state.tally import Cause
from worlds import CES_CUTS, NPS_CUTS, as_python, tiny


@pytest.fixture(scope="module", autouse=True)
def _as_python() -> Any:
    with as_python(experience, customers, failure, clock, ordered_probit):
        yield


def world_of(reference: float = 0.5, loss_aversion: float = 2.0, last_case_fades: float = 0.0, **more: float) -> Any:
    """A world with nothing but the constants of experience, and how fast the last case fades."""
    table = np.zeros(1, dtype=EXPERIENCE)
    table["reference"], table["loss_aversion"] = reference, loss_aversion
    table["ces_cuts"], table["nps_cuts"] = CES_CUTS, NPS_CUTS
    table["ces_from"], table["nps_from"] = curves_begin(CES_CUTS), curves_begin(NPS_CUTS)
    ces_curves = answer_curves(tuple(CES_CUTS), (tuple(range(1, 8)), (0, 0, 0, 0, 1, 1, 1)))
    asked = (_at_most_6, _at_least_9, _at_least_10, _at_least_0)
    chances = tuple(tuple(float(at(score)) for score in range(11)) for at in asked)
    nps_curves = answer_curves(tuple(NPS_CUTS), chances)
    for name, value in more.items():
        table[name] = value
    loyalty = np.zeros(1, dtype=LOYALTY)
    loyalty["fade"] = last_case_fades
    return SimpleNamespace(experience=table, loyalty=loyalty, ces_curves=ces_curves, nps_curves=nps_curves)


def _at_most_6(score: int) -> bool:
    return score <= 6


def _at_least_9(score: int) -> bool:
    return score >= 9


def _at_least_10(score: int) -> bool:
    return score >= 10


def _at_least_0(score: int) -> bool:
    return score >= 0


def below(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@pytest.mark.parametrize(
    ("effort", "courtesy", "satisfaction"),
    [(0.0, 0.0, 0.25), (0.5, 0.0, 0.0), (0.6, 0.0, -0.1), (2.0, 0.0, -1.5), (0.6, 0.3, 0.1), (0.4, -0.3, -0.2)],
)
def test_losses_count_in_full_and_gains_by_half(effort: float, courtesy: float, satisfaction: float) -> None:
    assert experience.satisfaction(world_of(), effort, courtesy) == pytest.approx(satisfaction)


@pytest.mark.parametrize("effort", [0.0, 0.3, 1.5])
def test_expected_ease_is_an_ordered_answer(effort: float) -> None:
    # P(answer = k) is the normal mass between cuts, shifted by minus effort; its mean over 1..7
    cuts = [-math.inf, *CES_CUTS, math.inf]
    mean = sum((k + 1) * (below(cuts[k + 1] + effort) - below(cuts[k] + effort)) for k in range(7))
    assert experience.expected_ces(world_of(), effort) == pytest.approx(mean, abs=1e-8)


def test_three_answers_side_by_side() -> None:
    # six or less: up to the seventh cut; nine or ten: above the ninth; ten: above the tenth (Rocks 2016 codes the
    # 0-10 question so); two places within every piece of the curves, and beyond both of their ends
    w = world_of()
    for level in np.arange(-13.0, 13.0, 1.0 / 128.0).tolist():
        exact = (below(NPS_CUTS[6] - level), below(level - NPS_CUTS[8]), below(level - NPS_CUTS[9]))
        assert customers.expected_answers(w, level) == pytest.approx(exact, rel=0.0, abs=2e-9)


def test_a_move_of_the_relationship_fades_by_its_half_life() -> None:
    w = world_of(fade=math.log(2.0) / 100.0)
    w.customers = np.zeros(1, dtype=CUSTOMER)
    w.customers["relationship"], w.customers["long_run"], w.customers["as_of"] = 1.0, 0.2, 50.0
    level = experience.level_at
    assert level(w, 0, 50.0) == 1.0
    assert level(w, 0, 150.0) == pytest.approx(0.6)
    assert level(w, 0, 250.0) == pytest.approx(0.4)
    assert level(w, 0, 1e7) == pytest.approx(0.2)


def test_what_is_brought_to_the_present_goes_on_alike() -> None:
    # the level's move halves in 100 minutes, the last case weighs 1/e after 200: by way of 80 minutes as at once
    w = world_of(fade=math.log(2.0) / 100.0, last_case_fades=1.0 / 200.0)
    w.customers = np.zeros(1, dtype=CUSTOMER)
    w.customers["relationship"], w.customers["long_run"], w.customers["recent_satisfaction"] = 1.0, 0.2, -0.5
    for at, since in ((80.0, 80.0), (200.0, 120.0)):
        experience.bring_to(w, 0, at, *experience.fading(w, since))
    assert w.customers["relationship"][0] == pytest.approx(0.4)
    assert w.customers["recent_satisfaction"][0] == pytest.approx(-0.5 / math.e)
    assert w.customers["as_of"][0] == 200.0


def test_waits_add_up_before_the_logarithm() -> None:
    # two waits of 3 and 5 perceived minutes cost what one of 8 does
    w = world_of(wait=0.15)
    w.cases = np.zeros(1, dtype=CASE)
    w.counters = np.zeros(16, dtype=np.int64)
    w.moments = np.zeros(1, dtype=MOMENT)
    w.moments["until"] = 1.0
    w.effort_sums = np.zeros((2, 1, 3, len(Cause)))
    entered = [experience.add_wait(w, 0, minutes, 2, 0.0) for minutes in (3.0, 5.0)]
    assert w.effort_sums[0, 0, 2, Cause.WAIT] == sum(entered)  # at the step that was waited for
    assert w.cases["effort"][0] == pytest.approx(0.15 * math.log(1.0 + 8.0 / 2.0))
    assert w.cases["perceived_wait"].tolist() == [8.0]


@pytest.mark.parametrize(("minutes", "effort"), [(0.5, 0.0408), (2.0, 0.1216), (10.0, 0.2972), (30.0, 0.4475)])
def test_what_a_wait_on_the_phone_costs_by_default(minutes: float, effort: float) -> None:
    # a minute on the phone counts as 1.25, and f perceived minutes cost 0.15 ln(1 + f / 2):
    # 0.15 ln 1.3125, 0.15 ln 2.25, 0.15 ln 7.25, 0.15 ln 19.75
    o = read_organisation(tiny({"a": 0}, {"answer": {"work": "5 min"}}))
    w = world_of(wait=o.experience.effort.wait)
    w.cases, w.moments = np.zeros(1, dtype=CASE), np.zeros(1, dtype=MOMENT)
    w.counters, w.effort_sums = np.zeros(16, dtype=np.int64), np.zeros((2, 1, 1, len(Cause)))
    experience.add_wait(w, 0, o.channels["phone"].perceived_wait * minutes, 0, 0.0)
    assert w.cases["effort"][0] == pytest.approx(effort, abs=5e-5)
