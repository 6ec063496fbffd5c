"""W&B's tables, kept as Parquet."""

# W&B chose the names of arguments, and some of them mean nothing here.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from runfolio.compat.wandb.places import At, is_of
from runfolio.compat.wandb.refusals import warn_unsupported
from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array


class Table:
    """Rows of values under names: given at once, as a DataFrame, or row by row."""

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        **options: Any,
    ) -> None:
        if dataframe is None and is_of(data, "pandas"):
            dataframe = data
        if dataframe is not None:
            self.columns = [str(name) for name in dataframe.columns]
            self.data = [list(row) for row in dataframe.itertuples(index=False, name=None)]
            return
        given = data if data is not None else rows
        self.data = [] if given is None else [list(row) for row in _rows(given)]
        width = len(self.data[0]) if self.data else 3
        default = ["Input", "Output", "Expected"] if not self.data else range(width)
        self.columns = [str(name) for name in (default if columns is None else columns)]
        for row in self.data:
            self._check(row)

    def add_data(self, *row: Any) -> None:
        """Add a row, one value for each column."""
        self._check(row)
        self.data.append(list(row))

    def add_row(self, *row: Any) -> None:
        """Add a row, as `add_data` does."""
        self.add_data(*row)

    def add_column(self, name: str, data: Any) -> None:
        """Add a column, one value for each row."""
        values = list(_rows(data))
        if self.data and len(values) != len(self.data):
            raise InvalidValue(
                f"The column {name!r} has {len(values)} values, the table {len(self.data)} rows."
            )
        self.data = self.data or [[] for _ in values]
        self.columns = [*self.columns, str(name)] if any(self.data) else [str(name)]
        for row, value in zip(self.data, values, strict=True):
            row.append(value)

    def get_column(self, name: str) -> list[Any]:
        """The values of one column."""
        if name not in self.columns:
            raise InvalidValue(f"The table has no column {name!r}, but {self.columns!r}.")
        return [row[self.columns.index(name)] for row in self.data]

    def get_dataframe(self) -> Any:
        """The table as a DataFrame of pandas."""
        import pandas as pd

        return pd.DataFrame(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """The number and values of each row."""
        yield from enumerate(self.data)

    def _check(self, row: Sequence[Any]) -> None:
        if len(row) != len(self.columns):
            raise InvalidValue(
                f"A row of the table has {len(row)} values for its {len(self.columns)} columns: "
                f"{self.columns!r}."
            )

    def keep(self, at: At) -> None:
        """Keep the table; a cell that is a picture or the like becomes a value of its own."""
        columns = {
            name: [self._cell(row[number], at.inner(f"{name}/{line}"))
                   for line, row in enumerate(self.data)]
            for number, name in enumerate(self.columns)
        }  # fmt: skip
        at.run.log_table(columns, at.path("tables"))

    def _cell(self, value: Any, at: At) -> Any:
        if hasattr(value, "keep"):
            warn_unsupported("Table", "a picture in a cell is kept beside the table.")
            value.keep(at)
            return at.key
        return value


def _rows(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else to_array(given).tolist()
