"""The columns of an experiment's shard hold what was logged, briefly and exactly."""

from __future__ import annotations

import json
import math
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.site import build_report, workspace
from runfolio.site.numbers import plain_number
from runfolio.site.workspace import browser_text, encode_values
from tests.environment.tools import find_node, require
from tests.site.test_report import shard

TREE = Path(__file__).parents[2]


def documents(store: Path, output: Path) -> list[dict[str, Any]]:
    """The shards of the store's one experiment, the first one first."""
    build_report(store, output=output)
    paths = sorted((output / "data" / "experiments").glob("*.js"), key=lambda path: len(path.name))
    return [shard(path) for path in paths]


def read_back(count: int, *columns: tuple[Any, bool]) -> list[Any]:
    """What the page's own script reads of encoded columns; what is not finite as text."""
    reader = TREE / "templates" / "assets" / "js" / "workspace" / "columns.js"
    script = f"""
        const {{ decode }} = require({json.dumps(str(reader))});
        const isOdd = (one) => typeof one === "number" && !Number.isFinite(one);
        const columns = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(columns.map(([one, numeric]) =>
          decode(one, {count}, numeric).map((value) => (isOdd(value) ? String(value) : value)))));
    """
    done = subprocess.run(
        [str(require(find_node())), "-e", script],
        input=json.dumps(columns),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([None, None, None, None], None),
        ([3, 3, 3, 3], {"same": 3}),
        (["a", "b", "a", None], {"words": ["a", "b"], "letters": "ABA."}),
        ([0.1, 0.2, 0.3, math.nan], {"values": [0.1, 0.2, 0.3, "NaN"]}),
        ([math.inf, -math.inf, math.inf, -math.inf], {"words": ["Infinity", "-Infinity"]}),
    ],
)
def test_a_column_is_written_briefly(values: list[Any], form: dict[str, Any] | None) -> None:
    encoded = encode_values(values)
    assert encoded == form if form is None else form.items() <= encoded.items()


def test_columns_are_read_as_they_were() -> None:
    noise = random.Random(1)
    many = [f"text {number % 90}" for number in range(400)]
    columns: list[tuple[list[Any], bool]] = [
        ([noise.choice([None, *"abc"]) for _ in range(400)], False),
        ([noise.choice([None, 1, 0.5, math.nan, math.inf]) for _ in range(400)], True),
        ([noise.choice([None, noise.random(), -math.inf]) for _ in range(400)], True),
        (many, False),
        ([noise.choice([None, "NaN", "Infinity"]) for _ in range(400)], False),
        (["same"] * 400, False),
        ([math.nan] * 400, True),
        ([None] * 400, True),
    ]
    found = read_back(400, *((encode_values(values), numeric) for values, numeric in columns))
    plain = [
        [plain_number(value) if isinstance(value, float) else value for value in values]
        for values, _ in columns
    ]
    assert found == plain


def test_numbers_are_written_as_a_browser_does() -> None:
    noise = random.Random(2)
    numbers = [0.0, 1.0, 0.1, 1e-6, 1e-7, 1.5e-7, 123456789.125, 1e20, 1e21, 1.5e21, 1e16, 5e-324]
    numbers += [10.0**power for power in range(-12, 25)] + [1.7976931348623157e308, 2.0**53]
    numbers += [noise.random() * 10.0 ** noise.randrange(-30, 30) for _ in range(3000)]
    numbers += [round(number, 3) for number in numbers if abs(number) < 1e15]
    numbers += [-number for number in numbers if number]
    script = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0)).map(String)))"
    done = subprocess.run(
        [str(require(find_node())), "-e", script],
        input=json.dumps(numbers),
        capture_output=True,
        text=True,
        check=True,
    )
    assert [browser_text(number) for number in numbers] == json.loads(done.stdout)


def write_runs(store: Path, count: int = 6) -> None:
    for number in range(count):
        with runfolio.start_run(
            experiment="first",
            name=f"run {number}",
            tags={"team": "ab"[number % 2], "__proto__": "x"},
            store=store,
            capture=False,
        ) as run:
            run.log_params({"lr": 0.1 if number else 1e-7, "seed": 7, "__proto__": number})
            run.log_params({"mixed": number if number % 2 else "auto", "flag": number > 2})
            if number != 1:
                run.log_metric("loss", math.nan if number == 2 else 1 / (number + 1), step=0)
                run.log_metric("loss", math.inf if number == 3 else 0.25, step=1)


def test_the_shard_holds_every_column_of_a_small_experiment(store: Path, tmp_path: Path) -> None:
    write_runs(store)
    (document,) = documents(store, tmp_path / "site")
    assert document["count"] == 6
    assert document["more"] == 0
    keys = {column["key"]: column for column in document["columns"]}
    assert {"params.lr", "params.__proto__", "tags.team", "metrics.loss"} <= set(keys)
    assert keys["params.seed"]["constant"]
    assert not keys["params.seed"]["shown"]
    assert keys["params.mixed"]["kind"] == "text"
    assert keys["metrics.loss"]["direction"] == "down"
    data = document["data"]
    lr, loss, numbers = read_back(
        6,
        (data["params.lr"], True),
        (data["metrics.loss"], True),
        (document["numbers"]["params.mixed"], True),
    )
    assert lr == [1e-7, 0.1, 0.1, 0.1, 0.1, 0.1]
    assert loss == [0.25, None, 0.25, "Infinity", 0.25, 0.25]
    assert numbers == [None, 1, None, 3, None, 5]
    aggregates = document["aggregates"]["metrics.loss"]
    (first,) = read_back(6, (aggregates["first"], True))
    assert first == [1.0, None, "NaN", 0.25, 0.2, 1 / 6]


def test_a_large_experiment_keeps_what_is_not_shown_apart(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_runs(store)
    monkeypatch.setattr(workspace, "SPLIT_CELLS", 10)
    first, more = documents(store, tmp_path / "site")
    assert (first["more"], more["count"]) == (1, 6)
    assert "tags.team" not in first["data"]
    assert "metrics.loss" in first["data"]
    assert "tags.team" in more["data"]
    assert "metrics.loss" not in more["data"]
    assert set(more["aggregates"]) == {"metrics.loss"}
    assert "aggregates" not in first


def test_parents_are_places_and_starts_are_steps(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="first", name="outer", store=store, capture=False) as outer:
        for number in range(2):
            with runfolio.start_run(
                name=f"inner {number}", parent=outer, store=store, capture=False
            ):
                pass
    (document,) = documents(store, tmp_path / "site")
    assert document["parents"] == [-1, 0, 0]
    starts = document["starts"]
    assert len(starts["steps"]) == 2
    assert all(step >= 0 for step in starts["steps"])
    assert starts["first"] > 1e15


def test_a_large_integer_is_infinite_where_the_browser_makes_it_so(
    store: Path, tmp_path: Path
) -> None:
    with runfolio.start_run(experiment="first", store=store, capture=False) as run:
        run.log_params({"huge": 10**350, "large": 2**60})
    (document,) = documents(store, tmp_path / "site")
    assert document["data"]["params.huge"] == {"same": "Infinity"}
    assert document["texts"]["params.huge"] == {"same": "1" + "0" * 350}
    assert document["data"]["params.large"] == {"same": 2**60}


def test_the_page_holds_the_best_rows_only(store: Path, tmp_path: Path) -> None:
    from runfolio.site import experiment

    write_runs(store)
    limit = experiment.MAX_ROWS
    assert limit < 1000
    site = tmp_path / "site"
    build_report(store, output=site)
    (path,) = site.glob("experiments/*.html")
    text = path.read_text()
    assert text.count('<th scope="row" class="name">') == 6
    assert "params.seed" not in text
