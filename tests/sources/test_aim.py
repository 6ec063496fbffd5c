"""Reading Aim's repositories, with Aim in an environment of its own where there is one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import MissingDependency
from runfolio.sources.aim.repositories import SOURCE
from runfolio.sources.aim.runs import name_series
from runfolio.sources.place import open_place
from tests.environment.apart import run_apart
from tests.sources.reads import read_all

WRITE = """
import os
import aim
import numpy as np

quiet = {"system_tracking_interval": None, "capture_terminal_logs": False}
aim.Repo.from_path(".", init=True)
run = aim.Run(repo=".", experiment="exp/ü", log_system_params=True, **quiet)
run.name, run.description = "first", "a note"
run["hparams"] = {"lr": 0.1, "layers": [1, 2], "model": {"depth": 3, "on": True, "none": None}}
for i in range(5):
    value = [1.5, float("nan"), float("inf"), 2.0, 3.0][i]
    run.track(value, name="loss", step=i * 10, epoch=i, context={"subset": "train"})
    run.track(i, name="loss", step=i, context={"subset": "val"})
picture = aim.Image(np.zeros((4, 4, 3), np.uint8))
run.track(picture, name="pics", step=3)
run.track([picture, picture], name="pairs", step=1)
run.track(aim.Text("hello"), name="words", step=1)
run.track(aim.Distribution(hist=[1, 3], bin_range=[0.0, 4.0]), name="dist", step=2)
run.add_tag("best")
run.close()
archived = aim.Run(repo=".", experiment="exp/ü", **quiet)
archived["a"] = 1
archived.archived = True
archived.close()
running = aim.Run(repo=".", **quiet)
running.track({"x": 1.0}, context={"fold": 1})
running_hash = running.hash
print(run.hash, archived.hash, running_hash, flush=True)
os._exit(0)  # as a run that was cut off
"""

READ = """
import json, sys
from pathlib import Path
from runfolio.sources.aim.repositories import SOURCE
from runfolio.sources.place import open_place
from runfolio.sources.reading import Reading

reading = Reading(SOURCE.error)
runs = []
for run in SOURCE.read(open_place(sys.argv[1]), reading):
    runs.append({
        "identity": run.identity, "experiment": run.experiment, "name": run.name,
        "status": run.status, "note": run.note, "params": run.params, "tags": run.tags,
        "metrics": {one.key: [one.steps.tolist(), list(map(str, one.values.tolist()))]
                    for one in run.metrics},
        "ordered": all(one.times.tolist() == sorted(one.times.tolist()) for one in run.metrics),
        "files": {one.path: [one.kind, one.key, one.step, one.source.hex()] for one in run.files},
        "context": run.context,
    })
print(json.dumps({"runs": runs, "skipped": [[one.path, one.reason] for one in reading.skipped]}))
"""


def _run_aim(code: str, *arguments: str, cwd: Path) -> str:
    return run_apart("aim", code, *arguments, cwd=cwd)


def _read(path: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_run_aim(READ, str(path), cwd=path).splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder with a repository, and the hashes of its runs in the order of writing."""
    folder = tmp_path_factory.mktemp("aim")
    return folder, _run_aim(WRITE, cwd=folder).split()


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def test_reads_a_repository_and_leaves_it_alone(repository: tuple[Path, list[str]]) -> None:
    folder, hashes = repository
    before = _contents(folder)
    found = _read(folder)
    assert _contents(folder) == before
    assert found["skipped"] == []
    runs = {run["identity"]: run for run in found["runs"]}
    assert [run["identity"] for run in found["runs"]] == sorted(hashes)
    first, archived, running = (runs[one] for one in hashes)
    assert (first["experiment"], first["name"]) == ("exp/ü", "first")
    assert (first["status"], first["note"]) == ("FINISHED", "a note")
    assert first["tags"] == {"tags": "best"}
    assert first["params"] == {
        "hparams.lr": 0.1,
        "hparams.layers": [1, 2],
        "hparams.model.depth": 3,
        "hparams.model.on": True,
        "hparams.model.none": None,
    }
    assert first["metrics"] == {
        "train/loss": [[0, 10, 20, 30, 40], ["1.5", "nan", "inf", "2.0", "3.0"]],
        "val/loss": [[0, 1, 2, 3, 4], ["0.0", "1.0", "2.0", "3.0", "4.0"]],
    }
    assert first["ordered"]
    assert archived["tags"] == {"aim.archived": "true"}
    assert archived["params"] == {"a": 1}
    assert (running["experiment"], running["name"]) == ("default", hashes[2])
    assert running["status"] == "RUNNING"
    assert running["metrics"] == {"fold=1/x": [[0], ["1.0"]]}


def test_reads_objects_but_no_variables(repository: tuple[Path, list[str]]) -> None:
    folder, hashes = repository
    [first] = [run for run in _read(folder)["runs"] if run["identity"] == hashes[0]]
    files = {path: (kind, key, step) for path, (kind, key, step, _) in first["files"].items()}
    assert files == {
        "images/pics/3.png": ("image", "pics", 3),
        "images/pairs/1.png": ("image", "pairs", 1),
        "images/pairs/1-1.png": ("image", "pairs", 1),
        "histograms/dist/2.json": ("histogram", "dist", 2),
        "texts/words/1.txt": ("text", None, 1),
    }
    contents = {path: bytes.fromhex(one[3]) for path, one in first["files"].items()}
    assert contents["images/pics/3.png"].startswith(b"\x89PNG")
    assert contents["texts/words/1.txt"] == b"hello"
    assert json.loads(contents["histograms/dist/2.json"]) == {
        "counts": [1.0, 3.0],
        "edges": [0.0, 2.0, 4.0],
        "count": 4.0,
    }
    assert "PATH" not in json.dumps(first["context"])
    assert any(one.startswith("aim==") for one in first["context"]["environment"]["packages"])


def test_a_damaged_run_costs_no_other(repository: tuple[Path, list[str]], tmp_path: Path) -> None:
    import shutil

    folder, hashes = repository
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    for path in (copy / ".aim" / "meta" / "chunks" / hashes[1]).iterdir():
        if path.name.startswith("MANIFEST"):
            path.write_bytes(b"damaged")
    kept = {run["identity"]: run for run in _read(copy)["runs"]}
    assert kept[hashes[0]]["params"]["hparams.lr"] == 0.1
    assert kept[hashes[2]]["metrics"] == {"fold=1/x": [[0], ["1.0"]]}


def _pretend(folder: Path) -> Path:
    """The files that a repository is recognised by."""
    (folder / ".aim" / "meta" / "chunks" / "ab").mkdir(parents=True)
    (folder / ".aim" / "run_metadata.sqlite").write_bytes(b"")
    return folder


def test_finds_a_repository_without_the_package(tmp_path: Path) -> None:
    assert not SOURCE.finds(open_place(tmp_path))
    _pretend(tmp_path / "project")
    for place in (tmp_path, tmp_path / "project", tmp_path / "project" / ".aim"):
        assert SOURCE.finds(open_place(place))


def test_linked_repositories_are_not_followed(tmp_path: Path) -> None:
    _pretend(tmp_path / "project")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".aim").symlink_to(tmp_path / "project" / ".aim")
    assert not SOURCE.finds(open_place(tmp_path / "other"))


def test_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aim", None)
    with pytest.raises(MissingDependency, match=r"pip install 'runfolio\[aim\]'"):
        read_all(SOURCE, _pretend(tmp_path))


@pytest.mark.parametrize(
    ("name", "context", "key"),
    [
        ("loss", {}, "loss"),
        ("loss", {"subset": "train"}, "train/loss"),
        ("loss", {"fold": 1, "subset": "val"}, "val/fold=1/loss"),
        ("__system__cpu", {}, "system/cpu"),
        ("__system__gpu", {"gpu": 0}, "system/gpu=0/gpu"),
    ],
)
def test_names_of_series(name: str, context: dict[str, Any], key: str) -> None:
    assert name_series(name, context) == key
