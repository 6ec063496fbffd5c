"""Whatever a block says, it becomes a panel or a mistake, and never anything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runfolio.errors import ReportMistake
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.panels import KINDS, draw_panel
from runfolio.site.narrative.panels.blocks import COMMON, read_block

T = TypeVar("T")
NAMES = st.sampled_from(
    [
        *("params.model", "params.rate", "params.seed", "metrics.accuracy", "metrics.val/loss.min"),
        *("metrics.`val/loss`", "tags.kind", "start", "duration", "status", "note", "git_dirty"),
        *("val/loss", "accuracy", "sweep", "other", "filters", "last.png", "mean", "ci", "both"),
        *("status = 'FAILED'", "params.rate > 0.05", "tags.kind = 'grid'", "metrics.accuracy desc"),
    ]
)
PLAIN = st.one_of(NAMES, st.integers(-3, 400), st.floats(), st.booleans(), st.none(), st.text())
VALUES = st.one_of(NAMES, PLAIN, st.lists(NAMES, max_size=3), st.lists(PLAIN, max_size=3))


def attempt(make: Callable[[], T]) -> T | ReportMistake:
    """What comes out, be it the mistake."""
    try:
        return make()
    except ReportMistake as mistake:
        return mistake


@st.composite
def blocks(draw: st.DrawFn) -> dict[str, Any]:
    """A kind with values for some of its options, many of them of no use."""
    kind = draw(st.sampled_from(list(KINDS)))
    options = draw(st.lists(st.sampled_from([*COMMON, *KINDS[kind]]), unique=True, max_size=6))
    block = {"chart": kind} | {option: draw(VALUES) for option in options}
    if draw(st.booleans()):
        block["experiment"] = "sweep"
    return block


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(block=blocks())
def test_any_options_make_a_panel_or_a_mistake(sweep: Source, block: dict[str, Any]) -> None:
    made = attempt(lambda: draw_panel(json.dumps(block), source=sweep, number=1, root="../"))
    if isinstance(made, ReportMistake):
        assert made.line == 1
    else:
        assert made.html.count("<figure") == 1
        json.dumps(made.data, allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(
        alphabet=st.sampled_from("chart: curves\n'\"[]{}#-&*!|>%@`\t0x\u2028é"), max_size=80
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    made = attempt(lambda: read_block(text, KINDS))
    if isinstance(made, ReportMistake):
        assert made.line is not None
        assert 1 <= made.line <= len(text.splitlines()) + 1
    else:
        assert made.kind in KINDS
