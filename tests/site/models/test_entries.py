"""Which version of a model counts, by which metric, and which is best."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.site.library import make_library
from runfolio.site.models.entries import ModelEntry, gather_models
from runfolio.store import read_store
from tests.site.models.stores import log_model, register, say, write_wine


def gather(store: Path) -> dict[str, ModelEntry]:
    models = gather_models(make_library(read_store(store), title="Models"))
    return {one.model.name: one for one in models.entries}


def foremost(entry: ModelEntry) -> int:
    assert entry.foremost is not None
    return entry.foremost.version.number


@pytest.mark.parametrize(
    ("aliases", "expected"),
    [
        ({}, 3),
        ({"champion": 1}, 1),
        ({"Champion": 1, "production": 2}, 1),
        ({"Production": 2}, 2),
        ({"challenger": 1}, 3),
    ],
)
def test_the_champion_counts_or_the_latest(
    tmp_path: Path, aliases: dict[str, int], expected: int
) -> None:
    run_id = log_model(tmp_path, "one", 0.5)
    versions = {number: register(tmp_path, run_id, number) for number in (1, 2, 3)}
    say(tmp_path, aliases={alias: versions[number] for alias, number in aliases.items()})
    assert foremost(gather(tmp_path)["wine"]) == expected


def test_versions_are_judged_by_the_experiment_of_the_one_that_counts(tmp_path: Path) -> None:
    write_wine(tmp_path)
    runfolio.describe_experiment("wine", primary_metric="r2", direction="up", store=tmp_path)
    entry = gather(tmp_path)["wine"]
    assert entry.primary is not None
    assert (entry.primary.metric, entry.direction("r2")) == ("r2", "up")
    assert entry.metrics == ("r2", "rmse")  # neither counters nor what the machine did
    assert (entry.label("r2"), entry.label("rmse")) == ("r2 ↑", "rmse ↓")


def test_the_best_version_of_a_metric(tmp_path: Path) -> None:
    write_wine(tmp_path)
    entry = gather(tmp_path)["wine"]
    numbers = {key: one.version.number for key in entry.metrics if (one := entry.best(key))}
    assert numbers == {"rmse": 2, "r2": 2}
    assert entry.best("nothing") is None
    assert [one.value("rmse") for one in entry.versions] == [0.9, 0.6, 0.7]


def test_one_version_is_no_best(tmp_path: Path) -> None:
    register(tmp_path, log_model(tmp_path, "one", 0.5), 1)
    assert gather(tmp_path)["wine"].best("rmse") is None


def test_a_metric_that_no_version_has_is_not_primary(tmp_path: Path) -> None:
    with runfolio.start_run(experiment="wine", store=tmp_path, capture=False) as run:
        run.log_text("flavors: {}", "model/MLmodel")
    register(tmp_path, run.id, 1)
    log_model(tmp_path, "another", 0.5)
    entry = gather(tmp_path)["wine"]
    assert (entry.primary, entry.metrics) == (None, ())
    assert entry.versions[0].value("rmse") is None


def test_infinite_values_are_none(tmp_path: Path) -> None:
    register(tmp_path, log_model(tmp_path, "one", float("inf")), 1)
    assert gather(tmp_path)["wine"].versions[0].value("rmse") is None


def test_what_runs_and_experiments_are_registered_as(tmp_path: Path) -> None:
    runs = write_wine(tmp_path)
    models = gather_models(make_library(read_store(tmp_path), title="Models"))
    (said,) = models.of_runs[runs[1]]
    assert (said.path, said.model.text, said.version.text, said.aliases) == (
        *("model", "wine", "version 2", ("champion",)),
    )
    assert [[one.text for one in links] for links in models.of_experiments.values()] == [["wine"]]


def test_versions_without_a_run_stand_alone(tmp_path: Path) -> None:
    log_model(tmp_path, "one", 0.5)
    register(tmp_path, "0" * 16, 1)
    register(tmp_path, None, 2, source="elsewhere")
    entry = gather(tmp_path)["wine"]
    assert [(one.run, one.kept, one.value("rmse")) for one in entry.versions] == [
        *((None, None, None), (None, None, None)),
    ]
    assert (entry.primary, foremost(entry)) == (None, 2)
