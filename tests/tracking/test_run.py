from __future__ import annotations

import math
import pickle
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runfolio
from runfolio.errors import (
    InvalidName,
    InvalidValue,
    ParameterConflict,
    RunFinished,
    StoreDamaged,
    StoreTooNew,
    StoreWriteFailed,
)
from runfolio.store import journal, read_store
from runfolio.tracking import run as run_module

from .scripts import only_run, run_script

NAMES = [
    "a/b/c",
    'it\'s "quoted"',
    "emoji \U0001f377\U0001f468\u200d\U0001f469",
    "ユニコード",
    "rtl \u202e name",
    "../..",
    "a\nb",
    "<script>",
    "x" * 250,
]


@pytest.fixture
def run(store: Path) -> Any:
    with runfolio.start_run(experiment="wine", store=store, capture=False) as run:
        yield run


def _metrics(run: runfolio.Run) -> list[tuple[str, int, float]]:
    rows = read_store(run.folder.parents[1]).metrics.to_pylist()
    return [(row["key"], row["step"], row["value"]) for row in rows]


def _params(run: runfolio.Run) -> dict[str, tuple[str, str]]:
    rows = read_store(run.folder.parents[1]).params.to_pylist()
    return {row["key"]: (row["kind"], row["text"]) for row in rows}


def test_a_run_says_who_and_where_it_is(store: Path) -> None:
    with runfolio.start_run(experiment="wine", name="all features", store=store) as run:
        assert (run.experiment, run.name, run.status) == ("wine", "all features", "RUNNING")
        assert run.folder == store / "runs" / run.id
        assert run.url == f"file://{store}/runs/{run.id}"
        assert repr(run) == f"<Run 'all features' of 'wine', running, id {run.id}>"
    assert run.status == "FINISHED"
    row = only_run(read_store(store))
    assert (row["run_id"], row["experiment"], row["name"]) == (run.id, "wine", "all features")
    assert 0 <= row["duration"] < 60
    assert row["start_time"] <= row["end_time"]


def test_a_run_without_a_name_gets_one(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        assert run.name == f"run {run.id[:6]}"
        assert run.experiment


@pytest.mark.parametrize("name", NAMES)
def test_any_text_may_be_a_name(store: Path, name: str) -> None:
    with runfolio.start_run(
        experiment=name, name=name, tags={name: name}, params={name: name}, note=name, store=store
    ) as run:
        run.log_metric(name, 1)
        run.log_metrics({name: 2}, step=1)
        run.log_image(np.zeros((1, 1), np.uint8), key=name)
    tables = read_store(store)
    row = only_run(tables)
    assert (row["experiment"], row["name"], row["note"]) == (name, name, name)
    assert tables.params["key"].to_pylist() == tables.params["text"].to_pylist() == [name]
    assert tables.tags.to_pylist() == [{"run_id": run.id, "key": name, "value": name}]
    assert tables.metrics["key"].to_pylist() == [name, name]
    assert [path.name for path in store.parent.rglob("*.png")] == ["0.png"]


def test_what_start_run_was_told_is_logged(store: Path) -> None:
    with runfolio.start_run(
        store=store, tags={"label": "all"}, params={"depth": 3}, note="A *note*.", capture=False
    ):
        tables = read_store(store)
        assert only_run(tables)["note"] == "A *note*."
        assert tables.tags["value"].to_pylist() == ["all"]
        assert tables.params["number"].to_pylist() == [3.0]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"params": {"": 1}}, InvalidName, "A parameter name can't be empty"),
        ({"params": [1]}, InvalidValue, "Several parameters are logged as a dict"),
        ({"tags": {5: "x"}}, InvalidName, "A tag name must be text"),
        ({"tags": "x"}, InvalidValue, "Several tags are logged as a dict"),
        ({"experiment": ""}, InvalidName, "An experiment name can't be empty"),
        ({"name": ""}, InvalidName, "A run name can't be empty"),
        ({"name": 5}, InvalidName, "A run name must be text"),
        ({"name": "x" * 251}, InvalidName, "at most 250 characters"),
        ({"capture": ["gti"]}, InvalidValue, "Unknown capture 'gti'. Choose from git"),
        ({"parent": "x"}, InvalidValue, "A parent is a run or its id"),
        ({"parent": 5}, InvalidValue, "A parent is a run or its id"),
    ],
)
def test_a_run_that_cannot_start_leaves_nothing(
    store: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        runfolio.start_run(**{"store": store, "capture": False, **options})
    assert runfolio.active_run() is None
    assert not store.exists()


def test_a_run_that_cannot_start_leaves_an_earlier_store_alone(store: Path) -> None:
    runfolio.start_run(store=store, capture=False).finish()
    with pytest.raises(InvalidName):
        runfolio.start_run(store=store, capture=False, params={"": 1})
    assert len(list((store / "runs").iterdir())) == 1


def test_params_keep_their_types(run: runfolio.Run) -> None:
    run.log_params({"int": 3, "float": 0.5, "bool": True, "text": "3", "list": [1, "a"]})
    run.log_param("none", None)
    assert _params(run) == {
        "int": ("int", "3"),
        "float": ("float", "0.5"),
        "bool": ("bool", "true"),
        "text": ("string", "3"),
        "list": ("json", '[1, "a"]'),
        "none": ("json", "null"),
    }


def test_the_same_value_may_be_logged_again(run: runfolio.Run) -> None:
    run.log_params({"depth": 3, "nan": math.nan})
    run.log_params({"depth": 3.0, "nan": math.nan, "more": 1})
    assert set(_params(run)) == {"depth", "nan", "more"}
    assert _params(run)["depth"] == ("int", "3")


def test_a_conflict_logs_none_of_the_parameters(run: runfolio.Run) -> None:
    run.log_params({"depth": 3})
    with pytest.raises(
        ParameterConflict, match="'depth' of this run is '3' already and can't become '4'"
    ):
        run.log_params({"first": 1, "depth": 4, "last": 1})
    with pytest.raises(InvalidName):
        run.log_params({"first": 1, "": 4})
    assert set(_params(run)) == {"depth"}
    run.log_params({"first": 2})
    assert _params(run)["first"] == ("int", "2")


def test_metrics_keep_what_is_no_finite_number(run: runfolio.Run) -> None:
    for step, value in enumerate([math.nan, math.inf, -math.inf, -0.0, 5e-324]):
        run.log_metric("loss", value, step=step)
    assert repr([value for _, _, value in _metrics(run)]) == "[nan, inf, -inf, -0.0, 5e-324]"


def test_steps_may_repeat_and_be_negative(run: runfolio.Run) -> None:
    for step in (3, 3, -7, 0):
        run.log_metric("loss", step, step=step)
    assert _metrics(run) == [("loss", s, s) for s in (3, 3, -7, 0)]


def test_without_a_step_each_metric_takes_its_next(run: runfolio.Run) -> None:
    run.log_metric("a", 0)
    run.log_metrics({"a": 1, "b": 0, "c": 0})
    run.log_metrics({"b": 1}, step=9)
    run.log_metrics({"b": 2, "a": 2})
    run.log_metric("a", 3, step=-5)
    run.log_metric("a", 4)
    assert _metrics(run) == [
        *(("a", 0, 0), ("a", 1, 1), ("a", 2, 2), ("a", -5, 3), ("a", -4, 4)),
        *(("b", 0, 0), ("b", 9, 1), ("b", 10, 2)),
        ("c", 0, 0),
    ]


def test_the_step_after_the_last_one_is_refused(run: runfolio.Run) -> None:
    run.log_metric("a", 0, step=2**63 - 1)
    with pytest.raises(InvalidValue, match="A step must fit 64 bits"):
        run.log_metric("a", 1)
    run.log_metric("a", 2, step=0)
    assert [value for _, _, value in _metrics(run)] == [0, 2]


@pytest.mark.parametrize(
    "value", [np.float32(0.5), np.array(0.5), np.array([0.5]), np.float64(0.5)]
)
@pytest.mark.parametrize("step", [None, 0, np.int64(0)])
def test_scalars_of_numpy_are_numbers(run: runfolio.Run, value: Any, step: Any) -> None:
    run.log_metrics({"loss": value}, step=step)
    run.log_metrics({"loss": value}, step=step)
    assert [found for _, _, found in _metrics(run)] == [0.5, 0.5]


@pytest.mark.parametrize("value", ["1", None, [1], 1j, b"1", 10**400, np.array([1, 2])])
@pytest.mark.parametrize("step", [None, 5])
@pytest.mark.parametrize("known", [False, True])
def test_a_refused_metric_logs_nothing(
    run: runfolio.Run, value: Any, step: int | None, known: bool
) -> None:
    if known:
        run.log_metrics({"a": 1, "loss": 1}, step=step)
    before = _metrics(run)
    with pytest.raises(InvalidValue, match="The metric 'loss' must be a real number"):
        run.log_metrics({"a": 2, "loss": value}, step=step)
    assert _metrics(run) == before
    run.log_metrics({"a": 3, "loss": 3}, step=step)
    assert [s for _, s, _ in _metrics(run)[-1:]] == [5 if step else int(known)]


def test_a_refused_metric_among_uneven_steps_logs_nothing(run: runfolio.Run) -> None:
    run.log_metric("a", 1)
    with pytest.raises(InvalidValue, match="The metric 'b'"):
        run.log_metrics({"a": 2, "b": "x"})
    assert _metrics(run) == [("a", 0, 1)]


@pytest.mark.parametrize("step", [1.0, "1", 2**63])
@pytest.mark.parametrize("known", [False, True])
def test_a_refused_step_logs_nothing(run: runfolio.Run, step: Any, known: bool) -> None:
    if known:
        run.log_metric("loss", 0)
    with pytest.raises(InvalidValue, match="A step must"):
        run.log_metric("loss", 1, step=step)
    assert len(_metrics(run)) == known


def test_a_metric_may_have_a_time_of_its_own(run: runfolio.Run) -> None:
    run.log_metrics({"loss": 1}, step=0, time=12.5)
    (time,) = read_store(run.folder.parents[1]).metrics["time"].to_pylist()
    assert time.timestamp() == 12.5
    with pytest.raises(InvalidValue, match="A time is"):
        run.log_metrics({"loss": 1}, time=math.nan)


def test_several_metrics_come_as_a_dict(run: runfolio.Run) -> None:
    for wrong in (["loss"], "loss", 5, None):
        with pytest.raises(InvalidValue, match="Several metrics are logged as a dict"):
            run.log_metrics(wrong, step=1)  # type: ignore[arg-type]
    run.log_metrics({})
    assert _metrics(run) == []


def test_tags_and_the_note_take_their_last_value(run: runfolio.Run) -> None:
    run.set_tags({"a": "1", "b": 2})
    run.set_tag("a", "3 \udce9")
    run.set_note("first")
    run.set_note("second")
    tables = read_store(run.folder.parents[1])
    assert {row["key"]: row["value"] for row in tables.tags.to_pylist()} == {"a": "3 ?", "b": "2"}
    assert only_run(tables)["note"] == "second"


def test_a_value_too_long_to_read_back_is_refused(
    run: runfolio.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MAX_RECORD", 1000)
    with pytest.raises(InvalidValue, match="Keep it as an artifact"):
        run.set_note("x" * 2000)
    run.set_note("short")
    assert only_run(read_store(run.folder.parents[1]))["note"] == "short"


def test_threads_lose_nothing_and_share_the_steps(run: runfolio.Run) -> None:
    def log(number: int) -> None:
        for index in range(500):
            run.log_metrics({"shared": number})
            run.log_metrics({f"own {number}": index}, step=index)

    threads = [threading.Thread(target=log, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = _metrics(run)
    assert sorted(step for key, step, _ in found if key == "shared") == list(range(4000))
    for number in range(8):
        mine = [(s, value) for key, s, value in found if key == f"own {number}"]
        assert mine == [(index, index) for index in range(500)]


def test_threads_that_disagree_on_a_parameter_log_it_once(run: runfolio.Run) -> None:
    barrier, refused = threading.Barrier(8), []

    def log(number: int) -> None:
        barrier.wait()
        try:
            run.log_params({"depth": number})
        except ParameterConflict:
            refused.append(number)

    threads = [threading.Thread(target=log, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert int(_params(run)["depth"][1]) not in refused


VERBS = [
    lambda run: run.log_param("a", 1),
    lambda run: run.log_params({}),
    lambda run: run.log_metric("a", 1),
    lambda run: run.log_metrics({"a": 1}, step=1),
    lambda run: run.log_metrics({}),
    lambda run: run.set_tag("a", 1),
    lambda run: run.set_note("a"),
    lambda run: run.log_text("a", "a.txt"),
    lambda run: run.log_dict({}, "a.json"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_an_ended_run_refuses_and_stays_as_it_is(store: Path, verb: Any) -> None:
    with runfolio.start_run(store=store, capture=False, params={"a": 1}) as run:
        pass
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    with pytest.raises(RunFinished, match=r"has ended\. Start another one"):
        verb(run)
    assert {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_a_run_ends_as_it_is_told_and_once(store: Path, status: str) -> None:
    run = runfolio.start_run(store=store, capture=False)
    run.finish(status=status)
    run.finish("FAILED")
    assert (run.status, only_run(read_store(store))["status"]) == (status, status)


@pytest.mark.parametrize("status", ["RUNNING", "finished", "", None, 5])
def test_a_run_cannot_end_otherwise(run: runfolio.Run, status: Any) -> None:
    with pytest.raises(InvalidValue, match="Choose one of FINISHED, FAILED, KILLED"):
        run.finish(status)
    assert run.status == "RUNNING"


def test_several_threads_end_a_run_once(store: Path) -> None:
    run = runfolio.start_run(store=store, capture=False)
    failures: list[BaseException] = []

    def end() -> None:
        try:
            run.finish()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=end) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert runfolio.active_run() is None
    assert only_run(read_store(store))["status"] == "FINISHED"


def _break_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise StoreWriteFailed("Couldn't write 'tables': the disk is full; free some space.")

    monkeypatch.setattr(run_module, "seal_run", refuse)


def test_a_run_that_could_not_be_sealed_is_read_and_sealed_later(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runfolio.start_run(store=store, capture=False)
    run.log_metric("loss", 1)
    with monkeypatch.context() as patched:
        _break_sealing(patched)
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            run.finish()
    assert runfolio.active_run() is None
    for sealed in (False, True):
        assert (run.folder / "tables").exists() is sealed
        tables = read_store(store)
        assert (only_run(tables)["status"], tables.metrics.num_rows) == ("FINISHED", 1)
        run.finish()


def test_a_failure_to_end_never_hides_the_blocks_own(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_sealing(monkeypatch)
    with (
        pytest.raises(ZeroDivisionError) as caught,
        runfolio.start_run(store=store, capture=False),
    ):
        1 / 0  # noqa: B018
    assert caught.value.__notes__ == [
        "runfolio: Couldn't write 'tables': the disk is full; free some space."
    ]
    assert only_run(read_store(store))["status"] == "FAILED"


def test_a_failure_to_end_a_sound_block_is_raised(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break_sealing(monkeypatch)
    with (
        pytest.raises(StoreWriteFailed, match="the disk is full"),
        runfolio.start_run(store=store, capture=False),
    ):
        pass
    assert runfolio.active_run() is None


def test_a_run_whose_folder_is_gone_ends_with_an_error(store: Path) -> None:
    run = runfolio.start_run(store=store, capture=False)
    shutil.rmtree(run.folder)
    run.log_metric("loss", 1)
    with pytest.raises(StoreDamaged, match="no readable journal"):
        run.finish()
    assert runfolio.active_run() is None


def test_ctrl_c_while_a_run_ends_leaves_it_to_be_ended_again(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runfolio.start_run(store=store, capture=False)

    def interrupt(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(run_module, "seal_run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run.finish()
    run.finish()
    assert (run.folder / "tables" / "manifest.json").exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ValueError("no"), "FAILED"),
        (KeyboardInterrupt(), "KILLED"),
        (SystemExit(), "FINISHED"),
        (SystemExit(0), "FINISHED"),
        (SystemExit(2), "FAILED"),
        (SystemExit("no"), "FAILED"),
        (SystemExit(143), "KILLED"),
        (GeneratorExit(), "FINISHED"),
    ],
)
def test_a_block_ends_its_run_as_it_ends(store: Path, error: BaseException, status: str) -> None:
    with pytest.raises(type(error)), runfolio.start_run(store=store, capture=False):
        raise error
    tables = read_store(store)
    assert only_run(tables)["status"] == status
    assert tables.artifacts["path"].to_pylist() == ["traceback.txt"] * (status == "FAILED")


def test_a_run_cannot_be_sent_to_another_process(run: runfolio.Run) -> None:
    with pytest.raises(RunFinished, match=r"Send its id.*start_run\(parent=id\)"):
        pickle.dumps(run)


def test_a_newer_store_is_not_logged_to(store: Path) -> None:
    store.mkdir()
    (store / "runfolio.json").write_text('{"format": 2}')
    with pytest.raises(StoreTooNew):
        runfolio.start_run(store=store)


def test_a_file_is_not_logged_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreWriteFailed, match="a part of the path is a file"):
        runfolio.start_run(store=tmp_path / "file")


def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    code = """
    os.mkdir("locked", 0o555)
    start_run, RunfolioError = runfolio.start_run, runfolio.RunfolioError  # root's own files
    if os.getuid() == 0:
        os.setuid(65534)
    try:
        start_run(store="locked/runs")
    except RunfolioError as error:
        print(type(error).__name__, str(error).partition(": ")[2])
    """
    tmp_path.chmod(0o755)
    done = run_script(tmp_path, code, PYTHONDONTWRITEBYTECODE="1")
    assert done.stdout == ("StoreWriteFailed permission was denied; choose another place.\n"), (
        done.stderr
    )


_VALUES = st.one_of(
    st.integers(),
    st.booleans(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers() | st.text(max_size=5), max_size=4),
)
_KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=30)
@given(
    params=st.dictionaries(_KEYS, _VALUES, max_size=5),
    tags=st.dictionaries(_KEYS, st.text(max_size=10), max_size=3),
    metrics=st.lists(st.dictionaries(_KEYS, st.floats(), min_size=1, max_size=3), max_size=6),
)
def test_anything_logged_is_read_live_and_sealed(
    tmp_path_factory: pytest.TempPathFactory,
    params: dict[str, Any],
    tags: dict[str, str],
    metrics: list[dict[str, float]],
) -> None:
    store = tmp_path_factory.mktemp("store")
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_params(params)
        run.set_tags(tags)
        for values in metrics:
            run.log_metrics(values)
        live = read_store(store)
    sealed = read_store(store)
    assert (live.damage, sealed.damage) == ((), ())
    for name in ("params", "tags", "metrics", "artifacts", "inputs"):
        assert repr(getattr(live, name).to_pylist()) == repr(getattr(sealed, name).to_pylist())
    assert {row["key"] for row in sealed.params.to_pylist()} == set(params)
    assert len(sealed.metrics) == sum(map(len, metrics))
    for key in {key for values in metrics for key in values}:
        rows = [row for row in sealed.metrics.to_pylist() if row["key"] == key]
        expected = [values[key] for values in metrics if key in values]
        assert [row["step"] for row in rows] == list(range(len(expected)))
        assert repr([row["value"] for row in rows]) == repr(expected)
