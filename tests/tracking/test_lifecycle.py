"""How runs end, measured in real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runfolio.store import read_store

from .scripts import only_run, read_runs, run_script, script_command, script_environment

posix = pytest.mark.skipif(os.name != "posix", reason="signals and forks as POSIX has them")

BY_HAND = "run = runfolio.start_run(name='a')\nrun.log_metric('loss', 0.5)\n"
IN_BLOCK = "with runfolio.start_run(name='a') as run:\n    run.log_metric('loss', 0.5)\n    "


def _end(folder: Path, code: str) -> tuple[int, str]:
    done = run_script(folder, code)
    tables = read_store(folder / "runs")
    assert (tables.metrics["value"].to_pylist(), tables.damage) == ([0.5], ())
    assert [path.name for path in (folder / "runs" / "runs").glob("*/journal")] == []
    return done.returncode, only_run(tables)["status"]


@pytest.mark.parametrize(
    ("ending", "code", "status"),
    [
        ("pass", 0, "FINISHED"),
        ("raise ValueError('no')", 1, "FAILED"),
        ("sys.exit()", 0, "FINISHED"),
        ("sys.exit(0)", 0, "FINISHED"),
        ("sys.exit(3)", 3, "FAILED"),
        ("sys.exit('a message')", 1, "FAILED"),
        ("sys.exit(130)", 130, "KILLED"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KILLED"),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", -signal.SIGINT, "KILLED"),
        ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", -signal.SIGTERM, "KILLED"),
        ("run.finish('FAILED')", 0, "FAILED"),
        ("run.finish('KILLED'); raise ValueError", 1, "KILLED"),
        ("exit(3)", 3, "FAILED"),
        ("quit(0)", 0, "FINISHED"),
    ],
)
@pytest.mark.parametrize("start", [BY_HAND, IN_BLOCK])
@posix
def test_a_run_ends_as_its_process_ends(
    tmp_path: Path, start: str, ending: str, code: int, status: str
) -> None:
    assert _end(tmp_path, start + ending) == (code, status)


@pytest.mark.parametrize("ending", ["raise SystemExit(2)", "raise SystemExit('no')"])
def test_a_bare_exit_in_a_block_is_failed(tmp_path: Path, ending: str) -> None:
    assert _end(tmp_path, IN_BLOCK + ending)[1] == "FAILED"


@pytest.mark.parametrize("start", [BY_HAND, IN_BLOCK])
def test_a_failure_keeps_its_traceback(tmp_path: Path, start: str) -> None:
    done = run_script(tmp_path, start + "raise ValueError('näin \U0001f377')")
    tables = read_store(tmp_path / "runs")
    (artifact,) = tables.artifacts.to_pylist()
    assert (artifact["path"], artifact["kind"]) == ("traceback.txt", "text")
    path = tmp_path / "runs" / "runs" / artifact["run_id"] / "artifacts" / "traceback.txt"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("Traceback (most recent call last)")
    assert text.endswith("ValueError: näin \U0001f377\n")
    assert "Traceback" in done.stderr


@posix
def test_a_killed_process_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    code = """
    run = runfolio.start_run(name="a", params={"depth": 3})
    for step in range(10**9):
        run.log_metrics({"loss": step / 2, "rmse": -step}, step=step)
        os.write(1, b"%d\\n" % step)
    """
    command = script_command(tmp_path, code)
    with subprocess.Popen(
        command, cwd=tmp_path, env=script_environment(), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 500:
                break
        assert read_runs(tmp_path)["a"]["status"] == "RUNNING"
        process.kill()
        rest = process.stdout.read().split(b"\n")
    acknowledged = int(([line, *rest[:-1]])[-1])
    tables = read_store(tmp_path / "runs")
    assert only_run(tables)["status"] == "KILLED"
    assert tables.params["text"].to_pylist() == ["3"]
    losses = [row["value"] for row in tables.metrics.to_pylist() if row["key"] == "loss"]
    assert losses == [step / 2 for step in range(len(losses))]
    assert len(losses) in (acknowledged + 1, acknowledged + 2)


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_a_busy_loop_ends_the_run(tmp_path: Path, number: signal.Signals) -> None:
    code = """
    with runfolio.start_run(name="a") as run:
        for step in range(10**9):
            run.log_metrics({"loss": step}, step=step)
            if step == 500:
                os.write(1, b"ready")
    """
    with subprocess.Popen(
        script_command(tmp_path, code),
        cwd=tmp_path,
        env=script_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        process.send_signal(number)
    assert process.returncode == -number
    tables = read_store(tmp_path / "runs")
    assert (only_run(tables)["status"], tables.damage) == ("KILLED", ())
    values = tables.metrics["value"].to_pylist()
    assert values == list(range(len(values)))


@posix
def test_a_handler_of_the_users_own_is_left_alone(tmp_path: Path) -> None:
    code = """
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    run = runfolio.start_run(name="a")
    run.log_metric("loss", 0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(9)
    """
    assert _end(tmp_path, code) == (0, "FINISHED")


def test_all_active_runs_end(tmp_path: Path) -> None:
    code = """
    a = runfolio.start_run(name="a")
    b = runfolio.start_run(name="b", nested=True)
    c = runfolio.start_run(name="c", nested=True)
    raise ValueError
    """
    run_script(tmp_path, code)
    assert {row["status"] for row in read_runs(tmp_path).values()} == {"FAILED"}


def test_one_run_that_cannot_end_does_not_keep_the_others(tmp_path: Path) -> None:
    code = """
    import shutil
    a = runfolio.start_run(name="a")
    b = runfolio.start_run(name="b", nested=True)
    shutil.rmtree(b.folder)
    """
    done = run_script(tmp_path, code)
    assert {name: row["status"] for name, row in read_runs(tmp_path).items()} == {"a": "FINISHED"}
    assert "no readable journal" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_exit_of_another_thread_is_not_the_processs(tmp_path: Path) -> None:
    code = """
    run = runfolio.start_run(name="a")
    run.log_metric("loss", 0.5)
    thread = threading.Thread(target=lambda: sys.exit(3))
    thread.start()
    thread.join()
    """
    assert _end(tmp_path, code) == (0, "FINISHED")


def test_an_exception_at_a_prompt_is_not_the_end(tmp_path: Path) -> None:
    code = """
    import code
    sys.ps1 = ">>> "
    run = runfolio.start_run(name="a")
    run.log_metric("loss", 0.5)
    sys.excepthook(ValueError, ValueError("typed"), None)
    """
    assert _end(tmp_path, code) == (0, "FINISHED")


def test_another_excepthook_is_still_called(tmp_path: Path) -> None:
    code = """
    sys.excepthook = lambda kind, error, trace: print("mine", error)
    run = runfolio.start_run(name="a")
    raise ValueError("seen")
    """
    assert run_script(tmp_path, code).stdout == "mine seen\n"
    assert read_runs(tmp_path)["a"]["status"] == "FAILED"


def test_logging_while_the_interpreter_leaves_is_refused_quietly(tmp_path: Path) -> None:
    code = """
    import atexit
    def late():
        try:
            run.log_metric("loss", 1)
        except runfolio.RunfolioError as error:
            print(type(error).__name__)
    atexit.register(late)
    class Late:
        def __del__(self):
            late()
    run = runfolio.start_run(name="a")
    run.log_metric("loss", 0.5)
    keep = Late()
    """
    done = run_script(tmp_path, code)
    assert (done.stdout, done.stderr) == ("RunFinished\nRunFinished\n", "")
    assert read_runs(tmp_path)["a"]["status"] == "FINISHED"


FORK = """
    run = runfolio.start_run(name="a")
    run.log_metric("loss", 0.5)
    child = os.fork()
    if child == 0:
        seen = []
        for act in (
            lambda: run.log_metric("loss", 1),
            lambda: run.log_metric("loss", 1, step=5),
            lambda: run.log_params({"a": 1}),
            lambda: run.log_text("x", "x.txt"),
            lambda: run.finish(),
            lambda: runfolio.log_metric("loss", 1),
        ):
            try:
                act()
            except runfolio.RunfolioError as error:
                seen.append(type(error).__name__)
        print(*seen, flush=True)
        ENDING
    os.waitpid(child, 0)
    run.log_metric("loss", 0.25)
"""


@posix
@pytest.mark.parametrize("ending", ["os._exit(0)", "sys.exit(3)", "raise ValueError"])
def test_a_forked_child_neither_logs_to_nor_ends_its_parents_run(
    tmp_path: Path, ending: str
) -> None:
    done = run_script(tmp_path, FORK.replace("ENDING", ending))
    assert done.stdout == "RunFinished " * 5 + "NoActiveRun\n"
    tables = read_store(tmp_path / "runs")
    assert only_run(tables)["status"] == "FINISHED"
    assert tables.metrics["value"].to_pylist() == [0.5, 0.25]
    assert tables.artifacts.num_rows == 0


@posix
@pytest.mark.parametrize("ending", ["sys.exit(3)", "raise ValueError('child')", "pass"])
def test_a_forked_child_leaves_the_block_without_ending_the_run(
    tmp_path: Path, ending: str
) -> None:
    code = f"""
    with runfolio.start_run(name="a") as run:
        run.log_metric("loss", 0.5)
        child = os.fork()
        if child == 0:
            {ending}
        else:
            os.waitpid(child, 0)
            run.log_metric("loss", 0.25)
    """
    done = run_script(tmp_path, code)
    tables = read_store(tmp_path / "runs")
    assert only_run(tables)["status"] == "FINISHED"
    assert tables.metrics["value"].to_pylist() == [0.5, 0.25]
    assert "RunFinished" not in done.stderr


@posix
def test_a_forked_child_has_runs_of_its_own(tmp_path: Path) -> None:
    code = """
    run = runfolio.start_run(name="a")
    child = os.fork()
    if child == 0:
        with runfolio.start_run(name="b", parent=run.id) as own:
            own.log_metric("loss", 1)
        sys.exit(0)
    os.waitpid(child, 0)
    """
    run_script(tmp_path, code)
    runs = read_runs(tmp_path)
    assert {name: row["status"] for name, row in runs.items()} == {"a": "FINISHED", "b": "FINISHED"}
    assert runs["b"]["parent_id"] == runs["a"]["run_id"]


@posix
def test_a_child_forked_while_other_threads_log_does_not_hang(tmp_path: Path) -> None:
    code = """
    run = runfolio.start_run(name="a")
    stop = threading.Event()
    def log():
        while not stop.is_set():
            run.log_metric("loss", 0.5)
    threads = [threading.Thread(target=log) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        child = os.fork()
        if child == 0:
            try:
                run.log_metric("loss", 1.0)
            except runfolio.RunfolioError:
                os._exit(0)
            os._exit(9)
        assert os.waitpid(child, 0)[1] == 0
    stop.set()
    for thread in threads:
        thread.join()
    """
    done = run_script(tmp_path, code)
    assert (done.returncode, done.stderr) == (0, "")
    tables = read_store(tmp_path / "runs")
    assert set(tables.metrics["value"].to_pylist()) == {0.5}
    assert tables.damage == ()


WORKERS = """
    import multiprocessing

    def work(number, parent):
        run = runfolio.start_run(name=f"worker {number}", parent=parent)
        run.log_metric("loss", number)
        if number == 1:
            raise ValueError("worker 1")

    if __name__ == "__main__":
        with runfolio.start_run(name="a") as run:
            context = multiprocessing.get_context("METHOD")
            workers = [context.Process(target=work, args=[n, run.id]) for n in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            run.log_metric("loss", 9)
"""


@pytest.mark.parametrize("method", ["spawn", pytest.param("fork", marks=posix)])
def test_workers_log_runs_side_by_side(tmp_path: Path, method: str) -> None:
    done = run_script(tmp_path, WORKERS.replace("METHOD", method))
    assert done.returncode == 0, done.stderr
    runs = read_runs(tmp_path)
    assert {name: row["status"] for name, row in runs.items()} == {
        "a": "FINISHED",
        "worker 0": "FINISHED",
        "worker 1": "FAILED",
    }
    assert runs["worker 0"]["parent_id"] == runs["worker 1"]["parent_id"] == runs["a"]["run_id"]
    assert read_store(tmp_path / "runs").metrics.num_rows == 3


def test_two_processes_log_several_runs_side_by_side(tmp_path: Path) -> None:
    code = """
    for number in range(5):
        with runfolio.start_run(name=f"{sys.argv[1]} {number}") as run:
            for step in range(50):
                run.log_metrics({"a": step, "b": -step}, step=step)
    """
    command = script_command(tmp_path, code)
    processes = [
        subprocess.Popen([*command, name], cwd=tmp_path, env=script_environment()) for name in "xy"
    ]
    reads = 0
    while any(process.poll() is None for process in processes):
        if (tmp_path / "runs" / "runfolio.json").exists():
            assert read_store(tmp_path / "runs").damage == ()
            reads += 1
    assert [process.returncode for process in processes] == [0, 0]
    runs = read_runs(tmp_path)
    assert set(runs) == {f"{name} {number}" for name in "xy" for number in range(5)}
    assert {row["status"] for row in runs.values()} == {"FINISHED"}
    assert read_store(tmp_path / "runs").metrics.num_rows == 2 * 5 * 50 * 2


@posix
def test_a_full_disk_is_reported_and_earlier_points_stay(tmp_path: Path) -> None:
    code = """
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    failures = []
    try:
        with runfolio.start_run(name="a") as run:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
            for step in range(1000):
                try:
                    run.log_metrics({"loss": step}, step=step)
                except runfolio.RunfolioError as error:
                    failures.append(error)
                    raise
    except runfolio.RunfolioError as error:
        assert failures == [error], failures
        print(type(error).__name__, step)
        print(error)
    """
    done = run_script(tmp_path, code)
    kind, step = done.stdout.splitlines()[0].split()
    assert kind == "StoreWriteFailed"
    assert "the file has reached its size limit" in done.stdout
    tables = read_store(tmp_path / "runs")
    assert tables.metrics["value"].to_pylist() == list(range(int(step)))
    assert only_run(tables)["status"] == "FAILED"


@posix
def test_where_nothing_can_be_sealed_the_journal_stays(tmp_path: Path) -> None:
    code = """
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    run = runfolio.start_run(name="a")
    for step in range(10):
        run.log_metrics({"loss": step}, step=step)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, hard))
    try:
        run.finish()
    except runfolio.RunfolioError as error:
        print(type(error).__name__, run.status)
    if sys.argv[1:]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        run.finish()
        print(len(os.listdir(run.folder / "tables")))
    """
    command = script_command(tmp_path, code)
    for more, output in (
        ([], "StoreWriteFailed FINISHED\n"),
        (["again"], "StoreWriteFailed FINISHED\n8\n"),
    ):
        done = subprocess.run(
            [*command, *more],
            cwd=tmp_path,
            env=script_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == output
    tables = read_store(tmp_path / "runs")
    assert tables.runs["status"].to_pylist() == ["FINISHED"] * 2
    assert tables.metrics["value"].to_pylist() == [*range(10), *range(10)]


def test_the_module_is_light(tmp_path: Path) -> None:
    code = """
    heavy = "pandas pyarrow altair sklearn numpy jinja2 click rich matplotlib PIL psutil".split()
    print([name for name in heavy if name in sys.modules])
    run = runfolio.start_run(name="a")
    run.log_metrics({"loss": 1.0})
    print([name for name in heavy if name in sys.modules])
    """
    assert run_script(tmp_path, code).stdout == "[]\n[]\n"


@pytest.mark.parametrize("how", ["-c", "-"])
def test_a_run_without_a_script_is_logged(tmp_path: Path, how: str) -> None:
    code = "import runfolio\nwith runfolio.start_run(name='a'):\n    runfolio.log_metric('x', 1)\n"
    subprocess.run(
        [sys.executable, "-W", "error", *([how, code] if how == "-c" else [how])],
        cwd=tmp_path,
        env=script_environment(RUNFOLIO_CAPTURE="git,diff,code,environment,host"),
        input=code,
        text=True,
        check=True,
    )
    assert read_runs(tmp_path)["a"]["status"] == "FINISHED"
    assert read_runs(tmp_path)["a"]["experiment"]
