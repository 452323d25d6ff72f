"""The constants of time: the model counts in minutes."""

HOUR = 60.0
DAY = 1440.0
WEEK = 10080.0
DAYS_PER_YEAR = 365.25
WEEKS_PER_YEAR = DAYS_PER_YEAR / 7.0
YEAR = DAYS_PER_YEAR * DAY
