"""The browser libraries in a published site are those that are recorded, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.site import build_report

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "templates" / "assets" / "vendor"
LIBRARIES: list[dict[str, Any]] = json.loads((VENDOR / "vendor.json").read_text())["libraries"]
EACH_LIBRARY = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: library["name"])


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assets of a site that was built just now."""
    folder = tmp_path_factory.mktemp("built")
    with runfolio.start_run(store=folder / "runs", capture=False) as run:
        run.log_metrics({"loss": 0.5}, step=0)
    build_report(folder / "runs", output=folder / "site")
    return folder / "site" / "assets"


@EACH_LIBRARY
def test_the_published_library_has_the_digest_that_is_recorded(
    library: dict[str, Any], assets: Path
) -> None:
    """Alone in its file, or first in one, with scripts of Runfolio's own after it."""
    size = (VENDOR / library["file"]).stat().st_size
    digests = [hashlib.sha256(path.read_bytes()[:size]).hexdigest() for path in assets.glob("*.js")]
    assert digests.count(library["sha256"]) == 1


@EACH_LIBRARY
def test_its_licences_are_published_beside_it(library: dict[str, Any], assets: Path) -> None:
    text = (VENDOR / library["licence_file"]).read_text(encoding="utf-8")
    assert text.strip() in (assets / "licences.txt").read_text(encoding="utf-8")


@EACH_LIBRARY
def test_what_is_in_it_is_what_the_lock_file_pins(library: dict[str, Any]) -> None:
    packages = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    for source in library["sources"]:
        pin = packages[f"node_modules/{source['name']}"]
        assert (pin["version"], pin["license"]) == (source["version"], source["licence"])
        assert pin["integrity"].startswith("sha512-")
