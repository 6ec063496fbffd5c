"""A table written by its columns is the one that is written line by line."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from runfolio.spreadsheets import are_plain_cells, write_cells, write_line

CELLS = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=3)
ODD = some.sampled_from(
    ["", "=1", "'=1", "-1", "-1.5e-05", "-1.2.3", "-1e+5", "+1", "a\nb", "a\rb"]
)
COLUMNS = some.lists(CELLS | ODD, min_size=3, max_size=3)


@given(some.lists(COLUMNS, min_size=1, max_size=4))
def test_columns_become_the_same_cells_as_rows(columns: list[list[Any]]) -> None:
    lines = zip(*map(write_cells, columns), strict=True)
    assert [",".join(line) + "\n" for line in lines] == list(
        map(write_line, zip(*columns, strict=True))
    )


@given(some.lists(some.none() | ODD | some.text(max_size=3)))
def test_plain_cells_are_written_as_they_are(texts: list[str | None]) -> None:
    written = write_cells(texts)
    assert not are_plain_cells(pa.array(texts, pa.string())) or written == [
        text or "" for text in texts
    ]


@pytest.mark.parametrize("text", ["=1", "''@a", "a,b", '"', "a\nb", "\r", "＝1", "\ta"])
def test_cells_that_are_not_plain(text: str) -> None:
    assert are_plain_cells(pa.array(["plain", "", None], pa.string()))
    assert not are_plain_cells(pa.array(["plain", text, None], pa.string()))


def test_only_what_a_spreadsheet_would_run_is_changed() -> None:
    cells = write_cells(["=1+1", "plain", "-0.5", "a,b", "", "line\nbreak"])
    assert cells == ["'=1+1", "plain", "-0.5", '"a,b"', "", '"line\nbreak"']
