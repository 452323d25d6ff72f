"""A case's life as dated lines: what happened, and under each line the effort that it cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from cxsim.measures.of_cases import CAUSES
from cxsim.organisation.work import Step
from cxsim.report.story.background import GAVE_UP, LET_BE, LOST, SOLVED, STILL_OPEN, Background
from cxsim.report.story.background import WITHDRAWN as TOOK_IT_ELSEWHERE
from cxsim.report.story.words import called, day, lowered, rounded
from cxsim.report.story.worlds import CaseName, Life
from cxsim.state.state import BALKED, BLOCKED, DONE, MISSED, NOT_DONE, WITHDRAWN
from cxsim.state.tally import Cause, Kind

REACHES = {
    "phone": "phones",
    "chat": "opens a chat",
    "branch": "comes to the branch",
    "email": "writes an e-mail",
    "mail": "writes an e-mail",
    "form": "sends the form",
    "web": "tries online",
}
"""What a customer does on a channel, by its name; other channels: "gets in touch (name)"."""

WHY = {
    Kind.FIRST: "about {reason}",
    Kind.REPEAT: "because it is not solved",
    Kind.CHASER: "to enquire about its status",
    Kind.COMPLAINT: "to complain, because it is not solved",
    Kind.RETURN: "because of our missed call",
}

ENDS = {
    SOLVED: "it is solved",
    TOOK_IT_ELSEWHERE: "the customer takes the matter elsewhere",
    GAVE_UP: "the customer does not try again",
    LET_BE: "it is not solved, and the customer lets it be",
}
"""The last line, by how the case ends."""
AT_ONCE = 0.5 / 60.0


@dataclass
class Line:
    """Something that happens at an instant, and the effort it cost."""

    at: float
    text: str
    efforts: list[tuple[str, float]] = field(default_factory=list)


def lines(life: Life, case: CaseName, known: Background) -> list[Line]:
    """Everything that happened to the case, in order."""
    found: list[Line] = []
    met: dict[tuple[int, int, int], Any] = {}
    for row in life.visits:
        contact = (int(row["kind"]), int(row["ordinal"]), int(row["attempt"]))
        found.append(_visit(life, case, row, met.get(contact)))
        met[contact] = row
    found += _promise(life, known)
    found += _updates(life, known)
    found += [Line(since, f"{_task(life, step, since)}, not over yet") for step, since in known.under_way]
    found.sort(key=lambda line: line.at)
    found += _end(life, known)
    found.sort(key=lambda line: line.at)
    for entry in life.entries:
        under = [line for line in found if line.at <= entry["at"]]
        if not under:
            under = [Line(float(entry["at"]), "gets in touch about " + lowered(_reason(life, case.reason)))]
            found.insert(0, under[0])
        under[-1].efforts.append((CAUSES[Cause(int(entry["cause"]))][1], float(entry["effort"])))
    if life.over and not known.put_right:
        found.append(Line(life.closed_at, _survey(known)))
    return found


def _promise(life: Life, known: Background) -> Iterator[Line]:
    """What was promised, and the day on which it is broken."""
    if known.promised_for < math.inf:
        due = day(life.world, known.promised_for)
        yield Line(
            life.opened_at, f"we promise: done by {due}" if known.promised else f"no promise; expects it by {due}"
        )
    if known.due_at < min(known.solved_at, life.closed_at if life.over else life.world.run.at):
        broken = "the promise is broken" if known.promised else "the customer expected it by now"
        moved = " (the clock stood still while we waited for the customer)" if known.due_at > known.promised_for else ""
        yield Line(known.due_at, broken + moved)


def _updates(life: Life, known: Background) -> Iterator[Line]:
    """Updates, on one line where nothing else happens between them."""
    happens = np.sort(np.concatenate([life.visits["queued_at"], life.visits["ended_at"]]))
    for _, group in groupby(known.updates, key=lambda t: int(np.searchsorted(happens, t))):
        sent = list(group)
        heeds = "" if known.heeds else "; this customer asks all the same"
        yield Line(sent[0], f"we send {'an update' if len(sent) == 1 else f'{len(sent)} updates'}{heeds}")


def _end(life: Life, known: Background) -> Iterator[Line]:
    if known.ended == STILL_OPEN:
        if known.solved_at < math.inf:
            yield Line(known.solved_at, ENDS[SOLVED])
        return
    yield Line(min(known.solved_at, life.closed_at), ENDS[known.ended])


def _survey(known: Background) -> str:
    if known.answers is None:
        most, least = (f"{1.0 - p:.0%}" for p in known.p_answer)
        return f"does not answer our survey, as {most if most == least else f'{least} to {most}'} of customers do not"
    recommends, ease = known.answers
    return f'answers our survey: would recommend us {recommends} of 10, "they made it easy" {ease} of 7'


def _reason(life: Life, name: str) -> str:
    return called(life.world.organisations[-1][1].reasons, name)


def _task(life: Life, step: int, t: float) -> str:
    """What is done at a step, in words."""
    route, name = life.world.names.steps[step]
    steps: dict[str, Step] = {}
    for _, organisation in life.world.organisations:
        steps |= organisation.routes.get(route, {})
    spec = _spec(life, step, t)
    title = lowered(called(steps, name))
    supplier = spec.supplier.replace("_", " ") if spec is not None and spec.supplier else ""
    return title if supplier in title else f"{title} (at the {supplier})"


def _spec(life: Life, step: int, t: float) -> Step | None:
    """The step as it was at t."""
    route, name = life.world.names.steps[step]
    return life.world.organisation_at(t).routes.get(route, {}).get(name)


def _visit(life: Life, case: CaseName, row: Any, before: Any) -> Line:
    """One row of the trace; before: the row of the same contact that came before it."""
    queued, began, ended = (float(row[f"{x}_at"]) for x in ("queued", "began", "ended"))
    at = min(queued, ended)
    present = bool(row["present"])
    waited = max(0.0, (began if np.isfinite(began) else ended) - queued)
    spec = _spec(life, int(row["step"]), at)
    task = _task(life, int(row["step"]), at)
    outcome = int(row["outcome"])
    parts = []
    if before is None:
        parts.append(_contact(life, case, row))
    elif before["outcome"] == NOT_DONE:
        parts.append(_does(life, row) + " instead")
    elif present:
        parts.append("is passed on")
    if outcome in LOST:
        parts.append(_lost(outcome, waited))
    elif outcome == WITHDRAWN:
        parts.append(f"{task}: waits {rounded(waited)}, then it is no longer wanted")
    elif row["agent"] < 0:
        parts.append(f"{task}, {rounded(ended - began)}" + (", which does not work" if outcome == NOT_DONE else ""))
    else:
        who = life.world.names.agent_names()[row["agent"]]
        if present and waited > AT_ONCE:
            parts.append(_wait(life, row, waited))
        tray = f" (after {rounded(waited)} in the tray)" if waited > AT_ONCE and not present else ""
        if outcome == MISSED:
            parts.append(f"{who} phones the customer, who does not answer{tray}")
        else:
            calls = " phones the customer" if spec is not None and spec.outbound and not present else ""
            parts.append(f"{who}{calls}: {task}, {rounded(ended - began)}{tray}")
    return Line(at if before is None or present or not np.isfinite(began) else began, "; ".join(parts))


def _wait(life: Life, row: Any, waited: float) -> str:
    """A wait on the line; who waits without feeling it has accepted to be called back."""
    waits = life.entries[(life.entries["cause"] == Cause.WAIT) & (life.entries["at"] >= row["queued_at"])]
    weighs = life.world.organisation_at(float(row["queued_at"])).experience.effort.wait > 0.0
    if weighs and not np.any(waits["at"] <= row["began_at"]):
        return f"accepts to be called back, and is after {rounded(waited)}"
    return f"waits {rounded(waited)}"


def _does(life: Life, row: Any) -> str:
    channel = life.world.names.channels[row["channel"]]
    return REACHES.get(channel, f"gets in touch ({called(life.world.organisations[-1][1].channels, channel)})")


def _contact(life: Life, case: CaseName, row: Any) -> str:
    kind = Kind(int(row["kind"]))
    reason = lowered(_reason(life, case.reason))
    again = " once more" if row["attempt"] else " again" if kind == Kind.REPEAT else ""
    why = WHY[kind].format(reason=reason)
    if case.of_a_sale and row["ordinal"] == 0 and kind in (Kind.FIRST, Kind.COMPLAINT):
        why = "to complain: what was sold cannot be kept"
    return f"{_does(life, row)}{again} {why}"


def _lost(outcome: int, waited: float) -> str:
    if outcome == BLOCKED:
        return "all lines are taken"
    if outcome == BALKED:
        return "sees that all are busy and leaves"
    return f"waits {rounded(waited)} and gives up"


def contacts(life: Life) -> int:
    """Attempts to reach us that left a trace."""
    rows = life.visits[life.visits["outcome"] != WITHDRAWN]
    return len({(int(r["kind"]), int(r["ordinal"]), int(r["attempt"])) for r in rows})


def waiting(life: Life) -> float:
    """Minutes on the line or in a queue, present."""
    rows = life.visits[life.visits["present"] == 1]
    began = np.where(np.isfinite(rows["began_at"]), rows["began_at"], rows["ended_at"])
    return float(np.maximum(began - rows["queued_at"], 0.0).sum())


def working(life: Life) -> float:
    """Minutes that somebody worked on it."""
    rows = life.visits[(life.visits["agent"] >= 0) & np.isin(life.visits["outcome"], (DONE, MISSED))]
    return float((rows["ended_at"] - rows["began_at"]).sum())
