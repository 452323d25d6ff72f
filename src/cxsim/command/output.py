"""What the command prints, whoever reads it: any encoding, a reader that has left, a full disk.

Results are in their folder before any of it is printed, so what cannot be printed is named and not lost.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from cxsim.files.characters import visible

FAULT = 1
BROKEN_PIPE = 141
READABLE = "cxsim.readable"
"""Name of our answer to characters that an encoding lacks."""

STANDS_FOR = {
    "−": "-",
    "–": "-",
    "—": "-",
    "‑": "-",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "×": "x",
    "÷": "/",
    "±": "+/-",
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "·": ".",
    "•": "*",
    "√": "sqrt",
    "Δ": "delta",
    "Σ": "sum",
    "€": "EUR",
    "£": "GBP",
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
}
"""By character: what is written where the encoding of a terminal or a pipe (cp1252, ascii) does not have it."""


def readable(text: str, encoding: str) -> str:
    """A text in characters that an encoding has, each of the others by what it stands for."""
    found = []
    for character in text:
        try:
            character.encode(encoding)
            found.append(character)
        except UnicodeEncodeError:
            plain = STANDS_FOR.get(character) or "".join(
                c for c in unicodedata.normalize("NFKD", character) if c.isascii()
            )
            found.append(plain or f"\\u{ord(character):04x}")
    return "".join(found)


def _lacking(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    # Any encoding we may meet has the ASCII that stands for the rest, so that this cannot fail in its turn.
    return readable(error.object[error.start : error.end], "ascii"), error.end


codecs.register_error(READABLE, _lacking)


@contextmanager
def readable_output() -> Iterator[None]:
    """Within: what an output's encoding lacks is written readably instead of ending the command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed (`2>&-`); the next file that is opened would take its place
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    changed = []
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and stream.errors != READABLE:
            changed.append((stream, stream.errors))
            stream.reconfigure(errors=READABLE)
    try:
        yield
    finally:
        for stream, errors in changed:
            with suppress(OSError, ValueError):  # its reader has left, or it is closed
                stream.reconfigure(errors=errors)


def tell(text: str) -> None:
    """A line on stderr.  Nobody loses results because nobody reads it."""
    try:
        print(visible(text), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        forget(sys.stderr)


def forget(stream: IO[str] | None) -> None:
    """An output that cannot be written any more: what is still in its buffer, and all that follows, goes nowhere."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def answer(text: str, kept: str = "") -> int:
    """Print what was asked for; the exit code.  kept: where it can be read otherwise.

    Where it cannot be printed (a full disk) and is kept nowhere, it goes to stderr: it may have taken hours.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        forget(sys.stdout)
        if error.errno in (errno.EPIPE, errno.EINVAL):  # the reader has left, as `head` does; EINVAL: on Windows
            return BROKEN_PIPE
        tell(f"cxsim: the answer could not be printed: {error.strerror or error}; {kept or 'here it is'}")
        if not kept:
            tell(text)
        return FAULT
    return 0
