"""What a board remembers: weeks on record, what it has started, and all that its minutes are written from.

It is a handful of tables, as the state is, so a run with a board can be written down at any tick and continued.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxsim.native.records import Floats, Ints, Table
from cxsim.state.plan import Names

# columns of `answers`
ANSWERS, PROMOTERS, DETRACTORS, UPDATES, MARGIN = range(5)
# kinds of contact that are put down to a step: columns of `blamed`
REPEATED, CHASED, COMPLAINED = range(3)
# columns of `books`
NET, CUSTOMERS = range(2)

# what may be decided
STARTS, NO_ROOM, NO_MONEY, IMPOSSIBLE, KEEPS, STOPS, WATCHES, TOO_EARLY, CANNOT_STOP = range(9)
DECISIONS = (
    "starts",
    "no capacity",
    "no budget",
    "does not go with the others",
    "keeps",
    "stops",
    "looks again",
    "too early",
    "cannot stop",
)

ITEM = np.dtype(
    [
        ("decided_at", "f8"),  # inf: never
        ("starts_at", "f8"),
        ("ends_at", "f8"),  # inf: it stays
        ("kept_at", "f8"),  # inf: not judged yet
        ("looks", "i8"),  # reviews that did not settle it
        ("reason", "i8"),  # the pain point it was started for
        ("step", "i8"),
    ],
    align=True,
)
"""One row for each item of the backlog."""
PAIN = np.dtype(
    [
        ("meeting", "i8"), ("rank", "i8"), ("reason", "i8"), ("step", "i8"),
        ("contacts", "f8"),  # a week with that contact reason
        ("answers", "f8"),  # to the survey
        ("unhappy", "f8"), ("unhappy_low", "f8"), ("unhappy_high", "f8"),  # detractors among them
        ("here", "f8"),  # share of what points at a step of the route that points at this one
        ("logged", "f8"), ("complaints", "f8"), ("shoppers", "f8"), ("ideas", "f8"),  # counts of what points here
        ("score", "f8"), ("low", "f8"), ("high", "f8"),  # unhappy contacts a week
    ],
    align=True,
)  # fmt: skip
"""A pain point as it was ranked."""
DECISION = np.dtype(
    [
        ("meeting", "i8"), ("at", "f8"), ("what", "i8"), ("item", "i8"), ("reason", "i8"), ("step", "i8"),
        ("money", "f8"),  # committed, or given back
        ("weeks", "i8"),  # in force when it was judged
        ("net_before", "f8"), ("net_after", "f8"), ("net_low", "f8"), ("net_high", "f8"),  # a customer and year; change
        ("pain_before", "f8"), ("pain_after", "f8"), ("pain_low", "f8"), ("pain_high", "f8"),  # a week; change
        ("log_before", "f8"), ("log_after", "f8"), ("log_low", "f8"), ("log_high", "f8"),  # a week; change
        ("others", "i8"),  # other projects that changed something in the same weeks
    ],
    align=True,
)  # fmt: skip
MEETING = np.dtype(
    [
        ("meeting", "i8"), ("at", "f8"), ("metrics", "i8"), ("weeks", "i8"), ("contacts", "f8"), ("answers", "f8"),
        ("promoters", "f8"), ("detractors", "f8"), ("liked", "i8"), ("disliked", "i8"), ("net", "f8"),
        ("net_first", "f8"), ("net_low", "f8"), ("net_high", "f8"), ("complaints", "f8"), ("left", "f8"),
        ("under_way", "i8"),
    ],
    align=True,
)  # fmt: skip
"""A meeting: what was on the table as a whole. net: a customer and year; low, high: of its change since the board
began; liked, disliked: contact reasons with the most promoters and detractors; left: budget, inf without limit."""
JOURNEY = np.dtype(
    [("meeting", "i8"), ("reason", "i8"), ("channel", "i8"), ("steps", "i8"), ("minutes", "f8"), ("wait", "f8"),
     ("handovers", "i8"), ("worst", "i8")],
    align=True,
)  # fmt: skip
"""A mystery shopper's journey as noted; worst: the step that was the most trouble, -1: none was."""
IDEA = np.dtype([("meeting", "i8"), ("team", "i8"), ("step", "i8")], align=True)


class Memory(NamedTuple):
    """All that a board knows; a tick replaces tables that grow, the others are written in place."""

    begun: Ints
    """[1] week (number of its beginning after time 0) in which the board's records begin."""
    answers: Floats
    """[week, case reason, column] since the start of the run, at the close of each week on record; row 0: before."""
    blamed: Floats
    """[week, step, kind] contacts put down to a step, likewise."""
    books: Floats
    """[week, column] net benefit of the week that closes, and customers."""
    items: Table
    pains: Table
    decisions: Table
    meetings: Table
    journeys: Table
    ideas: Table


def blank(names: Names, week: int, backlog: int) -> Memory:
    """Nothing on record yet but where it begins."""
    items = np.zeros(backlog, dtype=ITEM)
    for when in ("decided_at", "starts_at", "ends_at", "kept_at"):
        items[when] = np.inf
    items["reason"] = items["step"] = -1
    return Memory(
        begun=np.array([week], dtype=np.int64),
        answers=np.zeros((0, len(names.reasons), 5)),
        blamed=np.zeros((0, len(names.steps), 3)),
        books=np.zeros((0, 2)),
        items=items,
        pains=np.zeros(0, dtype=PAIN),
        decisions=np.zeros(0, dtype=DECISION),
        meetings=np.zeros(0, dtype=MEETING),
        journeys=np.zeros(0, dtype=JOURNEY),
        ideas=np.zeros(0, dtype=IDEA),
    )
