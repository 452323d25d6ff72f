"""Where failure demand surfaced: contacts by department and kind, in the baseline and under each scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cxsim.measures.breakdowns import ALL
from cxsim.report.figures.ledger import short_title
from cxsim.report.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    WIDTH,
    Plot,
    framed,
    quoted,
    rows_of,
    styled,
)
from cxsim.report.text.words import number, signed

SOURCES: dict[str, tuple[tuple[str, ...], str]] = {
    "coming again": (("repeat",), SKY),
    "trying again after a queue": (("redial",), BLUE),
    "status enquiry": (("chaser",), ORANGE),
    "back, because only the symptom was solved": (("recurrence",), GREEN),
    "missed call, wrong desk": (("return", "misroute"), PURPLE),
    "complaining, a failure by itself": (("complaint", "failure"), VERMILLION),
}
"""Kinds of failure demand, gathered into few enough to tell apart."""
LITTLE = 0.5
"""Contacts a week below which a department is not plotted."""


@styled
def failure_sources(
    table: pd.DataFrame,
    titles: Mapping[str, str],
    called: Callable[[str], str],
    most: int = 8,
    width: float = WIDTH,
    confidence: float = 0.95,
) -> Figure:
    """Failure contacts a week by where they surfaced and by kind; a panel a department, with a scale of its own.

    table: a study's `failure_demand`; titles: of the scenarios, by name; called: a department in words; most:
    departments plotted, those with most; width: inches.
    """
    rows = table[(table["reason"] == ALL) & (table["measure"] == "contacts_per_week")]
    worlds = ["baseline", *(name for name in titles if name in set(rows["scenario"]))]
    single = rows[(rows["kind"] == ALL) & (rows["department"] != ALL) & rows["scenario"].isin(worlds)]
    baseline = single[single["scenario"] == "baseline"].set_index("department")["value"]
    # A scenario may bring failure demand to departments that have none in the baseline; those come after the others.
    most_of = single.groupby("department", sort=False)["value"].max()
    largest = pd.DataFrame({"baseline": baseline.where(baseline >= LITTLE).reindex(most_of.index), "most": most_of})
    largest = largest[largest["most"] >= LITTLE].sort_values(["baseline", "most"], ascending=False, kind="stable")
    names = [str(name) for name in largest.index][:most]
    left_out = float(baseline.reindex(largest.index[most:]).sum())
    figure = Plot(figsize=(width, width))
    axes = figure.subplots(len(names), 1, squeeze=False)[:, 0]
    for ax, name in zip(axes, names, strict=True):
        mine = rows[rows["department"] == name]
        whole = {str(r.scenario): r for r in rows_of(mine[mine["kind"] == ALL])}
        far = max(float(row.value) for row in whole.values())
        for y, world in enumerate(worlds):
            left = 0.0
            own = mine[mine["scenario"] == world].set_index("kind")["value"]
            for kinds, colour in SOURCES.values():
                wide = float(own.reindex(list(kinds)).fillna(0.0).sum())
                ax.barh(y, wide, 0.78, left=left, color=colour, edgecolor="white", linewidth=0.4,
                        alpha=0.62 if world == "baseline" else 1.0)  # fmt: skip
                left += wide
            row = whole.get(world)
            if row is None:  # nothing that this department does is in the scenario
                continue
            half = float(row.half_width if world == "baseline" else row.difference_half_width)
            half = half if half == half else 0.0
            ax.plot([max(0.0, left - half), min(left + half, 1.15 * far)], [y, y], color=BLACK, linewidth=1.0)
            text = number(float(row.value), decimals=0)
            text = text if world == "baseline" else f"{text} ({signed(float(row.difference), decimals=0)})"
            ax.text(min(left + half, 1.15 * far) + 0.012 * far, y, text, va="center", fontsize=7.5,
                    color=GREY if world == "baseline" else BLACK)  # fmt: skip
        ax.set_title(called(name).capitalize(), fontweight="bold")
        ax.set_yticks(range(len(worlds)), ["baseline", *(short_title(titles[w], width) for w in worlds[1:])])
        ax.set_ylim(len(worlds) - 0.5, -0.5)
        ax.set_xlim(0.0, far * 1.32)
        ax.xaxis.set_major_locator(MaxNLocator(6))
        ax.tick_params(axis="y", length=0, labelsize=8.0)
        ax.spines["left"].set_visible(False)
    axes[-1].set_xlabel("contacts a week")
    keys = [Patch(color=colour, label=source) for source, (_, colour) in SOURCES.items()]
    note = (
        "Each department has a scale of its own. Next to the bars: contacts a week, and the change against the "
        f"baseline. Whiskers: {100 * confidence:g} % intervals, of the baseline and of the changes, each by itself."
    )
    if left_out:
        note += f" Not plotted: departments with fewer, {number(left_out, decimals=0)} contacts a week together."
    inside = 0.5 + len(names) * (0.42 + 0.2 * len(worlds))
    framed(figure, _found(rows, worlds, titles), note, inside, keys, 3 if width > 6 else 2)
    return figure


def _found(rows: pd.DataFrame, worlds: Sequence[str], titles: Mapping[str, str]) -> str:
    """How much failure demand there is, and which scenario reduces it most significantly."""
    whole = rows[(rows["department"] == ALL) & (rows["kind"] == ALL)]
    cells = {str(r.scenario): r for r in rows_of(whole)}
    now = float(cells["baseline"].value) if "baseline" in cells else 0.0
    text = f"{number(now, decimals=0)} contacts a week are failure demand"
    sure = [w for w in worlds[1:] if w in cells and abs(cells[w].difference) > cells[w].difference_half_width]
    if not sure:
        return f"{text}; no significant change" if len(worlds) > 1 else text
    least = min(sure, key=lambda w: float(cells[w].difference))
    by = float(cells[least].difference)
    which = "" if len(worlds) == 2 else f" with {quoted(titles[least])}"
    return f"{text}; {number(abs(by), decimals=0)} {'fewer' if by < 0.0 else 'more'}{which}"
