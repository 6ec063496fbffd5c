"""The bill of materials names all that is shipped or needed, and depends on the commit alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runfolio.version import __version__
from tests.environment import apart
from tests.environment.pins import PROJECT, parse_pins, select_pins
from tests.environment.sbom import VENDOR, find_epoch, find_mistake, main
from tests.environment.tools import ROOT, in_ci

EPOCH = "1700000000"


def make(*words: str, **variables: str) -> str:
    """Run Python in a process of its own, with the time and language of a stranger."""
    if not apart.is_installed("supply"):
        reason = "the supply environment is not installed; run `make tools`"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)
    environment = os.environ | {"SOURCE_DATE_EPOCH": EPOCH} | variables
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the command writes, after it was checked by CycloneDX's schema."""
    path = tmp_path_factory.mktemp("sbom") / "new" / "a.json"
    said = make("-m", "tests.environment.sbom", str(path), TZ="UTC", PYTHONHASHSEED="1")
    assert said.endswith(" components\n")
    return path.read_text(encoding="utf-8")


@pytest.fixture
def document(written: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written)
    return found


def test_it_is_the_same_each_time(written: str) -> None:
    code = (
        "import sys; from tests.environment.sbom import write_sbom; sys.stdout.write(write_sbom())"
    )
    assert make("-c", code, TZ="Asia/Tokyo", PYTHONHASHSEED="2", PYTHONUTF8="1") == written
    assert "serialNumber" not in written
    assert json.loads(written)["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert str(Path.home()) not in written


def test_it_names_the_version_and_all_that_is_needed(document: dict[str, Any]) -> None:
    root = document["metadata"]["component"]
    assert (root["name"], root["version"]) == ("runfolio", __version__)
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    wanted = {pin.name for pin in parse_pins(select_pins(text, []))}
    found = {one["name"] for one in document["components"] if one["type"] == "library"}
    assert found == wanted
    assert "pytest" not in found
    for one in document["components"]:
        digests = [
            one_of for where in one.get("externalReferences", []) for one_of in where["hashes"]
        ]
        assert digests or one["hashes"], one["name"]


def test_it_tells_what_needs_what(document: dict[str, Any]) -> None:
    graph = {one["ref"]: set(one["dependsOn"]) for one in document["dependencies"]}
    purls = {one["name"]: one["bom-ref"] for one in document["components"]}
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    direct = {purls[pin.name] for pin in parse_pins(text) if PROJECT in pin.wanted_by}
    root = graph[document["metadata"]["component"]["bom-ref"]]
    assert root == direct | {"vega.js", "tabulator.js"}
    assert purls["markupsafe"] in graph[purls["jinja2"]]
    assert set().union(*graph.values()) <= set(purls.values())


def test_it_names_the_browser_libraries_in_the_package(document: dict[str, Any]) -> None:
    files = {one["bom-ref"]: one for one in document["components"] if one["type"] == "file"}
    libraries = json.loads((VENDOR / "vendor.json").read_text())["libraries"]
    for library in libraries:
        bundle = files.pop(library["file"])
        assert bundle["hashes"] == [{"alg": "SHA-256", "content": library["sha256"]}]
        assert len(bundle["components"]) == len(library["sources"])
    assert files == {}


def test_what_is_no_bill_of_materials_is_noticed(
    document: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.json"
    document |= {"components": document["components"][:1], "dependencies": []}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert find_mistake(path) == ""
    document["components"][0]["type"] = "wrong"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "wrong" in find_mistake(path)
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_time_is_the_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert int(find_epoch()) > 1_600_000_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12")
    assert find_epoch() == "12"
