"""Reading CSV, TSV and JSONL tables of any tool."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import TableUnreadable
from runfolio.schema import read_param
from runfolio.sources.columns import as_number
from runfolio.sources.kinds import load_source
from runfolio.sources.place import Place
from runfolio.sources.reading import TableColumns
from runfolio.sources.records import ForeignRun
from runfolio.sources.tables.layout import as_time
from runfolio.sources.tables.source import SOURCE
from tests.samples import sample
from tests.sources.reads import Found, points_of, read_all


def read_text(
    content: str | bytes, name: str = "table.csv", columns: TableColumns | None = None
) -> Found:
    """What is read of a table with this content."""
    file = Path(name)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_all(SOURCE, file, columns=columns)


def read_or_refuse(file: Path) -> list[ForeignRun]:
    """The runs of a table, none where it is said to be none."""
    with contextlib.suppress(TableUnreadable):
        return read_all(SOURCE, file).runs
    return []


def read_one(content: str, name: str = "table.csv", columns: TableColumns | None = None) -> Any:
    """The one run of a table of which nothing is skipped."""
    found = read_text(content, name, columns)
    assert not found.skipped
    [run] = found.runs
    return run


STEPS = "step,loss,acc\n0,1.5,0.25\n10,0.5,\n20,0.25,0.75\n"


def put_beside(table: str, name: str, cell: str, separator: str = ",") -> str:
    """A table with one more column, the first, whose cells are all the same."""
    header, *rows = table.splitlines()
    return "\n".join([name + separator + header, *(cell + separator + row for row in rows)])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", STEPS),
        ("a.CSV", STEPS.replace(",", ";")),
        ("a.csv", STEPS.replace(",", "\t")),
        ("a.csv", "\ufeff" + STEPS.replace("\n", "\r\n")),
        ("a.csv", STEPS.replace("\n", ",\n")[:-2].replace("acc,", "acc")),
        ("a.csv", STEPS.removesuffix("\n")),
        ("a.csv", STEPS + "\n\n"),
        ("a.csv", STEPS.replace("loss", '"loss"').replace("1.5", '"1.5"')),
        ("a.tsv", STEPS.replace(",", "\t")),
        ("a.csv", STEPS + "step,loss,acc\n"),
        ("a.csv", put_beside(STEPS, '"say ""a;b;c;d;e"" | f"', '"x;y"')),
        ("a.csv", put_beside(STEPS.replace(",", ";"), '"a,b,c,d"', '"x,y"', ";")),
        ("a.csv", put_beside(STEPS.replace(",", ";"), '5" disk', "1", ";")),
        (
            "a.jsonl",
            (
                '{"step": 0, "loss": 1.5, "acc": 0.25}\n{"step": 10, "loss": 0.5, "acc": null}\n'
                '\n{"step": 20, "loss": 0.25, "acc": 0.75}'
            ),
        ),
    ],
)
def test_one_row_for_each_step(name: str, content: str) -> None:
    run = read_one(content, name)
    assert run.name == "a"
    assert points_of(run, "loss") == [(0, 1.5), (10, 0.5), (20, 0.25)]
    assert points_of(run, "acc") == [(0, 0.25), (20, 0.75)]
    assert not run.timed


def test_a_table_in_utf_16() -> None:
    [run] = read_text(STEPS.encode("utf-16")).runs
    assert points_of(run, "acc") == [(0, 0.25), (20, 0.75)]


@pytest.mark.parametrize("step", ["epoch", "Epoch", "iteration", "global_step", "_step"])
def test_names_of_steps(step: str) -> None:
    assert points_of(read_one(f"loss,{step}\n3,4\n2,5\n"), "loss") == [(4, 3.0), (5, 2.0)]


def test_a_first_column_that_counts_is_the_step() -> None:
    run = read_one(",loss\n0,3.0\n1,2.0\n2,1.5\n")
    assert points_of(run, "loss") == [(0, 3.0), (1, 2.0), (2, 1.5)]
    assert [series.key for series in run.metrics] == ["loss"]


@pytest.mark.parametrize(
    "content",
    [
        "batch_size,loss\n16,1\n32,2\n64,3\n",
        "id,loss\n1,1\n2,2\n3,3\n",
        "number,model,loss\n1,a,1\n2,b,2\n3,c,3\n",
        "epoch,loss\n10,1\n7,2\n12,3\n",
        "epoch,loss\n10,1\n10,2\n10,3\n",
        "step,loss\n0.5,1\n0.25,2\n0.75,3\n",
    ],
)
def test_one_row_for_each_run(content: str) -> None:
    found = read_text(content)
    assert not found.skipped
    assert [points_of(run, "loss") for run in found.runs] == [[(0, 1.0)], [(0, 2.0)], [(0, 3.0)]]
    assert [run.name for run in found.runs] == ["row 1", "row 2", "row 3"]
    assert len({run.identity for run in found.runs}) == 3


def test_columns_of_runs() -> None:
    found = read_text("name,lr,opt,amp,acc\nfirst,1e-3,adam,True,0.5\nsecond,010,sgd,,0.75\n")
    first, second = found.runs
    assert (first.name, second.name) == ("first", "second")
    assert first.params == {
        "lr": read_param("1e-3"),
        "opt": read_param("adam"),
        "amp": read_param("True"),
    }
    assert second.params == {"lr": read_param("010"), "opt": read_param("sgd")}
    assert points_of(second, "acc") == [(0, 0.75)]


def test_equal_rows_are_runs_of_their_own() -> None:
    runs = read_text("model,acc\na,1\na,1\nb,2\n").runs
    assert len({run.identity for run in runs}) == 3


def test_columns_that_were_named() -> None:
    columns = TableColumns(
        per="run", run="who", params=("size",), metrics=("lr",), tags=("group",), time="when"
    )
    content = "who,size,lr,group,when,acc\nann,8,0.5,7,2024-05-01T00:00:00Z,0.25\n"
    run = read_one(content, columns=columns)
    assert run.name == "ann"
    assert run.params == {"size": read_param("8")}
    assert run.tags == {"group": "7"}
    assert points_of(run, "lr") == [(0, 0.5)]
    assert {tuple(series.times) for series in run.metrics} == {(1_714_521_600_000_000,)}
    assert run.timed


def test_rows_of_several_runs() -> None:
    content = "run,step,loss,opt,note\nb,0,2.0,adam,x\na,0,4.0,sgd,y\nb,1,1.0,adam,z\na,1,,sgd,y\n"
    found = read_text(content)
    b, a = found.runs
    assert (b.name, a.name) == ("b", "a")
    assert points_of(b, "loss") == [(0, 2.0), (1, 1.0)]
    assert points_of(a, "loss") == [(0, 4.0)]
    assert a.params == {"opt": read_param("sgd"), "note": read_param("y")}
    assert b.params == {"opt": read_param("adam")}
    assert [one.reason for one in found.skipped] == [
        "column 'note': some cells hold no number, such as 'x'"
    ]


def test_rows_of_several_runs_without_steps() -> None:
    b, a = read_text("run,loss\nb,3\na,5\nb,2\nb,1\n").runs
    assert points_of(b, "loss") == [(0, 3.0), (1, 2.0), (2, 1.0)]
    assert points_of(a, "loss") == [(0, 5.0)]


def test_many_rows_are_read_in_blocks() -> None:
    rows = "".join(f"{step},{step / 2},r{step % 3}\n" for step in range(10_000))
    found = read_text(f"step,loss,run\n{rows}5,,r0\n")
    assert [len(points_of(run, "loss")) for run in found.runs] == [3334, 3333, 3333]
    assert points_of(found.runs[1], "loss")[-1] == (9997, 4998.5)


@pytest.mark.parametrize(
    ("cells", "times"),
    [
        (["1700000000", "1700000001.5"], [1_700_000_000_000_000, 1_700_000_001_500_000]),
        (["1700000000000", "1700000000001"], [1_700_000_000_000_000, 1_700_000_000_001_000]),
        (
            ["2024-05-01 00:00:01", "2024-05-01T00:00:00+01:00"],
            [1714521601000000, 1714518000000000],
        ),
    ],
)
def test_times(cells: list[str], times: list[int]) -> None:
    run = read_one(f"step,timestamp,loss\n1,{cells[0]},1\n2,{cells[1]},2\n")
    assert [list(series.times) for series in run.metrics] == [times]
    assert run.timed


def test_seconds_since_the_start_are_a_metric() -> None:
    run = read_one("step,time,loss\n1,0.5,1\n2,1.5,2\n")
    assert points_of(run, "time") == [(1, 0.5), (2, 1.5)]
    assert not run.timed


def test_nested_json() -> None:
    content = (
        '{"step": 1, "train": {"loss": 2.0, "by": {"class": [1, 2]}}, "config": {"lr": 0.5}}\n'
        '{"step": 2, "train": {"loss": NaN, "by": {"class": [1, 2]}}, "config": {"lr": 0.5}}\n'
        '{"step": 3, "late": 1e3, "ok": true}\n'
    )
    run = read_one(content, "log.jsonl")
    assert [str(point) for point in points_of(run, "train.loss")] == ["(1, 2.0)", "(2, nan)"]
    assert points_of(run, "late") == [(3, 1000.0)]
    assert run.params == {"lr": 0.5, "train.by.class": [1, 2], "ok": True}


def test_ids_are_no_numbers_and_decimal_commas_are() -> None:
    found = read_text("step;id;loss\n1;57289_00001;0,5\n2;57289_00001;-2,5e-1\n")
    [run] = found.runs
    assert points_of(run, "loss") == [(1, 0.5), (2, -0.25)]
    assert run.params == {"id": read_param("57289_00001")}
    assert found.skipped == []


def test_a_column_of_steps_may_fall_and_repeat() -> None:
    found = read_text("step,run,loss\n0,a,.5\n1,a,\n1,b,.3\n0,b,.2\n")
    assert [run.name for run in found.runs] == ["a", "b"]
    assert points_of(found.runs[1], "loss") == [(1, 0.3), (0, 0.2)]
    [one] = read_text("Epoch,Loss\n1,4\n2,3\n1,2\n2,1\n").runs
    assert points_of(one, "Loss") == [(1, 4.0), (2, 3.0), (1, 2.0), (2, 1.0)]
    odd = read_text("step,loss\n0,1\n1.5,2\n-1,3\n")
    assert points_of(odd.runs[0], "loss") == [(0, 1.0), (-1, 3.0)]
    assert [one.reason for one in odd.skipped] == ["1 row has no whole number in 'step'"]


@pytest.mark.parametrize(
    "header",
    [
        "run_id,experiment,name,status,start_time,end_time,duration",
        "run_id,key,step,time,value",
    ],
)
def test_an_export_of_our_own_is_no_table_of_runs(header: str) -> None:
    cells = ",".join(["x"] * len(header.split(",")))
    with pytest.raises(TableUnreadable, match="was exported by Runfolio"):
        read_text(f"{header}\n{cells}\n")


def test_a_count_that_falls_otherwise_is_one_of_several_runs() -> None:
    found = read_text("model,epoch,acc\na,12,0.5\nb,8,0.6\nc,30,0.7\n")
    assert len(found.runs) == 3


def test_a_column_that_is_there_twice_is_told() -> None:
    found = read_text("step,loss,loss\n0,1,2\n1,3,4\n")
    assert points_of(found.runs[0], "loss") == [(0, 1.0), (1, 3.0)]
    assert "'loss' is there several times" in found.skipped[0].reason


def test_columns_that_are_not_what_was_said_are_told() -> None:
    steps = TableColumns(per="step", params=("lr",))
    found = read_text("step,lr,loss\n0,0.1,1\n1,0.01,2\n", columns=steps)
    assert [one.reason for one in found.skipped] == [
        "column 'lr' changes within a run, so it is no parameter; name it as a metric"
    ]
    rows = TableColumns(per="run", metrics=("loss",))
    found = read_text("name,loss\na,0.5\nb,abc\n", columns=rows)
    assert found.runs[1].params == {}
    assert "'abc' is no number" in found.skipped[0].reason
    with pytest.raises(TableUnreadable, match="'loss' is named twice"):
        read_text("loss\n1\n", columns=TableColumns(metrics=("loss",), params=("loss",)))
    with pytest.raises(TableUnreadable, match="has no times in the column 'loss'"):
        read_text("step,loss\n0,1\n", columns=TableColumns(time="loss"))


def test_quoted_cells_with_line_ends() -> None:
    run = read_one('name,note,acc\nfirst,"two\nlines, ""quoted""",0.5\n')
    assert run.params == {"note": read_param('two\nlines, "quoted"')}
    assert points_of(run, "acc") == [(0, 0.5)]


def test_ragged_rows_are_told() -> None:
    found = read_text("step,loss\n1,2\n2\n3,4,5\n4,8\n")
    assert [one.reason for one in found.skipped] == [
        "line 3 has 1 field instead of 2",
        "line 4 has 3 fields instead of 2",
    ]
    assert points_of(found.runs[0], "loss") == [(1, 2.0), (4, 8.0)]
    with pytest.raises(TableUnreadable, match="line 3 has 1 field instead of 2"):
        read_all(SOURCE, Path("table.csv"), strict=True)


def test_odd_lines_of_json_are_told() -> None:
    deep = "[" * 100_000
    found = read_text(
        f'{{"step": 1, "a": 2}}\n[1]\n{{"step"\n{deep}\n{{"step": 2, "a": 3}}\n', "a.jsonl"
    )
    assert [one.reason for one in found.skipped] == [
        "line 2 is no object with values, or has too many names",
        "line 3 is no JSON",
        "line 4 is no JSON",
    ]
    assert points_of(found.runs[0], "a") == [(1, 2.0), (2, 3.0)]


def test_a_line_without_end_is_told() -> None:
    found = read_text("step,loss\n1,2\n" + "9" * (1 << 21))
    assert [one.reason for one in found.skipped] == [
        "line 3 has more than 1,048,576 characters; the rest was not read"
    ]
    assert points_of(found.runs[0], "loss") == [(1, 2.0)]


@pytest.mark.parametrize("what", ["step", "time", "run", "params", "metrics", "tags"])
def test_a_column_that_is_missing_is_named(what: str) -> None:
    name: Any = "los" if what in ("step", "time", "run") else ("los",)
    message = r"no column 'los'. Its columns are 'step', 'loss', 'acc'\."
    with pytest.raises(TableUnreadable, match=message):
        read_text(STEPS, columns=TableColumns(**{what: name}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1,2\n3,4\n", "begins with numbers. Put the names"),
        ("step,loss\n", "has no rows"),
        (",,\n1,2,3\n", "has no line with the names"),
    ],
)
def test_what_is_no_table(content: str, message: str) -> None:
    with pytest.raises(TableUnreadable, match=message):
        read_text(content)


def test_a_folder_of_tables(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "deeper").mkdir()
    (tmp_path / "in" / "a.csv").write_text(STEPS)
    (tmp_path / "in" / "b.jsonl").write_text('{"step": 1, "other": 2}\n')
    (tmp_path / "in" / "deeper" / "c.csv").write_text(STEPS)
    (tmp_path / "in" / "d.csv").write_bytes(b"a\0b")
    (tmp_path / "in" / "e.json").write_text('{"step": 1}')
    found = read_all(SOURCE, tmp_path / "in", columns=TableColumns(metrics=("loss",)))
    assert [(run.experiment, run.name) for run in found.runs] == [("in", "a")]
    [skipped] = found.skipped
    assert "has no column 'loss'. Its columns are 'step', 'other'" in skipped.reason
    (tmp_path / "in" / "a.csv").unlink()
    with pytest.raises(TableUnreadable, match="no column 'loss'"):
        read_all(SOURCE, tmp_path / "in", columns=TableColumns(metrics=("loss",)))


def test_what_it_looks_for(tmp_path: Path) -> None:
    def finds(name: str, content: bytes) -> bool:
        (tmp_path / name).write_bytes(content)
        return SOURCE.finds(Place(tmp_path / name))

    assert finds("a.csv", b"a,b\n1,2\n")
    assert finds("a.jsonl", b' {"a": 1}\n')
    assert finds("log.json", b'{"a": 1}\n{"a": 2}\n')
    assert not finds("log.json", b'{\n"a": 1}\n')
    assert not finds("a.jsonl", b"[1]\n")
    assert not finds("a.csv", b"")
    assert not finds("a.csv", b"PAR1\0\0")
    assert not finds("a.txt", b"a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    assert not SOURCE.finds(Place(tmp_path / "empty"))


def test_trials_of_ray_tune(tmp_path: Path) -> None:
    rows = [
        {"loss": 1 / step, "training_iteration": step, "trial_id": "ab_1", "time_total_s": step,
         "timestamp": 1_700_000_000 + step, "hostname": "pc", "pid": 7, "config": {"lr": 0.5}}
        for step in (1, 2)
    ]  # fmt: skip
    for trial in ("train_1", "train_2"):
        folder = tmp_path / "exp" / trial
        folder.mkdir(parents=True)
        (folder / "params.json").write_text('{"lr": 0.5, "net": {"width": 8}}')
        (folder / "progress.csv").write_text("training_iteration,loss\n1,1.0\n")
        (folder / "result.json").write_text("\n".join(map(json.dumps, rows)))
    found = read_all(SOURCE, tmp_path / "exp")
    assert not found.skipped
    assert [(run.experiment, run.name) for run in found.runs] == [
        ("exp", "train_1"),
        ("exp", "train_2"),
    ]
    run = found.runs[0]
    assert run.params == {"lr": 0.5, "net.width": 8}
    assert points_of(run, "loss") == [(1, 1.0), (2, 0.5)]
    assert [series.key for series in run.metrics] == ["loss", "time_total_s"]
    assert run.context == {"host": "pc"}
    assert run.timed


def test_real_trials_of_ray_tune() -> None:
    results = sample("dvclive", "mnrozhkov") / "commit_46df988" / "results"
    trials = read_all(SOURCE, results / "tune" / "trial_results.csv")
    assert not trials.skipped
    assert len(trials.runs) == 50
    assert {len(points_of(run, "mean_accuracy")) for run in trials.runs} == {1}
    assert trials.runs[0].params.keys() == {"lr", "momentum"}
    [train] = read_all(SOURCE, results / "train").runs
    assert [step for step, _ in points_of(train, "accuracy")] == [1, 2, 3, 4, 5]
    assert train.timed


def test_a_real_table_of_one_row_for_each_run() -> None:
    file = sample("dvclive", "mnrozhkov").parents[2] / "winequality-white.csv"
    found = read_all(SOURCE, file)
    assert not found.skipped
    assert len(found.runs) == 4898
    assert len({run.identity for run in found.runs}) == 4898


def test_the_name_of_a_run_stays_when_it_grows_and_moves(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    file = tmp_path / "old" / "a.csv"
    rows = "run,step,loss\na,0,1\nb,0,2\na,1,3\n"
    file.write_text(rows)
    per_run = tmp_path / "old" / "b.csv"
    per_run.write_text("model,acc\nx,1\ny,2\n")
    before = [run.identity for run in read_all(SOURCE, tmp_path / "old").runs]
    file.write_text(rows + "b,1,4\nc,1,5\n")
    per_run.write_text("model,acc\nz,1\nx,1\ny,2\n")
    shutil.move(tmp_path / "old", tmp_path / "new")
    after = [run.identity for run in read_all(SOURCE, tmp_path / "new").runs]
    assert len(before) == 4
    assert len(after) == 6
    assert set(before) < set(after)


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(STEPS)
    (tmp_path / "in" / "trial").mkdir(parents=True)
    (tmp_path / "in" / "a.csv").symlink_to(tmp_path / "a.csv")
    os.mkfifo(tmp_path / "in" / "b.csv")
    (tmp_path / "in" / "trial" / "params.json").symlink_to(tmp_path / "a.csv")
    (tmp_path / "in" / "trial" / "progress.csv").write_text(STEPS)
    assert not SOURCE.finds(Place(tmp_path / "in"))


def test_every_truncation_keeps_whole_rows() -> None:
    content = STEPS.encode()
    for length in range(len("step,loss,acc\n0,1.5,0.25\n"), len(content)):
        [run] = read_text(content[:length]).runs
        whole = content[:length].count(b"\n") - 1
        assert points_of(run, "loss")[:whole] == [(0, 1.5), (10, 0.5), (20, 0.25)][:whole]


@given(content=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.tsv", "a.jsonl"]))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    file = tmp_path_factory.mktemp("any") / name
    for start in (b"", b"step,a\n1,", b'"', b'{"step": 1}\n{"a":'):
        file.write_bytes(start + content)
        found = read_or_refuse(file)
        assert len({run.identity for run in found}) == len(found)


cells = st.sampled_from(["", "1", "2", "1e999", "nan", "a", "1_0", "-5", "0.5", "1700000000", "ü"])


@given(
    header=st.lists(
        st.sampled_from(["step", "run", "time", "loss", "a", "", "lr", "name"]),
        min_size=1,
        max_size=5,
    ),
    rows=st.lists(st.lists(cells, max_size=5), max_size=8),
)
def test_any_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], rows: list[list[str]]
) -> None:
    file = tmp_path_factory.mktemp("any") / "a.csv"
    file.write_text("\n".join(",".join(row) for row in [header, *rows]))
    found = read_or_refuse(file)
    assert len({run.identity for run in found}) == len(found)
    for run in found:
        for series in run.metrics:
            assert len(series.steps) == len(series.times) == len(series.values)


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none())
def test_numbers_and_times_of_anything(value: Any) -> None:
    number = as_number(value)
    assert number is None or isinstance(number, float)
    time = as_time(value)
    assert time is None or isinstance(time, int)


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("a.csv", STEPS, "table"),
        ("version_0/metrics.csv", "epoch,loss,step\n0,1,2\n", "lightning"),
        ("metrics.csv", "epoch,loss,val_loss\n0,1,2\n", "keras"),
        ("results.csv", "epoch,time,train/box_loss\n0,1,2\n", "ultralytics"),
        ("checkpoint-1/trainer_state.json", '{"log_history": []}', "trainer"),
        ("dvclive/plots/metrics/a.tsv", "step\ta\n0\t1\n", "dvclive"),
    ],
)
def test_formats_of_tables_are_told_apart(
    tmp_path: Path, path: str, content: str, kind: str
) -> None:
    file = tmp_path / "in" / path
    file.parent.mkdir(parents=True)
    file.write_text(content)
    kinds = ("lightning", "keras", "ultralytics", "trainer", "dvclive")
    found = [one for one in kinds if load_source(one).finds(Place(tmp_path / "in"))]
    assert (found or ["table"]) == [kind]
    assert load_source(kind).finds(Place(tmp_path / "in"))
