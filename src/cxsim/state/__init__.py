"""Plan, state and tallies: the arrays of a run, and what their columns mean."""
