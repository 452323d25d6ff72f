"""From tallies to measures: numbers with unit, direction, formula and basis, and tables that break them down."""
