"""A full disk: one clear error or warning, nothing lost, and logging goes on when there is room."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from runfolio.store.layout import list_run_folders

from .programs import counts_of, program_environment, read_soundly

pytestmark = pytest.mark.skipif(os.name != "posix", reason="limits and mounts as POSIX has them")

HEADER = """
import os, resource, signal, sys, warnings
from pathlib import Path
import runfolio
from runfolio.errors import StoreWriteFailed
from runfolio.store.edits import Edit, write_edit

store = Path(sys.argv[1]) / "runs"
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
SOFT, HARD = resource.getrlimit(resource.RLIMIT_FSIZE)
WAY = sys.argv[2]

def fill(size=0):
    "Leave no room: for files longer than `size` bytes, or for anything."
    if WAY == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, HARD))
        return
    with (store.parent / "filler").open("wb", buffering=0) as file:
        for piece in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"x" * piece) == piece:
                    pass
            except OSError:
                pass

def make_room():
    if WAY == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (SOFT, HARD))
    else:
        (store.parent / "filler").unlink()

def refused(act):
    try:
        act()
    except StoreWriteFailed as error:
        print(str(error).count("Couldn't write"), error)
        return
    raise SystemExit("nothing was refused")

def begin(**options):
    return runfolio.start_run(store=store, experiment="full", capture=False, **options)
"""

ADVICE = {"limit": "the file has reached its size limit", "tmpfs": "the disk is full"}


def _mounted(folder: Path, command: list[str]) -> list[str]:
    """The command, run where `folder` is a file system of 1 MiB; kept beside when it is over."""
    script = (
        'mount -t tmpfs -o size=1m none "$0" && "$@"; code=$?; cp -r "$0" "$0.kept"; exit $code'
    )
    return ["unshare", "--mount", "--map-root-user", "sh", "-c", script, str(folder), *command]


def _may_mount(folder: Path) -> bool:
    try:
        done = subprocess.run(_mounted(folder, ["true"]), capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture(params=["limit", "tmpfs"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """How a disk is made small: a limit on the size of files, or a small file system."""
    if request.param == "tmpfs":
        (tmp_path / "trial").mkdir()
        if not _may_mount(tmp_path / "trial"):
            pytest.skip("mounting a small file system is not permitted here")
    return str(request.param)


def _run(tmp_path: Path, way: str, code: str) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Run a program on a small disk; the store it left, and what it said."""
    folder = tmp_path / "disk"
    folder.mkdir()
    text = HEADER + textwrap.dedent(code)
    command = [sys.executable, "-W", "always", "-c", text, str(folder), way]
    done = subprocess.run(
        _mounted(folder, command) if way == "tmpfs" else command,
        env=program_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    left = Path(f"{folder}.kept") if way == "tmpfs" else folder
    return left / "runs", done


def _refusals(done: subprocess.CompletedProcess[str], way: str) -> int:
    """How many errors were printed, each one of them clear."""
    lines = done.stdout.splitlines()
    assert all(line.startswith("1 Couldn't write") and ADVICE[way] in line for line in lines)
    return len(lines)


def _only(rows: dict[str, list[Any]]) -> list[Any]:
    (values,) = rows.values()
    return values


def test_each_call_is_refused_clearly_and_all_go_on_when_there_is_room(
    tmp_path: Path, way: str
) -> None:
    code = """
    run = begin()
    run.log_metrics({"counter": 0})
    fill()
    for act in (
        lambda: [run.log_metrics({"counter": 1}) for _ in range(10_000)],
        lambda: run.log_params({"p": "x" * 9000}),
        lambda: run.set_tags({"t": "x" * 9000}),
        lambda: run.set_note("x" * 9000),
        lambda: run.log_text("x" * 9000, "deep/x.txt"),
        lambda: write_edit(store, Edit(1, "run", run.id, {"note": "x" * 9000})),
        run.finish,
        run.finish,
    ):
        refused(act)
    make_room()
    run.finish()
    write_edit(store, Edit(1, "run", run.id, {"tags": {"edited": "yes"}}))
    with begin(name="second") as second:
        second.log_text("x", "x.txt")
    """
    store, done = _run(tmp_path, way, code)
    assert _refusals(done, way) == 8
    tables = read_soundly(store)
    assert sorted(tables.runs["status"].to_pylist()) == ["FINISHED"] * 2
    values = _only(counts_of(tables))
    assert values == [0, *([1] * (len(values) - 1))]
    assert tables.artifacts["path"].to_pylist() == ["x.txt"]
    assert tables.params.num_rows == 0
    assert tables.tags["key"].to_pylist() == ["edited"]
    assert all(folder.is_sealed for folder in list_run_folders(store))
    assert [path for path in store.rglob("*") if path.name.endswith(".tmp")] == []


def test_a_loop_that_catches_the_error_loses_only_what_was_refused(
    tmp_path: Path, way: str
) -> None:
    code = """
    with begin() as run:
        for step in range(3000):
            if step == 1000:
                fill(os.path.getsize(next(run.folder.glob("journal/*"))) + 700)
            if step == 2000:
                make_room()
            try:
                run.log_metrics({"counter": step}, step=step)
            except StoreWriteFailed:
                run_out = step
            else:
                os.write(2, b"%d " % step)
    """
    store, done = _run(tmp_path, way, code)
    acknowledged = [int(word) for word in done.stderr.split()]
    assert _only(counts_of(read_soundly(store))) == acknowledged
    assert 2000 <= len(acknowledged) < 3000
    assert acknowledged[:1000] == list(range(1000))
    assert acknowledged[-1000:] == list(range(2000, 3000))
    assert read_soundly(store).runs["status"].to_pylist() == ["FINISHED"]


def test_a_tolerant_run_warns_once_until_something_can_be_written_again(
    tmp_path: Path, way: str
) -> None:
    code = """
    warnings.showwarning = lambda message, *rest, **more: print("warned:", message)
    run = begin(on_error="warn")
    for time in range(2):
        for step in range(200):
            run.log_metrics({"counter": time * 1000 + step})
        fill(os.path.getsize(next(run.folder.glob("journal/*"))) + 500)
        for step in range(200, 400):
            run.log_metrics({"counter": time * 1000 + step})
        run.log_metrics({f"m{n}": n for n in range(9000)})
        print("full")
        for number in range(3):
            run.log_text("x" * 900_000, f"{time}/{number}.txt")
        make_room()
        run.log_text("x", f"{time}/fits.txt")
        print("room")
    fill()
    run.finish()
    print(run.status)
    make_room()
    """
    store, done = _run(tmp_path, way, code)
    lines = done.stdout.splitlines()
    warned = [line for line in lines if line.startswith("warned: Couldn't write")]
    assert [line if line in ("full", "room", "FINISHED") else "warned" for line in lines] == [
        *["warned", "full", "warned", "room"] * 2,
        "warned",
        "FINISHED",
    ]
    assert all(ADVICE[way] in line for line in warned)
    assert ["The run goes on" in line for line in warned] == [True] * 4 + [False]
    assert "runfolio recover" in warned[-1]
    tables = read_soundly(store)
    values = _only(counts_of(tables))
    assert values == sorted(values)
    assert [*range(200), *range(1000, 1200)] == [value for value in values if value % 1000 < 200]
    assert tables.artifacts["path"].to_pylist() == ["0/fits.txt", "1/fits.txt"]
    # Its end fits into the rest of a page of the file system, or doesn't.
    assert set(tables.runs["status"].to_pylist()) <= {"KILLED", "FINISHED"}


def test_a_model_is_kept_whole_or_not_at_all(tmp_path: Path, way: str) -> None:
    code = """
    large = os.urandom(300_000)
    def model(data):
        return len(large)
    def list_kept():
        return [path.name for path in run.folder.rglob("*") if path.suffix in (".pkl", ".tmp")]
    for on_error in ("raise", "warn"):
        with begin(on_error=on_error) as run:
            run.log_text("x", "before.txt")
            fill(100_000)
            if on_error == "raise":
                refused(lambda: run.log_model(model))
            else:
                warnings.showwarning = lambda message, *rest, **more: print("warned:", message)
                assert run.log_model(model).digest == ""
            make_room()
            assert list_kept() == []
            logged = run.log_model(model)
            assert logged.size > 300_000
            assert list_kept() == ["function.pkl"]
    """
    store, done = _run(tmp_path, way, code)
    first, second = done.stdout.splitlines()
    assert first.startswith("1 Couldn't write")
    assert second.startswith("warned: Couldn't write")
    assert ADVICE[way] in first
    kinds = read_soundly(store).artifacts["kind"].to_pylist()
    assert kinds.count("model") == 12


def test_a_tolerant_loop_finishes_on_a_full_disk(tmp_path: Path, way: str) -> None:
    code = """
    with begin(on_error="warn") as run:
        for step in range(500):
            run.log_metrics({"counter": step})
        fill(os.path.getsize(next(run.folder.glob("journal/*"))) + 500)
        for step in range(500, 5000):
            run.log_metrics({"counter": step})
        make_room()
    """
    store, done = _run(tmp_path, way, code)
    assert done.stderr.count("Couldn't write") == 1
    values = _only(counts_of(read_soundly(store)))
    assert values == list(range(len(values)))
    assert 500 <= len(values) < 5000
    assert read_soundly(store).runs["status"].to_pylist() == ["FINISHED"]
    assert list_run_folders(store)[0].is_sealed


def test_a_run_that_cannot_start_leaves_nothing(tmp_path: Path, way: str) -> None:
    code = """
    with begin() as run:
        run.log_metrics({"counter": 1})
    before = sorted(path for path in store.rglob("*"))
    opened = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    fill()
    for _ in range(20):
        refused(lambda: begin(params={"p": "x" * 9000}))
    make_room()
    assert sorted(path for path in store.rglob("*")) == before
    assert not opened or len(os.listdir("/proc/self/fd")) == opened
    with begin() as run:
        run.log_metrics({"counter": 1})
    """
    store, done = _run(tmp_path, way, code)
    assert _refusals(done, way) == 20
    assert list(counts_of(read_soundly(store)).values()) == [[1], [1]]


def test_a_resumed_run_that_cannot_be_sealed_again_keeps_everything(
    tmp_path: Path, way: str
) -> None:
    code = """
    with begin() as run:
        run.log_metrics({"counter": 0})
    again = begin(run_id=run.id)
    again.log_metrics({"counter": 1})
    fill()
    refused(again.finish)
    make_room()
    """
    store, done = _run(tmp_path, way, code)
    assert _refusals(done, way) == 1
    assert _only(counts_of(read_soundly(store))) == [0, 1]
    (folder,) = list_run_folders(store)
    assert sum(path.suffix == ".parquet" for path in folder.tables.iterdir()) == 7
    assert not [path for path in folder.tables.iterdir() if path.name.startswith(".")]


def test_a_rank_whose_end_cannot_be_written_says_so_and_ends_later(tmp_path: Path) -> None:
    """Other ranks go on, so nothing is sealed that would tell its end."""
    code = """
    first = begin(run_id="0123456789abcdef", rank=0)
    first.log_metrics({"counter": 0})
    child = os.fork()
    if child == 0:
        second = begin(run_id="0123456789abcdef", rank=1)
        second.log_metrics({"counter": 1})
        os.write(2, b"ready")
        signal.pause()
    while len(list(first.folder.glob("journal/*"))) < 2:
        pass
    fill()
    refused(first.finish)
    make_room()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    first.finish()
    """
    store, done = _run(tmp_path, "limit", code)
    assert _refusals(done, "limit") == 1
    tables = read_soundly(store)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert _only(counts_of(tables))[0] == 0
    assert list_run_folders(store)[0].is_sealed
