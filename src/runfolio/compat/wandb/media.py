"""W&B's values that are no numbers, tables or pictures."""

# W&B chose the names of arguments, and some of them mean nothing here.

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from runfolio.compat.wandb.places import At, is_of
from runfolio.compat.wandb.refusals import refuse
from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array
from runfolio.tracking.figure import figure_to_bytes
from runfolio.tracking.histogram import summarise_histogram

_MAX_BINS: Final = 512
"""As many as W&B takes."""


class Histogram:
    """How many values lie in each bin: of `sequence`, or as `np_histogram`, counts and edges."""

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        if np_histogram is not None:
            counts, edges = (to_array(one).tolist() for one in np_histogram)
            self.histogram, self.bins = counts, edges
            self._document = _describe(counts, edges)
        elif sequence is not None:
            if "bfloat16" in str(getattr(sequence, "dtype", "")):
                sequence = sequence.float()  # which NumPy hasn't got
            self._document = summarise_histogram(sequence, bins=min(num_bins, _MAX_BINS))
            self.histogram, self.bins = self._document["counts"], self._document["edges"]
        else:
            raise InvalidValue("A histogram needs a sequence of values, or np_histogram.")

    def keep(self, at: At) -> None:
        """Keep the counts in their series."""
        content = json.dumps(self._document).encode()
        at.keep(content, kind="histogram", suffix=".json")


def _describe(counts: list[float], edges: list[float]) -> dict[str, Any]:
    if len(edges) != len(counts) + 1 or not counts:
        raise InvalidValue(
            f"A histogram has one edge more than bins, not {len(edges)} and {len(counts)}."
        )
    moments = {"min": edges[0], "max": edges[-1], "mean": None, "std": None}
    ends = {"nan": 0, "inf": 0, "outside": 0}
    return {"counts": counts, "edges": edges, "count": sum(counts), **moments, **ends}


class Html:
    """A page: its text, the path of its file, or an open file."""

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        if hasattr(data, "read"):
            data = data.read()
        is_path = not data_is_not_path and str(data).endswith(".html") and Path(data).is_file()
        self.html = Path(data).read_text(encoding="utf-8") if is_path else str(data)

    def keep(self, at: At) -> None:
        """Keep the page."""
        at.run.log_text(self.html, at.path("html", ".html"))


class Plotly:
    """A figure of Plotly, or of matplotlib, which is kept as a picture."""

    def __init__(self, figure: Any) -> None:
        self._figure = figure

    def keep(self, at: At) -> None:
        """Keep the figure: as a page, or as a picture in its series."""
        if is_of(self._figure, "matplotlib"):
            at.keep(figure_to_bytes(self._figure, ".png"), kind="image", suffix=".png")
        else:
            at.run.log_figure(self._figure, at.path("figures", ".html"))


class _Recording:
    """A file of sound, film or form; only its path is taken."""

    folder = "media"

    def __init__(self, data_or_path: Any, *unused: Any, **options: Any) -> None:
        if not isinstance(data_or_path, str | os.PathLike):
            call = f"{type(self).__name__}({type(data_or_path).__name__})"
            raise refuse(call, "Write it to a file and give its path.")
        self.caption = options.get("caption")
        self._path = data_or_path

    def keep(self, at: At) -> None:
        """Keep a copy of the file, and its caption beside it."""
        at.keep_file(self._path, self.folder)
        if self.caption:
            said = {"key": at.key, "step": at.step, "caption": self.caption}
            at.run.log_dict(said, at.path("captions", ".json"))


class Audio(_Recording):
    """A sound, by the path of its file."""

    folder = "audio"


class Video(_Recording):
    """A film, by the path of its file."""

    folder = "video"


class Object3D(_Recording):
    """A form in space, by the path of its file."""

    folder = "objects"
