"""The site of small stores: every state has a useful page, and every page keeps the rules."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from bs4 import BeautifulSoup, Tag

import runfolio
from runfolio.site import build_report
from runfolio.site.shards import read_shard
from runfolio.store import read_store

HOSTILE = "</script><img src=x onerror=alert(1)>\u2028'\"&{{ 7*7 }}"


def log(store: Path, *, name: str = "run", experiment: str = "first", **metrics: float) -> str:
    with runfolio.start_run(experiment=experiment, name=name, store=store, capture=False) as run:
        if metrics:
            run.log_metrics(metrics)
    return run.id


def log_failure(store: Path, **metrics: float) -> str:
    run = runfolio.start_run(experiment="first", name="bad", store=store, capture=False)

    def train() -> None:
        with run:
            run.log_metrics(metrics)
            raise ValueError("diverged")

    with pytest.raises(ValueError, match="diverged"):
        train()
    return run.id


def build(store: Path, output: Path) -> Path:
    build_report(store, output=output, title="Project")
    return output


def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(), "html.parser")


def the_experiment(site: Path) -> BeautifulSoup:
    (only,) = site.glob("experiments/*.html")
    return page(only)


def shard(path: Path) -> dict[str, object]:
    document: dict[str, object] = read_shard(path.read_text())
    return document


def test_an_empty_store_says_how_to_log_a_run(store: Path, tmp_path: Path) -> None:
    log(store)
    for folder in (store / "runs").iterdir():
        folder.rename(tmp_path / folder.name)
    index = page(build(store, tmp_path / "site") / "index.html")
    assert "No runs yet" in index.text
    assert "runfolio.start_run" in index.text


def test_one_run_has_no_comparison_but_a_result(store: Path, tmp_path: Path) -> None:
    log(store, loss=0.5)
    site = build(store, tmp_path / "site")
    verdict = the_experiment(site).select_one(".verdict")
    assert verdict is not None
    assert "0.5" in verdict.text
    assert verdict.select_one(".change") is None


def test_a_run_without_metrics_has_useful_pages(store: Path, tmp_path: Path) -> None:
    run_id = log(store)
    site = build(store, tmp_path / "site")
    assert "No metric was logged" in the_experiment(site).text
    assert "This run logged no metric" in page(site / "runs" / f"{run_id}.html").text


def test_a_running_run_is_shown_as_running(store: Path, tmp_path: Path) -> None:
    run = runfolio.start_run(experiment="first", store=store, capture=False)
    run.log_metric("loss", 0.25)
    site = build(store, tmp_path / "site")
    run.finish()
    text = page(site / "runs" / f"{run.id}.html").text
    assert "running" in text
    assert "0.25" in text


def test_a_killed_run_is_shown_as_stopped_with_what_it_had_logged(
    store: Path, tmp_path: Path
) -> None:
    script = f"""
        import os, runfolio
        run = runfolio.start_run(experiment="first", store={str(store)!r}, capture=False)
        run.log_metric("loss", 0.125)
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    site = build(store, tmp_path / "site")
    (run_page,) = site.glob("runs/*.html")
    assert "stopped before it finished" in page(run_page).text
    assert "0.125" in page(run_page).text


def test_a_failed_run_shows_its_traceback_and_is_never_best(store: Path, tmp_path: Path) -> None:
    log(store, name="sound", loss=0.5)
    run_id = log_failure(store, loss=0.1)
    site = build(store, tmp_path / "site")
    winner = the_experiment(site).select_one(".winner")
    assert winner is not None
    assert winner.text == "sound"
    traceback = page(site / "runs" / f"{run_id}.html").select_one(".traceback")
    assert traceback is not None
    assert "ValueError: diverged" in traceback.text


def test_the_primary_metric_can_be_set(store: Path, tmp_path: Path) -> None:
    log(store, name="fast", loss=0.9, speed=9)
    log(store, name="good", loss=0.1, speed=1)
    runfolio.describe_experiment("first", primary_metric="speed", direction="up", store=store)
    winner = the_experiment(build(store, tmp_path / "site")).select_one(".winner")
    assert winner is not None
    assert winner.text == "fast"


def test_values_are_rounded_with_the_full_value_on_hover(store: Path, tmp_path: Path) -> None:
    log(store, loss=0.123456789)
    cell = the_experiment(build(store, tmp_path / "site")).select_one("td[title='0.123456789']")
    assert cell is not None
    assert cell.text.startswith("0.1235")


def test_what_is_no_number_is_shown_and_shipped_honestly(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="first", store=store, capture=False) as run:
        for value in (1.0, float("nan"), float("inf")):
            run.log_metric("loss", value)
    site = build(store, tmp_path / "site")
    document = shard(site / "data" / "runs" / f"{run.id}.js")
    assert document["curves"]["loss"]["value"] == [1.0, "NaN", "Infinity"]  # type: ignore[index]
    assert "∞" in page(site / "runs" / f"{run.id}.html").text


def test_nested_runs_link_each_other(store: Path, tmp_path: Path) -> None:
    outer = runfolio.start_run(experiment="first", name="outer", store=store, capture=False)
    inner = runfolio.start_run(name="inner", nested=True, store=store, capture=False)
    inner.finish()
    outer.finish()
    site = build(store, tmp_path / "site")
    assert page(site / "runs" / f"{outer.id}.html").find("a", href=f"../runs/{inner.id}.html")
    assert page(site / "runs" / f"{inner.id}.html").find("a", href=f"../runs/{outer.id}.html")


@pytest.fixture
def hostile_site(store: Path, tmp_path: Path) -> Path:
    """The site of a run whose every text tries to be markup."""
    with runfolio.start_run(
        experiment=HOSTILE,
        name=HOSTILE,
        tags={HOSTILE: HOSTILE},
        note=HOSTILE,
        store=store,
        capture=False,
    ) as run:
        run.log_params({HOSTILE: HOSTILE, "__proto__": "x"})
        run.log_metrics({HOSTILE: 1.0})
        run.log_metrics({HOSTILE: 2.0})
        run.log_text(HOSTILE, "a <b>.txt")
        run.log_text(f"<svg xmlns='http://www.w3.org/2000/svg'>{HOSTILE}</svg>", "evil.svg")
        run.log_text(f"<html>{HOSTILE}</html>", "evil.html")
    log(store, experiment=HOSTILE, name="other", **{HOSTILE: 1.5})
    return build(store, tmp_path / "site")


def programs(soup: BeautifulSoup) -> list[Tag]:
    """The scripts of a page that a browser runs: all but the one of linked data."""
    found = [one for one in soup.find_all("script") if isinstance(one, Tag)]
    data = [one for one in found if one.get("type") == "application/ld+json"]
    assert len(data) <= 1
    assert all(one.attrs == {"type": "application/ld+json"} for one in data)
    return [one for one in found if one not in data]


def test_no_text_of_a_store_becomes_markup(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.html"):
        soup = page(path)
        sources = [str(script.get("src", "")) for script in programs(soup)]
        assert sources, path
        assert all(re.fullmatch(r"(\.\./)?assets/[a-z]+\.\w+\.js", one) for one in sources), path
        assert not [tag for tag in soup.find_all(True) if "onerror" in tag.attrs], path
        assert not soup.find_all("img", src="x"), path
        assert "49" not in (soup.title.text if soup.title else ""), path


def test_shards_hold_texts_as_they_were(hostile_site: Path) -> None:
    for path in (hostile_site / "data").rglob("*.js"):
        assert "</script" not in path.read_text()
        assert "\u2028" not in path.read_text()
    names = {shard(path)["name"] for path in (hostile_site / "data" / "runs").glob("*.js")}
    assert names == {HOSTILE, "other"}
    assert json.dumps(HOSTILE) in json.dumps(shard(hostile_site / "data" / "finder.js"))


def test_file_names_are_made_of_ids_and_hashes(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*"):
        assert re.fullmatch(r"[a-z0-9.-]+", path.name), path
    assert not list(hostile_site.rglob("artifacts/**/*.svg"))
    assert not list(hostile_site.rglob("artifacts/**/*.html"))


def test_every_page_carries_the_policy_and_nothing_inline(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.html"):
        soup = page(path)
        policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert policy is not None
        assert str(policy["content"]).startswith("default-src 'none'; script-src 'self'")
        assert soup.find("meta", attrs={"name": "referrer", "content": "no-referrer"})
        assert not soup.select("[style]")
        assert not soup.find_all("style")
        assert all(script.get("src") and not script.text for script in programs(soup))


def test_every_link_leads_somewhere_in_the_site(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.html"):
        soup = page(path)
        links = [(tag, tag[name]) for name in ("href", "src") for tag in soup.select(f"[{name}]")]
        for tag, link in links:
            target = str(link)
            if target.startswith(("data:", "#")):
                continue
            assert not re.match(r"[a-z]+:|//", target), (path, tag)
            place, _, anchor = target.partition("#")
            assert (path.parent / place).resolve().is_file(), (path, target)
            if anchor and "=" not in anchor:
                assert soup.find(id=anchor), (path, target)


def test_ids_are_unique_on_a_page(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.html"):
        ids = [tag["id"] for tag in page(path).find_all(id=True)]
        assert len(ids) == len(set(ids)), path


def test_an_artifact_that_is_a_link_out_of_the_store_is_not_followed(
    store: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    with runfolio.start_run(experiment="first", store=store, capture=False) as run:
        run.log_text("plain", "a.txt")
    artifact = store / "runs" / run.id / "artifacts" / "a.txt"
    artifact.unlink()
    artifact.symlink_to(secret)
    site = build(store, tmp_path / "site")
    assert "no plain file" in page(site / "runs" / f"{run.id}.html").text
    assert not [p for p in site.rglob("*") if p.is_file() and b"top secret" in p.read_bytes()]


def test_the_numbers_lie_beside_the_page(store: Path, tmp_path: Path) -> None:
    import pandas as pd

    with runfolio.start_run(experiment="first", name="=1+1", store=store, capture=False) as run:
        run.log_params({"alpha": 2, "flag": True})
        for step in range(3):
            run.log_metric("loss", 0.5 / (step + 1))
    data = build(store, tmp_path / "site") / "data" / "experiments"
    (table,) = (path for path in data.glob("*.parquet") if "points" not in path.name)
    frame = pd.read_parquet(table)
    assert frame.loc[0, "params.alpha"] == 2
    assert frame["params.alpha"].dtype == "int64"
    assert frame.loc[0, "metrics.loss"] == 0.5 / 3
    assert frame.loc[0, "name"] == "=1+1"
    (points,) = data.glob("*-points.parquet")
    assert pd.read_parquet(points)["value"].tolist() == [0.5, 0.25, 0.5 / 3]
    (rows,) = data.glob("*.csv")
    assert pd.read_csv(rows).loc[0, "name"] == "'=1+1"


def test_the_date_shown_is_the_one_asked_for(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(store, loss=1)
    monkeypatch.setitem(os.environ, "SOURCE_DATE_EPOCH", "86400")
    assert "Built 2 Jan 1970" in page(build(store, tmp_path / "site") / "index.html").text


def test_the_shard_of_an_experiment_holds_its_columns(store: Path, tmp_path: Path) -> None:
    for number in range(3):
        with runfolio.start_run(
            experiment="first", name=f"{number}", store=store, capture=False
        ) as run:
            run.log_params({"alpha": number, "kind": "ab"[number % 2], "seed": 7})
            run.log_metric("loss", float(number))
    site = build(store, tmp_path / "site")
    (path,) = (site / "data" / "experiments").glob("*.js")
    document = shard(path)
    data: dict[str, object] = document["data"]  # type: ignore[assignment]
    assert data["params.alpha"] == {"values": [0, 1, 2]}
    assert data["params.kind"] == {"values": ["a", "b", "a"]}
    assert data["params.seed"] == {"same": 7}
    assert document["primary"] == "loss"
    assert len(read_store(store).runs) == len(document["runs"]["id"])  # type: ignore[index]


def test_a_primary_metric_that_no_run_has_is_said_and_another_one_counts(
    store: Path, tmp_path: Path
) -> None:
    log(store, name="good", loss=0.1)
    log(store, name="bad", loss=0.9)
    runfolio.describe_experiment("first", primary_metric="typo", store=store)
    experiment = the_experiment(build(store, tmp_path / "site"))
    assert "typo, which was chosen, was logged by no run" in experiment.text
    winner = experiment.select_one(".winner")
    assert winner is not None
    assert winner.text == "good"


def test_a_long_value_is_folded_behind_its_beginning(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_params({"short": "b" * 400, "long": "a" * 401})
        run.set_tag("words", "c " * 300)
    site = build(store, tmp_path / "site")
    [folded, tag] = page(site / "runs" / f"{run.id}.html").select("dd > details")
    assert folded.summary is not None
    assert folded.summary.text == "a" * 120 + "…"
    assert "a" * 401 in folded.text
    assert "c c" in tag.text
    assert "b" * 400 in page(site / "runs" / f"{run.id}.html").text


def test_an_imported_run_says_where_it_is_from(store: Path, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,loss\n0,1\n1,0.5\n")
    runfolio.import_runs(tmp_path / "log.csv", store=store)
    site = build(store, tmp_path / "site")
    (path,) = (site / "runs").glob("*.html")
    (place,) = page(path).select("#environment")
    assert "imported from" in place.text
    assert "table · log.csv" in place.text


def test_the_index_offers_its_experiments_as_csv_and_parquet(store: Path, tmp_path: Path) -> None:
    log(store, experiment="=first", name="one", loss=0.5)
    log(store, experiment="=first", name="two", loss=0.25)
    runfolio.describe_experiment("second", note="Empty.", store=store)
    site = build(store, tmp_path / "site")
    links = [link["href"] for link in page(site / "index.html").select(".downloads a")]
    csv, parquet = (site / str(link) for link in links[:2])
    assert links[2:] == ["data/index.json", "feed.xml"]
    lines = csv.read_text().splitlines()
    assert lines[1].startswith("'=first,2,0,0,0,2")
    assert lines[1].split(",")[6:9] == ["loss", "down", "0.25"]
    assert lines[2] == "second,0,0,0,0,,,,,,"
    assert pq.read_table(parquet)["best_run"].to_pylist() == ["two", None]
