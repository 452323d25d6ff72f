"""Figures show what the table holds: marks in the right place, findings in the title, equal bytes for equal data."""

from __future__ import annotations

import math
import struct
import warnings
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from cxsim.compare import COLUMNS, WHERE
from cxsim.measures.breakdowns import ALL
from cxsim.measures.catalogue import HEADLINES
from cxsim.measures.of_cases import CAUSES
from cxsim.report.figures import change_by_measure, cost_against_loyalty, effort_ledger, png, svg
from cxsim.report.figures.change import VERDICTS
from cxsim.report.figures.ledger import SOURCES

OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
NEUTRAL = {"#222222", "#767676", "#e9e9e9", "#ffffff"}
LONG = "A scenario with so long a title that no page is wide enough to hold it in one line"


def row(scenario: str, measure: str, difference: float, half: float, verdict: str) -> dict[str, Any]:
    """A row of a comparison, with a baseline of 100 and a smallest worthwhile difference as in the catalogue."""
    m = next(m for m in HEADLINES if m.name == measure)
    found: dict[str, Any] = dict.fromkeys(COLUMNS, math.nan)
    return found | {
        "scenario": scenario, "measure": measure, "title": m.title, "unit": m.unit.replace("money", "EUR"),
        "direction": m.better, "headline": True, "baseline": 100.0, "value": 100.0 + difference,
        "difference": difference, "low": difference - half, "high": difference + half, "half_width": half,
        "worthwhile": m.worthwhile * (100.0 if m.relative_to else 1.0), "verdict": verdict,
    }  # fmt: skip


def table(*scenarios: str) -> pd.DataFrame:
    rows = []
    for k, name in enumerate(scenarios or ("one",)):
        rows += [
            row(name, "contacts_per_case", -0.15 - 0.01 * k, 0.02, "better"),
            row(name, "effort", -10.0, 1.0, "better"),
            row(name, "fcr", -4.0, 1.0, "worse"),
            row(name, "wait", 2.0, 3.0, "negligible"),
            row(name, "nps_relationship", 1.5 - k, 0.4, "better" if k == 0 else "undecided"),
            row(name, "running_cost", 3.0 + k, 1.0, "worse"),
        ]
    return pd.DataFrame(rows)


def ledger(*scenarios: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two reasons with 30 and 10 cases a week; each cause costs 0.02 or 0.06 SD a case, half of it under scenarios."""
    effort, reasons = [], []
    causes = [name.removeprefix("effort_") for name, _ in CAUSES.values()]
    for world in ("baseline", *scenarios):
        left = 1.0 if world == "baseline" else 0.5
        per_case = {"loan": 0.06 * left, "limit": 0.02}
        cases = {"loan": 10.0, "limit": 30.0}
        for reason in ("loan", "limit", ALL):
            for cause in causes:
                weekly = sum(per_case[r] * cases[r] for r in cases if reason in (r, ALL))
                n = sum(cases[r] for r in cases if reason in (r, ALL))
                effort += [(world, reason, ALL, cause, "effort", weekly / n)]
                effort += [(world, reason, ALL, cause, "effort_per_week", weekly)]
            reasons += [(world, reason, ALL, "cases_per_week", n, 0.0, 0.0)]
            reasons += [(world, reason, ALL, "effort", len(causes) * weekly / n, 0.01, 0.004)]
    return (
        pd.DataFrame(effort, columns=["scenario", "reason", "segment", "cause", "measure", "value"]),
        pd.DataFrame(
            reasons,
            columns=["scenario", "reason", "segment", "measure", "value", "half_width", "difference_half_width"],
        ),
    )


def where(*scenarios: str) -> pd.DataFrame:
    """Effort of two reasons: loans 0.36 SD less of 0.72 in each scenario, limits as they are."""
    rows = []
    for name in scenarios or ("one",):
        for reason, title, part, before, by, half, verdict in (
            ("loan", "Loan application", 25.0, 0.72, -0.36, 0.02, "better"),
            ("limit", "Limit change", 75.0, 0.24, 0.0, 0.004, "negligible"),
        ):
            found: dict[str, Any] = {
                "scenario": name, "kind": "reason", "name": reason, "title": title, "share": part, "measure": "effort",
                "unit": "SD", "direction": "lower", "baseline": before, "value": before + by, "difference": by,
                "low": by - half, "high": by + half, "half_width": half, "worthwhile": 0.02, "verdict": verdict,
            }  # fmt: skip
            rows.append(found)
    return pd.DataFrame(rows, columns=WHERE)


def plotted(*scenarios: str, title: str = "One") -> list[Any]:
    names = scenarios or ("one",)
    titles = {name: f"{title} {name}" for name in names}
    rows = table(*names)
    reasons = {"loan": "Loan application", "limit": "Limit change"}
    return [
        change_by_measure(rows, where(*names), titles),
        cost_against_loyalty(rows, titles, "EUR"),
        effort_ledger(*ledger(*names), rows, where(*names), titles, reasons),
    ]


def texts(figure: Any) -> str:
    return "\n".join(text.get_text() for text in figure.texts)


def test_equal_data_are_equal_bytes() -> None:
    for one, other in zip(plotted("one", "two"), plotted("one", "two"), strict=True):
        assert svg(one) == svg(other)
        assert png(one, 80) == png(other, 80)


def chunks(data: bytes) -> list[bytes]:
    """Kinds of chunks of a PNG."""
    at, kinds = 8, []
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kinds.append(data[at + 4 : at + 8])
        at += length + 12
    return kinds


def test_no_date_and_no_version_inside() -> None:
    for figure in plotted():
        text = svg(figure)
        assert "dc:date" not in text
        assert f"Matplotlib v{mpl.__version__}" not in text
        assert not {b"tEXt", b"iTXt", b"zTXt", b"tIME"} & set(chunks(png(figure, 80)))


def test_the_readers_own_settings_neither_matter_nor_change() -> None:
    plain = [svg(figure) for figure in plotted()]
    with mpl.rc_context({"font.size": 20.0, "lines.linewidth": 9.0, "savefig.transparent": True}):
        assert [svg(figure) for figure in plotted()] == plain
        assert mpl.rcParams["font.size"] == 20.0


def test_a_mark_is_where_the_difference_is_in_worthwhile_ones_better_to_the_right() -> None:
    """contacts per case: -0.15 is three times 0.05, and fewer is better; resolution: -4 points of 1, worse."""
    (ax, *_) = change_by_measure(table(), where(), {"one": "One"}).axes
    marks = {
        (round(float(line.get_xdata()[0]), 6), line.get_marker()) for line in ax.lines if len(line.get_xdata()) == 1
    }
    assert (3.0, VERDICTS["better"][1]) in marks
    assert (-4.0, VERDICTS["worse"][1]) in marks
    bars = {tuple(round(float(x), 6) for x in line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2}
    assert (2.6, 3.4) in bars  # 0.02 of 0.05 on either side


def test_verdicts_differ_by_shape_too() -> None:
    shapes = [VERDICTS[v][1] for v in ("better", "worse", "negligible", "undecided")]
    assert len(set(shapes)) == 4


@pytest.mark.parametrize("names", [("one",), ("one", "two", "three")])
def test_colours_are_safe(names: tuple[str, ...]) -> None:
    used = set()
    for figure in plotted(*names):
        for ax in figure.axes:
            used |= {to_hex(line.get_color()) for line in ax.lines}
            used |= {to_hex(patch.get_facecolor()) for patch in ax.patches}
            used |= {to_hex(text.get_color()) for text in ax.texts}
    assert used <= OKABE_ITO | NEUTRAL


def test_titles_state_the_finding() -> None:
    change, loyalty, effort = (texts(figure).replace("\n", " ") for figure in plotted())
    assert "One one: less effort with “Loan application”; over all cases 3 better and 2 worse, of 6 measures" in change
    assert "One one: more expensive, customers more loyal" in loyalty
    message = (
        "“Loan application”: 50\u00a0% less effort, above all from being sent around; 10\u00a0% less over all cases"
    )
    assert message in effort


def test_without_a_reason_the_title_is_over_all_cases() -> None:
    rows = where()
    figure = change_by_measure(table(), rows[rows["name"] == "limit"], {"one": "One"})
    assert "One: over all cases 3 better and 2 worse, of 6 measures" in texts(figure).replace("\n", " ")


@pytest.mark.parametrize(
    ("difference", "half", "verdict", "message"),
    [
        (-0.01, 0.004, "negligible", "Negligible change of customers' effort over all cases"),
        (-0.02, 0.01, "undecided", "Customers' effort changes significantly; practical significance undecided"),
        (-0.02, 0.05, "undecided", "No significant change of customers' effort"),
    ],
)
def test_effort_that_moves_too_little_is_not_reported_to_be_unsure(
    difference: float, half: float, verdict: str, message: str
) -> None:
    rows, affected = pd.DataFrame([row("one", "effort", difference, half, verdict)]), where()
    figure = effort_ledger(*ledger("one"), rows, affected[affected["name"] == "limit"], {"one": "One"}, {})
    assert message in texts(figure).replace("\n", " ")


@pytest.mark.parametrize(
    ("difference", "verdict", "message"),
    [(-0.01, "negligible", "negligible over all cases"), (0.04, "undecided", "over all cases undecided")],
)
def test_with_a_reason_only_what_is_sure_is_reported_of_all(difference: float, verdict: str, message: str) -> None:
    rows = pd.DataFrame([row("one", "effort", difference, 0.05, verdict)])
    figure = effort_ledger(*ledger("one"), rows, where(), {"one": "One"}, {"loan": "Loan application"})
    assert f"above all from being sent around; {message}" in texts(figure).replace("\n", " ")


def test_a_long_title_stands_in_one_line_next_to_its_bar() -> None:
    (ax,) = plotted(title=LONG)[2].axes
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] == "baseline"
    assert labels[1].endswith("…")
    assert not any("\n" in label for label in labels)


def test_reasons_that_a_finding_names_are_plotted_however_few_shall_be() -> None:
    rows = where()
    rows["verdict"], rows["difference"] = "better", [-0.36, -0.1]
    given = (*ledger("one"), table(), rows, {"one": "One"}, {"loan": "Loan", "limit": "Limit"})
    for named, many in ((1, 1), (4, 2)):
        (ax,) = effort_ledger(*given, most=1, named=named).axes
        assert sum("of cases" in text.get_text() for text in ax.texts) == many


def test_titles_of_several_scenarios_name_the_ends() -> None:
    change, loyalty, effort = (texts(figure).replace("\n", " ") for figure in plotted("one", "two"))
    assert "Most relief: “Loan application” with “One one”, 50\u00a0% less effort" in effort
    assert "One one does most good over all cases: 3 of 6 measures better, 2 worse" in change
    assert "More loyal customers: “One one”; lower cost: none" in loyalty


def test_axes_have_units() -> None:
    change, loyalty, effort = plotted()
    assert "worse" in change.axes[0].get_xlabel()
    assert "EUR a week" in loyalty.axes[0].get_xlabel()
    assert "NPS" in loyalty.axes[0].get_ylabel()
    assert "SD per case" in effort.axes[0].get_xlabel()


def test_quadrants_are_named() -> None:
    words = {text.get_text() for text in plotted()[1].axes[0].texts}
    assert {
        "cheaper and better",
        "more expensive, but better",
        "cheaper, but worse",
        "more expensive and worse",
    } <= words


def test_bars_of_a_world_add_up_to_the_effort_per_case() -> None:
    """All cases: 13 causes x (0.06 x 10 + 0.02 x 30) / 40 in the baseline, 13 x (0.03 x 10 + 0.02 x 30) / 40 under the
    scenario; loans 13 x 0.06 and 13 x 0.03; limits 13 x 0.02 in both."""
    (ax,) = plotted()[2].axes
    bars: dict[tuple[float, bool], float] = {}
    for p in ax.patches:
        key = (round(p.get_y() + p.get_height() / 2, 3), p.get_alpha() == 1.0)
        bars[key] = bars.get(key, 0.0) + p.get_width()
    assert [round(x, 9) for _, x in sorted(bars.items())] == [0.39, 0.2925, 0.78, 0.39, 0.26, 0.26]


def test_whiskers_of_a_change_are_the_simultaneous_ones() -> None:
    """0.02 SD on either side of what loans take then."""
    (ax,) = plotted()[2].axes
    spans = {tuple(round(float(v), 6) for v in line.get_xdata()) for line in ax.lines}
    assert (0.37, 0.41) in spans


def test_the_reasons_whose_effort_changes_most_are_plotted_first() -> None:
    (ax,) = plotted()[2].axes
    headings = [text.get_text() for text in ax.texts if "cases" in text.get_text()]
    assert headings == ["All cases", "Loan application, 25 % of cases", "Limit change, 75 % of cases"]
    changes = {text.get_text(): text.get_fontweight() for text in ax.texts}
    assert changes["−0.360"] == "bold"
    assert changes["0.000"] == "normal"


def test_reasons_that_feel_a_change_stand_below_the_measures() -> None:
    ax = change_by_measure(table(), where(), {"one": "One"}).axes[0]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[-1].replace("\n", " ") == "effort, “Loan application” (25 %)"
    assert len(labels) == 7


def test_every_cause_has_its_place() -> None:
    causes = [cause for gathered, _ in SOURCES.values() for cause in gathered]
    assert sorted(causes) == sorted(name.removeprefix("effort_") for name, _ in CAUSES.values())
    assert len({colour for _, colour in SOURCES.values()}) == len(SOURCES)


@pytest.mark.parametrize("names", [("one",), ("one", "two", "three"), tuple("abcde")])
def test_nothing_is_cut_off(names: tuple[str, ...]) -> None:
    for figure in plotted(*names, title=LONG):
        figure.draw_without_rendering()
        width, height = figure.get_size_inches()
        box = figure.get_tightbbox()
        assert box.x0 >= -0.01
        assert box.y0 >= -0.01
        assert box.x1 <= width + 0.01
        assert box.y1 <= height + 0.01


@pytest.mark.parametrize("narrow", [4.3, 7.2])
@pytest.mark.parametrize("names", [("one",), ("one", "two", "three")])
def test_the_smallest_tables_are_plotted_without_a_warning(names: tuple[str, ...], narrow: float) -> None:
    """One measure, one reason, titles of many lines: the axes keep their room."""
    rows = table(*names)
    few = rows[rows["measure"].isin(["effort", "running_cost", "nps_relationship"])]
    effort, reasons = (frame[frame["reason"].isin([ALL, "loan"])] for frame in ledger(*names))
    affected = where(*names)
    titles = {name: f"{LONG} {name}" for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in (
            change_by_measure(few[few["measure"] == "effort"], affected[affected["name"] == "none"], titles),
            cost_against_loyalty(few, titles, "EUR", width=narrow),
            effort_ledger(effort, reasons, few, affected[affected["name"] == "loan"], titles, {}, width=narrow),
        ):
            assert svg(figure)


def test_a_single_replication_has_no_intervals_and_is_plotted_all_the_same() -> None:
    rows = table()
    rows["low"], rows["high"], rows["half_width"] = -math.inf, math.inf, math.inf
    rows["verdict"] = "undecided"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in (
            change_by_measure(rows, where(), {"one": "One"}),
            cost_against_loyalty(rows, {"one": "One"}, "EUR"),
        ):
            assert svg(figure)


def test_shows_itself_in_a_notebook() -> None:
    assert "<svg" in plotted()[0]._repr_svg_()


def test_money_that_nothing_costs_is_plotted_all_the_same() -> None:
    """An organisation without cost has no worthwhile difference of it, and none."""
    rows = table()
    rows.loc[rows["measure"] == "running_cost", ["difference", "low", "high", "half_width", "worthwhile"]] = 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert svg(cost_against_loyalty(rows, {"one": "One"}, "EUR"))
        assert svg(change_by_measure(rows, where(), {"one": "One"}))
