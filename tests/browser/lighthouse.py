"""What Lighthouse says of pages, on a host that compresses as real ones do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.kinds import page_of
from tests.browser.serving import served
from tests.environment.tools import Tool, find_chromium, find_node, find_package_file, require

SCRIPT = Path(__file__).with_name("audit.mjs")
SECONDS = 240


@dataclass(frozen=True, slots=True)
class Score:
    """One category's score of a page, of 100, and what it lost points for."""

    kind: str
    category: str
    score: int
    failures: tuple[str, ...]


def find_tools() -> tuple[Tool, Tool, Tool]:
    """Node.js, Chromium and Lighthouse itself, each there or not."""
    return find_node(), find_chromium(), find_package_file("lighthouse/package.json")


def audit(site: Path, kinds: Iterable[str], categories: Iterable[str]) -> Iterator[Score]:
    """Every score of a page of each kind, as on a phone: Lighthouse's own, stricter preset."""
    node, chromium, _ = (require(tool) for tool in find_tools())
    with served(site, compress=True) as host:
        pages = {kind: host + page_of(site, kind).relative_to(site).as_posix() for kind in kinds}
        asked = {
            "chromium": str(chromium),
            "flags": CHROMIUM_OPTIONS,
            "categories": list(categories),
            "pages": pages,
        }
        command = [str(node), str(SCRIPT), json.dumps(asked)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    for kind, scores in found.items():
        for category, one in scores.items():
            yield Score(kind, category, one["score"], tuple(one["failures"]))
