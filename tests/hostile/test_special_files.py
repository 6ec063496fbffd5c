"""Pipes, sockets, devices and folders in the place of files: said, and never waited for."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

import runfolio
from runfolio.cli.report import main as report_command
from runfolio.store.files import open_plain
from runfolio.store.layout import RunFolder
from tests.hostile import commands, native
from tests.sources import mlflow_writing
from tests.sources.test_mlflow_sqlite import make_database

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")

WAIT = 180
"""Seconds after which commands that wait for a pipe are ended, and the tests fail."""

DO_ALL = """
import json, resource, sys
from pathlib import Path
from tests.hostile import commands
from tests.hostile.test_special_files import do_all

resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, resource.RLIM_INFINITY))  # /dev/zero has no end
for line in sys.stdin:
    print(json.dumps(do_all(Path(line.strip()))), flush=True)
"""


def do_all(ground: Path) -> str:
    """What all commands say of the store in a folder, to which a site is built."""
    store, work = ground / "store", ground / "work"
    work.mkdir()
    kept = ("--store", store)
    upkeep = (["ls"], ["verify"], ["du"], ["pack"], ["recover"], ["gc", "--older-than", "0s"])
    results = [
        commands.build(store, work / "site"),
        *(commands.run(*words, *kept) for words in upkeep),
        commands.run("secrets", store),
        commands.run("export", "mlflow", work / "mlflow", *kept),
        commands.call(report_command, store, "--archive", work / "a.zip"),
    ]
    if (store / "7").is_dir():  # of another tool
        results.append(commands.run("import", store, "--store", work / "kept"))
    return "".join(one.output for one in results)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    """Bound by a short name: addresses of sockets have few letters."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def _folder(path: Path) -> None:
    path.mkdir()


def _zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": _pipe,
    "socket": _socket,
    "folder": _folder,
    "zero": _zero,
}


def _put(made: Callable[[Path], None], path: Path) -> None:
    """Put something in the place of a file or folder."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    made(path)


def _everywhere(store: Path, made: Callable[[Path], None]) -> None:
    """A run for each place where a file may be something else."""
    places: list[Callable[[RunFolder], Path]] = [
        lambda folder: folder.artifacts / native.KEPT,
        lambda folder: folder.manifest,
        lambda folder: folder.tables / "params.parquet",
        lambda folder: folder.tables,
        lambda folder: folder.artifacts,
    ]
    for number, place in enumerate(places):
        _put(made, place(native.make_run(store, name=f"run {number}")))
    live = native.log_artifacts(store, ["a.txt"])
    _put(made, live.artifacts / "a.txt")
    _put(made, next(live.journals.glob("*.journal")))
    parts = native.log_artifacts(store, ["a.txt"])
    journal = next(parts.journals.glob("*.journal"))
    journal.rename(journal.with_name(f"{journal.name}.000001"))
    _put(made, journal)
    _put(made, store / "runs" / ".0123456789abcdef.00.tmp" / "journal" / "x.journal")
    _put(made, store / "edits" / f"{1:016d}-aaaaaaaa.json")
    native.make_run(store, name="the good one")


def _of_a_pipe(store: Path, part: str) -> None:
    """A store of which one part is a pipe."""
    native.make_run(store)
    _put(_pipe, store / part)


def _packed(store: Path) -> None:
    native.make_run(store)
    runfolio.pack(store=store)
    (pack,) = (store / "packs").iterdir()
    for name in ("metrics.parquet", "run.parquet"):
        _put(_pipe, pack / "tables" / name)


_OTHERS = (
    *("meta.yaml", "mlflow.db", "run.json", "config.json", "metrics.json", "trainer_state.json"),
    *("results.csv", "args.yaml", "events.out.tfevents.1.h", "hparams.yaml", "metrics.csv"),
    *("wandb-summary.json", "run-a.wandb", "config.yaml", "optuna.log", "dvclive.yaml", "a.db"),
    *("a.parquet", "a.csv", "history.json", "all_results.json", "README.md", "packed-refs"),
    *("real.db-wal", "real.db-journal", "real.db-shm"),
)
"""Names that some reader looks for."""


def _of_others(store: Path) -> None:
    """A run of MLflow's in a folder and one in a database, and a pipe of each name beside them."""
    folder = mlflow_writing.write_run(mlflow_writing.write_experiment(store))
    make_database(store / "real.db")
    for place in (store, store / "7", folder, folder / "artifacts", folder / "params"):
        for name in _OTHERS:
            if not (place / name).exists():
                os.mkfifo(place / name)


PARTS = ("runfolio.json", "runs", "packs", "edits")
STORES: dict[str, Callable[[Path], None]] = {
    **{kind: partial(_everywhere, made=made) for kind, made in KINDS.items()},
    **{part: partial(_of_a_pipe, part=part) for part in PARTS},
    "packed": _packed,
    "others": _of_others,
}


class Ground(NamedTuple):
    """What was said of a store, and the site that was made of it, if one was."""

    said: str
    site: Path


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ground]:
    """What all commands say of each store, in one process that is ended if it waits.

    Of a store that it waited for, and of those after it, nothing is said.
    """
    folders = {name: tmp_path_factory.mktemp(f"odd-{name}") for name in STORES}
    for name, folder in folders.items():
        STORES[name](folder / "store")
    try:
        done = subprocess.run(
            [sys.executable, "-c", DO_ALL],
            input="".join(f"{folder}\n" for folder in folders.values()),
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            text=True,
            timeout=WAIT,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as error:
        done = (error.stdout or b"").decode()
    told = [json.loads(line) for line in done.splitlines()]
    return {
        name: Ground(said, folder / "work" / "site")
        for (name, folder), said in zip(folders.items(), told, strict=False)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_no_command_waits_for_what_is_no_file(kind: str, grounds: dict[str, Ground]) -> None:
    assert "damaged" in grounds[kind].said
    pages = (grounds[kind].site / "runs").glob("*.html")
    assert any("the good one" in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize("part", PARTS)
def test_a_store_of_what_is_no_store(part: str, grounds: dict[str, Ground]) -> None:
    assert "Error: " in grounds[part].said or "damaged" in grounds[part].said


def test_a_pack_of_pipes(grounds: dict[str, Ground]) -> None:
    assert "damaged" in grounds["packed"].said


def test_no_reader_of_other_tools_waits_for_a_pipe(grounds: dict[str, Ground]) -> None:
    assert "2 runs of MLflow, " in grounds["others"].said
    assert "MLflow: 3 new runs" in grounds["others"].said


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "zero"])
def test_only_files_are_opened(kind: str, tmp_path: Path) -> None:
    KINDS[kind](tmp_path / "odd")
    for within in (None, tmp_path):
        with pytest.raises(OSError, match=r"no regular file|is a link"):
            open_plain(tmp_path / "odd", within=within)
