"""How often each class was taken for each: a picture to keep with a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt


def chart_confusion(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> Any:
    """A square for each pair of classes; `counts` has a row for each true class."""
    rows: list[dict[str, Any]] = [
        {"true": true, "predicted": predicted, "count": count}
        for true, line in zip(classes, counts, strict=True)
        for predicted, count in zip(classes, line, strict=True)
    ]
    data: Any = alt.InlineData(values=rows)
    middle = max(row["count"] for row in rows) / 2
    base = alt.Chart(data).encode(
        x=alt.X("predicted:N", sort=list(classes), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("true:N", sort=list(classes)),
    )
    color = alt.Color("count:Q", scale=alt.Scale(scheme="blues", domainMin=0), legend=None)
    ink = alt.condition(f"datum.count > {middle}", alt.value("white"), alt.value("#222222"))
    squares = base.mark_rect().encode(color=color)
    numbers = base.mark_text().encode(text="count:Q", color=ink)
    return (squares + numbers).properties(width=alt.Step(36), height=alt.Step(36))
