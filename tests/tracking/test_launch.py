"""Programs that were launched: where they log, and which of their runs is the one meant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import InvalidValue, ParameterConflict
from runfolio.query.record import RunRead, get_run
from runfolio.tracking.launch import VARIABLE, Launch, read_launch

RUN_ID = "0123456789abcdef"


@pytest.fixture
def launch(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Launches this process, as if another program had started it."""

    def start(**options: Any) -> Launch:
        claim = str(tmp_path / "claim") if "run_id" in options else None
        made = Launch(str(store), claim=claim, **options)
        made.put_claim()
        for name, value in made.variables().items():
            monkeypatch.setenv(name, value)
        return made

    return start


def log(**options: Any) -> str:
    with runfolio.start_run(capture=False, **options) as run:
        pass
    return run.id


def read(store: Path, run_id: str = RUN_ID) -> RunRead:
    return get_run(run_id, store=store)


def test_a_launch_survives_its_variable(launch: Any) -> None:
    made = launch(
        run_id=RUN_ID, params={"alpha": 0.1, "n": 3, "t": "x", "b": True}, tags={"a": "b"}
    )
    read = read_launch()
    assert read is not None
    assert json.loads(read.variables()[VARIABLE]) == json.loads(made.variables()[VARIABLE])
    assert read.params == made.params


def test_nobody_launched_this(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_launch() is None
    monkeypatch.setenv(VARIABLE, '{"shop": 1}')
    with pytest.raises(InvalidValue, match=r"\$RUNFOLIO_LAUNCH is .* Unset it"):
        read_launch()


def test_all_runs_go_to_the_launchs_store(launch: Any, store: Path, tmp_path: Path) -> None:
    launch()
    found = {log(experiment="a", store=tmp_path / "elsewhere"), log(experiment="a")}
    assert {path.name for path in (store / "runs").iterdir()} == found
    assert not (tmp_path / "elsewhere").exists()


def test_they_are_found_by_the_name_that_the_program_has_for_its_store(
    launch: Any, store: Path, tmp_path: Path
) -> None:
    launch()
    named = tmp_path / "elsewhere"
    with runfolio.start_run(experiment="a", store=named, capture=False) as run:
        run.log_model(len)
    version = runfolio.register_model(run.id, "length", aliases=["champion"], store=named)
    assert runfolio.get_model("length", store=named).aliases["champion"] == version
    assert runfolio.get_model("length", store=store).aliases["champion"] == version
    assert len(runfolio.search_runs(store=named)) == 1
    assert not named.exists()


def test_the_first_run_is_the_one_that_is_meant(launch: Any, store: Path) -> None:
    launch(
        run_id=RUN_ID,
        experiment="project",
        name="trial",
        parent="f" * 16,
        params={"alpha": 0.5},
        tags={"label": "given", "by": "launch"},
        context={"project": {"entry_point": "main"}},
    )
    assert log(tags={"label": "program"}) == RUN_ID
    second = log()
    run = read(store)
    assert (run.experiment, run.name, run.parent_id) == ("project", "trial", "f" * 16)
    assert run.params == {"alpha": 0.5}
    assert run.tags == {"label": "program", "by": "launch"}
    assert run.context["project"] == {"entry_point": "main"}
    other = read(store, second)
    assert (other.params, other.tags, other.parent_id) == ({}, {}, None)
    assert "project" not in other.context


def test_what_is_captured_counts_before_what_was_given(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID, context={"command": ["given"], "project": {}})
    with runfolio.start_run(capture=["code"]):
        pass
    assert read(store).context["command"] != ["given"]
    assert read(store).context["project"] == {}


@pytest.mark.parametrize(
    ("insist", "experiment", "name"),
    [((), "program", "own"), (("name",), "program", "told"), (("experiment", "name"), "x", "told")],
)
def test_the_programs_word_counts_unless_somebody_insists(
    launch: Any, store: Path, insist: tuple[str, ...], experiment: str, name: str
) -> None:
    launch(run_id=RUN_ID, experiment="x", name="told", insist=insist)
    log(experiment="program", name="own")
    assert (read(store).experiment, read(store).name) == (experiment, name)


def test_a_parameter_is_what_the_program_says(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID, params={"alpha": 0.5, "depth": 3, "left": "as given"})
    with runfolio.start_run(capture=False, params={"alpha": "1/2"}) as run:
        run.log_param("depth", 3.0)
        run.log_param("depth", 3)
        with pytest.raises(ParameterConflict, match="'alpha' of this run is '1/2' already"):
            run.log_param("alpha", 0.5)
    assert read(store).params == {"alpha": "1/2", "depth": 3, "left": "as given"}


def test_only_one_process_takes_the_run(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID)
    code = "import runfolio\nwith runfolio.start_run(capture=False) as run: print(run.id)"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ids = [one.communicate()[0].strip() for one in started]
    assert sorted(ids).count(RUN_ID) == 1
    assert len(set(ids)) == 4
    assert {path.name for path in (store / "runs").iterdir()} == set(ids)


def test_each_process_has_a_first_run_where_no_id_was_given(launch: Any, store: Path) -> None:
    launch(params={"alpha": 1})
    code = "import runfolio\nfor _ in range(2): runfolio.start_run(capture=False).finish()"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], check=True)
    found = [read(store, path.name).params for path in (store / "runs").iterdir()]
    assert sorted(map(str, found)) == ["{'alpha': 1}", "{'alpha': 1}", "{}", "{}"]


def test_a_decorator_takes_the_launch_when_the_function_is_called(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID, params={"alpha": 1})

    @runfolio.start_run(capture=False)
    def train() -> str:
        run = runfolio.active_run()
        assert run is not None
        return run.id

    assert not store.exists() or not list((store / "runs").glob("[0-9a-f]*"))
    assert train() == RUN_ID
    assert train() != RUN_ID
    assert read(store).params == {"alpha": 1}


def test_a_run_that_is_resumed_is_not_the_one_that_is_meant(launch: Any, store: Path) -> None:
    before = launch(run_id=RUN_ID)
    first = log(name="first")
    assert first == RUN_ID
    earlier = log(name="earlier")
    launch(run_id="f" * 16)
    with runfolio.start_run(run_id=earlier, capture=False):
        pass
    assert log() == "f" * 16
    assert read(store, earlier).params == {}
    assert before.store == str(store)


def test_ranks_log_to_the_run_that_is_meant(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID, params={"alpha": 1}, experiment="ranks")
    code = (
        "import runfolio, sys\n"
        "with runfolio.start_run(run_id='a' * 16, rank=int(sys.argv[1]), capture=False) as run:\n"
        "    run.log_metric('m', 1)\n    print(run.id)"
    )
    for rank in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code, rank], check=True, stdout=subprocess.PIPE, text=True
        )
        assert done.stdout.strip() == RUN_ID
    run = read(store)
    assert (run.experiment, run.params) == ("ranks", {"alpha": 1})
    assert len(run.metric_history("m")) == 2


def test_a_child_belongs_to_the_run_that_is_meant(launch: Any, store: Path) -> None:
    launch(run_id=RUN_ID, parent="f" * 16)
    with (
        runfolio.start_run(capture=False) as outer,
        runfolio.start_run(nested=True, capture=False) as inner,
    ):
        assert outer.id == RUN_ID
    assert read(store, inner.id).parent_id == RUN_ID
    assert read(store).parent_id == "f" * 16


def test_code_that_logs_with_mlflow_logs_to_the_run_that_is_meant(
    launch: Any, store: Path, tmp_path: Path
) -> None:
    pytest.importorskip("mlflow", reason="mlflow-skinny is not installed")
    launch(run_id=RUN_ID, params={"alpha": 5.0, "left": 1}, context={"command": ["python", "x.py"]})
    code = (
        "import mlflow\n"
        f"mlflow.set_tracking_uri('runfolio://{tmp_path}/elsewhere')\n"
        "with mlflow.start_run():\n"
        "    mlflow.log_param('alpha', '5'); mlflow.log_metric('loss', 0.5)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)
    run = read(store)
    assert run.params == {"alpha": 5, "left": 1}
    assert run.metrics == {"loss": 0.5}
    assert run.context["command"] == ["python", "x.py"]
    assert not (tmp_path / "elsewhere").exists()
