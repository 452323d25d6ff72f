"""What differs between two organisations as a planner reads it: a line for each step, ``× 1.3`` for a scaled table.

``+`` is new, ``-`` is gone, ``~`` is different.  Numbers are rounded here; `cxsim.scenario.differences` has them
exactly.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxsim.calendars.durations import Duration, duration_text, minutes
from cxsim.files.problems import Path
from cxsim.organisation import Organisation, Route
from cxsim.organisation.work import Edge, Step
from cxsim.probability.moments import describe, mean_of, variance_of
from cxsim.scenario.differences import Change, changes

WIDTH = 110
DISTRIBUTIONS = ("work", "wrap_up", "delay")
SAME_SHAPE = 0.01
"""Two distributions are one, scaled, when their variances fit the scale of their means within this share: times are
rounded."""
APART = ("next", "title", *DISTRIBUTIONS)


@dataclass(frozen=True)
class Line:
    """One difference of a step: what it is in general, and in this place."""

    route: str
    step: str
    what: str
    """Field and change, equal for equal changes: ``work × 1.3``."""
    here: str
    """The values here: ``22 min → 28.6 min``."""


def difference_lines(before: Organisation, after: Organisation) -> list[str]:
    """Every difference, gathered by route, team, reason and so on; wrapped lines, headings first."""
    parts: dict[str, list[str]] = {}
    lines: list[Line] = []
    for name in dict.fromkeys([*before.routes, *after.routes]):
        old, new = before.routes.get(name), after.routes.get(name)
        heading = f"route {_plain(name)}"
        if old is None or new is None:
            steps = ", ".join(_title(step, key) for key, step in (old or new or {}).items())
            parts[heading] = [f"{'+' if old is None else '-'} the whole route: {steps}"]
            continue
        moved = {k: v for k, v in after.moved.get(name, {}).items() if before.moved.get(name, {}).get(k) != v}
        parts[heading] = list(_steps(old, new, moved))
        lines += _inside(name, old, new, moved)
    for heading, text in _gathered(lines):
        parts.setdefault(heading, []).append(text)
    rest = [c for c in changes(before, after) if c.path[0] not in ("routes", "moved")]
    for heading, text in _leaves(rest):
        parts.setdefault(heading, []).append(text)
    return [line for heading, texts in parts.items() if texts for line in (heading, *_wrapped(texts))]


def _wrapped(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="      ")


def _plain(name: object) -> str:
    return str(name).replace("_", " ")


def _title(step: Step, name: str) -> str:
    return f"'{step.title or _plain(name)}'"


# -------------------------------------------------------------------------------------------------------------- steps


def _steps(old: Route, new: Route, moved: Mapping[str, str]) -> Iterator[str]:
    """Steps that are gone, new, or made of others."""
    fresh = [name for name in new if name not in old]
    merged = {into: [s for s in old if moved.get(s) == into and s not in new] for into in fresh}
    for name, step in old.items():
        if name not in new and not any(name in gone for gone in merged.values()):
            yield f"- {_title(step, name)}{_facts(step)}"
    for name in fresh:
        now = f"{_title(new[name], name)}{_facts(new[name])}"
        if merged[name]:
            yield f"~ {' and '.join(f'{_title(old[s], s)}{_facts(old[s])}' for s in merged[name])} become {now}"
        else:
            yield f"+ {now}"
        if new[name].next:
            yield f"    then {', '.join(_edge(new, to, edge) for to, edge in new[name].next.items())}"


def _facts(step: Step) -> str:
    """Who does a step, how long it takes, and whether it is a control, in brackets."""
    distribution = step.work if step.work is not None else step.delay
    who = step.team or step.supplier or ("the customer" if step.customer else "")
    facts = [_plain(who)] if who else []
    facts += [f"{duration_text(mean_of(distribution))} on average"] if distribution is not None else []
    facts += ["a control"] if step.control else []
    return f" ({', '.join(facts)})" if facts else ""


def _edge(route: Route, to: str, edge: Edge) -> str:
    kind = f" ({edge.kind})" if edge.kind != "normal" else ""
    return f"{_percent(edge.p)} {_title(route[to], to)}{kind}"


def _percent(p: float) -> str:
    return f"{100.0 * p:.3g} %"


def _inside(name: str, old: Route, new: Route, moved: Mapping[str, str]) -> Iterator[Line]:
    """What differs inside steps that stay."""
    for key in (key for key in old if key in new):
        one, other = old[key], new[key]
        label = _title(other, key)
        if one.title != other.title:
            yield Line(name, label, "title", f"{one.title or 'none'} → {other.title or 'none'}")
        for field in DISTRIBUTIONS:
            a, b = getattr(one, field), getattr(other, field)
            if a != b:
                yield Line(name, label, *_distribution(_plain(field), a, b))
        onward = _onward(old, new, one.next, other.next, moved)
        if onward:
            yield Line(name, label, "then", onward)
        for field in (f for f in Step.model_fields if f not in APART):
            a, b = getattr(one, field), getattr(other, field)
            if a != b:
                yield Line(name, label, *_value(_plain(field), a, b))


def _distribution(field: str, old: Any, new: Any) -> tuple[str, str]:
    """A distribution that was scaled, or replaced, or is new or gone."""
    if old is None or new is None:
        return field, f"{'none' if old is None else describe(old)} → {'none' if new is None else describe(new)}"
    a, b = mean_of(old), mean_of(new)
    scale = b / a if a > 0.0 else 0.0
    if scale > 0.0 and abs(variance_of(new) - scale**2 * variance_of(old)) <= SAME_SHAPE * variance_of(new):
        return f"{field} × {scale:.3g}", f"{duration_text(a)} → {duration_text(b)}"
    return field, f"{describe(old)} → {describe(new)}"


def _value(field: str, old: Any, new: Any) -> tuple[str, str]:
    """A number that went up or down, or anything else that differs."""
    here = f"{value_text(old)} → {value_text(new)}"
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (old, new)):
        return f"{field} {'+' if new > old else '−'}{abs(new - old):.4g}", here
    return field, here


def _onward(
    old: Route, new: Route, one: Mapping[str, Edge], other: Mapping[str, Edge], moved: Mapping[str, str]
) -> str:
    """What may follow a step, where that differs by more than the names of merged steps."""
    if {moved.get(to, to): edge for to, edge in one.items()} == dict(other):
        return ""
    parts = []
    for to in dict.fromkeys([*one, *other]):
        a, b = one.get(to), other.get(to)
        where = _title(new.get(to) or old[to], to)
        if a is None and b is not None:
            parts.append(f"{where} {_percent(b.p)} (new)")
        elif b is None and a is not None:
            parts.append(f"{where} no longer ({_percent(a.p)})")
        elif a is not None and b is not None and a != b:
            change = f"{_percent(a.p)} → {_percent(b.p)}" if a.p != b.p else f"{a.kind} → {b.kind}"
            parts.append(f"{where} {change if a.p != b.p or a.kind != b.kind else 'for other cases than before'}")
    return ", ".join(parts)


def _gathered(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """(heading, text): a change that several routes share is one line."""
    together: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        together.setdefault((line.what, line.here if line.what == "then" else ""), []).append(line)
    for (what, _), alike in together.items():
        first = alike[0]
        if len({line.route for line in alike}) == 1:
            for line in alike:
                yield f"route {_plain(line.route)}", f"~ {line.step}: {what} {_in_brackets(line)}"
        elif len({line.here for line in alike}) == 1:
            routes = ", ".join(dict.fromkeys(_plain(line.route) for line in alike))
            yield "several routes", f"~ {what} ({first.here}): {routes}"
        else:
            often = Counter(line.route for line in alike)
            places = [_plain(x.route) + (f" {x.step}" if often[x.route] > 1 else "") for x in alike]
            values = "; ".join(f"{place} {line.here}" for place, line in zip(places, alike, strict=True))
            yield "several routes", f"~ {what}: {values}"


def _in_brackets(line: Line) -> str:
    return line.here if line.what == line.what.split(" ")[0] else f"({line.here})"


# ---------------------------------------------------------------------------------------------------- everything else


def _leaves(rest: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """(heading, text): leaves of one place that are all new, all gone, or scaled alike are one line."""
    groups: dict[tuple[Path, str], list[Change]] = {}
    for change in rest:
        mark = "+" if change.before is None else "-" if change.after is None else "~"
        parent = change.path[:-1] if len(change.path) > 1 else change.path
        groups.setdefault((parent, mark), []).append(change)
    for (parent, mark), alike in groups.items():
        heading, place = _place(parent)
        scale = _scale(alike) if mark == "~" else None
        if mark != "~":
            values = ", ".join(
                f"{_plain(c.path[-1])} {value_text(c.after if mark == '+' else c.before)}" for c in alike
            )
            yield heading, f"{mark} {place}{': ' * bool(place)}{values}"
        elif scale is not None and len(alike) > 1:
            values = ", ".join(f"{_plain(c.path[-1])} {value_text(c.before)} → {value_text(c.after)}" for c in alike)
            yield heading, f"~ {place} × {scale:.3g} ({values})"
        else:
            for c in alike:
                name = " ".join(x for x in (place, _plain(c.path[-1])) if x)
                yield heading, f"~ {name}: {_scaled_list(c) or f'{value_text(c.before)} → {value_text(c.after)}'}"


def _place(parent: Path) -> tuple[str, str]:
    """Heading and the words within it: ('team front line', "right 'loan decision'")."""
    kinds = {"teams": "team", "reasons": "reason", "channels": "channel", "segments": "segment", "profiles": "profile"}
    if parent[0] in kinds and len(parent) > 1:
        return f"{kinds[str(parent[0])]} {_plain(parent[1])}", " ".join(_plain(p) for p in parent[2:])
    return _plain(parent[0]), " ".join(_plain(p) for p in parent[1:])


def _number(value: Any) -> float | None:
    """A number, or minutes of a duration; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    try:
        return minutes(value)
    except (ValueError, TypeError):
        return None


def _scale(alike: Sequence[Change]) -> float | None:
    """The factor that all changes share."""
    pairs = [(_number(c.before), _number(c.after)) for c in alike]
    scales = [b / a for a, b in pairs if a and b is not None]
    if len(scales) < len(pairs) or max(scales) - min(scales) > 1e-3 * abs(max(scales)):
        return None
    return scales[0]


def _scaled_list(change: Change) -> str:
    """``× 1.3`` for a list of numbers that were all scaled alike."""
    old, new = change.before, change.after
    if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new)):
        return ""
    pairs = [Change(change.path, a, b) for a, b in zip(old, new, strict=True) if _number(a) != 0.0 or _number(b) != 0.0]
    scale = _scale(pairs) if pairs else None
    return "" if scale is None else f"× {scale:.3g} ({len(old)} values)"


def value_text(value: Any) -> str:
    """A value for reading: times in their best unit, four digits, yes and no."""
    if value is None:
        return "none"
    if isinstance(value, Duration):
        return duration_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if isinstance(value, list) and len(value) > 9:
        return f"{value_text(value[0])} … {value_text(value[-1])} ({len(value)} values)"
    if isinstance(value, list):
        return ", ".join(map(value_text, value)) or "none"
    if isinstance(value, str) and (found := _number(value)) is not None:
        return value if len(value) <= 12 and "." not in value else duration_text(found)
    return _plain(value) if isinstance(value, str) else str(value)
