"""The model folders of runs as the site reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

import runfolio
from runfolio.documents import MAX_YAML
from runfolio.site.library import RunEntry, make_library
from runfolio.site.models.folders import MAX_TEXT, find_kept, read_kept
from runfolio.store import read_store
from tests.site.models.stores import DIAGRAM, log_model


def run_of(store: Path) -> RunEntry:
    (run,) = make_library(read_store(store), title="Models").runs
    return run


def test_a_model_is_read_from_its_folder(tmp_path: Path) -> None:
    run_id = log_model(tmp_path, "one", 0.5, estimator__html=DIAGRAM)
    (kept,) = find_kept(run_of(tmp_path))
    assert (kept.path, kept.address, kept.flavor) == (
        *("model", f"runs:/{run_id}/model", "scikit-learn"),
    )
    assert sorted(kept.files) == sorted(
        ["MLmodel", "requirements.txt", "input_example.json", "model.skops", "estimator.html"]
    )
    assert kept.size == sum(one.size for one in kept.files.values())
    assert kept.example == {"columns": ["alcohol", "year"], "data": [[9.5, 2020]]}
    assert kept.diagram is not None
    assert kept.diagram.name == "Pipeline"
    assert not kept.pickled
    assert kept.failure is None


def test_models_in_several_folders_are_found(tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path, capture=False) as run:
        for path in ("MLmodel", "a/MLmodel", "a/b/MLmodel", "c/data/other.txt", "c/MLmodel.txt"):
            run.log_text("flavors: {sklearn: {}}", path)
    entry = run_of(tmp_path)
    assert [one.path for one in find_kept(entry)] == ["", "a", "a/b"]
    assert sorted(find_kept(entry)[1].files) == ["MLmodel", "b/MLmodel"]
    assert find_kept(entry)[0].address == f"runs:/{run.id}"
    assert read_kept(entry, "c") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("flavors: [1", "line 1"),
        ("just text", "names no flavors"),
        ("flavors: {a: {}}\nsignature: {inputs: '[1]'}", "a signature is a list of objects"),
        ("x: 1\n" * (MAX_YAML // 5 + 1), "more than"),
        ("", "names no flavors"),
    ],
)
def test_a_damaged_description_is_told(tmp_path: Path, text: str, reason: str) -> None:
    log_model(tmp_path, "one", 0.5, MLmodel=text)
    (kept,) = find_kept(run_of(tmp_path))
    assert kept.description is None
    assert reason in str(kept.failure)
    assert kept.flavor == "unreadable"
    assert kept.example is not None


def test_a_link_out_of_the_run_is_not_followed(tmp_path: Path) -> None:
    run_id = log_model(tmp_path / "runs", "one", 0.5)
    (tmp_path / "secret").write_text("flavors: {secret: {}}")
    for name in ("MLmodel", "requirements.txt"):
        file = tmp_path / "runs" / "runs" / run_id / "artifacts" / "model" / name
        file.unlink()
        file.symlink_to(tmp_path / "secret")
    (kept,) = find_kept(run_of(tmp_path / "runs"))
    assert kept.description is None
    assert kept.failure == "it is no plain file"
    assert kept.read("requirements.txt") is None


def test_long_texts_and_missing_ones_are_none(tmp_path: Path) -> None:
    log_model(tmp_path, "one", 0.5, requirements__txt="x" * (MAX_TEXT + 1), example__json="{")
    (kept,) = find_kept(run_of(tmp_path))
    assert kept.read("requirements.txt") is None
    assert kept.read("nothing.txt") is None
    assert kept.diagram is None


@pytest.mark.parametrize("name", ["model__pkl", "MODEL__JOBLIB", "weights__pt"])
def test_pickles_are_told_by_their_ending(tmp_path: Path, name: str) -> None:
    log_model(tmp_path, "one", 0.5, **{name: "x"})
    (kept,) = find_kept(run_of(tmp_path))
    assert kept.pickled


def test_what_was_noted_when_it_was_saved_counts_more(tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path, capture=False) as run:
        run.log_model(len)
    with runfolio.start_run(store=tmp_path, capture=False) as run:
        run.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]))
        run.log_text("no part that is loaded", "model/notes.pkl")
    told = [find_kept(one)[0].pickled for one in make_library(read_store(tmp_path), title="").runs]
    assert told == [True, False]
