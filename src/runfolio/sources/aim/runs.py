"""The runs of an Aim repository, made of what the ``aim`` package hands over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.documents import flatten
from runfolio.schema import FINISHED, RUNNING, SYSTEM_PREFIX, FileRecord, Series, as_text
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun

_SYSTEM: Final = "__system__"
_CAPTURED: Final = "__system_params"
_CREDENTIALS = re.compile(r"//[^/@]+@")
_KINDS: Final = {
    "image": ("get_image_sequence", ("aim.image", "list(aim.image)")),
    "histogram": ("get_distribution_sequence", ("aim.distribution",)),
    "text": ("get_text_sequence", ("aim.text", "list(aim.text)")),
    "audio": ("get_audio_sequence", ("aim.audio", "list(aim.audio)")),
    "figure": ("get_figure_sequence", ("aim.figure",)),
}
"""How to get the objects of a kind, and the names of their types."""


def make_run(run: Any, folder: Path, reading: Reading) -> ForeignRun:
    """An ``aim.Run``, which is open to be read, as a run of ours."""
    attributes = run[...]
    captured = attributes.pop(_CAPTURED, None)
    started = _micro(run.creation_time)
    name = run.name
    metrics, files = [], []
    with reading.skipping(f"{folder}: metrics of run {run.hash}", Exception):
        metrics = sorted(_read_metrics(run, started), key=lambda one: one.key)
    with reading.skipping(f"{folder}: objects of run {run.hash}", Exception):
        files = list(_read_objects(run))
    return ForeignRun(
        identity=run.hash,
        experiment=run.experiment or "default",
        name=run.hash if not name or name == f"Run: {run.hash}" else name,
        status=RUNNING if run.end_time is None else FINISHED,
        start_time=started,
        end_time=_micro(run.end_time),
        note=run.description or None,
        params=flatten(attributes),
        tags=dict(_tags(run)),
        metrics=metrics,
        files=files,
        context=dict(_context(captured)) if isinstance(captured, dict) else {},
    )


def name_series(name: str, context: Mapping[str, Any]) -> str:
    """The key of a series: ``train/loss`` for the subset, ``fold=1/loss`` for other contexts."""
    system = name.startswith(_SYSTEM)
    parts = [
        str(value) if key == "subset" else f"{key}={value}"
        for key, value in sorted(context.items(), key=lambda item: (item[0] != "subset", item[0]))
    ]
    return SYSTEM_PREFIX * system + "/".join([*parts, name.removeprefix(_SYSTEM)])


def _micro(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1e6)


def _tags(run: Any) -> Iterator[tuple[str, str]]:
    if run.tags:
        yield "tags", ", ".join(map(str, run.tags))
    if run.archived:
        yield "aim.archived", "true"


def _read_metrics(run: Any, started: int | None) -> Iterator[Series]:
    for metric in run.metrics():
        steps, (values, _, times) = metric.data.numpy()
        known = np.where(np.isfinite(times), times, (started or 0) / 1e6)
        key = name_series(metric.name, metric.context.to_dict())
        yield Series(key, steps, np.round(known * 1e6).astype(np.int64), values)


def _read_objects(run: Any) -> Iterator[FileRecord]:
    for kind, (getter, types) in _KINDS.items():
        found = run.iter_sequence_info_by_type(types)
        named = [
            (name_series(name, context.to_dict()), name, context) for name, context, _ in found
        ]
        for key, name, context in sorted(named, key=lambda one: one[0]):
            steps, (values, _, times) = getattr(run, getter)(name, context).data.items_list()
            for step, value, time in zip(steps, values, times, strict=True):
                several = value if isinstance(value, list) else [value]
                for number, one in enumerate(several):
                    place = f"{step}-{number}" if number else f"{step}"
                    yield _make_file(kind, key, place, step, _micro(time), one)


def _make_file(
    kind: str, key: str, place: str, step: int, time: int | None, value: Any
) -> FileRecord:
    at = f"{kind}s/{key}/{place}"
    if kind == "histogram":
        return FileRecord(f"{at}.json", _make_histogram(value), kind, key, step, time)
    content = value.storage["data"].load()
    if kind == "text":
        return FileRecord(f"{at}.txt", as_text(content).encode(), kind, None, step, time)
    if kind == "figure":
        return FileRecord(f"{at}.json", as_text(content).encode(), "file", None, step, time)
    suffix = str(value.storage["format"]).lower()
    series = key if kind == "image" else None
    stored = "image" if kind == "image" else "file"
    return FileRecord(f"{at}.{suffix}", bytes(content), stored, series, step, time)


def _make_histogram(value: Any) -> bytes:
    counts = [float(one) for one in value.weights]
    low, high = value.range
    edges = np.linspace(low, high, len(counts) + 1).tolist()
    return json.dumps({"counts": counts, "edges": edges, "count": sum(counts)}).encode()


def _context(captured: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    arguments = captured.get("arguments")
    if isinstance(arguments, list) and arguments:
        yield "command", ["python", *map(str, arguments)]
        yield "source", Path(str(arguments[0])).name
    packages = captured.get("packages")
    if isinstance(packages, dict):
        yield "environment", {"packages": sorted(f"{key}=={one}" for key, one in packages.items())}
    git = captured.get("git_info")
    commit = git.get("commit") if isinstance(git, dict) else None
    if isinstance(git, dict) and isinstance(commit, dict):
        yield "git_commit", commit.get("hash")
        yield "git_branch", git.get("branch")
        told = {"commit": commit.get("hash"), "branch": git.get("branch")}
        url = git.get("remote_origin_url")
        remote = _CREDENTIALS.sub("//", url) if isinstance(url, str) else None
        yield "git", told | {"remote": remote}
