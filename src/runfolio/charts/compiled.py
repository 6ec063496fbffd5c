"""The compiled specs as the package ships them, so that a report needs no Altair to be built.

`make specs` writes them from `runfolio.charts.specs`, and a test holds the two together.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

FILE = "compiled.json"
LITE_FILE = "lite.json"


def read_specs() -> dict[str, dict[str, Any]]:
    """The compiled Vega spec of each kind of chart, by kind."""
    return {kind: json.loads(text) for kind, text in _texts().items()}


def read_lite_specs() -> dict[str, dict[str, Any]]:
    """The Vega-Lite spec of each kind of chart, by kind."""
    specs: dict[str, dict[str, Any]] = json.loads(_read(LITE_FILE))
    return specs


def spec_text(kind: str) -> str:
    """The compiled Vega spec of a kind as JSON."""
    return _texts()[kind]


@cache
def _texts() -> dict[str, str]:
    return {
        kind: json.dumps(spec, sort_keys=True, separators=(",", ":"))
        for kind, spec in json.loads(_read(FILE)).items()
    }


def _read(name: str) -> str:
    return resources.files("runfolio.charts").joinpath(name).read_text(encoding="utf-8")
