"""Accounting: all that is counted of what the rules decide.

A rule calls one function for each fact, after it has changed the state.  Nothing here decides, draws a random number or
changes what happens next; no module of the model outside this package touches a table of sums.
"""
