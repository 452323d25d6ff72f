"""Whatever was computed is not lost: what cannot be drawn, printed or written is named, and the rest is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxsim.__main__ import main
from cxsim.command import compare as command
from cxsim.report import page, plots
from cxsim.study.work import Order, Outcome, replicate
from disks import full_disk
from test_bad_input import BOTH, DESK, ORGANISATION, PLAN, SCENARIO, SHORT, change
from test_cli import environment, only_folder

ARGUMENTS = (*BOTH, *SHORT)
BRINGS = """\
title: Errors
interventions:
  - set: {routes.request.done.resolves: 0.4}
    starts: week 0
"""
TABLES = {"comparison.csv", "comparison.parquet", "comparison.txt", "comparison.xlsx", "replications.csv", "run.json"}


@pytest.fixture(autouse=True)
def desk(empty_folder: Path) -> None:
    ORGANISATION.write_text(DESK)
    SCENARIO.write_text(PLAN)


def written() -> dict[str, Any]:
    """What run.json of the only folder holds; every other table has to be there too, and nothing half."""
    folder = only_folder()
    there = {path.name for path in folder.iterdir()}
    assert there >= TABLES
    assert not list(folder.rglob("*.part"))
    assert len(pd.read_csv(folder / "comparison.csv")) > 10
    run: dict[str, Any] = json.loads((folder / "run.json").read_text("utf-8"))
    assert run["complete"]
    return run


def run(*arguments: str, shell: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; shell: what follows it on the command line."""
    words = " ".join(f"'{word}'" for word in (sys.executable, "-m", "cxsim", *arguments))
    env = environment(**more)
    whole = ["bash", "-c", f"{words} {shell}"]
    return subprocess.run(whole, capture_output=True, text=True, env=env, timeout=300, errors="replace")


@pytest.mark.parametrize(
    "title",
    ["Save $ 5 and $ 6", r"$\frac{$", "Öl & <b>", "one_two^three", "{x}", "%s %d", "=1+1", "日本 🙂", "x" * 200],
)
def test_any_title_can_be_drawn(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(SCENARIO, "title: One more", f"title: {json.dumps(title, ensure_ascii=False)}")
    change(ORGANISATION, "title: Desk", f"title: {json.dumps(title, ensure_ascii=False)}")
    with pytest.warns() if not title.isascii() and "日" in title else _quietly():
        assert main(ARGUMENTS) == 0
    assert "missing" not in written()
    assert len(list((only_folder() / "figures").iterdir())) == 6


def _quietly() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_failure_demand_that_only_the_scenario_brings_is_drawn_and_stated(capsys: pytest.CaptureFixture[str]) -> None:
    SCENARIO.write_text(BRINGS)
    assert main(ARGUMENTS) == 0
    assert "missing" not in written()
    assert (only_folder() / "figures" / "failure.svg").exists()
    out = capsys.readouterr().out
    assert "No failure demand occurred in the baseline. “Errors” brings" in out


def broken(*given: object, **named: object) -> Any:
    raise ValueError("cannot be drawn")


@pytest.mark.parametrize(
    ("module", "name", "missing"),
    [
        (plots, "change_by_measure", {"figures/change.svg", "figures/change.png"}),
        (page, "summary_figure", {"summary.html"}),
        (command, "describe", {"comparison.txt"}),
        (command, "headline", {"comparison.xlsx"}),
        (command, "assumptions_table", {"assumptions.csv"}),
        (command, "compared", {"comparison.csv"}),
    ],
)
def test_a_part_that_cannot_be_made_is_named_and_the_rest_stays(
    module: Any, name: str, missing: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, name, broken)
    assert main(ARGUMENTS) == 1
    folder = only_folder()
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert run["complete"]
    assert set(run["missing"]) == missing
    assert set(run["missing"].values()) == {"ValueError: cannot be drawn"}
    assert (folder / "replications.csv").exists()
    err = capsys.readouterr().err
    assert f"cxsim: not written to {folder}: " in err
    assert "cannot be drawn" in err
    assert "Traceback" not in err


def test_a_summary_without_its_figure_is_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "summary_figure", broken)
    assert main(ARGUMENTS) == 1
    assert "One more" in (only_folder() / "summary.html").read_text("utf-8")


def test_a_full_disk_while_results_are_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was written before it was full stays; the text is printed; the reason is given once."""
    write = command.write_table

    def then_full(folder: Path, name: str, table: pd.DataFrame) -> None:
        write(folder, name, table)
        full_disk(monkeypatch)

    monkeypatch.setattr(command, "write_table", then_full)
    assert main(ARGUMENTS) == 1
    out, err = capsys.readouterr()
    assert "One more" in out
    assert [path.name for path in only_folder().rglob("*") if path.is_file()]
    assert not list(only_folder().rglob("*.part"))
    lines = [line for line in err.splitlines() if "not written" in line]
    assert len(lines) == 1
    assert lines[0].endswith(": No space left on device")


def test_a_backend_that_is_missing_is_no_matter() -> None:
    done = run(*ARGUMENTS, MPLBACKEND="nonsense")
    assert (done.returncode, "missing" in written()) == (0, False), done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_any_encoding_of_the_terminal(encoding: str) -> None:
    change(SCENARIO, "title: One more", 'title: "Größer − “mehr” → 日本"')
    done = run(*ARGUMENTS, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "missing" not in written()
    if encoding == "ascii":
        assert 'Grosser - "mehr" -> \\u65e5\\u672c' in done.stdout.replace("\n", " ")
        assert "?" not in done.stdout
    assert "Größer − “mehr” → 日本" in (only_folder() / "comparison.txt").read_text("utf-8")


def test_a_reader_that_leaves_finds_everything_in_the_folder() -> None:
    done = run(*ARGUMENTS, shell="| true; exit ${PIPESTATUS[0]}")
    assert done.returncode == 141
    assert "Traceback" not in done.stderr
    assert "missing" not in written()
    assert (only_folder() / "summary.html").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_output_on_a_full_disk_is_named_and_the_answer_is_in_the_folder() -> None:
    done = run(*ARGUMENTS, shell="> /dev/full")
    assert done.returncode == 1
    assert f"the answer could not be printed: No space left on device; it is in {only_folder()}" in done.stderr
    assert "Traceback" not in done.stderr
    assert "missing" not in written()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_an_answer_that_is_kept_nowhere_goes_to_stderr() -> None:
    done = run("do=calibrate", *ARGUMENTS, shell="> /dev/full")
    assert done.returncode == 1
    assert "ces_cuts" in done.stderr


@pytest.mark.parametrize("shell", ["2>&-", ">&-", "2> /dev/full", "2>&1 | true; exit ${PIPESTATUS[0]}"])
def test_outputs_that_are_closed(shell: str) -> None:
    done = run(*ARGUMENTS, shell=shell)
    assert done.returncode in (0, 141)
    assert "Traceback" not in done.stdout + done.stderr
    assert "missing" not in written()


@pytest.mark.parametrize("verb", ["do=show what=organisation", "do=show what=scenario", "--help", "do=new name=mine"])
def test_other_verbs_and_outputs_that_cannot_be_written(verb: str) -> None:
    for shell in ("| head -n 0; exit ${PIPESTATUS[0]}", "> /dev/full"):
        done = run(*BOTH, *verb.split(), shell=shell, PYTHONIOENCODING="ascii")
        assert done.returncode in (0, 1, 141, 2)
        assert "Traceback" not in done.stderr, done.stderr


def test_a_command_of_bytes_that_are_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([os.fsdecode(b"scenario=\xff.yaml"), BOTH[0]]) == 2
    assert "\\udcff.yaml' is not understood" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["organisation=\x1b[31mred"]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_the_baseline_alone(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for how in ("scenario=baseline", "scenario=[]", "scenario=none", "scenario=null"):
        assert main([BOTH[0], *SHORT, how, f"output=run_{len(texts)}"]) == 0
        texts.append(capsys.readouterr().out.partition("\nWritten to")[0])
    assert len(set(texts)) == 1
    assert "customer effort" in texts[0].lower()


def test_none_is_a_scenario_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/none.yaml").write_text(PLAN)
    assert main([BOTH[0], "scenario=none", "do=show", "what=scenario"]) == 0
    assert "One more" in capsys.readouterr().out


def test_nothing_changes_nothing_on_any_organisation(capsys: pytest.CaptureFixture[str]) -> None:
    change(ORGANISATION, "p_redial: 0.5", "p_redial: 0.123")
    assert main([BOTH[0], "scenario=nothing", "do=show", "what=scenario"]) == 0
    assert "Nothing is changed" in capsys.readouterr().out


def test_a_trace_on_a_full_disk_keeps_what_is_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import errno

    from cxsim.report.tables import GrowingTable

    def full(table: GrowingTable, rows: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(GrowingTable, "add", full)
    assert main(["do=trace", *ARGUMENTS]) == 1
    assert "stopped: No space left on device; nothing was finished, nothing written" in capsys.readouterr().err
    assert not Path("outputs").exists()


def test_what_a_programme_needs_is_kept_though_it_has_no_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from types import SimpleNamespace

    from cxsim.command import reach
    from cxsim.command.parts import Parts
    from cxsim.study.reach import Goals

    monkeypatch.setattr(reach, "reach_text", broken)
    parts = Parts(tmp_path)
    found: Any = SimpleNamespace(draws=pd.DataFrame({"replication": [0]}))
    assert reach._written(parts, found, Goals(), {}) == ""
    assert (tmp_path / "draws.csv").exists()
    assert json.loads((tmp_path / "run.json").read_text("utf-8"))["missing"] == {
        "reach.txt": "ValueError: cannot be drawn"
    }


def fails_at(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replications from number `k` of any study on fail, as they would by a fault of ours."""

    def failing(order: Order, replication: int) -> list[Outcome]:
        if replication >= k or order.seed == 2:
            raise ZeroDivisionError("a fault of ours")
        return replicate(order, replication)

    monkeypatch.setattr("cxsim.study.workers.replicate", failing)


def test_a_replication_that_fails_loses_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails_at(2, monkeypatch)
    assert main((*BOTH, "study.weeks=3", "study.replications=4", "workers=1")) == 1
    folder, printed = only_folder(), capsys.readouterr()
    assert json.loads((folder / "run.json").read_text("utf-8"))["complete"] is False
    assert set(pd.read_csv(folder / "replications.csv")["replication"]) == {0, 1}
    assert "ended early (a replication failed: ZeroDivisionError: a fault of ours)" in " ".join(printed.out.split())
    assert "Ended early" in (folder / "summary.html").read_text("utf-8")
    assert "in failing" in (folder / "failure.txt").read_text("utf-8")
    assert "Traceback" not in printed.out + printed.err
    assert "failure.txt" in printed.err
    assert "interrupted" not in printed.out + printed.err


def test_a_point_of_a_sweep_that_fails_loses_none_before_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails_at(9, monkeypatch)
    assert main((*BOTH, "study.weeks=3", "study.replications=2", "workers=1", "-m", "seed=1,2,3")) == 1
    folder = only_folder()
    assert set(pd.read_csv(folder / "sweep.csv")["seed"]) == {1}
    assert (folder / "failure.txt").exists()
