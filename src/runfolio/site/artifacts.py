"""A run's artifacts on its page: what they show, and the copies that can be downloaded.

Copies are named by their content. Only picture formats keep their ending; everything else becomes
``.txt`` or ``.bin``, which a browser shows or saves but never runs, and gets its own name back when
it is downloaded.
"""

from __future__ import annotations

import base64
import json
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.query import Artifact, Input
from runfolio.site.library import RunEntry
from runfolio.site.numbers import format_bytes, format_number
from runfolio.site.preview import Preview, preview_artifact
from runfolio.store import read_parquet

MAX_COPY: Final = 64 << 20
MAX_SVG: Final = 512 << 10
MAX_PREVIEWS: Final = 60
MAX_TEXT: Final = 256 << 10
SHORT_TEXTS: Final = ("traceback.txt", "code/changes.diff")
_PICTURES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_TEXTS: Final = ("text/", "application/json", "application/yaml", "application/x-ipynb+json")


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """An artifact on the page; `href` is its copy, or None when it is too large to copy."""

    anchor: str
    path: str
    name: str
    size: str
    media_type: str
    sha256: str
    series: str | None
    href: str | None
    preview: Preview
    picture: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class InputView:
    """A data set on the page."""

    name: str
    digest: str
    source: str | None
    context: str | None
    profile: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to copy into the site."""

    path: str
    source: Path


def view_artifacts(run: RunEntry) -> tuple[tuple[ArtifactView, ...], list[Copy]]:
    """The artifacts of a run, and the copies its page links to."""
    views, copies = [], []
    for number, artifact in enumerate(run.record.artifacts):
        view = _view(run, artifact, number)
        views.append(view)
        if view.href is not None:
            copies.append(Copy(view.href, artifact.file))
    return tuple(views), copies


def read_short_texts(run: RunEntry) -> dict[str, str]:
    """The contents of the artifacts that the page shows in places of their own."""
    texts = {}
    for artifact in run.record.artifacts:
        if artifact.path in SHORT_TEXTS and _refusal(artifact) is None:
            with artifact.file.open("rb") as file:
                texts[artifact.path] = file.read(MAX_TEXT).decode(errors="replace")
    return texts


def _view(run: RunEntry, artifact: Artifact, number: int) -> ArtifactView:
    missing = _refusal(artifact)
    preview = _preview(artifact, shown=number < MAX_PREVIEWS and missing is None)
    href = None if missing or artifact.size > MAX_COPY else _copy_path(run, artifact, preview)
    return ArtifactView(
        anchor=f"artifact-{number}",
        path=artifact.path,
        name=PurePosixPath(artifact.path).name,
        size=format_bytes(artifact.size),
        media_type=artifact.media_type,
        sha256=artifact.sha256,
        series=None if artifact.key is None else f"{artifact.key}, step {artifact.step}",
        href=href,
        preview=preview,
        picture=_picture(artifact, preview, href),
        missing=missing or (None if href else f"larger than {format_bytes(MAX_COPY)}, not copied"),
    )


def _refusal(artifact: Artifact) -> str | None:
    """Why a file can't be shown: it is gone, or no plain file of the run."""
    try:
        details = artifact.file.lstat()
    except (OSError, ValueError):
        return "the file is missing from the store"
    if not stat.S_ISREG(details.st_mode):
        return "it is no plain file"
    folder = next(
        one for one in artifact.file.parents if one.name == "artifacts" and len(one.parts) > 2
    )
    inside = artifact.file.resolve().is_relative_to(folder.resolve())
    return None if inside else "it lies outside the run"


def _preview(artifact: Artifact, *, shown: bool) -> Preview:
    if not shown:
        return Preview(kind="none")
    return preview_artifact(
        artifact.file,
        name=artifact.path,
        media_type=artifact.media_type,
        size=artifact.size,
        read_table=read_parquet,
    )


def _copy_path(run: RunEntry, artifact: Artifact, preview: Preview) -> str:
    suffix = "bin"
    if preview.kind == "image":
        suffix = _PICTURES.get(artifact.media_type, "bin")
    elif artifact.media_type.startswith(_TEXTS) or preview.kind in ("code", "text", "html", "svg"):
        suffix = "txt"
    return f"artifacts/{run.id}/{artifact.sha256[:16]}.{suffix}"


def _picture(artifact: Artifact, preview: Preview, href: str | None) -> str | None:
    """The address of a picture; SVG comes as data, since a file of it could be opened and run."""
    if preview.kind == "image":
        return href
    if preview.kind == "svg" and artifact.size <= MAX_SVG:
        content = base64.b64encode(artifact.file.read_bytes()).decode()
        return f"data:image/svg+xml;base64,{content}"
    return None


def view_input(data: Input) -> InputView:
    """A data set a run used."""
    facts = [
        f"{format_number(value)} {name}"
        for name in ("rows", "columns")
        if isinstance(value := data.profile.get(name), int)
    ]
    return InputView(
        data.name,
        data.digest,
        data.source,
        data.context,
        ", ".join(facts),
        tuple((name, _type_name(kind)) for name, kind in list(data.schema.items())[:200]),
    )


def _type_name(kind: object) -> str:
    return kind if isinstance(kind, str) else json.dumps(kind)
