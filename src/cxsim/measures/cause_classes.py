"""What caused failure demand, apart from where it surfaced: each contact to one class of cause, by step and kind.

A step after which customers get in touch again is where failure surfaces; whose doing it is, is another question.  What
came of cases that were not resolved is split by why the visits of that step failed in the same run: for the agent, for
the process, or for what the customer lacked.  The other kinds have a class of their own.  Both ways add up to the same
whole, by construction: the classes share out what each step and kind has.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxsim.measures.failure import BETWEEN, KINDS, consumed, owner_of_step, owners
from cxsim.measures.loyalty import ALL
from cxsim.measures.reading import Reading, ratio
from cxsim.measures.tables import table_of, with_all
from cxsim.native.records import Floats
from cxsim.state.origins import Origin
from cxsim.state.tally import MEASURED, StepColumn

CUSTOMER_OWNER = "customer"
CLASSES: dict[str, str] = {
    "agent": "agents: what was not resolved for who served it",
    "process": "processes: what was not resolved for the route or the tools, wrong desks",
    "waiting": "waiting in a department: status enquiries while the case stands there",
    "supplier": "suppliers: status enquiries while the case stands there",
    "policy": "policy: queues too long for their staffing, our missed calls, symptoms solved instead of causes",
    "customer": "customers: what they lacked, and what waits for them",
    "unknown": "not known: reasons that are a failure by themselves",
}
"""Classes of causes, and what is charged to each."""
_ALWAYS = {
    Origin.FAILURE: "unknown",
    Origin.RETURN: "policy",
    Origin.REDIAL: "policy",
    Origin.MISROUTE: "process",
    Origin.RECURRENCE: "policy",
}


def failure_causes(r: Reading) -> pd.DataFrame:
    """What failure demand of each class of cause consumes a week; effort_share: % of all effort.

    A row for each class, and ``(all)``, which is the whole of `cxsim.measures.failure.failure_demand`.
    """
    parts = class_shares(r)
    measured = {
        name: with_all(np.einsum("sk,skc->c", values.sum(axis=0), parts), 0) for name, values in consumed(r).items()
    }
    effort = r.tally.effort_sums[MEASURED].sum() / r.weeks
    measured["effort_share"] = 100.0 * ratio(measured["effort_per_week"], effort)
    return table_of(measured, cause=(*CLASSES, ALL))


def class_shares(r: Reading) -> Floats:
    """[step and none known, kind, class] which share of what a step and kind has goes to each class; sums to 1."""
    names, classes = list(KINDS), list(CLASSES)
    shares = np.zeros((len(r.names.steps) + 1, len(names), len(classes)))
    for kind, found in _ALWAYS.items():
        shares[:, names.index(kind), classes.index(found)] = 1.0
    unresolved = _unresolved(r)
    for kind in (Origin.REPEAT, Origin.COMPLAINT):
        for c, of in zip(("agent", "process", "customer"), unresolved.T, strict=True):
            shares[:-1, names.index(kind), classes.index(c)] = of
    shares[:-1, names.index(Origin.CHASER), :] = _standing(r)
    # No step is known: repeats and chasers of what nothing here has caused.
    for kind in (Origin.REPEAT, Origin.COMPLAINT, Origin.CHASER):
        shares[-1, names.index(kind), classes.index("unknown")] = 1.0
    return shares


def _unresolved(r: Reading) -> Floats:
    """[step, (agent, process, customer)] why its visits stayed unresolved; for the process where none did."""
    c = StepColumn
    failed = r.tally.step_sums[r.period].sum(axis=0)[:, [c.FAILED_AGENT, c.FAILED_PROCESS, c.FAILED_CUSTOMER]]
    whole = failed.sum(axis=1, keepdims=True)
    return np.where(whole > 0.0, failed / np.where(whole > 0.0, whole, 1.0), [0.0, 1.0, 0.0])


def _standing(r: Reading) -> Floats:
    """[step, class] with whom a case stands there."""
    classes, who = list(CLASSES), owners(r)
    suppliers = {s.supplier for steps in r.organisation.routes.values() for s in steps.values() if s.supplier}
    found = np.zeros((len(r.names.steps), len(classes)))
    for step, place in enumerate(owner_of_step(r)):
        name = who[place]
        of = "supplier" if name in suppliers else "customer" if name == CUSTOMER_OWNER else "waiting"
        found[step, classes.index("process" if name == BETWEEN else of)] = 1.0
    return found
