"""Where nothing is new nothing is read; whatever changes is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import runfolio
from runfolio.cli.report import main
from tests.site.stores import log_run, read_site, write_store

Change = Callable[[Path, Path], object]


@pytest.fixture(autouse=True)
def _settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as old at once, and records are the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.seen.SETTLED", -60.0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = tmp_path / "runs"
    write_store(store, 6)
    return store


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was really built."""
    from runfolio.site import build_report

    found: list[object] = []

    def note(store: object, **options: object) -> object:
        found.append(store)
        return build_report(store, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("runfolio.site.build_report", note, raising=False)
    return found


def build(store: Path, *words: str) -> str:
    site = store.parent / "site"
    done = CliRunner().invoke(main, [str(store), "--output", str(site), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


_NOTHING_NEW = """
import atexit, sys
from runfolio.site import seen
from runfolio.cli.report import main
seen.SETTLED = -60.0
large = ("numpy", "pyarrow", "jinja2", "markdown_it", "runfolio.sources.opening")
atexit.register(lambda: print("loaded", *(name for name in large if name in sys.modules)))
main()
"""


def test_nothing_large_is_loaded_where_nothing_is_new(store: Path) -> None:
    build(store)
    words = [sys.executable, "-c", _NOTHING_NEW, str(store), "--output", str(store.parent / "site")]
    said = subprocess.check_output(words, text=True).splitlines()
    assert said[-1].strip() == "loaded", said


def test_nothing_is_built_where_nothing_is_new(store: Path, built: list[object]) -> None:
    first = build(store)
    files = read_site(store.parent / "site")
    again = build(store)
    assert len(built) == 1
    assert read_site(store.parent / "site") == files
    assert first.partition(" in ")[0] == again.partition(" in ")[0]
    assert f"{len(files)} files ({len(files)} unchanged)" in again


def _tag(store: Path, site: Path) -> None:
    del site
    run_id = next(path.name for path in (store / "runs").iterdir() if (path / "tables").exists())
    runfolio.tag_runs(run_id, {"new": "tag"}, store=store)


def _rewrite_artifact(store: Path, site: Path) -> None:
    del site
    next(store.rglob("artifacts/notes.txt")).write_text("otherwise")


CHANGES: dict[str, Change] = {
    "a new run": lambda store, _: log_run(store, 9),
    "a tag": _tag,
    "an artifact": _rewrite_artifact,
    "a report": lambda store, _: (store.parent / "reports" / "one.md").write_text("# Other\n"),
    "a page that was changed": lambda _, site: (site / "index.html").write_text("mine"),
    "a page that is gone": lambda _, site: next(site.glob("runs/*.html")).unlink(),
    "a file beside the pages": lambda _, site: (site / "more.txt").write_text("more"),
    "packing": lambda store, _: runfolio.pack(store=store),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_is_noticed(store: Path, built: list[object], change: Change) -> None:
    (store.parent / "reports").mkdir()
    (store.parent / "reports" / "one.md").write_text("# One\n")
    build(store)
    change(store, store.parent / "site")
    build(store)
    assert len(built) == 2
    site = read_site(store.parent / "site")
    from runfolio.site import build_report

    build_report(store, output=store.parent / "fresh")
    assert site == read_site(store.parent / "fresh")


@pytest.mark.parametrize(
    "words", [("--title", "Other"), ("--experiment", "large"), ("--anonymous",), ("--theme", "t")]
)
def test_other_options_count(store: Path, built: list[object], words: tuple[str, ...]) -> None:
    theme = store.parent / "own.css"
    theme.write_text("body { color: red }")
    told = tuple(str(theme) if word == "t" else word for word in words)
    build(store)
    build(store, *told)
    build(store, "--profile")
    assert len(built) == 3


def test_a_run_that_goes_on_is_looked_at_each_time(store: Path, built: list[object]) -> None:
    with runfolio.start_run(experiment="large", store=store, capture=False) as run:
        run.log_metric("loss", 1.0)
        build(store)
        build(store)
    assert len(built) == 2


def test_damage_is_told_each_time(store: Path, built: list[object]) -> None:
    table = next(store.glob("packs/*/tables/params.parquet"))
    table.write_bytes(table.read_bytes()[:-1])
    assert "damaged" in build(store)
    assert "damaged" in build(store)
    assert len(built) == 2


def test_files_that_are_too_new_to_tell_are_read_again(
    store: Path, built: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.seen.SETTLED", 60.0)
    build(store)
    build(store)
    assert len(built) == 2


def test_a_record_that_says_nothing_is_as_good_as_none(store: Path, built: list[object]) -> None:
    build(store)
    (record,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.seen")
    for content in (b"", b"[]", b"{}", b'{"format": 1, "mark": "x"}'):
        record.write_bytes(content)
        build(store)
    assert len(built) == 5
