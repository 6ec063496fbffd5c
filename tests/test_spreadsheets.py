"""A table written by its columns is the one that is written line by line."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from runfolio.spreadsheets import write_cells, write_line

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


def test_only_what_a_spreadsheet_would_run_is_changed() -> None:
    cells = write_cells(["=1+1", "plain", "-0.5", "a,b", "", "line\nbreak"])
    assert cells == ["'=1+1", "plain", "-0.5", '"a,b"', "", '"line\nbreak"']
