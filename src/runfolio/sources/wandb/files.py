"""The files of one of W&B's runs: those in its folder, and those that its logged values make."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runfolio.schema import FileRecord
from runfolio.sources.logged import Medium, safe_path
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading

PARSED: Final = (
    "config.yaml",
    "wandb-metadata.json",
    "wandb-summary.json",
    "wandb-history.jsonl",
    "wandb-events.jsonl",
)
"""Files whose content comes into the run by itself."""

_KINDS: Final = {"code": "code", "diff.patch": "code", "output.log": "text"}
_PICTURES: Final = ("image-file", "images/separated", "images")
_WILD: Final = frozenset("*?[")


@dataclass
class RunFiles:
    """Finds the files of a run below `folder`, which is where its ``media`` folder is."""

    place: Place
    folder: Path
    label: str
    reading: Reading
    _found: dict[str, FileRecord] = field(default_factory=dict)
    _captions: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def read(self, media: list[Medium], listed: list[str]) -> list[FileRecord]:
        """The files that logged values name, then all others; tells which of them are missing."""
        lost: list[str] = []
        for medium in media:
            try:
                self._take(medium)
            except (ValueError, TypeError, LookupError, OverflowError, OSError) as error:
                lost.append(f"{medium.key!r} at step {medium.step}: {error}")
        if lost:
            self.reading.skip(self.label, f"{lost[0]}{_more(lost)}")
        for path, file in self._others():
            self._found.setdefault(path, FileRecord(_target(path), file, _kind(path)))
        missing = [path for path in dict.fromkeys(listed) if self._is_missing(path)]
        if missing:
            reason = f"it names a file that its folder lacks: {missing[0]!r}{_more(missing)}"
            self.reading.skip(self.label, reason)
        captions = [self._caption_file()] if self._captions else []
        return [*self._found.values(), *captions]

    def _others(self) -> Iterator[tuple[str, Path]]:
        if not self.place.holds(self.folder):
            return
        for file in Place(self.folder).files:
            path = file.relative_to(self.folder).as_posix()
            if path not in PARSED and not path.endswith(".wandb") and not path.startswith("logs/"):
                yield path, file

    def _is_missing(self, path: str) -> bool:
        wild = bool(_WILD & set(path))
        return bool(path) and not wild and path not in self._found and path not in PARSED

    def _take(self, medium: Medium) -> None:
        kind = str(medium.value.get("_type"))
        if kind == "histogram":
            self._take_histogram(medium)
        elif kind in _PICTURES and "filenames" in medium.value:
            self._take_pictures(medium)
        elif isinstance(medium.value.get("path"), str):
            picture = kind in _PICTURES
            self._take_file(medium, medium.key, medium.value["path"], picture=picture)
            if picture:
                self._note_captions(medium, [medium.value.get("caption")])

    def _take_pictures(self, medium: Medium) -> None:
        names = medium.value["filenames"]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"the pictures {medium.key!r} name no files")
        for number, name in enumerate(names):
            key = medium.key if len(names) == 1 else f"{medium.key}/{number}"
            self._take_file(medium, key, name, picture=True)
        captions = medium.value.get("captions")
        self._note_captions(medium, captions if isinstance(captions, list) else [])

    def _take_file(self, medium: Medium, key: str, name: str, *, picture: bool) -> None:
        path = PurePosixPath(name.replace("\\", "/")).as_posix()
        file = self.folder / path
        if not self.place.holds(file) or not file.is_file():
            raise ValueError(f"the file {name!r} of {key!r} is not in the run's folder")
        if path in self._found and (not picture or self._found[path].step == medium.step):
            return
        kind = "image" if picture else _kind(path)
        series = key if picture else None
        target = path if path not in self._found else _numbered(path, medium.step)
        record = FileRecord(target, file, kind, series, medium.step, medium.time)
        self._found[target] = record

    def _note_captions(self, medium: Medium, captions: list[Any]) -> None:
        if any(isinstance(one, str) and one for one in captions):
            self._captions.setdefault(medium.key, {})[str(medium.step)] = captions

    def _caption_file(self) -> FileRecord:
        text = json.dumps(self._captions, indent=2, ensure_ascii=False)
        return FileRecord("media/captions.json", text.encode(errors="replace"), "dict")

    def _take_histogram(self, medium: Medium) -> None:
        content = json.dumps(_read_histogram(medium.value)).encode()
        path = f"histograms/{safe_path(medium.key)}/{medium.step}.json"
        number = 1
        while path in self._found:
            number += 1
            path = f"histograms/{safe_path(medium.key)}/{medium.step}-{number}.json"
        self._found[path] = FileRecord(
            path, content, "histogram", medium.key, medium.step, medium.time
        )


def _more(found: list[str]) -> str:
    return f" and {len(found) - 1:,} more" if len(found) > 1 else ""


def _numbered(path: str, step: int | None) -> str:
    """Another path for a picture that was logged at several steps."""
    at = PurePosixPath(path)
    return at.with_name(f"{at.stem}_at_{step}{at.suffix}").as_posix()


def _target(path: str) -> str:
    return "code/changes.diff" if path == "diff.patch" else path


def _kind(path: str) -> str:
    if path.startswith("media/") and path.endswith(".json"):
        return "dict"
    return _KINDS.get(path.split("/", 1)[0], "file")


def _read_histogram(value: Mapping[str, Any]) -> dict[str, Any]:
    """A histogram in the form that `log_histogram` writes; raises `ValueError`."""
    import numpy as np

    from runfolio.sources.histograms import histogram_of_rows

    counts = np.asarray(value.get("values", ()), np.float64)
    packed = value.get("packedBins")
    if isinstance(packed, dict):
        low, size = float(packed["min"]), float(packed["size"])
        edges = low + size * np.arange(len(counts) + 1)
    else:
        edges = np.asarray(value.get("bins", ()), np.float64)
    if counts.ndim != 1 or edges.shape != (len(counts) + 1,):
        raise ValueError("a histogram has not one edge more than bins")
    return histogram_of_rows(np.column_stack([edges[:-1], edges[1:], counts]))
