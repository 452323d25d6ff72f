"""What each piece of machinery bought when it was left out alone: figures of one day, not measured anew."""

from __future__ import annotations

from collections.abc import Iterator

Piece = tuple[str, tuple[int, int, int], str]
"""What it is; how much longer a visit takes without it (%), by model; what became of it."""
PIECES: tuple[Piece, ...] = (
    ("cubics evaluated four at a time", (0, 0, 0), "went"),
    ("rows fetched ahead", (1, -2, -8), "went"),
    ("branch weights from counts", (6, 5, 0), "went"),
    ("tournament tree for chats", (0, -4, -3), "went"),
    ("pairing heaps in queues", (-1, -7, -1), "went"),
    ("curve of fading", (-3, -2, -1), "went"),
    ("timing wheel", (6, 1, 3), "went"),
    ("labels that keep tables apart for the optimiser", (1, 1, -2), "went"),
    ("choosing without a jump", (0, 2, 2), "went"),
    ("curve of leaving", (0, -6, 9), "stays: results would move by more than 1e-9"),
    ("rows that fill whole lines of the cache", (1, 4, 5), "stays for now: the layout of every table"),
    ("timers kept from one stretch of a run to the next", (5, 13, 8), "stays"),
    ("short rules compiled into their callers", (18, 23, 4), "stays"),
)
MEANING = (
    "Each piece was left out alone, and a visit timed against the code with all of them, a few weeks of each in turn: "
    "how much longer it takes then, median over 20 to 100 pairs, processor time. A piece stays if it buys a tenth of a "
    "visit on one of the models, or 10 s of compiling. The machine was busy, so differences of less than 5 % mean "
    "little. No piece shortened compiling by as much; the last one lengthens it by about 12 s."
)
LINKING = (
    "Rules are compiled as parts of one program (`cxsim.native.linking`), by parts of numba that numba does not "
    "promise to keep. The promised way, one `numba.njit` for each rule, had not finished after 190 s of processor"
    " time, where one program took 62 s on the same busy machine. So this stays, with what it uses of numba in "
    "one module (`cxsim.native.numba_inside`) and one test of it."
)


def rows() -> Iterator[str]:
    """The table, row by row."""
    yield "| piece | contact centre | three departments | bank | |"
    yield "|---|---:|---:|---:|---|"
    for what, slower, verdict in PIECES:
        yield f"| {what} | {' | '.join(f'{percent:+d} %' if percent else '0 %' for percent in slower)} | {verdict} |"
