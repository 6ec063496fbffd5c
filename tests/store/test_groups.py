"""Row groups of large files are found once, and anew when the file is another one."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pyarrow as pa
import pytest

from runfolio.schema import arrow_schema
from runfolio.store.footers import read_row_groups
from runfolio.store.parquet import TableWriter, read_groups

ID = "0123456789abcdef"


def write(path: Path, groups: int) -> None:
    """A table of tags in so many row groups, a row each."""
    schema = arrow_schema("tags").remove_metadata()
    with TableWriter(path, schema, "tags", few=True) as writer:
        for number in range(groups):
            columns = [[ID], [f"tag {number}"], [str(number)]]
            writer.write(pa.table(columns, schema=schema))


def values(path: Path) -> list[str]:
    found = [table for _, table in read_groups(path, "tags") if table is not None]
    return [value for table in found for value in table["value"].to_pylist()]


def test_groups_are_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Mock(wraps=read_row_groups)
    monkeypatch.setattr("runfolio.store.parquet.read_row_groups", looked)
    path = tmp_path / "tables" / "tags.parquet"
    path.parent.mkdir()
    write(path, 3)
    assert values(path) == values(path) == ["0", "1", "2"]
    assert looked.call_count == 1


def test_another_file_at_the_same_place_is_looked_into_anew(tmp_path: Path) -> None:
    path = tmp_path / "tables" / "tags.parquet"
    path.parent.mkdir()
    for groups in (2, 5, 1):
        write(path, groups)
        assert values(path) == [str(number) for number in range(groups)]
