"""The story as text: dated lines, how it ended, and the lives in numbers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

import numpy as np

from cxsim.report.story.background import GAVE_UP, LET_BE, SOLVED, STILL_OPEN, WITHDRAWN, Background
from cxsim.report.story.lines import contacts, lines, waiting, working
from cxsim.report.story.words import day, rounded, signed
from cxsim.report.story.worlds import CaseName, Life
from cxsim.state.lineage import MOST_RETURNS, MOST_SYMPTOM_RETURNS, Lineage, Offspring

WIDTH = 118
INDENT = 19
OUTCOMES = {
    SOLVED: "Solved",
    WITHDRAWN: "Taken elsewhere, unsolved",
    GAVE_UP: "Given up, unsolved",
    LET_BE: "Ended without being solved",
    STILL_OPEN: "Still open when the story ends",
}


def life_text(life: Life, case: CaseName, known: Background | None, baseline: Life) -> str:
    """The life as text; no more than a word if it is as in the baseline, or left no trace."""
    title = life.world.scenario.title
    if life is not baseline and same(life, baseline):
        return f"{title}\n  The same, to the second."
    if known is None:
        return f"{title}\n  No trace of it: no such case arises here."
    text = [title]
    total = 0.0
    for line in lines(life, case, known):
        text += _hung(f"  {day(life.world, line.at)}  ", line.text)
        if line.efforts:
            total += sum(effort for _, effort in line.efforts)
            efforts = ", ".join(f"+{effort:.2f} {cause}" for cause, effort in line.efforts if effort >= 0.005)
            text += _hung(f"{'':{INDENT}}  effort ", f"{efforts}; {total:.2f} so far") if efforts else []
    return "\n".join([*text, *_hung("  ", ending(life, case, known))])


def _hung(head: str, text: str) -> list[str]:
    """A text behind its head, further lines below its start."""
    return wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * min(len(head), INDENT + 2))


def same(a: Life, b: Life) -> bool:
    """Whether nothing is different."""
    return np.array_equal(a.visits, b.visits) and np.array_equal(a.entries, b.entries) and a.over == b.over


def ending(life: Life, case: CaseName, known: Background) -> str:
    """How it ended, how satisfied its customer is, and whether it comes back."""
    if case.lineage.offspring == Offspring.CALL:
        return "That was our call about a case that is over; it is no case of the customer's."
    compared = "better" if known.satisfaction > 0 else "worse"
    feels = (
        f"effort {life.effort:.2f} SD, {compared} than expected (satisfaction {signed(known.satisfaction)} SD); "
        f'"they made it easy": {known.ces:.1f} of 7 expected'
    )
    before = " That is before what the answer to the complaint gave back." if known.put_right else ""
    return f"{OUTCOMES[known.ended]}; {feels}.{before}{_back(life, case)}"


def _back(life: Life, case: CaseName) -> str:
    """What comes of it: a cause that was not removed, a complaint, a call of ours."""
    if case.of_a_sale:
        return ""
    of = case.lineage
    matter = of.offspring == Offspring.MATTER
    about = [
        (of._replace(offspring=Offspring.COMPLAINT), "The customer complains about it as"),
        (of._replace(offspring=Offspring.CALL), "We call the customer about it as"),
    ]
    follows = [(one, words) for one, words in about if matter and _arises(life, case, one)]
    if not follows and of.symptom_returns < MOST_SYMPTOM_RETURNS:  # else it is their symptom
        again = of._replace(symptom_returns=of.symptom_returns + 1, offspring=Offspring.MATTER)
        follows.append((again, "Only its symptom was solved: it comes back as"))
    if matter:
        sold = of._replace(offspring=Offspring.OVER_PROMISE)
        follows.append((sold, "What was sold with it cannot be kept: the customer is back as"))
    if matter and of.symptom_returns == 0 and of.returns < MOST_RETURNS:
        follows.append((of._replace(returns=of.returns + 1), "Its cause is still there: it comes back as"))
    return "".join(f" {words} case={replace(case, lineage=one)}." for one, words in follows if _arises(life, case, one))


def _arises(life: Life, case: CaseName, lineage: Lineage) -> bool:
    key = np.uint64(lineage.number)
    state = life.world.run.state
    tables = (life.world.run.visits(), state.cases[state.cases["status"] > 0])
    return any(bool(np.any((rows["name_hash"] == np.uint64(case.word)) & (rows["number"] == key))) for rows in tables)


def lasting(life: Life, known: Background) -> float:
    """Minutes from the opening until it is solved or over, or until the story ends."""
    ends = life.closed_at if life.over else life.world.run.at
    return min(ends, known.solved_at) - life.opened_at


def table(seen: Sequence[tuple[Life, Background]]) -> list[str]:
    """The lives in numbers, side by side."""
    rows = [
        ("", [life.world.scenario.title for life, _ in seen]),
        ("ended", [OUTCOMES[known.ended].lower() for _, known in seen]),
        ("contacts", [str(contacts(life)) for life, _ in seen]),
        ("waiting on the line", [rounded(waiting(life)) for life, _ in seen]),
        ("worked on", [rounded(working(life)) for life, _ in seen]),
        ("from first to last", [rounded(lasting(life, known)) for life, known in seen]),
        ("effort, SD", [f"{life.effort:.2f}" for life, _ in seen]),
        ("satisfaction, SD", [signed(known.satisfaction) for _, known in seen]),
    ]
    widths = [max(len(cells[k]) for _, cells in rows) for k in range(len(seen))]
    return [
        ("  " + word.ljust(21) + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True))).rstrip()
        for word, cells in rows
    ]
