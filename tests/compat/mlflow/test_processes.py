"""Several processes that log to one run, and processes that end in other ways."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import runfolio

PREPARE = """
import os, sys, time
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import mlflow
mlflow.set_tracking_uri("runfolio://" + sys.argv[1])
client = mlflow.MlflowClient()
"""


def begin(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PREPARE + code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=120)
    return output


LOG_MANY = """
for step in range(200):
    client.log_metric(sys.argv[2], "loss." + sys.argv[3], step / 2, step=step)
client.log_param(sys.argv[2], "p" + sys.argv[3], sys.argv[3])
client.set_tag(sys.argv[2], "last", sys.argv[3])
client.log_text(sys.argv[2], "hi", sys.argv[3] + ".txt")
"""


def test_processes_log_to_one_run_and_lose_nothing(client: Any, store: Path) -> None:
    run_id = client.create_run("0").info.run_id
    client.set_tag(run_id, "last", "owner")
    others = [begin(LOG_MANY, store, run_id, name) for name in "ab"]
    for step in range(200):
        client.log_metric(run_id, "loss.own", step, step=step)
    for other in others:
        finish(other)
        assert other.returncode == 0
    assert client.get_run(run_id).info.status == "RUNNING"
    client.set_terminated(run_id)
    read = client.get_run(run_id)
    assert read.info.status == "FINISHED"
    for key in ("loss.own", "loss.a", "loss.b"):
        assert len(client.get_metric_history(run_id, key)) == 200, key
    assert read.data.params == {"pa": "a", "pb": "b"}
    assert read.data.tags["last"] in ("a", "b")
    assert [one.path for one in client.list_artifacts(run_id)] == ["a.txt", "b.txt"]
    assert runfolio.verify(store=store).problems == ()


def test_a_parameter_of_another_process_can_not_change(client: Any, store: Path) -> None:
    run_id = client.create_run("0").info.run_id
    client.log_param(run_id, "n", 1)
    code = """
try:
    client.log_param(sys.argv[2], "n", 2)
except mlflow.MlflowException as error:
    print(error.error_code)
"""
    assert finish(begin(code, store, run_id)) == "INVALID_PARAMETER_VALUE\n"
    assert client.get_run(run_id).data.params == {"n": "1"}


def test_a_child_process_can_end_a_run_that_its_parent_made(store: Path, client: Any) -> None:
    code = """
import subprocess
run_id = client.create_run("0").info.run_id
again = f"import sys; sys.argv = {sys.argv!r}\\n" + os.environ["PREPARE"]
subprocess.run([sys.executable, "-c", again + f'''
with mlflow.start_run(run_id={run_id!r}):
    mlflow.log_metric("loss", 1)
'''], check=True)
print(run_id)
"""
    os.environ["PREPARE"] = PREPARE
    try:
        run_id = finish(begin(code, store)).split()[-1]
    finally:
        del os.environ["PREPARE"]
    read = client.get_run(run_id)
    assert (read.info.status, read.data.metrics) == ("FINISHED", {"loss": 1.0})


def test_a_run_that_is_active_at_exit_is_finished(store: Path, client: Any) -> None:
    run_id = finish(begin("print(mlflow.start_run().info.run_id)", store)).split()[-1]
    assert client.get_run(run_id).info.status == "FINISHED"


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_killed_process_loses_nothing(store: Path, client: Any) -> None:
    code = """
with mlflow.start_run() as run:
    mlflow.log_metric("loss", 0.5, step=3)
    print(run.info.run_id, flush=True)
    time.sleep(60)
"""
    process = begin(code, store)
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    process.send_signal(signal.SIGKILL)
    finish(process)
    read = client.get_run(run_id)
    assert (read.info.status, read.data.metrics) == ("KILLED", {"loss": 0.5})
    client.log_metric(run_id, "loss", 0.4, step=4)
    assert client.get_run(run_id).info.status == "RUNNING"
    client.set_terminated(run_id)
    assert client.get_run(run_id).data.metrics == {"loss": 0.4}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_logs_beside_its_parent(store: Path, client: Any) -> None:
    code = """
with mlflow.start_run() as run:
    mlflow.log_metric("parent", 1)
    if os.fork() == 0:
        client.log_metric(run.info.run_id, "child", 2)
        os._exit(0)
    os.wait()
    mlflow.log_metric("parent", 3, step=1)
print(run.info.run_id)
"""
    run_id = finish(begin(code, store)).split()[-1]
    read = client.get_run(run_id)
    assert (read.info.status, read.data.metrics) == ("FINISHED", {"parent": 3.0, "child": 2.0})


def test_a_traced_function_runs_and_says_why_its_trace_is_lost(store: Path) -> None:
    code = "print(mlflow.trace(lambda: 3)()); mlflow.flush_trace_async_logging()"
    command = [sys.executable, "-c", PREPARE + code, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"
    assert "to MLflow backend: A Runfolio store keeps no traces. Turn them off" in done.stderr


def test_a_run_that_was_killed_stays_so_when_another_process_logs(client: Any, store: Path) -> None:
    run_id = client.create_run("0", start_time=10**11).info.run_id
    client.set_terminated(run_id, "KILLED", end_time=10**12)
    finish(begin("client.log_metric(sys.argv[2], 'late', 1)", store, run_id))
    read = client.get_run(run_id)
    assert (read.info.status, read.info.end_time) == ("KILLED", 10**12)
    assert read.data.metrics == {"late": 1.0}
