"""The effort ledger, satisfaction and answers of whole cases, worked out on paper.

Weights: each further contact 0.40, cold transfer 0.25, warm 0.125, repeating information 0.15, channel switch 0.20,
wait 0.15 ln(1 + perceived/2), unresolved 1.00, scripted answer 0.15, late 0.20 ln(1 + days).  Perceived = 1.25 waited.
Times are minutes after Monday 10:00.
"""

from __future__ import annotations

import math

import pytest

import random_number
from cxsim.model.draws import Purpose
from cxsim.state.tally import LEDGER_FIRST, CaseColumn, Cause
from worlds import CES_CUTS, DAY, NPS_CUTS, both_engines, crew, play, tiny

pytestmark = both_engines
A = "all/a/0"


def below(x: float) -> float:
    """Normal distribution function."""
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def test_an_easy_case_costs_nothing_and_counts_half_a_gain(engine: str) -> None:
    # effort 0; x = 0.5 - 0 = 0.5, a gain: halved to 0.25
    seen = play(tiny({"a": 0}, {"answer": {"work": "10 min"}}), 60.0, engine)
    assert seen.efforts() == []
    assert seen.case(CaseColumn.EFFORT) == 0
    assert seen.case(CaseColumn.SATISFACTION) == 0.25
    # P(answer 9 or 10): latent level 0 + 0.25 + noise above the ninth cut; P(0-6): below the seventh
    assert seen.case(CaseColumn.PROMOTER) == pytest.approx(below(0.25 - NPS_CUTS[8]), abs=1e-8)
    assert seen.case(CaseColumn.DETRACTOR) == pytest.approx(below(NPS_CUTS[6] - 0.25), abs=1e-8)
    assert seen.case(CaseColumn.CES) == pytest.approx(1 + sum(below(-c) for c in CES_CUTS), abs=1e-8)
    assert seen.case(CaseColumn.CES_EASY) == pytest.approx(below(-CES_CUTS[3]), abs=1e-8)


def test_the_ledger_of_a_bad_day_entry_by_entry(engine: str) -> None:
    # the desk is busy with b 0-20. a (patience 8) waits 2-10, hangs up, redials at 40: served 40-50 with a scripted
    # answer, transferred cold to advice (busy with c until 55): waits 50-55, repeats it all, 55-60: not resolved.
    # Comes again at 120: desk 120-130, transferred, 130-135: not resolved, gives up.
    first, second = (random_number.of_case(Purpose.RECONTACT, n, case=A) for n in (0, 1))
    tree = tiny(
        {"a": 2, "b": 0, "c": 30},
        {
            "answer": {"work": "10 min", "generic": 1, "next": {"advise": {"p": 1, "transfer": "cold"}}},
            "advise": {"team": "advice", "work": "5 min", "asks_again": True, "resolves": 0},
            "long": {"work": "20 min"},
            "other": {"team": "advice", "work": "25 min"},
        },
        channels={"phone": {"patience": "8 min"}, "desk": {"presence": "present"}, "room": {"presence": "present"}},
        reasons={
            "b": {"channels": {"phone": None, "desk": 1}, "enters": {"desk": "long"}},
            "c": {"channels": {"phone": None, "room": 1}, "enters": {"room": "other"}},
        },
        teams={"advice": crew(1)},
        behaviour={
            "p_redial": 1,
            "redial_after": "30 min",
            "p_recontact": (first + second) / 2 if first < second else 0.5,
            "recontact_after": "60 min",
        },
    )
    p = tree["behaviour"]["p_recontact"]
    comes_again = first < p
    again_after_that = comes_again and second < p
    assert comes_again
    assert not again_after_that, "the uniform numbers of seed 1 make the second failure the last"
    seen = play(tree, 1000.0, engine)
    perceived_1, perceived_2 = 8 * 1.25, (8 + 5) * 1.25
    expected = [
        (10.0, "wait", 0.15 * math.log(1 + perceived_1 / 2)),
        (40.0, "redial", 0.40),
        (50.0, "generic", 0.15),
        (50.0, "transfer", 0.25),
        (55.0, "wait", 0.15 * math.log((1 + perceived_2 / 2) / (1 + perceived_1 / 2))),
        (55.0, "information", 0.15),
        (120.0, "repeat", 0.40),
        (130.0, "generic", 0.15),
        (130.0, "transfer", 0.25),
        (130.0, "information", 0.15),
        (135.0, "unresolved", 1.00),
    ]
    assert [(t, cause) for t, cause, _ in seen.efforts()] == [(t, cause) for t, cause, _ in expected]
    assert [e for *_, e in seen.efforts()] == pytest.approx([e for *_, e in expected])
    total = sum(e for *_, e in expected)
    assert seen.case(CaseColumn.EFFORT, "a") == pytest.approx(total)
    v = 0.5 - total  # a loss, in full
    assert seen.case(CaseColumn.SATISFACTION, "a") == pytest.approx(v)
    assert seen.case(CaseColumn.PROMOTER, "a") == pytest.approx(below(v - NPS_CUTS[8]))
    assert seen.case(CaseColumn.DETRACTOR, "a") == pytest.approx(below(NPS_CUTS[6] - v))
    assert seen.case(CaseColumn.CES, "a") == pytest.approx(1 + sum(below(-total - c) for c in CES_CUTS))
    assert seen.case(CaseColumn.CONTACTS, "a") == 3
    assert seen.case(CaseColumn.HANDLED, "a") == 2
    assert seen.case(CaseColumn.GAVE_UP, "a") == 1
    by_cause = {cause.name.lower(): 0.0 for cause in Cause}
    for _, cause, e in expected:
        by_cause[cause] += e
    for cause in Cause:
        assert seen.case(LEDGER_FIRST + cause, "a") == pytest.approx(by_cause[cause.name.lower()])  # type: ignore[arg-type]


def test_the_relationship_takes_a_quarter_and_fades(engine: str) -> None:
    # one customer, own level 0.3. First case: easy, v = 0.25, a moment of truth (x 2): level 0.3 + 0.25 x 0.25 x 2.
    # Second case 5 days later: the move has faded by 2^(-5/10)
    tree = tiny(
        {"a": 0, "b": 5 * DAY},
        {"answer": {"work": "10 min"}},
        segments={"all": {"customers": 1, "relationship": {"mean": 0.3}}},
        reasons={"a": {"moment_of_truth": 2}},
        experience={"half_life": "10 d"},
    )
    seen = play(tree, 6 * DAY, engine)
    moved = 0.25 * 0.25 * 2
    assert seen.case(CaseColumn.PROMOTER, "a") == pytest.approx(below(0.3 + 0.25 - NPS_CUTS[8]))
    level = 0.3 + moved * 2**-0.5
    assert seen.case(CaseColumn.PROMOTER, "b") == pytest.approx(below(level + 0.25 - NPS_CUTS[8]))
    assert seen.run.state.customers["relationship"].tolist() == [pytest.approx(level + 0.25 * 0.25)]


def test_courtesy_of_the_last_agent(engine: str) -> None:
    # z = 1: x = 0.5 + 0.10, a gain: 0.3
    tree = tiny({"a": 0}, {"answer": {"work": "10 min"}}, teams={"desk": {"proficiency": {"mean": 1}}})
    assert play(tree, 60.0, engine).case(CaseColumn.SATISFACTION) == pytest.approx(0.3)


def test_sampled_answers(engine: str) -> None:
    # everyone answers: latent score 0.25 + normal quantile of its uniform number; ease likewise, no effort
    from scipy.stats import norm

    seen = play(tiny({"a": 0}, {"answer": {"work": "10 min"}}, experience={"survey": {"p_answer": 1}}), 60.0, engine)
    latent = 0.25 + norm.ppf(random_number.of_case(Purpose.SCORE, case=A))
    ease = norm.ppf(random_number.of_case(Purpose.CES_SCORE, case=A))
    assert seen.case(CaseColumn.ANSWERS) == 1
    assert seen.case(CaseColumn.ANSWERED_PROMOTER) == (latent > NPS_CUTS[8])
    assert seen.case(CaseColumn.ANSWERED_DETRACTOR) == (latent <= NPS_CUTS[6])
    assert seen.case(CaseColumn.ANSWERED_CES) == 1 + sum(ease > c for c in CES_CUTS)


def test_an_open_case_counts_with_its_effort_so_far(engine: str) -> None:
    # promised within 1 day, at the horizon (3 days) 2 days late and still open: ln(1 + 2), but not yet "unresolved"
    tree = tiny({"a": 0}, {"wait": {"delay": "20 d"}}, reasons={"a": {"promise": {"within": "1 d"}}})
    seen = play(tree, 3 * DAY, engine)
    assert seen.case(CaseColumn.UNFINISHED) == 1
    assert seen.case(CaseColumn.EFFORT) == pytest.approx(0.20 * math.log(3))
    assert seen.case(CaseColumn.DAYS_LATE) == 2
    assert seen.case(CaseColumn.CLOSED) == 0


def test_measured_first_contact_resolution_has_a_window(engine: str) -> None:
    # not resolved, comes again 8 days after the first answer: outside the window of 7 days, so measured as resolved
    for days, measured in [(6, 0), (8, 1)]:
        tree = tiny(
            {"a": 0},
            {"answer": {"work": "10 min", "resolves": 0}, "again": {"work": "5 min"}},
            reasons={"a": {"repeats_at": "again"}},
            behaviour={"p_recontact": 1, "recontact_after": f"{days} d"},
        )
        seen = play(tree, 9 * DAY, engine)
        assert seen.case(CaseColumn.NO_FURTHER_CONTACT) == measured
        assert seen.case(CaseColumn.FIRST_RESOLVED) == 0
        assert seen.case(CaseColumn.RESOLVED) == 1
