"""Tables as files: CSV, Parquet and workbooks whose bytes depend on their content alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cxsim.files.writing import whole, write_bytes, write_text

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Date inside every .xlsx, so that equal tables are equal files."""


INKS = {"better": "00795A", "worse": "B34A00"}
"""Colours of verdicts; the word stands there too."""


def write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """`name`.csv and `name`.parquet; numbers in their shortest exact form, no dates, no versions."""
    import pyarrow.parquet as pq

    write_text(folder / f"{name}.csv", harmless(table).to_csv(index=False, lineterminator="\n"))
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    with whole(folder / f"{name}.parquet") as part:
        pq.write_table(arrow, part, compression="zstd", store_schema=False)


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula (OWASP, "CSV Injection")."""


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would calculate; numbers stay numbers."""
    safe = table.rename(columns={column: _harmless(column) for column in table.columns})
    texts = [i for i, kind in enumerate(safe.dtypes) if not pd.api.types.is_numeric_dtype(kind)]
    for i in texts:
        column = safe.iloc[:, i]
        if any(isinstance(value, str) and value.startswith(FORMULA) for value in column.unique()):
            safe.isetitem(i, [_harmless(value) for value in column])
    return safe


def _harmless(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value if value[0] in "+-" else f"'{value}"


Columns = Mapping[str, Any]
"""Columns of equal length by name: arrays, lists of texts, categoricals of texts; NaN and NaT are missing."""


ROW_GROUP = 32_768


class GrowingTable:
    """A .parquet written while its rows come, in groups of `ROW_GROUP`, so that memory does not grow with it.

    Its bytes depend on the rows, not on the portions in which they came.  The file has its name once it is whole.
    """

    def __init__(self, folder: Path, name: str, nothing: Columns) -> None:
        """nothing: its columns without a row."""
        import pyarrow.parquet as pq

        self.path = folder / f"{name}.parquet"
        self.rows = 0
        self._part = folder / f"{name}.parquet.part"
        self._waiting = _arrow(nothing)
        self._file = pq.ParquetWriter(self._part, self._waiting.schema, compression="zstd")

    def add(self, rows: Columns) -> None:
        """Write these rows, or keep them until they fill a group."""
        more = _arrow(rows)
        self.rows += len(more)
        self._waiting = pa.concat_tables([self._waiting, more])
        while len(self._waiting) >= ROW_GROUP:
            self._write(ROW_GROUP)

    def _write(self, rows: int) -> None:
        self._file.write_table(self._waiting.slice(0, rows).combine_chunks(), rows)
        self._waiting = self._waiting.slice(rows)

    def finish(self) -> None:
        """All rows have come: the file is whole."""
        if len(self._waiting):
            self._write(len(self._waiting))
        self._file.close()
        self._part.rename(self.path)

    def abandon(self) -> None:
        """Remove the file, unless it is whole."""
        with suppress(OSError, pa.ArrowException):
            self._file.close()
        self._part.unlink(missing_ok=True)


def _arrow(columns: Columns) -> pa.Table:
    return pa.table({name: _column(values) for name, values in columns.items()})


def _column(values: Any) -> pa.Array:
    if isinstance(values, pd.Categorical):
        names = pa.array(values.categories.tolist(), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(values.codes, mask=values.codes < 0), names)
    return pa.array(values, pa.string() if isinstance(values, list) else None, from_pandas=True)


@dataclass(frozen=True)
class Sheet:
    """A table as a sheet that people read."""

    table: pd.DataFrame
    decimals: Sequence[int] = ()
    """[row] decimals of its numbers; none: as they are."""
    widest: int = 60
    """Characters of a column; longer texts and headings are broken."""


def write_workbook(path: Path, sheets: Mapping[str, Sheet]) -> None:
    """An .xlsx that opens on the first of its sheets: bold headings and a first column that stay in sight."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, sheet in sheets.items():
        _fill(book.create_sheet(title[:31]), sheet)
    book.properties.creator = "cxsim"
    book.properties.created = EPOCH.replace(tzinfo=None)
    buffer = io.BytesIO()
    book.save(buffer)
    write_bytes(path, _undated(buffer))


def _fill(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    table = sheet.table
    page.append([str(column) for column in table.columns])
    for row in table.itertuples(index=False):
        page.append([_cell(value) for value in row])
    for cells in page.iter_rows():
        for cell in cells:
            if cell.data_type in ("f", "e"):  # a text that begins with '=', or reads '#N/A', is a text
                cell.data_type = "s"
            if str(cell.value) in INKS:
                cell.font = Font(bold=True, color=INKS[str(cell.value)])
    for i, column in enumerate(table.columns, start=1):
        longest = max([min(len(str(column)), 14), *(len(_shown(v)) for v in table[column])])
        page.column_dimensions[get_column_letter(i)].width = min(longest + 2, sheet.widest)
        page.cell(1, i).font = Font(bold=True)
        page.cell(1, i).alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="left" if i == 1 else None)
    for i, decimals in enumerate(sheet.decimals, start=2):
        for cell in page[i]:
            if isinstance(cell.value, float):
                cell.number_format = "#,##0" + "." * (decimals > 0) + "0" * decimals
    page.freeze_panes = "B2"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if hasattr(value, "item"):
        return value.item()
    return value if isinstance(value, str | int | float | bool | datetime) else str(value)


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _undated(book: io.BytesIO) -> bytes:
    """The same zip with every date set to `EPOCH`."""
    out = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = old.read(name)
            if name == "docProps/core.xml":
                stamp = EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            info = zipfile.ZipInfo(name, EPOCH.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            new.writestr(info, content)
    return out.getvalue()
