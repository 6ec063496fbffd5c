"""What is shipped of other people's code is what vendor.json says, with its licences."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).parents[2] / "templates" / "assets" / "vendor"
LIBRARIES: list[dict[str, Any]] = json.loads((VENDOR / "vendor.json").read_text())["libraries"]
EACH_LIBRARY = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["name"])
TERMS = {
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
    "ISC": "Permission to use, copy, modify, and/or distribute",
    "MIT": "Permission is hereby granted, free of charge",
}


def test_every_shipped_script_is_listed() -> None:
    sources = {f"{library['name']}-entry.js" for library in LIBRARIES}
    assert {path.name for path in VENDOR.glob("*.js")} - sources == {
        library["file"] for library in LIBRARIES
    }


@EACH_LIBRARY
def test_the_file_has_the_digest_that_is_listed(library: dict[str, Any]) -> None:
    content = (VENDOR / library["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == library["sha256"]


@EACH_LIBRARY
def test_every_package_in_it_has_its_version_and_licence(library: dict[str, Any]) -> None:
    text = (VENDOR / library["licence_file"]).read_text()
    assert library["sources"]
    for source in library["sources"]:
        assert f"{source['name']} {source['version']}" in text
        assert TERMS[source["licence"]] in text


def test_the_lock_pins_versions_without_addresses() -> None:
    wanted = json.loads((VENDOR / "package.json").read_text())
    pinned = {**wanted["dependencies"], **wanted["devDependencies"]}
    lock = (VENDOR / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    assert {name: packages[f"node_modules/{name}"]["version"] for name in pinned} == pinned
    assert "resolved" not in lock


def test_vega_is_new_enough_and_leaves_no_name_behind() -> None:
    major, minor, _ = (int(part) for part in LIBRARIES[0]["version"].split("."))
    script = (VENDOR / "vega.js").read_text()
    assert LIBRARIES[0]["name"] == "vega"
    assert (major, minor) >= (6, 2)
    assert not re.search(r"^\s*(var|let|const|function|class) ", script, flags=re.MULTILINE)
    assert "window.vega" not in script
    assert "runfolio" in script


def test_tabulator_writes_no_markup_and_leaves_no_name_behind() -> None:
    script = (VENDOR / "tabulator.js").read_text()
    assert "innerHTML" not in script
    assert "insertAdjacentHTML" not in script
    assert not re.search(r"^\s*(var|let|const|function|class) ", script, flags=re.MULTILINE)
    assert "window.Tabulator" not in script
