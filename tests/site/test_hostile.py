"""Stores that say what nobody logs: the site is built, and nothing lies outside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import runfolio
from runfolio.site import build_report, report
from runfolio.store import StoreTables, read_store

Change = Callable[[StoreTables], StoreTables]


def changed(table: str, column: str, value: Any) -> Change:
    """Tables with one value in a whole column."""

    def change(tables: StoreTables) -> StoreTables:
        rows: pa.Table = getattr(tables, table)
        place = rows.column_names.index(column)
        field = rows.schema.field(place)
        values = pa.array([value] * rows.num_rows, field.type)
        return replace(tables, **{table: rows.set_column(place, field, values)})

    return change


def context(**said: Any) -> Change:
    return changed("runs", "context", json.dumps(said))


def write_store(store: Path) -> None:
    for number in range(2):
        with runfolio.start_run(experiment="one", store=store, capture=False) as run:
            run.log_params({"depth": number, "huge": 10 ** (310 + number)})
            run.log_text("hello", "a.txt")
            run.log_text("a,b\n1,2\n", "b.csv")
            for step in range(3):
                run.log_metrics({"loss": 1 / (step + 1), "epoch": step}, step=step)
                run.log_histogram(np.arange(5.0) * number, "weights", step=step)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(changed("artifacts", "sha256", "../../../evil-x1"), id="digest"),
        pytest.param(changed("artifacts", "sha256", ""), id="no digest"),
        pytest.param(changed("artifacts", "step", None), id="a series without steps"),
        pytest.param(changed("artifacts", "size", -5), id="size"),
        pytest.param(changed("artifacts", "path", "../../../run.json"), id="path"),
        pytest.param(changed("runs", "duration", float("nan")), id="duration"),
        pytest.param(changed("params", "text", "no number"), id="integer"),
        pytest.param(context(step_metrics={"loss": ["epoch"], "*": {"x": 1}}), id="axis"),
        pytest.param(context(step_metrics=["loss"], git=[1], environment=[]), id="context"),
        pytest.param(changed("runs", "experiment", "../../../x"), id="experiment"),
        pytest.param(changed("summaries", "mean", float("inf")), id="mean"),
        pytest.param(changed("metrics", "step", -(2**63)), id="step"),
    ],
)
def test_what_nobody_logs_is_shown_and_stays_inside(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    write_store(store)
    before = {path for path in tmp_path.rglob("*") if "site" not in path.parts}
    tables = change(read_store(store))

    @contextmanager
    def read(*_: object) -> Iterator[StoreTables]:
        yield tables

    monkeypatch.setattr(report, "read_anything", read)
    site = tmp_path / "site"
    summary = build_report(store, output=site)
    assert summary.runs == 2
    assert len(list((site / "runs").glob("*.html"))) == 2
    assert {path for path in tmp_path.rglob("*") if "site" not in path.parts} == before


def test_files_whose_digest_is_none_are_told_apart(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_store(store)
    tables = changed("artifacts", "sha256", "none")(read_store(store))

    @contextmanager
    def read(*_: object) -> Iterator[StoreTables]:
        yield tables

    monkeypatch.setattr(report, "read_anything", read)
    build_report(store, output=tmp_path / "site")
    texts = {path.read_text() for path in (tmp_path / "site" / "artifacts").rglob("*.txt")}
    assert {"hello", "a,b\n1,2\n"} <= texts
