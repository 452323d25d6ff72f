"""Durations and rates are read exactly, refused clearly, and written for people."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.calendars.durations import Duration, duration_text, minutes, parse_duration, parse_rate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6 min", 6.0),
        ("6min", 6.0),
        ("90 s", 1.5),
        ("20 s", 20 / 60),
        ("1 second", 1 / 60),
        ("30 sec", 0.5),
        ("2 d", 2880.0),
        ("1 h 30 min", 90.0),
        ("1h30min", 90.0),
        ("1h30 min", 90.0),
        ("1.5 h", 90.0),
        ("2 hours", 120.0),
        ("3 weeks", 30240.0),
        ("1 day 2 hours 3 minutes", 1563.0),
        (" 0 min ", 0.0),
        ("1e-3 min", 0.001),
        (".5 Min", 0.5),
    ],
)
def test_calendar_durations(text: str, expected: float) -> None:
    assert parse_duration(text) == Duration(expected)
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 working days", Duration(0.0, working=True, days=5.0)),
        ("1 working day", Duration(0.0, working=True, days=1.0)),
        ("4 working hours", Duration(240.0, working=True)),
        ("1 working  day 2 working hours", Duration(120.0, working=True, days=1.0)),
    ],
)
def test_working_durations(text: str, expected: Duration) -> None:
    assert parse_duration(text) == expected
    with pytest.raises(ValueError, match="working time is not possible here"):
        minutes(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("6 mins3", "'6 mins3': unknown unit 'mins3'; did you mean 'min'?"),
        ("6 houers", "'6 houers': unknown unit 'houers'; did you mean 'h'?"),
        ("6 wrking days", "'6 wrking days': unknown unit 'wrking'"),
        ("6 parsecs", "'6 parsecs': unknown unit 'parsecs'; did you mean 's'?"),
        ("6 qqq", "'6 qqq': unknown unit 'qqq'; use s, min, h, d or weeks"),
        ("2 months", "'2 months': a month has no fixed length; use days or weeks"),
        ("6", "'6': a duration needs a unit; write '6 min', '6 h' or '6 d'"),
        (6, "'6': a duration needs a unit; write '6 min', '6 h' or '6 d'"),
        (2.5, "'2.5': a duration needs a unit"),
        (None, "'None': not a duration"),
        ("1 h 30", "'1 h 30': a duration needs a unit"),
        ("-6 min", "'-6 min': negative; use 0 or more"),
        ("nan min", "'nan min': not a finite number"),
        ("inf h", "'inf h': not a finite number"),
        ("1e308 weeks", "'1e308 weeks': too long"),
        ("", "'': not a duration"),
        ("soon", "'soon': not a duration; write it like '6 min' or '1 h 30 min'"),
        ("1,5 h", "'1,5 h': a duration needs a unit"),
        ("1 d 2 working hours", "mixes working and calendar time"),
    ],
)
def test_refused_durations(text: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.8 per min", 0.8),
        ("12 per h", 0.2),
        ("40 per day", 40 / 1440),
        ("3 per week", 3 / 10080),
        ("2 per second", 120.0),
        ("0 per min", 0.0),
    ],
)
def test_rates(text: str, expected: float) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.8", "'0.8': not a rate; write it like '0.8 per min' or '40 per day'"),
        (0.8, "'0.8': not a rate"),
        ("0.8 per mn", "'0.8 per mn': unknown unit 'mn'; did you mean 'min'?"),
        ("-1 per h", "'-1 per h': negative"),
        ("nan per h", "'nan per h': not a finite number"),
        ("4 per working day", "a working day has no fixed length"),
        ("4 per year", "a year has no fixed length"),
    ],
)
def test_refused_rates(text: object, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_rate(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0 min"),
        (0.75, "45 s"),
        (1 / 300, "0.2 s"),
        (59.9 / 60, "59.9 s"),
        (59.99 / 60, "1 min"),
        (1.5, "1 min 30 s"),
        (6.0, "6 min"),
        (12.34, "12.3 min"),
        (59.99, "1 h"),
        (90.0, "1 h 30 min"),
        (1439.7, "1 d"),
        (3600.0, "2.5 d"),
        (1440.0 * 1234, "1234 d"),
        (-6.0, "-6 min"),
        (math.inf, "for ever"),
        (math.nan, "unknown"),
        (Duration(90.0), "1 h 30 min"),
        (Duration(0.0, working=True, days=5.0), "5 working days"),
        (Duration(60.0, working=True, days=1.0), "1 working day 1 working hour"),
        (Duration(0.0, working=True), "0 working hours"),
    ],
)
def test_description(value: float | Duration, expected: str) -> None:
    assert duration_text(value) == expected


@given(st.floats(0.0, 1e7))
def test_a_text_reads_back_within_three_digits(value: float) -> None:
    assert minutes(duration_text(value)) == pytest.approx(value, rel=0.006, abs=1e-9)
