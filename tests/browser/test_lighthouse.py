"""Lighthouse gives the demo full marks; `make bench` prints its score for speed, which varies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.kinds import KINDS
from tests.browser.lighthouse import audit
from tests.environment.demo_site import DEMO_SITE

pytestmark = pytest.mark.browser

CATEGORIES = ("accessibility", "best-practices")


def test_the_demo_gets_full_marks() -> None:
    scores = list(audit(DEMO_SITE, KINDS, CATEGORIES))
    assert len(scores) == len(KINDS) * len(CATEGORIES)
    lost = [
        f"{one.kind}, {one.category}: {one.score}\n  " + "\n  ".join(one.failures)
        for one in scores
        if one.score < 100
    ]
    assert not lost, "\n".join(lost)


def test_a_lost_point_is_told(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<!doctype html><html lang='en'><meta name='viewport' content='width=device-width'>"
        "<title>x</title><main><img src='missing.png'></main>"
    )
    scores = {one.category: one for one in audit(tmp_path, ["index"], CATEGORIES)}
    assert scores["accessibility"].score < 100
    assert "image-alt" in "\n".join(scores["accessibility"].failures)
    assert "errors-in-console" in "\n".join(scores["best-practices"].failures)
