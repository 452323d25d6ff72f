"""Files are whole or not there, and no text in a table is a formula."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cxsim.files import writing
from cxsim.files.problems import Problems
from cxsim.files.writing import write_files, write_json, write_new, write_text
from cxsim.report.tables import Sheet, write_table, write_workbook
from disks import full_disk

WRITERS = {
    "text": lambda path: write_text(path, "new"),
    "json": lambda path: write_json(path, {"a": 1}),
    "files": lambda path: write_files(path.parent, {path.name: b"new"}),
    "workbook": lambda path: write_workbook(path, {"a": Sheet(pd.DataFrame({"a": [1]}))}),
    "csv": lambda path: write_table(path.parent, path.stem, pd.DataFrame({"a": [1]})),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_that_cannot_be_written_whole_is_not_there(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    full_disk(monkeypatch)
    with pytest.raises(OSError, match="No space left"):
        WRITERS[kind](path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    write_json(path, {"complete": True})
    before = path.read_bytes()
    full_disk(monkeypatch)
    with pytest.raises(OSError, match="No space left"):
        write_json(path, {"complete": False})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_on_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full_disk(monkeypatch)
    with pytest.raises(Problems, match=r"x\.yaml: cannot be written: No space left"):
        write_new(tmp_path / "x.yaml", "title: x\n")
    assert list(tmp_path.iterdir()) == []


def test_an_argument_that_is_no_text_can_be_written_down(tmp_path: Path) -> None:
    """An argument of bytes that are not UTF-8 reaches us as half surrogate pairs."""
    write_json(tmp_path / "run.json", {"arguments": [os.fsdecode(b"seed=\xff")]})
    assert "seed=\\udcff" in (tmp_path / "run.json").read_text("utf-8")


CELLS = {
    "=1+1": "'=1+1",
    "+49 30 1234": "'+49 30 1234",
    "-x": "'-x",
    "@SUM(A1)": "'@SUM(A1)",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "-2.5": "-2.5",
    "+3": "+3",
    "-1e-7": "-1e-7",
    "a=b": "a=b",
    "": "",
}


def test_a_text_that_a_spreadsheet_would_calculate_is_a_text(tmp_path: Path) -> None:
    table = pd.DataFrame({"=title": list(CELLS), "value": [-1.5] * len(CELLS)})
    write_table(tmp_path, "t", table)
    read = pd.read_csv(tmp_path / "t.csv", dtype={"'=title": str}, keep_default_na=False, lineterminator="\n")
    assert read["'=title"].tolist() == list(CELLS.values())
    assert read["value"].tolist() == [-1.5] * len(CELLS)  # numbers stay numbers
    assert pd.read_parquet(tmp_path / "t.parquet")["=title"].tolist() == list(CELLS)  # nothing calculates it there


def test_a_text_in_a_workbook_is_a_text(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-x", "@a", "#N/A"]
    write_workbook(tmp_path / "t.xlsx", {"a": Sheet(pd.DataFrame({"=title": texts, "value": [-1.5] * 5}))})
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["a"]
    assert [sheet.cell(i, 1).data_type for i in range(1, 7)] == ["s"] * 6
    assert [sheet.cell(i, 1).value for i in range(2, 7)] == texts
    assert sheet["B2"].value == -1.5


def test_nothing_is_left_of_a_file_that_is_interrupted(tmp_path: Path) -> None:
    def interrupted() -> None:
        with writing.whole(tmp_path / "x") as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
