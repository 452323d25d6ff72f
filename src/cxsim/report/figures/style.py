"""One style sheet, and the frame every figure has: the finding above, the key and what is plotted below."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

BLACK, GREY, PALE = "#222222", "#767676", "#e9e9e9"
ORANGE, SKY, GREEN, BLUE = "#e69f00", "#56b4e9", "#009e73", "#0072b2"
VERMILLION, PURPLE = "#d55e00", "#cc79a7"

STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": BLACK,
    "axes.labelcolor": BLACK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "text.parse_math": False,  # titles are users': "save $ 5" is no formula
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "cxsim",
    "svg.fonttype": "path",
}
"""The one style sheet."""

WIDTH = 7.2
"""Inches: the text width of an A4 page."""

Plotter = Callable[..., Figure]


@contextmanager
def style() -> Iterator[None]:
    """Under the style sheet, whatever the reader's own settings; they come back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


class Plot(Figure):
    """A figure that shows itself in a notebook."""

    def _repr_svg_(self) -> str:
        return svg(self)


def styled(plot: Plotter) -> Plotter:
    """Plot under the style sheet."""

    @wraps(plot)
    def plotted(*given: Any, **named: Any) -> Figure:
        with style():
            figure = plot(*given, **named)
            settle(figure)
            return figure

    return plotted


def settle(figure: Figure) -> None:
    """Lay the axes out once and for all, at rounded places: the layout's own differ in their last digits."""
    if figure.get_layout_engine() is None:
        return
    figure.draw_without_rendering()
    figure.set_layout_engine(None)
    for ax in figure.axes:
        left, bottom, width, height = (round(x, 3) for x in ax.get_position().bounds)
        ax.set_position((left, bottom, width, height))


def svg(figure: Figure) -> str:
    """The figure as SVG text, the same for the same data."""
    buffer = io.StringIO()
    with style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def png(figure: Figure, dpi: int = 200) -> bytes:
    """The figure as PNG, the same for the same data."""
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def framed(figure: Figure, title: str, note: str, inside: float, keys: Sequence[Any] = (), across: int = 5) -> None:
    """The finding above the axes; below them the key to the marks, and in small what is plotted.

    inside: inches of height for the axes with their labels; the figure becomes as high as all of it takes.
    """
    width = float(figure.get_size_inches()[0])
    above = textwrap.wrap(title, int(width * 10.2))
    below = textwrap.wrap(note, int(width * 17.5))
    top = 0.12 + 0.19 * len(above)
    small = 0.06 + 0.125 * len(below)
    rows = -(-len(keys) // across)
    bottom = small + 0.19 * rows
    height = bottom + inside + top
    figure.set_size_inches(width, height)
    edge = 0.07 / width
    figure.text(edge, 1.0 - 0.05 / height, "\n".join(above), va="top", fontsize=11.0, fontweight="bold")
    figure.text(edge, 0.04 / height, "\n".join(below), va="bottom", fontsize=7.0, color=GREY, linespacing=1.25)
    if keys:
        figure.legend(
            handles=list(keys), loc="lower left", bbox_to_anchor=(0.0, small / height), ncols=across,
            borderpad=0.2, borderaxespad=0.1, handlelength=1.0, handletextpad=0.4, columnspacing=1.4,
        )  # fmt: skip
    figure.set_layout_engine("constrained", rect=(edge, bottom / height, 1.0 - 2 * edge, 1.0 - (bottom + top) / height))


def quoted(title: str) -> str:
    """A scenario's title in the middle of a sentence."""
    return f"“{title}”"


def rows_of(table: pd.DataFrame) -> list[Any]:
    """The rows of a table, columns as attributes."""
    return list(table.itertuples(index=False))


def farthest(values: Any, least: float) -> float:
    """Largest finite distance from zero, at least `least`."""
    sizes = np.abs(np.asarray(values, dtype=float))
    return max(float(sizes[np.isfinite(sizes)].max(initial=0.0)), least)


def unit_of(unit: str) -> str:
    """A unit as it stands behind a number."""
    return {"points 1-7": "(1–7)", "NPS points": "points", "contacts": ""}.get(unit, unit)
