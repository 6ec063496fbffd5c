"""The description of an archive as an RO-Crate 1.1 with the Process Run Crate profile."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import runfolio
from runfolio.archive import archive_store
from tests.archive.conftest import Sample
from tests.archive.samples import ODD_NAME, names_in, rewrite
from tests.environment.apart import run_apart

VALIDATE = "import sys; from tests.archive.validator import main; main(*sys.argv[1:])"
ADA = {"@id": "https://orcid.org/0000-0002-1825-0097"}


def read_crate(archive: Path) -> dict[str, dict[str, Any]]:
    """The entities of a crate by their ids, each of which is there once."""
    with zipfile.ZipFile(archive) as file:
        document = json.loads(file.read("ro-crate-metadata.json"))
    assert document["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {one["@id"]: one for one in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    return entities


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and set(value) == {"@id"}:
        yield value["@id"]
    for one in value.values() if isinstance(value, dict) else listed(value):
        if isinstance(one, dict | list):
            yield from references(one)


@pytest.fixture(scope="module")
def crate(sample: Sample) -> dict[str, dict[str, Any]]:
    return read_crate(sample.archive)


def test_the_root_says_what_ro_crate_asks_for(crate: dict[str, dict[str, Any]]) -> None:
    described = crate["ro-crate-metadata.json"]
    assert described["@type"] == "CreativeWork"
    assert described["about"] == {"@id": "./"}
    assert described["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = crate["./"]
    assert root["@type"] == "Dataset"
    assert (root["name"], root["description"]) == ("Wine", "Two runs about wine.")
    assert root["datePublished"].endswith("Z")
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert root["author"] == [ADA, {"@id": "#author-B.%20Sample"}]
    assert root["citation"] == {"@id": "https://doi.org/10.5281/zenodo.1234567"}


def test_it_names_the_profile(crate: dict[str, dict[str, Any]]) -> None:
    profile = crate[crate["./"]["conformsTo"]["@id"]]
    assert profile["@id"].startswith("https://w3id.org/ro/wfrun/process/")
    assert profile["@type"] == "CreativeWork"
    assert profile["@id"].endswith(profile["version"])


def test_everything_that_is_referred_to_is_described(crate: dict[str, dict[str, Any]]) -> None:
    outside = {"https://w3id.org/ro/crate/1.1"}
    missing = {one for entity in crate.values() for one in references(entity) if one not in crate}
    assert missing == outside


def test_every_file_is_there_and_a_part_of_the_root(
    sample: Sample, crate: dict[str, dict[str, Any]]
) -> None:
    names = names_in(sample.archive)
    parts = {one["@id"] for one in crate["./"]["hasPart"]}
    files = {key: one for key, one in crate.items() if one["@type"] == "File"}
    assert files.keys() <= parts
    assert {unquote(key) for key in files} <= names
    assert any(unquote(key).endswith(ODD_NAME) for key in files)
    with zipfile.ZipFile(sample.archive) as file:
        for key, one in files.items():
            if "contentSize" in one:
                assert int(one["contentSize"]) == file.getinfo(unquote(key)).file_size
    folders = [key for key, one in crate.items() if one["@type"] == "Dataset" and key != "./"]
    assert set(folders) <= parts
    assert all(any(name.startswith(folder) for name in names) for folder in folders)


def test_each_run_is_an_action(sample: Sample, crate: dict[str, dict[str, Any]]) -> None:
    ids = [f"#run-{sample.ids[name]}" for name in ("rich", "plain")]
    assert sorted(one["@id"] for one in crate["./"]["mentions"]) == sorted(ids)
    action = crate[ids[0]]
    assert action["@type"] == "CreateAction"
    assert action["name"] == "a"
    assert "a later note" in action["description"]
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert action["startTime"] <= action["endTime"]
    assert crate[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
    assert crate[action["instrument"]["@id"]]["name"]


def test_what_went_in_and_what_came_out(sample: Sample, crate: dict[str, dict[str, Any]]) -> None:
    action = crate[f"#run-{sample.ids['rich']}"]
    given = [crate[one["@id"]] for one in listed(action["object"])]
    params = {one["name"]: one["value"] for one in given if one["@type"] == "PropertyValue"}
    assert params["lr"] == 0.1
    assert params["layers"] == 3
    assert params["name"] == "<b>x</b>"
    made = [crate[one["@id"]] for one in listed(action["result"])]
    metrics = {one["name"]: one["value"] for one in made if one["@type"] == "PropertyValue"}
    assert metrics == {"loss": "NaN"}
    assert {one["name"] for one in made if one["@type"] == "File"} >= {"page.html", ODD_NAME}


def test_a_captured_run_has_person_program_data_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "ada")
    run = runfolio.start_run(store=tmp_path / "runs", experiment="e", name="x")
    with run:
        run.log_input({"x": [1, 2]}, name="wine data", source="https://example.org/wine.csv")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    crate = read_crate(tmp_path / "a.zip")
    action = crate[f"#run-{run.id}"]
    program = crate[action["instrument"]["@id"]]
    assert crate[program["softwareRequirements"]["@id"]]["name"] == "Python"
    data = next(one for one in crate.values() if one.get("name") == "wine data")
    assert data["url"] == "https://example.org/wine.csv"
    assert {"@id": data["@id"]} in listed(action["object"])
    if "agent" in action:
        assert crate[action["agent"]["@id"]]["@type"] == "Person"


def test_a_failed_run_says_so(tmp_path: Path) -> None:
    run = runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False)
    run.finish("FAILED")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    action = read_crate(tmp_path / "a.zip")[f"#run-{run.id}"]
    assert action["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert action["error"] == "The program ended with an error."


def test_a_live_run_is_no_completed_action(tmp_path: Path) -> None:
    parent = runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False)
    child = runfolio.start_run(
        store=tmp_path / "runs", experiment="e", capture=False, nested=True, name="c"
    )
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    child.finish()
    parent.finish()
    crate = read_crate(tmp_path / "a.zip")
    action = crate[f"#run-{parent.id}"]
    assert action["actionStatus"] == "http://schema.org/ActiveActionStatus"
    assert f"nested in the run {parent.id}" in crate[f"#run-{child.id}"]["description"]


def test_without_a_licence_it_says_that(tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False):
        pass
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    root = read_crate(tmp_path / "a.zip")["./"]
    assert root["license"] == "No licence was given. Ask the authors before you use this."
    assert "author" not in root


def validate(archive: Path, severity: str = "REQUIRED") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run_apart("crates", VALIDATE, str(archive), severity))
    return found


def test_the_validator_finds_all_that_is_required(sample: Sample) -> None:
    found = validate(sample.archive)
    assert found["issues"] == []
    assert found["checks"] > 40


def test_the_validator_recommends_only_what_nobody_knows(sample: Sample) -> None:
    """Who ran a run where that was not captured, and where people work."""
    unknown = ("agent", "affiliation", "publisher", "absolute URI", "SHOULD have a url")
    issues = validate(sample.archive, "RECOMMENDED")["issues"]
    assert [one for one in issues if not any(words in one for words in unknown)] == []


def test_the_validator_notices_what_is_wrong(sample: Sample, tmp_path: Path) -> None:
    archive = tmp_path / "report.zip"
    archive.write_bytes(sample.archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        document = json.loads(file.read("ro-crate-metadata.json"))
    for entity in document["@graph"]:
        entity.pop("instrument", None)
    change = {"ro-crate-metadata.json": json.dumps(document).encode(), "README.md": None}
    issues = " ".join(validate(rewrite(archive, change))["issues"])
    assert "MUST have an instrument" in issues
    assert "README.md" in issues
