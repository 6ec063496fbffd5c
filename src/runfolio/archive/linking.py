"""Each artifact once: the pages of an archived site show the files of the store beside them.

A site by itself has copies of the artifacts. Here they go, and what led to them leads to the store,
but for files of kinds that a browser would run, such as HTML and SVG: of those the pages keep the
copies with a harmless ending that they were made with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from runfolio.archive.keeping import KeptFile
from runfolio.archive.layout import STORE

_COPY: Final = re.compile(r"artifacts/[0-9a-f]{16}/[0-9a-f]{16}\.[a-z0-9]+")
_TEXTS: Final = frozenset((".html", ".js", ".json", ".txt", ".xml"))
_APART: Final = frozenset((STORE, "artifacts", "assets"))

HARMLESS: Final = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "pdf", "wav", "mp3", "ogg"),
        *("flac", "m4a", "mp4", "webm", "mov", "txt", "log", "out", "csv", "tsv", "json", "jsonl"),
        *("ndjson", "yaml", "yml", "toml", "ini", "cfg", "md", "rst", "py", "ipynb", "sh", "r"),
        *("diff", "patch", "parquet", "arrow", "feather", "npy", "npz", "mat", "pkl", "pickle"),
        *("joblib", "pt", "pth", "ckpt", "bin", "safetensors", "onnx", "pb", "h5", "hdf5", "keras"),
        *("zip", "gz", "bz2", "xz", "zst", "tar"),
    )
)
"""Endings of files that browsers show or save, and never run."""


def link_to_store(site: Path, files: Iterable[KeptFile]) -> int:
    """Let the pages of `site` show the store's `files`; return how many copies of them went."""
    known = _find_copies(site)
    moved = {
        known[one.run_id, one.sha256[:16]]: quote(f"{STORE}/{one.place}")
        for one in files
        if (one.run_id, one.sha256[:16]) in known and _is_harmless(one.path)
    }
    if not moved:
        return 0
    for path in _pages(site):
        text = path.read_bytes().decode()
        changed = _COPY.sub(lambda found: moved.get(found[0], found[0]), text)
        if changed != text:
            path.write_bytes(changed.encode())
    for copy in moved:
        (site / copy).unlink()
    _remove_empty(site / "artifacts")
    return len(moved)


def _is_harmless(path: str) -> bool:
    return PurePosixPath(path).suffix.lower().removeprefix(".") in HARMLESS


def _find_copies(site: Path) -> dict[tuple[str, str], str]:
    """The copies of artifacts, by run and the beginning of their digest."""
    return {
        (path.parent.name, path.stem): path.relative_to(site).as_posix()
        for path in (site / "artifacts").glob("*/*")
        if _COPY.fullmatch(path.relative_to(site).as_posix())
    }


def _pages(site: Path) -> Iterator[Path]:
    """Everything that may lead to a copy."""
    for path in sorted(site.rglob("*")):
        first = path.relative_to(site).parts[0]
        if path.suffix in _TEXTS and first not in _APART and path.is_file():
            yield path


def _remove_empty(folder: Path) -> None:
    for path in (*folder.glob("*"), folder):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
