"""The summary stands by itself, reports what was found, and is the same for the same results."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cxsim.compare import Comparison, compare
from cxsim.measures.catalogue import HEADLINES
from cxsim.organisation import Organisation, read_organisation
from cxsim.report.page import summary, write_report
from cxsim.report.plots import REACH, place
from cxsim.scenario import Scenario, read_scenario
from cxsim.study import Settings, run_study
from organisations import small_bank

TITLE = "Faster & <better>"
SETTINGS = Settings(weeks=3, warm_up_weeks=1, follow_up_weeks=1, replications=3, workers=1)
Made = tuple[Organisation, tuple[Scenario, ...], Comparison]


def scenario(name: str, organisation: Organisation, by: float) -> Scenario:
    change = {"speed_up": {"team": "front_line", "by": by}, "costs": {"once": 1234, "source": "assumed"}}
    tree = {"title": f"{TITLE} {name}", "cannot_say": "Haste.", "interventions": [change]}
    return read_scenario(tree, organisation, name)


@pytest.fixture(scope="module")
def one() -> Made:
    organisation = read_organisation(small_bank())
    scenarios = (scenario("one", organisation, 0.3),)
    return organisation, scenarios, compare(run_study(organisation, scenarios, SETTINGS))


@pytest.fixture(scope="module")
def two() -> Made:
    organisation = read_organisation(small_bank())
    scenarios = (scenario("one", organisation, 0.3), scenario("two", organisation, -0.2))
    return organisation, scenarios, compare(run_study(organisation, scenarios, SETTINGS))


@pytest.fixture(scope="module")
def none() -> Made:
    organisation = read_organisation(small_bank())
    return organisation, (), compare(run_study(organisation, (), SETTINGS))


def page_of(made: Made, again: str = "") -> str:
    organisation, scenarios, comparison = made
    return summary(comparison.results, comparison, scenarios, organisation, again)


class Reader(HTMLParser):
    """Tags opened and not closed, addresses, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "col", "br"):
            self.open.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "data", "action")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "xlink:href", "data", "action")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("which", ["one", "two", "none"])
def test_the_page_is_whole_and_fetches_nothing(which: str, request: pytest.FixtureRequest) -> None:
    page = page_of(request.getfixturevalue(which))
    reader = Reader(page)
    assert reader.open == []
    assert all(address.startswith("#") for address in reader.addresses)
    assert "<script" not in page
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_titles_are_texts_not_markup(one: Made) -> None:
    page = page_of(one)
    assert "<better>" not in page
    assert "Faster &amp; &lt;better&gt; one" in page


@pytest.mark.parametrize("which", ["one", "two", "none"])
def test_every_headline_measure_has_its_row(which: str, request: pytest.FixtureRequest) -> None:
    words = " ".join(Reader(page_of(request.getfixturevalue(which))).words)
    assert all(m.title in words for m in HEADLINES if m.level or which != "none")


def test_it_reports_what_changes_what_it_costs_and_what_it_does_not_cover(one: Made) -> None:
    words = " ".join(" ".join(Reader(page_of(one)).words).split())
    assert "30 % less time for everything that front line does" in words
    assert "It costs 1,234 EUR" in words
    assert "Not covered by this scenario: Haste." in words
    assert "Who gains, who loses" in words
    organisation, scenarios, _ = one
    numbers = [*organisation.assumptions, *scenarios[0].assumptions]
    none_stated = sum(not a.source for a in numbers)
    assert f"{len(numbers)} numbers go in" in words
    assert f"{none_stated} without a source" in words


def test_overload_is_reported_in_a_line(one: Made) -> None:
    organisation, scenarios, comparison = one
    results = replace(comparison.results, warnings=("desk: too much on Mon; on Tue", "office: too much"))
    page = " ".join(summary(results, comparison, scenarios, organisation).split())
    assert "Overload: desk: too much on Mon; 1 more warning of overload: see comparison.txt" in page


def test_it_reports_how_to_make_it_again(one: Made) -> None:
    assert "python -m cxsim scenario=one study.weeks=3" in page_of(one)
    assert "python -m cxsim scenario=one seed=9" in page_of(one, "python -m cxsim scenario=one seed=9")


def test_one_figure_on_the_page(one: Made, two: Made) -> None:
    for made in (one, two):
        figures = re.findall(r"<svg (?!class)[^>]*>", page_of(made))
        assert len(figures) == 1
        assert "viewBox" in figures[0]
        assert not re.search(r'\s(width|height)="', figures[0])


def test_files(one: Made, tmp_path: Path) -> None:
    organisation, scenarios, comparison = one
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        write_report(folder, comparison.results, comparison, scenarios, organisation)
    found = {path.relative_to(folders[0]).as_posix(): path.read_bytes() for path in folders[0].rglob("*.*")}
    figures = {
        f"figures/{name}.{kind}" for name in ("change", "loyalty", "effort", "failure") for kind in ("png", "svg")
    }
    assert set(found) == {"summary.html", *figures}
    assert all((folders[1] / name).read_bytes() == content for name, content in found.items())


def test_without_scenarios_there_is_a_page_and_no_figure(none: Made, tmp_path: Path) -> None:
    organisation, scenarios, comparison = none
    write_report(tmp_path / "out", comparison.results, comparison, scenarios, organisation)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["summary.html"]


def test_small_axis() -> None:
    """Linear up to one worthwhile difference, then logarithmic, 30 at the end, and no further."""
    assert [place(x) for x in (0.0, 0.5, 1.0, -1.0)] == [0.0, 15.0, 30.0, -30.0]
    assert place(30.0) == pytest.approx(REACH)
    assert place(5000.0) == REACH
    assert place(30.0**0.5) == pytest.approx(65.0)  # half of the way from 30 to 100


def test_interrupted_studies_report_it(one: Made) -> None:
    organisation, scenarios, comparison = one
    results: Any = replace(comparison.results, complete=False)
    assert "Interrupted" in summary(results, comparison, scenarios, organisation)
