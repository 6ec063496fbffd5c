"""The pages of registered models and of their versions, and what runs show of kept models."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag

import runfolio
from runfolio.documents import write_yaml
from runfolio.site import build_report
from runfolio.site.addresses import model_id, version_page
from runfolio.site.publish import MARKER
from runfolio.site.shards import read_shard
from runfolio.store import Edit, write_edit
from runfolio.store.registry import VERSION
from tests.site.models.stores import DESCRIPTION, DIAGRAM, log_model, register, say, write_wine


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(element: Tag | BeautifulSoup | None) -> str:
    assert element is not None
    return " ".join(element.get_text(" ").split())


def text_of(page: BeautifulSoup, selector: str) -> str:
    return words(page.select_one(selector))


def rows_of(page: BeautifulSoup, selector: str) -> list[list[str]]:
    return [[words(cell) for cell in row.select("th, td")] for row in page.select(f"{selector} tr")]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def site(tmp_path: Path, store: Path) -> Path:
    """The report of three versions of one model."""
    write_wine(store)
    build_report(store, output=tmp_path / "site")
    return tmp_path / "site"


def model_page(site: Path, name: str = "wine") -> BeautifulSoup:
    return read(site / "models" / f"{model_id(name)}.html")


def version(site: Path, number: int) -> BeautifulSoup:
    return read(site / version_page(f"{number:02x}" * 8))


def test_without_models_there_is_no_page_of_them(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="wine", store=store, capture=False) as run:
        run.log_metric("rmse", 0.5)
    build_report(store, output=tmp_path / "site")
    assert not (tmp_path / "site" / "models").exists()
    assert not (tmp_path / "site" / "models.html").exists()
    for path in ("index.html", f"runs/{run.id}.html"):
        page = read(tmp_path / "site" / path)
        assert not [link for link in page.select("a[href]") if "model" in str(link["href"])]


def test_the_index_tells_what_counts_of_each_model(store: Path, tmp_path: Path) -> None:
    write_wine(store)
    register(store, log_model(store, "other", 0.3, experiment="other"), 7, model="later")
    build_report(store, output=tmp_path / "site")
    page = read(tmp_path / "site" / "models.html")
    head, later, wine = rows_of(page, "table")
    assert head[:4] == ["Model", "Versions", "Result", "Aliases"]
    assert later[:5] == ["later", "1", "0.3 rmse ↓ version 7", "", "scikit-learn"]
    assert wine[:3] == ["wine", "3", "0.6 rmse ↓ version 2"]
    assert wine[3] == "champion → is version 2 first → is version 1"
    assert page.select_one(".spark")
    links = [str(link["href"]) for link in page.select("tbody th a, a.alias")]
    assert all((tmp_path / "site" / href).is_file() for href in links)
    index = read(tmp_path / "site" / "index.html")
    assert rows_of(index, "section[aria-labelledby=models] table") == [head, later, wine]


def test_many_models_are_on_a_page_of_their_own(store: Path, tmp_path: Path) -> None:
    run_id = log_model(store, "one", 0.5)
    for number in range(1, 9):
        register(store, run_id, number, model=f"model {number}")
    build_report(store, output=tmp_path / "site")
    index = read(tmp_path / "site" / "index.html")
    assert len(index.select("section[aria-labelledby=models] tbody tr")) == 6
    assert text_of(index, "section[aria-labelledby=models] .hint") == "All 8 models"
    assert len(read(tmp_path / "site" / "models.html").select("tbody tr")) == 8


def test_a_model_begins_with_the_version_that_counts(site: Path) -> None:
    page = model_page(site)
    assert text_of(page, "h1") == "wine"
    assert "3 versions · scikit-learn" in text_of(page, ".title .facts")
    assert text_of(page, ".note p") == "Rates wine ."
    verdict = text_of(page, ".verdict")
    assert verdict.startswith("Champion version 2 0.6 rmse ↓ ▲ −33.3 % (better) against the first")
    assert verdict.endswith("version 1 (0.9) from the run run 2")
    aliases = [words(one) for one in page.select(".alias-list li")]
    assert aliases == [
        "champion → is version 2 models:/wine@champion",
        "first → is version 1 models:/wine@first",
    ]


def test_the_table_of_versions(site: Path) -> None:
    head, *rows = rows_of(model_page(site), "table.versions")
    assert head[:5] == ["version", "aliases", "rmse ↓", "r2 ↑", "run"]
    assert [row[:5] for row in rows] == [
        ["version 3", "", "0.7", "0.3", "run 3"],
        ["version 2", "champion", "0.6 (best)", "0.4 (best)", "run 2"],
        ["version 1", "first", "0.9", "0.1", "run 1"],
    ]


def test_metrics_over_versions_are_a_picture_and_data(site: Path) -> None:
    page = model_page(site)
    picture = page.select_one("[data-history] img")
    assert picture is not None
    assert picture["alt"] == "rmse over 3 versions"
    assert "champion" in (site / "models" / str(picture["src"])).read_text()
    assert page.body is not None
    shard = read_shard((site / "data" / f"{page.body['data-shard']}.js").read_text())
    assert (shard["numbers"], shard["aliases"]) == ([1, 2, 3], [["first"], ["champion"], []])
    assert [(one["label"], one["values"]) for one in shard["metrics"]] == [
        ("rmse ↓", [0.9, 0.6, 0.7]),
        ("r2 ↑", pytest.approx([0.1, 0.4, 0.3])),
    ]


def test_one_version_has_no_history(store: Path, tmp_path: Path) -> None:
    register(store, log_model(store, "only", 0.5), 1)
    build_report(store, output=tmp_path / "site")
    page = model_page(tmp_path / "site")
    assert page.select_one("[data-history]") is None
    assert text_of(page, ".verdict").startswith("Latest version version 1 0.5 rmse ↓")
    assert "models alias wine champion 1" in text_of(page, ".answers")


def test_the_page_of_a_version(site: Path) -> None:
    page = version(site, 2)
    assert text_of(page, "h1") == "wine version 2 champion"
    assert text_of(page, ".around").endswith("2 of 3 ▶ Next version")
    assert text_of(page, ".crumbs").endswith(" Models wine wine version 2")
    inputs, outputs, params = (rows_of(page, f".fields:nth-of-type({n})") for n in (1, 2, 3))
    assert inputs[1:] == [["alcohol", "double", ""], ["year", "long", "optional"]]
    assert outputs[1:] == [["unnamed", "double", ""]]
    assert params[1:] == [["scale", "double", "default 1.5"]]
    facts = {words(one.dt): words(one.dd) for one in page.select(".pairs > div")}
    assert facts["flavour"] == "scikit-learn 1.9.1"
    assert (facts["Python"], facts["team"], facts["model"]) == ("3.12.1", "cellar", "run 2")
    assert "skops==0.16.0" in text_of(page, ".requirements")
    measured = rows_of(page, "[aria-label=Metrics] table")
    assert measured[0] == ["metric", "value", "against version 1"]
    assert measured[1] == ["rmse ↓", "0.6", "▲ −33.3 % (better)"]


def test_the_lines_to_copy_are_python_with_the_example(site: Path) -> None:
    page = version(site, 2)
    code = page.select_one(".steps code")
    assert code is not None
    lines = code.get_text()
    ast.parse(lines)
    assert 'runfolio.load_model("models:/wine/2")' in lines
    assert '"alcohol": 9.5' in lines


def test_lineage_leads_from_data_to_version(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="wine", name="sweep", store=store, capture=False) as sweep:
        pass
    run_id = log_model(store, "one", 0.5)
    with runfolio.start_run(run_id=run_id, store=store, capture=False) as run:
        run.log_input(np.ones((2, 3)), name="cellar", context="training")
    child = log_child(store, sweep.id)
    register(store, run_id, 1, user="ada")
    register(store, child, 2)
    build_report(store, output=tmp_path / "site")
    first, second = (
        [words(one) for one in version(tmp_path / "site", number).select(".lineage li")]
        for number in (1, 2)
    )
    assert [one.split()[0] for one in first] == ["Data", "Run", "Model", "Registered"]
    assert first[0].startswith("Data for training cellar ")
    assert first[1] == "Run one of wine"
    assert first[3].startswith("Registered wine version 1 ")
    assert first[3].endswith(" by ada")
    assert second[0] == "Run child of wine , part of sweep"


def log_child(store: Path, parent: str) -> str:
    with runfolio.start_run(
        experiment="wine", name="child", store=store, parent=parent, capture=False
    ) as run:
        run.log_text(write_yaml(DESCRIPTION), "model/MLmodel")
    return run.id


def test_links_of_models_lead_somewhere(site: Path) -> None:
    for path in [site / "models.html", *(site / "models").glob("*.html")]:
        page = read(path)
        found = [str(one["href"]) for one in page.select("a[href]")]
        found += [str(one["src"]) for one in page.select("img[src], script[src]")]
        for href in found:
            target, _, fragment = href.partition("#")
            place = (path.parent / target).resolve() if target else path
            assert place.is_file(), href
            if fragment.startswith("artifact-"):
                assert read(place).find(id=fragment) is not None, href
        assert len(found) > 5


def test_files_are_offered_under_their_names(site: Path) -> None:
    page = version(site, 1)
    files = {words(row.th): row for row in page.select("[aria-label=Files] tbody tr")}
    assert sorted(files) == ["MLmodel", "input_example.json", "model.skops", "requirements.txt"]
    link = files["MLmodel"].select_one("a[download]")
    assert link is not None
    assert link["download"] == "MLmodel"
    assert (site / "models" / str(link["href"])).read_text() == write_yaml(DESCRIPTION)


def test_the_card_is_a_file_beside_the_page(site: Path) -> None:
    from huggingface_hub import ModelCard, ModelCardData

    page = version(site, 2)
    link = page.select_one("a[download='README.md']")
    assert link is not None
    text = (site / "models" / str(link["href"])).read_text()
    card = ModelCard(text, ignore_metadata_errors=False)
    assert isinstance(card.data, ModelCardData)
    assert (card.data.model_name, card.data.library_name) == ("wine", "sklearn")
    results = card.data.eval_results or []
    values = {one.metric_type: one.metric_value for one in results}
    assert (values["rmse"], "system/cpu" in values) == (0.6, False)
    assert 'load_model("models:/wine/2")' in card.text
    assert "skops==0.16.0" in card.text


def test_a_run_shows_its_model_and_as_what_it_is_registered(store: Path, tmp_path: Path) -> None:
    runs = write_wine(store)
    with_diagram = log_model(store, "drawn", 0.5, estimator__html=DIAGRAM)
    build_report(store, output=tmp_path / "site")
    page = read(tmp_path / "site" / "runs" / f"{runs[1]}.html")
    assert "Model" in [words(one) for one in page.select("[data-tabs] a")]
    assert text_of(page, ".registered") == "Registered as wine version 2 champion"
    code = page.select_one("#model .steps code")
    assert code is not None
    assert f'load_model("runs:/{runs[1]}/model")' in code.get_text()
    assert "double" in text_of(page, "#model .signature")
    other = read(tmp_path / "site" / "runs" / f"{with_diagram}.html")
    assert f"models register {with_diagram} NAME" in text_of(other, "#model .hint")
    boxes = [words(one) for one in other.select("#model .estimator-title")]
    assert boxes == ["Pipeline Pipeline(steps=[…])", "StandardScaler", "Ridge Ridge(alpha=2.0)"]


def test_an_experiment_names_its_models(site: Path) -> None:
    page = read(site / "experiments" / f"{model_id('wine')}.html")
    assert any(words(one) == "Registered model: wine" for one in page.select(".facts"))


def test_a_damaged_description_is_told(store: Path, tmp_path: Path) -> None:
    run_id = log_model(store, "damaged", 0.5, MLmodel="flavors: [1, 2")
    register(store, run_id, 1)
    build_report(store, output=tmp_path / "site")
    for page in (
        model_page(tmp_path / "site"),
        version(tmp_path / "site", 1),
        read(tmp_path / "site" / "runs" / f"{run_id}.html"),
    ):
        assert "can’t be read: line 1" in text_of(page, ".warning")


def test_a_diagram_that_is_none_is_told(store: Path, tmp_path: Path) -> None:
    register(store, log_model(store, "odd", 0.5, estimator__html="<h1>no</h1>"), 1)
    build_report(store, output=tmp_path / "site")
    assert "diagram can’t be shown" in version(tmp_path / "site", 1).get_text()


def test_a_version_whose_run_is_gone_says_so(store: Path, tmp_path: Path) -> None:
    runs = write_wine(store)
    runfolio.delete_runs(runs[2], store=store)
    register(store, None, 4, source="a server")
    build_report(store, output=tmp_path / "site")
    page = version(tmp_path / "site", 3)
    assert f"run {runs[2]} is not in this report" in text_of(page, ".warning")
    assert page.select_one(".steps") is None
    assert "came from a server" in text_of(version(tmp_path / "site", 4), ".warning")
    rows = rows_of(model_page(tmp_path / "site"), "table.versions")
    assert rows[1][:5] == ["version 4", "", "", "", "run not here"]
    card = (tmp_path / "site" / version_page("03" * 8)).with_suffix(".md").read_text()
    assert "version 3" in card


def test_files_that_are_gone_are_told(store: Path, tmp_path: Path) -> None:
    runs = write_wine(store)
    register(store, runs[0], 4, path="elsewhere")
    shutil.rmtree(store / "runs" / runs[1] / "artifacts" / "model")
    build_report(store, output=tmp_path / "site")
    site = tmp_path / "site"
    assert "no longer among" in text_of(version(site, 4), ".warning")
    assert "missing from the store" in text_of(version(site, 2), ".warning")


def test_a_model_without_versions_says_so(store: Path, tmp_path: Path) -> None:
    write_wine(store)
    say(store, "empty", note="Nothing yet.")
    build_report(store, output=tmp_path / "site")
    assert (
        "All versions of this model were deleted"
        in model_page(tmp_path / "site", "empty").get_text()
    )


def test_a_narrowed_report_has_the_models_of_its_runs(store: Path, tmp_path: Path) -> None:
    write_wine(store)
    other = log_model(store, "other", 0.1, experiment="other")
    register(store, other, 4)
    register(store, other, 5, model="only there")
    build_report(store, output=tmp_path / "site", experiments=["wine"])
    listed = rows_of(read(tmp_path / "site" / "models.html"), "table")
    assert [row[:2] for row in listed[1:]] == [["wine", "3"]]
    text = "".join(path.read_text() for path in (tmp_path / "site").rglob("*.html"))
    assert "only there" not in text
    assert other not in text


def test_names_and_ids_lead_nowhere_else(store: Path, tmp_path: Path) -> None:
    name = "../<script>alert(1)</script>"
    run_id = log_model(store, "one", 0.5)
    said = {"model": name, "number": 1, "run_id": run_id, "path": "model"}
    write_edit(store, Edit(0, VERSION, "../../../evil", said | {"note": "<b>", "user": "<i>"}))
    build_report(store, output=tmp_path / "site")
    site = tmp_path / "site"
    stems = sorted(path.stem for path in (site / "models").glob("*.html"))
    assert [len(stem) for stem in sorted(stems, key=len)] == [12, 16]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "site"]
    assert (site / MARKER).is_file()
    page = model_page(site, name)
    assert text_of(page, "h1") == name
    assert not page.select("script:not([src]):not([type])")


def test_the_search_finds_models(site: Path) -> None:
    shard = read_shard((site / "data" / "finder.js").read_text())
    assert shard["models"] == {
        "id": [model_id("wine")],
        "name": ["wine"],
        "detail": ["3 versions, champion is 2"],
    }


def test_the_build_counts_its_pages(store: Path, tmp_path: Path) -> None:
    write_wine(store)
    seen: list[tuple[int, int]] = []
    summary = build_report(
        store, output=tmp_path / "site", progress=lambda *counts: seen.append(counts)
    )
    assert seen[-1] == (summary.pages, summary.pages)
    assert summary.pages == len(list((tmp_path / "site").rglob("*.html")))


def test_a_signature_of_tensors(store: Path, tmp_path: Path) -> None:
    tensor = {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}
    signature = {"inputs": json.dumps([tensor]), "outputs": None, "params": None}
    text = write_yaml(DESCRIPTION | {"signature": signature})
    register(store, log_model(store, "net", 0.5, MLmodel=text, input_example__json=None), 1)
    build_report(store, output=tmp_path / "site")
    page = version(tmp_path / "site", 1)
    assert rows_of(page, ".fields")[1:] == [["unnamed", "float32 (-1, 28, 28)", ""]]
