"""The minutes of a board: what it saw, what it decided, and what came of it, in sentences for the people on it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from cxsim.calendars.constants import WEEK
from cxsim.engines.board import Sitting
from cxsim.engines.board.memory import (
    CANNOT_STOP,
    IMPOSSIBLE,
    KEEPS,
    NO_MONEY,
    NO_ROOM,
    STARTS,
    STOPS,
    TOO_EARLY,
    WATCHES,
)
from cxsim.organisation import Organisation
from cxsim.scenario.board import COMPLAINTS, CONTACTS, IDEAS, SHOPPERS, SURVEYS
from cxsim.scenario.interventions.base import listing, title

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
OPENING = (
    "One simulated run: with other random numbers the same board would have decided otherwise. It sees what is "
    "measured and reported, never what customers really perceive nor why a contact really failed. Weeks are counted "
    "from the start of the study; what is called sure is so with"
)
POINTERS = (
    (CONTACTS, "logged", "", " in the log"),
    (COMPLAINTS, "complaints", " complaint", " complaints"),
    (SHOPPERS, "shoppers", " shopper", " shoppers"),
    (IDEAS, "ideas", " idea", " ideas"),
)
"""What points at a step: what is read, its column, and its words for one and for several."""
HOURS = 60.0


def minutes_of(sitting: Sitting, scenario: str, until: float) -> str:
    """All minutes up to a time (minutes after time 0), as Markdown.  scenario: its title."""
    o = sitting.plans.own[0][1]
    text = [
        f"# Minutes: {scenario}",
        "",
        f"{o.title}. {OPENING} {100.0 * sitting.plans.board.sure:g} %.",
    ]
    for met in sitting.memory.meetings:
        text += ["", *_Meeting(sitting, met).lines()]
    return "\n".join([*text, "", *_outcome(sitting, until)]) + "\n"


class _Meeting:
    """One meeting in words."""

    def __init__(self, sitting: Sitting, met: Any) -> None:
        memory = sitting.memory
        self.sitting, self.met, self.board = sitting, met, sitting.plans.board
        self.names = sitting.plans.names
        self.now: Organisation = sitting.organisation_at(float(met["at"]))
        self.currency = sitting.plans.own[0][1].economics.currency
        self.pains, self.decisions, self.journeys, self.ideas = (
            rows[rows["meeting"] == met["meeting"]]
            for rows in (memory.pains, memory.decisions, memory.journeys, memory.ideas)
        )

    def lines(self) -> list[str]:
        """The meeting as Markdown."""
        met = self.met
        day = self.sitting.plans.own[0][1].calendar.start + timedelta(minutes=float(met["at"]))
        agenda = "metrics" if met["metrics"] else "projects"
        text = [f"## Meeting {met['meeting']}, week {met['at'] / WEEK:.0f} ({day.day} {day:%B %Y}): {agenda}", ""]
        text += [self._seen(), ""]
        if met["metrics"]:
            text += [*self._voices(), *self._pains(), ""]
        decided = [self._decided(row) for row in self.decisions]
        text += ["Decided:" if met["metrics"] else "Projects:", ""]
        text += [f"- {line}" for line in decided or [self._nothing()]]
        if math.isfinite(met["left"]):
            text += [f"- {met['left']:,.0f} {self.currency} of the budget are left."]
        return text

    def _seen(self) -> str:
        met = self.met
        many = int(met["weeks"])
        weeks = "The last week" if many == 1 else f"The last {_count(many, 'week')}"
        text = f"{weeks}: {met['contacts']:,.0f} contacts a week"
        if SURVEYS in self.board.reads:
            text += f"; {met['answers'] / met['weeks']:,.0f} answers to the survey a week"
            if met["answers"]:
                promoters, detractors = (met[name] / met["answers"] for name in ("promoters", "detractors"))
                text += f", {_percent(promoters)} promoters and {_percent(detractors)} detractors"
        if COMPLAINTS in self.board.reads:
            text += f"; {met['complaints']:,.0f} complaints a week"
        text += f". Net benefit is {met['net']:,.1f} {self.currency} a customer and year"
        if math.isfinite(met["net_first"]):
            change = _way(met["net_low"], met["net_high"], "higher", "lower", 1)
            text += f"; it was {met['net_first']:,.1f} before the first project came into force ({change})"
        return text + "."

    def _voices(self) -> Iterator[str]:
        if SURVEYS in self.board.reads and self.met["disliked"] >= 0:
            liked = (
                f"Promoters are found most often with {self._reason(self.met['liked'])}. "
                if self.met["liked"] >= 0
                else ""
            )
            yield f"{liked}Most detractors come from {self._reason(self.met['disliked'])}."
            yield ""
        if SHOPPERS in self.board.reads and len(self.journeys):
            trouble = self.journeys[self.journeys["worst"] >= 0]
            text = f"Mystery shoppers made {_count(len(self.journeys), 'journey')}; "
            met = "all" if len(trouble) == len(self.journeys) else _word(len(trouble), "none")
            text += f"{met} met with trouble" + (": " if len(trouble) else ".")
            noted = [
                f"{self._step(row['worst'])} ({self._reason(row['reason'])}, {_lasting(row['wait'])} of waiting in all)"
                for row in trouble
            ]
            yield text + (f"{listing(noted)}." if noted else "")
            yield ""
        if IDEAS in self.board.reads:
            steps, counts = np.unique(self.ideas["step"], return_counts=True)
            order = np.argsort(-counts, kind="stable")
            named = zip(steps[order].tolist(), counts[order].tolist(), strict=True)
            about = [self._step_of_reason(s) + (f", {_times(n)}" if n > 1 else "") for s, n in named]
            text = f"Employees handed in {_count(len(self.ideas), 'idea')}"
            yield f"{text}: {'; '.join(about)}." if about else f"{text}."
            yield ""

    def _pains(self) -> Iterator[str]:
        weighted = [
            f"{self._reason(self.names.reasons.index(name))} counts {weight:g} times"
            for name, weight in self.board.weights.items()
        ]
        by = "contacts × detractors × share of what points at the step"
        yield f"The worst pain points, by {by}{'; ' if weighted else ''}{' and '.join(weighted)}:"
        yield ""
        score = "weighted unhappy contacts a week" if weighted else "unhappy contacts a week"
        yield f"| | reason | step | contacts a week | detractors | points at the step | {score} |"
        yield "|---|---|---|---|---|---|---|"
        for row in self.pains:
            detractors = "not asked"
            if SURVEYS in self.board.reads:
                detractors = (
                    f"{_percent(row['unhappy'])} ({_ends(100 * row['unhappy_low'], 100 * row['unhappy_high'])})"
                )
            read = [(int(row[k]), one, more) for source, k, one, more in POINTERS if source in self.board.reads]
            counts = [f"{n:,}{one if n == 1 and one else more}" for n, one, more in read if n]
            here = f"{_percent(row['here'])}" + (f": {', '.join(counts)}" if counts else "")
            yield (
                f"| {row['rank']} | {self._reason(row['reason'], '')} | {self._step(row['step'])} "
                f"| {row['contacts']:,.0f} | {detractors} | {here} "
                f"| {row['score']:,.0f} ({_ends(row['low'], row['high'])}) |"
            )

    def _decided(self, row: Any) -> str:
        what, item = int(row["what"]), self.board.backlog[int(row["item"])]
        called = f"“{item.title}”"
        place = f"{self._reason(row['reason'])}, step “{self._step(row['step'])}”"
        if what == STARTS:
            force = (row["at"] + item.lead_time) / WEEK
            when = "at once" if item.lead_time == 0.0 else f"in week {force:.0f}"
            money = f" and commits {row['money']:,.0f} {self.currency}" if row["money"] else ""
            return f"Starts {called} for {place}. It comes into force {when}{money}."
        if what == NO_ROOM:
            busy = f"{_word(int(self.met['under_way']))} {'is' if self.met['under_way'] == 1 else 'are'} under way"
            return f"{called} would fit {place}, but {busy}, and there is no capacity for more."
        if what == NO_MONEY:
            money = f"{row['money']:,.0f} {self.currency}"
            return f"{called} would fit {place}, but its {money} are not in the budget any more."
        if what == IMPOSSIBLE:
            return f"{called} would fit {place}, but it cannot be done together with what is in force or prepared."
        if what == TOO_EARLY:
            weeks = int(row["weeks"])
            if weeks < 0:
                return f"{called} is being prepared; it comes into force in {_count(-weeks, 'week')}."
            since = "comes into force now" if weeks == 0 else f"has been in force for {_count(weeks, 'week')}"
            return f"{called} {since}; it is too early to judge."
        return f"{called} has been in force for {_count(int(row['weeks']), 'week')}. {self._judged(row, what)}"

    def _judged(self, row: Any, what: int) -> str:
        shown = [
            f"net benefit a customer and year {self._change(row, 'net', 'higher', 'lower', 1)}",
            f"unhappy contacts it is meant for, a week, {self._change(row, 'pain', 'more', 'fewer', 0)}",
            "repeats, status enquiries, hang-ups and rework at its steps, a week, "
            + self._change(row, "log", "more", "fewer", 0),
        ]
        known = [
            text
            for text, name in zip(shown, ("net", "pain", "log"), strict=True)
            if math.isfinite(row[f"{name}_before"])
        ]
        text = (
            f"Before and after: {'; '.join(known)}." if known else "There are too few weeks before it to compare with."
        )
        if row["others"] and known:
            others = _word(int(row["others"])).capitalize()
            made = "change was" if row["others"] == 1 else "changes were"
            text += f" {others} other {made} made in these weeks."
        item = self.board.backlog[int(row["item"])]
        saved = f", which frees {row['money']:,.0f} {self.currency} of the budget" if row["money"] else ""
        verdicts = {
            KEEPS: "**Kept.**",
            STOPS: f"**Stopped**{saved}.",
            WATCHES: "**Not clear yet**; it is looked at again at the next review.",
            CANNOT_STOP: "**Kept**: it should go, but others build on it.",
        }
        sure = any(row[f"{name}_low"] > 0.0 or row[f"{name}_high"] < 0.0 for name in ("net", "pain", "log"))
        why = ""
        if not sure and what == KEEPS:
            why = " Nothing sure is to be seen, but it costs nothing to keep."
        elif not sure and what == STOPS:
            why = f" Nothing sure is to be seen, and it costs {item.costs.per_week:,.0f} {self.currency} every week."
        return f"{text}{why} {verdicts[what]}"

    def _change(self, row: Any, name: str, more: str, fewer: str, decimals: int) -> str:
        before, after, low, high = (float(row[f"{name}_{what}"]) for what in ("before", "after", "low", "high"))
        return f"{before:,.{decimals}f} → {after:,.{decimals}f} ({_way(low, high, more, fewer, decimals)})"

    def _nothing(self) -> str:
        if self.met["metrics"]:
            return "Nothing is started: nothing in the backlog fits the worst pain points and is still to be had."
        return "There is no project to review."

    def _reason(self, r: int, quote: str = "“”") -> str:
        named = title(self.now, "reasons", self.names.reasons[int(r)])
        return f"{quote[0]}{named}{quote[1]}" if quote else named

    def _step_of_reason(self, s: int) -> str:
        """A step with the reasons that come to it: steps of several routes are called alike."""
        route = self.names.steps[int(s)][0]
        reasons = [title(self.now, "reasons", name) for name, spec in self.now.reasons.items() if spec.route == route]
        return f"“{self._step(s)}” ({listing(reasons or [route])})"

    def _step(self, s: int) -> str:
        route, step = self.names.steps[int(s)]
        return title(self.now, "routes", route, step)


def _outcome(sitting: Sitting, until: float) -> Iterator[str]:
    """What came of it, item by item."""
    board, items = sitting.plans.board, sitting.memory.items
    currency = sitting.plans.own[0][1].economics.currency
    decided = items[np.isfinite(items["decided_at"])]
    kept, stopped = int(np.isfinite(decided["kept_at"]).sum()), int(np.isfinite(decided["ends_at"]).sum())
    yield "## What came of it"
    yield ""
    held = len(sitting.memory.meetings)
    _, total, *_ = sitting.spent(round(until / WEEK))
    open_still = _word(len(decided) - kept - stopped, "none")
    yield (
        f"In {_count(held, 'meeting')} the board started {_count(len(decided), 'project')}: "
        f"{_word(kept, 'none')} kept, {_word(stopped, 'none')} stopped, {open_still} not judged yet. It has spent "
        f"{total:,.0f} {currency}, meetings included."
    )
    yield ""
    if not len(items):
        yield "There is nothing in its backlog."
        return
    yield "| project | decided | in force | verdict |"
    yield "|---|---|---|---|"
    for item, row in zip(board.backlog, items, strict=True):
        if not math.isfinite(row["decided_at"]):
            yield f"| {item.title} | – | – | not started |"
            continue
        verdict = "not judged yet"
        if math.isfinite(row["ends_at"]):
            verdict = f"stopped in week {row['ends_at'] / WEEK:.0f}"
        elif math.isfinite(row["kept_at"]):
            verdict = f"kept since week {row['kept_at'] / WEEK:.0f}"
        force = f"week {row['starts_at'] / WEEK:.0f}" if row["starts_at"] < until else "after the end of the study"
        yield f"| {item.title} | week {row['decided_at'] / WEEK:.0f} | {force} | {verdict} |"


def _way(low: float, high: float, more: str, fewer: str, decimals: int) -> str:
    """An interval of a change in words."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "too few weeks to be sure"
    if low > 0.0:
        return f"sure: {low:,.{decimals}f} to {high:,.{decimals}f} {more}"
    if high < 0.0:
        return f"sure: {-high:,.{decimals}f} to {-low:,.{decimals}f} {fewer}"
    return f"may be anything from {-low:,.{decimals}f} {fewer} to {high:,.{decimals}f} {more}"


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _ends(low: float, high: float) -> str:
    return f"{low:,.0f} to {high:,.0f}"


def _word(n: int, nothing: str = "no") -> str:
    return nothing if n == 0 else NUMBERS[n] if n < len(NUMBERS) else f"{n:,}"


def _times(n: int) -> str:
    return "twice" if n == 2 else f"{_word(n)} times"


def _count(n: int, noun: str) -> str:
    return f"{_word(n)} {noun}{'' if n == 1 else 's'}"


def _lasting(wait: float) -> str:
    if wait < 2.0 * HOURS:
        return f"{wait:.0f} min"
    return f"{wait / HOURS:.0f} h" if wait < 48.0 * HOURS else f"{wait / (24.0 * HOURS):.1f} days"
