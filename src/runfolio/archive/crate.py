"""The archive as an RO-Crate 1.1 that follows the Process Run Crate profile 0.5.

The library gives the frame; ids, dates and the order of entities are ours, so that the same archive
gets the same bytes. Only the terms' own context is referred to, and nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from runfolio.archive.about import About
from runfolio.archive.actions import Entity, describe_runs, file_id, refer
from runfolio.archive.citation import Author, Citation, is_web_address
from runfolio.archive.keeping import KeptFile
from runfolio.archive.layout import CITATION, MANIFEST, PREVIEW, README, SOURCES, STORE
from runfolio.errors import MissingDependency
from runfolio.schema import TABLES
from runfolio.site.addresses import INDEX, run_page
from runfolio.site.times import format_iso
from runfolio.store.artifacts import guess_media_type

VERSION: Final = "1.1"
PROFILE: Final = "https://w3id.org/ro/wfrun/process/0.5"
NO_LICENCE: Final = "No licence was given. Ask the authors before you use this."

_MAKER: Final = "#runfolio"
_SHA256: Final = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
_MEDIA_TYPES: Final = {".cff": "application/yaml", ".jsonl": "application/jsonl"}
_FOLDERS: Final = {
    f"{STORE}/": "The run store: all data as Parquet tables, and the artifacts of each run.",
    "assets/": "Style sheet and scripts of the pages.",
    "artifacts/": "Artifacts as the pages offer them, where a browser would run their own form.",
    "charts/": "Pictures of the charts, for browsers without scripts.",
    "data/": "Data of the pages, and the runs of each experiment as CSV and Parquet.",
    "experiments/": "A page for each experiment.",
    "reports/": "Written reports.",
    "runs/": "A page for each run.",
    f"{SOURCES}/": "The written reports as Markdown, with their pictures.",
}
_FILES: Final = {
    README: "What this archive is, and how to read it without the software that made it.",
    INDEX: "The first page of the report.",
    MANIFEST: "The SHA-256 of every other file.",
    CITATION: "How to cite this archive.",
}


def check_library() -> None:
    """Raise `MissingDependency` unless the library that describes archives is installed."""
    try:
        import_module("rocrate.rocrate")
    except ImportError as error:
        raise MissingDependency(
            "An archive needs the package 'rocrate'. Install it with: "
            "pip install 'runfolio[archive]'"
        ) from error


def describe_archive(about: About, folder: Path, digests: dict[str, str]) -> bytes:
    """The content of ``ro-crate-metadata.json`` for an archive whose files lie in `folder`.

    `digests` are those of its files so far, by path.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    crate.metadata.extra_terms.update(_SHA256)
    actions = describe_runs(about.tables, about.files)
    files = list(_describe_files(about, folder, digests))
    authors = [_describe_author(one) for one in about.citation.authors]
    root = _describe_root(about, files, actions.ids, authors)
    for key, value in root.items():
        crate.root_dataset[key] = value
    others = [*_describe_frame(about.citation, about.version), *authors]
    for entity in (*others, *files, *actions.entities):
        rest = {key: value for key, value in entity.items() if key != "@id"}
        crate.add(ContextEntity(crate, entity["@id"], rest))
    document = crate.metadata.generate()
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return text.encode(errors="replace")


def _describe_root(
    about: About, files: list[Entity], actions: list[str], authors: list[Entity]
) -> Entity:
    citation = about.citation
    address = citation.licence_address
    root: Entity = {
        "name": about.title,
        "description": about.description,
        "datePublished": format_iso(about.time),
        "license": {"@id": address} if address else NO_LICENCE,
        "conformsTo": {"@id": PROFILE},
        "author": refer(*(one["@id"] for one in authors)),
        "hasPart": refer(*(one["@id"] for one in files)),
        "mentions": refer(*actions),
    }
    if citation.text:
        root["citation"] = (
            {"@id": citation.text} if is_web_address(citation.text) else citation.text
        )
    return {key: value for key, value in root.items() if value is not None}


def _describe_frame(citation: Citation, version: str) -> Iterator[Entity]:
    """The profile, what made the archive, its page, licence and citation."""
    yield {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": PROFILE.rpartition("/")[2],
    }
    yield {
        "@id": PREVIEW,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "name": "This archive in words",
        "encodingFormat": "text/html",
    }
    yield {
        "@id": _MAKER,
        "@type": "SoftwareApplication",
        "name": "Runfolio",
        "softwareVersion": version,
        "description": "The software that wrote this archive.",
    }
    if citation.licence_address:
        yield {
            "@id": citation.licence_address,
            "@type": "CreativeWork",
            "name": citation.licence,
            "description": f"The licence of this archive: {citation.licence}.",
        }
    if citation.text and is_web_address(citation.text):
        yield {"@id": citation.text, "@type": "CreativeWork", "name": citation.text}


def _describe_author(author: Author) -> Entity:
    identifier = author.orcid or f"#author-{quote(author.name, safe='')}"
    return {"@id": identifier, "@type": "Person", "name": author.name}


def _describe_files(about: About, folder: Path, digests: dict[str, str]) -> Iterator[Entity]:
    """The files and folders that are described one by one: all but the inside of the site."""
    yield from _describe_known(folder, digests)
    for path in sorted(digests):
        if path.startswith(f"{STORE}/") and not path.startswith(f"{STORE}/runs/"):
            yield _file(folder, path, digests, _describe_table(path))
        elif path.startswith(f"{SOURCES}/"):
            yield _file(folder, path, digests, "A written report, or a picture of one.")
    for run_id, name in zip(*_names_of(about), strict=True):
        if run_page(run_id) in digests:
            told = f"The page of the run {name!r}."
            yield _file(folder, run_page(run_id), digests, told)
    for kept in about.files:
        yield _artifact(folder, kept, digests)


def _describe_known(folder: Path, digests: dict[str, str]) -> Iterator[Entity]:
    for path, told in _FILES.items():
        if path == MANIFEST:  # it holds the digest of this description, so not the other way round
            yield {"@id": path, "@type": "File", "name": path, "description": told} | {
                "encodingFormat": "text/plain"
            }
        elif path in digests:
            yield _file(folder, path, digests, told)
    for path, told in _FOLDERS.items():
        if (folder / path).is_dir():
            yield {"@id": path, "@type": "Dataset", "name": path, "description": told}


def _names_of(about: About) -> tuple[list[str], list[str]]:
    return about.tables.runs["run_id"].to_pylist(), about.tables.runs["name"].to_pylist()


def _file(folder: Path, path: str, digests: dict[str, str], told: str) -> Entity:
    entity = {
        "@id": file_id(path),
        "@type": "File",
        "name": path,
        "description": told,
        "encodingFormat": _MEDIA_TYPES.get(Path(path).suffix) or guess_media_type(path),
    }
    return entity | _measure(folder, path, digests)


def _artifact(folder: Path, kept: KeptFile, digests: dict[str, str]) -> Entity:
    path = f"{STORE}/{kept.place}"
    entity: dict[str, Any] = {
        "@id": file_id(path),
        "@type": "File",
        "name": kept.path,
        "encodingFormat": kept.media_type or "application/octet-stream",
    }
    return entity | _measure(folder, path, digests)


def _measure(folder: Path, path: str, digests: dict[str, str]) -> Entity:
    return {"contentSize": str((folder / path).stat().st_size), "sha256": digests[path]}


def _describe_table(path: str) -> str:
    """What a file of the store is; of a table, what each column means."""
    table = Path(path).stem
    if not path.endswith(".parquet") or table not in TABLES:
        return "A file that describes the store."
    return f"The table {table} of all runs. Columns: {_list_columns(TABLES[table])}"


def _list_columns(columns: Iterable[Any]) -> str:
    return "; ".join(f"{one.name} ({one.type}): {one.meaning}" for one in columns) + "."
