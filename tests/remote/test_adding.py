"""Whole runs added to a store on object storage, and foreign stores imported there."""

from __future__ import annotations

from pathlib import Path

import runfolio
from runfolio.schema import FileRecord, Series
from runfolio.store import read_store
from runfolio.store.adding import Adder
from runfolio.store.remote_adding import RemoteAdder
from tests.sources.mlflow_writing import write, write_experiment, write_run
from tests.sources.test_importing import counts, write_logs
from tests.store.test_adding import make_record


def test_a_run_is_the_same_in_a_folder_and_at_an_address(url: str, store: Path) -> None:
    assert Adder(store).add(make_record()) == RemoteAdder(url).add(make_record()) == "added"
    there, here = read_store(url), read_store(store)
    for name in ("runs", "params", "tags", "summaries", "artifacts", "inputs"):
        assert getattr(there, name).equals(getattr(here, name)), name
    assert not runfolio.verify(store=url).problems


def test_a_run_grows_there_too(url: str) -> None:
    adder = RemoteAdder(url)
    adder.add(make_record())
    assert adder.add(make_record()) == "unchanged"
    more = make_record(
        metrics=[Series("new", [0], [0], [1.0])], files=[FileRecord("b.txt", b"more")]
    )
    assert adder.add(more) == "extended"
    run = runfolio.get_run(more.id, store=url)
    assert set(run.metrics) == {"acc", "loss", "new"}
    assert [one.path for one in run.artifacts] == ["b.txt", "plots/a.txt"]
    assert not runfolio.verify(store=url).problems


def test_a_foreign_store_is_imported_there(url: str, tmp_path: Path) -> None:
    logs = write_logs(tmp_path / "project")
    assert counts(runfolio.import_runs(logs, store=url)) == (2, 0, 0)
    write_logs(logs, runs=1, rows=4)
    assert counts(runfolio.import_runs(logs, store=url)) == (0, 1, 1)
    found = runfolio.search_runs(order_by="metrics.loss", store=url)
    assert found["metrics.loss"].to_list() == [0.3, 1.2]


def test_registered_models_are_imported_there(url: str, tmp_path: Path) -> None:
    place = tmp_path / "mlruns"
    run = write_run(write_experiment(place))
    write(run / "artifacts" / "net" / "MLmodel", "flavors: {}\n")
    meta = f"creation_timestamp: 5\nsource: runs:/{run.name}/net\n"
    write(place / "models" / "best" / "version-2" / "meta.yaml", meta)
    write(place / "models" / "best" / "aliases" / "champion", "2")
    for added in (1, 0):
        assert runfolio.import_runs(place, store=url).versions == added
    model = runfolio.get_model("best", store=url)
    assert (model.aliases["champion"].number, model.versions[0].path) == (2, "net")
    assert not runfolio.verify(store=url).problems
