"""The metrics of a model over its versions: a picture of the first, and all for the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from runfolio.charts import picture_curves
from runfolio.site.numbers import plain_number
from runfolio.site.pictures import PictureFiles, name_picture

if TYPE_CHECKING:
    from runfolio.site.models.entries import ModelEntry, VersionEntry

MAX_METRICS: Final = 24
WIDTH: Final = 720
HEIGHT: Final = 260


def draw_history(entry: ModelEntry) -> PictureFiles | None:
    """A picture of the first metric over the versions; None for fewer than two values."""
    metrics = charted(entry)
    if not metrics:
        return None
    metric = metrics[0]
    title = f"{metric} over {len(_known(entry, metric))} versions"
    drawn = picture_curves(
        [_line(entry, metric), *_dots(entry, metric)],
        y_title=entry.label(metric),
        x_title="version",
        width=WIDTH,
        height=HEIGHT,
        palette={},
        dots=True,
    )
    return name_picture(f"charts/model-{entry.id}", "curves", title, drawn, WIDTH, HEIGHT)


def charted(entry: ModelEntry) -> list[str]:
    """The metrics that at least two versions have, the most telling first."""
    return [one for one in entry.metrics if len(_known(entry, one)) > 1][:MAX_METRICS]


def shard_history(entry: ModelEntry) -> dict[str, Any]:
    """The values of all charted metrics by version, for the browser."""
    return {
        "name": entry.model.name,
        "numbers": [one.version.number for one in entry.versions],
        "aliases": [list(one.version.aliases) for one in entry.versions],
        "metrics": [
            {
                "key": metric,
                "label": entry.label(metric),
                "values": [plain_number(one.value(metric)) for one in entry.versions],
            }
            for metric in charted(entry)
        ],
    }


def _known(entry: ModelEntry, metric: str) -> list[VersionEntry]:
    return [one for one in entry.versions if one.value(metric) is not None]


def _line(entry: ModelEntry, metric: str) -> dict[str, Any]:
    return _curve("versions", "latest", 0, [(one, metric) for one in _known(entry, metric)])


def _dots(entry: ModelEntry, metric: str) -> list[dict[str, Any]]:
    """A point of its own for each version with aliases, which has their names at the edge."""
    named = [one for one in _known(entry, metric) if one.version.aliases]
    return [
        _curve(one.version.id, ", ".join(one.version.aliases), place, [(one, metric)])
        for place, one in enumerate(named, 1)
    ]


def _curve(
    identifier: str, name: str, color: int, points: list[tuple[VersionEntry, str]]
) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "color": color,
        "dash": 0,
        "step": [one.version.number for one, _ in points],
        "value": [one.value(metric) for one, metric in points],
    }
