from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from runfolio.tracking.card import render_run_card, render_runs_table

CARD: dict[str, Any] = {
    "name": "ridge",
    "experiment": "wine-quality",
    "status": "FINISHED",
    "run_id": "0123456789abcdef",
    "params": {"alpha": "0.1"},
    "metrics": {"rmse": 0.751234567, "epochs": 10.0},
    "folder_url": "file:///runs/ridge",
}


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def entries(html: str, caption: str) -> dict[str, str]:
    tables = {table.caption.text: table for table in parse(html).find_all("table") if table.caption}
    rows = tables[caption].tbody.find_all("tr")  # type: ignore[union-attr]
    return {row.th.text: row.td.text for row in rows}  # type: ignore[union-attr]


def test_a_card_says_what_the_run_is() -> None:
    html = render_run_card(**CARD)
    assert "ridge wine-quality" in parse(html).text
    assert "✓ finished 0123456789abcdef folder" in parse(html).text
    assert entries(html, "metrics") == {"rmse": "0.7512", "epochs": "10"}
    assert entries(html, "parameters") == {"alpha": "0.1"}
    assert '<span title="0.751234567">0.7512</span>' in html
    assert 'href="file:///runs/ridge"' in html


def test_metrics_of_the_machine_are_left_out() -> None:
    html = render_run_card(**{**CARD, "metrics": {"rmse": 1.5, "system/cpu_percent": 9.0}})
    assert entries(html, "metrics") == {"rmse": "1.5"}


def test_values_that_are_not_finite() -> None:
    values = {"a": float("nan"), "b": float("inf"), "c": -1e300, "d": 1e-9}
    found = entries(render_run_card(**{**CARD, "metrics": values}), "metrics")
    assert found == {"a": "nan", "b": "inf", "c": "-1e+300", "d": "1e-09"}


def test_a_run_that_logged_nothing() -> None:
    html = render_run_card(**{**CARD, "params": {}, "metrics": {}, "status": "RUNNING"})
    assert "Nothing logged yet." in html
    assert "● running" in parse(html).text
    assert "<table" not in html


def test_many_and_long_values_are_cut() -> None:
    params = {f"p{number}": "x" * 100 for number in range(30)}
    html = render_run_card(**{**CARD, "params": params})
    assert len(entries(html, "parameters")) == 24
    assert entries(html, "parameters")["p0"] == "x" * 59 + "…"
    assert f'title="{"x" * 100}"' in html
    assert "… and 6 more" in html


def test_an_address_of_another_kind_is_no_link() -> None:
    html = render_run_card(**{**CARD, "folder_url": "javascript:alert(1)"})
    assert parse(html).find("a") is None


def test_a_table_of_runs() -> None:
    html = render_runs_table(
        title="wine",
        columns=["run", "status", "alpha", "rmse"],
        rows=[["ridge", "finished", "0.1", "0.75"], ["lasso", "failed", "", "NaN"]],
    )
    table = parse(html)
    assert [cell.text for cell in table.find_all("th")] == ["run", "status", "alpha", "rmse"]
    cells = [[cell.text for cell in row.find_all("td")] for row in table.find_all("tr")[1:]]
    assert cells == [["ridge", "✓ finished", "0.1", "0.75"], ["lasso", "✗ failed", "", "NaN"]]
    assert "wine 2 runs" in table.text
    right = ["text-align:right" in str(cell["style"]) for cell in table.find_all("th")]
    assert right == [False, False, True, True]


@pytest.mark.parametrize(("count", "said"), [(0, "0 runs"), (1, "1 run"), (120, "… and 20 more.")])
def test_how_many_runs_there_are(count: int, said: str) -> None:
    html = render_runs_table(title="wine", columns=["run"], rows=[["ridge"]] * count)
    assert said in parse(html).text
    assert len(parse(html).find_all("td")) == min(count, 100)
    assert ("No runs yet." in html) == (count == 0)


NASTY = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>&"


@pytest.mark.parametrize("html_of", ["card", "table"])
def test_nothing_logged_becomes_markup(html_of: str) -> None:
    if html_of == "card":
        nasty: dict[str, Any] = dict.fromkeys(CARD, NASTY)
        html = render_run_card(**{**nasty, "params": {NASTY: NASTY * 3}, "metrics": {NASTY: 1.0}})
    else:
        html = render_runs_table(title=NASTY, columns=[NASTY], rows=[[NASTY], [NASTY * 3]])
    tree = parse(html)
    assert tree.find(["script", "img"]) is None
    assert not [tag for tag in tree.find_all(True) if set(tag.attrs) - {"style", "title", "scope"}]
    assert NASTY in tree.text


@given(text=st.text(max_size=20), number=st.floats())
def test_any_text_and_number_can_be_shown(text: str, number: float) -> None:
    html = render_run_card(**{**CARD, "params": {text: text}, "metrics": {text: number}})
    assert parse(html).find("strong") is not None


def test_no_fixed_background() -> None:
    html = render_run_card(**CARD) + render_runs_table(title="t", columns=["run"], rows=[["a"]])
    backgrounds = {part.split(";")[0] for part in html.replace('"', ";").split("background:")[1:]}
    assert backgrounds == {"none"}
