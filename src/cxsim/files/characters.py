"""Characters that are not shown but obeyed: a terminal moves, a page turns its text around."""

from __future__ import annotations

import unicodedata

DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They show what follows from right to left, so that a text reads otherwise than it is."""


def obeyed(character: str) -> bool:
    """Whether a character is obeyed instead of shown, or is half of one."""
    return unicodedata.category(character) in ("Cc", "Cs") or character in DIRECTIONS


def visible(text: str) -> str:
    """A text for a terminal: what would be obeyed stands there as its number; ends of lines and tabs stay."""
    return "".join(f"\\u{ord(c):04x}" if obeyed(c) and c not in "\n\t" else c for c in text)
