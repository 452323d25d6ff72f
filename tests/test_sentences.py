"""Sentences tested by their meaning: each kind of sentence stands in all worlds in which it has to, and in no other.

The worlds are comparisons whose truth is planted (`sentences.worlds`): what is better, worse, negligible or undecided
in them is known without any of the code under test.  A claim fails if its sentence stands where it is not so, if it is
missing where it has to stand, or if it was never met both ways; and each sentence has to belong to a claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cxsim.measures.catalogue import BY_NAME, HEADLINES
from cxsim.organisation import read_organisation
from cxsim.probability.intervals import BETTER, WORSE
from cxsim.report.text.words import DECIMALS, PHRASES
from cxsim.scenario import Scenario, read_scenario
from cxsim.study import Results, Settings, run_study
from organisations import small_bank
from sentences import (
    BORDERS,
    DOWN,
    DOWN_SLIGHTLY,
    FALLS_A_LITTLE,
    IDENTICAL,
    NEGLIGIBLE,
    OPEN,
    UP,
    UP_SLIGHTLY,
    Claim,
    Said,
    Way,
    World,
    headline,
    listed,
    nothing_moves,
    placed,
    sentences_of,
    verdicts,
    worlds,
)

MANY = 90
CUSTOMERS = (
    "churn", "customers_referred", "customers_end", "secure", "favourable", "nps_cohort", "share_of_wallet",
    "base_value",
)  # fmt: skip
SALES = ("sales", "sales_margin", "over_promises", "broken_promises", "sales_undone", "transfers_spared")


@pytest.fixture(scope="module")
def template() -> Results:
    """A small study of two changes, one of which says what it expects."""
    tree = small_bank()
    for team in tree["teams"].values():
        team["cost_per_hour"] = 30
    organisation = read_organisation(tree)
    first = {"speed_up": {"team": "front_line", "by": 0.1}, "costs": {"once": 5000, "source": "assumed"}}
    expected = {"effort": "lower", "fcr": "higher", "churn": "lower", "wait": "lower"}
    scenarios = tuple(
        read_scenario({"title": title, "interventions": [change], **more}, organisation, name)
        for name, title, change, more in (
            ("faster", "Faster work", first, {"expected": expected}),
            ("slower", "Slower work", {**first, "speed_up": {"team": "lending", "by": -0.1}}, {}),
        )
    )
    settings = Settings(weeks=6, warm_up_weeks=2, replications=2, workers=1)
    return run_study(organisation, scenarios, settings)


# Findings ---------------------------------------------------------------------------------------------------------


def over_all_cases(text: str) -> dict[str, str]:
    """The parts of a finding: better, worse, undecided, negligible, and how many others are negligible."""
    whole = re.split(r"Over the \d+ weeks(?:, all cases together,)? ", text)[-1]
    parts = {}
    for part in whole.removesuffix(".").split("; "):
        kind, _, rest = part.partition(": ")
        parts[kind.lower()] = rest
    return parts


def finding_is_so(said: Said, _: re.Match[str]) -> bool:
    """Whether a finding gives each headline measure its planted verdict, and the right way of those that move."""
    truth, parts = verdicts(said.world, said.scenario), over_all_cases(said.text)
    for kind in (BETTER, WORSE):
        spelt, _, likewise = parts.get(kind, "").partition(", likewise ")
        found = listed(likewise, sorted(truth[BETTER] | truth[WORSE]))
        for m in HEADLINES:
            up, down = (re.escape(phrase).replace(r"\{\}", r"[\d.,]+.*?") for phrase in PHRASES[m.name])
            for pattern, way in ((up, UP), (down, DOWN)):
                if re.search(pattern + r" \(±", spelt):
                    found.add(m.name)
                    if said.world.way(said.scenario, m.name) is not way:
                        return False
        if found != truth[kind]:
            return False
    if listed(parts.get("undecided", ""), [m.name for m in HEADLINES]) != truth["undecided"]:
        return False
    many = re.search(r"(?:the other|all) (\d+) measures: negligible", said.text, re.IGNORECASE)
    if many:
        return int(many[1]) == len(truth["negligible"])
    return listed(parts.get("negligible", ""), [m.name for m in HEADLINES]) == truth["negligible"]


def affected_is_so(kind: str) -> Callable[[Said, re.Match[str]], bool]:
    """Whether what a sentence names of reasons or segments was planted to move, and in that direction."""

    def so(said: Said, _: re.Match[str]) -> bool:
        truth = placed(said.world, said.scenario, kind)
        titles = {title_of(said.world, kind, name): name for name in truth}
        part = re.split(r" Over the \d+ weeks", said.text)[0]
        changes = re.findall(r"(?:“([^”]+)” \([^)]*\): |(?<=[:;] )([\w ]+), )((?:[^;.]|\.(?=\d))*)", part)
        for quoted, plain, moves in changes:
            name = titles.get(quoted or plain)
            if name is None:
                return False
            for measure, words in DETAILS.items():
                for sign in re.findall(rf"{words} [^(]*\(([+−])", moves):
                    if truth[name].get(measure) is not (UP if sign == "+" else DOWN):
                        return False
        return bool(changes)

    return so


DETAILS = {
    "effort": "effort",
    "contacts_per_case": "contacts per case",
    "end_to_end": "days to resolution",
    "promise_breaches": "broken promises",
    "nps_transactional": "transactional NPS",
}


def title_of(world: World, kind: str, name: str) -> str:
    specs: Any = world.results.organisation.reasons if kind == "reason" else world.results.organisation.segments
    return (specs[name].title if name in specs else "") or name.replace("_", " ")


# Details ----------------------------------------------------------------------------------------------------------


def expected(kind: str) -> Callable[[World, Scenario], set[str]]:
    """The titles of a scenario's expectations of which this is so."""

    def titles(world: World, scenario: Scenario) -> set[str]:
        return {
            BY_NAME[m].title
            for m, wanted in scenario.expected.items()
            if not world.missing(scenario, m) and found_of(world.way(scenario, m), wanted) == kind
        }

    return titles


def found_of(way: Way, wanted: str) -> str:
    """What a change is to an expectation."""
    if way in (IDENTICAL, NEGLIGIBLE, FALLS_A_LITTLE):
        return "unchanged" if way == IDENTICAL else "little"
    if not way.significant:
        return "open"
    return "so" if (way.shift > 0.0) == (wanted == "higher") else "contrary"


def named_titles(said: Said, pattern: str) -> set[str]:
    part = re.search(pattern + r"((?:[^.]|\.(?=\d))*)\.", said.text)
    return {BY_NAME[m].title for m in said.scenario.expected if part and BY_NAME[m].title in part[1]}


def expectation(lead: str, kind: str) -> Claim:
    titles = expected(kind)
    return Claim(
        rf"(?:^|\. ){lead}: ",
        lambda said, _: named_titles(said, rf"(?:^|\. ){lead}: ") == titles(said.world, said.scenario),
        lambda world, scenario: bool(titles(world, scenario)) and not nothing_moves(world, scenario),
    )


def significant_but_open(way: Any) -> Callable[[World, Scenario], set[str]]:
    return lambda world, scenario: headline(world, scenario, way)


def names(words: Callable[[World, Scenario], set[str]]) -> Callable[[Said, re.Match[str]], bool]:
    """Whether a sentence names exactly these headline measures."""
    return lambda said, match: listed(match[1], [m.name for m in HEADLINES]) == words(said.world, said.scenario)


def moves(world: World, scenario: Scenario) -> bool:
    return not nothing_moves(world, scenario)


def saved(world: World, scenario: Scenario) -> bool:
    """Whether the two worlds vary together in effort or waits, and differ by more than a constant."""
    noisy = any(world.way(scenario, m).noise > 0.0 and not world.missing(scenario, m) for m in ("effort", "wait"))
    return noisy and not world.unrelated and moves(world, scenario)


def has_loyalty(world: World, scenario: Scenario) -> bool:
    """Whether churn or wallets are in the model."""
    return world.level("churn") > 1e-9 or world.way(scenario, "share_of_wallet").shift != 0.0


def moved_customers(said: Said, match: re.Match[str]) -> bool:
    up, down = said.world.moved[said.scenario.name]
    return (float(match[2]), float(match[3])) == (up, down) and match[1] == "1,200"


def reported(listing: Sequence[str], least: Callable[[str], float]) -> Callable[[World, Scenario], set[str]]:
    """The titles of those of `listing` that move significantly, and by enough to show in their decimals."""

    def titles(world: World, scenario: Scenario) -> set[str]:
        return {
            BY_NAME[m].title
            for m in listing
            if world.way(scenario, m).significant
            and not world.missing(scenario, m)
            and abs(world.way(scenario, m).shift) * world.unit(m) >= least(m)
        }

    return titles


def least_shown(measure: str) -> float:
    """The smallest change that is not printed as zero."""
    unit = BY_NAME[measure].unit
    return 0.5 * 10.0 ** -DECIMALS.get(unit, 2)


customers_moved = reported(CUSTOMERS, least_shown)
sales_moved = reported(SALES, lambda _: 0.005)


def says(titles: Callable[[World, Scenario], set[str]], of: Sequence[str]) -> Callable[[Said, re.Match[str]], bool]:
    """Whether a sentence names exactly these measures of a list, each with the direction it moves."""

    def so(said: Said, _: re.Match[str]) -> bool:
        found = set()
        for m in of:
            change = re.search(
                r"(?:: |, | and )" + re.escape(BY_NAME[m].title) + r" −?[\d.,]+ → [^(]*\(([+−])", said.text
            )
            if change:
                found.add(BY_NAME[m].title)
                if (said.world.way(said.scenario, m).shift > 0.0) != (change[1] == "+"):
                    return False
        return found == titles(said.world, said.scenario)

    return so


CLAIMS = {
    "nothing moves": Claim(
        r": everything is exactly as in the baseline\.$",
        lambda said, _: nothing_moves(said.world, said.scenario),
        nothing_moves,
    ),
    "verdicts": Claim(
        r"(better|worse|undecided|negligible): |measures: negligible",
        lambda said, match: not said.text.startswith(said.scenario.title + ".") or finding_is_so(said, match),
        moves,
    ),
    "reasons": Claim(
        r"^(Most|Also) affected: ",
        affected_is_so("reason"),
        lambda world, scenario: moves(world, scenario) and len(placed(world, scenario, "reason")) > 1,
    ),
    "the reason that leads": Claim(
        r"^[^.]*\. Customers with “",
        lambda said, _: (
            affected_is_so("reason")(said, _) and not headline(said.world, said.scenario, UP, DOWN) & {"effort"}
        ),
        lambda world, scenario: (
            moves(world, scenario)
            and bool(placed(world, scenario, "reason"))
            and not (headline(world, scenario, UP, DOWN) & {"effort"})
        ),
    ),
    "as expected": expectation("As was expected", "so"),
    "against what was expected": expectation("Against what was expected", "contrary"),
    "expected and negligible": expectation("Expected, negligible", "little"),
    "expected and unchanged": expectation("Expected, exactly as in the baseline", "unchanged"),
    "expected and undecided": expectation("Expected, undecided", "open"),
    "significantly higher": Claim(
        r"^Significantly higher; practical significance undecided: (.*)\.$",
        names(significant_but_open(UP_SLIGHTLY)),
        lambda world, scenario: bool(headline(world, scenario, UP_SLIGHTLY)),
    ),
    "significantly lower": Claim(
        r"^Significantly lower; practical significance undecided: (.*)\.$",
        names(significant_but_open(DOWN_SLIGHTLY)),
        lambda world, scenario: bool(headline(world, scenario, DOWN_SLIGHTLY)),
    ),
    "hardly settled": Claim(
        r"^More replications would hardly settle (.*)\.$",
        names(lambda world, scenario: headline(world, scenario, OPEN, *BORDERS)),
        lambda world, scenario: bool(headline(world, scenario, OPEN, *BORDERS)),
    ),
    "replications saved": Claim(
        r"^Common random numbers .* save replications: ",
        lambda said, _: saved(said.world, said.scenario),
        saved,
    ),
    "customers": Claim(
        r"^Customers: ",
        says(customers_moved, CUSTOMERS),
        lambda world, scenario: bool(customers_moved(world, scenario)) and has_loyalty(world, scenario),
    ),
    "sales": Claim(
        r"^Sales, a week: ",
        says(sales_moved, SALES),
        lambda world, scenario: bool(sales_moved(world, scenario)),
    ),
    "segments": Claim(
        r"^By segment: ",
        affected_is_so("segment"),
        lambda world, scenario: (
            moves(world, scenario) and any("effort" in way for way in placed(world, scenario, "segment").values())
        ),
    ),
    "escalations": Claim(
        r"^Escalations ([\d.,]+) → (−?[\d.,]+) per 100 cases\.",
        lambda said, _: said.world.way(said.scenario, "escalations").significant,
        lambda world, scenario: world.way(scenario, "escalations").significant,
    ),
    "who gains": Claim(
        r"^Of ([\d,]+) customers, (\d+)(?: \(± [<\d]+\))? would be in a better class at the end .* "
        r"and (\d+)(?: \(± [<\d]+\))? in a worse one\.",
        moved_customers,
        lambda world, scenario: moves(world, scenario) and world.moved[scenario.name] != (0.0, 0.0),
    ),
    "nobody would answer otherwise": Claim(
        r"^No customer would answer otherwise at the end\.",
        lambda said, _: said.world.moved[said.scenario.name] == (0.0, 0.0),
        lambda world, scenario: moves(world, scenario) and world.moved[scenario.name] == (0.0, 0.0),
    ),
    "released": Claim(
        r"Released, because no longer needed: (at most )?",
        lambda said, match: (
            said.world.way(said.scenario, "work_hours").shift < 0.0
            and (
                bool(match[1])
                or not {UP} & {said.world.way(said.scenario, m) for m in ("work_unserved", "backlog_end")}
            )
        ),
        lambda world, scenario: moves(world, scenario) and world.way(scenario, "work_hours") is DOWN,
    ),
    "work that customers took away": Claim(
        r"Customers who left without service took ",
        lambda said, _: said.world.way(said.scenario, "work_unserved").shift > 0.0,
        lambda world, scenario: (
            moves(world, scenario)
            and world.way(scenario, "work_hours") is DOWN
            and world.way(scenario, "work_unserved") is UP
        ),
    ),
    "re-staffed": Claim(
        r"^front_line has (\d+) agents instead of 6, the fewest",
        lambda said, match: int(match[1]) in [h.after for h in said.world.results.held],
        lambda world, scenario: moves(world, scenario) and any(h.scenario == scenario.name for h in world.results.held),
    ),
}


@pytest.fixture(scope="module")
def everything(template: Results) -> list[tuple[World, Scenario, list[Said]]]:
    return [(world, *part) for world in worlds(template, MANY) for part in sentences_of(world)]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_sentence_stands_where_it_is_so_and_nowhere_else(
    name: str, everything: list[tuple[World, Scenario, list[Said]]]
) -> None:
    claim, met = CLAIMS[name], {True: 0, False: 0}
    for world, scenario, said in everything:
        there = [(s, match) for s in said if (match := re.search(claim.pattern, s.text))]
        met[bool(there)] += 1
        for sentence, match in there:
            assert claim.may(sentence, match), f"not so: {sentence.text}"
        if claim.must(world, scenario):
            assert there, f"missing in: {[s.text for s in said]}"
    assert min(met.values()) >= 5, f"met {met[True]} times of {sum(met.values())}"
