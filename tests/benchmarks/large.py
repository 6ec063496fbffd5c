"""Large stores for measurements: runs with notes, 20 parameters, 10 metrics and five curves.

Values are drawn in blocks of runs that lie side by side in a pack. The ids that follow each other
belong to runs of any time, as random ids do. ``write_packed`` and ``write_loose`` write the same
runs, as they are after `runfolio pack` and before it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from runfolio.store.replay import Tables

PARAMS: Final = 20
CURVES: Final = 5
SINGLES: Final = 5
METRICS: Final = tuple(f"m{number}" for number in range(CURVES + SINGLES))
EXPERIMENT: Final = "many"
BLOCK: Final = 500
START: Final = 1_700_000_000_000_000
BETWEEN: Final = 61_234_567
"""Microseconds from the start of a run to that of the next one."""

SHORTEST, LONGEST = 400_000, 600_000
"""Microseconds from a step to the next one."""

OPTIMISERS: Final = ("adam", "sgd", "lion")
PROCESSES: Final = 2
PACKED: Final = 20_000
"""So many runs are in a pack, as `runfolio pack` makes them."""


@dataclass(frozen=True)
class Block:
    """Some runs in numbers, a row for each run.

    `place` counts the runs of the store, which has `of` in all, in the order of their packs and
    their ids, and `numbers` by their start. `curves` have axes of metrics and steps, and `times` of
    steps, in microseconds since the start.
    """

    place: int
    of: int
    numbers: NDArray[np.int64]
    floats: NDArray[np.float64]
    whole: NDArray[np.int64]
    texts: NDArray[np.int64]
    curves: NDArray[np.float64]
    singles: NDArray[np.float64]
    times: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the runs."""
        return [run_id(self.place + row, self.of) for row in range(len(self))]

    def params(self, row: int) -> dict[str, float | int | str]:
        """The parameters of one run: a quarter integers, a quarter texts, else floats."""
        found: dict[str, float | int | str] = {}
        for number in range(PARAMS):
            group, kind = divmod(number, 4)
            key = f"p{number:02}"
            if kind == 0:
                found[key] = int(self.whole[row, group])
            elif kind == 1:
                found[key] = OPTIMISERS[self.texts[row, group]]
            else:
                found[key] = float(self.floats[row, group * 2 + kind - 2])
        return found

    def series(self, row: int) -> list[NDArray[np.float64]]:
        """The values of each metric of one run, in the order of `METRICS`."""
        return [*self.curves[row], *self.singles[row][:, None]]

    def note(self, row: int) -> str:
        """A note in Markdown, another one for each run."""
        params = self.params(row)
        return (
            f"Trial **{self.numbers[row]}** with `{params['p01']}`, to see whether *more* helps.\n"
            f"\n- rate {params['p02']:.4g}\n- layers {params['p00']}\n"
            f"- ended at {self.curves[row, 0, -1]:.4g}\n\n"
            "The curve fell as it should; see [the method](https://example.org/method) for why."
        )


def make_blocks(
    runs: int, steps: int, *, first: int = 0, end: int | None = None
) -> Iterator[Block]:
    """The values of the runs from the place `first` to before `end`, a block at a time.

    `first` is a multiple of `BLOCK`, so that every run has the same values wherever one begins.
    """
    numbers = np.random.default_rng(0).permutation(runs)
    for place in range(first, runs if end is None else end, BLOCK):
        yield _make_block(place, numbers[place : place + BLOCK], steps, of=runs)


def _make_block(place: int, numbers: NDArray[np.int64], steps: int, *, of: int) -> Block:
    noise = np.random.default_rng(place)
    count = len(numbers)
    falls = noise.uniform(1, 5, (count, CURVES, 1)) * np.linspace(0, 1, steps)
    return Block(
        place=place,
        of=of,
        numbers=numbers,
        floats=noise.random((count, PARAMS // 2)),
        whole=noise.integers(0, 10, (count, PARAMS // 4)),
        texts=noise.integers(0, len(OPTIMISERS), (count, PARAMS // 4)),
        curves=np.exp(-falls) + noise.normal(0, 0.01, (count, CURVES, steps)),
        singles=noise.random((count, SINGLES)),
        times=noise.integers(SHORTEST, LONGEST, (count, steps)).cumsum(1),
    )


def write_packed(store: Path, *, runs: int, steps: int) -> None:
    """Write a store whose runs all lie in packs, as `runfolio pack` leaves it."""
    from runfolio.store.layout import create_store

    create_store(store)
    _spread(write_one_pack, store, runs, steps, together=PACKED)


def write_loose(store: Path, *, runs: int, steps: int) -> None:
    """Write a store whose runs are sealed, each in a folder of its own."""
    from runfolio.store.layout import create_store

    create_store(store)
    together = max(BLOCK, -(-runs // PROCESSES // BLOCK) * BLOCK)
    _spread(write_run_folders, store, runs, steps, together=together)


def _spread(write: Any, store: Path, runs: int, steps: int, *, together: int) -> None:
    """Let processes write the runs, so many of them at a time."""
    from joblib import Parallel, delayed

    bounds = [*range(0, runs, together), runs]
    tasks = (delayed(write)(store, runs, steps, *part) for part in itertools.pairwise(bounds))
    Parallel(n_jobs=min(PROCESSES, len(bounds) - 1))(tasks)


def write_one_pack(store: Path, runs: int, steps: int, first: int, end: int) -> None:
    """Write the runs of these places as one pack."""
    from runfolio.store.pack_writing import write_pack

    do_not_wait()
    blocks = make_blocks(runs, steps, first=first, end=end)
    write_pack(store, (one for block in blocks for one in tables_by_run(block)))


def write_run_folders(store: Path, runs: int, steps: int, first: int, end: int) -> None:
    """Write the runs of these places, each into a folder of its own."""
    from runfolio.store.layout import run_folder
    from runfolio.store.packs import ORIGINS
    from runfolio.store.sealing import write_sealed

    do_not_wait()
    for block in make_blocks(runs, steps, first=first, end=end):
        for one, tables in tables_by_run(block):
            folder = run_folder(store, one)
            folder.path.mkdir(parents=True)
            del tables[ORIGINS]
            write_sealed(folder, tables, journals=[journal_of(one)])


def run_id(place: int, runs: int) -> str:
    """The id of a run by its place among so many; those of each pack are spread over all ids."""
    together = min(runs, PACKED)
    pack, rank = divmod(place, together)
    return f"{rank * (2**64 // together) + pack:016x}"


def journal_of(run_id: str) -> str:
    """The name of the journal that a run's tables are said to be made from."""
    return f"{run_id}.journal"


def tables_by_run(block: Block) -> Iterator[tuple[str, Tables]]:
    """The id and all tables of each run of a block; each run has as many rows as the others."""
    tables = tables_of(block)
    sizes = {name: table.num_rows // len(block) for name, table in tables.items()}
    for row, one in enumerate(block.ids):
        yield one, {name: tables[name].slice(row * size, size) for name, size in sizes.items()}


def tables_of(block: Block) -> Tables:
    """All tables of a block of runs, with where its runs come from."""
    from runfolio.store.pack_writing import make_origins
    from runfolio.store.summaries import summarise_metrics

    metrics = _metrics(block)
    return {
        "run": _runs(block),
        "params": _params(block),
        "metrics": metrics,
        "summaries": summarise_metrics(metrics),
        "origins": make_origins([(one, 1, [journal_of(one)]) for one in block.ids]),
        **{name: _table(name, {}) for name in ("tags", "artifacts", "inputs")},
    }


def _table(name: str, columns: dict[str, Any]) -> pa.Table:
    import pyarrow as pa

    from runfolio.schema import arrow_schema

    schema = arrow_schema(name)
    length = len(next(iter(columns.values()), ()))
    arrays = [
        pa.array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(length, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _runs(block: Block) -> pa.Table:
    count = len(block)
    starts = START + block.numbers * BETWEEN
    columns = {
        "run_id": block.ids,
        "experiment": [EXPERIMENT] * count,
        "name": [f"run {number}" for number in block.numbers],
        "status": ["FINISHED"] * count,
        "start_time": starts,
        "end_time": starts + block.times[:, -1],
        "duration": block.times[:, -1] / 1e6,
        "note": [block.note(row) for row in range(count)],
        "context": ["{}"] * count,
    }
    return _table("run", columns)


def _params(block: Block) -> pa.Table:
    kinds = {int: "int", float: "float", str: "string"}
    rows = [
        (one, key, kinds[type(value)], str(value), None if isinstance(value, str) else value)
        for row, one in enumerate(block.ids)
        for key, value in block.params(row).items()
    ]
    names = ("run_id", "key", "kind", "text", "number")
    return _table("params", dict(zip(names, zip(*rows, strict=True), strict=True)))


def _metrics(block: Block) -> pa.Table:
    """All points by run and metric: the curves, then the single values at step 0."""
    count, _, steps = block.curves.shape
    key = np.concatenate([np.repeat(np.arange(CURVES), steps), CURVES + np.arange(SINGLES)])
    step = np.concatenate([np.tile(np.arange(steps), CURVES), np.zeros(SINGLES, np.int64)])
    times = (START + block.numbers * BETWEEN)[:, None] + block.times
    columns = {
        "run_id": _take(block.ids, np.repeat(np.arange(count), len(key))),
        "key": _take(METRICS, np.tile(key, count)),
        "step": np.tile(step, count),
        "time": np.hstack([times] * CURVES + [times[:, :1]] * SINGLES).reshape(-1),
        "value": np.hstack([block.curves.reshape(count, -1), block.singles]).reshape(-1),
    }
    return _table("metrics", columns)


def _take(texts: Iterable[str], places: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(texts).take(pa.array(places))


def do_not_wait() -> None:
    """Sync nothing in this process: a store made for one measurement survives no power cut."""

    def skip(fd: object) -> None:
        return

    os.fsync = skip
