"""Derive the figures a simulated front line is calibrated on from a bank call log (AnonymousBank layout).

Usage: python docs/build/bank_log.py LOG.tsv.gz [OUT.json]

The log (AnonymousBank, January 1999; Technion SEELab) is not part of the project: it may be used, not passed on.  Only
derived figures are written, no row of it.  What depends on the log: the figures of arrivals, service and patience in
`conf/organisation/bank.yaml`, and the column "log" of `docs/bank.md`, which is kept as `docs/build/bank_log.json`.  A clone
can simulate and compare with these figures; that they are the log's, only this script and the log can show.

All times are seconds unless a name has another unit.  The week is translated by one day (the log's Sunday becomes Monday)
so that its five full days are Monday to Friday, its short Friday a Saturday and its Saturday evening a Sunday evening.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

Array = NDArray[np.float64]

FIGURES = Path(__file__).with_name("bank_log.json")
"""What `bank.py` compares the simulated front line with."""
DAY_TYPES = {"Monday to Friday": range(5), "Saturday": range(5, 6), "Sunday": range(6, 7)}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FEWEST = 20
"""Calls below which an hour of the log is left out."""

MIN_SERVICE = 3  # services of at most this length are agents hanging up; more than 3 s reproduces 188 s and CV 1.23
POOLING = 0.3  # weight of the pooled Monday-to-Friday shape in a weekday's hourly shape
TAIL_FROM = 300.0  # patience beyond this is given a constant hazard: hardly anybody is left to observe
SERVICE_TYPES = ("PS", "NE", "NW", "IN", "TT", "PE")
PROBABILITIES = np.array(
    [0, .005, .01, .02, .03, .05, .075, .1, .125, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7, .74, .78, .82,
     .85, .875, .9, .915, .93, .945, .955, .965, .975, .98, .985, .99, .9925, .995, .9975, .999, 1.0]
)  # fmt: skip
PATIENCE_PROBABILITIES = np.array(
    [0, .01, .02, .03, .04, .05, .06, .08, .1, .12, .14, .16, .18, .2, .22, .24, .26, .28, .3, .325, .35, .375, .4, .425,
     .45, .475, .5, .55, .6, .65, .7, .75, .8, .85, .9, .93, .95, .97, .98, .99, .999]
)  # fmt: skip


def read_log(path: Path) -> pd.DataFrame:
    """Read a month of the log and add the arrival at the queue (end of the voice menu) and the translated weekday."""
    log = pd.read_csv(path, sep="\t", dtype={"date": str})
    for column in ("vru_entry", "vru_exit", "q_exit", "ser_start", "ser_exit"):
        log[column] = pd.to_timedelta(log[column]).dt.total_seconds()
    log["day"] = pd.to_datetime(log["date"], format="%y%m%d")
    log["weekday"] = (log["day"].dt.day_of_week + 1) % 7  # the log's Sunday (6) becomes 0, Monday
    log["hour"] = np.floor(log["vru_exit"] / 3600).astype(int).clip(0, 23)
    log["clock"] = (log["day"] - log["day"].min()).dt.total_seconds() + log["vru_exit"]
    return log


def seeking_agent(log: pd.DataFrame) -> pd.DataFrame:
    """The calls that wanted an agent: answered, or waited at all; phantom records left out."""
    return log[(log["outcome"] != "PHANTOM") & ((log["outcome"] == "AGENT") | (log["q_time"] > 0))].copy()


def service_times(calls: pd.DataFrame, kind: str | None = None) -> Array:
    """Service times longer than MIN_SERVICE of the answered calls (of one kind)."""
    keep = (calls["outcome"] == "AGENT") & (calls["ser_time"] > MIN_SERVICE)
    if kind is not None:
        keep &= calls["type"] == kind
    return calls.loc[keep, "ser_time"].to_numpy(float)


def headline(calls: pd.DataFrame) -> dict[str, float]:
    """The figures the simulated front line is compared with."""
    waits = calls.loc[calls["outcome"] == "AGENT", "q_time"]
    service = service_times(calls)
    return {
        "calls": len(calls),
        "days": int(calls["date"].nunique()),
        "calls_per_day": len(calls) / calls["date"].nunique(),
        "abandoned": float((calls["outcome"] != "AGENT").mean()),
        "waited": float((calls["q_time"] > 0).mean()),
        "wait_served_mean": float(waits.mean()),
        "wait_served_p90": float(waits.quantile(0.9)),
        "service_mean": float(service.mean()),
        "service_cv": float(service.std() / service.mean()),
    }


def by_group(calls: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    """The headline figures by hour, weekday or type."""
    return {str(key): headline(group) for key, group in calls.groupby(column) if len(group) >= 50}


def cell(calls: pd.DataFrame, days: int) -> dict[str, float]:
    """Calls a day, mean wait of the served in seconds, and abandonment in per cent of some hours."""
    served = calls.loc[calls["outcome"] == "AGENT", "q_time"]
    a_day, lost = len(calls) / days, 100.0 * (1.0 - len(served) / len(calls))
    return {"calls_a_day": round(a_day, 6), "wait": round(float(served.mean()), 6), "abandonment": round(lost, 6)}


def cells(calls: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """The same by weekday, and by type of day and hour; hours with fewer than FEWEST calls left out."""
    found = {name: {"all day": cell(group, group["date"].nunique())}
             for name, (_, group) in zip(WEEKDAYS, calls.groupby("weekday"), strict=True)}  # fmt: skip
    for name, days in DAY_TYPES.items():
        some = calls[calls["weekday"].isin(days)]
        on = some["date"].nunique()
        hours = {f"{hour}:00": cell(group, on) for hour, group in some.groupby("hour") if len(group) >= FEWEST}
        found[name] = {"all day": cell(some, on), **hours}
    return found


def weekly_profile(calls: pd.DataFrame) -> Array:
    """Arrivals by hour of the translated week, Monday 00:00 first, scaled to mean 1.

    Weekday level: the mean of its days.  Shape of Monday to Friday: its own, pooled lightly with that of the five.
    """
    counts = (
        calls.groupby(["date", "weekday", "hour"]).size().unstack(fill_value=0).reindex(columns=range(24), fill_value=0)
    )
    mean = counts.groupby("weekday").mean().to_numpy(float)
    mean[:5, :7] = 0.0  # closed; the few calls seen then belong to no opening hour
    mean[5, :7] = mean[5, 14:] = mean[6, :19] = 0.0
    level = mean.sum(axis=1, keepdims=True)
    pooled = mean[:5].sum(axis=0) / mean[:5].sum()
    mean[:5] = level[:5] * ((1 - POOLING) * mean[:5] / level[:5] + POOLING * pooled)
    flat: Array = mean.ravel() / mean.mean()
    return flat


def busyness(calls: pd.DataFrame) -> dict[str, float]:
    """Day-to-day spread of the totals on the log scale, beyond Poisson: in all, and round each week's own level."""
    totals = calls.groupby(["day", "weekday"]).size().rename("n").reset_index()
    totals["logn"] = np.log(totals["n"])
    week = (totals["day"] - pd.Timestamp("1998-12-27")).dt.days // 7
    noise, freedom = float((1 / totals["n"]).mean()), len(totals) - totals["weekday"].nunique()
    overall = totals["logn"] - totals.groupby("weekday")["logn"].transform("mean")
    design = np.column_stack([pd.get_dummies(totals["weekday"]), pd.get_dummies(week).iloc[:, 1:]]).astype(float)
    fitted, _, rank, _ = np.linalg.lstsq(design, totals["logn"].to_numpy(), rcond=None)
    within = totals["logn"] - design @ fitted
    return {
        "sd_log_total": float(np.sqrt(max(0.0, (overall**2).sum() / freedom - noise))),
        "sd_log_within_week": float(np.sqrt(max(0.0, (within**2).sum() / (len(totals) - rank) - noise))),
        "week_levels_sd_log": float(np.std(np.append(0.0, fitted[7:]), ddof=1)),
    }


def moments_linear(p: Array, q: Array) -> tuple[float, float]:
    """Mean and CV of quantiles interpolated linearly in the probability."""
    mass = np.diff(p)
    mean = float(np.sum(mass * (q[1:] + q[:-1]) / 2))
    second = float(np.sum(mass * (q[1:] ** 2 + q[1:] * q[:-1] + q[:-1] ** 2) / 3))
    return mean, float(np.sqrt(second - mean**2) / mean)


def service_table(sample: Array) -> Array:
    """Quantiles at PROBABILITIES (linear interpolation) with the end point set so that the sample's CV is kept."""
    table: Array = np.quantile(sample, PROBABILITIES)
    mean, cv = float(sample.mean()), float(sample.std() / sample.mean())
    ends = np.linspace(table[-2], max(table[-1] * 1.5, table[-2] * 2), 4000)
    misses = [abs(moments_linear(PROBABILITIES, np.append(table[:-1], end))[1] - cv) for end in ends]
    table[-1] = ends[int(np.argmin(misses))]
    scaled: Array = table * (mean / moments_linear(PROBABILITIES, table)[0])
    return scaled


def kaplan_meier(time: Array, left: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Survival of patience: callers who left are events, callers answered are censored."""
    order = np.argsort(time, kind="stable")
    values, first = np.unique(time[order], return_index=True)
    events = np.add.reduceat(left[order].astype(float), first)
    return values, np.cumprod(1 - events / (len(time) - first))


def patience_table(time: Array, left: NDArray[np.bool_]) -> dict[str, Any]:
    """Kaplan-Meier quantiles with an exponential tail beyond TAIL_FROM; the median is the untouched one."""
    (values, survival), late = kaplan_meier(time, left), time > TAIL_FROM
    tail_events, tail_exposure = left[late].sum(), (time[late] - TAIL_FROM).sum()
    rate = (tail_events + 1) / (tail_exposure + time.sum() / max(1, left.sum()))  # one event of prior weight
    at_tail = float(survival[values <= TAIL_FROM][-1])
    table = np.empty_like(PATIENCE_PROBABILITIES)
    known = np.append(0.0, 1 - survival[values <= TAIL_FROM])
    times = np.append(0.0, values[values <= TAIL_FROM])
    for i, p in enumerate(PATIENCE_PROBABILITIES):
        table[i] = np.interp(p, known, times) if p <= 1 - at_tail else TAIL_FROM + np.log(at_tail / (1 - p)) / rate
    half = survival <= 0.5
    return {
        "waiters": len(time),
        "km_median": float(values[half][0]) if half.any() else None,
        "mle_exponential_mean": float(time.sum() / max(1, left.sum())),
        "tail_mean": float(1 / rate),
        "quantiles": table.round(1).tolist(),
    }


def patience_fits(time: Array, left: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Maximum-likelihood distributions with censoring: Weibull, lognormal and two-phase hyperexponential (means in seconds)."""

    def weibull(x: Array) -> float:
        k, scale = np.exp(x)
        z = (time / scale) ** k
        return float(-(left * (np.log(k / scale) + (k - 1) * np.log(time / scale)) - z).sum())

    def lognormal(x: Array) -> float:
        z = (np.log(time) - x[0]) / np.exp(x[1])
        return float(-(left * (norm.logpdf(z) - x[1] - np.log(time)) + ~left * norm.logsf(z)).sum())

    def hyper(x: Array) -> float:
        share, m1, m2 = 1 / (1 + np.exp(-x[0])), np.exp(x[1]), np.exp(x[2])
        density = share / m1 * np.exp(-time / m1) + (1 - share) / m2 * np.exp(-time / m2)
        survive = share * np.exp(-time / m1) + (1 - share) * np.exp(-time / m2)
        return float(-np.log(np.where(left, density, survive)).sum())

    w = minimize(weibull, [0.0, 6.0], method="Nelder-Mead")
    n = minimize(lognormal, [6.0, 0.5], method="Nelder-Mead")
    h = minimize(hyper, [-1.5, 4.0, 6.3], method="Nelder-Mead", options={"maxiter": 2000})
    return {
        "weibull": {"shape": float(np.exp(w.x[0])), "scale": float(np.exp(w.x[1])), "neg_loglik": float(w.fun)},
        "lognormal": {"mu": float(n.x[0]), "sigma": float(np.exp(n.x[1])), "neg_loglik": float(n.fun)},
        "hyperexponential": {"share": float(1 / (1 + np.exp(-h.x[0]))), "mean1": float(np.exp(h.x[1])),
                             "mean2": float(np.exp(h.x[2])), "neg_loglik": float(h.fun)},
    }  # fmt: skip


def redials(log: pd.DataFrame, calls: pd.DataFrame) -> dict[str, Any]:
    """Next call of an identified customer after abandoning (from the moment of leaving), any kind of call."""
    known = log[log["customer_id"] != "0"].sort_values(["customer_id", "clock"])
    gap = known.groupby("customer_id")["clock"].shift(-1) - known["clock"] - known["q_time"]
    left = calls.index[calls["outcome"] != "AGENT"]
    gap = gap[known.index.isin(left)].clip(lower=0)
    soon = gap[gap < 3600]
    return {
        "identified_abandoners": len(gap),
        "within": {f"{m}_min": float((gap < 60 * m).mean()) for m in (1, 2, 5, 10, 30, 60, 120, 240, 1440)},
        "median_delay_within_hour_min": float(soon.median() / 60),
        "delay_quantiles_within_hour_min": (soon.quantile([0, .1, .25, .5, .75, .9, 1]) / 60).round(2).tolist(),
    }  # fmt: skip


def wrap_up(calls: pd.DataFrame) -> dict[str, float]:
    """Gap between an agent's calls when somebody waited; how often a free agent still took a while to answer."""
    served = calls[(calls["outcome"] == "AGENT") & (calls["server"] != "NO_SERVER")].sort_values(
        ["date", "server", "ser_start"]
    )
    previous = served.groupby(["date", "server"])["ser_exit"].shift(1)
    gap = (served["ser_start"] - previous)[served["ser_start"] - served["q_time"] <= previous]
    gap = gap[gap >= 0]
    idle = served["q_time"][previous <= served["ser_start"] - served["q_time"]]
    slow = idle[idle > 0]
    return {"median": float(gap.median()), "mean_below_120": float(gap[gap < 120].mean()),
            "idle_agent_slow_share": len(slow) / (len(slow) + int((served["q_time"] == 0).sum())),
            "idle_agent_slow_median": float(slow.median())}  # fmt: skip


def main(path: Path, out: Path) -> None:
    """Derive everything and write it as JSON."""
    calls = seeking_agent(log := read_log(path))
    FIGURES.write_text(
        json.dumps({"headline": headline(calls), "cells": cells(calls)}, indent=1) + "\n", encoding="utf-8"
    )
    waiting = calls[calls["q_time"] > 0]
    time, left = waiting["q_time"].to_numpy(float), (waiting["outcome"] != "AGENT").to_numpy()
    kinds = {kind: (waiting["type"] == kind).to_numpy() for kind in SERVICE_TYPES}
    facts: dict[str, Any] = {
        "headline": headline(calls),
        "by_hour": by_group(calls, "hour"), "by_weekday": by_group(calls, "weekday"), "by_type": by_group(calls, "type"),
        "type_shares": calls["type"].value_counts(normalize=True).round(4).to_dict(),
        "day_totals_by_weekday": calls.groupby(["weekday", "date"]).size().groupby("weekday").mean().round(1).to_dict(),
        "profile": weekly_profile(calls).round(4).tolist(),
        "busyness": busyness(calls),
        "service_probabilities": PROBABILITIES.tolist(),
        "service_quantiles": {kind: service_table(service_times(calls, None if kind == "all" else kind)).round(1).tolist()
                              for kind in ("all", *SERVICE_TYPES)},
        "patience_probabilities": PATIENCE_PROBABILITIES.tolist(),
        "patience": {"all": patience_table(time, left), **{k: patience_table(time[m], left[m]) for k, m in kinds.items()}},
        "patience_fits": {"all": patience_fits(time, left), **{k: patience_fits(time[m], left[m]) for k, m in kinds.items()
                                                               if k in ("PS", "NW")}},
        "redials": redials(log, calls),
        "wrap_up": wrap_up(calls),
    }  # fmt: skip
    out.write_text(json.dumps(facts, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "bank_facts.json"))
