"""Addressed random numbers, distributions and their tables, curves, intervals."""
