"""Small files that claim to be large, or would become so: tables, journals, artifacts."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

import runfolio
from runfolio.store.layout import RunFolder
from tests.hostile import bombs
from tests.hostile.cases import Case, Ground
from tests.hostile.texts import MARK

HEAVY: Final = frozenset(
    {
        *("zeros.npz", "zeros.csv.gz", "line.csv", "fields.csv", "quote.csv", "wide.parquet"),
        *("list.parquet", "deep.parquet", "deep.md", "deep.html", "count.pdf", "keys.json"),
        *("types.npy", "deep.ipynb", "long.png", "wide.jpg", "wide.webp"),
    }
)
"""What takes long to make or to show, and is tried by itself in `test_bombs.py`."""


def write(ground: Ground) -> Iterator[Case]:
    """A store with a sound run, and runs that no memory could hold."""
    store = ground.folder / "runs"
    _start(store, f"{MARK} sound")
    params, tags, live = (_start(store, f"hidden {number}") for number in range(3))
    bombs.replace_table(params, "params", bombs.params_bomb(params.run_id))
    page = pa.table({"text": ["x" * (80 << 20)]})
    bombs.replace_table(tags, "tags", bombs.parquet(page, use_dictionary=False))
    live.manifest.unlink()
    live.journals.mkdir(exist_ok=True)
    (live.journals / "x.journal").write_bytes(struct.pack("<II", 0xFFFF_FFFF, 0))
    with runfolio.start_run(
        experiment="sizes", name=f"{MARK} files", store=store, capture=False
    ) as run:
        run.set_note("> " * 2_000 + MARK)
        run.log_metrics({"huge": 1.7e308, "tiny": 5e-324, "none": float("nan")}, step=2**62)
        run.log_params({f"parameter {number}": number for number in range(100)})
        for name in bombs.artifact_names() - HEAVY:
            run.log_text("x", name)
    files = Path(store, "runs", run.id, "artifacts")
    for name, content in bombs.artifacts(HEAVY):
        (files / name).write_bytes(content)
    yield Case(
        "sizes",
        store,
        shown=(f"{MARK} sound", f"{MARK} files"),
        said=("3 damaged",),
    )


def _start(store: Path, name: str) -> RunFolder:
    with runfolio.start_run(experiment="sizes", name=name, store=store, capture=False) as run:
        run.log_metrics({"loss": 0.5}, step=1)
        run.log_params({"lr": 0.1, "model": "small"})
    return RunFolder(store / "runs" / run.id)
