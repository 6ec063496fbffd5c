from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import ExperimentNotFound, InvalidName, InvalidValue, RunNotFound
from runfolio.store import read_store
from runfolio.upkeep.changes import (
    delete_experiment,
    delete_runs,
    note_run,
    rename_experiment,
    rename_run,
    restore_experiment,
    restore_runs,
    tag_runs,
)


def log_run(store: Path, experiment: str = "wine", **options: object) -> str:
    with runfolio.start_run(
        store=store,
        experiment=experiment,
        name="a",
        tags={"label": "all", "team": "red"},
        note="first",
        capture=False,
    ) as run:
        run.log_metric("loss", 0.5)
    return run.id


def shown(store: Path, view: str = "active") -> list[str]:
    ids: list[str] = read_store(store, view=view).runs["run_id"].to_pylist()  # type: ignore[arg-type]
    return ids


def tags_of(store: Path) -> dict[str, str]:
    return {row["key"]: row["value"] for row in read_store(store).tags.to_pylist()}


def test_a_deleted_run_is_gone_everywhere_and_comes_back(store: Path) -> None:
    first, second = log_run(store), log_run(store)
    assert delete_runs(first[:10], store=store) == [first]
    tables = read_store(store)
    for name in ("runs", "tags", "metrics", "summaries"):
        assert set(getattr(tables, name)["run_id"].to_pylist()) == {second}
    assert shown(store, "deleted") == [first]
    assert shown(store, "all") == sorted([first, second])
    assert restore_runs([first], store=store) == [first]
    assert shown(store) == sorted([first, second])
    assert shown(store, "deleted") == []


def test_nothing_is_deleted_when_one_run_is_unknown(store: Path) -> None:
    run_id = log_run(store)
    with pytest.raises(RunNotFound, match="No run 'zz' in"):
        delete_runs([run_id, "zz"], store=store)
    assert shown(store) == [run_id]
    with pytest.raises(RunNotFound, match="No run was named"):
        delete_runs([], store=store)


def test_an_ambiguous_id_names_the_runs(store: Path) -> None:
    ids = sorted(log_run(store) for _ in range(18))
    prefix = next(a[0] for a, b in pairwise(ids) if a[0] == b[0])
    with pytest.raises(RunNotFound, match=f"runs begin with '{prefix}': .*Give more of the id"):
        delete_runs(prefix, store=store)


def test_tags_are_set_replaced_and_removed(store: Path) -> None:
    run_id = log_run(store)
    tag_runs(run_id, {"label": "best", "new": 5}, store=store)
    tag_runs(run_id, {"team": None}, store=store)
    assert tags_of(store) == {"label": "best", "new": "5"}
    with pytest.raises(InvalidValue, match="No tag to set"):
        tag_runs(run_id, {}, store=store)
    with pytest.raises(InvalidName, match="tag name can't be empty"):
        tag_runs(run_id, {" ": "x"}, store=store)


def test_a_run_is_renamed_and_noted(store: Path) -> None:
    run_id = log_run(store)
    rename_run(run_id, "winner", store=store)
    note_run(run_id, "second", store=store)
    (run,) = read_store(store).runs.to_pylist()
    assert (run["name"], run["note"]) == ("winner", "second")
    with pytest.raises(InvalidName, match="run name can't be empty"):
        rename_run(run_id, "", store=store)
    with pytest.raises(InvalidValue, match="A note is Markdown text, not 5"):
        note_run(run_id, 5, store=store)  # type: ignore[arg-type]


def test_the_newest_word_counts_whatever_the_clock_says(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = log_run(store)
    for moment, label in ((2_000_000_000, "first"), (1_000_000_000, "second"), (0, "third")):
        monkeypatch.setattr("time.time_ns", lambda moment=moment: moment * 10**9)
        tag_runs(run_id, {"label": label}, store=store)
        assert tags_of(store)["label"] == label


def test_an_experiment_is_deleted_with_the_runs_it_has(store: Path) -> None:
    first, second, other = log_run(store), log_run(store), log_run(store, "other")
    delete_runs(second, store=store)
    runfolio.describe_experiment("wine", note="x", store=store)
    assert delete_experiment("wine", store=store) == [first]
    tables = read_store(store)
    assert tables.runs["run_id"].to_pylist() == [other]
    assert "wine" not in tables.experiments
    later = log_run(store)
    assert shown(store) == sorted([other, later])
    assert read_store(store).experiments["wine"].note == "x"
    assert restore_experiment("wine", store=store) == [first]
    assert shown(store) == sorted([first, other, later])
    assert shown(store, "deleted") == [second]


def test_a_run_of_a_deleted_experiment_is_restored_alone(store: Path) -> None:
    first, second = log_run(store), log_run(store)
    delete_experiment("wine", store=store)
    restore_runs(second, store=store)
    assert shown(store) == [second]
    delete_experiment("wine", store=store)
    assert shown(store) == []
    assert restore_experiment("wine", store=store) == sorted([first, second])
    assert shown(store) == sorted([first, second])


def test_a_renamed_experiment_keeps_runs_settings_and_later_runs(store: Path) -> None:
    log_run(store)
    runfolio.describe_experiment("wine", primary_metric="loss", direction="down", store=store)
    rename_experiment("wine", "white wine", store=store)
    log_run(store)
    tables = read_store(store)
    assert set(tables.runs["experiment"].to_pylist()) == {"white wine"}
    assert tables.experiments["white wine"].primary_metric == "loss"
    rename_experiment("white wine", "wine", store=store)
    assert set(read_store(store).runs["experiment"].to_pylist()) == {"wine"}


def test_experiments_of_one_name_are_shown_as_one(store: Path) -> None:
    log_run(store, "a"), log_run(store, "b")
    rename_experiment("a", "b", store=store)
    rename_experiment("b", "c", store=store)
    assert set(read_store(store).runs["experiment"].to_pylist()) == {"c"}
    rename_experiment("c", "a", store=store)
    assert set(read_store(store).runs["experiment"].to_pylist()) == {"a"}
    assert len(delete_experiment("a", store=store)) == 2


def test_an_unknown_experiment_names_the_known_ones(store: Path) -> None:
    log_run(store)
    for change in (delete_experiment, restore_experiment):
        with pytest.raises(
            ExperimentNotFound, match=r"No experiment 'x' in .* experiments: 'wine'"
        ):
            change("x", store=store)
    with pytest.raises(ExperimentNotFound, match="No experiment 'x'"):
        rename_experiment("x", "y", store=store)


def test_a_renamed_experiment_is_described_by_its_new_name(store: Path) -> None:
    log_run(store)
    rename_experiment("wine", "white", store=store)
    runfolio.describe_experiment("white", note="said later", store=store)
    assert read_store(store).experiments["white"].note == "said later"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 5},
        {"name": ""},
        {"note": ["x"]},
        {"tags": 5},
        {"tags": {"label": 5}},
        {"deleted": "yes"},
        {"unheard": True},
    ],
)
def test_an_edit_that_makes_no_sense_changes_nothing(
    store: Path, changes: dict[str, object]
) -> None:
    from runfolio.store.edits import Edit, write_edit

    run_id = log_run(store)
    before = read_store(store)
    write_edit(store, Edit(1, "run", run_id, changes))
    write_edit(store, Edit(1, "experiment", "wine", {"renamed": 5, "deleted": True, "runs": 7}))
    after = read_store(store)
    assert after.runs.equals(before.runs)
    assert after.tags.equals(before.tags)
