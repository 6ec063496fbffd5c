"""Narrative reports for the browser tests: one like people's own, one full of mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from runfolio.tracking.image import image_to_png

USUAL = """---
title: Which model predicts wine?
authors:
  - {name: Ada Lovelace, affiliation: Analytical Society}
  - Bob
date: 2026-11-23
abstract: |
  Of {{ count() }} runs {{ best_run(metrics.rmse) }} is best, with {{ best(metrics.rmse) }}
  and $R^2 > 0$.
---

What was tried[^1] is [an experiment](experiment:wine), and `code` stays `{{ x }}`.

[^1]: With a note that is read below, $\\sqrt{2}$.

## Measure

The error of $f$, in points, is

$$
\\operatorname{RMSE} = \\sqrt{\\frac{1}{n} \\sum_{i=1}^{n} \\left(f(x_i) - y_i\\right)^2}.
$$

| model | error |
|:------|------:|
| best  | {{ best(metrics.rmse) }} |
| worst | {{ worst(metrics.rmse) }} |

## Result

```runfolio
chart: number
metric: rmse
experiment: wine
```

### Every run

```runfolio
chart: table
experiment: wine
```

### How it went

```runfolio
chart: curves
metrics: [loss]
experiment: wine
```

![A ramp from dark to light](ramp.png "Pictures have their title as a caption.")

```python
def train(rate: float) -> None: ...
```

> Said before.

- [x] one
- [ ] two

See [the other report](second.md#more).
"""

SECOND = """# A second report

Short, and with [a way back](usual.md).

## More

Nothing.
"""

MISTAKEN = """---
title: <script>alert(1)</script>
date: soon
authors: {0}
---

{{{{ bst(metrics.rmse) }}}} and $\\fraq$ and [nowhere](run:zzzz).

$$\\frac{{a$$

```runfolio
chart: nothing
```

![away](https://example.org/x.png)

{0}
"""


def write_usual_reports(folder: Path) -> None:
    """Two reports that lead to each other."""
    folder.mkdir()
    ramp = np.linspace(0, 255, 320 * 120, dtype=np.uint8).reshape(120, 320)
    (folder / "ramp.png").write_bytes(image_to_png(ramp)[0])
    (folder / "usual.md").write_text(USUAL, encoding="utf-8")
    (folder / "second.md").write_text(SECOND, encoding="utf-8")


def write_mistaken_report(folder: Path, hostile: str) -> None:
    """A report in which nothing is right."""
    folder.mkdir()
    (folder / "mistaken.md").write_text(MISTAKEN.format(hostile), encoding="utf-8")
