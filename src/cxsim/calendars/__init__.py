"""Time as people keep it: durations, opening hours, holidays, working time."""
