"""The tables of many runs, put together from files, journals and packs, in the order of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.schema import arrow_schema
from runfolio.store.columns import UNEXPECTED, Columns, from_columns, overview_columns
from runfolio.store.parquet import TableReader
from runfolio.store.replay import Tables

if TYPE_CHECKING:
    import pyarrow as pa


class Assembly:
    """Takes rows in any order; `short` leaves the long columns out, as an overview does."""

    def __init__(self, names: tuple[str, ...], *, short: bool = False) -> None:
        self.names = names
        self._short = short
        self._files = {name: TableReader(name) for name in names}
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in names}
        self._overviews: list[tuple[str, dict[str, Columns]]] = []
        self._hidden: set[str] = set()
        self.odd: dict[str, str] = {}

    def columns(self, name: str) -> Sequence[str] | None:
        """The columns that are wanted of a table; None for all."""
        return ["run_id", *overview_columns(name)] if self._short else None

    def add_file(self, name: str, path: Path, content: bytes) -> None:
        """Take the rows of one small Parquet file."""
        self._files[name].add(path, content)

    def add(self, tables: Tables, *, only: Collection[str] | None = None) -> None:
        """Take tables, or their rows of some runs."""
        import pyarrow as pa
        import pyarrow.compute as pc

        for name, table in tables.items():
            if only is not None:
                wanted = pc.field("run_id").isin(pa.array(sorted(only), pa.string()))
                table = table.filter(wanted)
            self._parts[name].append(table)

    def add_overview(self, run_id: str, overview: dict[str, Columns]) -> None:
        """Take one run's overview."""
        for name in self.names:
            lengths = {len(overview[name][column]) for column in overview_columns(name)}
            if len(lengths) > 1:
                raise ValueError(f"columns of unequal length in {name}")
        self._overviews.append((run_id, overview))

    def hide(self, run_ids: Iterable[str]) -> None:
        """Leave out runs of which a part can't be read."""
        self._hidden.update(run_ids)

    def tables(self) -> Tables:
        """The tables, each run's rows together, in the order of the ids.

        Runs whose overview holds what no table can are left out; `odd` says why.
        """
        try:
            return {name: self._table(name) for name in self.names}
        except UNEXPECTED:
            self._find_odd()
            if not self.odd:
                raise
        self.hide(self.odd)
        return {name: self._table(name) for name in self.names}

    def _find_odd(self) -> None:
        """Try the overviews one by one, which takes long and is done only when it has to be."""
        for run_id, overview in self._overviews:
            try:
                for name in self.names:
                    from_columns([(run_id, overview)], name)
            except UNEXPECTED as error:
                self.odd[run_id] = f"{type(error).__name__}: {error}"

    def _table(self, name: str) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = [self._files[name].read(), *self._parts[name]]
        schema = arrow_schema(name)
        if self._short:
            shown = [item for item in self._overviews if item[0] not in self._hidden]
            parts.append(from_columns(shown, name))
            schema = pa.schema([schema.field(one) for one in self.columns(name) or ()])
            parts = [part.select(schema.names) for part in parts]
        table = pa.concat_tables(
            [_as(part, schema) for part in parts if part.num_rows] or [schema.empty_table()]
        ).cast(schema)  # for its metadata
        if self._hidden:
            hidden = pa.array(sorted(self._hidden), pa.string())
            table = table.filter(~pc.field("run_id").isin(hidden))
        return in_order(table)


def _as(part: pa.Table, schema: pa.Schema) -> pa.Table:
    return part if part.schema.equals(schema) else part.cast(schema)


def in_order(table: pa.Table) -> pa.Table:
    """The rows by run id, and for each run in the order they had; each column in one piece."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if table.num_rows < 2:
        return table.combine_chunks()
    ids = table["run_id"].combine_chunks()
    if pc.all(pc.less_equal(ids.slice(0, len(ids) - 1), ids.slice(1))).as_py():
        return table.combine_chunks()
    encoded = pc.dictionary_encode(ids)
    ranks = np.argsort(np.argsort(np.array(encoded.dictionary.to_pylist()))).astype(np.int32)
    order = pa.array(np.argsort(ranks[encoded.indices.to_numpy()], kind="stable"))
    # One after the other: all of them twice would be a lot.
    columns = [column.combine_chunks().take(order) for column in table.columns]
    return pa.Table.from_arrays(columns, schema=table.schema)
