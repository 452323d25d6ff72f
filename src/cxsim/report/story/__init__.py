"""One case's story in both worlds: the same customer and random numbers, in the baseline and under a scenario."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxsim.calendars.constants import WEEK
from cxsim.files.problems import Problems, problem
from cxsim.organisation import Organisation
from cxsim.report.story.background import background
from cxsim.report.story.text import life_text, same, table
from cxsim.report.story.words import called, came_of, lowered
from cxsim.report.story.worlds import CaseName, Life, World, differences, name_of, numbers_of, read_case, worlds
from cxsim.scenario import Scenario
from cxsim.study import Settings

LOOK_AHEAD = 8
"""Weeks searched for an interesting case when none is named."""
OTHERS = 5
"""Further cases named at each end."""


def story(
    organisation: Organisation, scenarios: Sequence[Scenario], settings: Settings, case: str | None = None
) -> str:
    """The life of a case in the baseline and under each scenario, in dated lines, as text.

    case: ``segment/reason/stream/number[+recurrence]``; None: a typical case of those that the first scenario moves.
    settings: a study's; replication 0 is used.  Raises `Problems` for a case that never arises.
    """
    side_by_side = worlds(organisation, scenarios, settings)
    if case is not None:
        name = read_case(case, side_by_side[0].names)
        follow(side_by_side, name, settings.weeks)
        lives = [w.life(name) for w in side_by_side]
        if not any(len(life.visits) for life in lives):
            raise _never(side_by_side[0], name, settings.weeks)
        return _story_of(organisation, name, lives, settings)
    return _interesting(organisation, side_by_side, settings)


def follow(side_by_side: Sequence[World], case: CaseName, weeks: int) -> None:
    """Advance all worlds, a week at a time, until the case is over in each."""
    for week in range(1, weeks + 1):
        if all(w.over(case) for w in side_by_side):
            return
        for w in side_by_side:
            w.advance(week * WEEK)


def _never(baseline: World, case: CaseName, weeks: int) -> Problems:
    known = numbers_of(baseline, case)
    near = sorted(sorted(known, key=lambda n: abs(n - case.lineage.candidate))[:4])
    stem = f"{case.segment}/{case.reason}/{case.stream}"
    there = f"; near it: {', '.join(f'{stem}/{n}' for n in near)}" if near else ""
    passed = [n for n in known if n > case.lineage.candidate]
    why = "no such case arises" if passed else f"no such case within {weeks} weeks"
    return problem(("case",), f"'{case}': {why}, or it left no trace{there}")


def _interesting(organisation: Organisation, side_by_side: Sequence[World], settings: Settings) -> str:
    weeks = min(settings.weeks, LOOK_AHEAD)
    pair = side_by_side[:2] if len(side_by_side) > 1 else (side_by_side[0], side_by_side[0])
    for w in side_by_side:
        w.advance(weeks * WEEK)
    table = differences(*pair)
    if len(side_by_side) == 1:
        table = table.sort_values("effort", ascending=False, kind="stable", ignore_index=True)
    if table.empty:
        raise problem(("case",), f"no case begins and ends within {weeks} weeks; name one")
    baseline = side_by_side[0]
    first = _named(table.iloc[[_typical(table, baseline)]], baseline)[0][0]
    follow(side_by_side, first, settings.weeks)
    text = [_story_of(organisation, first, [w.life(first) for w in side_by_side], settings), ""]
    if len(side_by_side) == 1:
        text += [f"Others that cost much effort within {weeks} weeks"]
        text += [f"  case={name}  effort {effort:.2f}" for name, effort, _ in _named(table[1 : OTHERS + 1], baseline)]
        return "\n".join(text)
    begun = f"of {len(table):,} cases that began and ended within {weeks} weeks"
    ends = (table[table["difference"] < 0.0][:OTHERS], table[table["difference"] > 0.0][: -OTHERS - 1 : -1])
    for title, some in zip(("relieved", "burdened"), ends, strict=True):
        text += [f"Those most {title} {begun}"] if len(some) else []
        text += [f"  case={name}  effort {one:.2f} → {other:.2f}" for name, one, other in _named(some, baseline)]
    return "\n".join(text)


def _typical(table: pd.DataFrame, baseline: World) -> int:
    """Row of a case that is moved as cases of its stream usually are, in the stream that is moved most."""
    moved = table[table["difference"] != 0.0]
    if moved.empty:
        return 0
    total = moved.groupby("name_hash")["difference"].sum()
    most = total.index.to_numpy()[int(total.abs().to_numpy().argmax())]
    alike = moved[(moved["name_hash"] == most) & (moved["difference"] * float(total.loc[most]) > 0.0)]
    nearest = (alike["difference"] - alike["difference"].mean()).abs().to_numpy().argmin()
    return int(alike.index.to_numpy()[int(nearest)])


def _named(rows: pd.DataFrame, baseline: World) -> list[tuple[CaseName, float, float]]:
    """Cases by name, with their effort in both worlds."""
    columns = (rows[name].tolist() for name in ("name_hash", "number", "effort", "other"))
    return [(name_of(word, key, baseline.names), one, other) for word, key, one, other in zip(*columns, strict=True)]


def _story_of(organisation: Organisation, case: CaseName, lives: Sequence[Life], settings: Settings) -> str:
    segment = called(organisation.segments, case.segment)
    reason = called(organisation.reasons, case.reason)
    what = came_of(case.lineage, lowered(reason))
    if case.of_a_sale:
        what = f"{lowered(reason)}; something was sold with it that cannot be kept"
    head = f"Case {case}: {what}; {lowered(segment)}"
    shared = "the same customer with the same random numbers in each world" if len(lives) > 1 else "in the baseline"
    text = [head, f"Seed {settings.seed}, replication 0; {shared}. Effort in standard deviations.", ""]
    known = [background(life, case) if len(life.visits) else None for life in lives]
    for life, backdrop in zip(lives, known, strict=True):
        text += [life_text(life, case, backdrop, lives[0]), ""]
    seen = [(life, backdrop) for life, backdrop in zip(lives, known, strict=True) if backdrop is not None]
    differ = any(not same(life, lives[0]) for life in lives)
    return "\n".join([*text, *(table(seen) if differ else [])]).rstrip()


__all__ = ["story"]
