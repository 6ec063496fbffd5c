"""A rebuild renders the pages of models again where what they show has changed, and no others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.site import ReportSummary, build_report
from runfolio.site.addresses import experiment_page, model_id, model_page, run_page, version_page
from tests.site.models.stores import log_model, register, say, write_wine

Rebuild = Callable[[], ReportSummary]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of its own, and files that count as settled at once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.details.SETTLED", -60.0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def rebuild(store: Path, tmp_path: Path) -> Rebuild:
    return lambda: build_report(store, output=tmp_path / "site")


def html(summary: ReportSummary) -> set[str]:
    """The pages that a build has written anew or otherwise."""
    assert summary.published is not None
    return {path for path in summary.published.changed if path.endswith(".html")}


def read_site(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def assert_as_fresh(store: Path, site: Path) -> None:
    build_report(store, output=site.with_name("fresh"))
    assert read_site(site) == read_site(site.with_name("fresh"))


WINE = model_page(model_id("wine"))
HOME = experiment_page(model_id("wine"))
VERSIONS = [version_page(f"{number:02x}" * 8) for number in (1, 2, 3)]


def test_nothing_changed_nothing_written(store: Path, rebuild: Rebuild) -> None:
    write_wine(store)
    rebuild()
    assert html(rebuild()) == set()


def test_a_moved_alias_changes_pages_that_show_it(
    store: Path, tmp_path: Path, rebuild: Rebuild
) -> None:
    runs = write_wine(store)
    other = log_model(store, "other", 0.1, experiment="other")
    register(store, other, 9, model="other")
    rebuild()
    say(store, aliases={"champion": "03" * 8})
    changed = html(rebuild())
    assert changed == {
        *("index.html", "models.html", WINE, VERSIONS[1], VERSIONS[2]),
        *(run_page(runs[1]), run_page(runs[2])),
    }
    assert_as_fresh(store, tmp_path / "site")


def test_a_new_version_changes_its_neighbours(
    store: Path, tmp_path: Path, rebuild: Rebuild
) -> None:
    runs = write_wine(store)
    rebuild()
    register(store, runs[0], 4)
    changed = html(rebuild())
    assert changed == {
        *("index.html", "models.html", WINE, *VERSIONS, version_page("04" * 8), run_page(runs[0])),
    }
    assert_as_fresh(store, tmp_path / "site")


def test_a_run_that_changes_changes_what_shows_it(
    store: Path, tmp_path: Path, rebuild: Rebuild
) -> None:
    runs = write_wine(store)
    rebuild()
    runfolio.rename_run(runs[0], "called otherwise", store=store)
    assert {WINE, VERSIONS[0]} <= html(rebuild())
    runfolio.delete_runs(runs[0], store=store)
    assert {WINE, VERSIONS[0]} <= html(rebuild())
    assert_as_fresh(store, tmp_path / "site")


def test_a_run_of_another_experiment_changes_no_model(store: Path, rebuild: Rebuild) -> None:
    write_wine(store)
    rebuild()
    log_model(store, "other", 0.1, experiment="other")
    assert not {path for path in html(rebuild()) if path.startswith("models")}


def test_deleted_models_leave_no_page(store: Path, tmp_path: Path, rebuild: Rebuild) -> None:
    write_wine(store)
    rebuild()
    say(store, deleted=True)
    rebuild()
    assert not (tmp_path / "site" / "models.html").exists()
    assert not (tmp_path / "site" / "models").exists()
    assert_as_fresh(store, tmp_path / "site")


def test_an_experiment_gets_its_model_when_it_is_registered(
    store: Path, tmp_path: Path, rebuild: Rebuild
) -> None:
    run_id = log_model(store, "one", 0.5)
    rebuild()
    register(store, run_id, 1)
    assert HOME in html(rebuild())
    assert_as_fresh(store, tmp_path / "site")
