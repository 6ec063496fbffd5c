"""A large experiment in parts is the same to its page as in one script, the best runs first."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.site import (
    build_report,
    details,
    experiment_files,
    shards,
    table_parts,
    workspace,
)
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.shards import read_shard
from runfolio.site.single_pages import choose_page
from tests.environment.tools import find_node, require

MODEL = Path(__file__).parents[2] / "templates/assets/js/workspace/workspace-model.js"
READ = """
const { loadWhole, AGGREGATES } = require(process.argv[1]);
const shards = JSON.parse(require("fs").readFileSync(0, "utf8"));
const name = Object.keys(shards).sort((a, b) => a.length - b.length)[0];
loadWhole(name, async (one) => shards[one], () => false).then((runs) => {
  const told = {};
  const tell = (what, values) => runs.ids.forEach((id, place) => {
    const value = values[place];
    (told[id] ??= {})[what] = typeof value === "number" ? String(value) : value;
  });
  for (const { key, group, name } of runs.columns) {
    const column = runs.column(key);
    tell(key, column.values);
    if (group === "Parameters") tell(`${key} text`, column.texts);
    const aggregates = group === "Metrics" ? AGGREGATES : [];
    for (const one of aggregates) tell(`${key} ${one}`, runs.metric(name, one));
  }
  const parts = ["names", "starts", "statuses", "durations", "colors", "dashes"];
  for (const part of parts) tell(part, runs[part]);
  tell("parents", runs.parents.map((place) => runs.ids[place] ?? null));
  tell("results", runs.indices.map((place) => runs.results.includes(place)));
  const source = runs.source();
  tell("datasets", source.column("datasets", "name").lists);
  tell("numbers", source.column("params", "odd").numbers);
  const ranked = runs.rank.map((place) => runs.ids[place]);
  const first = shards[name].runs.id;
  console.log(JSON.stringify({ told, ranked, first, nested: runs.nested }));
});
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Nine runs: nested ones, one that failed, one without the metric, one deleted, odd values."""
    store = tmp_path / "runs"
    ids: list[str] = []
    for number in range(9):
        parent = ids[1] if number in (4, 8) else None
        run = runfolio.start_run(
            experiment="one", name=f"run {number}", store=store, capture=False, parent=parent
        )
        ids.append(run.id)
        run.log_params({"depth": number % 3, "odd": "x" if number == 2 else number / 7})
        if number != 3:
            run.log_metrics({"rmse": [0.5, 0.3, float("nan")][number % 3] + number, "one": 1.0})
        if number == 5:
            run.log_confusion_matrix(matrix=[[1, 0], [0, 1]], labels=["a", "b"])
        run.set_tag("seed", str(number % 2))
        run.finish(status="FAILED" if number == 6 else "FINISHED")
    runfolio.delete_runs([ids[0]], store=store)
    return store


def read_experiment(site: Path) -> Any:
    """What the page's own scripts make of the shards of the site's one experiment."""
    texts = (path.read_text() for path in (site / "data" / "experiments").glob("*.js"))
    documents = {text.split('"')[1]: read_shard(text) for text in texts}
    done = subprocess.run(
        [str(require(find_node())), "-e", READ, str(MODEL)],
        input=json.dumps(documents),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("cells", [1, 100_000])
def test_parts_together_are_the_whole(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    build_report(store, output=tmp_path / "whole")
    expected = read_experiment(tmp_path / "whole")
    monkeypatch.setattr(workspace, "SPLIT_CELLS", cells)
    for module in (shards, table_parts):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)
    build_report(store, output=tmp_path / "parts")
    found = read_experiment(tmp_path / "parts")
    assert found["told"] == expected["told"]
    assert found["ranked"] == expected["ranked"]
    assert found["nested"] is expected["nested"] is True
    assert found["first"] == expected["ranked"][:3]
    page = choose_page(tmp_path / "parts", None)
    names = {path.stem for path in (tmp_path / "parts" / "data" / "experiments").glob("*.js")}
    rows = {name for name in names if "rows" in name}
    assert len(rows) == (4 if cells == 1 else 2)
    assert {f"experiments/{name}" for name in rows} <= set(page.shards)


def test_columns_that_are_not_shown_at_first_come_in_parts(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_report(store, output=tmp_path / "whole")
    expected = read_experiment(tmp_path / "whole")
    monkeypatch.setattr(workspace, "SPLIT_CELLS", 1)
    monkeypatch.setattr(shards, "OTHERS_AT_ONCE", 3)
    build_report(store, output=tmp_path / "parts")
    assert read_experiment(tmp_path / "parts") == expected
    names = [path.stem for path in (tmp_path / "parts" / "data" / "experiments").glob("*-more*.js")]
    assert len(names) == 3
    page = choose_page(tmp_path / "parts", None)
    assert {f"experiments/{name}" for name in names} <= set(page.shards)


def test_a_new_run_changes_one_of_these_parts(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the first parts that is edited changes its part; where nothing is new all stay."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(details, "SETTLED", -60.0)
    monkeypatch.setattr(workspace, "SPLIT_CELLS", 1)
    monkeypatch.setattr(shards, "OTHERS_AT_ONCE", 3)
    made: list[str] = []
    make = shards.shard_others

    def watch(facts: ExperimentFacts, others: shards.Others) -> Any:
        made.append(others.name.partition("-")[2])
        return make(facts, others)

    def build() -> list[str]:
        made.clear()
        build_report(store, output=tmp_path / "site")
        return list(made)

    monkeypatch.setattr(experiment_files, "shard_others", watch)
    assert build() == ["more", "more-rows-1", "more-rows-2"]
    runfolio.rename_experiment("one", "one", store=store)
    assert build() == []
    with runfolio.start_run(experiment="one", store=store, capture=False) as run:
        run.log_params({"depth": 1, "odd": "y"})
        run.log_metrics({"rmse": 9.0, "one": 1.0})
        run.set_tag("seed", "0")
    assert build() == ["more-rows-2"]
    first = runfolio.search_runs("one", store=store).sort_values("start_time")["run_id"].iloc[0]
    runfolio.tag_runs(str(first), {"seed": "7"}, store=store)
    assert build() == ["more"]
    build_report(store, output=tmp_path / "fresh")
    told = [read_experiment(tmp_path / name) for name in ("site", "fresh")]
    assert told[0] == told[1]
