"""The rows of single runs are found in a table that is in the order of their ids."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from runfolio.store.run_rows import RunRows

IDS = st.text("ab09é", min_size=1, max_size=3)


@given(st.dictionaries(IDS, st.integers(1, 3)), st.sets(IDS))
def test_the_rows_of_some_runs_are_theirs_in_order(rows: dict[str, int], wanted: set[str]) -> None:
    ids = [run_id for run_id in sorted(rows) for _ in range(rows[run_id])]
    table = pa.table({"run_id": pa.array(ids, pa.string()), "row": range(len(ids))})
    found = RunRows(table).of(wanted)
    assert found.to_pylist() == [row for row in table.to_pylist() if row["run_id"] in wanted]
    assert found.schema == table.schema
