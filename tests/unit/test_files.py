"""Files: YAML that means what it seems to mean, faults with file and line, bytes that depend on content."""

from __future__ import annotations

import os
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cxsim.files import search_path
from cxsim.files.problems import Problems
from cxsim.files.reading import read_document
from cxsim.files.writing import new_folder, unwritable, write_new
from cxsim.files.yaml_positions import Document, read_yaml
from cxsim.organisation.edits import Edit, edited
from cxsim.organisation.loading import load_organisation, merged, organisation_document
from cxsim.report.tables import Sheet, write_table, write_workbook
from cxsim.scenario.loading import load_scenario, load_together, scenario_document

NOW = datetime(2026, 9, 7, 8, 30)


def refused(text: str) -> list[str]:
    with pytest.raises(Problems) as caught:
        read_yaml(text, "a.yaml")
    return [str(fault) for fault in caught.value.problems]


def test_yaml_means_what_it_seems_to_mean() -> None:
    text = "{a: no, b: 12:30, c: 1e-3, d: 2026-09-07, e: 007, f: ~, g: true, 5: .5, h: -1, i: 1_000, on: x}"
    assert read_yaml(text, "").tree == {
        "a": "no",
        "b": "12:30",
        "c": 0.001,
        "d": date(2026, 9, 7),
        "e": "007",
        "f": None,
        "g": True,
        "5": 0.5,
        "h": -1,
        "i": 1000,
        "on": "x",
    }


def test_a_day_that_no_month_has_is_a_text_for_its_field_to_refuse() -> None:
    assert read_yaml("a: 2026-13-07", "").tree == {"a": "2026-13-07"}


def test_every_key_has_its_line() -> None:
    document = read_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n", "f.yaml")
    assert document.place(("a", "b")) == ("f.yaml", 2)
    assert document.place(("a", "c", 1, "d")) == ("f.yaml", 5)
    assert document.place(("a", "c", 0, "not there")) == ("f.yaml", 4)
    assert document.place(("nowhere",)) == ("f.yaml", 1)


def test_an_alias_is_a_copy() -> None:
    document = read_yaml("a: &x {n: 1}\nb: *x\n", "f.yaml")
    changed = edited(document, [Edit(("a", "n"), 2)], stamp=False)
    assert changed.tree == {"a": {"n": 2}, "b": {"n": 1}}
    assert document.tree["a"] == {"n": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.yaml:1: the file is empty; a mapping belongs in it"),
        ("# only this\n", "a.yaml:1: the file is empty; a mapping belongs in it"),
        ("- a\n- b\n", "a.yaml:1: a mapping belongs here, not a list"),
        ("just words", "a.yaml:1: a mapping belongs here, not the single value 'just words'"),
        ("a:\n\tb: 1\n", "a.yaml:2: a tab where spaces belong; indent with spaces"),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: a: 'a' is given twice (first on line 1)"),
        ("a:\n  b: 1\n c: 2\n", "a.yaml:3: expected <block end>, but found '<block mapping start>'"),
        ("a: 1\nb: [1, 2\n\n", "a.yaml:2: a bracket is opened and never closed"),
        ("a: !!python/object:os.system x\n", "a.yaml:1: a tag ('!...') means nothing here"),
        ("a: one: two\n", "a.yaml:1: put a text that contains a colon in quotes"),
        ("a: *b\n", "a.yaml:1: found undefined alias 'b'"),
        ("? [1, 2]\n: x\n", "a.yaml:1: a key must be a name"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document ('---') in one file; keep one"),
    ],
)
def test_bad_yaml_is_one_line(text: str, message: str) -> None:
    (line,) = refused(text)
    assert message in line
    assert "\n" not in line


def test_all_repeated_keys_are_named_together() -> None:
    assert len(refused("a: 1\na: 2\nb: {c: 1, c: 2}\n")) == 2


def test_not_utf8_names_the_line(empty_folder: Path) -> None:
    Path("x.yaml").write_bytes(b"title: a\nnote: caf\xe9\n")
    with pytest.raises(Problems, match=r"x\.yaml:2: not UTF-8: byte 0xe9"):
        read_document(Path("x.yaml"))


def test_a_byte_order_mark_is_no_matter(empty_folder: Path) -> None:
    Path("x.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_document(Path("x.yaml")).tree == {"a": 1, "b": 2}


def test_a_folder_is_no_file(empty_folder: Path) -> None:
    Path("x.yaml").mkdir()
    with pytest.raises(Problems, match=r"x\.yaml: cannot be read"):
        read_document(Path("x.yaml"))


def test_own_files_come_first(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(scenario_document("redesign").source).is_absolute()
    for folder, title in (("scenarios", "mine"), ("elsewhere", "named")):
        Path(folder).mkdir()
        (Path(folder) / "redesign.yaml").write_text(f"title: {title}\n")
    assert scenario_document("redesign").tree["title"] == "mine"
    monkeypatch.setenv("CXSIM_SCENARIOS", "elsewhere")
    assert scenario_document("redesign").tree["title"] == "named"
    assert scenario_document("scenarios/redesign.yaml").tree["title"] == "mine"


def test_an_unknown_name_suggests_the_nearest(empty_folder: Path) -> None:
    with pytest.raises(Problems, match=r"no scenario 'redesing'; did you mean 'redesign'\?"):
        scenario_document("redesing")
    with pytest.raises(Problems, match=r"no such file: mine/none\.yaml"):
        scenario_document("mine/none.yaml")
    with pytest.raises(Problems, match=r"no organisation 'bnak'; did you mean 'bank'\?"):
        organisation_document("bnak")


def test_folders_of_theory_have_names_with_a_slash() -> None:
    assert "theory/mm1_basic" in search_path.names([search_path.shipped("conf") / "organisation"])


BASE = """
a: {about: 5, between: [1, 9], source: somebody}
distribution: {exponential: {mean: 5 min}}
teams:
  one: {agents: 3, skills: [x, y], shifts: {day: {hours: {mon-fri: "09:00-17:00"}}}}
  two: {agents: 4}
next: {b: 0.5, c: 0.5}
"""


def test_based_on_merges_by_key_and_replaces_distributions_numbers_and_lists() -> None:
    over = """
a: {about: 6}
distribution: {lognormal: {mean: 5 min, cv: 1}}
teams:
  one: {agents: 7, skills: [z], shifts: {day: {hours: {sat: "10:00-12:00"}}}}
  two: ~
  three: {agents: 1}
next: {d: 1}
"""
    document = merged(read_yaml(BASE, "base.yaml"), read_yaml(over, "over.yaml"))
    assert document.tree == {
        "a": {"about": 6},
        "distribution": {"lognormal": {"mean": "5 min", "cv": 1}},
        "teams": {
            "one": {"agents": 7, "skills": ["z"], "shifts": {"day": {"hours": {"sat": "10:00-12:00"}}}},
            "three": {"agents": 1},
        },
        "next": {"d": 1},
    }
    assert document.place(("teams", "one", "agents")) == ("over.yaml", 5)
    assert document.place(("teams", "one", "shifts", "day", "weight")) == ("over.yaml", 5)
    assert document.place(("a", "between")) == ("over.yaml", 2)


def test_based_on_reads_the_base_and_blames_the_right_file(empty_folder: Path) -> None:
    Path("mine.yaml").write_text("based_on: bank\ntitle: Mine\nbehaviour:\n  p_redial: 0.6\n")
    organisation, _ = load_organisation("mine.yaml")
    assert organisation.title == "Mine"
    assert organisation.behaviour.p_redial == 0.6
    Path("mine.yaml").write_text("based_on: bank\nbehaviour:\n  p_redial: 6\n")
    with pytest.raises(Problems, match=r"^mine\.yaml:3: behaviour\.p_redial: "):
        load_organisation("mine.yaml")


def test_based_on_oneself_is_refused(empty_folder: Path) -> None:
    Path("conf/organisation").mkdir(parents=True)
    Path("conf/organisation/a.yaml").write_text("based_on: b\n")
    Path("conf/organisation/b.yaml").write_text("based_on: a\n")
    with pytest.raises(Problems, match=r"conf/organisation/b\.yaml:1: based_on: 'a' is based on this file"):
        load_organisation("a")
    Path("conf/organisation/a.yaml").write_text("based_on: bnak\n")
    with pytest.raises(Problems, match=r"a\.yaml:1: based_on: no organisation 'bnak'; did you mean 'bank'\?"):
        load_organisation("a")


def test_my_own_bank_may_be_based_on_the_bank(empty_folder: Path) -> None:
    Path("conf/organisation").mkdir(parents=True)
    Path("conf/organisation/bank.yaml").write_text("based_on: bank\ntitle: My bank\n")
    assert load_organisation("bank")[0].title == "My bank"


FEWER = "title: Fewer\ninterventions:\n  - staff: {team: front_line, agents: 18}\n    starts: week 2\n"
FASTER = "title: Faster\nbecause: x\ninterventions:\n  - speed_up: {route: other, steps: [answer], by: 0.1}\n"


def test_a_scenario_may_be_made_of_others(empty_folder: Path) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/fewer.yaml").write_text(FEWER)
    Path("scenarios/faster.yaml").write_text(FASTER)
    own = "interventions:\n  - staff: {team: branch, agents: 3}\n"
    Path("scenarios/both.yaml").write_text(f"title: Both\nmade_of: [fewer, faster]\n{own}")
    bank, _ = load_organisation("bank")
    both, document = load_scenario("both", bank)
    parts = [load_scenario(name, bank)[0].interventions for name in ("fewer", "faster")]
    assert [d.intervention for d in both.interventions[:2]] == [d.intervention for p in parts for d in p]
    assert len(both.interventions) == 3
    assert (both.title, both.made_of) == ("Both", ("fewer", "faster"))
    lines = [document.place(("interventions", i)) for i in range(3)]
    assert lines == [("scenarios/fewer.yaml", 3), ("scenarios/faster.yaml", 4), ("scenarios/both.yaml", 4)]
    Path("scenarios/faster.yaml").write_text(FASTER.replace("answer", "anser"))
    with pytest.raises(Problems, match=r"^scenarios/faster\.yaml:4: interventions\[1\]\.speed_up"):
        load_scenario("both", bank)


@pytest.mark.parametrize(
    ("made_of", "message"),
    [
        ("[a]", r"a\.yaml:2: made_of\[0\]: 'a' is made of this file"),
        ("[fewr]", r"a\.yaml:2: made_of\[0\]: no scenario 'fewr'; did you mean 'fewer'"),
        ("fewer", r"a\.yaml:2: made_of: a list of names of scenarios belongs here, not 'fewer'"),
    ],
)
def test_what_a_scenario_cannot_be_made_of(empty_folder: Path, made_of: str, message: str) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/fewer.yaml").write_text(FEWER)
    Path("scenarios/a.yaml").write_text(f"title: A\nmade_of: {made_of}\n")
    with pytest.raises(Problems, match=message):
        load_scenario("a", load_organisation("bank")[0])


def test_a_scenario_brings_its_comparators(empty_folder: Path) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/fewer.yaml").write_text(f"{FEWER}comparators: [faster]\n")
    Path("scenarios/faster.yaml").write_text(f"{FASTER}comparators: [fewer, training]\n")
    asked = [s.name for s, _ in load_together("bank", (), ["fewer"])[2]]
    assert asked == ["fewer", "faster", "training"]
    asked = [s.name for s, _ in load_together("bank", (), ["training", "scenarios/fewer.yaml"])[2]]
    assert asked == ["training", "fewer", "faster"]


def test_an_edit_replaces_a_number_with_its_range_and_reports_it() -> None:
    document = read_yaml(BASE, "base.yaml")
    changed = edited(document, [Edit(("a",), 7), Edit(("teams", "two", "agents"), 9)])
    assert changed.tree["a"] == {"about": 7, "source": "command line"}
    assert changed.tree["teams"]["two"]["agents"] == {"about": 9, "source": "command line"}
    assert changed.place(("a",)) == ("command line", 0)


def test_an_edit_adds_and_removes() -> None:
    document = read_yaml(BASE, "base.yaml")
    changed = edited(document, [Edit(("teams", "two"), None, "remove"), Edit(("teams", "six"), {"agents": 1}, "add")])
    assert list(changed.tree["teams"]) == ["one", "six"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit(("teams", "twoo", "agents"), 1), "teams.twoo: unknown name 'twoo'; did you mean 'two'?"),
        (Edit(("teams", "twoo"), None, "remove"), "teams.twoo: unknown name 'twoo'; did you mean 'two'?"),
        (
            Edit(("teams", "one", "skills", "5"), "x"),
            "teams.one.skills.5: the list has places 0 to 1, not '5'",
        ),
        (Edit(("teams", "two", "agents", "x"), 1), "'agents' is 4, nothing lies inside it"),
    ],
)
def test_an_edit_of_what_is_not_there_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(Problems) as caught:
        edited(read_yaml(BASE, "base.yaml"), [edit])
    assert message in str(caught.value)
    assert str(caught.value).startswith("command line: ")


def test_an_edit_may_state_what_the_file_leaves_to_its_default() -> None:
    def fields(path: tuple[str | int, ...]) -> list[str]:
        return ["overhead"] if path == () else []

    assert edited(Document({}, {}, "f"), [Edit(("overhead",), 0.2)], fields).tree["overhead"]["about"] == 0.2
    with pytest.raises(Problems, match="did you mean 'overhead'"):
        edited(Document({}, {}, "f"), [Edit(("overhaed",), 0.2)], fields)


TABLE = pd.DataFrame(
    {
        "scenario": ["a", "b", "=1+1"],
        "value": [0.1, 1 / 3, np.nan],
        "count": [1, 2, 3],
        "better": [True, False, True],
    }
)


def test_equal_tables_are_equal_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        write_table(folder, "t", TABLE)
        write_workbook(folder / "t.xlsx", {"t": Sheet(TABLE)})
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
        if name == "one":
            time.sleep(2.1)  # a zip's clock ticks every two seconds
    assert sorted(written[0]) == ["t.csv", "t.parquet", "t.xlsx"]
    assert written[0] == written[1]


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    write_table(tmp_path, "t", TABLE)
    write_workbook(tmp_path / "t.xlsx", {"a sheet": Sheet(TABLE, decimals=[3, 0, 1])})
    assert b"\r" not in (tmp_path / "t.csv").read_bytes()
    harmless = TABLE.replace("=1+1", "'=1+1")  # a spreadsheet would calculate it
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "t.csv"), harmless, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "t.parquet"), TABLE, check_exact=True)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["a sheet"]
    assert [cell.value for cell in sheet[3]] == ["b", 1 / 3, 2, False]
    assert sheet["A4"].data_type == "s"
    assert sheet["A4"].value == "=1+1"
    assert [sheet.cell(i, 2).number_format for i in (2, 3)] == ["#,##0.000", "#,##0"]
    assert sheet.freeze_panes == "B2"
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path) -> None:
    first, second = (new_folder(str(tmp_path / "outputs"), "a b/../c", NOW) for _ in range(2))
    assert first.name == "2026-09-07_083000_a_b_c-1"
    assert second.name == "2026-09-07_083000_a_b_c-2"


def test_an_unwritable_folder_is_noticed_without_touching_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (fault,) = unwritable(str(tmp_path / "file" / "outputs"))
    assert "is not a directory" in str(fault)
    assert unwritable(str(tmp_path / "new" / "outputs")) == []
    assert not (tmp_path / "new").exists()
    if os.geteuid() != 0:
        (tmp_path / "closed").mkdir(mode=0o500)
        (fault,) = unwritable(str(tmp_path / "closed" / "outputs"))
        assert "no permission" in str(fault)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_new(tmp_path / "a" / "x.yaml", "one\n")
    with pytest.raises(Problems, match="exists already"):
        write_new(tmp_path / "a" / "x.yaml", "two\n")
    assert (tmp_path / "a" / "x.yaml").read_text() == "one\n"
