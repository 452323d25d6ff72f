"""do=trace: the rows of one replication, in names that people know, written while it runs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from cxsim.__main__ import main
from cxsim.calendars.calendar import day_table
from cxsim.command import trace as command
from cxsim.engines import runs
from cxsim.organisation import read_organisation
from cxsim.organisation.loading import load_organisation
from cxsim.report.story.words import local
from cxsim.report.story.worlds import CaseName, name_of
from cxsim.report.tables import GrowingTable
from cxsim.scenario.loading import load_scenario
from cxsim.state.plan import names_of
from cxsim.state.records import TRACE
from cxsim.state.state import OUTCOMES
from cxsim.state.tally import Cause, Kind
from cxsim.study import Settings
from cxsim.study.work import Prepared, order_of, prepare
from organisations import small_bank

DEPARTMENT, FIRST = "my_department", "my_department_first"
WEEKS, WARM_UP = 3, 1
MINE = [f"organisation={DEPARTMENT}", f"scenario={FIRST}", f"study.weeks={WEEKS}", f"study.warm_up_weeks={WARM_UP}"]


@pytest.fixture
def department(empty_folder: Path) -> Path:
    """A working directory with the organisation and scenario of do=new."""
    assert main(["do=new"]) == 0
    return empty_folder


def traced(*arguments: str, into: str = "outputs") -> Path:
    """The folder of a trace."""
    assert main(["do=trace", *MINE, *arguments, f"output={into}"]) == 0
    (folder,) = Path(into).iterdir()
    return folder


def of_study() -> tuple[Prepared, Settings]:
    """The study that `MINE` asks for, as plans."""
    organisation, _ = load_organisation(DEPARTMENT)
    scenario, _ = load_scenario(FIRST, organisation)
    settings = Settings(weeks=WEEKS, warm_up_weeks=WARM_UP)
    return prepare(order_of(organisation, [scenario], settings)), settings


def test_the_rows_are_those_of_the_run(department: Path) -> None:
    folder = traced()
    p, s = of_study()
    assert len(p.timelines[0]) == 2, "the scenario should leave the baseline's run in the middle"
    tables = {}
    for name, timeline in (("baseline", ((-math.inf, p.plan),)), (FIRST, p.timelines[0])):
        run = runs.start(p.plan, p.names, s.seed, 0, WEEKS, WARM_UP, trace=True)
        runs.advance(run, timeline, 10080.0 * WEEKS, s.engine_name)
        compare_visits(pd.read_parquet(folder / f"visits_{name}.parquet"), run.visits(), p)
        compare_effort(pd.read_parquet(folder / f"effort_{name}.parquet"), run.entries(), p)
        tables |= {f"visits_{name}.parquet": len(run.visits()), f"effort_{name}.parquet": len(run.entries())}
    assert min(tables.values()) > 1000
    assert tables["visits_baseline.parquet"] != tables[f"visits_{FIRST}.parquet"]
    made = json.loads((folder / "run.json").read_text("utf-8"))
    assert made["complete"]
    assert made["runs"][0]["tables"] == tables
    assert {path.name for path in folder.iterdir()} == {*tables, "run.json"}


def compare_visits(table: pd.DataFrame, rows: Any, p: Prepared) -> None:
    names = p.names
    assert len(table) == len(rows)
    for column in ("queued_at", "began_at", "ended_at"):
        assert np.array_equal(table[column].fillna(math.inf).to_numpy(), rows[column]), column
    assert np.array_equal(table["pass"].to_numpy(), rows["pass_number"])
    for column in ("ordinal", "attempt", "branch", "present"):
        assert np.array_equal(table[column].to_numpy(), rows[column]), column
    decoded = {
        "segment": names.segments,
        "reason": names.reasons,
        "contact_reason": names.reasons,
        "kind": [kind.name.lower() for kind in Kind],
        "channel": names.channels,
        "step": [f"{route}.{step}" for route, step in names.steps],
        "outcome": OUTCOMES,
    }
    for column, known in decoded.items():
        assert isinstance(table[column].dtype, pd.CategoricalDtype), column
        assert table[column].tolist() == [known[code] for code in rows[column].tolist()], column
    agents = [f"{team}-{number + 1}" for team, number in names.agents]
    reported = table["agent"].astype(object)
    assert reported.where(reported.notna(), "").tolist() == [
        agents[a] if a >= 0 else "" for a in rows["agent"].tolist()
    ]
    some = slice(None, None, 97)
    words = zip(rows["name_hash"][some].tolist(), rows["number"][some].tolist(), strict=True)
    assert table["case"][some].tolist() == [str(name_of(word, number, names)) for word, number in words]


def compare_effort(table: pd.DataFrame, rows: Any, p: Prepared) -> None:
    assert np.array_equal(table["at"].to_numpy(), rows["at"])
    assert np.array_equal(table["effort"].to_numpy(), rows["effort"])
    assert table["cause"].tolist() == [Cause(cause).name.lower() for cause in rows["cause"].tolist()]
    assert (table["case"].str.split("/").str[:2].str.join("/") == table["segment"].str.cat(table["reason"], "/")).all()
    some = slice(None, None, 97)
    words = zip(rows["name_hash"][some].tolist(), rows["number"][some].tolist(), strict=True)
    assert table["case"][some].tolist() == [str(name_of(word, number, p.names)) for word, number in words]


def test_a_case_of_the_file_tells_its_story(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = "organisation.reasons.question.comes_back={p:0.2,after:1 d}"
    visits = pd.read_parquet(traced(again) / f"visits_{FIRST}.parquet")
    long = visits["case"].value_counts().index[0]
    back = next(case for case in visits["case"] if case.endswith("+2"))
    for case in (long, back):
        capsys.readouterr()
        assert main(["do=show", "what=case", f"case={case}", again, *MINE]) == 0
        assert f"Case {case}" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_bytes_with_either_engine(
    department: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxsim.report.tables.ROW_GROUP", 1000)
    one, two = traced(into="one"), traced("engine=simpy", into="two")
    for path in sorted(one.glob("*.parquet")):
        assert path.read_bytes() == (two / path.name).read_bytes(), path.name
    other = traced("replication=1", into="other")
    assert (one / "visits_baseline.parquet").read_bytes() != (other / "visits_baseline.parquet").read_bytes()


@pytest.mark.parametrize("given", ["-1", "1.5", "some", "true", "null"])
def test_a_replication_is_a_number(given: str, empty_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["do=trace", f"replication={given}", "seed=-1"]) == 2
    message = sorted(capsys.readouterr().err.splitlines())
    assert len(message) == 2
    assert message[0].startswith("command line: replication: the number of a replication belongs here, 0 or more, not ")
    assert message[1].startswith("command line: seed: ")
    assert list(empty_folder.iterdir()) == []


def test_staffing_that_a_study_would_look_for_is_reported_as_left_out(
    department: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traced(into="as_it_is")
    assert "hold the service level" not in capsys.readouterr().err
    file = Path(f"scenarios/{FIRST}.yaml")
    file.write_text(file.read_text("utf-8") + "hold: service_level\n", "utf-8")
    traced()
    assert f"cxsim: {FIRST}: traced with the agents of its file" in capsys.readouterr().err


def interrupted_when(moment: Callable[[int, int | None], bool], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at the first report of progress for which `moment` holds."""

    class Interrupted(command.Shown):
        def __call__(self, done: int, wanted: int | None = None, what: str = "") -> None:
            if done and moment(done, wanted):
                raise KeyboardInterrupt

    monkeypatch.setattr(command, "Shown", Interrupted)


def test_an_interrupt_keeps_the_worlds_that_are_whole(
    department: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_when(lambda done, wanted: done == wanted, monkeypatch)  # the baseline's world is the last
    assert main(["do=trace", *MINE]) == 130
    (folder,) = Path("outputs").iterdir()
    kept = {f"visits_{FIRST}.parquet", f"effort_{FIRST}.parquet"}
    assert {path.name for path in folder.iterdir()} == {*kept, "run.json"}
    message = capsys.readouterr().err
    assert all(name in message for name in kept)
    assert "are whole" in message
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert not run["complete"]
    for name in kept:
        assert len(pd.read_parquet(folder / name)) == run["runs"][0]["tables"][name] > 0


def test_an_interrupt_before_anything_is_whole_leaves_nothing(
    department: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    interrupted_when(lambda done, wanted: True, monkeypatch)
    assert main(["do=trace", *MINE]) == 130
    assert "nothing was finished, nothing written" in capsys.readouterr().err
    assert not Path("outputs").exists()


def test_local_times_are_those_of_stories() -> None:
    """Around both changes of the clock in Berlin in 2026: 29 March and 25 October at 3:00."""
    organisation = read_organisation(small_bank())
    for start in ("2026-03-28", "2026-10-24"):
        days = day_table(pd.Timestamp(start).date(), time_zone="Europe/Berlin", first_day=0, last_day=4)
        rows = np.zeros(3 * 24 * 12 + 1, dtype=TRACE)
        rows["name_hash"] = CaseName("everyday", "limit", 0).word
        rows["ended_at"] = 5.0 * np.arange(len(rows))
        rows["began_at"] = math.inf
        columns = command.Rows(names_of([organisation]), days).visits(rows)
        expected = [local(days, t) for t in rows["ended_at"].tolist()]
        assert columns["ended_local"].astype("datetime64[us]").tolist() == expected
        assert len(set(expected)) == len(expected) - (
            12 if start == "2026-10-24" else 0
        )  # an hour comes twice in autumn
        assert np.isnat(columns["began_local"]).all()


def test_bytes_of_a_growing_table_do_not_depend_on_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxsim.report.tables.ROW_GROUP", 4)

    def columns(first: int, last: int) -> dict[str, Any]:
        n = np.arange(first, last)
        return {
            "text": [f"case {i}" for i in n],
            "name": pd.Categorical.from_codes(n % 3 - 1, ["a", "b"]),
            "minutes": np.where(n % 2 == 0, n / 3.0, np.nan),
        }

    files = []
    for k, ends in enumerate(([0, 11], [0, 0, 1, 2, 9, 11], list(range(12)))):
        table = GrowingTable(tmp_path, f"table_{k}", columns(0, 0))
        for first, last in pairwise(ends):
            table.add(columns(first, last))
        assert not table.path.exists()
        table.finish()
        table.abandon()  # it is whole: it stays
        files.append(table.path)
    assert len({path.read_bytes() for path in files}) == 1
    groups = pq.ParquetFile(files[0]).metadata
    assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [4, 4, 3]
    read = pd.read_parquet(files[0])
    assert read["text"].tolist() == [f"case {i}" for i in range(11)]
    assert read["minutes"].isna().tolist() == [i % 2 == 1 for i in range(11)]
    assert read["name"].isna().tolist() == [i % 3 == 0 for i in range(11)]
    assert len(list(tmp_path.iterdir())) == 3
