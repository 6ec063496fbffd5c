"""Cells of CSV files that a spreadsheet would run, in every CSV file that Runfolio writes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.exports.exporting import export_runs
from runfolio.site import build_report
from runfolio.spreadsheets import disarm, rearm

VECTORS = Path(__file__).parents[1] / "vectors" / "spreadsheets.json"
CELLS: list[tuple[str, str]] = json.loads(VECTORS.read_text(encoding="utf-8"))["cells"]
TEXTS = [text for text, cell in CELLS if text != cell]
RUNS = re.compile("[=+\\-@\t\r\n＝＋－＠]")
"""How a cell may not begin; written out here once more, and checked of every byte that is out."""


@pytest.mark.parametrize(("text", "cell"), CELLS)
def test_formulas_become_text_and_come_back(text: str, cell: str) -> None:
    assert disarm(text) == cell
    assert rearm(cell) == text


@given(st.one_of(st.text(), st.text("'=+-@\t\r\n＝＋－＠1.e_ inf", max_size=8)))
def test_every_text_is_harmless_and_comes_back(text: str) -> None:
    cell = disarm(text)
    assert rearm(cell) == text
    assert not is_run(cell)


@pytest.mark.parametrize("value", [-1, -0.5, float("-inf"), None, True])
def test_numbers_stay(value: object) -> None:
    assert disarm(value) is value


def is_run(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula: it begins so and is no number."""
    if not RUNS.match(cell):
        return False
    try:
        float(cell)
    except ValueError:
        return True
    return not re.fullmatch("[+-][0-9.a-z+-]+", cell, re.IGNORECASE | re.ASCII)


def write_store(store: Path) -> None:
    """Runs whose every text is a formula, and numbers that are none."""
    texts = dict(zip(TEXTS, TEXTS, strict=True))
    for name, mixed in (("=cmd()", "@auto"), ("\r=1", -2)):
        with runfolio.start_run(
            experiment="=1+1", name=name, tags=texts, store=store, capture=False
        ) as run:
            run.set_note("\r=1")
            run.log_params({**texts, "negative": -1, "mixed": mixed})
            run.log_metrics({**dict.fromkeys(TEXTS, -0.5), "loss": -3}, step=0)


def read_cells(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [cell for row in csv.reader(opened) for cell in row]


@pytest.mark.parametrize("form", ["csv", "wandb-csv"])
def test_no_cell_of_an_export_is_run(store: Path, tmp_path: Path, form: str) -> None:
    write_store(store)
    export_runs(form, tmp_path / "out", store=store)
    files = sorted((tmp_path / "out").rglob("*.csv"))
    cells = [cell for file in files for cell in read_cells(file)]
    assert [cell for cell in cells if is_run(cell)] == []
    assert {"-1", "-2", "-0.5", "'@auto", "'=1+1"} <= set(cells)


def test_no_cell_of_a_site_is_run(store: Path, tmp_path: Path) -> None:
    write_store(store)
    build_report(store, output=tmp_path / "site")
    files = sorted((tmp_path / "site").rglob("*.csv"))
    cells = [cell for file in files for cell in read_cells(file)]
    assert [cell for cell in cells if is_run(cell)] == []
    assert {"-1", "-2", "-0.5", "'@auto"} <= set(cells)


def test_a_table_of_such_cells_is_imported_as_the_texts(store: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "note", "loss"])
        writer.writerows([[f"run {place}", disarm(text), -1] for place, text in enumerate(TEXTS)])
    runfolio.import_runs(table, store=store)
    runs = runfolio.search_runs(store=store)
    read = {cell for name in runs.columns for cell in runs[name] if isinstance(cell, str)}
    assert {text for text in TEXTS if text.strip() == text and text != "-１"} <= read
