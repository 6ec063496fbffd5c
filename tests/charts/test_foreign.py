"""Vega-Lite specs that people logged: drawn apart, without addresses, within limits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from runfolio.charts import foreign
from runfolio.charts.foreign import draw_vega_lite, is_vega_lite

SPEC: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"a": 1, "url": "https://example.org/row"}, {"a": 2}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


@pytest.fixture(autouse=True)
def _none_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "_broken", {})


def draw(**changes: Any) -> str:
    return draw_vega_lite(json.dumps(SPEC | changes))


def test_a_spec_becomes_svg() -> None:
    assert draw().startswith("<svg ")


def test_what_is_vega_lite() -> None:
    assert is_vega_lite(SPEC)
    assert not is_vega_lite({"$schema": "https://vega.github.io/schema/vega/v5.json"})
    assert not is_vega_lite([SPEC])


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"url": "https://example.org/x.csv"}},
        {"data": {"url": "file:///etc/passwd"}},
        {"data": {"url": "table.csv"}},
        {"layer": [{"data": {"url": "//example.org/x"}, "mark": "bar"}]},
        {"mark": {"type": "image", "url": "https://example.org/x.png"}},
        {"datasets": {"one": {"url": "file:///etc/passwd"}}},
        {"encoding": {"url": {"value": "file:///etc/passwd"}}},
    ],
)
def test_a_spec_with_an_address_is_not_drawn(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="which a report never does"):
        draw(**changes)


def test_a_wrong_spec_says_why() -> None:
    with pytest.raises(ValueError, match="Invalid specification"):
        draw_vega_lite(json.dumps({"$schema": SPEC["$schema"]}))


def test_a_spec_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SECONDS", 0.01)
    with pytest.raises(ValueError, match=r"longer than 0\.01 seconds"):
        draw(title="slow")


def test_no_more_is_drawn_once_some_took_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SECONDS", 0.01)
    for number in range(foreign.MAX_BROKEN):
        with pytest.raises(ValueError, match=r"longer than 0\.01 seconds"):
            draw(title=f"slow {number}")
    monkeypatch.setattr(foreign, "SECONDS", 20)
    with pytest.raises(ValueError, match=r"longer than 0\.01 seconds"):
        draw(title="slow 0")
    with pytest.raises(ValueError, match="5 other charts took all they were given"):
        draw(title="good")


@pytest.mark.skipif(sys.platform == "win32", reason="no memory limits there")
def test_a_spec_that_fills_the_memory_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SECONDS", 600)  # so that only the memory can end it
    rows = {"sequence": {"start": 0, "stop": 1e9}}
    with pytest.raises(ValueError, match="took more memory than there is"):
        draw(data=rows, title="memory")


def test_a_picture_that_is_too_large_is_not_taken() -> None:
    rows = [{"a": number} for number in range(12_000)]
    with pytest.raises(ValueError, match="its picture is too large"):
        draw(data={"values": rows}, title="large")


def test_a_process_that_breaks_down_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ValueError, match="broke down"):
        draw(title="broken")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="can't be started"):
        draw(title="missing")


def test_a_spec_that_is_too_long_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MAX_SPEC", 10)
    with pytest.raises(ValueError, match="too long"):
        draw(title="long")
