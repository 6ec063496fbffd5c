"""The page of a run as it is written: small, complete without scripts, and honest of its limits."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag

import runfolio
from runfolio.site import artifacts, build_report, relatives
from runfolio.site.shards import read_shard

MAX_PAGE = 9_000


def page(site: Path, run_id: str) -> BeautifulSoup:
    return BeautifulSoup((site / "runs" / f"{run_id}.html").read_text(), "html.parser")


def find(soup: BeautifulSoup, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found is not None, selector
    return found


def read_metrics(site: Path, run_id: str) -> dict[str, list[str]]:
    """The cells of the table of metrics by label; their end tags are left out, as HTML allows."""
    text = (site / "runs" / f"{run_id}.html").read_text()
    body = text.partition("<tbody>")[2].partition("</table>")[0]
    rows = [row.split("<td") for row in body.split("<tr><th>")[1:]]
    return {row[0]: [cell.partition(">")[2].strip() for cell in row[1:]] for row in rows}


def log_text(store: Path, *files: tuple[str, str]) -> str:
    with runfolio.start_run(store=store, capture=False) as run:
        for path, text in files:
            run.log_text(text, path)
    return run.id


@pytest.mark.parametrize("capture", [False, ["git", "environment"]])
def test_a_page_without_artifacts_is_small(
    store: Path, tmp_path: Path, capture: bool | list[str]
) -> None:
    numbers = random.Random(1)
    with runfolio.start_run(
        experiment="sizes", store=store, capture=capture, tags={"owner": "me", "kind": "long"}
    ) as run:
        run.log_params({f"parameter_{number}": numbers.random() for number in range(8)})
        for step in range(200):
            keys = ("train/loss", "train/accuracy", "val/loss", "val/accuracy")
            run.log_metrics({key: numbers.random() for key in keys}, step=step)
    build_report(store, output=tmp_path / "site")
    size = (tmp_path / "site" / "runs" / f"{run.id}.html").stat().st_size
    assert size <= MAX_PAGE


def test_the_columns_of_data_are_listed(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_input({"rate": [0.1, 0.2], "<b>": ["x", "y"]}, name="table")
        run.log_input(np.zeros((3, 2), np.float32), name="pixels")
    build_report(store, output=tmp_path / "site")
    pairs = page(tmp_path / "site", run.id).select(".input .pairs div")
    listed = [tuple(one.get_text() for one in pair.select("dt, dd")) for pair in pairs]
    assert listed == [("rate", "double"), ("<b>", "string"), ("values", "float32 (3, 2)")]


def test_many_curves_are_drawn_by_the_browser_only(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        for step in range(3):
            run.log_metrics({f"metric {number}": step * number for number in range(30)}, step=step)
            run.log_metrics({"val/loss": 1 / (step + 1), "epoch": step}, step=step)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run.id)
    drawn = [one.text for one in soup.select(".headlines .what")]
    assert (len(drawn), drawn[0]) == (4, "val/loss ↓")
    assert "epoch" not in drawn
    assert len(soup.select(".headlines .spark")) == 4
    assert not soup.select("#curves figure")


def test_a_curve_that_no_headline_shows_is_drawn_with_the_charts(
    store: Path, tmp_path: Path
) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metrics(dict.fromkeys(("val/loss", "val/acc", "val/f1", "val/auc"), 0.5))
        for step in range(3):
            run.log_metric("memory", step * 2.0, step=step)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run.id)
    assert [one.text for one in soup.select("#curves figcaption")] == [
        "memory 0 to 4, steps 0 to 2"
    ]
    assert find(soup, "#curves figure path")["d"] == "M0 35l75-17 75-18"


def test_a_metric_of_one_value_has_no_other(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metric("loss", 1 / 3)
        run.log_metric("acc", 0.5, step=0)
        run.log_metric("acc", 0.25, step=1)
    build_report(store, output=tmp_path / "site")
    assert read_metrics(tmp_path / "site", run.id) == {
        "loss ↓": ["0.3333", "", "", "", "", "", "1"],
        "acc ↑": ["0.25", "0.5", "0", "0.25", "0.5", "0.375", "2"],
    }


def test_values_that_are_no_numbers_are_counted(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        for step, loss in enumerate([0.5, float("nan"), 0.25]):
            run.log_metrics({"loss": loss, "reward": float("nan")}, step=step)
    build_report(store, output=tmp_path / "site")
    rows = read_metrics(tmp_path / "site", run.id)
    points = {label: cells[-1] for label, cells in rows.items()}
    assert points == {"loss ↓": "3 (1 NaN)", "reward ↑": "3 (all NaN)"}


def test_runs_of_one_name_are_not_compared_with_themselves(store: Path, tmp_path: Path) -> None:
    ids = []
    for name, loss in (("train", 3.0), ("train", 1.0), ("other", 2.0)):
        with runfolio.start_run(name=name, store=store, capture=False) as run:
            run.log_metric("loss", loss)
        ids.append(run.id)
    build_report(store, output=tmp_path / "site")
    links = [find(page(tmp_path / "site", one), ".sections > a").text for one in ids]
    assert links == ["Compare with the best run", "Compare with the baseline", "Compare with train"]
    rank = find(page(tmp_path / "site", ids[0]), ".headlines .rank").text
    assert rank == "rank 3 of 3"


def test_many_children_are_capped_and_sorted_by_start(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relatives, "MAX_CHILDREN", 2)
    with runfolio.start_run(experiment="first", store=store, capture=False) as outer:
        for number in range(3):
            with runfolio.start_run(
                name=f"child {number}", nested=True, store=store, capture=False
            ) as inner:
                inner.log_metric("loss", number / 3)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", outer.id)
    (table,) = [one for one in soup.select("#overview table") if "child" in one.text]
    rows = [[cell.text for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert rows == [["child 0", "✓ finished", "0"], ["child 1", "✓ finished", "0.3333"]]
    assert "The first 2 of 3 runs." in soup.text
    assert "outer" not in find(page(tmp_path / "site", inner.id), "#overview").text
    assert find(page(tmp_path / "site", inner.id), f"a[href='../runs/{outer.id}.html']")


def test_a_large_preview_lies_in_a_shard(store: Path, tmp_path: Path) -> None:
    code = "".join(f"x{number} = '<b>{number}'\n" for number in range(2000))
    run_id = log_text(store, ("long.py", code), ("short.py", "x = 1\n"))
    build_report(store, output=tmp_path / "site")
    late = find(page(tmp_path / "site", run_id), "[data-late]")
    assert late["data-late"] == f"previews/{run_id}/0"
    assert late.text.strip() == "2,000 lines"
    shard = tmp_path / "site" / "data" / f"{late['data-late']}.js"
    nodes = read_shard(shard.read_text())["nodes"]
    assert [node[0] for node in nodes if isinstance(node, list)] == ["pre"]
    assert "<b>1999" in json.dumps(nodes)


def test_previews_share_the_room_of_a_page(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MAX_INLINE_OF_ALL", 1000)
    texts = [(f"{number}.txt", "word " * 100) for number in range(4)]
    run_id = log_text(store, *texts)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert len(soup.select(".artifact pre")) == 2 == len(soup.select("[data-late]"))


def test_a_large_page_is_a_download(store: Path, tmp_path: Path) -> None:
    run_id = log_text(store, ("big.html", "<p>" + "text " * 19_800), ("small.html", "<p>text</p>"))
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert len(soup.select("iframe[sandbox='']")) == 1
    assert "A page of 99 kB, more than is shown here." in soup.text


def test_what_is_beyond_the_limits_is_said(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MAX_LISTED", 3)
    monkeypatch.setattr(artifacts, "MAX_PREVIEWS", 2)
    run_id = log_text(store, *((f"{number}.txt", "text") for number in range(5)))
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert len(soup.select(".artifact")) == 3
    assert len(soup.select(".artifact pre")) == 2
    assert "5 files, 20 B" in soup.text
    assert "The first 3 of 5 files; the store has them all." in soup.text
    assert "The first 2 have previews." in soup.text


def test_console_output_has_a_place_of_its_own(store: Path, tmp_path: Path) -> None:
    run_id = log_text(store, ("output.log", "\x1b[31m<b>\x1b[0m\n10%\r100%\n"))
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert find(soup, "#console pre").text == "<b>\n100%\n"
    assert find(soup, ".artifact a[href='#console']").text == "Console"
    assert not soup.select(".artifact pre")


def test_a_diff_stands_with_the_code_and_can_be_downloaded(store: Path, tmp_path: Path) -> None:
    run_id = log_text(store, ("diff.patch", "--- a\n+++ b\n-old\n+new\n"))
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert [line.text.strip() for line in soup.select("#code .changes .gi")] == ["+++ b", "+new"]
    assert find(soup, "#reproduce a[download='changes.diff']")


def test_a_chart_is_drawn_and_only_some_of_many(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MAX_DRAWN", 1)
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"a": 1}]},
        "mark": "point",
        "encoding": {"x": {"field": "a", "type": "quantitative"}},
    }
    run_id = log_text(store, ("a.json", json.dumps(spec)), ("b.json", json.dumps(spec)))
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    (picture,) = soup.select(".artifact img")
    assert str(picture["src"]).startswith("data:image/svg+xml;base64,")
    assert "Not drawn: a page draws no more than 1 charts." in soup.text


def log_bytes(store: Path, folder: Path, **files: bytes) -> str:
    with runfolio.start_run(store=store, capture=False) as run:
        for name, content in files.items():
            path = folder / name.replace("_", ".")
            path.write_bytes(content)
            run.log_artifact(path)
    return run.id


FILM = b"\0\0\0\x20ftypisom" + bytes(100)


def test_film_plays_from_a_copy_that_keeps_an_ending(store: Path, tmp_path: Path) -> None:
    run_id = log_bytes(store, tmp_path, clip_mp4=FILM, page_mp4=b"<script>alert(1)</script>")
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    (film,) = soup.select("video[controls]")
    copy = (tmp_path / "site" / "runs" / str(film["src"])).resolve()
    assert (copy.suffix, copy.read_bytes()) == (".mp4", FILM)
    suffixes = {path.suffix for path in (tmp_path / "site" / "artifacts" / run_id).iterdir()}
    assert suffixes == {".mp4", ".txt"}


def test_film_too_large_to_copy_has_no_player(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MAX_COPY", 50)
    run_id = log_bytes(store, tmp_path, clip_mp4=FILM)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run_id)
    assert not soup.select("video")
    assert "larger than 50 B, not copied" in soup.text


def test_the_data_of_the_run_is_at_hand(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="curves", store=store, capture=False) as run:
        run.log_metrics({"loss": 0.5})
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run.id)
    own = find(soup, "#overview a[download]")
    assert own.text == "this run as JSON"
    assert json.loads((tmp_path / "site" / "runs" / str(own["href"])).read_text())["id"] == run.id
