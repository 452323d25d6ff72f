"""Days, holidays, clock changes, opening hours and working time, against values worked by hand."""

import math
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.calendars.calendar import DAY, Hours, day_table, open_spans, read_hours, working_day, working_minutes
from cxsim.calendars.durations import parse_duration
from cxsim.calendars.timetables import (
    SPAN,
    TIMETABLE,
    after_working,
    closes_at,
    compile_timetables,
    day_of,
    hour_of_week,
    is_open,
    next_opening,
    worked,
)

D = 1440.0
H = 60.0
MONDAY = date(2026, 1, 5)
OFFICE = {"mon-fri": "09:00-12:30, 13:30-17:00"}


def week(**options: Any) -> Any:
    return day_table(MONDAY, first_day=0, last_day=6, **options)


def spans_of(hours: Any, days: Any) -> list[tuple[float, float]]:
    starts, ends = open_spans(read_hours(hours), days)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def test_a_plain_week() -> None:
    days = day_table(MONDAY, first_day=-1, last_day=6)
    assert days.dtype == DAY
    assert days["start_at"].tolist() == [k * D for k in range(-1, 7)]
    assert days["weekday"].tolist() == [6, 0, 1, 2, 3, 4, 5, 6]
    assert not days["holiday"].any()
    assert not days["shift"].any()
    assert date.fromordinal(int(days["date"][1])) == MONDAY


def test_clock_changes_make_short_and_long_days() -> None:
    """Berlin 2026: 29 March has 23 hours, 25 October has 25."""
    days = day_table(date(2026, 3, 28), time_zone="Europe/Berlin", first_day=-1, last_day=260)
    assert days["start_at"][:5].tolist() == [-D, 0.0, D, 2 * D - 60, 3 * D - 60]
    assert days["shift"][2] == -60.0
    autumn = (date(2026, 10, 25) - date(2026, 3, 28)).days + 1
    assert days["shift"][autumn] == 60.0
    assert days["start_at"][autumn + 1] == autumn * D
    assert np.count_nonzero(days["shift"]) == 2


def test_holidays_of_a_state_and_extra_ones() -> None:
    days = week(country="DE", subdivision="BY", extra_holidays=[date(2026, 1, 8)])
    assert days["holiday"].tolist() == [False, True, False, True, False, False, False]
    assert not week(country="DE", subdivision="HH")["holiday"][1]


def test_holidays_of_every_year_in_the_table() -> None:
    days = day_table(date(2026, 12, 30), country="US", first_day=0, last_day=370)
    free = {date.fromordinal(int(d)) for d in days["date"][days["holiday"]]}
    assert {date(2027, 1, 1), date(2027, 7, 4), date(2028, 1, 1)} <= free


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"time_zone": "Europe/Berln"}, "'Europe/Berln': unknown; did you mean 'Europe/Berlin'?"),
        ({"country": "DEE"}, "unknown country 'DEE'; did you mean"),
        ({"country": "DE", "subdivision": "XX"}, "DE has no subdivision 'XX'; use one of BB, "),
        ({"subdivision": "BY"}, "subdivision 'BY' needs a country"),
    ],
)
def test_unknown_places_are_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        week(**options)


def test_the_start_date_must_be_among_the_days() -> None:
    with pytest.raises(ValueError, match="must include day 0"):
        day_table(MONDAY, first_day=1, last_day=6)


def test_hours_are_read() -> None:
    hours = read_hours({"mon-fri": "07:00-24:00", "sat": ["8:00-12:00", "13:00-14:00"]})
    assert hours.week[0] == hours.week[4] == ((420.0, 1440.0),)
    assert hours.week[5] == ((480.0, 720.0), (780.0, 840.0))
    assert hours.week[6] == ()
    assert hours.holidays == ()
    assert read_hours({"sat-mon": "10:00-11:00", "Wednesday,thu": "closed"}).week[0]
    assert read_hours({"mon": "22:00-06:00"}).week[0] == ((1320.0, 1800.0),)
    assert read_hours({"mon": "22:00-00:00"}).week[0] == ((1320.0, 1440.0),)
    assert read_hours({"mon": "09:00-17:00", "holidays": "open"}).holidays == "open"
    own = read_hours({"mon": "09:00-17:00", "holidays": "10:00-12:00"})
    assert own.holidays == ((600.0, 720.0),)
    assert read_hours({"mon": "13:00-14:00, 09:00-12:00"}).week[0][0] == (540.0, 720.0)
    assert read_hours("always") == Hours((((0.0, 1440.0),),) * 7, "open")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"wendesday": "09:00-17:00"}, "unknown weekday 'wendesday'; did you mean 'wed'?"),
        ({"mon-fry": "09:00-17:00"}, "unknown weekday 'fry'; did you mean 'fri'?"),
        ({"holidys": "closed"}, "unknown weekday 'holidys'; did you mean 'holidays'?"),
        ({"xyz": "closed"}, "use mon, tue, wed, thu, fri, sat, sun or holidays"),
        ({"mon-wed": "09:00-17:00", "tue": "closed"}, "'tue' is given by 'mon-wed' and by 'tue'"),
        ({"mon": "9-17"}, "hours: mon: '9-17' is no span of time; write it like '09:00-17:00'"),
        ({"mon": "open"}, "'open' is no span of time"),
        ({"mon": 540}, "hours: mon: 540 is no opening time"),
        ({"mon": []}, "hours: mon: [] is no opening time"),
        ({"mon": "09:00-25:00"}, "'09:00-25:00' is outside 00:00-24:00"),
        ({"mon": "09:00-10:75"}, "outside 00:00-24:00"),
        ({"mon": "09:00-09:00"}, "is empty; use 'closed' or 00:00-24:00"),
        ({"mon": "09:00-12:00, 11:00-13:00"}, "overlap; keep them apart"),
        ("sometimes", "hours 'sometimes': use 'always' or a mapping"),
        (None, "use 'always' or a mapping"),
    ],
)
def test_wrong_hours_are_refused(spec: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        read_hours(spec)


def test_spans_of_a_week() -> None:
    found = spans_of({"mon-tue": "09:00-12:30, 13:30-17:00", "sat": "08:00-14:00"}, week())
    assert found == [
        (9 * H, 12.5 * H),
        (13.5 * H, 17 * H),
        (D + 9 * H, D + 12.5 * H),
        (D + 13.5 * H, D + 17 * H),
        (5 * D + 8 * H, 5 * D + 14 * H),
    ]


def test_touching_spans_and_nights_are_joined() -> None:
    assert spans_of("always", week()) == [(0.0, 7 * D)]
    assert spans_of({"mon": "22:00-06:00", "tue": "06:00-08:00"}, week()) == [(22 * H, D + 8 * H)]
    assert spans_of({"sun": "22:00-06:00"}, week()) == [(6 * D + 22 * H, 7 * D + 6 * H)]
    assert spans_of({}, week()) == []


def test_holidays_close_open_or_have_their_own_hours() -> None:
    days = week(extra_holidays=[date(2026, 1, 6)])
    hours = {"mon-tue": "09:00-10:00"}
    assert spans_of(hours, days) == [(540.0, 600.0)]
    assert spans_of({**hours, "holidays": "closed"}, days) == [(540.0, 600.0)]
    assert spans_of({**hours, "holidays": "open"}, days)[1] == (D + 540, D + 600)
    assert spans_of({**hours, "holidays": "11:00-12:00"}, days)[1] == (D + 660, D + 720)


def test_a_night_before_a_holiday_ends_in_the_morning() -> None:
    days = week(extra_holidays=[date(2026, 1, 6)])
    assert spans_of({"mon-tue": "22:00-06:00"}, days) == [(22 * H, D + 6 * H)]


def test_spans_on_days_when_clocks_change() -> None:
    """Spring, 23 h: 09:00 comes 8 h after midnight; autumn, 25 h: 10 h after it."""
    spring = day_table(date(2026, 3, 29), time_zone="Europe/Berlin", first_day=0, last_day=1)
    assert spans_of({"sun": "09:00-17:00"}, spring) == [(8 * H, 16 * H)]
    assert spans_of({"sun": "01:00-04:00"}, spring) == [(1 * H, 3 * H)]
    assert spans_of({"sun": "02:30-04:00"}, spring) == [(2 * H, 3 * H)]
    assert spans_of({"sun": "22:00-06:00"}, spring) == [(21 * H, 29 * H)]
    assert spans_of("always", spring) == [(0.0, 47 * H)]
    autumn = day_table(date(2026, 10, 25), time_zone="Europe/Berlin", first_day=0, last_day=1)
    assert spans_of({"sun": "09:00-17:00"}, autumn) == [(10 * H, 18 * H)]
    assert spans_of({"sun": "01:00-04:00"}, autumn) == [(1 * H, 5 * H)]
    assert spans_of("always", autumn) == [(0.0, 49 * H)]
    last = day_table(date(2026, 10, 25), time_zone="Europe/Berlin", first_day=0, last_day=0)
    assert spans_of("always", last) == [(0.0, 25 * H)]
    assert spans_of({"sun": "22:00-06:00"}, last) == [(23 * H, 31 * H)]


def test_hours_of_the_week_are_local() -> None:
    days = day_table(date(2026, 3, 28), time_zone="Europe/Berlin", first_day=-5, last_day=9)
    saturday, sunday = 5 * 24, 6 * 24
    assert hour_of_week(days, 0.0) == saturday
    assert hour_of_week(days, 59.999) == saturday
    assert hour_of_week(days, 60.0) == saturday + 1
    assert hour_of_week(days, -0.001) == saturday - 1
    assert hour_of_week(days, D + 119.0) == sunday + 1
    assert hour_of_week(days, D + 120.0) == sunday + 3
    assert hour_of_week(days, 2 * D - 61.0) == sunday + 23
    assert hour_of_week(days, 2 * D - 60.0) == 0
    assert day_of(days, 2 * D - 60.001) == 6
    assert day_of(days, 2 * D - 60.0) == 7
    autumn = day_table(date(2026, 10, 25), time_zone="Europe/Berlin", first_day=0, last_day=1)
    assert [hour_of_week(autumn, h * H) - sunday for h in (1, 2, 3, 4, 24)] == [1, 2, 2, 3, 23]


def test_weeks_go_on_outside_the_table() -> None:
    days = week()
    assert hour_of_week(days, 7 * D + 90.0) == 1
    assert hour_of_week(days, 15 * D) == 24
    assert hour_of_week(days, -60.0) == 167
    assert day_of(days, -60.0) == 0
    assert day_of(days, 99 * D) == 6


@pytest.fixture(name="plan", scope="module")
def two_timetables() -> tuple[Any, Any]:
    """0: [60, 120) and [180, 240); 1: never open; 2: [0, 10)."""
    return compile_timetables([([60.0, 180.0], [120.0, 240.0]), ([], []), ([0.0], [10.0])])


def test_timetables_lie_end_to_end(plan: tuple[Any, Any]) -> None:
    timetables, spans = plan
    assert timetables.dtype == TIMETABLE
    assert spans.dtype == SPAN
    assert timetables["offset"].tolist() == [0, 2, 2]
    assert timetables["count"].tolist() == [2, 0, 1]
    assert spans["worked_before"][:3].tolist() == [0.0, 60.0, 0.0]


@pytest.mark.parametrize(
    ("t", "is_it", "opens", "closes", "minutes"),
    [
        (0.0, False, 60.0, 0.0, 0.0),
        (60.0, True, 60.0, 120.0, 0.0),
        (math.nextafter(60.0, 0.0), False, 60.0, math.nextafter(60.0, 0.0), 0.0),
        (90.0, True, 90.0, 120.0, 30.0),
        (math.nextafter(120.0, 0.0), True, math.nextafter(120.0, 0.0), 120.0, 60.0),
        (120.0, False, 180.0, 120.0, 60.0),
        (150.0, False, 180.0, 150.0, 60.0),
        (180.0, True, 180.0, 240.0, 60.0),
        (239.0, True, 239.0, 240.0, 119.0),
        (240.0, False, math.inf, 240.0, 120.0),
        (1e6, False, math.inf, 1e6, 120.0),
    ],
)
def test_open_and_worked(
    plan: tuple[Any, Any], t: float, is_it: bool, opens: float, closes: float, minutes: float
) -> None:
    assert is_open(*plan, 0, t) is is_it
    assert next_opening(*plan, 0, t) == opens
    assert closes_at(*plan, 0, t) == closes
    assert worked(*plan, 0, t) == pytest.approx(minutes, abs=1e-12)


def test_a_timetable_that_never_opens(plan: tuple[Any, Any]) -> None:
    assert not is_open(*plan, 1, 65.0)
    assert next_opening(*plan, 1, 65.0) == math.inf
    assert closes_at(*plan, 1, 65.0) == 65.0
    assert worked(*plan, 1, 65.0) == 0.0
    assert after_working(*plan, 1, 65.0, 5.0) == 70.0
    assert next_opening(*compile_timetables([([], [])]), 0, 0.0) == math.inf


@pytest.mark.parametrize(
    ("t", "minutes", "end"),
    [
        (0.0, 30.0, 90.0),
        (0.0, 0.0, 0.0),
        (0.0, 60.0, 120.0),
        (0.0, 61.0, 181.0),
        (0.0, 120.0, 240.0),
        (0.0, 130.0, 250.0),
        (90.0, 30.0, 120.0),
        (90.0, 30.5, 180.5),
        (90.0, 200.0, 350.0),
        (120.0, 10.0, 190.0),
        (150.0, 60.0, 240.0),
        (240.0, 5.0, 245.0),
        (300.0, 5.0, 305.0),
    ],
)
def test_working_time_passes_only_while_open(plan: tuple[Any, Any], t: float, minutes: float, end: float) -> None:
    assert after_working(*plan, 0, t, minutes) == end


def test_wrong_timetables_are_refused() -> None:
    with pytest.raises(ValueError, match="timetable 1: spans must be sorted"):
        compile_timetables([([0.0], [1.0]), ([5.0, 1.0], [6.0, 2.0])])
    with pytest.raises(ValueError, match="timetable 0: spans must be sorted"):
        compile_timetables([([0.0], [0.0])])
    with pytest.raises(ValueError, match="timetable 0: starts and ends"):
        compile_timetables([([0.0], [])])


def test_five_working_days_across_a_holiday() -> None:
    """Filed on Monday at 16:00; Tuesday 6 January is free in Bavaria: done Tuesday week, 16:00."""
    hours = read_hours(OFFICE)
    days = day_table(MONDAY, country="DE", subdivision="BY", first_day=-7, last_day=30)
    plan = compile_timetables([open_spans(hours, days)])
    assert working_day(hours) == 420.0
    promised = working_minutes(parse_duration("5 working days"), hours)
    assert promised == 2100.0
    assert after_working(*plan, 0, 16 * H, promised) == 8 * D + 16 * H
    two_hours = working_minutes(parse_duration("2 working hours"), hours)
    assert after_working(*plan, 0, 16 * H, two_hours) == 2 * D + 10 * H


def test_a_working_day_is_the_mean_of_the_days_that_open() -> None:
    hours = read_hours({"mon-thu": "09:00-17:00", "fri": "09:00-15:00"})
    assert working_day(hours) == 456.0
    assert working_minutes(parse_duration("1 working day 1 working hour"), hours) == 516.0
    assert working_day(read_hours("always")) == 1440.0
    with pytest.raises(ValueError, match="no weekday opens"):
        working_day(read_hours({"holidays": "09:00-12:00"}))
    with pytest.raises(ValueError, match="calendar time"):
        working_minutes(parse_duration("2 d"), hours)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.integers(0, 500), min_size=0, max_size=12, unique=True),
    st.integers(-50, 599),
    st.integers(0, 400),
)
def test_working_time_equals_counting_minutes(edges: list[int], t: int, minutes: int) -> None:
    """Minute by minute: count open minutes after t until there are enough."""
    edges = sorted(edges)[: len(edges) // 2 * 2]
    starts, ends = edges[::2], edges[1::2]
    plan = compile_timetables([([-99.0], [-98.0]), (starts, ends)])
    opened = [any(s <= m < e for s, e in zip(starts, ends, strict=True)) for m in range(-50, 600)]
    assert is_open(*plan, 1, float(t)) == opened[t + 50]
    assert worked(*plan, 1, float(t)) == sum(opened[: t + 50])
    left, at = minutes, t
    while left > 0:
        left -= at >= (ends[-1] if ends else -99) or opened[at + 50]
        at += 1
    assert after_working(*plan, 1, float(t), float(minutes)) == at
    later = [m for m in range(t, 600) if opened[m + 50]]
    assert next_opening(*plan, 1, float(t)) == (later[0] if later else math.inf)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from([1.0, 60.0, 1440.0, 4320.0, 1e6]), min_size=1, max_size=80),
    st.floats(0.0, 1.0),
    st.sampled_from([-1e-6, 0.0, 1e-6, 0.25]),
)
def test_a_span_is_found_however_unevenly_they_lie(gaps: list[float], where: float, offset: float) -> None:
    """The first guess is that they lie evenly."""
    starts = np.cumsum(gaps)
    plan = compile_timetables([([5.0], [6.0]), (starts, starts + 0.5), ([0.0], [1.0])])
    t = float(starts[int(where * (len(starts) - 1))]) + offset
    opened = [k for k, start in enumerate(starts) if start <= t]
    assert is_open(*plan, 1, t) == (bool(opened) and t < starts[opened[-1]] + 0.5)
    assert worked(*plan, 1, t) == pytest.approx(sum(min(0.5, t - starts[k]) for k in opened))
