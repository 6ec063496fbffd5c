"""That the corpus of words leaves out no field, and what words on a page become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

import runfolio
from runfolio.schema import TABLES, derive_run_id
from runfolio.site import build_report
from runfolio.site.controls import show_controls
from runfolio.site.narrative.panels import KINDS
from runfolio.site.narrative.panels.blocks import COMMON
from runfolio.store.reading import read_store
from tests.hostile.cases import Ground
from tests.hostile.parts import words
from tests.hostile.parts.words import ATTACKED, CLOSED, flavours, make_context, make_report
from tests.hostile.texts import DECEIVING, MARK

MARKUP = flavours(Ground(Path(), Path()))["markup"]


@pytest.fixture(name="store", scope="module")
def write_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs of the corpus, with words of one kind."""
    store = tmp_path_factory.mktemp("words") / "runs"
    words.write_runs(store, "markup", 0, MARKUP)
    words.log_run(store, MARKUP)
    return store


def test_every_text_column_of_a_store_is_hostile(store: Path) -> None:
    tables = read_store(store)
    shown = {"run": tables.runs}
    mild = set()
    for table, columns in TABLES.items():
        for column in columns:
            if column.type == "string":
                found = shown.get(table, getattr(tables, table, None))
                assert found is not None, table
                if not any(MARK in str(value) for value in found[column.name].to_pylist()):
                    mild.add((table, column.name))
    assert mild <= CLOSED
    assert set(ATTACKED) == CLOSED


def test_everything_that_is_captured_is_hostile(tmp_path: Path) -> None:
    with runfolio.start_run(experiment="e", store=tmp_path / "real") as run:
        pass
    captured = set(names_of(runfolio.get_run(run.id, store=tmp_path / "real").context))
    written = set(names_of(make_context(MARKUP)))
    assert {"host", "git.remote" if "git" in captured else "user"} <= written
    assert captured - written == set()


def names_of(value: Any, before: str = "") -> Iterator[str]:
    """The names in a nested mapping, with those around them; what `variables` holds is anyone's."""
    for name, one in value.items():
        yield before + name
        if isinstance(one, dict) and name not in ("variables", "sweep", "snapshot"):
            yield from names_of(one, f"{before}{name}.")


def test_every_option_of_every_panel_is_hostile() -> None:
    text = make_report(MARKUP)
    blocks = [json.loads(one.partition("\n```")[0]) for one in text.split("```runfolio\n")[1:]]
    for kind, options in KINDS.items():
        hostile = next(one for one in blocks if one["chart"] == kind and "runs" in one)
        assert all(MARK in hostile[option] for option in (*options, *COMMON))


def test_a_word_on_a_page_is_text_whose_deceiving_characters_show(tmp_path: Path) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    name = f"{MARK} {DECEIVING} <b>&amp;"
    with runfolio.start_run(experiment=name, name=name, store=store, capture=False) as run:
        run.log_param(name, name)
    build_report(store, output=site)
    page = (site / "runs" / f"{run.id}.html").read_text(encoding="utf-8")
    assert "⟨U+202E⟩gnp.exe⟨U+202C⟩ ⟨U+2066⟩a⟨U+2069⟩ ⟨U+200B⟩" in page
    assert "⟨U+FEFF⟩⟨U+061C⟩⟨U+00AD⟩⟨U+E0041⟩ &lt;b&gt;&amp;amp;" in page
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    assert not [one for one in DECEIVING if not one.isprintable() and one in "".join(pages)]
    assert not any("<b>&amp;" in one for one in pages)
    described = json.loads((site / "runs" / f"{run.id}.json").read_text(encoding="utf-8"))
    assert described["name"] == name


def test_a_store_with_words_of_no_meaning_is_built(tmp_path: Path) -> None:
    words.write_broken(tmp_path / "runs", MARKUP)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    status = escape(show_controls(MARKUP("status").lower()))
    page = tmp_path / "site" / "runs" / f"{derive_run_id('hostile', 'run status')}.html"
    assert status in page.read_text(encoding="utf-8")
    assert MARK in (tmp_path / "site" / "feed.xml").read_text(encoding="utf-8")
    for format in ("mlflow", "wandb-csv"):  # noqa: A001  # as the function calls it
        runfolio.export_runs(format, tmp_path / format, store=tmp_path / "runs")
