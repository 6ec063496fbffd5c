"""A run's artifacts on its page: what they show, and the copies that can be downloaded.

Copies are named by their content. Only pictures, sound, film and PDF keep their ending; everything
else becomes ``.txt`` or ``.bin``, which a browser shows or saves but never runs, and gets its own
name back when it is downloaded.

Small previews stand in the page. Larger ones, and those beyond what one page takes, lie in shards
of their own that load when one looks at them.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import ClassVar, Final

from runfolio.analysis.numbers import count_noun
from runfolio.charts.foreign import draw_vega_lite
from runfolio.query import Artifact, Input
from runfolio.schema.results import CONFUSION_MATRIX, CURVE
from runfolio.site.addresses import content_hash
from runfolio.site.console import is_console
from runfolio.site.histograms import Histogram, read_histogram
from runfolio.site.library import RunEntry
from runfolio.site.numbers import format_bytes
from runfolio.site.preview import Preview, preview_artifact
from runfolio.store import read_parquet_head
from runfolio.store.files import refuse_file

MAX_COPY: Final = 64 << 20
MAX_SVG: Final = 512 << 10
MAX_LISTED: Final = 3000
MAX_PREVIEWS: Final = 200
MAX_DRAWN: Final = 12
MAX_INLINE: Final = 16 << 10
MAX_INLINE_HTML: Final = 48 << 10
MAX_INLINE_OF_ALL: Final = 64 << 10
"""A run's page holds previews up to these sizes: of one, of one HTML document, of all."""

MAX_TEXT: Final = 256 << 10
MAX_SERIES: Final = 24
DIFFS: Final = ("code/changes.diff", "diff.patch")
"""What holds the changes that were not committed: as captured here, and as W&B names it."""

TRACEBACK: Final = "traceback.txt"
MODEL: Final = "model"
"""The kind of the files of a model."""

ESTIMATOR_FILE: Final = "estimator.html"
"""The file in a model's folder that holds the diagram of a scikit-learn estimator."""

SHORT_TEXTS: Final = (TRACEBACK, *DIFFS)
_PICTURES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_DIGEST: Final = re.compile("[0-9a-f]{16}")
_TEXTS: Final = ("text/", "application/json", "application/yaml", "application/x-ipynb+json")


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """An artifact on the page; `href` is its copy, or None when it is too large to copy.

    `shard` names the shard that has its preview when that is not in the page; `elsewhere` is the
    anchor of the section that shows it instead.
    """

    anchor: str
    path: str
    name: str
    size: str
    bytes: int
    media_type: str
    sha256: str
    href: str | None
    preview: Preview
    picture: str | None
    missing: str | None
    shard: str | None = None
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to copy into the site."""

    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class SeriesItem:
    """One step of a series, as a picture or as a histogram."""

    step: str
    name: str
    size: str
    href: str | None
    picture: str | None
    histogram: Histogram | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """Artifacts logged under one key, step by step; `hint` says when some are left out."""

    key: str
    kind: str
    items: tuple[SeriesItem, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class ArtifactViews:
    """What a run's page shows of its artifacts, and the copies it links to.

    `summary` says how much there is in all and `hints` what of it the page leaves out.
    """

    single: tuple[ArtifactView, ...]
    series: tuple[Series, ...]
    copies: tuple[Copy, ...]
    summary: str
    hints: tuple[str, ...]

    @property
    def late(self) -> tuple[ArtifactView, ...]:
        """Those whose preview lies in a shard."""
        return tuple(one for one in self.single if one.shard is not None)


@dataclass(frozen=True, slots=True)
class InputView:
    """A data set on the page."""

    PRINTED: ClassVar = ("name", "digest", "source", "context", "profile")

    name: str
    digest: str
    source: str | None
    context: str | None
    profile: str
    columns: tuple[tuple[str, str], ...]


def view_artifacts(run: RunEntry) -> ArtifactViews:
    """The artifacts of a run: those of a series together, the others one by one."""
    single, series, copies = [], [], []
    alone = list_alone(run)
    room, draw = _Room(), _limited(draw_vega_lite, MAX_DRAWN)
    for number, artifact in enumerate(alone[:MAX_LISTED]):
        view = room.place(run, _view(run, artifact, number, draw), number)
        single.append(view)
        copies += [Copy(view.href, artifact.file)] if view.href else []
    for (kind, key), members in _group(run.record.artifacts).items():
        shown = spread(members, MAX_SERIES)
        items = [_item(run, one) for one in shown]
        series.append(Series(key, kind, tuple(items), _left_out(len(shown), len(members))))
        pairs = zip(items, shown, strict=True)
        copies += [Copy(item.href, one.file) for item, one in pairs if item.href]
    return ArtifactViews(
        tuple(single),
        tuple(series),
        tuple(copies),
        _summary(run.record.artifacts),
        _hints(len(alone)),
    )


def list_alone(run: RunEntry) -> list[Artifact]:
    """The artifacts of a run that are no steps of a series, in the order of its page."""
    return [one for one in run.record.artifacts if not _is_step(one)]


def _is_step(artifact: Artifact) -> bool:
    """Whether it is one step of a series."""
    return artifact.key is not None and artifact.step is not None


def _summary(artifacts: tuple[Artifact, ...]) -> str:
    return (
        f"{count_noun(len(artifacts), 'file')}, {format_bytes(sum(one.size for one in artifacts))}"
    )


def _hints(count: int) -> tuple[str, ...]:
    hints = []
    if count > MAX_LISTED:
        hints.append(f"The first {MAX_LISTED:,} of {count:,} files; the store has them all.")
    if count > MAX_PREVIEWS:
        hints.append(f"The first {MAX_PREVIEWS} have previews.")
    return tuple(hints)


class _Room:
    """The space for previews in a run's page; what finds none goes to a shard."""

    def __init__(self) -> None:
        self._free = MAX_INLINE_OF_ALL

    def place(self, run: RunEntry, view: ArtifactView, number: int) -> ArtifactView:
        """The view with the name of a shard when its preview is not for the page."""
        preview, weight = view.preview, _weight(view)
        if view.elsewhere is not None or weight == 0:
            return view
        most = MAX_INLINE_HTML if preview.kind == "html" else MAX_INLINE
        if weight <= min(most, self._free):
            self._free -= weight
            return view
        if preview.kind == "html":  # only the page itself can hold the frame it is shown in
            told = f"A page of {format_bytes(weight)}, more than is shown here."
            return replace(view, preview=Preview("none", caption=told))
        return replace(view, shard=f"previews/{run.id}/{number}")


def _weight(view: ArtifactView) -> int:
    picture = view.picture or ""
    return view.preview.weight + (len(picture) if picture.startswith("data:") else 0)


def _limited(draw: Callable[[str], str], most: int) -> Callable[[str], str]:
    """`draw` for the first `most` calls; later ones raise ValueError."""
    left = iter(range(most))

    def drawn(text: str) -> str:
        if next(left, None) is None:
            raise ValueError(f"a page draws no more than {most} charts.")
        return draw(text)

    return drawn


def _group(artifacts: tuple[Artifact, ...]) -> dict[tuple[str, str], list[Artifact]]:
    groups: dict[tuple[str, str], list[Artifact]] = {}
    for one in artifacts:
        if one.key is not None and _is_step(one):
            groups.setdefault((one.kind, one.key), []).append(one)
    for members in groups.values():
        members.sort(key=lambda one: one.step or 0)
    return groups


def spread(members: list[Artifact], most: int) -> list[Artifact]:
    """At most so many of the members, evenly spread, the first and last among them."""
    if len(members) <= most:
        return members
    last = len(members) - 1
    return [members[round(number * last / (most - 1))] for number in range(most)]


def _left_out(shown: int, among: int) -> str:
    return "" if shown == among else f"{shown} of {among:,} steps; the store has them all"


def _item(run: RunEntry, artifact: Artifact) -> SeriesItem:
    histogram = None
    if artifact.kind == "histogram" and find_refusal(artifact) is None:
        histogram = read_histogram(artifact.file)
    view = _view(run, artifact, 0, draw_vega_lite)
    return SeriesItem(
        f"step {artifact.step}",
        view.name,
        view.size,
        view.href,
        view.picture,
        histogram,
        view.missing,
    )


def read_short_texts(run: RunEntry) -> dict[str, str]:
    """The contents of the artifacts that the page shows in places of their own."""
    texts = {}
    for artifact in run.record.artifacts:
        if artifact.path in SHORT_TEXTS and find_refusal(artifact) is None:
            with artifact.file.open("rb") as file:
                texts[artifact.path] = file.read(MAX_TEXT).decode(errors="replace")
    return texts


def _view(
    run: RunEntry, artifact: Artifact, number: int, draw: Callable[[str], str]
) -> ArtifactView:
    missing = find_refusal(artifact)
    shown = number < MAX_PREVIEWS and missing is None
    preview = _preview(artifact, draw) if shown else Preview(kind="none")
    href = None if missing or artifact.size > MAX_COPY else _copy_path(run, artifact, preview)
    return ArtifactView(
        anchor=f"artifact-{number}",
        path=artifact.path,
        name=PurePosixPath(artifact.path).name,
        size=format_bytes(artifact.size),
        bytes=artifact.size,
        media_type=artifact.media_type,
        sha256=artifact.sha256,
        href=href,
        preview=preview,
        picture=_picture(artifact, preview, href),
        missing=missing or (None if href else f"larger than {format_bytes(MAX_COPY)}, not copied"),
        elsewhere=None if missing else _place_of(artifact),
    )


def _place_of(artifact: Artifact) -> str | None:
    """The section of the page that shows a file, when one does."""
    if is_console(artifact.path):
        return "console"
    if artifact.kind in (CONFUSION_MATRIX, CURVE):
        return "results"
    if artifact.kind == MODEL and artifact.path.endswith(f"/{ESTIMATOR_FILE}"):
        return "model"
    return {**dict.fromkeys(DIFFS, "code"), TRACEBACK: "overview"}.get(artifact.path)


def find_refusal(artifact: Artifact) -> str | None:
    """Why a file can't be shown: it is gone, or no plain file of the run."""
    return refuse_file(artifact.file, artifact.folder)


def _preview(artifact: Artifact, draw: Callable[[str], str]) -> Preview:
    return preview_artifact(
        artifact.file,
        name=artifact.path,
        media_type=artifact.media_type,
        size=artifact.size,
        read_table=read_parquet_head,
        draw=draw,
    )


def _copy_path(run: RunEntry, artifact: Artifact, preview: Preview) -> str:
    suffix = preview.suffix or "bin"
    if preview.kind == "image":
        suffix = _PICTURES.get(preview.media_type or artifact.media_type, "bin")
    elif artifact.media_type.startswith(_TEXTS) or preview.kind in ("code", "text", "html", "svg"):
        suffix = "txt"
    return f"artifacts/{run.id}/{_content_name(artifact)}.{suffix}"


def _content_name(artifact: Artifact) -> str:
    """The start of its digest; a store may say anything there, even a path that leads elsewhere."""
    digest = artifact.sha256[:16]
    return digest if _DIGEST.fullmatch(digest) else content_hash(artifact.path.encode())


def _picture(artifact: Artifact, preview: Preview, href: str | None) -> str | None:
    """The address of a picture; SVG comes as data, since a file of it could be opened and run."""
    if preview.kind == "image":
        return href
    if preview.kind == "svg" and artifact.file.stat().st_size <= MAX_SVG:
        return _svg_address(artifact.file.read_bytes())
    if preview.drawing is not None:
        return _svg_address(preview.drawing.encode())
    return None


def _svg_address(content: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"


def find_copy(run: RunEntry, artifact: Artifact, number: int) -> str | None:
    """The copy of an artifact, from the site's root; `number` is its place on its run's page."""
    return _view(run, artifact, number, draw_vega_lite).href


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture to show: its address, and the copy it takes where that is a file of the site."""

    picture: str
    href: str | None
    width: int | None
    height: int | None


def show_picture(run: RunEntry, artifact: Artifact) -> Shown | None:
    """The picture that an artifact is, as on its run's page; None for what can't be shown."""
    view = _view(run, artifact, 0, draw_vega_lite)
    if view.picture is None or view.preview.kind not in ("image", "svg"):
        return None
    href = view.href if view.picture == view.href else None
    return Shown(view.picture, href, view.preview.width, view.preview.height)


def view_input(data: Input) -> InputView:
    """A data set a run used."""
    facts = [
        count_noun(value, noun)
        for noun in ("row", "column")
        if isinstance(value := data.profile.get(f"{noun}s"), int)
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
