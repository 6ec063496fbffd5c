from __future__ import annotations

from pathlib import Path

import runfolio
from runfolio.store.edits import list_edit_files
from runfolio.upkeep.changes import tag_runs
from runfolio.upkeep.packing import pack
from runfolio.upkeep.usage import du
from tests.store.snapshots import snapshot


def test_packing_gathers_runs_and_edits(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metric("loss", 1)
    for number in range(20):
        tag_runs(run.id, {f"t{number % 3}": number}, store=store)
    before = snapshot(store)
    done: list[tuple[int, int]] = []
    packed = pack(store=store, progress=lambda *counts: done.append(counts))
    assert (packed.runs, packed.packs, packed.edits, packed.damaged) == (1, 1, 20, ())
    assert done == [(1, 1)]
    assert snapshot(store) == before
    assert len(list_edit_files(store)) == 1
    tag_runs(run.id, {"t0": "last"}, store=store)
    assert "'last'" in snapshot(store)["tags"]
    assert pack(store=store).edits == 0


def test_usage_counts_every_byte(store: Path) -> None:
    for number in range(3):
        with runfolio.start_run(store=store, experiment=f"e{number % 2}", capture=False) as run:
            run.log_text("x" * 1000, "a.txt")
    live = runfolio.start_run(store=store, experiment="e0", capture=False)
    live.log_metric("loss", 1)
    tag_runs(run.id, {"a": 1}, store=store)
    found = du(store=store)
    first, second = found.experiments
    assert (first.experiment, first.runs, first.artifacts) == ("e0", 3, 2000)
    assert (second.experiment, second.runs, second.artifacts) == ("e1", 1, 1000)
    assert first.journals > 0
    live.finish()
    pack(store=store)
    found = du(store=store)
    files = (path for path in store.rglob("*") if path.is_file() and path.name != "runfolio.json")
    assert found.total == sum(path.stat().st_size for path in files)
    assert found.packs > 0
    assert sum(one.tables for one in found.experiments) == 0
