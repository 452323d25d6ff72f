"""The words of a story: days, durations, names, and the whole life as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from cxsim.calendars.calendar import CHANGE_AT
from cxsim.calendars.constants import DAY
from cxsim.calendars.durations import duration_text
from cxsim.calendars.timetables import day_of
from cxsim.report.story.worlds import World
from cxsim.state.lineage import Lineage, Offspring


def local(days: Any, t: float) -> datetime:
    """Local date and time of instant t, by the plan's table of days."""
    row = days[day_of(days, t)]
    shift = float(row["shift"])
    after = t - float(row["start_at"])
    after -= shift if after >= CHANGE_AT + min(shift, 0.0) else 0.0
    return datetime.combine(date.fromordinal(int(row["date"])), time()) + timedelta(minutes=after)


def day(world: World, t: float) -> str:
    """An instant as one writes it: "Mon 07 Sep 10:15"."""
    return f"{local(world.plans[0][1].days, t):%a %d %b %H:%M}"


def rounded(minutes: float) -> str:
    """A duration, rounded: to the second, the minute or a tenth of a day."""
    unit = 1.0 / 60.0 if minutes < 10.0 else 1.0 if minutes < DAY else 144.0
    return duration_text(round(minutes / unit) * unit)


def called(block: Mapping[str, Any], name: str) -> str:
    """Title of a segment, reason, step, else its name in words."""
    spec = block.get(name)
    return getattr(spec, "title", "") or name.replace("_", " ")


def lowered(text: str) -> str:
    """The text inside a sentence: no capital, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def signed(x: float) -> str:
    """A number of SD with its sign."""
    return f"{x:+.2f}".replace("-", "−")


def came_of(lineage: Lineage, reason: str) -> str:
    """What a case is about, by its lineage: ``a complaint about a loan``."""
    about = {Offspring.COMPLAINT: "a complaint about ", Offspring.CALL: "our call about "}.get(lineage.offspring, "")
    history = [f"has come back {_times(lineage.returns)}"] if lineage.returns else []
    if lineage.symptom_returns:
        history += [f"was solved {_times(lineage.symptom_returns)} in its symptom only"]
    return f"{about}{reason}{', which ' if history else ''}{' and '.join(history)}"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"
