"""One word per thing: the words that went (docs/words.md) are in no name, key, message, docstring or document."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxsim.files.problems import RENAMED

ROOT = Path(__file__).parent.parent
MAP = ROOT / "docs" / "words.md"
PLACES = ("src", "conf", "scenarios", "benchmarks", "docs", "notebooks", "README.md")
SUFFIXES = (".py", ".yaml", ".md", ".html", ".ipynb")

WENT = re.compile(
    r"(?<![A-Za-z])("
    r"luck\w*|laws?|nought|dearer|reckon(?:s|ed|ing)?|seats?|[a-z-]*manieth|courses?"
    r"|told|said|saying|says?|felt|beside|besides|today"
    r"|h[eo]ld against|hold together|days to the end|worth speaking of|too small to matter|how far it is"
    r")(?![A-Za-z])",
    re.IGNORECASE,
)

OF_PEOPLE = r"most_said|customers? (?:who )?says?\b|would say|says? sorry|say nothing|who says so"

MAY_STAY = (
    (r"docs/words\.md", r".*", "the map itself"),
    (r".*", r"Little's law|conservation law", "theorems"),
    (r"src/cxsim/probability/intervals\.py", r"Law 2015", "an author"),
    (r".*", r"'law'|\"law\"|`law`|'beside'|\"beside\"", "old keys, in the answer that names the new ones"),
    (r".*", r"cannot_say|_not_covered", "a scenario's own key: it reads as it should"),
    (r".*", r"p_told|promise_told|\bTOLD\b", "customers are told a date: of people, not of output"),
    (r".*", OF_PEOPLE, "what customers say: of people, not of output"),
    (r".*", r"complaints_today|complaints of today|handled today|who do it today", "a title, plain English"),
    (r".*", r"date\.today\(", "Python's name"),
    (r"conf/.*|docs/.*", r"refreshed_course|course: \{|training\.course\.", "the name of a training in a theory case"),
    (r"src/cxsim/scenario/interventions/learning\.py", r'"course"', "the default name of a training"),
)
"""File, text around the word, reason."""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of a document; of Python its names, strings and comments."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    lines, read = text.splitlines(), {tokenize.NAME, tokenize.STRING, tokenize.COMMENT}
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type in read]
    for number in sorted({n for token in tokens for n in range(token.start[0], token.end[0] + 1)}):
        yield number, lines[number - 1]


def searched() -> list[Path]:
    roots = [ROOT / place for place in PLACES]
    files = [f for root in roots for f in ([root] if root.is_file() else sorted(root.rglob("*")))]
    return [f for f in files if f.suffix in SUFFIXES and "__pycache__" not in f.parts]


def found_in(place: str, line: str) -> list[str]:
    """The words of a line that went, what may stay taken out."""
    if not WENT.search(line):
        return []
    for file, around, _ in MAY_STAY:
        if re.fullmatch(file, place):
            line = re.sub(around, " ", line)
    return [m.group() for m in WENT.finditer(line)]


def test_no_word_that_went_is_left() -> None:
    faults = sorted(
        {
            f"{path.relative_to(ROOT)}:{number}: '{word}' in {line.strip()[:100]}"
            for path in searched()
            for number, line in texts(path)
            for word in found_in(path.relative_to(ROOT).as_posix(), line)
        }
    )
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "line",
    [
        "a law of durations",
        "with other luck",
        "def told() -> None:",
        "two seats",
        "x_told = 1",
        "every so-manieth agent",
        "intervals that hold together",
        "beside: [silos]",
    ],
)
def test_a_word_that_went_is_noticed(line: str) -> None:
    assert found_in("src/cxsim/x.py", line)


def test_a_word_inside_another_is_not() -> None:
    assert found_in("x.md", "flawed claws, outlawed seating, Saturday, front_line, cash flow, lines of text") == []


def test_the_map_names_every_renamed_key() -> None:
    section = MAP.read_text(encoding="utf-8").partition("## YAML keys")[2].partition("\n## ")[0]
    keys = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", section, re.MULTILINE))
    assert keys == {**RENAMED, "law": "distribution"}
