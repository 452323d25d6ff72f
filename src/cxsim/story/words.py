"""A case's life in words: dated lines, the effort entered under each, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from cxsim.durations import say
from cxsim.measures.catalogue import CAUSES
from cxsim.organisation import Organisation, Route
from cxsim.organisation.checks import followers
from cxsim.state import ABANDONED, BALKED, BLOCKED, DONE, MISSED
from cxsim.story.worlds import CaseName, Life
from cxsim.tally import Cause, Kind
from cxsim.timetables import CHANGE_AT, day_of

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
    Kind.CHASER: "to ask how far it is",
    Kind.COMPLAINT: "to complain",
    Kind.RETURN: "because of our missed call",
}

AT_THE_END = (Cause.LATE, Cause.UNRESOLVED)
"""Effort that is entered when the case is closed."""
CLOSED = "the case is closed"
AT_ONCE = 0.5 / 60.0
INDENT = 19


@dataclass
class Line:
    """Something that happens at an instant, and the effort it cost."""

    at: float
    text: str
    efforts: list[tuple[str, float]] = field(default_factory=list)


def local(days: Any, t: float) -> datetime:
    """Local date and time of instant t, by the plan's table of days."""
    row = days[day_of(days, t)]
    shift = float(row["shift"])
    after = t - float(row["start_at"])
    after -= shift if after >= CHANGE_AT + min(shift, 0.0) else 0.0
    return datetime.combine(date.fromordinal(int(row["date"])), time()) + timedelta(minutes=after)


def rounded(minutes: float) -> str:
    """A duration as one would say it: to the second, the minute or a tenth of a day."""
    unit = 1.0 / 60.0 if minutes < 10.0 else 1.0 if minutes < 1440.0 else 144.0
    return say(round(minutes / unit) * unit)


def called(block: Mapping[str, Any], name: str) -> str:
    """Title of a segment, reason, step, else its name in words."""
    spec = block.get(name)
    return getattr(spec, "title", "") or name.replace("_", " ")


def lowered(text: str) -> str:
    """The text inside a sentence: no capital, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def lines(life: Life, case: CaseName) -> list[Line]:
    """Everything that happened to the case, in order."""
    found: list[Line] = []
    met: set[tuple[int, int, int]] = set()
    before: Any = None
    for row in life.visits:
        contact = (int(row["kind"]), int(row["ordinal"]), int(row["attempt"]))
        if contact in met and before is not None:
            found += _meanwhile(life, before, row)
        found.append(_visit(life, case, row, contact not in met))
        met.add(contact)
        if row["kind"] != Kind.CHASER:
            before = row
    found.sort(key=lambda line: line.at)
    for entry in life.entries:
        if entry["cause"] in AT_THE_END:
            at = float(entry["at"])
            last = next((line for line in found if line.at == at and line.text == CLOSED), Line(at, CLOSED))
            found += [] if last in found else [last]
            last.efforts.append((CAUSES[Cause(int(entry["cause"]))][1], float(entry["effort"])))
            continue
        under = [line for line in found if line.at <= entry["at"]]
        if not under:
            under = [Line(float(entry["at"]), "gets in touch about " + lowered(_reason(life, case.reason)))]
            found.insert(0, under[0])
        under[-1].efforts.append((CAUSES[Cause(int(entry["cause"]))][1], float(entry["effort"])))
    return found


def _reason(life: Life, name: str) -> str:
    return called(life.world.organisations[-1][1].reasons, name)


def _visit(life: Life, case: CaseName, row: Any, new: bool) -> Line:
    """One row of the trace."""
    names = life.world.names
    queued, began, ended = (float(row[f"{x}_at"]) for x in ("queued", "began", "ended"))
    organisation = life.world.organisation_at(min(queued, ended))
    route, step = names.steps[row["step"]]
    spec = organisation.routes.get(route, {}).get(step)
    task = lowered(called(_defined(life, route), step))
    present = bool(row["present"])
    waited = max(0.0, (began if np.isfinite(began) else ended) - queued)
    who = names.agent_names()[row["agent"]] if row["agent"] >= 0 else ""
    parts = []
    if new:
        parts.append(_contact(life, case, row, names.channels[row["channel"]]))
    elif present:
        parts.append("is passed on")
    if row["outcome"] in (ABANDONED, BALKED, BLOCKED):
        parts.append(_lost(int(row["outcome"]), waited))
    elif row["outcome"] == MISSED:
        parts.append(f"{who} phones the customer, who does not answer")
    elif row["outcome"] != DONE:
        parts.append(f"{task}: no longer wanted, the customer has taken the matter elsewhere")
    else:
        wait = (
            ""
            if waited <= AT_ONCE
            else f"waits {rounded(waited)}"
            if present
            else f"after {rounded(waited)} in the tray"
        )
        if wait and present:
            parts.append(wait)
        calls = "phones the customer: " if spec is not None and spec.outbound and not present else ""
        tray = f" ({wait})" if wait and not present else ""
        parts.append(f"{who}: {calls}{task}, {rounded(ended - began)}{tray}")
    at = queued if new or present or not np.isfinite(began) else began
    return Line(at, "; ".join(parts))


def _contact(life: Life, case: CaseName, row: Any, channel: str) -> str:
    kind = Kind(int(row["kind"]))
    reason = lowered(_reason(life, case.reason))
    does = REACHES.get(channel, f"gets in touch ({called(life.world.organisations[-1][1].channels, channel)})")
    again = " once more" if row["attempt"] else " again" if kind == Kind.REPEAT else ""
    return f"{does}{again} {WHY[kind].format(reason=reason)}"


def _lost(outcome: int, waited: float) -> str:
    if outcome == BLOCKED:
        return "all lines are taken"
    if outcome == BALKED:
        return "sees that all are busy and leaves"
    return f"waits {rounded(waited)} and gives up"


def _defined(life: Life, route: str) -> Route:
    """Steps of a route by name, whenever they were defined."""
    steps: Route = {}
    for _, organisation in life.world.organisations:
        steps |= organisation.routes.get(route, {})
    return steps


def _meanwhile(life: Life, before: Any, row: Any) -> Iterator[Line]:
    """What passed between two visits of a route without anyone working on it."""
    gap = float(row["queued_at"]) - float(before["ended_at"])
    if before["outcome"] != DONE or row["kind"] == Kind.CHASER or not gap > 1.0:
        return
    (route, last), (here, step) = (life.world.names.steps[x["step"]] for x in (before, row))
    organisation = life.world.organisation_at(float(before["ended_at"]))
    passed = _delays(organisation, route, last, step) if route == here else []
    steps = _defined(life, route)
    said = ", ".join(lowered(called(steps, name)) for name in passed) or "nothing happens"
    yield Line(float(before["ended_at"]), f"then {rounded(gap)}: {said}")


def _delays(organisation: Organisation, route: str, start: str, end: str) -> list[str]:
    """Steps without a team on the shortest way from one step to another, if all between are such."""
    steps = organisation.routes.get(route, {})
    ways: list[list[str]] = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for name in followers(steps[way[-1]]) if way[-1] in steps else ():
            if name == end and len(way) > 1:
                return [n for n in way[1:] if not steps[n].parallel]
            if name in steps and name not in seen and steps[name].team is None:
                seen.add(name)
                ways.append([*way, name])
    return []


def told(life: Life, case: CaseName, today: Life) -> str:
    """The life as text; no more than a word if it is as today."""
    if life is not today and same(life, today):
        return f"{life.world.scenario.title}\n  The same, to the second."
    days = life.world.plans[0][1].days
    text = [life.world.scenario.title]
    total = 0.0
    for line in lines(life, case):
        text.append(f"  {local(days, line.at):%a %d %b %H:%M}  {line.text}")
        if line.efforts:
            total += sum(effort for _, effort in line.efforts)
            said = ", ".join(f"+{effort:.2f} {cause}" for cause, effort in line.efforts if effort >= 0.005)
            text += [f"{'':{INDENT}}  effort {said}: {total:.2f}"] if said else []
    if len(text) == 1:
        text.append("  No trace of it: no such case arises here, or it needed none of us.")
        return "\n".join(text)
    return "\n".join([*text, f"  {ending(life)}"])


def same(a: Life, b: Life) -> bool:
    """Whether nothing is different."""
    return np.array_equal(a.visits, b.visits) and np.array_equal(a.entries, b.entries) and a.over == b.over


def ending(life: Life) -> str:
    """How it ended and felt."""
    felt = "better" if life.satisfaction > 0 else "worse"
    feels = (
        f"effort {life.effort:.2f} SD, {felt} than expected (satisfaction {life.satisfaction:+.2f} SD); "
        f'"they made it easy": {life.ces:.1f} of 7 expected'
    ).replace("-", "−")
    return f"{outcome(life)}; {feels}."


def outcome(life: Life) -> str:
    """Solved, given up, or still open."""
    if not life.over:
        return "Still open when the story ends"
    causes = set(life.entries["cause"].tolist())
    return "Ended without being solved" if int(Cause.UNRESOLVED) in causes else "Solved"


def contacts(life: Life) -> int:
    """Attempts to reach us that left a trace."""
    rows = life.visits
    return len({(int(r["kind"]), int(r["ordinal"]), int(r["attempt"])) for r in rows})


def waiting(life: Life) -> float:
    """Minutes on the line or in a queue, present."""
    rows = life.visits[life.visits["present"] == 1]
    began = np.where(np.isfinite(rows["began_at"]), rows["began_at"], rows["ended_at"])
    return float(np.maximum(began - rows["queued_at"], 0.0).sum())


def lasting(life: Life) -> float:
    """Minutes from the first trace of it to the last."""
    rows = life.visits
    return float(rows["ended_at"].max() - np.minimum(rows["queued_at"], rows["ended_at"]).min())
