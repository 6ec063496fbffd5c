"""Which runs, parameters, tags, metrics and artifacts are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import InvalidSelection
from runfolio.privacy import Disclosure, disclose
from runfolio.privacy.commands import drop_options
from runfolio.site import build_report
from runfolio.store import StoreTables, read_store


@pytest.fixture
def tables(store: Path) -> StoreTables:
    with runfolio.start_run(store=store, experiment="a", name="parent", capture=False) as parent:
        parent.log_params({"lr": 0.1, "data_path": "x.csv", "depth": 3})
        parent.log_metrics({"loss": 1.0, "train/loss": 2.0})
        parent.set_tags({"team": "blue", "label": "all"})
        parent.log_text("a", "plots/a.txt")
        parent.log_text("b", "model/b.txt")
        with runfolio.start_run(
            store=store, experiment="a", name="child", capture=False, nested=True
        ) as child:
            child.log_params({"lr": 0.2})
            child.log_metrics({"loss": 0.5})
    with runfolio.start_run(store=store, experiment="b", name="other", capture=False) as other:
        other.log_params({"lr": 0.3})
    runfolio.describe_experiment("a", primary_metric="loss", direction="down", store=store)
    return read_store(store)


def chosen(
    tables: StoreTables, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> StoreTables:
    return disclose(tables, Disclosure(include=include, exclude=exclude), scratch=Path("nowhere"))


def column(tables: StoreTables, table: str, name: str) -> set[str]:
    return set(getattr(tables, table)[name].to_pylist())


def test_without_patterns_everything_stays(tables: StoreTables) -> None:
    assert chosen(tables) is tables
    assert Disclosure().everything
    assert not Disclosure(include=("params:lr",)).everything


def test_patterns_of_one_kind_say_nothing_of_others(tables: StoreTables) -> None:
    shown = chosen(tables, include=("params:lr", "params:dep*"))
    assert column(shown, "params", "key") == {"lr", "depth"}
    assert column(shown, "tags", "key") == {"team", "label"}
    assert column(shown, "metrics", "key") == {"loss", "train/loss"}


def test_what_both_name_is_left_out(tables: StoreTables) -> None:
    shown = chosen(tables, include=("params:*",), exclude=("params:*path*",))
    assert column(shown, "params", "key") == {"lr", "depth"}


def test_artifacts_are_chosen_by_their_whole_path(tables: StoreTables) -> None:
    shown = chosen(tables, exclude=("artifacts:model/*",))
    assert column(shown, "artifacts", "path") == {"plots/a.txt"}


def test_an_excluded_metric_goes_from_points_summaries_and_settings(tables: StoreTables) -> None:
    shown = chosen(tables, exclude=("metrics:loss",))
    assert column(shown, "metrics", "key") == {"train/loss"}
    assert column(shown, "summaries", "key") == {"train/loss"}
    assert shown.experiments["a"].primary_metric is None
    assert shown.experiments["a"].direction is None


def test_runs_are_chosen_by_a_filter_and_leave_no_trace(tables: StoreTables) -> None:
    shown = chosen(tables, exclude=("runs:name = 'parent'", "runs:experiment = 'b'"))
    assert column(shown, "runs", "name") == {"child"}
    assert shown.runs["parent_id"].to_pylist() == [None]
    assert column(shown, "params", "run_id") == column(shown, "runs", "run_id")
    assert shown.artifacts.num_rows == 0


def test_experiments_without_a_run_left_are_not_named(tables: StoreTables) -> None:
    shown = chosen(tables, include=("runs:experiment = 'b'",))
    assert "a" not in shown.experiments
    assert column(shown, "runs", "experiment") == {"b"}


def test_a_filter_reads_what_is_left_out_of_the_site(tables: StoreTables) -> None:
    shown = chosen(tables, include=("runs:params.lr < 0.15",), exclude=("params:lr", "tags:team"))
    assert column(shown, "runs", "name") == {"parent"}
    assert column(shown, "params", "key") == {"data_path", "depth"}


@pytest.mark.parametrize(
    ("include", "exclude", "message"),
    [
        (("lr",), (), r"--include takes KIND:PATTERN, not 'lr'.*such as"),
        ((), ("param:lr",), r"--exclude takes .* KIND is one of runs, params, tags, metrics"),
        (("params:",), (), "takes KIND:PATTERN"),
        (("params:alpha",), (), r"params:alpha matches nothing. The parameters: 'data_path', "),
        ((), ("tags:x*",), r"--exclude tags:x\* matches nothing. The tags: 'label', 'team'."),
        ((), ("artifacts:*.png",), "The artifacts: 'model/b.txt', 'plots/a.txt'"),
        (("runs:name = 'x'",), (), "matches no run. The runs: 'child', 'other', 'parent'"),
        (("runs:name == 'x'",), (), "runs:name == 'x': .* column 6"),
        ((), ("runs:name LIKE '%'",), "No run is left"),
    ],
)
def test_a_pattern_that_is_no_use_is_an_error(
    tables: StoreTables, include: tuple[str, ...], exclude: tuple[str, ...], message: str
) -> None:
    with pytest.raises(InvalidSelection, match=message):
        chosen(tables, include, exclude)


def test_only_some_of_many_names_are_told(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_params({f"p{number:02}": 1 for number in range(30)})
    with pytest.raises(InvalidSelection, match=r"'p09' and 20 more\."):
        chosen(read_store(store), include=("params:x",))


def test_an_excluded_parameter_goes_from_the_command_line(tables: StoreTables) -> None:
    words = ["python", "t.py", "--data-path=x", "--data_path", "y", "data_path=z", "--lr", "1"]
    contexts = [json.dumps({"command": words}), "no JSON", None]
    place = tables.runs.schema.get_field_index("context")
    import pyarrow as pa

    runs = tables.runs.set_column(place, "context", pa.array(contexts, pa.string()))
    changed = drop_options(runs, {"data_path"})["context"].to_pylist()
    assert json.loads(changed[0])["command"] == ["python", "t.py", "--lr", "1"]
    assert changed[1:] == contexts[1:]


def test_the_site_shows_only_what_was_chosen(
    tables: StoreTables, store: Path, tmp_path: Path
) -> None:
    disclosure = Disclosure(
        exclude=("params:data_path", "artifacts:model/*", "runs:name = 'child'")
    )
    summary = build_report(store, output=tmp_path / "site", disclosure=disclosure)
    assert summary.runs == 2
    pages = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    told = b"".join(path.read_bytes() for path in pages)
    assert b"data_path" not in told
    assert b"model/b.txt" not in told
    assert b"child" not in b"".join(p.read_bytes() for p in pages if "data/runs" in str(p))


def test_what_an_excluded_parameter_tells_is_masked_in_what_stays(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with runfolio.start_run(experiment="e", name="a", store=store, capture=False) as run:
        run.log_params({"password": "Tr0ub4dor&3x", "lr": 1})
        run.log_text("connected with Tr0ub4dor&3x\n", "console.log")
    hidden = Disclosure(redact=True, exclude=("params:password",))
    build_report(store, output=tmp_path / "site", disclosure=hidden)
    texts = [path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert not any(b"Tr0ub4dor" in text for text in texts)
    assert any(b"connected with [redacted]" in text for text in texts)
    (tmp_path / "scratch").mkdir()
    shown = disclose(read_store(store), hidden, scratch=tmp_path / "scratch")
    (masked,) = (path for path in shown.files.values() if path.is_file())
    assert masked.read_text() == "connected with [redacted]\n"
