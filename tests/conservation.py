"""What is conserved in every run: nobody is lost, nothing is counted twice, all parts add up to the whole.

Asked of every tiny world, of every run of the parity test, and of the bank under each of its scenarios; `accounts` asks
the same of money.
"""

from __future__ import annotations

import numpy as np
import pytest

from cxsim.engines import runs
from cxsim.state.customer_sums import LoyaltyColumn
from cxsim.state.origins import Origin, OriginColumn
from cxsim.state.recovery_sums import RecoveryColumn
from cxsim.state.sales_sums import SaleColumn
from cxsim.state.state import (
    ABANDONED,
    CALL_BACK,
    COMING,
    DONE,
    MISSED,
    NOT_DONE,
    OPEN,
    SERVED,
    TRACING,
    WAITING,
    WITHDRAWN,
)
from cxsim.state.tally import CaseColumn, Cause, ContactColumn, HourColumn, Kind, SkillColumn, StepColumn, TeamColumn
from observed import Observed


def conserved(seen: Observed) -> None:
    """Everything below but money, of a finished run."""
    cases_conserved(seen)
    contacts_conserved(seen)
    waits_conserved(seen)
    costs_conserved(seen)
    rows_conserved(seen)
    visits_conserved(seen)
    customers_conserved(seen)
    people_conserved(seen)
    effort_conserved(seen)
    failures_traced(seen)
    recovery_conserved(seen)


def cases_conserved(seen: Observed) -> None:
    """Opened = resolved + given up + withdrawn + open, by week, reason and segment; open ones are in the state."""
    sums = {c: seen.run.tally.case_sums[..., c] for c in CaseColumn}
    closed = sums[CaseColumn.RESOLVED] + sums[CaseColumn.GAVE_UP] + sums[CaseColumn.WITHDRAWN]
    assert np.array_equal(sums[CaseColumn.CLOSED], closed)
    assert np.array_equal(sums[CaseColumn.OPENED], closed + sums[CaseColumn.UNFINISHED])
    still = seen.run.state.cases[seen.run.state.cases["status"] == OPEN]
    open_now = np.zeros(sums[CaseColumn.OPENED].shape[1:])
    np.add.at(open_now, (still["reason"], still["segment"]), 1.0)
    assert np.array_equal(sums[CaseColumn.UNFINISHED].sum(axis=0), open_now)
    for part, whole in (
        (CaseColumn.FIRST_RESOLVED, CaseColumn.RESOLVED),
        (CaseColumn.BREACHED, CaseColumn.PROMISED),
        (CaseColumn.PROMISED, CaseColumn.OPENED),
        (CaseColumn.ANSWERS, CaseColumn.OPENED),
    ):
        assert (sums[part] <= sums[whole]).all(), (part.name, whole.name)


def contacts_conserved(seen: Observed) -> None:
    """Attempts are of one kind or redials, by week, reason and channel; each ends in one way or is in progress."""
    tally, state = seen.run.tally, seen.run.state
    sums = {c: tally.contact_sums[..., c] for c in ContactColumn}
    first_of_a_kind = sum(sums[ContactColumn(ContactColumn.FIRST + k)] for k in Kind)
    assert np.array_equal(sums[ContactColumn.ATTEMPTS], first_of_a_kind + sums[ContactColumn.REDIALS])
    cases = tally.case_sums.sum(axis=(0, 1, 2))
    assert cases[CaseColumn.CONTACTS] == sums[ContactColumn.ATTEMPTS].sum()
    ended = (ContactColumn.HANDLED, ContactColumn.ABANDONED, ContactColumn.BLOCKED, ContactColumn.BALKED)
    ended = (*ended, ContactColumn.CALL_BACKS_MISSED)
    in_progress = sums[ContactColumn.ATTEMPTS].sum() - sum(sums[c].sum() for c in ended)
    busy = (state.visits["status"] >= 1) & (state.visits["status"] <= 5)  # coming, waiting, served, delayed, joining
    calling_back = (busy & (state.visits["kind"] == Kind.RETURN)).sum()  # not counting the contact for which we called
    # those who withdraw leave contacts unended
    assert 0 <= in_progress <= busy.sum() + calling_back + 2 * cases[CaseColumn.WITHDRAWN]


def waits_conserved(seen: Observed) -> None:
    """Who is called back is in no wait on the line; nobody is busy who is neither on duty nor after a shift."""
    contacts = {c: seen.run.tally.contact_sums[..., c].sum(axis=0) for c in ContactColumn}
    c = ContactColumn
    assert (contacts[c.CALLED_BACK] <= contacts[c.CALL_BACKS]).all() or len(seen.timeline) > 1
    assert (contacts[c.CALLED_BACK_IN_TIME] <= contacts[c.CALLED_BACK]).all()
    assert (contacts[c.CALLED_BACK] <= contacts[c.SERVED]).all()
    assert (contacts[c.ABANDONED_IN_STANDARD] <= contacts[c.ABANDONED]).all()
    assert contacts[c.CALL_BACKS_MISSED].sum() == seen.run.tally.step_sums[..., StepColumn.CALL_BACKS_MISSED].sum()
    teams = {t: seen.run.tally.team_sums[..., t] for t in TeamColumn}
    there = teams[TeamColumn.DUTY] + teams[TeamColumn.AFTER_SHIFT]
    assert (teams[TeamColumn.BUSY] <= there + 1e-6).all()
    assert (teams[TeamColumn.AFTER_SHIFT] >= -1e-6).all()
    assert (teams[TeamColumn.AFTER_SHIFT] <= teams[TeamColumn.BUSY] + 1e-6).all()
    assert (teams[TeamColumn.INTERVALS_MET] <= teams[TeamColumn.INTERVALS]).all()
    assert (teams[TeamColumn.INTERVALS] <= 336).all()


def costs_conserved(seen: Observed) -> None:
    """What cases cost is what their contacts and messages cost, where no decision is wrong and prices do not change."""
    plans = [plan for _, plan in seen.timeline]
    first, tally = plans[0], seen.run.tally
    prices = (("channels", "cost"), ("reasons", "update_cost"))
    same = all(np.array_equal(getattr(p, t)[c], getattr(first, t)[c]) for p in plans for t, c in prices)
    if not same or any((p.rights["p_error"] * p.rights["cost"]).any() for p in plans):
        return
    attempts = tally.contact_sums[..., ContactColumn.ATTEMPTS].sum(axis=(0, 1))
    updates = tally.case_sums[..., CaseColumn.UPDATES].sum(axis=(0, 2))
    spent = (attempts * first.channels["cost"]).sum() + (updates * first.reasons["update_cost"]).sum()
    assert tally.case_sums[..., CaseColumn.COST].sum() == pytest.approx(spent)


def rows_conserved(seen: Observed) -> None:
    """A case knows how many rows it has; a row belongs to a case that is there; who waits is counted as waiting."""
    state = seen.run.state
    rows = np.bincount(state.visits["case"][state.visits["status"] > 0], minlength=len(state.cases))
    alive = state.cases["status"] > 0
    assert np.array_equal(rows[alive], state.cases["visit_rows"][alive])
    assert not rows[~alive].any()
    assert state.team_state["waiting"].sum() == (state.visits["status"] == WAITING).sum()


def visits_conserved(seen: Observed) -> None:
    """Whoever queued was taken by an agent, left the queue, or waits; whoever was taken is done, missed, or in hands.

    Of a run with a trace.  A call back that reaches nobody goes back to its queue without being counted once more.
    """
    state, names = seen.run.state, seen.names
    if not state.counters[TRACING]:
        return
    rows, now = seen.run.visits(), state.visits

    def at_step(some: np.ndarray) -> np.ndarray:
        return np.bincount(some["step"], minlength=len(names.steps))

    sums = {c: seen.run.tally.step_sums[..., c].sum(axis=0) for c in StepColumn}
    worked = rows[(rows["agent"] >= 0) & np.isin(rows["outcome"], (DONE, MISSED))]
    assert np.array_equal(sums[StepColumn.SERVED], at_step(worked) + at_step(now[now["status"] == SERVED]))
    assert sums[StepColumn.MISSED_CALLS].sum() == (rows["outcome"] == MISSED).sum()
    tried = ((rows["outcome"] == MISSED) & (rows["present"] == 1)).sum()
    between = ((now["status"] == COMING) & (now["enters_as"] == CALL_BACK)).sum()
    left = (rows["outcome"] == WITHDRAWN).sum() + sums[StepColumn.ABANDONED].sum()
    left += sums[StepColumn.CALL_BACKS_MISSED].sum()
    waiting = (now["status"] == WAITING).sum()
    missing = sums[StepColumn.QUEUED].sum() - (sums[StepColumn.SERVED].sum() - tried + left + waiting + between)
    withdrawn = seen.run.tally.case_sums[..., CaseColumn.WITHDRAWN].sum()  # between two tries of a call back
    assert missing >= 0
    assert missing <= withdrawn or len(seen.timeline) > 1  # a queue may go, and who waits in it goes on
    alone = rows[(rows["agent"] < 0) & np.isin(rows["outcome"], (DONE, NOT_DONE))]
    done = at_step(worked[worked["outcome"] == DONE]) + at_step(alone)
    assert done.sum() <= sums[StepColumn.VISITS].sum()
    assert (done <= sums[StepColumn.VISITS]).all() or len(seen.timeline) > 1  # a queue may have become another step's
    assert sums[StepColumn.ABANDONED].sum() == (rows["outcome"] == ABANDONED).sum()
    assert 0 <= sums[StepColumn.CALL_BACKS_MISSED].sum() <= tried


def customers_conserved(seen: Observed) -> None:
    """Start + referred + acquired - left = present, in every segment and week, in tally and state."""
    sums = seen.run.tally.loyalty_sums
    segments = seen.timeline[0][1].segments
    joined = sums[..., LoyaltyColumn.REFERRED] + sums[..., LoyaltyColumn.ACQUIRED]
    at_close = segments["customers_at_start"] + np.cumsum(joined - sums[..., LoyaltyColumn.LEFT], axis=0)
    closed = sums[..., LoyaltyColumn.CUSTOMERS].any(axis=1) | sums[..., LoyaltyColumn.WEEKS].any(axis=1)
    assert np.array_equal(sums[..., LoyaltyColumn.CUSTOMERS][closed], at_close[closed])
    assert not joined[~closed].any()
    assert not sums[~closed, :, LoyaltyColumn.LEFT].any()
    for s, row in enumerate(segments):
        here = seen.run.state.customers["present"][row["first_customer"] : row["first_customer"] + row["slots"]]
        assert here.sum() == at_close[-1, s]


def people_conserved(seen: Observed) -> None:
    """Agents at the start + hired - left = agents now; a position has somebody in it, or is empty and waits, or is cut.

    By team too, where no change moves positions from one team to another.
    """
    tally, state = seen.run.tally, seen.run.state
    before = [plan for at, plan in seen.timeline if at < seen.run.at or plan is seen.timeline[0][1]]
    positions = before[-1].roster["duty"] >= 0
    there = state.agents["employed_in"] >= 0
    assert not (there & ~positions).any()
    waits = np.isfinite(state.agents["hire_at"])
    assert not (there & waits).any()
    assert np.array_equal(positions, there | (positions & waits))
    sums = tally.team_sums.sum(axis=0)
    seed, replication = (int(word) for word in state.key)
    first = runs.start(seen.timeline[0][1], seen.names, seed, replication, 1, 1).state.agents["employed_in"]
    moved = sums[:, TeamColumn.HIRED] - sums[:, TeamColumn.LEFT]
    assert (first >= 0).sum() + moved.sum() == there.sum()
    teams_of = np.stack([np.where(p.roster["duty"] >= 0, p.roster["team"], -1) for p in before])
    if (((teams_of == teams_of.max(axis=0)) | (teams_of < 0)).all(axis=0)).all():
        counts = (np.bincount(x[x >= 0], minlength=len(sums)) for x in (first, state.agents["employed_in"]))
        start, now = counts
        assert np.array_equal(start + moved, now)
    assert (sums[:, TeamColumn.QUIT] <= sums[:, TeamColumn.LEFT]).all()
    assert (sums[:, TeamColumn.MISSED_SHIFTS] <= sums[:, TeamColumn.SHIFTS]).all()
    assert not tally.skill_sums[..., SkillColumn.PEOPLE][tally.team_sums[..., TeamColumn.PEOPLE].sum(axis=1) == 0].any()


def effort_conserved(seen: Observed) -> None:
    """Effort of cases = by cause = by step = entries of the ledger, but for days late of cases that are still open."""
    tally = seen.run.tally
    by_cause = tally.case_sums[..., len(CaseColumn) :]
    assert np.allclose(tally.case_sums[..., CaseColumn.EFFORT], by_cause.sum(axis=-1), rtol=1e-9, atol=1e-9)
    ledger = by_cause.sum(axis=(0, 2))
    assert np.allclose(tally.effort_sums.sum(axis=(0, 2)), ledger, rtol=1e-9, atol=1e-9)
    if not seen.run.state.counters[TRACING]:
        return
    entries = seen.run.entries()
    entered = np.zeros(len(Cause))
    np.add.at(entered, entries["cause"], entries["effort"])
    expected = ledger.sum(axis=0)
    assert entered[Cause.LATE] <= expected[Cause.LATE] + 1e-9
    entered[Cause.LATE] = expected[Cause.LATE]
    assert np.allclose(entered, expected, rtol=1e-9, atol=1e-9)


def failures_traced(seen: Observed) -> None:
    """All failure demand has a cause, all of it sums to what is counted elsewhere."""
    tally, plan = seen.run.tally, seen.timeline[0][1]
    c, contacts = ContactColumn, tally.contact_sums.sum(axis=(0, 2))
    traced = tally.cause_sums.sum(axis=(0, 1, 2))[:, OriginColumn.CONTACTS]
    kinds = {Origin.REPEAT: c.REPEAT, Origin.CHASER: c.CHASER, Origin.COMPLAINT: c.COMPLAINT, Origin.RETURN: c.RETURN}
    for origin, column in {**kinds, Origin.REDIAL: c.REDIALS, Origin.MISROUTE: c.MISROUTED}.items():
        assert traced[origin] == contacts[:, column].sum()
    if all(np.array_equal(p.reasons["failure"], plan.reasons["failure"]) for _, p in seen.timeline):
        assert traced[Origin.FAILURE] == contacts[plan.reasons["failure"] == 1, c.FIRST].sum()
        back = tally.case_sums[:, plan.reasons["failure"] == 0][..., CaseColumn.CAME_BACK].sum()
        back += tally.recovery_sums[..., RecoveryColumn.RECURRED].sum()
        back += tally.sale_sums[..., SaleColumn.BROKEN].sum()  # where a value reason comes of what was sold
        assert traced[Origin.RECURRENCE] <= back
    assert not traced[Origin.VALUE]
    assert not tally.cause_sums[:, :, -1, Origin.REPEAT :].any()  # a step is to blame for each of them
    ledger = tally.case_sums.sum(axis=(0, 2))[:, len(CaseColumn) :]
    traced_effort = tally.cause_sums.sum(axis=(0, 2, 3))[:, OriginColumn.EFFORT]
    late_or_lost = ledger[:, [Cause.LATE, Cause.UNRESOLVED]].sum(axis=1)
    assert (traced_effort <= ledger.sum(axis=1) - late_or_lost + 1e-9).all()
    worked = tally.hour_sums[..., HourColumn.SERVICE].sum() + tally.step_sums[..., StepColumn.WRAP].sum()
    assert tally.cause_sums[..., OriginColumn.MINUTES].sum() <= worked + 1e-6


def recovery_conserved(seen: Observed) -> None:
    """Nothing is answered that was not asked, and no more is given back than was lost."""
    sums = seen.run.tally.recovery_sums.sum(axis=0)
    column = {c: sums[:, c] for c in RecoveryColumn}
    parts = ((RecoveryColumn.FAILURES, RecoveryColumn.LOSSES), (RecoveryColumn.SYMPTOM, RecoveryColumn.SOLVED))
    parts += ((RecoveryColumn.RECURRED, RecoveryColumn.SYMPTOM), (RecoveryColumn.ENDED, RecoveryColumn.COMPLAINTS))
    parts += ((RecoveryColumn.UNSOLVED, RecoveryColumn.ENDED), (RecoveryColumn.FOLLOWED_UP, RecoveryColumn.UNHAPPY))
    parts += ((RecoveryColumn.PROACTIVE_REACHED, RecoveryColumn.PROACTIVE),)
    parts += ((RecoveryColumn.FOLLOW_UP_REACHED, RecoveryColumn.FOLLOWED_UP),)
    for some, of in parts:
        assert (column[some] <= column[of]).all(), (some.name, of.name)
    assert (column[RecoveryColumn.GIVEN_BACK] <= column[RecoveryColumn.LOSS] + 1e-9).all()
    answered = column[RecoveryColumn.REPLIED]
    for part in (RecoveryColumn.CAUSE, RecoveryColumn.EMPATHY, RecoveryColumn.SPEED, RecoveryColumn.SHARE):
        assert (column[part] <= answered + 1e-9).all(), part.name
