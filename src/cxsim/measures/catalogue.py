"""The measures: one list of what is measured, in which unit, which way is better, and from which sums.

The same list drives validation, ``do=show what=measures``, the comparison's table and the documents.  Smallest
worthwhile differences are assumed; a study can set its own (`study.worthwhile`), always in the measure's unit.
"""

from __future__ import annotations

from cxsim.measures.measure import HEADLINE, Measure
from cxsim.measures.of_cases import OF_CASES, OF_CAUSES
from cxsim.measures.of_contacts import OF_CONTACTS, OF_SALES
from cxsim.measures.of_money import OF_MONEY
from cxsim.measures.of_the_rest import OF_RECOVERY, OF_THE_REST

MEASURES: tuple[Measure, ...] = (
    *(*OF_CASES, *OF_CAUSES, *OF_CONTACTS, *OF_SALES),
    *(*OF_THE_REST, *OF_RECOVERY, *OF_MONEY),
)
"""All measures."""
BY_NAME: dict[str, Measure] = {m.name: m for m in MEASURES}
HEADLINES: tuple[Measure, ...] = tuple(BY_NAME[name] for name in HEADLINE)
"""The headline measures in the order they are reported."""


def matters(m: Measure) -> str:
    """The smallest worthwhile difference, with its unit: ``0.02 SD``, ``0.5 % of total cost``."""
    if m.relative_to:
        of = "its own level" if m.relative_to == m.name else BY_NAME[m.relative_to].title
        return f"{100.0 * m.worthwhile:g} % of {of}"
    return f"{m.worthwhile:g} {m.unit}".rstrip()
