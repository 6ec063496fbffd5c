"""The files of registered models: the index of them, a page for each, and one for each version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from runfolio.site.addresses import MODELS, model_page, version_card
from runfolio.site.details import digest
from runfolio.site.fingerprints import RunDigests
from runfolio.site.models.charting import draw_history, shard_history
from runfolio.site.models.index import view_models
from runfolio.site.models.page import MODELS_CRUMB, crumbs_of, view_model, view_version_page
from runfolio.site.models.readme import write_readme
from runfolio.site.rendering import built_short
from runfolio.site.run_files import leave_picture
from runfolio.site.shards import render_shard

if TYPE_CHECKING:
    from runfolio.site.models.entries import ModelEntry, Models, VersionEntry
    from runfolio.site.parts import Parts, PartWriter
    from runfolio.site.rendering import Pages

Digests = Mapping[str, RunDigests]
"""The digests of runs by their id."""


def count_pages(models: Models) -> int:
    """How many pages there are of models."""
    return sum(1 + len(one.versions) for one in models.entries) + bool(models.entries)


def write_models(
    parts: Parts, pages: Pages, models: Models, digests: Digests, *, frame: str
) -> None:
    """Write the pages of all registered models; without any there is none."""
    if not models.entries:
        return
    marks = [_fingerprint(frame, one, digests) for one in models.entries]
    _make(parts, pages, "models", _join(marks), partial(_write_index, pages=pages, models=models))
    for entry, mark in zip(models.entries, marks, strict=True):
        write = partial(_write_model, pages=pages, entry=entry)
        _make(parts, pages, f"model {entry.id}", mark, write)
        for one in entry.versions:
            version = partial(_write_version, pages=pages, entry=entry, one=one)
            _make(parts, pages, f"version {one.version.id}", mark, version)


def _make(parts: Parts, pages: Pages, name: str, fingerprint: str, write: Any) -> None:
    if not parts.write(name, fingerprint, write):
        pages.count()


def _join(marks: list[str]) -> str:
    return digest(*marks) if all(marks) else ""


def _fingerprint(frame: str, entry: ModelEntry, digests: Digests) -> str:
    """What the pages of a model are made from; empty where that can't be told yet."""
    found = list(_origins(entry, digests))
    if not all(mark for mark, _ in found):
        return ""
    return digest(frame, repr(entry.model), [(mark, said) for mark, said in found])


def _origins(entry: ModelEntry, digests: Digests) -> Iterator[tuple[str, str]]:
    """The digest of the run of each version, and what is shown of what is around it."""
    for one in entry.versions:
        if one.run is None or one.experiment is None:
            yield "no run", ""
            continue
        home, parent = one.experiment, one.parent
        around = (home.id, home.name, home.primary, parent and (parent.id, parent.record.name))
        yield digests[one.run.id].all, repr((one.run.id, *around))


def _write_index(out: PartWriter, pages: Pages, models: Models) -> None:
    view = view_models(models)
    out.write(MODELS, pages.render("models.html", MODELS, "Models", view, built=built_short()))


def _write_model(out: PartWriter, pages: Pages, entry: ModelEntry) -> None:
    drawn = draw_history(entry)
    history = leave_picture(out, drawn) if drawn is not None else None
    path, name = model_page(entry.id), f"models/{entry.id}"
    html = pages.render(
        "model.html",
        path,
        entry.model.name,
        view_model(entry, history=history),
        crumbs=(MODELS_CRUMB,),
        shard=name,
        built=built_short(),
    )
    out.write(path, html)
    out.write(f"data/{name}.js", render_shard(name, shard_history(entry)))


def _write_version(out: PartWriter, pages: Pages, entry: ModelEntry, one: VersionEntry) -> None:
    html = pages.render(
        "version.html",
        one.page,
        f"{entry.model.name} {one.title}",
        view_version_page(entry, one),
        crumbs=crumbs_of(entry),
        built=built_short(),
    )
    out.write(one.page, html)
    out.write(version_card(one.version.id), write_readme(entry, one))
