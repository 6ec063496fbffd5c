"""``mlruns`` folders with what goes wrong in them: all that is whole is read nevertheless."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.schema import Param
from runfolio.sources.mlflow.stores import SOURCE
from tests.sources.mlflow_writing import OTHER, RUN, START, write, write_experiment, write_run
from tests.sources.reads import Found, points_of, read_all


def reasons(found: Found, store: Path) -> dict[str, str]:
    return {one.path.removeprefix(f"{store}/"): one.reason for one in found.skipped}


def test_keys_may_have_slashes_blanks_and_any_letters(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path))
    for key in ("val/acc", "out of order", "ünï/é", "system/cpu"):
        write(run / "metrics" / key, f"{START} 1 0\n")
    found = read_all(SOURCE, tmp_path).run("a run")
    expected = ["loss", "out of order", "system/cpu", "val/acc", "ünï/é"]
    assert [series.key for series in found.metrics] == expected


def test_encoded_keys_are_decoded_unless_that_hides_another(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path))
    for key in ("batch%20size", "a%2Fb", "a/b", "100%"):
        write(run / "params" / key, key)
    found = read_all(SOURCE, tmp_path).run("a run")
    assert {key: param.text for key, param in found.params.items()} == {
        "batch size": "batch%20size",
        "a%2Fb": "a%2Fb",
        "a/b": "a/b",
        "100%": "100%",
        "lr": "0.1",
    }


@pytest.mark.parametrize(
    ("content", "param"),
    [
        (b"", Param("string", "", None)),
        (b"a\nb\r\n", Param("string", "a\nb\r\n", None)),
        ("日本".encode(), Param("string", "日本", None)),
        (b"\xff\0", Param("string", "\ufffd\0", None)),
        (b"32", Param("int", "32", 32.0)),
        (b"0.10", Param("float", "0.10", 0.1)),
        (b"True", Param("string", "True", None)),
    ],
)
def test_parameters_are_texts_or_numbers(tmp_path: Path, content: bytes, param: Param) -> None:
    write(write_run(write_experiment(tmp_path)) / "params" / "p", content)
    assert read_all(SOURCE, tmp_path).run("a run").params["p"] == param


def test_a_huge_parameter_is_skipped(tmp_path: Path) -> None:
    write(write_run(write_experiment(tmp_path)) / "params" / "p", b"x" * (1 << 20) + b"x")
    found = read_all(SOURCE, tmp_path)
    assert list(found.run("a run").params) == ["lr"]
    assert reasons(found, tmp_path) == {f"7/{RUN}/params/p": "it has more than 1,048,576 bytes"}


def test_a_run_with_wrong_lines_keeps_the_others(tmp_path: Path) -> None:
    text = f"{START} 0.5 0\n{START} 0.4 1.5\n{START} 0.25 2\n{START} 0."
    write_run(write_experiment(tmp_path), metrics=text)
    found = read_all(SOURCE, tmp_path)
    assert points_of(found.run("a run"), "loss") == [(0, 0.5), (2, 0.25)]
    assert reasons(found, tmp_path) == {
        f"7/{RUN}/metrics/loss": (
            "line 2 has the step '1.5', which is no whole number, and 1 more is wrong"
        )
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "it is missing"), ("", "it is empty"), ("a: [\n", "it is no YAML")],
)
def test_a_run_without_its_meta_file_keeps_its_values(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    run = write_run(write_experiment(tmp_path))
    write_run(tmp_path / "7", OTHER)
    write(run / "tags" / "mlflow.runName", "by tag")
    (run / "meta.yaml").unlink()
    if content is not None:
        write(run / "meta.yaml", content)
    found = read_all(SOURCE, tmp_path)
    assert [one.identity for one in found.runs] == [RUN, OTHER]
    assert points_of(found.run("by tag"), "loss") == [(0, 0.5), (1, 0.25)]
    [(path, said)] = reasons(found, tmp_path).items()
    assert path == f"7/{RUN}/meta.yaml"
    assert said.startswith(reason)
    assert said.endswith("so the run's times and status are not known")


def test_runs_of_an_experiment_without_a_meta_file_go_to_its_folders_name(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    write_run(experiment)
    write_run(experiment, OTHER)
    (experiment / "meta.yaml").unlink()
    found = read_all(SOURCE, tmp_path)
    assert [run.experiment for run in found.runs] == ["7", "7"]
    assert reasons(found, tmp_path) == {
        "7/meta.yaml": "it is missing, so the experiment's name may not be known"
    }


def test_folders_of_artifacts_and_traces_are_no_runs(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    run = write_run(experiment)
    inner = write_run(run / "artifacts" / "mlruns" / "0", OTHER)
    write(experiment / "traces" / OTHER / "tags" / "a", "b")
    write(tmp_path / "8" / OTHER / "artifacts" / "a.txt", "of a run in a database")
    found = read_all(SOURCE, tmp_path)
    assert [one.identity for one in found.runs] == [RUN]
    paths = {file.path for file in found.runs[0].files}
    assert (inner / "meta.yaml").relative_to(run / "artifacts").as_posix() in paths
    assert found.skipped == []


def write_model(experiment: Path, model: str, *, run: str = RUN, made: int = START) -> Path:
    folder = experiment / "models" / model
    write(
        folder / "meta.yaml",
        f"artifact_location: file:///x/{model}/artifacts\ncreation_timestamp: {made}\n"
        f"experiment_id: '7'\nmodel_id: {model}\nname: net\nsource_run_id: {run}\nstatus: 2\n",
    )
    write(folder / "artifacts" / "MLmodel", "flavors: {}\n")
    write(folder / "metrics" / "loss", f"{START} 0.5 0 {RUN}\n")
    return folder


def test_models_are_kept_with_the_run_that_made_them(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    write_run(experiment)
    write_model(experiment, "m-b", made=START)
    write_model(experiment, "m-a", made=START + 1)
    lost = write_model(experiment, "m-c", run=OTHER)
    version = "name: net\nrun_id: r\nversion: 1\ncurrent_stage: None\nsource: models:/m-b\n"
    write(tmp_path / "models" / "net" / "meta.yaml", "name: net\n")
    write(tmp_path / "models" / "net" / "version-1" / "meta.yaml", version)
    found = read_all(SOURCE, tmp_path)
    [run] = found.runs
    assert [file.path for file in run.files] == ["plots/a.txt", "net/MLmodel", "net-m-a/MLmodel"]
    assert points_of(run, "loss") == [(0, 0.5), (1, 0.25)]
    assert [one.name for one in found.experiments] == ["wine"]
    assert reasons(found, tmp_path) == {
        lost.relative_to(tmp_path).as_posix(): "the run that made this model is not here"
    }


def test_data_sets_are_inputs(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    run = write_run(experiment)
    source = '{"uri": "s3://bucket/wine.csv"}'
    text = "digest: 12ab\nname: red wine\nprofile: '{\"rows\": 3}'\nschema: null\n"
    write(experiment / "datasets" / "d1" / "meta.yaml", f"{text}source: '{source}'\n")
    told = "destination_id: r\nsource_type: DATASET\n"
    tags = "tags:\n  mlflow.data.context: training\n"
    write(run / "inputs" / "i1" / "meta.yaml", f"{told}source_id: d1\n{tags}")
    write(run / "inputs" / "i2" / "meta.yaml", f"{told}source_id: d2\n{tags}")
    found = read_all(SOURCE, tmp_path)
    [data] = found.run("a run").inputs
    assert (data.name, data.digest, data.context) == ("red wine", "12ab", "training")
    assert (data.source, data.schema, data.profile) == (
        "s3://bucket/wine.csv",
        None,
        {"rows": 3, "mlflow": {"source": '{"uri": "s3://bucket/wine.csv"}'}},
    )
    assert reasons(found, tmp_path) == {
        f"7/{RUN}/inputs/i2/meta.yaml": "the data set that it is about is not here"
    }


def test_a_store_cut_at_any_byte_of_any_small_file_is_read_but_for_that(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    write_run(experiment)
    whole = write_run(experiment, OTHER)
    files = [experiment / "meta.yaml", whole / "meta.yaml", whole / "metrics" / "loss"]
    for path in files:
        content = path.read_bytes()
        for end in range(len(content)):
            path.write_bytes(content[:end])
            found = read_all(SOURCE, tmp_path)
            assert [run.identity for run in found.runs] == [RUN, OTHER]
            assert points_of(found.runs[0], "loss") == [(0, 0.5), (1, 0.25)]
            assert found.runs[1].experiment in ("wine", "7")
            whole_lines = content[:end].endswith(b"\n")
            assert whole_lines or found.skipped or path.name == "loss"
        path.write_bytes(content)


def test_a_store_with_any_bit_flipped_is_read_but_for_that(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path)
    write_run(experiment)
    other = write_run(experiment, OTHER)
    for path in (other / "meta.yaml", other / "metrics" / "loss"):
        content = path.read_bytes()
        for place in range(len(content)):
            for bit in (0, 3, 5, 7):
                flipped = bytearray(content)
                flipped[place] ^= 1 << bit
                path.write_bytes(flipped)
                found = read_all(SOURCE, tmp_path)
                assert found.runs[0].identity == RUN
                assert points_of(found.runs[0], "loss") == [(0, 0.5), (1, 0.25)]
                assert len(found.runs) == 2
        path.write_bytes(content)
