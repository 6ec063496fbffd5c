"""The artifact verbs of a run: files, text, tables, pictures and histograms."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from runfolio.errors import InvalidPath, InvalidValue, StoreWriteFailed
from runfolio.schema import check_name
from runfolio.store import journal as records
from runfolio.store.artifacts import check_artifact_path, copy_artifact, write_artifact
from runfolio.store.files import absolute_path
from runfolio.store.parquet import encode_table
from runfolio.tracking.journals import warn_of
from runfolio.tracking.snapshot import FOLDER, SOURCES, take_snapshot
from runfolio.tracking.values import check_step, now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runfolio.store.keeping import Keeper
    from runfolio.store.layout import RunFolder
    from runfolio.tracking.journals import Journaling

FilePath = str | os.PathLike[str]

_UNSAFE = re.compile(r"[^a-z0-9]+")


def safe_name(key: str) -> str:
    """A file name made of `key` that is legal everywhere and differs where the keys differ."""
    readable = _UNSAFE.sub("-", key.lower()).strip("-")[:40]
    digest = hashlib.sha256(key.encode()).hexdigest()[:6]
    return f"{readable}-{digest}" if readable else digest


class ArtifactLog:
    """Keeps a run's artifacts and notes each in the journal."""

    _folder: RunFolder
    _journal: Journaling
    _keeper: Keeper | None = None
    _tolerant = False
    _failing = False

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._series_steps: dict[tuple[str, str], int] = {}

    def log_artifact(self, path: FilePath, artifact_path: str | None = None) -> None:
        """Keep a file, or a folder with all in it, under its own name or in `artifact_path`.

        Raises `InvalidPath` when there is nothing at `path`.
        """
        absolute_path(path)  # which says what is wrong with one that is none
        source = Path(path)
        name = f"{artifact_path}/{source.name}" if artifact_path else source.name
        if source.is_dir():
            self.log_artifacts(source, name)
        elif source.is_file():
            checked = check_artifact_path(name)
            with self._tolerating():
                listed = copy_artifact(self._open_folder(), checked, source)
                self._note_artifact(listed, kind="file")
        else:
            raise InvalidPath(f"No file or folder at {str(path)!r} to log. Check the path.")

    def log_artifacts(self, folder: FilePath, artifact_path: str | None = None) -> None:
        """Keep all files in `folder`, at the top or under `artifact_path`."""
        absolute_path(folder)
        source = Path(folder)
        if not source.is_dir():
            raise InvalidPath(f"No folder at {str(folder)!r} to log. Check the path.")
        prefix = f"{artifact_path}/" if artifact_path else ""
        found = sorted(file for file in source.rglob("*") if file.is_file())
        checked = [
            check_artifact_path(f"{prefix}{x.relative_to(source).as_posix()}") for x in found
        ]
        for file, path in zip(found, checked, strict=True):
            with self._tolerating():
                listed = copy_artifact(self._open_folder(), path, file)
                self._note_artifact(listed, kind="file")

    def log_code(
        self,
        folder: FilePath = ".",
        *,
        include: Sequence[str] = SOURCES,
        exclude: Sequence[str] = (),
    ) -> None:
        """Keep the source files of `folder`, so that the run can be done again without git.

        `include` and `exclude` are patterns of names, or of paths where they hold a slash; folders
        can be excluded too. Left out are hidden files and folders, virtual environments, caches,
        stores, links, files above 1 MiB, and settings named like a secret. Raises `InvalidValue`
        for more than 2,000 files or 32 MiB.
        """
        snapshot = take_snapshot(folder, include=include, exclude=exclude)
        for name, file in snapshot.files.items():
            with self._tolerating():
                listed = copy_artifact(self._open_folder(), f"{FOLDER}/{name}", file)
                self._note_artifact(listed, kind="code")
        self._journal.append(records.CONTEXT, {"snapshot": snapshot.facts})

    def log_text(self, text: str, path: str) -> None:
        """Keep `text` as a UTF-8 file."""
        self._keep(str(text).encode(errors="replace"), path, kind="text")

    def log_dict(self, dictionary: Any, path: str) -> None:
        """Keep a dictionary or list as a JSON file; values JSON lacks are kept as text."""
        text = json.dumps(dictionary, indent=2, ensure_ascii=False, default=str)
        self._keep((text + "\n").encode(errors="replace"), path, kind="dict")

    def log_table(self, table: Any, path: str) -> None:
        """Keep a table (pandas, Arrow, Polars, a dict of columns or a list of rows) as Parquet.

        ``.parquet`` is added to `path` when it is not there.
        """
        from runfolio.tracking.table import table_to_arrow

        name = check_artifact_path(path)
        name = name if name.endswith(".parquet") else f"{name}.parquet"
        self._keep(encode_table(table_to_arrow(table)), name, kind="table")

    def log_image(
        self,
        image: Any,
        path: str | None = None,
        *,
        key: str | None = None,
        step: int | None = None,
    ) -> None:
        """Keep a picture as PNG, at `path` or as one of the series `key`.

        `image` is a NumPy array of shape H×W, H×W×1, H×W×3 or H×W×4 and type uint8, bool or float
        in 0..1, or a PIL image. ``.png`` is added to a `path` without it. Without `step` a series
        goes on with its next one.
        """
        from runfolio.tracking.image import image_to_png

        if (path is None) == (key is None):
            raise InvalidValue("log_image takes either a path or a key, for a picture of a series.")
        if path is not None and step is not None:
            raise InvalidValue(f"A step needs a key, not a path: {path!r}. Use key=….")
        content, suffix = image_to_png(image)
        if key is None:
            named = str(path).lower().endswith(suffix)
            name = str(path) if named else f"{path}{suffix}"
            self._keep(content, name, kind="image")
        else:
            self._keep_in_series(content, key, step, kind="image", suffix=suffix)

    def log_figure(self, figure: Any, path: str) -> None:
        """Keep a figure of matplotlib, Altair or Plotly; the ending of `path` says the format."""
        from runfolio.tracking.figure import figure_to_bytes

        content = figure_to_bytes(figure, PurePosixPath(path).suffix)
        self._keep(content, path, kind="figure")

    def log_histogram(
        self, values: Any, key: str, *, step: int | None = None, bins: int | Sequence[float] = 64
    ) -> None:
        """Keep how `values` (any shape) are distributed, as counts in `bins`, in series `key`."""
        from runfolio.tracking.histogram import summarise_histogram

        content = json.dumps(summarise_histogram(values, bins=bins)).encode()
        self._keep_in_series(content, key, step, kind="histogram", suffix=".json")

    def _keep_in_series(
        self,
        content: bytes,
        key: str,
        step: int | None,
        *,
        kind: str,
        suffix: str,
        folder: str | None = None,
    ) -> None:
        check_name(key, "series")
        series = (kind, key)
        with self._lock:
            number = self._series_steps.get(series, 0) if step is None else check_step(step)
            path = f"{folder or f'{kind}s'}/{safe_name(key)}/{number}{suffix}"
            self._keep(content, path, kind=kind, key=key, step=number)
            self._series_steps[series] = number + 1

    def _keep(self, content: bytes, path: str, **details: Any) -> None:
        checked = check_artifact_path(path)
        with self._tolerating():
            self._note_artifact(write_artifact(self._open_folder(), checked, content), **details)

    @contextmanager
    def _tolerating(self) -> Iterator[None]:
        """Make a failed write one warning, until one succeeds, where the run was started so."""
        try:
            yield
            self._failing = False
        except StoreWriteFailed as failure:
            if not self._tolerant:
                raise
            if not self._failing:
                self._failing = True
                warn_of(failure)

    def _note_artifact(self, listed: dict[str, Any], **details: Any) -> None:
        if self._keeper is not None:
            self._keeper.add(self._folder.artifacts / listed["path"])
        self._journal.append(records.ARTIFACT, {**listed, **details, "time": now()})

    def _open_folder(self) -> RunFolder:
        self._journal.check_open()
        return self._folder
