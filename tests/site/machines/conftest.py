"""Stores for the files that programs read."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.site import build_report

ODD = '</script><b>\u2028\u202e"&[x](y)`|*_\x07'


BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def linked(path: Path) -> Any:
    """The linked data of a page."""
    (block,) = BLOCK.findall(path.read_text(encoding="utf-8"))
    assert not re.search("[<>&]", block)
    return json.loads(block)


@pytest.fixture
def odd_store(tmp_path: Path) -> Path:
    """A store whose names, notes and values are all odd."""
    store = tmp_path / "runs"
    with runfolio.start_run(experiment=ODD, name=ODD, store=store, tags={ODD: ODD}) as run:
        run.log_params({ODD: ODD, "rate": math.nan, "deep": {"a": [1, None]}, "on": True})
        run.log_metrics({ODD: math.inf, "loss": 0.5})
        run.log_metrics({"loss": math.nan})
        run.set_note(ODD)
        run.log_text(ODD, "texts/odd.txt")
        run.log_input({"x": [1.0, 2.0]}, name=ODD)
        with runfolio.start_run(experiment="second", name="child", store=store, nested=True):
            pass
    return store


@pytest.fixture
def odd_site(odd_store: Path, tmp_path: Path) -> Path:
    """Its site."""
    build_report(odd_store, output=tmp_path / "site", title=ODD)
    return tmp_path / "site"
