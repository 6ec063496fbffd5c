"""One run, read whole."""

from __future__ import annotations

import hashlib
import math
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import RunNotFound, StoreDamaged, StoreNotFound
from runfolio.store import journal as records
from runfolio.store.layout import run_folder
from tests.store.samples import begin_run, write_sealed_run


def log_run(store: Path) -> str:
    with runfolio.start_run(
        store=store,
        experiment="wine",
        name="a",
        params={"int": 1, "half": 0.5, "flag": True, "text": "x", "none": None, "list": [1]},
        tags={"team": "red"},
        note="first",
        capture=False,
    ) as run:
        run.log_metric("loss", 2)
        run.log_metrics({"loss": 1, "acc": 0.5})
        run.log_text("hello", "notes/a.txt")
        run.log_input({"x": [1, 2]}, name="iris", context="training")
    return run.id


def test_a_run_is_read_by_the_beginning_of_its_id(store: Path) -> None:
    run_id = log_run(store)
    for prefix in (run_id, run_id[:6]):
        run = runfolio.get_run(prefix, store=store)
        assert isinstance(run, runfolio.RunRead)
        assert run.id == run_id
    with pytest.raises(FrozenInstanceError):
        run.name = "b"  # type: ignore[misc]


def test_a_run_has_all_that_was_logged(store: Path) -> None:
    run = runfolio.get_run(log_run(store), store=store)
    assert (run.name, run.experiment, run.status) == ("a", "wine", "FINISHED")
    assert (run.note, run.parent_id, run.deleted) == ("first", None, False)
    params = {"int": 1, "half": 0.5, "flag": True, "text": "x", "none": None, "list": "[1]"}
    assert run.params == params
    assert {key: type(value) for key, value in run.params.items()} == {
        key: type(value) for key, value in params.items()
    }
    assert run.metrics == {"loss": 1.0, "acc": 0.5}
    assert run.tags == {"team": "red"}
    assert run.context == {}
    (used,) = run.inputs
    assert (used.name, used.context) == ("iris", "training")
    assert used.schema == {"x": "int64"}
    assert run.folder == run_folder(store.resolve(), run.id).path


def test_times_are_aware_and_the_duration_is_seconds(store: Path) -> None:
    run = runfolio.get_run(write_sealed_run(store).run_id, store=store)
    assert run.start_time == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert run.start_time.tzinfo is UTC
    assert run.end_time == datetime(2023, 11, 14, 22, 13, 22, tzinfo=UTC)
    assert run.duration == 2.0


def test_artifacts_say_where_their_files_are(store: Path) -> None:
    run = runfolio.get_run(log_run(store), store=store)
    (artifact,) = run.artifacts
    assert (artifact.path, artifact.size, artifact.kind) == ("notes/a.txt", 5, "text")
    assert artifact.file.read_text() == "hello"
    assert artifact.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert artifact.media_type == "text/plain"


def test_a_metric_s_history_is_in_log_order(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as logging:
        for step, value in ((0, 3.0), (5, math.nan), (5, 1.0), (2, -math.inf)):
            logging.log_metric("loss", value, step=step)
        logging.log_metric("acc", 1, step=9)
    for _ in range(2):
        run = runfolio.get_run(logging.id, store=store)
        history = run.metric_history("loss")
        assert list(history.columns) == ["step", "time", "value"]
        types = ["int64", "datetime64[us, UTC]", "float64"]
        assert [str(one) for one in history.dtypes] == types
        assert history["step"].tolist() == [0, 5, 5, 2]
        values = history["value"].tolist()
        assert (values[0], *values[2:]) == (3.0, 1.0, -math.inf)
        assert math.isnan(values[1])
        assert history["time"].is_monotonic_increasing
        assert run.metrics["loss"] == 1.0  # the latest of the highest step
        unknown = run.metric_history("nothing")
        assert unknown.empty
        assert [str(one) for one in unknown.dtypes] == types
        runfolio.pack(store=store)


def test_unknown_and_ambiguous_ids_are_told(store: Path) -> None:
    ids = sorted(write_sealed_run(store).run_id for _ in range(18))
    prefix = next(a[0] for a, b in pairwise(ids) if a[0] == b[0])
    with pytest.raises(RunNotFound, match=f"runs begin with '{prefix}': .*Give more of the id"):
        runfolio.get_run(prefix, store=store)
    for unknown in ("zz", "../x", "x" * 300):
        with pytest.raises(RunNotFound, match="No run '"):
            runfolio.get_run(unknown, store=store)
    with pytest.raises(RunNotFound):
        runfolio.get_run("", store=store)
    with pytest.raises(StoreNotFound, match="No run store at"):
        runfolio.get_run("a", store=store / "none")


def test_a_deleted_run_is_still_read(store: Path) -> None:
    first, second = log_run(store), log_run(store)
    runfolio.delete_runs(first, store=store)
    assert runfolio.get_run(first, store=store).deleted
    assert not runfolio.get_run(second, store=store).deleted
    runfolio.restore_runs(first, store=store)
    assert not runfolio.get_run(first, store=store).deleted
    runfolio.delete_experiment("wine", store=store)
    assert runfolio.get_run(second, store=store).deleted


def test_a_packed_run_reads_as_before(store: Path) -> None:
    run_id = log_run(store)
    before = runfolio.get_run(run_id, store=store)
    runfolio.pack(store=store)
    assert not run_folder(store, run_id).is_sealed
    after = runfolio.get_run(run_id[:8], store=store)
    assert after == before
    assert after.metric_history("loss").equals(before.metric_history("loss"))


def test_a_live_run_is_read_while_it_logs(store: Path) -> None:
    live = runfolio.start_run(store=store, name="live", params={"x": 1}, capture=False)
    try:
        live.log_metric("loss", 1)
        run = runfolio.get_run(live.id, store=store)
        assert (run.status, run.end_time, run.duration) == ("RUNNING", None, None)
        assert (run.params, run.metrics) == ({"x": 1}, {"loss": 1.0})
        live.log_metric("loss", 0.5)
        assert runfolio.get_run(live.id, store=store).metrics == {"loss": 0.5}
    finally:
        live.finish()


@pytest.mark.parametrize("packed", [False, True])
def test_a_resumed_run_is_one(store: Path, packed: bool) -> None:
    run_id = log_run(store)
    if packed:
        runfolio.pack(store=store)
    with runfolio.start_run(store=store, run_id=run_id, capture=False) as again:
        again.log_metric("loss", 0.25)
        again.log_param("more", 7)
        midway = runfolio.get_run(run_id, store=store)
        assert midway.status == "RUNNING"
        assert midway.metric_history("loss")["value"].tolist() == [2, 1, 0.25]
    run = runfolio.get_run(run_id, store=store)
    assert run.status == "FINISHED"
    assert (run.params["int"], run.params["more"]) == (1, 7)
    assert run.metric_history("loss")["value"].tolist() == [2, 1, 0.25]
    assert run.metrics["loss"] == 0.25


def test_changes_are_seen(store: Path) -> None:
    run_id = log_run(store)
    runfolio.tag_runs(run_id, {"team": None, "label": "best"}, store=store)
    runfolio.rename_run(run_id, "b", store=store)
    runfolio.note_run(run_id, "", store=store)
    runfolio.rename_experiment("wine", "red", store=store)
    run = runfolio.get_run(run_id, store=store)
    assert (run.name, run.experiment, run.tags) == ("b", "red", {"label": "best"})
    assert not run.note


def test_a_child_names_its_parent_and_context_is_what_was_captured(store: Path) -> None:
    folder, journal = begin_run(store, parent_id="0" * 16)
    journal.append(records.CONTEXT, {"git_branch": "main"})
    journal.close()
    run = runfolio.get_run(folder.run_id, store=store)
    assert run.parent_id == "0" * 16
    assert run.context["git_branch"] == "main"


def test_a_damaged_run_is_told(store: Path) -> None:
    run_id = log_run(store)
    run_folder(store, run_id).manifest.write_bytes(b"{")
    with pytest.raises(StoreDamaged):
        runfolio.get_run(run_id, store=store)
