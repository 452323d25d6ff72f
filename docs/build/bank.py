"""Compare the bank's baseline with the figures of the January 1999 log, and rank its contact reasons: writes docs/bank.md.

Usage: python docs/build/bank.py

The log is not part of the project; its figures are (`docs/build/bank_log.json`, which `bank_log.py` derives from it).
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from bank_log import DAY_TYPES, FIGURES, WEEKDAYS

import cxsim
from cxsim.measures.breakdowns import ALL

CHECKOUT = Path(__file__).resolve().parents[2]
SETTINGS = cxsim.Settings(weeks=12, warm_up_weeks=6, replications=30, workers=2, seed=1999)
ROWS = (  # figure, key in the log, factor, measure of the front line, bound
    ("abandonment", "abandoned", 100.0, "abandonment", "%", 15.0),
    ("share waiting", "waited", 100.0, "waiting_share", "%", 15.0),
    ("mean wait of the served", "wait_served_mean", 1.0, "wait", "s", 15.0),
    ("90th percentile of their wait", "wait_served_p90", 1.0, "wait_p90", "s", 15.0),
    ("mean service time", "service_mean", 1.0, "service_time", "s", 3.0),
    ("CV of service time", "service_cv", 1.0, "service_cv", "", 3.0),
)
VISITS_A_DAY, VISITS_BOUND = 1040.0, 3.0
Cell = dict[str, float]
"""Calls a day, wait of the served, abandonment of some hours of the log."""


def compare_with_log(results: cxsim.Results, log: dict[str, float]) -> list[str]:
    """Rows of the table: figure, log, simulated with half-width, distance, bound, verdict."""
    teams = results.teams
    front = teams[(teams["scenario"] == "baseline") & (teams["team"] == "front_line")].set_index("measure")
    channels = results.channels[results.channels["reason"] != ALL]
    phone = channels[
        (channels["scenario"] == "baseline")
        & (channels["channel"] == "phone")
        & (channels["measure"] == "contacts_per_week")
    ]
    a_day = float(phone["value"].sum()) / 7.0
    lines = [_row("phone visits a day", VISITS_A_DAY, a_day, float("nan"), "", VISITS_BOUND)]
    for title, key, factor, measure, unit, bound in ROWS:
        value, half = float(front.loc[measure, "value"]), float(front.loc[measure, "half_width"])
        lines.append(_row(title, factor * log[key], value, half, unit, bound))
    return lines


def _row(title: str, log: float, value: float, half: float, unit: str, bound: float) -> str:
    away = 100.0 * (value / log - 1.0)
    spread = "" if half != half else f" ± {half:.3g}"
    verdict = "within" if abs(away) <= bound else "**outside**"
    return f"| {title} | {log:.4g} {unit} | {value:.4g}{spread} {unit} | {away:+.1f} % | {bound:g} % | {verdict} |"


def by_hour(results: cxsim.Results, log: dict[str, dict[str, Cell]]) -> list[str]:
    """Rows of the second table: day type, hour, then calls a day, wait of the served and abandonment, log and model.

    Hours in which the model is closed are left out.
    """
    model = _front_line_hours(results)
    lines = []
    for day_type, days in DAY_TYPES.items():
        hours = {"all day": range(24), **{f"{h}:00": range(h, h + 1) for h in range(24)}}
        for title, some in hours.items():
            figures, rows = log[day_type].get(title), model.loc[[24 * d + h for d in days for h in some]]
            if figures is not None and rows["visits"].sum() >= 1.0:
                lines.append(_row_of_hours((day_type, title), figures, rows, len(days)))
    return lines


def by_weekday(results: cxsim.Results, log: dict[str, dict[str, Cell]]) -> list[str]:
    """The same by day of the week."""
    model = _front_line_hours(results)
    return [
        _row_of_hours((name,), log[name]["all day"], model.loc[24 * day : 24 * day + 23], 1)
        for day, name in enumerate(WEEKDAYS)
    ]


def _front_line_hours(results: cxsim.Results) -> pd.DataFrame:
    hours = results.hours
    front = hours[(hours["scenario"] == "baseline") & (hours["team"] == "front_line")]
    return front.pivot(index="hour", columns="measure", values="value")


def _row_of_hours(titles: tuple[str, ...], log: Cell, rows: pd.DataFrame, of: int) -> str:
    """Log | model: calls a day, mean wait of the served, abandonment; the model's hours weighed by their calls."""
    visits = rows["visits"].fillna(0.0)
    lost = visits * rows["abandonment"].fillna(0.0) / 100.0
    answered = visits - lost
    wait = float((answered * rows["wait"].fillna(0.0)).sum() / answered.sum())
    figures = (
        (log["calls_a_day"], float(visits.sum()) / of, ".0f"),
        (log["wait"], wait, ".0f"),
        (log["abandonment"], 100.0 * float(lost.sum() / visits.sum()), ".1f"),
    )
    return f"| {' | '.join(titles)} | " + " | ".join(f"{a:{form}} | {b:{form}}" for a, b, form in figures) + " |"


def rank_reasons(results: cxsim.Results, titles: dict[str, str]) -> list[str]:
    """Contact reasons by contacts a week, over all channels."""
    channels = results.channels[(results.channels["reason"] != ALL) & (results.channels["channel"] != ALL)]
    rows = channels[(channels["scenario"] == "baseline") & (channels["measure"] == "contacts_per_week")]
    by_reason: pd.Series[float] = rows.groupby("reason")["value"].sum().sort_values(ascending=False)
    total = float(by_reason.sum())
    return [
        f"| {k} | {titles.get(str(reason), str(reason))} | {value:,.0f} | {100 * value / total:.1f} % |"
        for k, (reason, value) in enumerate(by_reason.items(), 1)
    ]


def where_asking_comes_from(results: cxsim.Results) -> list[str]:
    """Steps at which a case was when its customer made a status enquiry."""
    causes = results.causes[results.causes["measure"] == "contacts_per_week"]
    asked = causes[(causes["scenario"] == "baseline") & (causes["kind"] == "chaser") & (causes["value"] > 0)]
    loans = asked[asked["step"].str.startswith("loan_application.")].sort_values("value", ascending=False)
    total = float(loans["value"].sum())
    return [f"| {r.step} | {100 * r.value / total:.0f} % |" for r in loans.head(6).itertuples()]


def main() -> None:
    """Run the baseline and write the page."""
    bank = cxsim.load_organisation("bank")
    log = json.loads(FIGURES.read_text("utf-8"))
    results = cxsim.run_study(bank, (), SETTINGS)
    titles = {name: reason.title or name for name, reason in bank.reasons.items()}
    page = [
        "# The bank against its log",
        "",
        "Written by `python docs/build/bank.py`; not edited by hand.",
        "",
        (
            f"The front line of `conf/organisation/bank.yaml` (its baseline, {SETTINGS.replications} replications of "
            f"{SETTINGS.weeks} weeks after {SETTINGS.warm_up_weeks} weeks of warm-up) and the calls of January 1999 of "
            "a bank's call centre (AnonymousBank, Technion SEELab). The staffing was fitted to the figures of this table, "
            "so it shows that the model can look like the log, not that it foresees another month. The log itself is not part of "
            "the project: its figures are kept in `docs/build/bank_log.json`, with which `python docs/build/bank.py` repeats "
            "every number of this page; that they are the log's can be shown only with the log, by `docs/build/bank_log.py`."
        ),
        "",
        "| figure | log | simulated | distance | bound | |",
        "|---|---|---|---|---|---|",
        *compare_with_log(results, log["headline"]),
        "",
        "## By day and hour",
        "",
        (
            "Profile, shifts and how those spread who found us closed were fitted to this table by hand, with seven shifts "
            "that a planner can read. The log's week is moved by one day, so that its full days are Monday to Friday; its "
            "own roster is unknown. Waits in seconds."
        ),
        "",
        "| day | calls a day, log | model | wait, log | model | abandonment %, log | model |",
        "|---|---|---|---|---|---|---|",
        *by_weekday(results, log["cells"]),
        "",
        "| days | hour | calls a day, log | model | wait, log | model | abandonment %, log | model |",
        "|---|---|---|---|---|---|---|---|",
        *by_hour(results, log["cells"]),
        "",
        "## Contact reasons",
        "",
        "Loan application status has no demand of its own: it is what customers ask while their application is slow.",
        "",
        "| rank | reason | contacts a week | share |",
        "|---|---|---|---|",
        *rank_reasons(results, titles),
        "",
        "Where the application was when they asked:",
        "",
        "| step | share of questions |",
        "|---|---|",
        *where_asking_comes_from(results),
        "",
    ]
    (CHECKOUT / "docs" / "bank.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
