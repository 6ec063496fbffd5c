"""Files that MLflow code keeps, lists and downloads."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio

PIXELS = np.zeros((4, 4, 3), np.uint8)
_REFUSED = r"Invalid|must be relative|Failed to download|Not a proper"


def test_every_kind_of_artifact_is_kept_and_listed(mlflow: Any, store: Path) -> None:
    import matplotlib.pyplot as plt

    figure, _ = plt.subplots()
    with mlflow.start_run() as run:
        mlflow.log_text("words", "notes/a.txt")
        mlflow.log_dict({"a": [1, 2]}, "d.json")
        mlflow.log_figure(figure, "f.png")
        mlflow.log_table({"a": [1, 2]}, "t.json")
        mlflow.log_table({"a": [3]}, "t.json")
        mlflow.log_image(PIXELS, "i.png")
    plt.close(figure)
    run_id = run.info.run_id
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "words"
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/d.json") == {"a": [1, 2]}
    assert mlflow.load_table("t.json", run_ids=[run_id])["a"].tolist() == [1, 2, 3]
    listed = {one.path: one.is_dir for one in mlflow.artifacts.list_artifacts(run_id=run_id)}
    assert listed == {
        "d.json": False,
        "f.png": False,
        "i.png": False,
        "notes": True,
        "t.json": False,
    }
    ours = runfolio.get_run(run_id, store=store).artifacts
    assert [one.path for one in ours] == ["d.json", "f.png", "i.png", "notes/a.txt", "t.json"]
    assert runfolio.verify(store=store).problems == ()


def test_a_picture_with_a_key_joins_a_series(mlflow: Any, store: Path) -> None:
    with mlflow.start_run() as run:
        for step in (1, 2):
            mlflow.log_image(
                np.zeros((4, 4, 3), np.uint8), key="val/seen", step=step, synchronous=True
            )
    ours = runfolio.get_run(run.info.run_id, store=store).artifacts
    series = [(one.key, one.step) for one in ours if one.kind == "image"]
    assert sorted(series) == [("val/seen", 1), ("val/seen", 2)]


def test_pictures_logged_in_the_background_outlive_the_end_of_the_run(mlflow: Any) -> None:
    with mlflow.start_run() as run:
        for step in range(5):
            mlflow.log_image(PIXELS, key="seen", step=step)
    found: list[Any] = []
    for _ in range(300):  # MLflow has no way to wait for those of a run that has ended
        listed = mlflow.artifacts.list_artifacts(run_id=run.info.run_id, artifact_path="images")
        found = [len(listed), mlflow.get_run(run.info.run_id).info.status]
        if found == [10, "FINISHED"]:
            break
        time.sleep(0.1)
    assert found == [10, "FINISHED"]


def test_folders_are_kept_and_downloaded(mlflow: Any, client: Any, tmp_path: Path) -> None:
    source = tmp_path / "a b#c"
    (source / "deep").mkdir(parents=True)
    (source / "one.txt").write_text("1")
    (source / "deep" / "two.txt").write_text("2")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(source), "all")
        mlflow.log_artifact(str(source))
    run_id = run.info.run_id
    (tmp_path / "back").mkdir()
    place = Path(client.download_artifacts(run_id, "all", str(tmp_path / "back")))
    assert (place / "deep" / "two.txt").read_text() == "2"
    assert [one.path for one in client.list_artifacts(run_id, "a b#c")] == [
        "a b#c/deep",
        "a b#c/one.txt",
    ]
    sizes = {one.path: one.file_size for one in client.list_artifacts(run_id, "all")}
    assert sizes == {"all/deep": None, "all/one.txt": 1}
    whole = Path(mlflow.artifacts.download_artifacts(run_id=run_id))
    assert (whole / "a b#c" / "one.txt").read_text() == "1"


def test_a_path_can_not_leave_the_run(mlflow: Any, client: Any, store: Path) -> None:
    run_id = client.create_run("0").info.run_id
    with pytest.raises(mlflow.MlflowException, match=_REFUSED):
        client.log_text(run_id, "x", "../../escape.txt")
    for path in ("../..", "/etc", "a/../../.."):
        with pytest.raises(mlflow.MlflowException, match=_REFUSED):
            client.list_artifacts(run_id, path)
        with pytest.raises(mlflow.MlflowException, match=_REFUSED):
            client.download_artifacts(run_id, path)
    assert not list(store.rglob("escape.txt"))


def test_a_link_is_not_followed(mlflow: Any, client: Any, store: Path, tmp_path: Path) -> None:
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "x", "a.txt")
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("key")
    (store / "runs" / run_id / "artifacts" / "link").symlink_to(secret)
    assert [one.path for one in client.list_artifacts(run_id)] == ["a.txt"]
    with pytest.raises(mlflow.MlflowException, match="Failed to download artifacts"):
        client.download_artifacts(run_id, "link/key.txt")


def test_a_missing_artifact_is_said_to_be_missing(mlflow: Any, client: Any) -> None:
    run_id = client.create_run("0").info.run_id
    assert client.list_artifacts(run_id) == []
    with pytest.raises(mlflow.MlflowException, match=r"path 'none\.txt'"):
        client.download_artifacts(run_id, "none.txt")


def test_an_address_of_something_else_is_refused(mlflow: Any) -> None:
    with pytest.raises(mlflow.MlflowException, match="is no address of a run's artifacts"):
        mlflow.artifacts.load_text("runfolio:///data/other.txt")
