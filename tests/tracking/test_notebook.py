from __future__ import annotations

import math
from pathlib import Path

from bs4 import BeautifulSoup

import runfolio

EVIL = "<script>alert('x')</script>&\""


def _words(html: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find(["script", "img", "iframe", "link"]) is None
    assert not any(name.startswith("on") for tag in soup.find_all() for name in tag.attrs)
    return soup.get_text(" ", strip=True)


def test_a_run_shows_itself_live_and_ended(store: Path) -> None:
    with runfolio.start_run(experiment="wine", name="all", store=store, capture=False) as run:
        run.log_params({"alpha": 0.125})
        run.log_metrics({"loss": 0.75}, step=1)
        run.log_metrics({"loss": 0.5}, step=2)
        live = _words(run._repr_html_())
    ended = _words(run._repr_html_())
    for words in (live, ended):
        for said in ("wine", "all", "alpha", "0.125", "loss", "0.5"):
            assert said in words
    assert "running" in live.lower()
    assert "finished" in ended.lower()


def test_an_experiment_shows_its_runs(store: Path) -> None:
    for name, loss in (("small", 1e-9), ("none", math.nan), ("big", 123456789.0)):
        with runfolio.start_run(experiment="wine", name=name, store=store, capture=False) as run:
            run.log_params({name: loss})
            run.log_metrics({"loss": loss})
    soup = BeautifulSoup(runfolio.get_experiment("wine", store=store)._repr_html_(), "html.parser")
    words = soup.get_text(" ", strip=True)
    for said in ("wine", "small", "none", "big", "1e-09", "nan", "1.23457e+08"):
        assert said in words
    assert len(soup.find_all("tr")) == 4


def test_nothing_logged_becomes_markup(store: Path) -> None:
    with runfolio.start_run(
        experiment=EVIL, name=EVIL, params={EVIL: EVIL}, store=store, capture=False
    ) as run:
        run.log_metrics({EVIL: 1})
    for html in (run._repr_html_(), runfolio.get_experiment(EVIL, store=store)._repr_html_()):
        assert EVIL in _words(html)


def test_an_experiment_without_runs_shows_itself(store: Path) -> None:
    runfolio.describe_experiment("wine", direction="up", store=store)
    assert "wine" in _words(runfolio.get_experiment("wine", store=store)._repr_html_())
