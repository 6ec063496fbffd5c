"""The page of a run as it is written: small, complete without scripts, and honest of its limits."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

import runfolio
from runfolio.site import artifacts, build_report, relatives

MAX_PAGE = 12_000


def page(site: Path, run_id: str) -> BeautifulSoup:
    return BeautifulSoup((site / "runs" / f"{run_id}.html").read_text(), "html.parser")


def find(soup: BeautifulSoup, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found is not None, selector
    return found


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


def test_many_curves_are_drawn_by_the_browser_only(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        for step in range(3):
            run.log_metrics({f"metric {number}": step * number for number in range(30)}, step=step)
            run.log_metrics({"val/loss": 1 / (step + 1), "epoch": step}, step=step)
    build_report(store, output=tmp_path / "site")
    soup = page(tmp_path / "site", run.id)
    drawn = [one.text for one in soup.select("#curves figcaption")]
    assert (len(drawn), drawn[0]) == (4, "val/loss")
    assert "epoch" not in drawn
    assert "4 of 32 curves" in find(soup, "#curves").text
    for use in soup.select(".headlines use"):
        assert soup.select(str(use["href"]))


def test_values_that_are_no_numbers_are_counted(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        for step, loss in enumerate([0.5, float("nan"), 0.25]):
            run.log_metrics({"loss": loss, "reward": float("nan")}, step=step)
    build_report(store, output=tmp_path / "site")
    rows = page(tmp_path / "site", run.id).select("#overview .numbers tbody tr")
    points = {str(row.select("th")[0]["title"]): row.select("td")[-1].text for row in rows}
    assert points == {"loss": "3 (1 NaN)", "reward": "3 (all NaN)"}


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
    call = re.fullmatch(r'runfolio\.register\("[^"]+",(".*")\);\n', shard.read_text())
    assert call is not None
    nodes = json.loads(json.loads(call[1].replace("\\x3c", "<")))["nodes"]
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
    run_id = log_text(store, ("big.html", "<p>text</p>" * 9000), ("small.html", "<p>text</p>"))
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


def test_the_data_of_the_experiment_is_at_hand(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="curves", store=store, capture=False) as run:
        run.log_metrics({"loss": 0.5})
    build_report(store, output=tmp_path / "site")
    links = page(tmp_path / "site", run.id).select("#overview .downloads a")
    assert [link.text for link in links] == [
        "runs as CSV",
        "runs as Parquet",
        "all points as Parquet",
    ]
    for link in links:
        assert (tmp_path / "site" / "runs" / str(link["href"])).is_file()
