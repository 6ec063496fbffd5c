"""Pictures for where no script runs: drawn once, kept until what they show changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import runfolio
from runfolio.charts.rendering import Filled
from runfolio.site import build_report
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.pictures import PictureFiles, make_pictures


def write_run(store: Path, number: int) -> None:
    with runfolio.start_run(
        experiment="sweep", name=f"run {number}", store=store, capture=False
    ) as run:
        run.log_params({"rate": 10.0**-number, "depth": number})
        for step in range(3):
            run.log_metric("loss", 1.0 / (1 + step + number), step=step)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digests of the charts that were drawn, in order."""
    seen: list[str] = []
    draw = Filled.svg

    def noted(self: Filled, show: Callable[[str], str] = str) -> str:
        seen.append(self.digest)
        return draw(self, show)

    monkeypatch.setattr(Filled, "svg", noted)
    return seen


def pictures(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((site / "charts").glob("*.svg"))}


def test_a_rebuild_draws_only_what_changed(tmp_path: Path, drawn: list[str]) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    for number in range(3):
        write_run(store, number)
    build_report(store, output=site)
    first = pictures(site)
    assert len(first) == 2 * len(drawn) == 8

    drawn.clear()
    build_report(store, output=site)
    assert drawn == []
    assert pictures(site) == first

    with runfolio.start_run(experiment="other", name="alone", store=store, capture=False) as run:
        run.log_metric("loss", 1.0)
    build_report(store, output=site)
    assert drawn == []

    write_run(store, 3)
    build_report(store, output=site)
    assert len(drawn) == 4
    assert first.keys().isdisjoint(pictures(site))


def test_pictures_of_the_same_runs_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    store, site, made = tmp_path / "runs", tmp_path / "site", list[str]()
    for number in range(3):
        write_run(store, number)

    def noted(facts: ExperimentFacts) -> Iterator[PictureFiles]:
        made.append(facts.entry.name)
        return make_pictures(facts)

    monkeypatch.setattr("runfolio.site.experiment_files.make_pictures", noted)
    build_report(store, output=site)
    first = pictures(site)
    assert made == ["sweep"]

    with runfolio.start_run(experiment="sweep", store=store, capture=False) as run:
        run.log_metric("another", 1.0)
    build_report(store, output=site)
    assert made == ["sweep"]
    assert pictures(site) == first

    for kept in (tmp_path / "cache").rglob("pictures/*.json"):
        kept.write_bytes(kept.read_bytes().replace(b"curves", b"scurve"))
    with runfolio.start_run(experiment="sweep", store=store, capture=False) as run:
        run.log_metric("another", 2.0)
    build_report(store, output=site)
    assert made == ["sweep"] * 2
    assert pictures(site) == first

    write_run(store, 3)
    build_report(store, output=site)
    assert made == ["sweep"] * 3
    assert pictures(site) != first


def test_a_kept_picture_has_the_bytes_of_a_fresh_one(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    for number in range(2):
        write_run(store, number)
    build_report(store, output=tmp_path / "one")
    build_report(store, output=tmp_path / "one")
    build_report(store, output=tmp_path / "two")
    assert pictures(tmp_path / "one") == pictures(tmp_path / "two")


def test_a_picture_that_is_missing_or_empty_is_drawn_again(
    tmp_path: Path, drawn: list[str]
) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    for number in range(2):
        write_run(store, number)
    build_report(store, output=site)
    before = pictures(site)
    lost, emptied = (site / "charts" / name for name in (min(before), max(before)))
    lost.unlink()
    emptied.unlink()
    emptied.touch()
    drawn.clear()
    build_report(store, output=site)
    assert len(drawn) == 2
    assert pictures(site) == before


def test_a_picture_shows_what_a_page_would_of_names_that_no_drawing_may_hold(
    tmp_path: Path,
) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    for number in range(2):
        with runfolio.start_run(experiment="odd", store=store, capture=False) as run:
            run.log_param("rate", number)
            run.log_metric("loss\x0b\x00 \u202ebackwards", number)
    build_report(store, output=site)
    drawn = pictures(site)
    assert drawn
    assert all("\u202e" not in one.decode() for one in drawn.values())
    assert any("loss␋␀" in one.decode() and "⟨U+202E⟩" in one.decode() for one in drawn.values())


def test_the_pages_show_light_and_dark(tmp_path: Path) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    for number in range(2):
        write_run(store, number)
    build_report(store, output=site)
    page = next((site / "experiments").glob("*.html")).read_text(encoding="utf-8")
    shown = pictures(site)
    assert all(f"../charts/{name}" in page for name in shown)
    assert sum(name.endswith("-dark.svg") for name in shown) == len(shown) / 2
