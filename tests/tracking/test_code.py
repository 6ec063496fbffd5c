"""`log_code`: which files are kept, which never are, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import InvalidPath, InvalidValue
from runfolio.tracking import snapshot

from .scripts import run_script


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")


def kept(store: Path, *arguments: Any, **options: Any) -> tuple[list[str], dict[str, Any]]:
    """The files of a snapshot, and what the run's context says of it."""
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_code(*arguments, **options)
    found = runfolio.get_run(run.id, store=store)
    assert {one.kind for one in found.artifacts} == {"code"}
    paths = [one.path.removeprefix("code/snapshot/") for one in found.artifacts]
    return paths, dict(found.context["snapshot"])


def test_source_files_are_kept_with_their_paths(tmp_path: Path, store: Path) -> None:
    write(tmp_path, "train.py", "lib/läufe und mehr.py", "configs/a.yaml", "data.csv", "model.bin")
    paths, said = kept(store)
    assert paths == ["configs/a.yaml", "lib/läufe und mehr.py", "train.py"]
    assert said == {"path": "code/snapshot", "folder": ".", "files": 3}
    artifacts = next((store / "runs").iterdir()) / "artifacts"
    assert (artifacts / "code/snapshot/train.py").read_text() == "# train.py\n"


def test_what_is_no_source_is_never_kept(tmp_path: Path, store: Path) -> None:
    write(tmp_path, "train.py", ".env.py", ".git/hook.py", "__pycache__/a.py", "node_modules/b.py")
    write(tmp_path, "env/pyvenv.cfg", "env/lib/c.py", "cache/CACHEDIR.TAG", "cache/d.py")
    write(tmp_path, "site/runfolio-site.json", "site/e.json", "mlruns/f.yaml")
    write(tmp_path, "api_key.txt", "secrets.yaml", "passwords.json", "secrets.py")
    (tmp_path / "large.txt").write_bytes(b"x" * (snapshot.MAX_FILE_BYTES + 1))
    (tmp_path / "linked.py").symlink_to(tmp_path / "train.py")
    (tmp_path / "elsewhere").symlink_to(tmp_path / ".git", target_is_directory=True)
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text("x = 1", "other.py")
    assert kept(store)[0] == ["secrets.py", "train.py"]


def test_patterns_choose_names_paths_and_folders(tmp_path: Path, store: Path) -> None:
    write(tmp_path, "train.py", "notes.md", "tests/test_a.py", "lib/a.py", "lib/old/b.py")
    assert kept(store, include=["*.md", "lib/*.py"])[0] == ["lib/a.py", "lib/old/b.py", "notes.md"]
    assert kept(store, exclude=["tests", "lib/old"])[0] == ["lib/a.py", "train.py"]
    assert kept(store, include="*.md")[0] == ["notes.md"]


@pytest.mark.parametrize(
    ("folder", "paths", "inside"),
    [
        ("src", ["src/train.py"], "."),
        ("..", ["project/src/train.py"], "project"),
        ("../../elsewhere", ["b.py"], None),
    ],
)
def test_paths_fit_the_command_that_was_typed(
    tmp_path: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    paths: list[str],
    inside: str | None,
) -> None:
    write(tmp_path, "top/project/src/train.py", "elsewhere/b.py")
    monkeypatch.chdir(tmp_path / "top" / "project")
    found, said = kept(store, folder)
    assert (found, said["folder"]) == (paths, inside)


def test_the_script_is_told(tmp_path: Path) -> None:
    done = run_script(tmp_path, "with runfolio.start_run(name='a'): runfolio.log_code()")
    assert (done.returncode, done.stderr) == (0, "")
    found = runfolio.search_runs(store=tmp_path / "runs")
    run = runfolio.get_run(found["run_id"][0], store=tmp_path / "runs")
    assert run.context["snapshot"]["script"] == "train.py"
    assert json.loads(json.dumps(run.context)) == run.context


def test_too_much_is_refused_whole(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.py", "b.py", "c.py")
    monkeypatch.setattr(snapshot, "MAX_FILES", 2)
    with runfolio.start_run(store=store, capture=False) as run:
        with pytest.raises(InvalidValue, match=r"more than 2, or than 32 MiB\. Name a smaller"):
            run.log_code()
        with pytest.raises(InvalidPath, match="No folder at 'nowhere'"):
            runfolio.log_code("nowhere")
        with pytest.raises(InvalidPath, match=r"No source files in '\.'"):
            run.log_code(include=["*.jl"])
    assert runfolio.get_run(run.id, store=store).artifacts == ()
