"""The JSON beside the pages: valid by the schemas that lie there too, and true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest

import runfolio
from runfolio.query.record import get_run
from runfolio.site import build_report
from runfolio.site.machines.schemas import INDEX, RUN
from runfolio.site.numbers import plain_number
from tests.environment.demo_site import DEMO_STORE
from tests.site.machines.conftest import ODD, linked

README = Path(__file__).parents[3] / "README.md"


def read(path: Path) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{path} holds {name}, which JSON lacks")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def validate(site: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Check all documents of a site by its own schemas; return the index and the runs."""
    index_schema, run_schema = (
        read(site / "data/index.schema.json"),
        read(site / "data/run.schema.json"),
    )
    checks = [jsonschema.Draft202012Validator(one) for one in (index_schema, run_schema)]
    for schema in (index_schema, run_schema):
        jsonschema.Draft202012Validator.check_schema(schema)
    index = read(site / "data/index.json")
    checks[0].validate(index)
    listed = [run for one in index["experiments"] for run in one["runs"]]
    runs = [read(site / run["data"]) for run in listed]
    for run in runs:
        checks[1].validate(run)
    return index, runs


def test_the_documents_of_the_demo_are_valid_and_lead_to_files(tmp_path: Path) -> None:
    build_report(DEMO_STORE, output=tmp_path / "site", title="Demo")
    index, runs = validate(tmp_path / "site")
    assert len(runs) == sum(len(one["runs"]) for one in index["experiments"]) > 10
    for experiment in index["experiments"]:
        for place in (experiment["page"], *experiment["files"].values()):
            assert (tmp_path / "site" / place).is_file()
    for run in runs:
        copies = [one["href"] for one in run["artifacts"] if one["href"]]
        for place in (run["page"], run["points"], *copies):
            assert (tmp_path / "site" / place).is_file()
    for place in index["files"].values():
        assert (tmp_path / "site" / place).is_file()


def test_they_say_what_the_store_says(tmp_path: Path) -> None:
    build_report(DEMO_STORE, output=tmp_path / "site", title="Demo")
    index, runs = validate(tmp_path / "site")
    for document in runs:
        run = get_run(document["id"], store=DEMO_STORE)
        assert document["name"] == run.name
        assert document["params"] == dict(run.params)
        last = {key: one["last"] for key, one in document["metrics"].items()}
        assert last == {key: plain_number(value) for key, value in run.metrics.items()}
        assert document["start_time"] == run.start_time.isoformat().replace("+00:00", "Z")
    wine = next(one for one in index["experiments"] if one["name"] == "wine-quality")
    values = {run["id"]: run["value"] for run in wine["runs"]}
    assert wine["direction"] == "down"
    assert values[wine["best"]] == min(value for value in values.values() if value is not None)
    points = pq.read_table(tmp_path / "site" / wine["files"]["points_parquet"])
    assert set(points["run_id"].to_pylist()) <= set(values)


def test_odd_names_and_values_are_kept(odd_site: Path) -> None:
    index, runs = validate(odd_site)
    assert index["title"] == ODD
    run = next(one for one in runs if one["name"] == ODD)
    deep = json.loads(run["params"].pop("deep"))
    assert deep == {"a": [1, None]}
    assert run["params"] == {ODD: ODD, "rate": "NaN", "on": True}
    assert run["metrics"][ODD]["last"] == "Infinity"
    assert (run["metrics"]["loss"]["last"], run["metrics"]["loss"]["nan_count"]) == ("NaN", 1)
    assert run["tags"][ODD] == run["note"] == run["inputs"][0]["name"] == ODD
    child = next(one for one in runs if one["name"] == "child")
    assert child["parent_id"] == run["id"]


def test_an_empty_store_has_an_index(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    runfolio.describe_experiment("empty", note="nothing yet", store=tmp_path / "runs")
    build_report(tmp_path / "runs", output=tmp_path / "site")
    index, runs = validate(tmp_path / "site")
    assert runs == []
    assert [one["runs"] for one in index["experiments"]] == [[]]


def test_the_address_of_the_site_is_told(odd_store: Path, tmp_path: Path) -> None:
    build_report(odd_store, output=tmp_path / "site", site_url="https://example.org/r")
    index, _ = validate(tmp_path / "site")
    assert index["url"] == "https://example.org/r/"


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "ftp://example.org/",
        "https://",
        "https://me:pw@example.org",
        "http://[",
        "https://example.org/?a",
        "https://example.org/é",
    ],
)
def test_an_address_that_is_none_is_refused(odd_store: Path, tmp_path: Path, url: str) -> None:
    with pytest.raises(runfolio.RunfolioError, match="is no address of a site"):
        build_report(odd_store, output=tmp_path / "site", site_url=url)
    assert not (tmp_path / "site").exists()


def test_every_field_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    for schema in (INDEX, RUN):
        missing = [name for name in schema["properties"] if f"`{name}`" not in text]
        assert not missing, schema["title"]


def test_reports_are_listed(odd_store: Path, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    front = (
        "title: What <b> came out\nauthors: A. Author\ndate: 2026-11-01\nabstract: It went well."
    )
    text = f"---\n{front}\n---\nMore.\n"
    (tmp_path / "reports/first.md").write_text(text)
    build_report(odd_store, output=tmp_path / "site", reports=tmp_path / "reports")
    index, _ = validate(tmp_path / "site")
    (report,) = index["reports"]
    assert report == {
        "title": "What <b> came out",
        "authors": "A. Author",
        "date": "2026-11-01",
        "summary": "It went well.",
        "page": "reports/first.html",
    }
    overview = (tmp_path / "site/llms.txt").read_text(encoding="utf-8")
    assert "## Reports\n\n- [What \\<b\\> came out](reports/first.html)\n" in overview
    data = linked(tmp_path / "site" / report["page"])
    assert (data["@type"], data["author"][0]["name"]) == ("Report", "A. Author")
    assert (data["datePublished"], data["abstract"]) == (report["date"], report["summary"])
